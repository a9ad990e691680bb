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

// Where a key says what the colours mean, they are read, and each value says that it was a colour. A colour that the key does not
// have, or has twice, is counted as before.
func TestColoursByAKey(t *testing.T) {
	fill := func(f *excelize.File, sheet, cell, colour string) {
		t.Helper()
		style, err := f.NewStyle(&excelize.Style{Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}})
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetCellStyle(sheet, cell, cell, style); err != nil {
			t.Fatal(err)
		}
	}
	plan := func(f *excelize.File, sheet string, first int) {
		for i, heading := range []string{"Milestone", "Due date", "RAG"} {
			set(t, f, at(i+1, first), heading, "")
		}
		for i, colour := range []string{"00B050", "FF0000", "0000FF"} {
			set(t, f, at(1, first+1+i), fmt.Sprint("Open site ", i), "")
			set(t, f, at(2, first+1+i), fmt.Sprintf("1%d/03/2025", i+3), "")
			fill(f, sheet, at(3, first+1+i), colour)
		}
	}
	for name, c := range map[string]struct {
		fill func(f *excelize.File, sheet string)
		want []string
	}{
		"a row above the table": {func(f *excelize.File, sheet string) {
			set(t, f, "A1", "Key:", "")
			fill(f, sheet, "B1", "00B050")
			set(t, f, "C1", "On track", "")
			fill(f, sheet, "D1", "FF0000")
			set(t, f, "E1", "Late", "")
			plan(f, sheet, 3)
		}, []string{"On track", "Late", ""}},
		"below the table": {func(f *excelize.File, sheet string) {
			plan(f, sheet, 1)
			set(t, f, "A7", "RAG key", "")
			for i, text := range []string{"On track", "Late"} {
				set(t, f, at(1, 8+i), text, "")
				fill(f, sheet, at(1, 8+i), []string{"00B050", "FF0000"}[i])
			}
		}, []string{"On track", "Late", ""}},
		"on a sheet of its own, one twice": {func(f *excelize.File, sheet string) {
			plan(f, sheet, 1)
			if _, err := f.NewSheet("Key"); err != nil {
				t.Fatal(err)
			}
			for i, text := range []string{"Good", "Bad", "Worse"} {
				if err := f.SetCellValue("Key", at(2, 1+i), text); err != nil {
					t.Fatal(err)
				}
				fill(f, "Key", at(1, 1+i), []string{"00B050", "FF0000", "FF0000"}[i])
			}
		}, []string{"Good", "", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			report, all := readText(t, "plan.xlsx", book(t, c.fill), dates.Settings{})
			if len(all.Milestones) != 3 {
				t.Fatalf("%d milestones; %q", len(all.Milestones), report.Plan.Notes)
			}
			for i, m := range all.Milestones {
				if m.RAG.Text != c.want[i] || c.want[i] != "" && !strings.HasPrefix(m.RAG.From[0].Text, "colour #") {
					t.Errorf("%s is rated %+v, want %q", m.Title.Text, m.RAG, c.want[i])
				}
			}
			if notes := strings.Join(report.Plan.Notes, "\n"); !strings.Contains(notes, "colours are not read") || !strings.Contains(notes, "by their colour") {
				t.Errorf("the notes are %s", notes)
			}
		})
	}
}
