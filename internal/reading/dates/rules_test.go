package dates

import (
	"slices"
	"testing"
)

// Each rule of a table reads its own example: a rule that nothing reaches, because one before it takes all its words, fails here.
func TestRulesReadTheirExamples(t *testing.T) {
	examples := map[string]bool{}
	for _, rule := range slices.Concat(beforeRules[:], behindRules[:]) {
		if examples[rule.example] {
			t.Errorf("%q is the example of two rules", rule.example)
		}
		examples[rule.example] = true
	}
	for _, rule := range relativeRules {
		examples[rule.example] = true
	}
	for _, rule := range repeatRules {
		examples[rule.example] = true
	}
	for _, rule := range doubtsBeside {
		examples[rule.example] = true
	}
	for _, rule := range farRules {
		examples[rule.example] = true
	}
	for _, rule := range notDates {
		examples[rule.example] = true
	}
	for example := range examples {
		r := reader{text: example, settings: specSettings(t), rules: map[string]bool{}}
		if r.read(); !r.rules[example] {
			t.Errorf("the rule of %q does not read it; these do: %v", example, r.rules)
		}
	}
}
