package documents

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/dates"
	"milepost.dev/internal/rig/sharedtest"
)

// book makes a spreadsheet with one sheet.
func book(t testing.TB, fill func(f *excelize.File, sheet string)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f, "Sheet1")
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func set(t testing.TB, f *excelize.File, cell string, value any, format string) {
	t.Helper()
	if err := f.SetCellValue("Sheet1", cell, value); err != nil {
		t.Fatal(err)
	}
	if format == "" {
		return
	}
	style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.SetCellStyle("Sheet1", cell, cell, style); err != nil {
		t.Fatal(err)
	}
}

func at(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		panic(err)
	}
	return name
}

// The same tables in a spreadsheet come to the same plan: its banners as merged cells, its months as Excel keeps them.
func TestTheSameTablesAsASpreadsheet(t *testing.T) {
	document := string(sharedtest.Read(t, "plans/worcestershire.txt"))
	_, asText := readText(t, "plan.txt", []byte(document), settings(t, "2017-04-01", "2019-03-31", ""))
	banners := map[int]string{}
	for _, m := range asText.Milestones {
		banners[m.Workstream.From[0].Row] = m.Workstream.Text
	}
	months := 0
	data := book(t, func(f *excelize.File, sheet string) {
		for i, line := range strings.Split(document, "\n") {
			if banner := banners[i+1]; banner != "" {
				set(t, f, at(1, i+1), banner, "")
				if err := f.MergeCell(sheet, at(1, i+1), at(9, i+1)); err != nil {
					t.Fatal(err)
				}
				continue
			}
			for j, text := range strings.Split(line, "\t") {
				if month, ok := aMonth(text); ok {
					set(t, f, at(j+1, i+1), month, "mmm-yy")
					months++
				} else if text != "" {
					set(t, f, at(j+1, i+1), text, "")
				}
			}
		}
	})
	if months < 8 {
		t.Errorf("only %d cells became dates of Excel: this test compares nothing", months)
	}
	_, asSheet := readText(t, "plan.xlsx", data, settings(t, "2017-04-01", "2019-03-31", ""))
	compare(t, asSheet.Milestones)
	if len(asSheet.Milestones) != len(asText.Milestones) {
		t.Fatalf("%d milestones, and the text has %d", len(asSheet.Milestones), len(asText.Milestones))
	}
	for i, m := range asSheet.Milestones {
		want := asText.Milestones[i]
		if m.Title.Text != want.Title.Text || m.Owner.Text != want.Owner.Text || m.Workstream.Text != want.Workstream.Text || m.Line != want.Line ||
			fmt.Sprint(datesOf(m)) != fmt.Sprint(datesOf(want)) {
			t.Errorf("line %d: the spreadsheet and the text differ: %q %q, %q %q", want.Line, m.Title.Text, datesOf(m), want.Title.Text, datesOf(want))
		}
	}
	if len(asSheet.Fundings) != len(asText.Fundings) {
		t.Errorf("%d funding lines, and the text has %d", len(asSheet.Fundings), len(asText.Fundings))
	}
}

func aMonth(text string) (time.Time, bool) {
	for _, layout := range []string{"January 06", "Jan 06", "Jan 2006"} {
		if month, err := time.Parse(layout, strings.TrimSpace(text)); err == nil {
			return month, true
		}
	}
	return time.Time{}, false
}

