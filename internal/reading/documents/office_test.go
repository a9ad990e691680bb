package documents

import (
	"slices"
	"testing"

	"github.com/xuri/excelize/v2"

	"milepost.dev/internal/reading/dates"
)

// fillRows writes rows into a sheet.
func fillRows(t *testing.T, f *excelize.File, sheet string, rows ...[]any) {
	t.Helper()
	for i, cells := range rows {
		if err := f.SetSheetRow(sheet, at(1, i+1), &cells); err != nil {
			t.Fatal(err)
		}
	}
}

// The headings of a plan are merged down over the three lines of a chart's head, and nothing of that head is a milestone.
func TestHeadMergedBesideAChart(t *testing.T) {
	data := book(t, func(f *excelize.File, sheet string) {
		fillRows(t, f, sheet,
			[]any{"Task", "Start date", "Due date", "PHASE ONE", nil, nil, nil},
			[]any{nil, nil, nil, "WEEK 1", "WEEK 2", "WEEK 3", "WEEK 4"},
			[]any{nil, nil, nil, "M", "T", "W", "R"},
			[]any{"Agree the scope", "2025-01-06", "2025-01-08"},
			[]any{"Open the site", "2025-01-09", "2025-03-10"},
		)
		for _, column := range []string{"A", "B", "C"} {
			if err := f.MergeCell(sheet, column+"1", column+"3"); err != nil {
				t.Fatal(err)
			}
		}
	})
	_, all := readText(t, "plan.xlsx", data, dates.Settings{})
	var titles []string
	for _, m := range all.Milestones {
		titles = append(titles, m.Title.Text)
	}
	if !slices.Equal(titles, []string{"Agree the scope", "Open the site"}) {
		t.Errorf("read %q", titles)
	}
}

// A sheet behind the plan that has names and says nowhere when is put to a person, and nothing of it is lost.
func TestASheetWithoutDates(t *testing.T) {
	data := book(t, func(f *excelize.File, sheet string) {
		fillRows(t, f, sheet, []any{"Milestone", "Owner", "Due date"}, []any{"Open the site", "Ada Holt", "2025-03-10"})
		if _, err := f.NewSheet("Sources"); err != nil {
			t.Fatal(err)
		}
		fillRows(t, f, "Sources", []any{"Title", "Date added", "Notes"}, []any{"How to open a site", "2025-01-02", "a book"}, []any{"Sites of Leigh", "2025-01-03", "a map"})
	})
	_, all := readText(t, "plan.xlsx", data, dates.Settings{})
	if len(all.Milestones) != 3 {
		t.Fatalf("%d milestones", len(all.Milestones))
	}
	for i, m := range all.Milestones {
		if asked := slices.Contains(reasonsOf(m), Candidate); asked != (i > 0) {
			t.Errorf("%q: asked %v", m.Title.Text, asked)
		}
	}
}
