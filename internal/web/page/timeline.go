package page

import (
	"cmp"
	"slices"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/web/chart"
)

// timelineView is the dates of a plan's milestones on one scale, by workstream.
type timelineView struct {
	Head           planHead
	Scale          *chart.Timeline
	Groups         []timelineGroup
	Workstreams    []choice
	Chips          []chip
	Shown, Total   int
	From, To       int
	Earlier, Later string
	Files          []fileLink
}

type timelineGroup struct {
	Name string
	Rows []timelineRow
}

// timelineRow is a milestone with its dates, drawn and written.
type timelineRow struct {
	row
	First date
	Span  chart.Span
}

// timeline shows the dates of a plan's milestones.
func timeline(a *asking) (heading, any, error) {
	p, err := a.open("/timeline")
	if err != nil {
		return heading{}, nil, err
	}
	all, err := a.status(a.plan)
	if err != nil {
		return p.heading, nil, err
	}
	day := a.spoken.GetAsAt()
	narrowed, err := a.narrowed(all, day)
	if err != nil {
		return p.heading, nil, err
	}
	slices.SortStableFunc(narrowed, func(x, y *pb.MilestoneStatus) int {
		return cmp.Or(strings.Compare(x.GetWorkstream(), y.GetWorkstream()), strings.Compare(promised(x), promised(y)), naturally(x.GetRef(), y.GetRef()))
	})
	view := timelineView{
		Head: p.head, Total: len(all), Shown: len(narrowed), Chips: a.chips(), Workstreams: a.choices(paramWorkstream, all, (*pb.MilestoneStatus).GetWorkstream),
		Files: a.files("csv", "xlsx", "json", "ics", "svg"),
	}
	page, from, earlier, later := a.paged(narrowed)
	view.Earlier, view.Later, view.From, view.To = earlier, later, from+1, from+len(page)
	dated := make([]chart.Dated, len(page))
	for i, m := range page {
		dated[i] = datesOf(m)
	}
	scale, ok := chart.NewTimeline(dated, day)
	if !ok {
		return p.heading, view, nil
	}
	view.Scale = scale
	for i, m := range page {
		if n := len(view.Groups); n == 0 || view.Groups[n-1].Name != m.GetWorkstream() {
			view.Groups = append(view.Groups, timelineGroup{Name: m.GetWorkstream()})
		}
		g := &view.Groups[len(view.Groups)-1]
		g.Rows = append(g.Rows, timelineRow{row: a.row(m, max(1, int(max(m.GetSlipDays(), -m.GetSlipDays())))), First: aDate(m.GetFirstForecast(), ""), Span: scale.Row(dated[i])})
	}
	return p.heading, view, nil
}

// promised is the day by which a milestone takes its place on a timeline: those without one come last.
func promised(m *pb.MilestoneStatus) string { return cmp.Or(m.GetFirstForecast(), m.GetDue(), "9999") }

func datesOf(m *pb.MilestoneStatus) chart.Dated {
	d := chart.Dated{First: m.GetFirstForecast(), Baseline: m.GetCurrentBaseline(), Forecast: m.GetForecast(), Actual: actual(m)}
	if m.GetNoDateSince() != "" {
		d.Owed = m.GetDue()
	}
	return d
}
