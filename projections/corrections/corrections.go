// Package corrections answers what was said by mistake: what is read otherwise than it was recorded, and what waits to be.
package corrections

import (
	"cmp"
	"slices"
	"strings"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/correction"
	"milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
	"milepost.dev/projections"
)

// The states of a correction.
const (
	Pending  = "pending"
	Counts   = "counts"
	Refused  = "refused"
	Replaced = "replaced" // by another correction of all its targets
)

// Row is one correction of statements about one milestone.
type Row struct {
	correction.Correction
	Milestone *projections.Milestone // nil for what was said of the plan itself
	State     string
	// Was are the statements that it corrects, as they were recorded.
	Was []milestone.Statement
	// By told it, and Decider decided it, where somebody did: statements of those events.
	By, Decider milestone.Statement
	AgeDays     int // that it has waited, or waited until it was decided
	// Days are those that it takes from the slip against the first forecast.
	Days figures.Days
	// Known is the view that the row was asked of.
	Known projections.View
}

// Of are the corrections of one milestone, in order of position, with their days as at a day.
func Of(v projections.View, m *projections.Milestone, asAt civil.Date) (rows []Row) {
	log := v.Corrections(m)
	standing := log.Read()
	for _, c := range log.All {
		row := Row{Correction: c, Milestone: m, Known: v, State: stateOf(&c, standing)}
		row.By, _ = v.StatementRecorded(m, c.Position)
		row.Decider, _ = v.StatementRecorded(m, c.Decided)
		for _, target := range c.Targets {
			if s, ok := v.StatementRecorded(m, target); ok {
				row.Was = append(row.Was, s)
			}
		}
		if row.State == Counts {
			row.Days = daysOf(v, m, c.Position, asAt)
		}
		row.AgeDays = row.age(asAt)
		rows = append(rows, row)
	}
	return rows
}

// List are the corrections of a plan, in order of position.
func List(p projections.Plan, asAt civil.Date) (rows []Row) {
	for _, m := range p.CorrectedOnce() {
		rows = append(rows, Of(p.View(), m, asAt)...)
	}
	rows = append(rows, ofPlan(p, asAt)...)
	slices.SortFunc(rows, func(a, b Row) int { return cmp.Compare(a.Position, b.Position) })
	return rows
}

// ofPlan are the corrections of what was said of the plan itself.
func ofPlan(p projections.Plan, asAt civil.Date) (rows []Row) {
	recorded := p.Recorded()
	log, n := plan.Corrections(recorded)
	if n == 0 {
		return nil
	}
	at := func(position uint64) (found milestone.Statement) {
		for _, s := range recorded {
			if s.Position == position {
				found = milestone.Statement{Position: s.Position, AsAt: s.AsAt, By: s.By, Event: s.Event}
			}
		}
		return found
	}
	standing := log.Read()
	for _, c := range log.All {
		row := Row{Correction: c, Known: p.View(), State: stateOf(&c, standing), By: at(c.Position), Decider: at(c.Decided)}
		for _, target := range c.Targets {
			row.Was = append(row.Was, at(target))
		}
		row.AgeDays = row.age(asAt)
		rows = append(rows, row)
	}
	return rows
}

func stateOf(c *correction.Correction, standing map[uint64]*correction.Correction) string {
	switch {
	case c.Refused:
		return Refused
	case c.Pending():
		return Pending
	}
	for _, target := range c.Targets {
		if s := standing[target]; s != nil && s.Position == c.Position {
			return Counts
		}
	}
	return Replaced
}

// daysOf are the days by which the slip would be larger without one correction.
func daysOf(v projections.View, m *projections.Milestone, position uint64, asAt civil.Date) (d figures.Days) {
	with, without := v.Figures(m, asAt), v.FiguresWithout(m, position, asAt)
	if with.Slip.Known || without.Slip.Known {
		d = figures.Days{Known: true, Days: without.Slip.Days - with.Slip.Days}
	}
	return d
}

// age is how many days the correction has waited; 0 where it did not have to.
func (r *Row) age(asAt civil.Date) int {
	if !r.Waits {
		return 0
	}
	until := asAt
	if r.Decided != 0 {
		until = r.Decider.AsAt
	}
	return max(0, figures.Between(r.By.AsAt, until).Days)
}

// Total is what the corrections of a plan come to.
type Total struct {
	Counts, Pending int
	Days            int      // taken from slips, all told
	By              []string // party ids, raw, each once
}

// Add adds a correction.
func (t *Total) Add(r *Row) {
	switch r.State {
	case Pending:
		t.Pending++
	case Counts:
		t.Counts++
		t.Days += r.Days.Days
		if by := r.Known.Actor(r.By); !slices.Contains(t.By, by) {
			t.By = append(t.By, by)
		}
	}
}

// TotalOf is what the corrections of a plan come to.
func TotalOf(p projections.Plan, asAt civil.Date) (t Total) {
	for _, r := range List(p, asAt) {
		t.Add(&r)
	}
	return t
}

// Names are how people know parties and milestones.
type Names struct {
	Party func(milestone.Party) string
	Ref   func(milestone.ID) string
}

// ReadAs tells in words what the targets of a correction are read as.
func (n Names) ReadAs(e correction.Corrected) string {
	switch {
	case e.Removes():
		return "never said"
	case e.Speaker == "":
		return n.Says(e.Replacement)
	}
	said := "said for " + n.Party(milestone.Party(e.Speaker))
	if e.Replacement == nil {
		return said
	}
	return n.Says(e.Replacement) + ", " + said
}

// Says tells an event in words: what a milestone would be by it of which nothing else is known.
func (n Names) Says(e correction.Fact) string {
	var words []string
	for name, value := range milestone.Evolve(milestone.State{}, e, civil.Date(0)).Told(n.Party, n.Ref) {
		if value != "" && name != "state" {
			words = append(words, name+" "+value)
		}
	}
	slices.Sort(words)
	if why := domain.Why(e); why != "" {
		words = append(words, "because "+why)
	}
	return strings.Join(append([]string{e.EventName()}, words...), ", ")
}

// Decided is why a correction was approved or refused, and whether the one who corrected did so, on a server for one person.
func Decided(e milestone.Event) (reason string, byProposer bool) {
	approved, _ := e.(correction.Approved)
	return domain.Why(e), approved.ByProposer
}
