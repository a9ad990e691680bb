package page

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/web/chart"
	"milepost.dev/internal/web/words"
)

// portfolioView is all plans that the visitor may see, the worst first. Nothing in it is an average.
type portfolioView struct {
	Headline       string
	Empty          bool
	Search         string
	Action         string
	Keep           []param
	Filters        []choice
	Rows           []planRow
	Total          []figure // of the rows, by column
	Milestones     int
	Shown, Plans   int
	Earlier, Later string
	Lately         []batch // what changed last, in any of them
	Files          []fileLink
}

// heardOf bounds how many plans a portfolio tells the changes of: those with the newest events.
const heardOf = 8

// portfolioLately bounds how many events of each of them are looked at.
const portfolioLately = 30

// plansPage bounds how many plans one page lists.
const plansPage = 50

// planRow is one plan among the others.
type planRow struct {
	ID, Name, Href string
	Position       uint64
	Milestones     figure
	Figures        []figure // in the order of the columns
	Worst          *worst   // nil where nothing slipped
	NextDue        string
	NextHref       string
	LastAsAt       string
	Closed         string // the day that it was closed for; empty where it is open
	Bar            chart.Bar
}

// worst is the milestone of a plan that slipped most.
type worst struct {
	Ref, Title, Href string
	Days             int
}

// plansShown are the ways to narrow a portfolio, by the name in its address.
var plansShown = []struct {
	name, says string
	holds      func(*pb.Plan) bool
}{
	{"", "all", func(*pb.Plan) bool { return true }},
	{"attention", "overdue or without a date", func(p *pb.Plan) bool { return p.GetOverdue()+p.GetUndated() > 0 }},
	{"overdue", "overdue", func(p *pb.Plan) bool { return p.GetOverdue() > 0 }},
	{"slipped", "later than first promised", func(p *pb.Plan) bool { return p.GetSlipped() > 0 }},
	{"undated", "without a date", func(p *pb.Plan) bool { return p.GetUndated() > 0 }},
	{"review", "in doubt", func(p *pb.Plan) bool { return p.GetToReview() > 0 }},
	{"nothing", "that need nothing", func(p *pb.Plan) bool { return needsNothing(p) }},
}

// needsNothing says whether nothing in a plan is overdue, late or without a date.
func needsNothing(p *pb.Plan) bool { return p.GetOverdue()+p.GetSlipped()+p.GetUndated() == 0 }

// portfolio shows all plans. The server has counted their milestones, and gives the counts of all plans in one answer.
func portfolio(a *asking) (heading, any, error) {
	h := heading{Title: "Portfolio", follows: everyPlan}
	plans, err := a.portfolioPlans()
	if err != nil {
		return h, nil, err
	}
	view := portfolioView{
		Empty: len(plans) == 0, Search: a.query.Get(paramSearch), Action: a.path, Headline: portfolioHeadline(plans),
		Plans: len(plans), Files: a.files("csv", "xlsx", "json"),
	}
	for _, name := range []string{paramAsAt, paramKnownAt, paramShow} {
		if value := a.query.Get(name); value != "" {
			view.Keep = append(view.Keep, param{name, value})
		}
	}
	for _, f := range plansShown {
		c := choice{Name: f.says, Href: a.with(paramShow, f.name, paramPage, ""), On: a.query.Get(paramShow) == f.name}
		for _, p := range plans {
			c.N += b2i(f.holds(p))
		}
		if c.On || c.N > 0 && c.N < len(plans) || f.name == "" {
			view.Filters = append(view.Filters, c)
		}
	}
	shown := a.plansNarrowed(plans)
	view.Shown = len(shown)
	var total counts
	for _, p := range shown {
		c := countsOf(p)
		total.add(c)
	}
	view.Milestones, view.Total = total.milestones, total.columns(nil)
	shown, view.Earlier, view.Later = a.plansPaged(shown)
	for _, p := range shown {
		view.Rows = append(view.Rows, a.planRow(p))
	}
	if view.Lately, err = a.lately(plans); err != nil {
		return h, nil, err
	}
	return h, view, nil
}

// portfolioPlans are all plans that the visitor may see. A day to come is refused.
func (a *asking) portfolioPlans() ([]*pb.Plan, error) {
	if day := a.asAt(); isDay(day) {
		answer := a.api.Plans(a, &pb.ListPlansRequest{ReadAt: &pb.ReadAt{KnownAt: a.knownAt()}, PageSize: 1})
		for _, err := range answer.Items {
			if err != nil {
				return nil, err
			}
			break // its answer names today
		}
		if err := past(day, answer.SpokenFor.GetAsAt()); err != nil {
			return nil, err
		}
	}
	return a.plans()
}

