package page

import (
	"net/url"
	"strings"
	"testing"

	pb "milepost.dev/api/milepost/v1"
)

func fiveMilestones() []*pb.MilestoneStatus {
	return []*pb.MilestoneStatus{
		{Ref: "A", State: "planned", Forecast: "2025-03-01", SlipDays: new(int32(10)), Overdue: true, Workstream: "Estates", Owner: "Ann"},
		{Ref: "B", State: "achieved", Forecast: "2025-01-01", Actual: "2025-01-02", SlipDays: new(int32(-5)), Workstream: "Estates"},
		{Ref: "C", State: "planned", ForecastText: "TBC", Undated: true, Workstream: "Digital"},
		{Ref: "D", State: "paused for winter", Forecast: "2024-12-01", SlipDays: new(int32(0)), Review: []string{"unreadable"}},
		{Ref: "E", State: "cancelled", SlipDays: new(int32(40)), Workstream: "Digital", Owner: "Ann"},
	}
}

func TestAListIsNarrowedAndSorted(t *testing.T) {
	for query, want := range map[string]string{
		"": "ADCBE", "sort=ref": "ABCDE", "sort=-ref": "EDCBA", "sort=forecast": "DBACE", "sort=slip": "EADBC",
		"sort=-slip": "CBDAE", "sort=state": "DACBE", "sort=nonsense": "ABCDE", "q=ann": "AE", "q=est+a": "AB", "due=2024": "D", "due=2025-03..": "A", "due=..2024-12-01": "D", "achieved=2025-01": "B", "no=owner": "DCB",
		"show=overdue": "A", "show=slipped": "AE", "show=recovered": "B", "show=undated": "C", "show=review": "D",
		"state=planned": "AC", "state=paused+for+winter": "D", "workstream=Estates": "AB", "owner=Ann": "AE",
		"owner=Ann&workstream=Digital&sort=-ref": "E", "owner=nobody": "",
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		a := &asking{Question: Question{path: "/plans/p", query: values}}
		narrowed, err := a.narrowed(fiveMilestones(), "2025-03-31")
		if err != nil {
			t.Fatal(err)
		}
		a.sort(narrowed)
		var got strings.Builder
		for _, m := range narrowed {
			got.WriteString(m.GetRef())
		}
		if got.String() != want {
			t.Errorf("%q lists %s, want %s", query, got.String(), want)
		}
	}
}

// Nothing is averaged, and every milestone is in the bar once, by the worst that is true of it.
func TestCountsAndTheirBar(t *testing.T) {
	c := countsOf(&pb.Plan{
		Milestones: 5, Overdue: 1, Slipped: 2, Recovered: 1, Undated: 1, ToReview: 1, Achieved: 1, Cancelled: 1, OnTime: 1,
	})
	bar := c.bar()
	n := 0
	for _, p := range bar.Parts {
		n += p.N
	}
	if n != c.milestones {
		t.Errorf("the bar has %d of %d milestones: %s", n, c.milestones, bar.Words)
	}
	if want := "1 achieved, 1 to come, as first forecast or earlier, 1 overdue, 1 without a date, or in doubt and 1 cancelled"; bar.Words != want {
		t.Errorf("in words: %s", bar.Words)
	}
}

func TestALongListHasPages(t *testing.T) {
	all := make([]*pb.MilestoneStatus, 2*rowsPage+1)
	for _, test := range []struct {
		page           string
		rows           int
		earlier, later string
	}{
		{"", rowsPage, "", "/p?page=2"}, {"2", rowsPage, "/p?page=1", "/p?page=3"}, {"3", 1, "/p?page=2", ""}, {"99", 1, "/p?page=2", ""}, {"-1", rowsPage, "", "/p?page=2"},
	} {
		q := Question{path: "/p", query: url.Values{"page": {test.page}}}
		rows, _, earlier, later := q.paged(all)
		if len(rows) != test.rows || earlier != test.earlier || later != test.later {
			t.Errorf("page %q: %d rows, before it %q, behind it %q", test.page, len(rows), earlier, later)
		}
	}
}

func TestDatesKeepTheirWords(t *testing.T) {
	for _, test := range []struct{ day, written, shown, words string }{
		{"2025-03-31", "2025-03-31", "31 Mar 2025", ""},
		{"2025-03-31", "2025-Q1", "31 Mar 2025", "2025-Q1"},
		{"", "TBC", "TBC", ""},
		{"not baselined", "", "not baselined", ""},
		{"", "", "", ""},
		{"2025-03-31", "early in spring", "31 Mar 2025", "early in spring"},
	} {
		if d := aDate(test.day, test.written); spaced(d.Shown) != test.shown || d.Words != test.words {
			t.Errorf("%q %q is shown as %q %q", test.day, test.written, d.Shown, d.Words)
		}
	}
}
