package page

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	pb "milepost.dev/api/milepost/v1"
)

// choice is a value that the list can be filtered by.
type choice struct {
	Name, Href string
	N          int
	On         bool
}

// chip is a filter that the list has, and the address without it.
type chip struct{ Name, Value, Href string }

// column is a heading of the list; its link sorts by it.
type column struct {
	Name, Href, Sorted string // Sorted as aria-sort has it
	Number             bool
}

// The parameters of a plan's address, beside the two times.
const (
	paramWorkstream = "workstream"
	paramOwner      = "owner"
	paramState      = "state"
	paramShow       = "show"     // the name of a condition: overdue, slipped, undated, review ...
	paramSearch     = "q"        // words of a reference, title, owner or workstream
	paramDue        = "due"      // open, and due within 2026-12..2027-03: days, months or years, either of them left out
	paramAchieved   = "achieved" // likewise, of the actual date
	paramNo         = "no"       // "owner" or "workstream": those that have none
	paramSort       = "sort"     // the name of a column, with a minus before it to reverse the order
	paramPage       = "page"
)

// filters are the parameters that narrow a list, with the word for each.
var filters = []param{
	{paramShow, "only"},
	{paramState, "state"},
	{paramWorkstream, "workstream"},
	{paramOwner, "owner"},
	{paramNo, "without"},
	{paramDue, "due"},
	{paramAchieved, "achieved"},
	{paramSearch, "search"},
}

// rowsPage bounds how many milestones one page lists.
const rowsPage = 100

// showing is the figure that the list is filtered by: "show=overdue", "state=planned" or "".
func (q Question) showing() string {
	if show := q.query.Get(paramShow); show != "" {
		return paramShow + "=" + show
	}
	if state := q.query.Get(paramState); state != "" {
		return paramState + "=" + state
	}
	return ""
}

// choices are the values that a list can be filtered by, with how many milestones have each.
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

// chips are the filters that the list has, each with the address without it.
func (a *asking) chips() []chip {
	var chips []chip
	for _, p := range filters {
		value := a.query.Get(p.Name)
		if value == "" {
			continue
		}
		shown := value
		switch c, ok := conditionOf(value); {
		case p.Name == paramShow && ok:
			shown = c.says
		case p.Name == paramDue || p.Name == paramAchieved:
			if s, err := spanOf(value); err == nil {
				shown = s.words()
			}
		}
		chips = append(chips, chip{Name: p.Value, Value: shown, Href: a.with(p.Name, "", paramPage, "")})
	}
	return chips
}

// without are the parameters of an address that take every filter away.
func without() []string {
	pairs := []string{paramPage, ""}
	for _, p := range filters {
		pairs = append(pairs, p.Name, "")
	}
	return pairs
}

// narrowed are the milestones that pass the filters of the address, on the day of the page. Its error is a Problem.
func (a *asking) narrowed(milestones []*pb.MilestoneStatus, day string) ([]*pb.MilestoneStatus, error) {
	due, err := spanOf(a.query.Get(paramDue))
	if err != nil {
		return nil, err
	}
	achieved, err := spanOf(a.query.Get(paramAchieved))
	if err != nil {
		return nil, err
	}
	wanted := func(param, value string) bool { return a.query.Get(param) == "" || a.query.Get(param) == value }
	lacks := func(what, value string) bool { return a.query.Get(paramNo) != what || value == "" }
	search := strings.Fields(strings.ToLower(a.query.Get(paramSearch)))
	var narrowed []*pb.MilestoneStatus
	for _, m := range milestones {
		if wanted(paramWorkstream, m.GetWorkstream()) && wanted(paramOwner, m.GetOwner()) && lacks(paramOwner, m.GetOwner()) && lacks(paramWorkstream, m.GetWorkstream()) &&
			wanted(paramState, m.GetState()) && shows(a.query.Get(paramShow), m, day) && due.has(dueOpen(m)) && achieved.has(actual(m)) && says(m, search) {
			narrowed = append(narrowed, m)
		}
	}
	return narrowed, nil
}

// dueOpen is the day that an open milestone is due; empty where it is closed, or has no date.
func dueOpen(m *pb.MilestoneStatus) string {
	if !isOpen(m) {
		return ""
	}
	return m.GetForecast()
}

// actual is the day that a milestone was achieved on; empty where it was not.
func actual(m *pb.MilestoneStatus) string {
	if m.GetState() != "achieved" {
		return ""
	}
	return m.GetActual()
}

