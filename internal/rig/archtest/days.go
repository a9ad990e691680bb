package archtest

import (
	"go/ast"
	"slices"
)

// figured are names that a figure could be worked out with: the days between two days, and the due dates that a milestone's own
// fold keeps to decide by.
var figured = []struct {
	name    string
	allowed []Allowance
}{
	{"DaysUntil", []Allowance{
		{"domain/civil", "It is where days are counted."},
		{"domain/figures", "It is the one account of how milestones slipped."},
		{"domain/milestone", "An event is recorded with its own days, which never change."},
		{"domain/plan", "The deadline of a component has no other account."},
		{"domain/decide/pairs.go", "It finds what was added about the time of a cancellation, and no slip."},
		{"projections/dependency", "What a slip means for those that wait is proposed, and is in no figure."},
		{"internal/reading/documents", "It finds the middle of a period, and no slip."},
		{"internal/rig/authority", "It is the second account, which the first is held against."},
	}},
	{"FirstDue", []Allowance{
		{"domain/milestone", "Its fold decides by it, and a further date has no other account."},
		{"domain/plan", "The deadline of a component has no other account."},
		{"internal/wire/measures.go", "It tells of further dates and of components."},
	}},
	{"LastDue", []Allowance{
		{"domain/milestone", "Its fold decides by it."},
		{"domain/decide/asked.go", "It asks whether a date differs from the one before, and by how much in no figure."},
		{"domain/decide/whichpromise.go", "It asks whether a further date is another day than the promised one, and by how much in no figure."},
	}},
	{"LastDelivery", []Allowance{{"domain/milestone", "Its fold decides by it."}}},
}

// onceFigured finds what could work out how a milestone slipped beside domain/figures.
func onceFigured(t *Tree) (breaches []Breach) {
	for f := range t.Files {
		if f.Test || f.Generated {
			continue
		}
		ast.Inspect(f.AST, func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			for _, of := range figured {
				if selector.Sel.Name == of.name && !slices.ContainsFunc(of.allowed, func(a Allowance) bool { return a.covers(f) }) {
					breaches = append(breaches, breach(t.at(selector), "%s: only domain/figures says how a milestone slipped", of.name))
				}
			}
			return true
		})
	}
	return breaches
}
