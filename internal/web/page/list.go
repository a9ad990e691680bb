package page

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/web/words"
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
	paramShow       = "show" // overdue, slipped, recovered, undated or review
	paramSort       = "sort" // the name of a column, with a minus before it to reverse the order
	paramPage       = "page"
)

// rowsPage bounds how many milestones one page lists.
const rowsPage = 200

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

// narrowed are the milestones that pass the filters of the address.
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

// shows says whether a milestone is one of those that a figure counts. One that was replaced is in no figure.
func shows(what string, m *pb.MilestoneStatus) bool {
	if m.GetReplaced() && what != "" {
		return false
	}
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
	isDay := func(text string) bool { return words.Day(text) != text }
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
	name, down = strings.CutPrefix(cmp.Or(q.query.Get(paramSort), "ref"), "-")
	return name, down
}

// sort puts milestones, which come in order of reference, into the order that the address asks for.
func (q Question) sort(milestones []*pb.MilestoneStatus) {
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

func (q Question) columns() []column {
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
func (q Question) paged(milestones []*pb.MilestoneStatus) (page []*pb.MilestoneStatus, earlier, later string) {
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
