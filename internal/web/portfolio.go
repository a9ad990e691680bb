package web

import (
	"cmp"
	"fmt"
	"slices"

	pb "milepost.dev/api/milepost/v1"
)

// portfolioView is all plans that the visitor may see. Nothing in it is an average: a portfolio is as well as its
// worst plan, and how many are how is counted.
type portfolioView struct {
	Headline string
	Plans    []planCard
	Lately   []batch // what changed last, in any of them
	Empty    bool
}

// heardOf is how many plans, those with the newest events, a portfolio tells the changes of.
const heardOf = 8

// planCard is one plan among the others.
type planCard struct {
	ID, Name, Href, Period string
	Figures                []figure
	Bar                    bar
	Worst                  *worst // nil where nothing slipped
	LastAsAt               string
	Position               uint64
}

// worst is the milestone of a plan that slipped most.
type worst struct {
	Title, Href string
	Days        int
}

// figure is a number with what it counts, and where those that it counts are listed.
type figure struct {
	Tone, Name, Href string
	N                int
	On               bool // the list that is shown is this one
}

// portfolio shows all plans. What each comes to the server has counted, in one answer for all of them, however many
// milestones they have.
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
			Bar: c.bar(), LastAsAt: p.GetLastAsAt(), Position: p.GetPosition(),
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
	view.Headline = many(len(plans), "plan", "plans") + " with " + total.headline()
	return h, view, nil
}

// lately is what changed last in the plans that were heard of last.
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

// latelyBatches is how many batches a portfolio tells.
const latelyBatches = 6

// entitle asks what the milestones are called that a few sentences are about. To list a plan for that would be to list
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
	from, to := shownDay(p.GetPeriodStart()), shownDay(p.GetPeriodEnd())
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

// counts is how many milestones are how.
type counts struct {
	milestones, overdue, slipped, recovered, undated, review int
	states                                                   map[string]int
	lateOpen                                                 int // neither achieved nor overdue, and due later than first forecast
	worst                                                    *pb.WorstSlip
}

// countsOf are those that the server has counted.
func countsOf(p *pb.Plan) counts {
	c := counts{
		milestones: int(p.GetMilestones()), overdue: int(p.GetOverdue()), slipped: int(p.GetSlipped()), recovered: int(p.GetRecovered()),
		undated: int(p.GetUndated()), review: int(p.GetToReview()), lateOpen: int(p.GetLate()), worst: p.GetWorst(),
		states: map[string]int{
			"started": int(p.GetStarted()), "on hold": int(p.GetOnHold()), "achieved": int(p.GetAchieved()), "cancelled": int(p.GetCancelled()),
		},
	}
	planned := c.milestones
	for _, n := range c.states {
		planned -= n
	}
	c.states["planned"] = planned
	return c
}

func (c *counts) add(d counts) {
	c.milestones += d.milestones
	c.overdue += d.overdue
	c.slipped += d.slipped
	c.recovered += d.recovered
	c.undated += d.undated
	c.review += d.review
}

// headline is what stands out, in a sentence.
func (c *counts) headline() string {
	text := many(c.milestones, "milestone", "milestones")
	var standing []string
	for _, s := range []struct {
		n    int
		text string
	}{
		{c.overdue, "%d overdue"}, {c.slipped, "%d due later than first forecast"}, {c.undated, "%d without a date"},
	} {
		if s.n > 0 {
			standing = append(standing, fmt.Sprintf(s.text, s.n))
		}
	}
	if len(standing) == 0 {
		return text + ": nothing is overdue, nothing slipped, and every date is known."
	}
	return text + ": " + listed(standing) + "."
}

// usualStates are in the order of a milestone's life.
var usualStates = []string{"planned", "started", "on hold", "achieved", "cancelled"}

// figures are the counts with their links: what stands out first, then the states.
func (c *counts) figures(link func(pairs ...string) string, on string) []figure {
	figures := []figure{
		{Tone: "overdue", Name: "overdue", N: c.overdue, Href: link(paramShow, "overdue"), On: on == "show=overdue"},
		{Tone: "late", Name: "slipped", N: c.slipped, Href: link(paramShow, "slipped"), On: on == "show=slipped"},
		{Tone: "unknown", Name: "no date", N: c.undated, Href: link(paramShow, "undated"), On: on == "show=undated"},
	}
	if c.recovered > 0 {
		figures = append(figures, figure{Tone: "early", Name: "came forward", N: c.recovered, Href: link(paramShow, "recovered"), On: on == "show=recovered"})
	}
	if c.review > 0 {
		figures = append(figures, figure{Tone: "unknown", Name: "to look at", N: c.review, Href: link(paramShow, "review"), On: on == "show=review"})
	}
	for _, state := range usualStates {
		if n := c.states[state]; n > 0 {
			figures = append(figures, figure{Tone: toneOf(state), Name: state, N: n, Href: link(paramState, state), On: on == "state="+state})
		}
	}
	return figures
}

// toneOf is how a state is marked. One that this program does not know has no mark of its own, and its word.
func toneOf(state string) string {
	switch state {
	case "achieved":
		return "met"
	case "started", "planned", "cancelled":
		return state
	case "on hold":
		return "held"
	}
	return "plain"
}

// bar is a plan at a glance: each milestone once, by the worst that is true of it.
type bar struct {
	Parts []barPart
	Words string // the same, for those who do not see it
}

type barPart struct {
	Tone, Name string
	N          int
	X, Width   string // per cent of the whole
}

func (c *counts) bar() bar {
	rest := c.milestones - c.states["achieved"] - c.states["cancelled"] - c.overdue - c.lateOpen - c.undated
	parts := []barPart{
		{Tone: "met", Name: "achieved", N: c.states["achieved"]},
		{Tone: "planned", Name: "to come, as first forecast or earlier", N: max(rest, 0)},
		{Tone: "late", Name: "to come, later than first forecast", N: c.lateOpen},
		{Tone: "overdue", Name: "overdue", N: c.overdue},
		{Tone: "unknown", Name: "without a date", N: c.undated},
		{Tone: "cancelled", Name: "cancelled", N: c.states["cancelled"]},
	}
	var b bar
	var words []string
	at := 0
	for _, p := range parts {
		if p.N == 0 {
			continue
		}
		p.X, p.Width = percent(at, c.milestones), percent(p.N, c.milestones)
		at += p.N
		b.Parts = append(b.Parts, p)
		words = append(words, fmt.Sprintf("%d %s", p.N, p.Name))
	}
	b.Words = listed(words)
	return b
}

// percent is a part of a whole as SVG takes it.
func percent(n, of int) string { return fmt.Sprintf("%.2f%%", 100*float64(n)/float64(max(of, 1))) }
