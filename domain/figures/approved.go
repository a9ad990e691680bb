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
	// Further is what was approved beside its date; nil for most.
	Further *Further
}

// Further are the approved titles and costs of a milestone.
type Further struct {
	Scopes []Scope
	Costs  []Cost
}

// Besides are the figures that follow from approvals of few milestones.
type Besides struct {
	// Mistaken is a baseline that a later decision, Rectified, says was itself wrong, the newest of these; zero where there is none.
	// SlipMistaken and SlipRectified are the last date less them (B5).
	Mistaken, Rectified         Baseline
	SlipMistaken, SlipRectified Days

	// ApprovedTitle are the words that were approved as its scope; empty where none were. ScopePending: they were changed afterwards, and
	// that waits for an approval; both stand (B8).
	ApprovedTitle string
	ScopePending  bool
	// ApprovedCost is the current baseline of its cost, and Cost what it costs in that currency by what was said of its money; the zero
	// Amount: nothing was. OtherCurrency: money is stated in another one, and not compared. CostException: it costs more by more than a
	// tolerance (B9).
	ApprovedCost, Cost money.Amount
	OtherCurrency      bool
	CostException      CostException
}

// Beside are the figures that few milestones have; the zero Besides for the others.
func (f *Figures) Beside() Besides {
	if f.Besides == nil {
		return Besides{}
	}
	return *f.Besides
}

// beside is where they are written.
func (f *Figures) beside() *Besides {
	if f.Besides == nil {
		f.Besides = &Besides{}
	}
	return f.Besides
}

// Same says whether two milestones stand the same.
func (f Figures) Same(other Figures) bool {
	a, b := f.Beside(), other.Beside()
	f.Besides, other.Besides = nil, nil
	return f == other && a == b
}

// inherited is what was approved of those whose place a milestone took, beside their dates.
type inherited struct {
	Further
	wordsTaken uint64 // the position of the statement by which the title is theirs
}

// take adds what was approved of one more: the titles of the first that has any, and the costs of the one that may cost most.
func (i *inherited) take(t told, of *Further) *inherited {
	if of == nil {
		return i
	}
	all := inherited{}
	if i != nil {
		all = *i
	}
	if len(all.Scopes) == 0 {
		all.Scopes, all.wordsTaken = of.Scopes, t.statement.Position
	}
	if len(all.Costs) == 0 || len(of.Costs) > 0 && newestCost(all.Costs).Amount.Cmp(newestCost(of.Costs).Amount) < 0 {
		all.Costs = of.Costs
	}
	return &all
}

// or is what was approved of the milestone itself or, where nothing was, of those whose place it took.
func (i *inherited) or(own *Further) *inherited {
	if own == nil {
		return i
	}
	all := inherited{Further: *own}
	if i != nil && len(all.Scopes) == 0 {
		all.Scopes, all.wordsTaken = i.Scopes, i.wordsTaken
	}
	if i != nil && len(all.Costs) == 0 {
		all.Costs = i.Costs
	}
	return &all
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
	b := f.beside()
	b.ApprovedTitle = scope.Title
	if f.Cancelled && !f.Met || same(title, scope.Title) {
		return
	}
	b.ScopePending = w.further.wordsTaken > scope.Position
	for i := range all {
		t := &all[i]
		b.ScopePending = b.ScopePending || t.kind == named && t.asAt <= w.at && t.statement.Position > scope.Position
	}
	f.OtherWords = f.OtherWords || b.ScopePending && (f.Finished || f.Met || f.Overdue)
}

// scope is the approved title in force; nil where there is none.
func (w *walk) scope() (scope *Scope) {
	if w.further == nil {
		return nil // most milestones
	}
	for i := range w.further.Scopes {
		if s := &w.further.Scopes[i]; s.DecidedOn <= w.at {
			scope = s
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
	if w.further == nil {
		return // most milestones
	}
	current := newestCostBy(w.further.Costs, w.at)
	if current.IsZero() || f.Cancelled && !f.Met {
		return
	}
	b := f.beside()
	b.ApprovedCost = current
	if r.Lines == nil {
		return
	}
	lines := r.Lines(w.at)
	b.Cost, b.OtherCurrency = funding.Cost(lines, current.Currency), funding.InOther(lines, current.Currency)
	if r.Tolerances == nil || b.Cost.IsZero() {
		return
	}
	for _, t := range r.Tolerances(w.at) {
		if t.Money.Currency == current.Currency && !b.Cost.Within(current, t.Money) {
			b.CostException = CostException{t.Tier, t.Money}
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
		if rectified := w.baselines[n]; rectified.Error {
			b := f.beside()
			b.Mistaken, b.Rectified = w.baselines[n-1], rectified
			if f.Last != 0 && !w.onlyDoubt {
				b.SlipMistaken, b.SlipRectified = against(b.Mistaken), against(b.Rectified)
			}
			return
		}
	}
}

// KnownAt are those that were approved up to a position.
func (p *Promises) KnownAt(position uint64) Promises {
	known := Promises{
		Dates:   knownAt(p.Dates, position, func(b *Baseline) uint64 { return b.Position }),
		GivenUp: knownAt(p.GivenUp, position, func(b *Baseline) uint64 { return b.Position }),
	}
	if f := p.Further; f != nil {
		known.Further = &Further{
			Scopes: knownAt(f.Scopes, position, func(s *Scope) uint64 { return s.Position }),
			Costs:  knownAt(f.Costs, position, func(c *Cost) uint64 { return c.Position }),
		}
	}
	return known
}

func knownAt[T any](all []T, position uint64, at func(*T) uint64) []T {
	n := len(all)
	for n > 0 && at(&all[n-1]) > position {
		n--
	}
	return all[:n:n]
}
