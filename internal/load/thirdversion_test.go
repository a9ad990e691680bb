package load_test

import (
	"strings"
	"testing"

	"milepost.dev/internal/load"
	"milepost.dev/internal/rig/sharedtest"
)

// What the second version changed is known in the third: a row that went comes back as the milestone that it was, and a column of ratings
// that was typed in stays one, beside cells that hold several actions as they did at first.
func TestTheThirdVersion(t *testing.T) {
	t.Parallel()
	c := server(t)
	const name = "worcestershire.txt"
	original := string(sharedtest.Read(t, "plans/"+name))
	for about, test := range map[string]struct{ second, third []string }{
		"a row comes back":              {[]string{"remove 62"}, nil},
		"a section comes back":          {[]string{"remove 56 57"}, nil},
		"ratings stay":                  {[]string{"column 1 RAG Amber"}, []string{"column 1 RAG Green"}},
		"ratings go":                    {[]string{"column 1 RAG Amber"}, nil},
		"a fund has its old name again": {[]string{"replace 62 ETTF £ => Estates Fund £"}, nil},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			version := func(steps []string) []byte {
				return []byte(editCase{steps: steps}.edit(t, original, "\t"))
			}
			l := load.Load{Service: c, Plan: strings.ReplaceAll(about, " ", "-"), Name: "A plan"}
			importPlan(t, l, name, []byte(original), "2017-02-24")
			before, sums := standing(t, c, l.Plan), sumsOf(t, c, l.Plan)
			importPlan(t, l, name, version(test.second), "2017-05-31")
			l.Again = true // the third version may be the first, word for word
			result := importPlan(t, l, name, version(test.third), "2017-08-31")
			if lines := append(moved(before, standing(t, c, l.Plan)), sumsMoved(sums, sumsOf(t, c, l.Plan))...); len(lines) > 0 {
				t.Errorf("against the first version: %q", lines)
			}
			if len(result.NotTold)+len(result.FundsNotTold)+result.New > 0 {
				t.Errorf("%d new, not told: %q %q", result.New, result.NotTold, result.FundsNotTold)
			}
		})
	}
}
