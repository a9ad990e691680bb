package load_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/load"
	"milepost.dev/internal/rig/sharedtest"
)

// asSpreadsheet saves lines with tabs between their cells as a spreadsheet, a row for each, with months as Excel keeps them.
func asSpreadsheet(t *testing.T, text []byte) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	format := "mmm-yy"
	style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
	if err != nil {
		t.Fatal(err)
	}
	months := 0
	for row, line := range strings.Split(string(text), "\n") {
		cells := strings.Split(line, "\t")
		for column, text := range cells {
			cell, err := excelize.CoordinatesToCellName(column+1, row+1)
			if err != nil {
				t.Fatal(err)
			}
			var value any = text
			if month, err := time.Parse("January 06", strings.TrimSpace(text)); err == nil && len(cells) > 3 {
				months++
				value = month
				if err := f.SetCellStyle("Sheet1", cell, cell, style); err != nil {
					t.Fatal(err)
				}
			}
			if text == "" {
				continue
			}
			if err := f.SetCellValue("Sheet1", cell, value); err != nil {
				t.Fatal(err)
			}
		}
	}
	if months == 0 {
		t.Error("no cell became a date of Excel: this test compares less than it says")
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// ofAText is a reference that was made of a place in a spreadsheet as it would be in a text.
var ofAText = strings.NewReplacer("Sheet1-R", "L", "Sheet1 ", "").Replace

// told is what a plan says of each of its milestones, its parts and its money, but for how a date was written.
func told(t *testing.T, c *client.Client, plan string) (lines []string) {
	t.Helper()
	all := standing(t, c, plan)
	for _, ref := range slices.Sorted(maps.Keys(all)) {
		m, err := c.Milestone(t.Context(), &pb.GetMilestoneRequest{Plan: plan, Milestone: ref})
		if err != nil {
			t.Fatal(err)
		}
		s := m.GetStatus()
		attributes := m.GetAttributes()
		lines = append(lines, fmt.Sprint(ofAText(ref), "|", s.GetTitle(), "|", s.GetWorkstream(), "|", s.GetOwner(), "|", s.GetForecast(), "|", s.GetState(), "|", s.GetReview(), "|",
			attributes["scheme"], "|", attributes["deliverable"], "|", len(m.GetSources()[0].GetCells()) > 0))
	}
	p, err := c.Plan(t.Context(), &pb.GetPlanRequest{Plan: plan})
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range p.GetComponents() {
		lines = append(lines, fmt.Sprint(part.GetKind(), "|", part.GetName(), "|", part.GetWithin()))
	}
	for f, err := range c.Funding(t.Context(), &pb.ListFundingRequest{Plan: plan}).Items {
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprint(ofAText(f.GetRef()), "|", f.GetMilestone() != "", "|", f.GetAmount(), "|", f.GetCurrency(), "|", f.GetFund()))
	}
	slices.Sort(lines)
	return lines
}

// The same tables saved as a spreadsheet become the same plan.
func TestASpreadsheetBecomesTheSamePlan(t *testing.T) {
	t.Parallel()
	text := sharedtest.Read(t, "plans/worcestershire.txt")
	c := server(t)
	a := importPlan(t, load.Load{Service: c, Plan: "text"}, "plan.txt", text, "2017-02-24")
	b := importPlan(t, load.Load{Service: c, Plan: "sheet"}, "plan.xlsx", asSpreadsheet(t, text), "2017-02-24")
	if a.Rows != b.Rows || a.Rows < 70 {
		t.Errorf("the text has %d rows, and the spreadsheet %d", a.Rows, b.Rows)
	}
	asText, asSheet := told(t, c, "text"), told(t, c, "sheet")
	for i := range max(len(asText), len(asSheet)) {
		if i >= len(asText) || i >= len(asSheet) || asText[i] != asSheet[i] {
			t.Fatalf("they differ, of %d and %d lines first in:\n%q\n%q", len(asText), len(asSheet), asText[i:min(i+1, len(asText))], asSheet[i:min(i+1, len(asSheet))])
		}
	}
}
