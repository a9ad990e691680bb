package page

import (
	"cmp"
	"slices"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/web/chart"
	"milepost.dev/internal/web/words"
)

// portfolioView is all plans that the visitor may see. Nothing in it is an average: it counts, and shows the worst of
// each plan.
type portfolioView struct {
	Headline string
	Plans    []planCard
	Lately   []batch // what changed last, in any of them
	Empty    bool
}

// heardOf bounds how many plans a portfolio tells the changes of: those with the newest events.
const heardOf = 8

// planCard is one plan among the others.
type planCard struct {
	ID, Name, Href, Period string
	Figures                []figure
	Bar                    chart.Bar
	Worst                  *worst // nil where nothing slipped
	LastAsAt               string
	Closed                 string // the day that it was closed for; empty where it is open
	Position               uint64
}

// worst is the milestone of a plan that slipped most.
type worst struct {
	Title, Href string
	Days        int
}

// portfolio shows all plans. The server has counted their milestones, and gives the counts of all plans in one answer.
func portfolio(a *asking) (heading, any, error) {
	h := heading{Title: "Portfolio", follows: everyPlan}
	plans, err := a.plans()
	if err != nil {
		return h, nil, err
	}
	view := portfolioView{Empty: len(plans) == 0}
	var total counts
	for _, p := range plans {
		c := countsOf(p)
		total.add(c)
		card := planCard{
			ID: p.GetId(), Name: p.GetName(), Href: a.to(planPath(p.GetId())), Period: period(p),
			Bar: c.bar(), LastAsAt: p.GetLastAsAt(), Closed: p.GetClosed(), Position: p.GetPosition(),
			Figures: c.figures(func(pairs ...string) string { return a.to(planPath(p.GetId()), pairs...) }, ""),
		}
		if w := c.worst; w != nil {
			card.Worst = &worst{Title: w.GetTitle(), Days: int(w.GetSlipDays()), Href: a.to(milestonePath(p.GetId(), w.GetRef(), w.GetMilestone()))}
		}
		view.Plans = append(view.Plans, card)
	}
	if view.Lately, err = a.lately(plans); err != nil {
		return h, nil, err
	}
	view.Headline = words.Many(len(plans), "plan", "plans") + " with " + total.headline()
	return h, view, nil
}

// lately is what changed last in the plans with the newest events.
func (a *asking) lately(plans []*pb.Plan) ([]batch, error) {
	newest := slices.Clone(plans)
	slices.SortFunc(newest, func(x, y *pb.Plan) int { return cmp.Compare(y.GetPosition(), x.GetPosition()) })
	var found []batch
	for _, p := range newest[:min(heardOf, len(newest))] {
		events, _, err := a.events(p.GetId(), a.spoken.GetPosition(), lately/2)
		if err != nil {
			return nil, err
		}
		for _, b := range digest(a.batches(p.GetId(), events, nil), latelyBatches, 4) {
			b.Plan = &crumb{p.GetName(), a.to(planPath(p.GetId()))}
			b.plan = p.GetId()
			found = append(found, b)
		}
	}
	slices.SortStableFunc(found, func(x, y batch) int { return cmp.Compare(y.newest, x.newest) })
	found = found[:min(latelyBatches, len(found))]
	return found, a.entitle(found)
}

// latelyBatches bounds how many batches a portfolio tells.
const latelyBatches = 6

// entitle asks for the titles of the milestones that a few sentences are about, one by one: a list of a plan would be
// all of it.
func (a *asking) entitle(batches []batch) error {
	type named struct{ plan, ref string }
	titles := map[named]string{}
	for _, b := range batches {
		for i := range b.Sentences {
			s := &b.Sentences[i]
			of := named{b.plan, s.Ref}
			if s.Ref == "" {
				continue
			}
			if _, asked := titles[of]; !asked {
				title, err := a.title(of.plan, of.ref)
				if err != nil {
					return err
				}
				titles[of] = title
			}
			s.Title = cmp.Or(titles[of], s.Ref)
		}
	}
	return nil
}

func period(p *pb.Plan) string {
	from, to := words.Day(p.GetPeriodStart()), words.Day(p.GetPeriodEnd())
	switch {
	case from != "" && to != "":
		return from + " to " + to
	case from != "":
		return "from " + from
	case to != "":
		return "to " + to
	}
	return ""
}
