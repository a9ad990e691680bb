package file

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	ics "github.com/arran4/golang-ical"
	"github.com/xuri/excelize/v2"
)

func table() *Table {
	return &Table{
		Title: "Milestones", Columns: []string{"ref", "title", "due", "slip_days", "overdue"},
		Rows: [][]any{
			{"A", "=HYPERLINK(\"http://evil.example\")", Day("2025-03-31"), -14, true},
			{"B", "+1, \"two\"\nlines", Day(""), nil, false},
			{"C", "@SUM(A1)", Day("1066-10-14"), 9, false},
		},
		Speaks: Speaks{AsAt: "2025-03-31", KnownAt: "2303", Position: 2303, Filter: "=only: overdue", Clock: "demonstration"},
	}
}

// What would be a formula stays text, and every row says what it speaks for.
func TestCSVIsTextAndSaysWhatItIs(t *testing.T) {
	data, err := table().CSV()
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if head := strings.Join(rows[0], ","); head != "ref,title,due,slip_days,overdue,spoken_as_at,spoken_known_at,spoken_position,spoken_filter,spoken_clock" {
		t.Errorf("the head is %s", head)
	}
	for i, want := range []string{
		`A|'=HYPERLINK("http://evil.example")|2025-03-31|-14|true|2025-03-31|2303|2303|'=only: overdue|demonstration`,
		"B|'+1, \"two\"\nlines|||false|2025-03-31|2303|2303|'=only: overdue|demonstration",
		"C|'@SUM(A1)|1066-10-14|9|false|2025-03-31|2303|2303|'=only: overdue|demonstration",
	} {
		if got := strings.ReplaceAll(strings.Join(rows[i+1], "|"), "\r", ""); got != want {
			t.Errorf("row %d is\n%s\nwant\n%s", i, got, want)
		}
	}
}

func TestJSONKeepsNumbersAndNothing(t *testing.T) {
	data, err := table().JSON()
	if err != nil {
		t.Fatal(err)
	}
	var whole struct {
		AsAt     string `json:"as_at"`
		Position int
		Filter   string
		Rows     []struct {
			Title string
			Due   *string
			Slip  *int `json:"slip_days"`
		}
	}
	if err := json.Unmarshal(data, &whole); err != nil {
		t.Fatal(err)
	}
	if whole.AsAt != "2025-03-31" || whole.Position != 2303 || whole.Filter != "=only: overdue" || len(whole.Rows) != 3 ||
		*whole.Rows[0].Slip != -14 || whole.Rows[1].Slip != nil || whole.Rows[1].Due != nil || whole.Rows[2].Title != "@SUM(A1)" {
		t.Errorf("it says %+v", whole)
	}
	empty := Table{Title: "Nothing", Columns: []string{"ref"}}
	if data, err := empty.JSON(); err != nil || !strings.Contains(string(data), `"rows": []`) {
		t.Errorf("no rows: %s, %v", data, err)
	}
}

// A workbook has days as days and numbers as numbers, no formula, and a sheet that says what it is.
func TestAWorkbookHasDays(t *testing.T) {
	long := table()
	long.Rows = append(long.Rows, []any{"D", strings.Repeat("long ", 10_000), nil, nil, nil})
	data, err := long.Workbook()
	if err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	for cell, want := range map[string]string{"A2": "A", "B2": "=HYPERLINK(\"http://evil.example\")", "C2": "2025-03-31", "D2": "-14", "C3": "", "C4": "1066-10-14"} {
		if got, err := book.GetCellValue(rowsSheet, cell); err != nil || got != want {
			t.Errorf("%s is %q, want %q (%v)", cell, got, want, err)
		}
		if formula, err := book.GetCellFormula(rowsSheet, cell); err != nil || formula != "" {
			t.Errorf("%s is the formula %q (%v)", cell, formula, err)
		}
	}
	if raw, err := book.GetCellValue(rowsSheet, "C2", excelize.Options{RawCellValue: true}); err != nil || raw != "45747" {
		t.Errorf("the day is %q in the sheet, and no number of days (%v)", raw, err)
	}
	if panes, err := book.GetPanes(rowsSheet); err != nil || !panes.Freeze {
		t.Errorf("the head does not stay in sight: %v", err)
	}
	about, err := book.GetRows(aboutSheet)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, row := range about {
		said = append(said, strings.Join(row, " "))
	}
	if text := strings.Join(said, "; "); text != "Milestones; ; as_at 2025-03-31; known_at 2303; position 2303; filter =only: overdue; clock demonstration" {
		t.Errorf("it says of itself: %s", text)
	}
}

// A calendar passes a parser: a day each, with what it is about, and words that cannot end a line.
func TestACalendarIsRead(t *testing.T) {
	days := []Dated{
		{ID: "01HW", Revision: 7, Day: "2025-04-19", Title: "WRK-05, \"locum\"; doctors\r\nEND:VEVENT", Says: strings.Repeat("Besançon ", 40)},
		{ID: "02HW", Day: "some day", Title: "no day"},
	}
	data, err := Calendar("Milestones", days, Speaks{AsAt: "2025-03-31", Position: 2303})
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(string(data), "\r\n"), "\r\n") {
		if len(line) > 75 || strings.ContainsAny(line, "\r\n") {
			t.Errorf("a line of %d bytes: %q", len(line), line)
		}
	}
	read, err := ics.ParseCalendar(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	events := read.Events()
	if len(events) != 1 {
		t.Fatalf("it has %d events:\n%s", len(events), data)
	}
	day, err := events[0].GetAllDayStartAt()
	if err != nil || day.Format("2006-01-02") != "2025-04-19" || events[0].Id() != "01HW@milepost" || events[0].GetProperty(ics.ComponentPropertySequence).Value != "7" {
		t.Errorf("it has %s, %s, %v:\n%s", day, events[0].Id(), err, data)
	}
	if says := events[0].GetProperty(ics.ComponentPropertyDescription).Value; !strings.Contains(says, "position 2303") {
		t.Errorf("it does not say its position: %s", says)
	}
}
