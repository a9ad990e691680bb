package page

import (
	"cmp"
	"slices"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/web/chart"
	"milepost.dev/internal/web/words"
)

// boardView is what a board asks of a plan, in the order in which it asks: what needs it, what is next, whether the dates
// hold and whether all of it can be believed.
type boardView struct {
	Head     planHead
	Headline string
	Since    *sinceView // what moved since the return before; nil where there is none
	Facts    []figure
	Doubt    []figure // beside the facts, and in none of their counts
	Bar      chart.Bar
	Needs    []concern
	Nothing  bool // nothing needs attention
	Decide   []toDecide
	Promised promisedSum
	Against  string // what dates are later than
	Due      dueSoon
	Belief   []belief

	Trend                                          *trendView // nil where no milestone has a date
	Progress                                       *progressView
	Work                                           *workView
	Lately                                         []batch
	Changes                                        string // the address of all changes
	DueFiles, TrendFiles, ProgressFiles, WorkFiles []fileLink
}

// concern is a group of milestones that ask for the same from whoever decides.
type concern struct {
	ID, Tone, Name, Href string
	Against              string // what all of its days are against, where that is one thing and not said by the name
	N                    int
	Rows                 []concernRow // the first few of those that no group above shows
	More                 int          // that are not among them
	Above                int          // of those, how many a group above shows
}

// concernRow is one milestone of a concern: what was promised, what holds, and why in the reporter's words.
type concernRow struct {
	ID, Milestone    string
	Ref, Title, Href string
	Position         uint64
	Was, Is          date
	Since            string // the day from which it has no date; else empty
	Why              string
	Met              date   // the day on which it was achieved, if it was
	Days             string // "+184", "at least +92"
	Against          string // what the days are against, where the rows of its group differ
	Tone             string
}

// dueSoon is what is due next.
type dueSoon struct {
	Days int
	Href string // of all of it
	N    int
	Rows []row
	More int
}

// belief is one thing to know before the figures are believed: a number with its list where there is one.
type belief struct {
	N, Href, Tone, Says string
}

// toDecide is something of which several wait for a decision.
type toDecide struct {
	N          int
	Says, Href string
}

// promisedSum is how much of a plan is baselined, and how often that changed.
type promisedSum struct {
	Figures []figure
	Granted string
}

// promisedOf is what is baselined of a plan; without figures where nothing is.
func (a *asking) promisedOf(p *pb.Plan) promisedSum {
	var s promisedSum
	for _, of := range []struct {
		show string
		n    int32
	}{{"baselined", p.GetBaselined()}, {"rebaselined", p.GetRebaselined()}, {"cancellation-pending", p.GetCancellationsPending()}} {
		if of.n > 0 {
			s.Figures = append(s.Figures, a.counted(of.show, of.n))
		}
	}
	if n := int(p.GetRebaselines()); n > 0 {
		s.Granted = words.Many(n, "re-baseline", "re-baselines") + " granted " + words.Signed(int(p.GetDaysGranted())) + " days against first forecasts"
	}
	if n, days := int(p.GetCorrections()), int(p.GetCorrectionDays()); n > 0 {
		told := words.Many(n, "correction changes", "corrections change") + " no slip"
		switch {
		case days > 0:
			told = words.Many(n, "correction takes", "corrections take") + " " + words.Many(days, "day", "days") + " from slips"
		case days < 0:
			told = words.Many(n, "correction adds", "corrections add") + " " + words.Many(-days, "day", "days") + " to slips"
		}
		s.Granted = strings.TrimPrefix(s.Granted+", "+told, ", ")
	}
	return s
}

// toDecide is what waits for a decision about a plan.
func (a *asking) toDecide(p *pb.Plan) (list []toDecide) {
	href := a.to(planPath(a.plan) + "/decisions")
	if n := int(p.GetProposalsPending()); n > 0 {
		list = append(list, toDecide{n, words.Many(n, "baseline is", "baselines are") + " proposed", href})
	}
	if n := int(p.GetCorrectionsPending()); n > 0 {
		list = append(list, toDecide{n, words.Many(n, "correction waits", "corrections wait"), href})
	}
	return list
}

