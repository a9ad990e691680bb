package documents

import (
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"milepost.dev/internal/reading/dates"
)

// A column has one order of day and month, however far down the cell stands that proves it.
func TestOrderOfALongColumn(t *testing.T) {
	const rows = 2*maxStretch + 300
	days := func(proofs map[int]string) (all []string) {
		for i := range rows {
			day := fmt.Sprintf("%02d/%02d/2025", 1+i%12, 1+i/12%12)
			if proof, ok := proofs[i]; ok {
				day = proof
			}
			all = append(all, day)
		}
		return all
	}
	for name, c := range map[string]struct {
		proofs map[int]string
		first  string // the day of the second row, 02/01/2025; empty where a person is asked
	}{
		"the last row proves it":      {map[int]string{rows - 1: "03/25/2025"}, "2025-02-01"},
		"nothing proves it":           {nil, "2025-01-02"},
		"the last contradicts others": {map[int]string{3: "25/03/2025", rows - 1: "03/25/2025"}, ""},
	} {
		csv := "Milestone,Due date\n"
		data := book(t, func(f *excelize.File, sheet string) {
			fillRows(t, f, sheet, []any{"Milestone", "Due date"})
			for i, day := range days(c.proofs) {
				csv += fmt.Sprintf("Open site %d,%s\n", i, day)
				if err := f.SetSheetRow(sheet, at(1, i+2), &[]any{fmt.Sprint("Open site ", i), day}); err != nil {
					t.Fatal(err)
				}
			}
		})
		for ending, data := range map[string][]byte{"csv": []byte(csv), "xlsx": data} {
			t.Run(name+" "+ending, func(t *testing.T) {
				report, all := readText(t, "plan."+ending, data, dates.Settings{})
				if len(all.Milestones) != rows {
					t.Fatalf("%d milestones", len(all.Milestones))
				}
				m := all.Milestones[1]
				if asked := len(m.Review) > 0; asked != (c.first == "") || !asked && m.Dates[0].Due.String() != c.first {
					t.Errorf("the second row is due %s, and a person is asked %v", m.Dates[0].Due, m.Review)
				}
				if once := strings.Contains(strings.Join(report.Plan.Notes, "\n"), "day or month comes first"); once != (c.proofs == nil) {
					t.Errorf("the notes are %q", report.Plan.Notes)
				}
			})
		}
	}
}
