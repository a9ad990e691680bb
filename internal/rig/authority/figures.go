package authority

import (
	"slices"

	"milepost.dev/domain/civil"
)

// State is where a milestone is in its life.
type State string

// The states. OnHold stands beside them.
const (
	Planned     State = "planned"
	Begun       State = "started"
	Met         State = "achieved"
	GivenUp     State = "cancelled"
	ReplacedNow State = "replaced"
)

// Milestone is what is answered of one milestone.
type Milestone struct {
	Ref   string
	Title string
	State State
	// Met says that it was achieved, or begun where a start is promised.
	Met bool
	// OnHold stays overdue (R5).
	OnHold bool
	// First is the first forecast: zero as at a day before its own (R2). With R8 it may be inherited.
	First Said
	// FirstInDoubt says that it is the earliest of several days in words (R9).
	FirstInDoubt bool
	// Last is the last date in force, and the actual where it was met (R4); zero where none was.
	Last civil.Date
	// Due is the last day promised, also of what is achieved or cancelled.
	Due civil.Date
	// DuePeriod is the period that Due is the last day of.
	DuePeriod Span
	// StartMarked says that Last is a restated start, as at a day before the first forecast's own (R2).
	StartMarked bool
	// Slip is Last less First less Setting; nil where there is no reference. Setting are the days read by
	// another setting (R10). Other is the slip against the earliest restated start. Previous is that of the last
	// dated statement or actual; nil where there was none before it.
	Slip, Previous, Other *int
	Setting               int
	// Overdue says that it is open and its last due day has passed (R5).
	Overdue bool
	// NoDate says that a day was promised and none is now, since NoDateSince.
	NoDate      bool
	NoDateSince civil.Date
	// Owed are the days from the last due day to the day asked about, of what is open: at least so many more.
	Owed int
	// InDoubt says that words with several days are unsettled (R9).
	InDoubt bool
	// Disagreement says that speakers disagree about the newest day on which a date was stated (R11).
	Disagreement bool
	// CancelledOn, CancelledDue, LateThen and CancelledOwing are what R8 keeps of a cancelled milestone: the day
	// of the cancellation, what was due then, how many days late it was by then, and whether it owed a date or
	// was overdue.
	CancelledOn, CancelledDue civil.Date
	LateThen                  int
	CancelledOwing            bool
	// OtherWords says that it is achieved or overdue under other words than those of its promise (R7).
	OtherWords bool
	// Late and Exactly say how it was met: Late by the last day promised, Exactly where nobody has to say "up to".
	Late, Exactly bool
	Rows          []Row
	// Asked are the questions put to a person, sorted.
	Asked []string
}

// Sum adds up the rows that are part of the total.
func (m Milestone) Sum() (days int) {
	for _, r := range m.Rows {
		if r.InSum {
			days += r.Days
		}
	}
	return days
}

// milestone answers for one milestone as at a day. above are the milestones that ask for it by R8.
func (p plan) milestone(ref string, at civil.Date, above []string) Milestone {
	w := &walk{all: p.all, of: p.of(ref), at: at}
	w.start = begin(w.all, w.of)
	m := Milestone{Ref: ref, State: Planned}
	inherited := p.inherit(ref, at, above)
	if inherited.any() {
		m.First = inherited.first
		own := w.start.first
		if own != nil && own.Due.Before(inherited.first.Due) && !own.AsAt.After(at) {
			m.First, m.FirstInDoubt = said(own), own.Kind == Several
		}
		w.prev, w.promised = inherited.last(), true
		w.start.restated = slices.DeleteFunc(w.start.restated, func(r Told) bool {
			return own == nil || r.order < own.order // there was a first forecast before it, the inherited one
		})
		w.rows = append(w.rows, inherited.row(m.First))
		w.noDate, w.noDateFrom = true, inherited.told.AsAt
	}
	w.run()
	if f := w.start.first; f != nil && !inherited.any() && !f.AsAt.After(at) {
		m.First, m.FirstInDoubt = said(f), f.Kind == Several
	}
	w.standing(&m)
	w.totals(&m)
	w.startRows(&m)
	p.words(w, &m)
	if p.isReplaced(ref, at) {
		m.State, m.Overdue, m.NoDate, m.Owed = ReplacedNow, false, false, 0
	}
	slices.SortStableFunc(m.Rows, func(a, b Row) int {
		if first := one(b.Kind == Replacement) - one(a.Kind == Replacement); first != 0 {
			return first // it is the first row (R8)
		}
		return int(a.AsAt - b.AsAt)
	})
	slices.Sort(m.Asked)
	return m
}

