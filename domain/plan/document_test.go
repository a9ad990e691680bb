package plan

import (
	"slices"
	"strings"
	"testing"
)

func TestColumnsOfADocumentHaveBounds(t *testing.T) {
	wide := ImportDocument{Document: "plan.xlsx", Columns: make([]DocumentColumn, MaxColumns+1)}
	long := ImportDocument{Document: "plan.xlsx", Columns: []DocumentColumn{{Heading: strings.Repeat("x", MaxColumnText+1)}}}
	for _, cmd := range []ImportDocument{wide, long} {
		if rs := Check(cmd, known); len(rs) != 1 || rs[0].Rule != RuleColumnsTooMany {
			t.Errorf("%d columns: %v", len(cmd.Columns), rs)
		}
	}
	broken := ImportDocument{Document: "plan.xlsx", Columns: []DocumentColumn{{Heading: "\xff"}}}
	if rs := Check(broken, known); len(rs) != 1 || rs[0].Rule != RuleNotUTF8 {
		t.Errorf("a heading that is not UTF-8: %v", rs)
	}
	wide.Columns = slices.Clip(wide.Columns[:MaxColumns])
	if rs := Check(wide, known); len(rs) > 0 {
		t.Errorf("%d columns: %v", MaxColumns, rs)
	}
}
