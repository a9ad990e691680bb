package page

import (
	"strconv"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/web/chart"
	"milepost.dev/internal/web/words"
)

// row is a milestone in a list.
type row struct {
	ID, Ref, Title, Href string
	Position             uint64
	Workstream, Owner    choice
	State                tag
	Overdue              int // days; 0 where it is not overdue
	Original, Current    date
	Forecast, Actual     date
	Slip                 slip
	Status               string
	Percent              string
	Review               []string
}

// tag is a word with a mark, so that colour alone tells nothing.
type tag struct{ Tone, Word string }

// date is one of the four dates.
type date struct {
	ISO   string // empty where there is no day
	Shown string
	Words string // as written, where that says more than the day
}

// slip is how far a milestone has moved since its first forecast.
type slip struct {
	Known bool
	Days  int
	Shown string
	chart.DivergingBar
}

// rows are milestones as a list shows them.
func (a *asking) rows(milestones []*pb.MilestoneStatus) []row {
	widest := 1
	for _, m := range milestones {
		widest = max(widest, int(max(m.GetSlipDays(), -m.GetSlipDays())))
	}
	rows := make([]row, 0, len(milestones))
	for _, m := range milestones {
		rows = append(rows, a.row(m, widest))
	}
	return rows
}

func (a *asking) row(m *pb.MilestoneStatus, widest int) row {
	r := row{
		ID: m.GetMilestone(), Ref: m.GetRef(), Title: m.GetTitle(), Position: m.GetPosition(),
		Href:       a.to(milestonePath(a.plan, m.GetRef(), m.GetMilestone())),
		Workstream: choice{Name: m.GetWorkstream(), Href: a.narrow(paramWorkstream, m.GetWorkstream())},
		Owner:      choice{Name: m.GetOwner(), Href: a.narrow(paramOwner, m.GetOwner())},
		State:      tag{toneOf(m.GetState()), m.GetState()},
		Original:   aDate(m.GetOriginalBaseline(), ""), Current: aDate(m.GetCurrentBaseline(), ""),
		Forecast: forecast(m), Actual: aDate(m.GetActual(), ""),
		Status: m.GetStatus(), Review: m.GetReview(),
	}
	if m.Percent != nil {
		r.Percent = strconv.Itoa(int(m.GetPercent())) + "%"
	}
	if m.GetOverdue() {
		r.Overdue = int(m.GetOwedDays())
	}
	if m.SlipDays != nil {
		r.Slip = aSlip(int(m.GetSlipDays()), widest)
	}
	return r
}

// narrow is the list with one filter more: beside those that it has where the page is the list.
func (a *asking) narrow(name, value string) string {
	if a.path == listPath(a.plan) {
		return a.with(name, value, paramPage, "")
	}
	return a.list(name, value)
}

// aDate is an ISO day, or words in place of one. What its reporter wrote is shown too, where it says something else
// than the day.
func aDate(day, written string) date {
	shown := words.Day(day)
	if shown == day { // not a day, but perhaps words: "not baselined"
		d := date{Shown: day, Words: written}
		if day == "" && written != "" {
			d.Shown, d.Words = written, ""
		}
		return d
	}
	d := date{ISO: day, Shown: shown}
	if written != day && written != shown {
		d.Words = written
	}
	return d
}

// forecast is the date in force or, where it was withdrawn, the words with the day that is still owed.
func forecast(m *pb.MilestoneStatus) date {
	d := aDate(m.GetForecast(), m.GetForecastText())
	if m.GetForecast() == "" && m.GetDue() != "" {
		d.Words = "was due " + words.Day(m.GetDue())
	}
	return d
}

// aSlip is a slip beside others, of which the largest has so many days.
func aSlip(days, widest int) slip {
	return slip{Known: true, Days: days, Shown: words.Signed(days), DivergingBar: chart.NewDivergingBar(days, widest)}
}
