package documents

import (
	"strings"
	"testing"
)

// Each rule is the first that fits its own text, and gives the weight that it says.
func TestWeightRules(t *testing.T) {
	for _, table := range [][]weightRule{markRules, wordRules} {
		for _, rule := range table {
			before, _, ok := strings.Cut(rule.text, "|")
			if !ok {
				t.Fatalf("%q has no bar", rule.text)
			}
			p, at := phraseOf(strings.Replace(rule.text, "|", "", 1)), len(strings.Fields(before))
			if got := p.weigh(at); got != rule.weight {
				t.Errorf("%q weighs %d, want %d", rule.text, got, rule.weight)
			}
			if fitting := p.ruleAt(at); fitting.text != rule.text {
				t.Errorf("%q is weighed by the rule of another text: %q", rule.text, fitting.text)
			}
		}
	}
}