// says whether a milestone has all words of a search, which are in lower case.
func says(m *pb.MilestoneStatus, search []string) bool {
	if len(search) == 0 {
		return true
	}
	text := strings.ToLower(strings.Join(append([]string{m.GetRef(), m.GetTitle(), m.GetOwner(), m.GetWorkstream()}, m.GetFormerRefs()...), "\n"))
	return !slices.ContainsFunc(search, func(word string) bool { return !strings.Contains(text, word) })
}

// urgent is the order of a list that asks for no other: the longest overdue first, then by due date, then those without a
// date, then those that are over.
const urgent = "due"

func urgency(m *pb.MilestoneStatus) int {
	switch {
	case m.GetOverdue():
		return 0
	case dueOpen(m) != "":
		return 1
	case isOpen(m):
		return 2
	}
	return 3
}

// orders are the ways to sort, by the heading of their column.
var orders = []struct {
	name, heading string
	number        bool
	less          func(x, y *pb.MilestoneStatus) int
}{
	{urgent, "", false, func(x, y *pb.MilestoneStatus) int {
		return cmp.Or(cmp.Compare(urgency(x), urgency(y)), cmp.Compare(y.GetOwedDays(), x.GetOwedDays()), strings.Compare(dueOpen(x), dueOpen(y)))
	}},
	{"ref", "Milestone", false, func(x, y *pb.MilestoneStatus) int { return naturally(x.GetRef(), y.GetRef()) }},
	{"state", "State", false, func(x, y *pb.MilestoneStatus) int {
		return cmp.Compare(slices.Index(states, x.GetState()), slices.Index(states, y.GetState()))
	}},
	{"original", "Original baseline", false, byDay((*pb.MilestoneStatus).GetOriginalBaseline)},
	{"current", "Current baseline", false, byDay((*pb.MilestoneStatus).GetCurrentBaseline)},
	{"forecast", "Forecast", false, byDay((*pb.MilestoneStatus).GetForecast)},
	{"actual", "Actual", false, byDay((*pb.MilestoneStatus).GetActual)},
	{"slip", "Slip, days", true, func(x, y *pb.MilestoneStatus) int {
		return cmp.Or(cmp.Compare(b2i(x.SlipDays == nil), b2i(y.SlipDays == nil)), cmp.Compare(y.GetSlipDays(), x.GetSlipDays()))
	}},
}

// byDay puts the earliest day first, and text that is not a day last.
func byDay(of func(*pb.MilestoneStatus) string) func(x, y *pb.MilestoneStatus) int {
	return func(x, y *pb.MilestoneStatus) int {
		return cmp.Or(cmp.Compare(b2i(!isDay(of(x))), b2i(!isDay(of(y)))), strings.Compare(of(x), of(y)))
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// sorting is the name of the order that the address asks for, and whether it is reversed.
func (q Question) sorting() (name string, down bool) {
	name, down = strings.CutPrefix(cmp.Or(q.query.Get(paramSort), urgent), "-")
	return name, down
}

// sort puts milestones into the order that the address asks for.
func (q Question) sort(milestones []*pb.MilestoneStatus) {
	slices.SortStableFunc(milestones, func(x, y *pb.MilestoneStatus) int { return naturally(x.GetRef(), y.GetRef()) })
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

// columns are the headings of the list. Baselines have theirs only where there is one.
func (q Question) columns(baselines bool) []column {
	sorted, down := q.sorting()
	var columns []column
	for _, o := range orders {
		if o.heading == "" || !baselines && (o.name == "original" || o.name == "current") {
			continue
		}
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

// paged is the page of a list that the address asks for, how many rows come before it, and the addresses of its neighbours.
func (q Question) paged(milestones []*pb.MilestoneStatus) (page []*pb.MilestoneStatus, from int, earlier, later string) {
	number, _ := strconv.Atoi(q.query.Get(paramPage))
	number = min(max(number, 1), max(1, (len(milestones)+rowsPage-1)/rowsPage))
	from, to := (number-1)*rowsPage, min(number*rowsPage, len(milestones))
	if number > 1 {
		earlier = q.with(paramPage, strconv.Itoa(number-1))
	}
	if to < len(milestones) {
		later = q.with(paramPage, strconv.Itoa(number+1))
	}
	return milestones[from:to], from, earlier, later
}
