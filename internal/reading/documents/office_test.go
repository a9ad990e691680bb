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

// A workbook that has a plan and an older one has each milestone twice, with two dates: a person says which holds.
func TestTwoSheetsWithOtherDates(t *testing.T) {
	data := book(t, func(f *excelize.File, sheet string) {
		fillRows(t, f, sheet, []any{"Milestone", "Owner", "Due date"}, []any{"Open the site", "Ada Holt", "2025-03-10"}, []any{"Close the old one", "Ada Holt", "2025-04-10"})
		if _, err := f.NewSheet("Final"); err != nil {
			t.Fatal(err)
		}
		fillRows(t, f, "Final", []any{"Milestone", "Owner", "Due date"}, []any{"Open the site", "Ada Holt", "2025-05-10"}, []any{"Close the old one", "Ben Moss", "2025-04-30"})
	})
	_, all := readText(t, "plan.xlsx", data, dates.Settings{})
	for i, m := range all.Milestones {
		if asked := slices.Contains(reasonsOf(m), Repeated); asked != (i == 2) {
			t.Errorf("%q of %s: asked %v", m.Title.Text, m.Sheet, asked)
		}
	}
}

// Words that are merged over several weeks take all of them.
func TestWordsOverSeveralWeeks(t *testing.T) {
	data := book(t, func(f *excelize.File, sheet string) {
		fillRows(t, f, sheet,
			[]any{"Team", "2025-01-06", "2025-01-13", "2025-01-20", "2025-01-27", "2025-02-03"},
			[]any{"Estates", "Survey the roof", nil, "Mend the roof"},
			[]any{"Records", nil, "Move the archive", nil, nil, "Open the room"},
		)
		for _, span := range [][2]string{{"B2", "C2"}, {"D2", "F2"}, {"C3", "E3"}} {
			if err := f.MergeCell(sheet, span[0], span[1]); err != nil {
				t.Fatal(err)
			}
		}
	})
	_, all := readText(t, "plan.xlsx", data, dates.Settings{})
	want := []string{"Estates: Survey the roof 2025-01-19", "Estates: Mend the roof 2025-02-09", "Records: Move the archive 2025-02-02", "Records: Open the room 2025-02-09"}
	var got []string
	for _, m := range all.Milestones {
		got = append(got, m.Scheme.Text+": "+m.Title.Text+" "+m.due().String())
	}
	if !slices.Equal(got, want) {
		t.Errorf("read %q, want %q", got, want)
	}
}