const (
	concernRows  = 6
	concernLater = 3 // of those that are within their tolerance, where others are beyond it
	dueRows      = 8
	dueSoonDays  = 90
	boardLately  = 150 // events that are looked at for what changed lately
	boardBatches = 3
	boardTold    = 4 // sentences of each
)

// listPath is the address of the list of a plan's milestones.
func listPath(plan string) string { return planPath(plan) + "/milestones" }

// board shows one plan. An address of the days when the list was on this page leads to the list.
func board(a *asking) (heading, any, error) {
	for _, p := range append(filters, param{paramSort, ""}, param{paramPage, ""}) {
		if a.query.Get(p.Name) != "" {
			return heading{}, nil, &Moved{To: address(listPath(a.plan), a.query)}
		}
	}
	p, err := a.open("")
	if err != nil {
		return heading{}, nil, err
	}
	p.Skip = &crumb{"Skip to what needs attention", "#s-needs"}
	all, err := a.status(a.plan)
	if err != nil {
		return p.heading, nil, err
	}
	day, c := a.spoken.GetAsAt(), countsOf(p.Plan)
	view := boardView{
		Head: p.head, Headline: c.headline(), Facts: c.figures(a.list, ""), Doubt: c.doubt(a.list, ""), Bar: c.bar(),
		Due: a.dueSoon(all, day), Belief: a.belief(p, all, day), Changes: a.to(planPath(a.plan) + "/changes"), Work: a.work(all, day), Progress: a.progress(all, day),
		WorkFiles: a.filesAt(planPath(a.plan)+"/work", "csv", "xlsx", "json"), ProgressFiles: a.filesAt(planPath(a.plan)+"/progress", "csv", "xlsx", "json", "svg"),
		TrendFiles: a.filesAt(planPath(a.plan)+"/trend", "csv", "xlsx", "json", "svg"), DueFiles: a.dueFiles(day),
	}
	if view.Trend, err = a.trendOf(p, all); err != nil {
		return p.heading, nil, err
	}
	if view.Needs, err = a.concerns(all, day, againstOf(p.Plan)); err != nil {
		return p.heading, nil, err
	}
	candidates, err := a.candidates()
	if err != nil {
		return p.heading, nil, err
	}
	if told, some := a.mayBe(len(candidates)); some {
		view.Belief = append(view.Belief, told)
	}
	since, err := a.since(p)
	if err != nil {
		return p.heading, nil, err
	}
	if since != "" {
		_, counts, err := a.changedSince(since, "", 1)
		if err != nil {
			return p.heading, nil, err
		}
		view.Since = a.sinceView(counts, since)
	}
	view.Decide, view.Promised, view.Against = a.toDecide(p.Plan), a.promisedOf(p.Plan), againstOf(p.Plan)
	view.Nothing = len(view.Needs) == 0 && len(view.Decide) == 0
	events, earlier, err := a.lastEvents(a.plan, boardLately)
	if err != nil {
		return p.heading, nil, err
	}
	view.Lately = digest(a.batches(a.plan, events, titlesOf(all)), boardBatches, boardTold, earlier > 0)
	return p.heading, view, nil
}

// dueFiles are what is due next as files.
func (a *asking) dueFiles(day string) []fileLink {
	var links []fileLink
	for _, kind := range []string{"csv", "ics"} {
		links = append(links, fileLink{strings.ToUpper(kind), a.to(listPath(a.plan)+"."+kind, paramDue, day+".."+after(day, dueSoonDays))})
	}
	return links
}

// list is the address of the list of the plan's milestones with some filters, at the times of the page.
func (a *asking) list(pairs ...string) string { return a.to(listPath(a.plan), pairs...) }

