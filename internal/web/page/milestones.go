package page

import (
	"slices"

	pb "milepost.dev/api/milepost/v1"
)

// milestonesView is the list of a plan's milestones: with its filters, which are in the address, and its order.
type milestonesView struct {
	Head           planHead
	Figures        []figure
	Search         searchForm
	Workstreams    []choice
	Chips          []chip
	Clear          string // the address without any filter; empty where there is none
	Columns        []column
	Baselines      bool // there is one, so that both columns of them are shown
	Rows           []row
	Shown, Total   int
	From, To       int // of the rows on this page
	Earlier, Later string
	Files          []fileLink
}

// searchForm asks for a narrower list.
type searchForm struct {
	Action, Q, Due string
	Keep           []param
	Owners, States []string
	Owner, State   string
}

// milestones shows the milestones of a plan.
func milestones(a *asking) (heading, any, error) {
	p, err := a.open("/milestones")
	if err != nil {
		return heading{}, nil, err
	}
	p.Skip = &crumb{"Skip to the list", "#rows"}
	all, err := a.status(a.plan)
	if err != nil {
		return p.heading, nil, err
	}
	narrowed, err := a.narrowed(all, a.spoken.GetAsAt())
	if err != nil {
		return p.heading, nil, err
	}
	a.sort(narrowed)
	c := countsOf(p.Plan)
	view := milestonesView{
		Head: p.head, Total: len(all), Shown: len(narrowed), Baselines: slices.ContainsFunc(all, baselined),
		Figures: c.figures(func(pairs ...string) string { return a.with(append(without(), pairs...)...) }, a.showing()),
		Search:  a.searchForm(all), Chips: a.chips(), Workstreams: a.choices(paramWorkstream, all, (*pb.MilestoneStatus).GetWorkstream),
		Files: a.files("csv", "xlsx", "json", "ics"),
	}
	view.Files = append(view.Files, fileLink{"a return to fill in (CSV)", address(planPath(a.plan)+"/return.csv", a.query)})
	if len(view.Chips) > 0 {
		view.Clear = a.with(without()...)
	}
	view.Columns = a.columns(view.Baselines)
	page, from, earlier, later := a.paged(narrowed)
	view.Earlier, view.Later, view.From, view.To = earlier, later, from+1, from+len(page)
	view.Rows = a.rows(page)
	if len(page) == 0 {
		p.Skip = nil
	}
	return p.heading, view, nil
}

// baselined says whether a milestone has an approved date.
func baselined(m *pb.MilestoneStatus) bool { return isDay(m.GetOriginalBaseline()) }

func (a *asking) searchForm(all []*pb.MilestoneStatus) searchForm {
	f := searchForm{
		Action: a.path, Q: a.query.Get(paramSearch), Due: a.query.Get(paramDue), Owner: a.query.Get(paramOwner), State: a.query.Get(paramState),
		Owners: valuesOf(all, (*pb.MilestoneStatus).GetOwner), States: valuesOf(all, (*pb.MilestoneStatus).GetState),
	}
	for _, name := range []string{paramAsAt, paramKnownAt, paramShow, paramWorkstream, paramNo, paramAchieved, paramSort} {
		if value := a.query.Get(name); value != "" {
			f.Keep = append(f.Keep, param{name, value})
		}
	}
	return f
}

// valuesOf are the values that milestones have, each once, in order.
func valuesOf(milestones []*pb.MilestoneStatus, of func(*pb.MilestoneStatus) string) []string {
	var values []string
	for _, m := range milestones {
		if value := of(m); value != "" {
			values = append(values, value)
		}
	}
	slices.Sort(values)
	return slices.Compact(values)
}