// standing says where the milestone stands (R4, R5, R8).
func (w *walk) standing(m *Milestone) {
	m.Rows, m.Asked = w.rows, w.asked
	m.Met, m.OnHold, m.InDoubt, m.Disagreement = w.met, w.onHold, w.inDoubt, w.disagree
	if w.started {
		m.State = Begun
	}
	switch {
	case w.met && w.finished:
		m.State = Met
	case w.cancelled:
		m.State, m.CancelledOn, m.CancelledDue = GivenUp, w.cancelledOn, w.cancelledDue
		m.LateThen, m.CancelledOwing = w.lateThen, w.cancelledOwing
	}
	if w.prev != nil && !w.onlyDoubt {
		m.Due, m.DuePeriod, m.Last = w.prev.Due, w.prev.span(), w.prev.Due
	}
	if w.met {
		actual := counted(w.all, w.actuals)
		day, marks := actualDay(w.base, actual)
		m.Last = day
		m.Exactly = !slices.Contains(marks, UpTo)
		m.Late = m.Exactly && w.base != nil && !w.onlyDoubt && day.After(w.base.Due)
		return
	}
	if w.cancelled || m.Due == 0 {
		return
	}
	m.Overdue = m.Due.Before(w.at)
	m.Owed = late(m.Due, w.at)
	if w.noDate {
		m.NoDate, m.NoDateSince = true, w.noDateFrom
	}
}

// totals computes the differences of R1, less the days read by another setting (R10).
func (w *walk) totals(m *Milestone) {
	if w.onlyDoubt || m.First.Due == 0 {
		m.Slip = nil
		return
	}
	if w.met && w.base == nil {
		return
	}
	m.Setting = w.setting
	m.Slip = ptrInt(m.First.Due.DaysUntil(m.Last) - w.setting)
	m.Previous = w.lastMove
	if w.met {
		m.Previous = ptrInt(w.base.Due.DaysUntil(m.Last))
	}
	if early := w.otherStart(); early != nil {
		m.Other = ptrInt(early.Due.DaysUntil(m.Last) - w.setting)
	}
}

// otherStart returns the earliest restated start by as-at, the earlier due day of one day; nil where there is
// none by the day asked about.
func (w *walk) otherStart() *Told {
	var early *Told
	for _, r := range w.start.restated {
		if r.AsAt.After(w.at) {
			continue
		}
		if early == nil || r.AsAt.Before(early.AsAt) || r.AsAt == early.AsAt && r.Due.Before(early.Due) {
			early = &r
		}
	}
	return early
}

// startRows adds a row for each restated start, and shows it as the date in force as at the days before the
// first forecast's own (R2).
func (w *walk) startRows(m *Milestone) {
	var latest *Told
	for _, r := range w.start.restated {
		if r.AsAt.After(w.at) {
			continue
		}
		row := Row{Kind: StartRestated, AsAt: r.AsAt, From: m.First, To: said(&r), By: r.Speaker}
		if m.First.Due != 0 {
			row.Days, row.Measured = r.Due.DaysUntil(m.First.Due), true // below 0: what it would take off
		}
		m.Rows = append(m.Rows, row)
		if latest == nil || r.AsAt.After(latest.AsAt) || r.AsAt == latest.AsAt && !r.Due.Before(latest.Due) {
			latest = &r
		}
	}
	if latest == nil || m.First.Due != 0 {
		return
	}
	m.StartMarked = true
	if m.Last == 0 {
		m.Last, m.Due = latest.Due, latest.Due
	}
	if !w.met && !w.cancelled {
		m.Overdue, m.Owed = m.Due.Before(w.at), late(m.Due, w.at)
	}
}

func ptrInt(n int) *int { return &n }