// plansNarrowed are the plans that the address asks for, the worst first.
func (a *asking) plansNarrowed(plans []*pb.Plan) []*pb.Plan {
	search := strings.Fields(strings.ToLower(a.query.Get(paramSearch)))
	var shown []*pb.Plan
	for _, p := range plans {
		text := strings.ToLower(p.GetName() + "\n" + p.GetId())
		wanted := !slices.ContainsFunc(search, func(word string) bool { return !strings.Contains(text, word) })
		for _, f := range plansShown {
			wanted = wanted && (f.name != a.query.Get(paramShow) || f.holds(p))
		}
		if wanted {
			shown = append(shown, p)
		}
	}
	slices.SortStableFunc(shown, func(x, y *pb.Plan) int {
		return cmp.Or(cmp.Compare(b2i(x.GetClosed() != ""), b2i(y.GetClosed() != "")), cmp.Compare(y.GetOverdue(), x.GetOverdue()),
			cmp.Compare(y.GetSlipped(), x.GetSlipped()), cmp.Compare(y.GetUndated(), x.GetUndated()), strings.Compare(x.GetName(), y.GetName()))
	})
	return shown
}

func (q Question) plansPaged(plans []*pb.Plan) (page []*pb.Plan, earlier, later string) {
	number, _ := strconv.Atoi(q.query.Get(paramPage))
	number = min(max(number, 1), max(1, (len(plans)+plansPage-1)/plansPage))
	to := min(number*plansPage, len(plans))
	if number > 1 {
		earlier = q.with(paramPage, strconv.Itoa(number-1))
	}
	if to < len(plans) {
		later = q.with(paramPage, strconv.Itoa(number+1))
	}
	return plans[(number-1)*plansPage : to], earlier, later
}

// columns are the counts that a plan has in a portfolio. They have no address without a link.
func (c *counts) columns(link func(pairs ...string) string) []figure {
	if link == nil {
		link = func(...string) string { return "" }
	}
	return []figure{
		{Tone: "overdue", Name: "overdue", N: c.overdue, Href: link(paramShow, "overdue")},
		{Tone: "late", Name: "later than " + c.against, N: c.slipped, Href: link(paramShow, "slipped")},
		{Tone: "unknown", Name: "without a date", N: c.undated, Href: link(paramShow, "undated")},
		{Tone: "early", Name: "earlier", N: c.recovered, Href: link(paramShow, "recovered")},
		{Tone: "met", Name: "achieved", N: c.states["achieved"], Href: link(paramState, "achieved")},
		{Tone: "unknown", Name: "in doubt, in no other count", N: c.review, Href: link(paramShow, "review")},
	}
}

func (a *asking) planRow(p *pb.Plan) planRow {
	c := countsOf(p)
	list := func(pairs ...string) string { return a.to(listPath(p.GetId()), pairs...) }
	r := planRow{
		ID: p.GetId(), Name: p.GetName(), Href: a.to(planPath(p.GetId())), Position: p.GetPosition(), LastAsAt: p.GetLastAsAt(), Closed: p.GetClosed(),
		Milestones: figure{N: c.milestones, Href: list()}, Figures: c.columns(list), Bar: c.bar(),
		NextDue: p.GetNextDue(),
	}
	if r.NextDue != "" {
		r.NextHref = list(paramDue, r.NextDue)
	}
	if w := c.worst; w != nil {
		r.Worst = &worst{Ref: w.GetRef(), Title: w.GetTitle(), Days: int(w.GetSlipDays()), Href: a.to(milestonePath(p.GetId(), w.GetRef(), w.GetMilestone()))}
	}
	return r
}

// portfolioHeadline is what stands out, in a sentence or two.
func portfolioHeadline(plans []*pb.Plan) string {
	var total counts
	in := map[string]int{}
	for _, p := range plans {
		c := countsOf(p)
		total.add(c)
		in["overdue"] += b2i(c.overdue > 0)
		in["nothing"] += b2i(needsNothing(p))
	}
	text := words.Many(len(plans), "plan", "plans") + " with " + total.headline()
	if total.overdue > 0 && len(plans) > 1 {
		text += fmt.Sprintf(" Something is overdue in %d of %d plans.", in["overdue"], len(plans))
	}
	if n := in["nothing"]; n > 0 && n < len(plans) {
		text += " " + words.Many(n, "plan needs", "plans need") + " nothing."
	}
	return text
}

// lately is what changed last in the plans with the newest events.
func (a *asking) lately(plans []*pb.Plan) ([]batch, error) {
	newest := slices.Clone(plans)
	slices.SortFunc(newest, func(x, y *pb.Plan) int { return cmp.Compare(y.GetPosition(), x.GetPosition()) })
	var found []batch
	for _, p := range newest[:min(heardOf, len(newest))] {
		events, earlier, err := a.lastEvents(p.GetId(), portfolioLately)
		if err != nil {
			return nil, err
		}
		for _, b := range digest(a.batches(p.GetId(), events, nil), latelyBatches, boardTold, earlier > 0) {
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
