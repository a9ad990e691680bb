package writer

import (
	"slices"
	"strings"
	"testing"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/period"
	"milepost.dev/projections/status"
)

func registeredWith(start, end string, quarters milepostv1.Quarters) *milepostv1.Command {
	return &milepostv1.Command{AsAt: "2017-01-01", Command: &milepostv1.Command_PlanRegistered{
		PlanRegistered: &milepostv1.PlanRegistered{Name: "Community hubs", PeriodStart: start, PeriodEnd: end, Quarters: quarters},
	}}
}

func achieved(ref, asAt, actual string) *milepostv1.Command {
	return &milepostv1.Command{AsAt: asAt, Command: &milepostv1.Command_MilestoneAchieved{
		MilestoneAchieved: &milepostv1.MilestoneAchieved{Ref: ref, ActualDate: actual},
	}}
}

// The same words are other dates in another plan, and on another day.
func TestWordsAreReadAsThePlanMeansThem(t *testing.T) {
	for _, c := range []struct {
		start, end string
		quarters   milepostv1.Quarters
		asAt, text string
		due        string
		review     []string
	}{
		{"2017-04-01", "2019-03-31", 0, "2017-05-01", "Year 2", "2019-03-31", nil},
		{"2016-04-01", "2018-03-31", 0, "2017-05-01", "Year 2", "2018-03-31", nil},
		{"", "", 0, "2017-05-01", "Year 2", "", []string{period.Relative}},
		{"2017-04-01", "2019-03-31", milepostv1.Quarters_QUARTERS_FINANCIAL, "2017-05-01", "Q2", "2017-09-30", []string{period.MissingYear}},
		{"2017-04-01", "2019-03-31", milepostv1.Quarters_QUARTERS_CALENDAR, "2017-05-01", "Q2", "2017-06-30", []string{period.MissingYear}},
		{"2017-04-01", "2019-03-31", 0, "2017-02-01", "by end of March", "2017-03-31", []string{period.MissingYear}},
		{"2017-04-01", "2019-03-31", 0, "2017-12-01", "by end of March", "2018-03-31", []string{period.MissingYear}},
		{"2017-04-01", "2019-03-31", 0, "2017-05-01", "2027-03", "2027-03-31", []string{period.Contradicts}},
		{"", "", 0, "2017-05-01", "2011-12", "2011-12-31", nil}, // a month in a return, whatever it is in a document
		{"", "", 0, "2017-05-01", "March 18 June 18", "", []string{period.SeveralDates}},
		{"", "", 0, "2017-05-01", "24/7", "", []string{period.Unreadable}},
	} {
		w := newWorld(t)
		s := w.open()
		begin := registeredWith(c.start, c.end, c.quarters)
		w.mustSubmit(s, submission("all at once", begin, added("A1"), stated("A1", c.asAt, c.text)))
		w.mustSubmit(s, submission("the next time", added("A2"), stated("A2", c.asAt, c.text)))
		p, _ := s.book.Now().Plan("hubs")
		for _, row := range status.List(p, civil.Last) {
			if due := row.State.Forecast.Delivery.Due().String(); due != c.due || !slices.Equal(row.State.Review(), c.review) {
				t.Errorf("%q in a plan of %s to %s, on %s: %s is due on %q, and asks about %v; want %q and %v",
					c.text, c.start, c.end, c.asAt, row.State.Ref, due, row.State.Review(), c.due, c.review)
			}
		}
		closed(t, s)
	}
}

// An actual date has been: without a year it is the last one.
func TestAnActualDateIsInThePast(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	w.mustSubmit(s, submission("begin", registered(), added("A1")))
	w.mustSubmit(s, submission("met", achieved("A1", "2017-02-10", "24th November")))
	p, _ := s.book.Now().Plan("hubs")
	m, _ := p.FindRef("A1")
	state := s.book.Now().Newest(m)
	if end := state.Actual.End().String(); end != "2016-11-24" || !slices.Equal(state.Review(), []string{period.MissingYear}) {
		t.Errorf("met on %s, and asks about %v", end, state.Review())
	}
	for _, text := range []string{"TBC", "soon", "Ongoing", "by March 2017", "March 2016 June 2016", "from 2016", "monthly", "24/7"} {
		_, err := s.Submit(t.Context(), ann, submission(text, achieved("A1", "2017-02-10", text)))
		if r := refusalOf(t, err); r.Rule != milestone.RuleActualWithoutDate || !strings.HasSuffix(r.Field, ".actual_date") {
			t.Errorf("met %q: %v", text, err)
		}
	}
	closed(t, s)
}
