package web

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	pb "milepost.dev/api/milepost/v1"
)

// planView is one plan: what stands out, and every milestone with its four dates and how far it slipped.
type planView struct {
	Name, Period, Headline string
	Figures                []figure
	Bar                    bar
	Look                   []row // what asks for a person first: overdue, the longest first
	Workstreams            []choice
	Chips                  []chip
	Columns                []column
	Rows                   []row
	Shown, Total           int
	Earlier, Later         string // the pages before and after; empty where there are none
	Lately                 []batch
	ChangesHref            string
}

// row is a milestone in a list.
type row struct {
	ID, Ref, Title, Href string
	Position             uint64
	Workstream, Owner    choice
	State                tag
	Overdue              int // days; 0 where it is not
	Original, Current    date
	Forecast, Actual     date
	Slip                 slip
	Status               string
	Percent              string
	Review               []string
}

// tag is a word with a mark, so that nothing is told by colour alone.
type tag struct{ Tone, Word string }

// date is one of the four dates.
type date struct {
	ISO   string // empty where it is no day
	Shown string
	Words string // as written, where that says something else
}

// slip is how far a milestone moved since it was first forecast.
type slip struct {
	Known    bool
	Days     int
	Shown    string
	Tone     string
	X, Width string // of its bar, in per cent
}

// choice is a value that the list can be narrowed to.
type choice struct {
	Name, Href string
	N          int
	On         bool
}

// chip is a narrowing that holds, and how to take it away.
type chip struct{ Name, Value, Href string }

// column is a heading that sorts.
type column struct {
	Name, Href, Sorted string // Sorted as aria-sort has it
	Number             bool
}

// What an address of a plan may say beside the two times.
const (
	paramWorkstream = "workstream"
	paramOwner      = "owner"
	paramState      = "state"
	paramShow       = "show" // overdue, slipped, recovered, undated or review
	paramSort       = "sort" // the name of a column, with a minus before it for the other way round
	paramPage       = "page"
)

// rowsPage is how many milestones one page lists.
const rowsPage = 200

// lately is how many events a page looks back for what changed last.
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

// showing is which figure the list is narrowed to: "show=overdue", "state=planned" or "".
func (q question) showing() string {
	if show := q.query.Get(paramShow); show != "" {
		return paramShow + "=" + show
	}
	if state := q.query.Get(paramState); state != "" {
		return paramState + "=" + state
	}
	return ""
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
		Workstream: choice{Name: m.GetWorkstream(), Href: a.with(paramWorkstream, m.GetWorkstream(), paramPage, "")},
		Owner:      choice{Name: m.GetOwner(), Href: a.with(paramOwner, m.GetOwner(), paramPage, "")},
		State:      tag{toneOf(m.GetState()), m.GetState()},
		Original:   aDate(m.GetOriginalBaseline(), ""), Current: aDate(m.GetCurrentBaseline(), ""),
		Forecast: aDate(m.GetForecast(), m.GetForecastText()), Actual: aDate(m.GetActual(), ""),
		Status: m.GetStatus(), Review: m.GetReview(),
	}
	if m.Percent != nil {
		r.Percent = strconv.Itoa(int(m.GetPercent())) + "%"
	}
	if m.GetOverdue() {
		if days, ok := daysBetween(m.GetForecast(), a.spoken.GetAsAt()); ok {
			r.Overdue = days
		}
	}
	if m.SlipDays != nil {
		r.Slip = aSlip(int(m.GetSlipDays()), widest)
	}
	return r
}

