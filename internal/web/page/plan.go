package page

import (
	"cmp"
	"slices"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/web/chart"
)

// planView is one plan: what stands out, and every milestone with its four dates and how far it slipped.
type planView struct {
	Name, Period, Headline string
	Figures                []figure
	Bar                    chart.Bar
	Look                   []row // the overdue milestones, the longest overdue first
	Workstreams            []choice
	Chips                  []chip
	Columns                []column
	Rows                   []row
	Shown, Total           int
	Earlier, Later         string // the addresses of the previous and the next page; empty where there is none
	Lately                 []batch
	ChangesHref            string
}

// lately bounds how many of the newest events a plan's page tells of.
const lately = 150

// plan shows one plan.
func plan(a *asking) (heading, any, error) {
	h := heading{Title: a.plan, Crumbs: []crumb{{"Portfolio", a.to("/")}}, follows: a.plan}
	milestones, err := a.status(a.plan)
	if err != nil {
		return h, nil, err
	}
	p, err := a.thePlan()
	if err != nil {
		return h, nil, err
	}
	h.Title = p.GetName()
	c := countsOf(p)
	view := planView{
		Name: p.GetName(), Period: period(p), Headline: c.headline(), Total: len(milestones), Bar: c.bar(),
		ChangesHref: a.to(planPath(a.plan) + "/changes"),
		Figures: c.figures(func(pairs ...string) string {
			return a.with(append([]string{paramShow, "", paramState, "", paramPage, ""}, pairs...)...)
		}, a.showing()),
		Workstreams: a.choices(paramWorkstream, milestones, (*pb.MilestoneStatus).GetWorkstream),
		Chips:       a.chips(), Columns: a.columns(),
	}
	all := a.rows(milestones)
	view.Look = worth(all)
	narrowed := a.narrowed(milestones)
	a.sort(narrowed)
	view.Shown = len(narrowed)
	narrowed, view.Earlier, view.Later = a.paged(narrowed)
	view.Rows = a.rows(narrowed)
	events, _, err := a.events(a.plan, a.spoken.GetPosition(), lately)
	if err != nil {
		return h, nil, err
	}
	view.Lately = digest(a.batches(a.plan, events, titlesOf(milestones)), 3, 4)
	return h, view, nil
}

func titlesOf(milestones []*pb.MilestoneStatus) map[string]string {
	titles := make(map[string]string, len(milestones))
	for _, m := range milestones {
		titles[m.GetRef()] = m.GetTitle()
	}
	return titles
}

// worth are the milestones that are overdue, the longest first, and no more than five.
func worth(rows []row) []row {
	var overdue []row
	for _, r := range rows {
		if r.Overdue > 0 {
			overdue = append(overdue, r)
		}
	}
	slices.SortStableFunc(overdue, func(x, y row) int { return cmp.Compare(y.Overdue, x.Overdue) })
	return overdue[:min(5, len(overdue))]
}
