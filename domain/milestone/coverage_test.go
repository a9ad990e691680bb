package milestone_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"iter"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"milepost.dev/domain"
	"milepost.dev/domain/funding"
	. "milepost.dev/domain/milestone"
	"milepost.dev/internal/rig/spectext"
)

// specs is the text of all specs.
var specs = sync.OnceValue(func() string {
	files, err := filepath.Glob("testdata/specs/*.txt")
	if err != nil {
		panic(err)
	}
	// A rule about several milestones is told in the specs of package decide.
	files = append(files, "../decide/testdata/specs/replaced.txt", "../decide/testdata/specs/asked.txt", "../decide/testdata/specs/elsewhere.txt")
	var specs strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			panic(err)
		}
		specs.Write(text)
	}
	return specs.String()
})

// Every rule, command and event stands in a spec, so that what is added without one is noticed.
func TestSpecsAreComplete(t *testing.T) {
	refused, happened := map[string]bool{}, map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^then (?:invalid|not found|exists|refused|stale) (\S+)`).FindAllStringSubmatch(specs(), -1) {
		refused[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`(?m)^then\n((?:  .*\n)+)`).FindAllStringSubmatch(specs(), -1) {
		for _, line := range strings.Split(m[1], "\n") {
			for i, word := range strings.Fields(line) {
				happened[word] = happened[word] || i < 2 // behind the reference, where there are several milestones
			}
		}
	}
	for _, rule := range slices.Concat(constants(t, "rules.go", "Rule"), constants(t, "../funding/decide.go", "Rule"), constants(t, "../measure/decide.go", "Rule")) {
		// No reporter can break the first two by a command: the one is a program's error, the other a filter's. The third takes
		// hundreds of milestones, and package decide has a test of its own.
		if !refused[rule] && rule != RuleCommandUnknown && rule != RuleStateUnknown && rule != RuleReplacedTooMany {
			t.Errorf("no spec breaks the rule %s", rule)
		}
	}
	stated := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^when .*\n  (?:\S+  )?(\S+)`).FindAllStringSubmatch(specs(), -1) {
		stated[m[1]] = true
	}
	for name := range names(spectext.AllCommands, Command.CommandName) {
		if !stated[name] {
			t.Errorf("in no spec is %s stated", name)
		}
	}
	for name := range names(spectext.AllEvents, Event.EventName) {
		if !happened[name] {
			t.Errorf("in no spec does %s happen", name)
		}
	}
}

// names are those of all commands or events, a funding line's at each stage.
func names[T any](all []T, name func(T) string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for s := funding.Identified; s <= funding.Spent; s++ {
			if !yield(s.EventName()) {
				return
			}
		}
		for _, one := range all {
			if n := name(one); n != "" && !yield(n) { // an empty funding.Advanced is at no stage
				return
			}
		}
	}
}

// constants returns the values of the string constants of a file whose names begin so.
func constants(t *testing.T, file, prefix string) (values []string) {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && strings.HasPrefix(spec.Names[0].Name, prefix) {
			value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			values = append(values, value)
		}
		return true
	})
	if len(values) == 0 {
		t.Fatalf("no constants %s in %s", prefix, file)
	}
	return values
}

func TestPhase(t *testing.T) {
	phases := 0
	for p := PhasePlanned; p.String() != ""; p++ {
		if again, err := ParsePhase(p.String()); err != nil || again != p {
			t.Errorf("ParsePhase(%q) = %s, %v", p, again, err)
		}
		phases++
	}
	if phases != 6 {
		t.Errorf("there are %d states", phases)
	}
	if _, err := ParsePhase("Achieved"); err == nil || err.(*domain.Refusal).Rule != RuleStateUnknown {
		t.Errorf("Achieved is read as a state: %v", err)
	}
	if Phase(99).String() != "" {
		t.Error("there is a 99th state")
	}
}

func BenchmarkFold(b *testing.B) {
	known := state(nil, Add{Ref: "B1", Title: "Hub live"}, spectext.Day("2017-01-01"))
	for i := range 10 {
		asAt := spectext.Day("2017-03-01").AddDays(30 * i)
		known = state(known, StateDate{Delivery: spectext.Reading(asAt.AddDays(200).String())}, asAt)
	}
	b.ReportAllocs()
	for b.Loop() {
		Fold(known)
	}
	b.ReportMetric(float64(b.N*len(known))/b.Elapsed().Seconds(), "statements/s")
}

func BenchmarkDecide(b *testing.B) {
	known := state(nil, Add{Ref: "B1", Title: "Hub live"}, spectext.Day("2017-01-01"))
	known = state(known, StateDate{Delivery: spectext.Reading("2017-09")}, spectext.Day("2017-03-01"))
	s, c := Fold(known), StateDate{Delivery: spectext.Reading("2017-12")}
	f := Facts{AsAt: spectext.Day("2017-06-01"), Exists: true}
	b.ReportAllocs()
	for b.Loop() {
		if len(Check(c)) > 0 {
			b.Fatal("refused")
		}
		if _, err := Decide(s, c, f); err != nil {
			b.Fatal(err)
		}
	}
}

// An event that names a party says so: a process that follows the ledger asks for the name.
func TestEveryPartyIsNamed(t *testing.T) {
	for _, e := range spectext.AllEvents {
		v := reflect.New(reflect.TypeOf(e)).Elem()
		var want []Party
		for i := range v.NumField() {
			if _, ok := v.Field(i).Interface().(Party); ok {
				want = append(want, Party(fmt.Sprint("party ", i)))
				v.Field(i).SetString(string(want[len(want)-1]))
			}
		}
		if got := Parties(v.Interface().(Event)); !slices.Equal(got, want) {
			t.Errorf("%T names %q, and its Parties are %q", e, want, got)
		}
	}
}
