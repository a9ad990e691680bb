package documents

import (
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"milepost.dev/internal/reading/dates"
)

// A rating that is only a colour is not read, and it is said how many there are. White is no colour.
func TestColoursAreCounted(t *testing.T) {
	data := book(t, func(f *excelize.File, sheet string) {
		for i, heading := range []string{"Milestone", "Due date", "RAG"} {
			set(t, f, at(i+1, 1), heading, "")
		}
		for row := 2; row <= 5; row++ {
			set(t, f, at(1, row), fmt.Sprint("Open site ", row), "")
			set(t, f, at(2, row), fmt.Sprintf("0%d/03/2025", row), "")
		}
		for cell, colour := range map[string]string{"C2": "FF0000", "C3": "00FF00", "C4": "FFFFFF"} {
			style, err := f.NewStyle(&excelize.Style{Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}})
			if err != nil {
				t.Fatal(err)
			}
			if err := f.SetCellStyle(sheet, cell, cell, style); err != nil {
				t.Fatal(err)
			}
		}
	})
	report, all := readText(t, "plan.xlsx", data, dates.Settings{})
	if notes := strings.Join(report.Plan.Notes, "\n"); len(all.Milestones) != 4 || !strings.Contains(notes, `2 cells of the column "RAG" are coloured`) {
		t.Errorf("%d milestones; %s", len(all.Milestones), notes)
	}
}