func titlesOf(milestones []*pb.MilestoneStatus) map[string]string {
	titles := make(map[string]string, len(milestones))
	for _, m := range milestones {
		titles[m.GetRef()] = m.GetTitle()
	}
	return titles
}

// concerns are the groups of milestones that somebody has to do something about, without those that are empty.
func (a *asking) concerns(all []*pb.MilestoneStatus, day, against string) ([]concern, error) {
	var found []concern
	above := map[string]bool{} // what a group has shown: each milestone stands once, under what is worst of it
	for _, of := range []struct {
		name, show, tone string
		first            func(m *pb.MilestoneStatus) int32 // the larger it is, the earlier it stands
	}{
		{"Overdue", "overdue", "overdue", (*pb.MilestoneStatus).GetOwedDays},
		{"Promised, and now without a date", "withdrawn", "unknown", (*pb.MilestoneStatus).GetSlipDays},
		{"Beyond a tolerance", "exception", "overdue", (*pb.MilestoneStatus).GetExceptionDays},
		{"Due later than " + against, "later", "late", (*pb.MilestoneStatus).GetSlipDays},
	} {
		in := those(all, of.show, day)
		if len(in) == 0 {
			continue
		}
		// What is still open can be helped, and stands before what is achieved.
		slices.SortStableFunc(in, func(x, y *pb.MilestoneStatus) int {
			return cmp.Or(compareOpen(x, y), cmp.Compare(of.first(y), of.first(x)))
		})
		most := concernRows
		if of.show == "later" && slices.ContainsFunc(found, func(c concern) bool { return c.ID == "exception" }) {
			most = concernLater
		}
		c := concern{ID: of.show, Tone: of.tone, Name: of.name, Href: a.list(paramShow, of.show), N: len(in)}
		for _, m := range in {
			if above[m.GetMilestone()] {
				c.Above++
				continue
			}
			if len(c.Rows) == most {
				continue
			}
			row, err := a.concernRow(m, of.show, of.tone)
			if err != nil {
				return nil, err
			}
			c.Rows = append(c.Rows, row)
		}
		for _, r := range c.Rows {
			above[r.Milestone] = true
		}
		c.More = c.N - len(c.Rows)
		c.shareAgainst()
		found = append(found, c)
	}
	return found, nil
}

// compareOpen puts milestones that are open before those that are not.
func compareOpen(x, y *pb.MilestoneStatus) int {
	closed := func(m *pb.MilestoneStatus) int {
		if isOpen(m) {
			return 0
		}
		return 1
	}
	return cmp.Compare(closed(x), closed(y))
}

// shareAgainst says once, for the whole group, what its days are against, where all of its rows say the same.
func (c *concern) shareAgainst() {
	for _, r := range c.Rows {
		if r.Against == "" || r.Against != c.Rows[0].Against {
			return
		}
	}
	for i := range c.Rows {
		c.Against, c.Rows[i].Against = c.Rows[i].Against, ""
	}
}

func (a *asking) concernRow(m *pb.MilestoneStatus, show, tone string) (concernRow, error) {
	r := concernRow{
		ID: m.GetMilestone() + show, Milestone: m.GetMilestone(), Ref: m.GetRef(), Title: m.GetTitle(), Href: a.to(milestonePath(a.plan, m.GetRef(), m.GetMilestone())), Position: m.GetPosition(),
		Was: aDate(firstPromise(m), ""), Is: aDate(m.GetDue(), ""), Since: m.GetNoDateSince(), Tone: tone,
	}
	switch {
	case show == "exception":
		r.Days, r.Against = exceptions(m)
		if m.GetState() == "achieved" {
			r.Met = aDate(m.GetActual(), "")
		}
		if isDay(m.GetCurrentBaseline()) {
			r.Was = aDate(m.GetCurrentBaseline(), "")
		}
	case show == "overdue":
		r.Days = words.Many(int(m.GetOwedDays()), "day", "days")
	case m.SlipDays == nil:
	case m.GetNoDateSince() != "" && m.GetSlipDays() > 0:
		r.Days = "at least " + words.Signed(int(m.GetSlipDays()))
	default:
		r.Days = words.Signed(int(m.GetSlipDays()))
	}
	moves, err := a.movesOf(m)
	for _, move := range moves {
		if move.GetReason() != "" {
			r.Why = move.GetReason()
		}
	}
	return r, err
}

