package figures

import (
	"milepost.dev/domain/civil"
	"milepost.dev/domain/funding"
	"milepost.dev/domain/money"
)

// Promises are what was approved of one milestone as known, each in order of number.
type Promises struct {
	Dates []Baseline
	// GivenUp are the approvals by which it is not to be (B8).
	GivenUp []Baseline
	Scopes  []Scope
	Costs   []Cost
}

// Scope is an approved title of a milestone (B8).
type Scope struct {
	Title     string
	DecidedOn civil.Date
	Position  uint64 // of the approval
}

// Cost is an approved cost of a milestone.
type Cost struct {
	Amount    money.Amount
	DecidedOn civil.Date
	Position  uint64 // of the approval
}

// CostException says that a milestone costs more than was approved, by more than the tolerance of a tier: the highest of those that it is
// beyond. The zero CostException is none.
type CostException struct {
	Tier      string
	Tolerance money.Amount
}

// scoped says whether the words were changed after they were approved, which waits for an approval of its own (B8). A change counts
// by its position: one that is told after the approval waits, whatever day it is stated for.
func (w *walk) scoped(all []told, title string, f *Figures) {
	scope := w.scope()
	if scope == nil {
		return
	}
	f.ApprovedTitle = scope.Title
	if f.Cancelled && !f.Met || same(title, scope.Title) {
		return
	}
	f.ScopePending = w.wordsTaken > scope.Position
	for i := range all {
		t := &all[i]
		f.ScopePending = f.ScopePending || t.kind == named && t.asAt <= w.at && t.statement.Position > scope.Position
	}
	f.OtherWords = f.OtherWords || f.ScopePending && (f.Finished || f.Met || f.Overdue)
}

// scope is the approved title in force; nil where there is none.
func (w *walk) scope() (scope *Scope) {
	for i := range w.scopes {
		if w.scopes[i].DecidedOn <= w.at {
			scope = &w.scopes[i]
		}
	}
	return scope
}

// waits says whether a row's change of words waits for its approval.
func (s *Scope) waits(position uint64, is string) bool {
	return s != nil && position > s.Position && !same(is, s.Title)
}

// cost compares what a milestone costs, by what was said of its money, with the cost that was approved (B9). Nothing is compared
// where no cost is baselined: money has no first forecast, because its lines become known one after the other.
func (w *walk) cost(f *Figures, r *Record) {
	current := newestCostBy(w.costs, w.at)
	if current.IsZero() || f.Cancelled && !f.Met {
		return
	}
	f.ApprovedCost = current
	if r.Lines == nil {
		return
	}
	lines := r.Lines(w.at)
	f.Cost, f.OtherCurrency = funding.Cost(lines, current.Currency), funding.InOther(lines, current.Currency)
	if r.Tolerances == nil || f.Cost.IsZero() {
		return
	}
	for _, t := range r.Tolerances(w.at) {
		if t.Money.Currency == current.Currency && !f.Cost.Within(current, t.Money) {
			f.CostException = CostException{t.Tier, t.Money}
		}
	}
}

// newestCostBy is the approved cost in force on a day; the zero Amount where there is none.
func newestCostBy(all []Cost, day civil.Date) (amount money.Amount) {
	for i := range all {
		if all[i].DecidedOn <= day {
			amount = all[i].Amount
		}
	}
	return amount
}

// newestCost is the last of some.
func newestCost(all []Cost) Cost { return all[len(all)-1] }

// mistaken shows slip against both figures where the newest decision of kind error says that an approved date was itself wrong: against the
// date that was wrong, and against the one that took its place (B5). The original goes on being the oldest reference.
func (w *walk) mistaken(f *Figures, against func(Baseline) Days) {
	for n := len(w.baselines) - 1; n > 0; n-- {
		if b := w.baselines[n]; b.Error {
			f.Mistaken, f.Rectified = w.baselines[n-1], b
			if f.Last != 0 && !w.onlyDoubt {
				f.SlipMistaken, f.SlipRectified = against(f.Mistaken), against(f.Rectified)
			}
			return
		}
	}
}

// KnownAt are those that were approved up to a position.
func (p *Promises) KnownAt(position uint64) Promises {
	return Promises{
		Dates:   knownAt(p.Dates, position, func(b *Baseline) uint64 { return b.Position }),
		GivenUp: knownAt(p.GivenUp, position, func(b *Baseline) uint64 { return b.Position }),
		Scopes:  knownAt(p.Scopes, position, func(s *Scope) uint64 { return s.Position }),
		Costs:   knownAt(p.Costs, position, func(c *Cost) uint64 { return c.Position }),
	}
}

func knownAt[T any](all []T, position uint64, at func(*T) uint64) []T {
	n := len(all)
	for n > 0 && at(&all[n-1]) > position {
		n--
	}
	return all[:n:n]
}
