// Package archtest holds the rules of how this repository is put together, as data, each with the
// sentence that says why. Its test reads the whole module and fails with that sentence; another test
// proves of every rule that it can fail.
package archtest

import "fmt"

// Rule is one thing that holds everywhere in the module.
type Rule struct {
	Name  string
	Why   string
	Check func(*Tree) []Breach
}

// Breach is one place where a rule does not hold.
type Breach struct {
	Where string // a file and line, or a package
	What  string
}

func (b Breach) String() string { return b.Where + ": " + b.What }

func breach(where, format string, args ...any) Breach {
	return Breach{Where: where, What: fmt.Sprintf(format, args...)}
}

// Rules are all of them.
func Rules() []Rule {
	rules := []Rule{
		{"panics", "A panic takes the ledger's only writer down with it: what can happen is an error, and what cannot says why.", panics},
		{"globals", "A package-level variable that changes is shared by every node, test and goroutine in the process.", globals},
		{"error texts", "An error is told apart by its type, its rule or its class: its text is for people, and is improved.", errorTexts},
		{"names", "A package is named after what it is about; a drawer for leftovers is about nothing.", names},
		{"package comments", "A package says in a sentence what it is for, so that a reader finds where to look.", packageComments},
		{"folders", "The listing of internal tells a reader what the server does; a new package stands below the folder that it belongs to.", folders},
		{"file lengths", "A file that is too long for one reading holds more than one idea.", fileLengths},
		{"branches", "A reader's rules are read one by one: a function with more ways through it than anybody can hold in their head hides what a new rule breaks.", func(t *Tree) []Breach { return branches(t, branchy) }},
		{"figures", "Two places that work out a slip come to two slips, and whoever wants the smaller one finds it: every figure is asked of domain/figures.", onceFigured},
		{"dependencies", "Every dependency is a promise that somebody else's code keeps ours; docs/dependencies.md says why each is worth it.", dependencies},
		{"allowances", "An exception that nothing needs any more invites the next one.", func(t *Tree) []Breach { return stale(t, ambient, longFiles) }},
	}
	for _, rule := range imports {
		rules = append(rules, Rule{"imports of " + rule.Of[0], rule.Why, rule.check})
	}
	for _, rule := range importers {
		rules = append(rules, Rule{"importers of " + rule.Of[0], rule.Why, rule.check})
	}
	for _, rule := range ambient {
		rules = append(rules, Rule{"calls of " + rule.Package + "." + rule.Names[0], rule.Why, rule.check})
	}
	return rules
}
