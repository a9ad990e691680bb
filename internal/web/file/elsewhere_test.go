package file

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-ical"
	"github.com/thedatashed/xlsxreader"
)

// Files are read by others than wrote them: a workbook has its days as days, and a calendar its events.
func TestFilesAreReadElsewhere(t *testing.T) {
	data, err := table().Workbook()
	if err != nil {
		t.Fatal(err)
	}
	book, err := xlsxreader.NewReader(data)
	if err != nil {
		t.Fatal(err)
	}
	if len(book.Sheets) != 2 {
		t.Fatalf("it has the sheets %q", book.Sheets)
	}
	var rows []string
	for row := range book.ReadRows(rowsSheet) {
		if row.Error != nil {
			t.Fatal(row.Error)
		}
		var cells []string
		for _, cell := range row.Cells {
			cells = append(cells, string(cell.Type)+" "+cell.Value)
		}
		rows = append(rows, strings.Join(cells, "|"))
	}
	text := strings.Join(rows, "\n")
	for _, want := range []string{"string =HYPERLINK(", "datetime 2025-03-31", "numerical -14"} {
		if !strings.Contains(text, want) {
			t.Errorf("the sheet has no %q:\n%s", want, text)
		}
	}

	data, err = Calendar("Milestones", []Dated{{ID: "01HW", Revision: 7, Day: "2025-04-19", Title: "WRK-05, \"locum\"; doctors\r\nEND:VEVENT", Says: strings.Repeat("Besançon ", 40)}}, Speaks{AsAt: "2025-03-31", Position: 2303})
	if err != nil {
		t.Fatal(err)
	}
	calendar, err := ical.NewDecoder(bytes.NewReader(data)).Decode()
	if err != nil {
		t.Fatalf("%v:\n%s", err, data)
	}
	events := calendar.Events()
	if len(events) != 1 {
		t.Fatalf("it has %d events", len(events))
	}
	begins, err := events[0].DateTimeStart(time.UTC)
	title, wrong := events[0].Props.Text(ical.PropSummary)
	if err != nil || wrong != nil || begins.Format(time.DateOnly) != "2025-04-19" || !strings.Contains(title, `WRK-05, "locum"; doctors`) {
		t.Errorf("it has %s, %q, %v, %v", begins, title, err, wrong)
	}
	if err := ical.NewEncoder(&bytes.Buffer{}).Encode(calendar); err != nil { // which looks for what RFC 5545 asks of a calendar
		t.Error(err)
	}
}