// Excel keeps a date as a number, and that number is read whatever the format shows of it.
func TestExcelDates(t *testing.T) {
	day := time.Date(2018, 3, 18, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		format, text, edtf, review string
		day                        time.Time
	}{
		{"dd/mm/yyyy", "18/03/2018", "2018-03-18", "", day},
		{"mm-dd-yy", "03-18-18", "2018-03-18", "", day},
		{"d mmmm yyyy", "18 March 2018", "2018-03-18", "", day},
		{"yyyy-mm-dd", "2018-03-18", "2018-03-18", "", day},
		{"mmm-yy", "Mar-18", "2018-03", "", time.Date(2018, 3, 1, 0, 0, 0, 0, time.UTC)},
		{"mmmm yyyy", "March 2018", "2018-03-18", "", day},
		{"d mmmm", "18 March", "2018-03-18", "", day},
		{"dddd", "Sunday", "2018-03-18", "", day},
		{"[$-809]d.m.", "18.3.", "2018-03-18", "", day},
		{"d-mmm", "11-May", "2020-05-11", "", time.Date(2020, 5, 11, 0, 0, 0, 0, time.UTC)},
		{"d-mmm", "18-Mar", "2018-03-18", period.Ambiguous, day},
	} {
		data := book(t, func(f *excelize.File, _ string) {
			for i, heading := range []string{"Milestone", "Owner", "Delivery date"} {
				set(t, f, at(i+1, 2), heading, "")
			}
			set(t, f, "A3", "Open the hub", "")
			set(t, f, "B3", "Estates office", "")
			set(t, f, "C3", c.day, c.format)
		})
		_, all := readText(t, "plan.xlsx", data, dates.Settings{})
		if len(all.Milestones) != 1 {
			t.Fatalf("%s: %d milestones", c.format, len(all.Milestones))
		}
		m := all.Milestones[0]
		if m.Date.Text != c.text || len(m.Dates) != 1 || m.Dates[0].EDTF() != c.edtf {
			t.Errorf("%s: %q is read as %v, want %q as %s", c.format, m.Date.Text, m.Dates, c.text, c.edtf)
		}
		if reasons := reasonsOf(m); strings.Join(reasons, " ") != c.review {
			t.Errorf("%s: a person is asked because of %q, want %q", c.format, reasons, c.review)
		}
		if from := m.Date.From; len(from) != 1 || from[0] != (Place{"Sheet1", 3, 3, c.text}) {
			t.Errorf("%s: the date comes from %v", c.format, from)
		}
	}
}

func reasonsOf(m Milestone) (reasons []string) {
	for _, d := range m.Review {
		reasons = append(reasons, d.Reason)
	}
	return reasons
}

// On old Macs the days of a workbook count from 1904.
func TestDaysFrom1904(t *testing.T) {
	data := book(t, func(f *excelize.File, _ string) {
		yes := true
		if err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}); err != nil {
			t.Fatal(err)
		}
		for i, heading := range []string{"Milestone", "Owner", "Delivery date"} {
			set(t, f, at(i+1, 1), heading, "")
		}
		set(t, f, "A2", "Open the hub", "")
		set(t, f, "C2", 41715-1462+2635, "dd/mm/yyyy")
	})
	_, all := readText(t, "plan.xlsx", data, dates.Settings{})
	want := time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, 41715-1462+2635).Format(time.DateOnly)
	if got := all.Milestones[0].Dates[0].Start.String(); got != want {
		t.Errorf("read as %s, want %s", got, want)
	}
}

