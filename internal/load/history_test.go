package load_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
	"milepost.dev/internal/client"
	"milepost.dev/internal/load"
	"milepost.dev/internal/reading/documents"
)

// workbook is a spreadsheet with sheets of lines; "|" stands between their cells.
func workbook(t *testing.T, names []string, sheets ...string) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, name := range names {
		if i == 0 {
			if err := f.SetSheetName("Sheet1", name); err != nil {
				t.Fatal(err)
			}
		} else if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for row, line := range strings.Split(sheets[i], "\n") {
			for column, text := range strings.Split(line, "|") {
				cell, err := excelize.CoordinatesToCellName(column+1, row+1)
				if err == nil && text != "" {
					err = f.SetCellValue(name, cell, text)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// movesOf are how the date of each milestone moved.
func movesOf(t *testing.T, c *client.Client, plan string) (all []string) {
	t.Helper()
	milestones := standing(t, c, plan)
	for m, err := range c.Slippage(t.Context(), &pb.ListSlippageRequest{Plan: plan, All: true}).Items {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprint(m.GetAsAt(), " ", milestones[m.GetRef()].GetTitle(), " ", m.GetEvent(), " ", m.GetTo()))
	}
	slices.Sort(all)
	return all
}

const weekly = `Milestone|Owner|Due
Open the hub|Estates office|%s
Train the staff|Training lead|30 October 2018
Buy the chairs|Estates office|31 August 2018`

// bringIn brings a document into the plan "hub" as the command does: each version of a workbook that holds its own history.
func bringIn(t *testing.T, c *client.Client, name string, file []byte) (results []*load.Result) {
	t.Helper()
	stream := c.Push(t.Context())
	defer stream.Close()
	for _, o := range versionsOf(t, name, file) {
		result, err := (load.Load{Service: c, Stream: stream, Plan: "hub", Name: "Hub"}).Run(t.Context(), bytes.NewReader(file), o)
		if err != nil {
			t.Fatal(err)
		}
		if len(result.Refused) > 0 {
			t.Errorf("%s: refused %v", o.Name, result.Refused)
		}
		results = append(results, result)
	}
	return results
}

// versionsOf are the versions of the plan that a document holds, from the oldest.
func versionsOf(t *testing.T, name string, file []byte) (each []documents.Options) {
	t.Helper()
	o := documents.Options{Name: name}
	versions, err := documents.History(bytes.NewReader(file), o)
	if err != nil {
		t.Fatal(err)
	}
	if versions == nil {
		return []documents.Options{o}
	}
	for _, v := range versions {
		each = append(each, v.Options(o))
	}
	return each
}

// cellsOf are the places from which the date of a milestone was read.
func cellsOf(t *testing.T, c *client.Client, ref string) (all []string) {
	t.Helper()
	m, err := c.Milestone(t.Context(), &pb.GetMilestoneRequest{Plan: "hub", Milestone: ref})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range m.GetSources() {
		for _, cell := range s.GetCells() {
			if cell.GetField() == "delivery_date" {
				name, _ := excelize.CoordinatesToCellName(int(cell.GetColumn()), int(cell.GetRow()))
				all = append(all, fmt.Sprintf("%s %s!%s %s", s.GetAsAt(), s.GetSheet(), name, cell.GetText()))
			}
		}
	}
	return all
}

// A workbook with a sheet for each week is its own history: each sheet is a return of its day, from the oldest, wherever it stands. The
// workbook of the next week says nothing new of the weeks before, and a date that somebody changed in one of them is a statement of its own.
func TestASheetForEachWeekIsHistory(t *testing.T) {
	t.Parallel()
	names := []string{"Notes", "Week ending 19 Jan 2018", "w-e 12 Jan 2018", "2018-01-26"}
	sheets := []string{"How to fill this in", fmt.Sprintf(weekly, "31 July 2018"), fmt.Sprintf(weekly, "30 June 2018"), fmt.Sprintf(weekly, "31 July 2018")}
	book := workbook(t, names, sheets...)
	versions, err := documents.History(bytes.NewReader(book), documents.Options{Name: "tracker.xlsx"})
	if got := fmt.Sprint(versions); err != nil || got != "[{[w-e 12 Jan 2018] 2018-01-12} {[Week ending 19 Jan 2018] 2018-01-19} {[2018-01-26 Notes] 2018-01-26}]" {
		t.Fatalf("%s, %v", got, err)
	}
	c := server(t)
	bringIn(t, c, "tracker.xlsx", book)
	want := []string{
		"2018-01-12 Buy the chairs ForecastGiven 2018-08-31", "2018-01-12 Open the hub ForecastGiven 2018-06-30", "2018-01-12 Train the staff ForecastGiven 2018-10-30",
		"2018-01-19 Buy the chairs ForecastReconfirmed 2018-08-31", "2018-01-19 Open the hub MilestoneSlipped 2018-07-31", "2018-01-19 Train the staff ForecastReconfirmed 2018-10-30",
		"2018-01-26 Buy the chairs ForecastReconfirmed 2018-08-31", "2018-01-26 Open the hub ForecastReconfirmed 2018-07-31", "2018-01-26 Train the staff ForecastReconfirmed 2018-10-30",
	}
	tells(t, "weeks", want, movesOf(t, c, "hub"))
	hub := refOf(t, c, "Open the hub")
	cells := []string{
		"2018-01-12 w-e 12 Jan 2018!C2 30 June 2018", "2018-01-19 Week ending 19 Jan 2018!C2 31 July 2018", "2018-01-26 2018-01-26!C2 31 July 2018",
	}
	tells(t, "cells", cells, cellsOf(t, c, hub))
	for _, r := range bringIn(t, c, "tracker.xlsx", book) {
		if !r.Before || len(r.Events) > 0 {
			t.Errorf("the same workbook again: %+v", r)
		}
	}

	next := workbook(t, append(names, "2018-02-02"), append(sheets, fmt.Sprintf(weekly, "31 August 2018"))...)
	for i, r := range bringIn(t, c, "tracker-2.xlsx", next) {
		if i < 3 && (len(r.Events) > 0 || r.New > 0) || i == 3 && r.Events["MilestoneSlipped"] != 1 {
			t.Errorf("the next workbook, as at %s: %d new, %v", r.AsAt, r.New, r.Events)
		}
	}
	want = append(want, "2018-02-02 Buy the chairs ForecastReconfirmed 2018-08-31", "2018-02-02 Open the hub MilestoneSlipped 2018-08-31", "2018-02-02 Train the staff ForecastReconfirmed 2018-10-30")
	tells(t, "the week after", want, movesOf(t, c, "hub"))
	tells(t, "cells of the week after", append(cells, "2018-02-02 2018-02-02!C2 31 August 2018"), cellsOf(t, c, hub))
	for _, r := range bringIn(t, c, "tracker-2.xlsx", next) {
		if len(r.Events) > 0 {
			t.Errorf("the next workbook again, as at %s: %v", r.AsAt, r.Events)
		}
	}

	sheets[2] = fmt.Sprintf(weekly, "31 July 2018") // somebody wrote the first week anew, in which the date was not late yet
	rewritten := workbook(t, append(names, "2018-02-02"), append(sheets, fmt.Sprintf(weekly, "31 August 2018"))...)
	first := bringIn(t, c, "tracker-3.xlsx", rewritten)[0]
	if first.Events["MilestoneSourced"] != 1 || len(first.Events) < 2 {
		t.Errorf("a week that was rewritten comes to %v", first.Events)
	}
	for _, m := range standing(t, c, "hub") {
		if m.GetTitle() == "Open the hub" && m.GetSlipDays() != 62 {
			t.Errorf("its slip is %d days, and it was first promised for 30 June", m.GetSlipDays())
		}
	}
}

func refOf(t *testing.T, c *client.Client, title string) string {
	t.Helper()
	for ref, m := range standing(t, c, "hub") {
		if m.GetTitle() == title {
			return ref
		}
	}
	t.Fatalf("no milestone is called %q", title)
	return ""
}

// Sheets that are named as if each were of another time are asked about where nothing says of which, and sheets of one form for
// several places are no history.
func TestSheetsWhoseDaysCannotBeTold(t *testing.T) {
	t.Parallel()
	one, two := fmt.Sprintf(weekly, "30 June 2018"), fmt.Sprintf(weekly, "31 July 2018")
	dated := func(day, sheet string) string { return "Report date|" + day + "\n\n" + sheet }
	const inQuarter = "Milestone|Owner|Due\nPave the yard|Estates office|31 March 2018\nPlant the trees|Estates office|28 February 2018"
	for _, test := range []struct {
		what     string
		names    []string
		sheets   []string
		mapping  string
		asks     string // a part of the sentence; empty for none
		versions string
	}{
		{"weeks without a year", []string{"Week 1", "Week 2"}, []string{one, two}, "", `"Week 1", "Week 2" hold the same milestones`, ""},
		{"a mapping file", []string{"Week 1", "Week 2"}, []string{one, two}, "sheets: {week 1: 2018-01-05, Week 2: 2018-01-12}", "", "[{[Week 1] 2018-01-05} {[Week 2] 2018-01-12}]"},
		{"days above the tables", []string{"v2", "v1"}, []string{dated("12/01/2018", two), dated("05/01/2018", one)}, "", "", "[{[v1] 2018-01-05} {[v2] 2018-01-12}]"},
		{"a report of March of 5 April", []string{"Mar 2018", "Apr 2018"}, []string{dated("05/04/2018", one), two}, "", "", "[{[Mar 2018] 2018-04-05} {[Apr 2018] 2018-04-30}]"},
		{"a day above that was copied", []string{"Mar 2018", "Jul 2018"}, []string{dated("05/04/2018", one), dated("05/04/2018", two)}, "", `"Jul 2018" says in it that it is of 2018-04-05`, ""},
		{"two of one day", []string{"Mar 2018", "31 March 2018"}, []string{one, two}, "", "are both of 2018-03-31", ""},
		{"day or month", []string{"01-02-2018", "01-03-2018"}, []string{one, two}, "", "--date-order", ""},
		{"one of them proves the order", []string{"01-02-2018", "15-02-2018"}, []string{one, two}, "", "", "[{[01-02-2018] 2018-02-01} {[15-02-2018] 2018-02-15}]"},
		{"the plan once more, of no day", []string{"Current", "Mar 2018", "Apr 2018"}, []string{two, one, two}, "", `"Current" holds the milestones of "Apr 2018"`, ""},
		{"left out", []string{"Current", "Mar 2018", "Apr 2018"}, []string{two, one, two}, "sheets: {Current: ignore}", "", "[{[Mar 2018] 2018-03-31} {[Apr 2018] 2018-04-30}]"},
		{"places", []string{"Redditch", "Wyre Forest"}, []string{one, two}, "", "", "[]"},
		{"quarters of one plan", []string{"Q1 2018", "Q2 2018"}, []string{inQuarter, one}, "", "", "[]"},
		{"a plan and notes", []string{"Mar 2018", "Apr 2018"}, []string{one, "Nothing was reported"}, "", "", "[]"},
		{
			"parts of a plan by month",
			[]string{"Estates Jan 2018", "Yard Jan 2018", "Estates Feb 2018", "Yard Feb 2018"},
			[]string{one, inQuarter, two, inQuarter},
			"",
			"", "[]", // names with other words in them say no time
		},
	} {
		o := documents.Options{Name: "tracker.xlsx"}
		if test.mapping != "" {
			var err error
			if o.Mapping, err = documents.ReadMapping(strings.NewReader(test.mapping)); err != nil {
				t.Fatal(err)
			}
		}
		versions, err := documents.History(bytes.NewReader(workbook(t, test.names, test.sheets...)), o)
		bad, asked := errors.AsType[*documents.Unreadable](err)
		switch {
		case err != nil && (!asked || bad.Rule != "history-undated" || test.asks == "" || !strings.Contains(bad.Sentence, test.asks)):
			t.Errorf("%s: %v", test.what, err)
		case err == nil && (test.asks != "" || fmt.Sprint(versions) != test.versions):
			t.Errorf("%s: %v, and not %s %s", test.what, versions, test.versions, test.asks)
		}
	}
	if _, err := documents.ReadMapping(strings.NewReader("sheets: {Week 1: soon}")); err == nil {
		t.Error("a mapping file may say that a sheet is of \"soon\"")
	}
}

const matrix = `Milestone,Owner,31/01/2018,28/02/2018,31/03/2018
Open the hub,Estates office,30/06/2018,30/06/2018,31/07/2018
Train the staff,Training lead,Sep 2018,Oct 2018,Oct 2018
Buy the chairs,Estates office,,31/08/2018,31/08/2018
`

// A matrix of report days by milestones is history: what stands in a column was told on the day of its heading, also that there is no date.
func TestAMatrixOfReportsIsHistory(t *testing.T) {
	t.Parallel()
	c := server(t)
	bringIn(t, c, "matrix.csv", []byte(matrix))
	want := []string{
		"2018-01-31 Open the hub ForecastGiven 2018-06-30", "2018-01-31 Train the staff ForecastGiven 2018-09-30",
		"2018-02-28 Buy the chairs ForecastGiven 2018-08-31", "2018-02-28 Open the hub ForecastReconfirmed 2018-06-30", "2018-02-28 Train the staff MilestoneSlipped 2018-10-31",
		"2018-03-31 Buy the chairs ForecastReconfirmed 2018-08-31", "2018-03-31 Open the hub MilestoneSlipped 2018-07-31", "2018-03-31 Train the staff ForecastReconfirmed 2018-10-31",
	}
	tells(t, "reports", want, movesOf(t, c, "hub"))
	m, err := c.Milestone(t.Context(), &pb.GetMilestoneRequest{Plan: "hub", Milestone: refOf(t, c, "Open the hub")})
	if err != nil {
		t.Fatal(err)
	}
	var cells []string
	for _, cell := range m.GetSources()[0].GetCells() {
		if strings.Contains(cell.GetText(), "2018") {
			cells = append(cells, fmt.Sprintf("%s %d.%d %s", cell.GetHeading(), cell.GetRow(), cell.GetColumn(), cell.GetText()))
		}
	}
	tells(t, "cells", []string{"31/03/2018 2.5 31/07/2018", "28/02/2018 2.4 30/06/2018", "31/01/2018 2.3 30/06/2018"}, cells)
	if again := bringIn(t, c, "matrix.csv", []byte(matrix)); !again[0].Before || len(again[0].Events) > 0 {
		t.Errorf("the same matrix again: %+v", again[0])
	}
	next := strings.NewReplacer("31/03/2018\n", "31/03/2018,30/04/2018\n", "office,30/06/2018,30/06/2018,31/07/2018", "office,30/06/2018,30/06/2018,31/07/2018,TBC",
		"Oct 2018,Oct 2018", "Oct 2018,Oct 2018,Nov 2018", "31/08/2018,31/08/2018", "31/08/2018,31/08/2018,31/08/2018").Replace(matrix)
	bringIn(t, c, "matrix-2.csv", []byte(next))
	want = append(want, "2018-04-30 Buy the chairs ForecastReconfirmed 2018-08-31", "2018-04-30 Open the hub DateOwed ", "2018-04-30 Train the staff MilestoneSlipped 2018-11-30")
	tells(t, "the next report", want, movesOf(t, c, "hub"))
}

// What is the head of a matrix of reports, and of which days its columns are.
func TestTheColumnsOfReports(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ what, text, dated, want string }{
		{
			"months, and what was agreed", "Milestone,Baseline,Jan 2024,Feb 2024\nOpen,30/06/2024,30/06/2024,31/07/2024\nBuy,30/06/2024,30/06/2024,30/06/2024\n", "",
			"2024-02-29: Open 2024-07-31 (2024-01-31 2024-06-30); Buy 2024-06-30 (2024-01-31 2024-06-30)",
		},
		{
			"the newest first, and what was planned", "Ref,Milestone,Planned date,28/02/2024,31/01/2024\nM1,Open,30/06/2024,31/07/2024,30/06/2024\n", "",
			"2024-02-28: Open 2024-07-31 (2024-01-31 2024-06-30)",
		},
		{
			"months without a year", "Milestone,Nov,Dec,Jan\nOpen,30/06/2024,31/07/2024,31/08/2024\n", "2024-02-10",
			"2024-02-10: Open 2024-08-31 as at 2024-01-31 (2023-11-30 2024-06-30) (2023-12-31 2024-07-31)",
		},
		{
			"an empty cell, and a date that went", "Milestone,Report 31 Jan 2024,Report 29 Feb 2024,Report 31 Mar 2024\nOpen,30/06/2024,TBC,\nBuy,30/06/2024,30/06/2024,31/07/2024\n", "",
			"2024-03-31: Open  as at 2024-02-29 (2024-01-31 2024-06-30) (2024-02-29 ); Buy 2024-07-31 (2024-01-31 2024-06-30) (2024-02-29 2024-06-30)",
		},
		{"weeks that say no day", "Milestone,W1,W2\nOpen,30/06/2024,31/07/2024\nBuy,30/06/2024,31/07/2024\n", "", "history-undated"},
		{"figures", "Indicator,KPI,Jan 2024,Feb 2024\nPatients seen,Seen,120,130\nCalls,Taken,10,12\n", "", ": "},
		{"what recurs", "Milestone,Q1 2024,Q2 2024\nBoard meets,15/02/2024,15/05/2024\nNewsletter,01/02/2024,03/05/2024\n", "", "nothing-read"},
	} {
		o := documents.Options{Name: "matrix.csv"}
		o.Settings.Dated, _ = civil.Parse(test.dated)
		kept := &documents.Collected{}
		report, err := documents.Read(strings.NewReader(test.text), o, kept)
		if bad, ok := errors.AsType[*documents.Unreadable](err); ok {
			if bad.Rule != test.want {
				t.Errorf("%s: %s %v", test.what, bad.Rule, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, m := range kept.Milestones {
			told := m.Title.Text + " " + dueOf(m.OfDate())
			if m.DateAsAt != 0 {
				told += " as at " + m.DateAsAt.String()
			}
			for _, e := range m.Earlier {
				told += " (" + e.AsAt.String() + " " + dueOf(e.Dates) + ")"
			}
			all = append(all, told)
		}
		if got := report.Plan.Dated.String() + ": " + strings.Join(all, "; "); got != test.want {
			t.Errorf("%s: %s, want %s", test.what, got, test.want)
		}
	}
}

func dueOf(readings []period.Reading) string {
	return (period.Delivery{Readings: readings}).Due().String()
}

// What the dry run shows of each version is what the plan says as at that day.
func TestWhatTheDryRunShowsOfHistoryIsStated(t *testing.T) {
	t.Parallel()
	book := workbook(t, []string{"2018-01-19", "2018-01-12", "RAID"}, fmt.Sprintf(weekly, "31 July 2018"), fmt.Sprintf(weekly, "30 June 2018"), raid)
	for name, file := range map[string][]byte{"tracker.xlsx": book, "matrix.csv": []byte(matrix)} {
		c := server(t)
		bringIn(t, c, name, file)
		versions := versionsOf(t, name, file)
		compared := 0
		for i, o := range versions {
			dry := &shown{}
			report, err := documents.Read(bytes.NewReader(file), o, dry)
			if err != nil {
				t.Fatal(err)
			}
			if i == len(versions)-1 {
				besideMilestones(t, c, "hub", dry)
			}
			for _, m := range dry.all {
				for _, told := range append(m.Earlier, documents.Earlier{AsAt: max(m.DateAsAt, report.Plan.Dated), Dates: m.OfDate()}) {
					compared++
					is := dueAsAt(t, c, m.Title.Text, told.AsAt)
					if want := dueOf(told.Dates); is != want {
						t.Errorf("%s: %q is shown to be due %s as at %s, and it is %s", name, m.Title.Text, want, told.AsAt, is)
					}
				}
			}
		}
		if compared < 6 {
			t.Errorf("%s: only %d dates were compared", name, compared)
		}
	}
}

func dueAsAt(t *testing.T, c *client.Client, title string, asAt civil.Date) string {
	t.Helper()
	for m, err := range c.Status(t.Context(), &pb.ListStatusRequest{Plan: "hub", ReadAt: &pb.ReadAt{AsAt: asAt.String()}}).Items {
		if err != nil {
			t.Fatal(err)
		}
		if m.GetTitle() == title {
			return m.GetForecast()
		}
	}
	return "unknown"
}
