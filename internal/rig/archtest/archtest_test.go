package archtest

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

const module = "milepost.dev"

// TestRules holds the rules against the module itself.
func TestRules(t *testing.T) {
	tree, err := Read(os.DirFS("../../.."), module)
	if err != nil {
		t.Fatal(err)
	}
	if len(tree.Packages) == 0 {
		t.Fatal("read no package: the rules would hold of anything")
	}
	for _, rule := range Rules() {
		t.Run(rule.Name, func(t *testing.T) {
			breaches := rule.Check(tree)
			for _, b := range breaches {
				t.Error(b)
			}
			if len(breaches) > 0 {
				t.Log(rule.Why)
			}
		})
	}
}

// TestEveryRuleCanFail gives each rule a small module that breaks it. A rule without one fails here.
func TestEveryRuleCanFail(t *testing.T) {
	rules := map[string]Rule{}
	for _, rule := range Rules() {
		if rules[rule.Name].Why != "" {
			t.Errorf("two rules are called %q", rule.Name)
		}
		if rule.Why == "" {
			t.Errorf("rule %q does not say why", rule.Name)
		}
		rules[rule.Name] = rule
	}
	shown := map[string]bool{}
	for _, example := range examples {
		shown[example.rule] = true
		t.Run(example.rule, func(t *testing.T) {
			rule, ok := rules[example.rule]
			if !ok {
				t.Fatal("there is no such rule")
			}
			tree, err := Read(example.files(), module)
			if err != nil {
				t.Fatal(err)
			}
			check := rule.Check
			if example.check != nil {
				check = example.check
			}
			var got []string
			for _, b := range check(tree) {
				got = append(got, b.String())
			}
			if strings.Join(got, "\n") != strings.Join(example.breaches, "\n") {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(example.breaches, "\n  "))
			}
		})
	}
	for name := range rules {
		if !shown[name] {
			t.Errorf("no example shows that rule %q can fail", name)
		}
	}
}

// example is a small module, as files separated by lines such as "-- domain/x.go --", and what one rule
// finds in it.
type example struct {
	rule     string
	module   string
	breaches []string
	check    func(*Tree) []Breach // the rule's own where nil; another where the rule looks at exceptions
}

func (e example) files() fstest.MapFS {
	files := fstest.MapFS{}
	for _, part := range strings.Split("\n"+e.module, "\n-- ")[1:] {
		name, data, _ := strings.Cut(part, " --\n")
		files[name] = &fstest.MapFile{Data: []byte(data + "\n")}
	}
	return files
}