// A merged cell says the same of all rows that it reaches over; a hidden row is read, and a person is asked; a hidden
// sheet is not read unless it is named.
func TestMergedAndHidden(t *testing.T) {
	data := book(t, func(f *excelize.File, sheet string) {
		rows := [][]any{
			{"Delivery plan 2024-26"},
			{"Scheme", "Action", "Owner", "Due date", "Outcome"},
			{"Workforce"},
			{"Training hub", "Appoint a lead", "Training office", "March 2025", "In post"},
			{"", "Agree the curriculum", "", "June 2025", ""},
			{"", "Open to learners", "College", "Sept 2025", "Open"},
			{"Estates"},
			{"North site", "Buy the land", "Estates office", "2024-11-01", ""},
		}
		for i, cells := range rows {
			for j, v := range cells {
				if v != "" {
					set(t, f, at(j+1, i+1), v, "")
				}
			}
		}
		for _, merge := range [][2]string{{"A3", "E3"}, {"A7", "E7"}, {"A4", "A6"}, {"C4", "C5"}} {
			if err := f.MergeCell(sheet, merge[0], merge[1]); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.SetRowVisible(sheet, 8, false); err != nil {
			t.Fatal(err)
		}
		if _, err := f.NewSheet("Old"); err != nil {
			t.Fatal(err)
		}
		if err := f.SetSheetVisible("Old", false); err != nil {
			t.Fatal(err)
		}
	})
	report, all := readText(t, "plan.xlsx", data, dates.Settings{})
	var got []string
	for _, m := range all.Milestones {
		got = append(got, fmt.Sprintf("%d %s / %s / %s / %s / %s %v", m.Line, m.Workstream.Text, m.Scheme.Text, m.Title.Text, m.Owner.Text, m.Dates[0].EDTF(), reasonsOf(m)))
	}
	want := []string{
		"4 Workforce / Training hub / Appoint a lead / Training office / 2025-03 []",
		"5 Workforce / Training hub / Agree the curriculum / Training office / 2025-06 []",
		"6 Workforce / Training hub / Open to learners / College / 2025-09 []",
		"8 Estates / North site / Buy the land / Estates office / 2024-11-01 [hidden-row]",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("read as\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if report.Plan.Start.String() != "2024-04-01" || report.Plan.End.String() != "2026-03-31" {
		t.Errorf("the plan's period is %s to %s", report.Plan.Start, report.Plan.End)
	}
	if notes := strings.Join(report.Plan.Notes, "\n"); !strings.Contains(notes, `"Old" is hidden`) {
		t.Errorf("nothing says that a sheet is hidden: %s", notes)
	}
}

// A document says the same, whether its lines are lines or the rows of a sheet.
func TestEveryDocumentAsASpreadsheet(t *testing.T) {
	for _, name := range []string{"dorset", "leicestershire", "wolverhampton", "buckinghamshire"} {
		document := string(sharedtest.Read(t, "plans/"+name+".txt"))
		_, asText := readText(t, name+".txt", []byte(document), settings(t, "2017-04-01", "2019-03-31", ""))
		data := book(t, func(f *excelize.File, _ string) {
			for i, line := range strings.Split(document, "\n") {
				for j, text := range strings.Split(line, "\t") {
					if text != "" {
						set(t, f, at(j+1, i+1), withoutTags(text), "")
					}
				}
			}
		})
		_, asSheet := readText(t, name+".xlsx", data, settings(t, "2017-04-01", "2019-03-31", ""))
		if len(asSheet.Milestones) != len(asText.Milestones) {
			t.Errorf("%s: %d milestones, and the text has %d", name, len(asSheet.Milestones), len(asText.Milestones))
			continue
		}
		for i, m := range asSheet.Milestones {
			want := asText.Milestones[i]
			if m.Line != want.Line || m.Title.Text != want.Title.Text || m.Owner.Text != want.Owner.Text || m.Workstream.Text != want.Workstream.Text ||
				fmt.Sprint(datesOf(m), reasonsOf(m)) != fmt.Sprint(datesOf(want), reasonsOf(want)) {
				t.Errorf("%s, line %d: the spreadsheet and the text differ: %q, %q", name, want.Line, m.Title.Text, want.Title.Text)
			}
		}
	}
}

// A book as an office keeps it: a cover, the plan below two rows of headings of which the upper groups the lower, lists for its
// cells, and a sheet that somebody hid.
func TestOfficeBook(t *testing.T) {
	data := book(t, func(f *excelize.File, sheet string) {
		set(t, f, "A1", "Library programme", "")
		for _, name := range []string{"Plan", "Lists", "Old"} {
			if _, err := f.NewSheet(name); err != nil {
				t.Fatal(err)
			}
		}
		put := func(sheet string, rows [][]any) {
			for i, cells := range rows {
				for j, v := range cells {
					if v == nil {
						continue
					}
					if err := f.SetCellValue(sheet, at(j+1, i+1), v); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		put("Plan", [][]any{
			{"Plan of the library"},
			{},
			{"Milestone", "Dates", nil, "Progress", nil, "Lead"},
			{nil, "Start", "Forecast", "RAG", "%", nil},
			{"Buy the shelves", "06/01/2025", "30/05/2025", "A", 0.4, "Ada Holt"},
			{"Buy the shelves", "06/01/2025", "30/05/2025", "A", 0.4, "Ada Holt"},
			{"Open the doors", "01/06/2025", "30/06/2025", "G", 1, "Ada Holt"},
		})
		for _, merged := range [][2]string{{"B3", "C3"}, {"D3", "E3"}, {"A3", "A4"}, {"F3", "F4"}} {
			if err := f.MergeCell("Plan", merged[0], merged[1]); err != nil {
				t.Fatal(err)
			}
		}
		put("Lists", [][]any{{"Status", "RAG"}, {"Open", "Red"}, {"Closed", "Green"}})
		put("Old", [][]any{{"Milestone", "Due"}, {"Paint", "May 24"}})
		if err := f.SetSheetVisible("Old", false); err != nil {
			t.Fatal(err)
		}
	})
	report, all := readText(t, "library.xlsx", data, dates.Settings{})
	var got []string
	for _, m := range all.Milestones {
		got = append(got, fmt.Sprint(m.Line, " ", m.Title.Text, " ", m.RAG.Text, " ", m.Percent.Text, " ", edtf(m.OfDate()), " ", reasonsOf(m)))
	}
	want := []string{
		"5 Buy the shelves A 40% [2025-05-30] []",
		"6 Buy the shelves A 40% [2025-05-30] [repeated-row]",
		"7 Open the doors G 100% [2025-06-30] []",
	}
	if !slices.Equal(got, want) {
		t.Errorf("read as %q, want %q", got, want)
	}
	notes := strings.Join(report.Plan.Notes, " ")
	for _, says := range []string{`"Old" is hidden`, `"Sheet1", "Lists"`} {
		if !strings.Contains(notes, says) {
			t.Errorf("no note says %s: %s", says, notes)
		}
	}
}

// Every value of every document names a cell that holds it word for word, sums and facts too.
func TestSumsNameTheirCells(t *testing.T) {
	for _, name := range []string{"leicestershire", "wolverhampton"} {
		text := string(sharedtest.Read(t, "plans/"+name+".txt"))
		_, all := readText(t, name+".txt", []byte(text), settings(t, "2017-04-01", "2019-03-31", ""))
		lines := strings.Split(text, "\n")
		sums := all.Fundings
		for _, m := range all.Milestones {
			sums = append(sums, m.Funding...)
		}
		for _, f := range sums {
			if len(f.From) == 0 {
				t.Errorf("%s, line %d: %q names no cell", name, f.Line, f.Text)
			}
			for _, from := range f.From {
				if at := from.Row - 1; tidy(withoutTags(strings.Split(lines[at], "\t")[from.Column-1])) != from.Text {
					t.Errorf("%s, line %d, column %d: does not hold %q", name, from.Row, from.Column, from.Text)
				}
			}
		}
	}
}

// A hidden column counts where no other says the same, and then a person is asked about its dates.
func TestHiddenColumns(t *testing.T) {
	for _, c := range []struct{ hide, want string }{
		{"C", "2025-05 []"},
		{"D", "2025-04 []"},
		{"C:D", "2025-04 [hidden-row]"},
	} {
		data := book(t, func(f *excelize.File, sheet string) {
			for i, text := range []string{"Milestone", "Owner", "Due date", "Target date"} {
				set(t, f, at(i+1, 1), text, "")
			}
			for i, text := range []string{"Open the doors", "Ada Holt", "April 2025", "May 2025"} {
				set(t, f, at(i+1, 2), text, "")
			}
			if err := f.SetColVisible(sheet, c.hide, false); err != nil {
				t.Fatal(err)
			}
		})
		report, all := readText(t, "plan.xlsx", data, dates.Settings{})
		m := all.Milestones[0]
		if got := fmt.Sprint(strings.Join(edtf(m.OfDate()), " "), " ", reasonsOf(m)); got != c.want {
			t.Errorf("%s hidden: %s, want %s", c.hide, got, c.want)
		}
		if notes := strings.Join(report.Plan.Notes, " "); !strings.Contains(notes, "columns are hidden") {
			t.Errorf("%s hidden, and nothing says so: %q", c.hide, notes)
		}
	}
}