// exceptions are what a milestone is beyond, of days and of money.
func exceptions(m *pb.MilestoneStatus) (days, against string) {
	if m.GetExceptionTier() != "" {
		days, against = words.Signed(int(m.GetExceptionDays())), "against the "+m.GetExceptionAgainst()+", for "+m.GetExceptionTier()
	}
	if m.GetCostExceptionTier() != "" {
		cost := m.GetCostExceptionAmount() + " " + m.GetCostCurrency() + " more than was approved, for " + m.GetCostExceptionTier()
		if days == "" {
			return m.GetCostExceptionAmount() + " " + m.GetCostCurrency(), "more than was approved, for " + m.GetCostExceptionTier()
		}
		against += "; " + cost
	}
	return days, against
}

// dueSoon is what is due within some days from the day of the page, the earliest first.
func (a *asking) dueSoon(all []*pb.MilestoneStatus, day string) dueSoon {
	soon := span{day, after(day, dueSoonDays)}
	var due []*pb.MilestoneStatus
	for _, m := range all {
		if soon.has(dueOpen(m)) {
			due = append(due, m)
		}
	}
	slices.SortStableFunc(due, func(x, y *pb.MilestoneStatus) int { return cmp.Compare(x.GetForecast(), y.GetForecast()) })
	d := dueSoon{Days: dueSoonDays, Href: a.list(paramDue, soon.from+".."+soon.to), N: len(due), More: len(due) - min(len(due), dueRows)}
	d.Rows = a.rows(due[:len(due)-d.More])
	return d
}

// belief is what to know before the figures are believed.
func (a *asking) belief(p *aPlan, all []*pb.MilestoneStatus, day string) []belief {
	var known []belief
	switch returns := p.returns(day); {
	case len(returns) > 0:
		last := returns[len(returns)-1]
		known = append(known, belief{Tone: "plain", Says: "is the day of the last return. " + words.Many(len(returns), "return", "returns") + " so far.", N: words.Day(last), Href: a.with(paramAsAt, last)})
	default:
		known = append(known, belief{Tone: "unknown", Says: "Nothing has been reported up to this day.", N: "–"})
	}
	for _, of := range []struct{ show, one, more string }{
		{"review", "milestone is in doubt: a person has to look at what was said of it.", "milestones are in doubt: a person has to look at what was said of them."},
		{"not-reported", "milestone was left out of the last complete return.", "milestones were left out of the last complete return."},
		{"in-doubt", "date is in words that name several days. It is in no count of dates.", "dates are in words that name several days. They are in no count of dates."},
		{"disagreement", "date is stated differently by two speakers; the later day counts.", "dates are stated differently by two speakers; the later days count."},
		{"other-words", "milestone is achieved or overdue under other words than were promised.", "milestones are achieved or overdue under other words than were promised."},
		{"restated", "first date was told again afterwards, as a later one. That does not make its slip smaller.", "first dates were told again afterwards, as later ones. That does not make a slip smaller."},
	} {
		n := len(those(all, of.show, day))
		if n == 0 {
			continue
		}
		says := of.more
		if n == 1 {
			says = of.one
		}
		c, _ := conditionOf(of.show)
		known = append(known, belief{N: words.Number(n), Href: a.list(paramShow, of.show), Tone: c.tone, Says: says})
	}
	return known
}

// firstPromise is the day that the slip of a milestone is against.
func firstPromise(m *pb.MilestoneStatus) string {
	due, _ := promise(m)
	return due
}
