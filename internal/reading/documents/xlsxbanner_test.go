package documents

import (
	"testing"

	"github.com/xuri/excelize/v2"

	"milepost.dev/internal/reading/dates"
)

// A banner may stand in a merged cell anywhere in its row, and a line of dashes is none.
func TestABannerStandsAnywhere(t *testing.T) {
	_, all := readText(t, "plan.xlsx", book(t, func(f *excelize.File, sheet string) {
		for cell, text := range map[string]string{
			"A1": "Ref", "B1": "Category", "C1": "Area", "D1": "Milestone", "E1": "Due date",
			"D2": "Ground works", "A3": "1", "D3": "Lay the floor", "E3": "20/01/2025",
			"D4": "-----", "A5": "2", "D5": "Hang the doors", "E5": "03/02/2025",
		} {
			set(t, f, cell, text, "")
		}
		for _, row := range [][2]string{{"D2", "G2"}, {"D4", "G4"}} {
			if err := f.MergeCell(sheet, row[0], row[1]); err != nil {
				t.Fatal(err)
			}
		}
	}), dates.Settings{})
	if len(all.Milestones) != 2 || all.Milestones[0].Workstream.Text != "Ground works" {
		t.Errorf("read %+v", all.Milestones)
	}
}