// aDate is an ISO day, or words that stand for none. The words of whoever stated it are shown where they say
// something else than the day.
func aDate(day, written string) date {
	shown := shownDay(day)
	if shown == day { // no day, but perhaps words: "not baselined"
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

func aSlip(days, widest int) slip {
	s := slip{Known: true, Days: days, Shown: signed(days), Tone: "plain", X: "50%", Width: "0%"}
	switch {
	case days > 0:
		s.Tone, s.Width = "late", percent(days, 2*widest)
	case days < 0:
		s.Tone, s.Width = "early", percent(-days, 2*widest)
		s.X = percent(widest+days, 2*widest)
	}
	return s
}

// worth are the overdue ones, the longest overdue first.
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

// choices are the values that a list can be narrowed to, with how many there are of each.
func (a *asking) choices(name string, milestones []*pb.MilestoneStatus, of func(*pb.MilestoneStatus) string) []choice {
	n := map[string]int{}
	for _, m := range milestones {
		if value := of(m); value != "" {
			n[value]++
		}
	}
	var choices []choice
	for _, value := range slices.Sorted(maps.Keys(n)) {
		c := choice{Name: value, N: n[value], Href: a.with(name, value, paramPage, ""), On: a.query.Get(name) == value}
		if c.On {
			c.Href = a.with(name, "", paramPage, "")
		}
		choices = append(choices, c)
	}
	return choices
}

func (a *asking) chips() []chip {
	var chips []chip
	for _, p := range []param{
		{paramShow, "only"}, {paramState, "state"}, {paramWorkstream, "workstream"}, {paramOwner, "owner"},
	} {
		if value := a.query.Get(p.Name); value != "" {
			chips = append(chips, chip{Name: p.Value, Value: value, Href: a.with(p.Name, "", paramPage, "")})
		}
	}
	return chips
}

// narrowed are the milestones that the address asks for.
func (a *asking) narrowed(milestones []*pb.MilestoneStatus) []*pb.MilestoneStatus {
	wanted := func(param, value string) bool { return a.query.Get(param) == "" || a.query.Get(param) == value }
	var narrowed []*pb.MilestoneStatus
	for _, m := range milestones {
		if wanted(paramWorkstream, m.GetWorkstream()) && wanted(paramOwner, m.GetOwner()) &&
			wanted(paramState, m.GetState()) && shows(a.query.Get(paramShow), m) {
			narrowed = append(narrowed, m)
		}
	}
	return narrowed
}

func shows(what string, m *pb.MilestoneStatus) bool {
	switch what {
	case "overdue":
		return m.GetOverdue()
	case "slipped":
		return m.GetSlipDays() > 0
	case "recovered":
		return m.GetSlipDays() < 0
	case "undated":
		return m.GetUndated()
	case "review":
		return len(m.GetReview()) > 0
	}
	return true
}

// orders are the ways to sort, by the heading of their column.
var orders = []struct {
	name, heading string
	number        bool
	less          func(x, y *pb.MilestoneStatus) int
}{
	{"ref", "Milestone", false, func(x, y *pb.MilestoneStatus) int { return strings.Compare(x.GetRef(), y.GetRef()) }},
	{"state", "State", false, func(x, y *pb.MilestoneStatus) int {
		return cmp.Compare(slices.Index(usualStates, x.GetState()), slices.Index(usualStates, y.GetState()))
	}},
	{"original", "Original baseline", false, byDay((*pb.MilestoneStatus).GetOriginalBaseline)},
	{"current", "Current baseline", false, byDay((*pb.MilestoneStatus).GetCurrentBaseline)},
	{"forecast", "Forecast", false, byDay((*pb.MilestoneStatus).GetForecast)},
	{"actual", "Actual", false, byDay((*pb.MilestoneStatus).GetActual)},
	{"slip", "Slip, days", true, func(x, y *pb.MilestoneStatus) int {
		return cmp.Or(cmp.Compare(b2i(x.SlipDays == nil), b2i(y.SlipDays == nil)), cmp.Compare(y.GetSlipDays(), x.GetSlipDays()))
	}},
}

// byDay puts the earliest first, and what is no day last.
func byDay(of func(*pb.MilestoneStatus) string) func(x, y *pb.MilestoneStatus) int {
	return func(x, y *pb.MilestoneStatus) int {
		_, noX := daysBetween(of(x), of(x))
		_, noY := daysBetween(of(y), of(y))
		return cmp.Or(cmp.Compare(b2i(!noX), b2i(!noY)), strings.Compare(of(x), of(y)))
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// sorting is the name of the order that the address asks for, and whether the other way round.
func (q question) sorting() (name string, down bool) {
	name, down = strings.CutPrefix(cmp.Or(q.query.Get(paramSort), "ref"), "-")
	return name, down
}

// sort puts milestones, which come in order of reference, into the order that is asked for.
func (q question) sort(milestones []*pb.MilestoneStatus) {
	name, down := q.sorting()
	for _, o := range orders {
		if o.name != name {
			continue
		}
		slices.SortStableFunc(milestones, func(x, y *pb.MilestoneStatus) int {
			if down {
				return o.less(y, x)
			}
			return o.less(x, y)
		})
	}
}

func (q question) columns() []column {
	sorted, down := q.sorting()
	var columns []column
	for _, o := range orders {
		c := column{Name: o.heading, Number: o.number, Href: q.with(paramSort, o.name, paramPage, "")}
		if o.name == sorted {
			c.Sorted = "ascending"
			if down != o.number { // the slip column has the largest first
				c.Sorted = "descending"
			}
			if !down {
				c.Href = q.with(paramSort, "-"+o.name, paramPage, "")
			}
		}
		columns = append(columns, c)
	}
	return columns
}

// paged is the page of a list that the address asks for, with the addresses of its neighbours.
func (q question) paged(milestones []*pb.MilestoneStatus) (page []*pb.MilestoneStatus, earlier, later string) {
	number, _ := strconv.Atoi(q.query.Get(paramPage))
	number = min(max(number, 1), max(1, (len(milestones)+rowsPage-1)/rowsPage))
	from, to := (number-1)*rowsPage, min(number*rowsPage, len(milestones))
	if number > 1 {
		earlier = q.with(paramPage, strconv.Itoa(number-1))
	}
	if to < len(milestones) {
		later = q.with(paramPage, strconv.Itoa(number+1))
	}
	return milestones[from:to], earlier, later
}
