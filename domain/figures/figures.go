package figures

import (
	"slices"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
)

// Span is a period by its first and last day.
type Span struct{ First, Last civil.Date }

// holds says whether all of another period lies inside this one.
func (s Span) holds(other Span) bool {
	return s.First != 0 && other.First != 0 && s.First <= other.First && s.Last >= other.Last
}

func (s Span) days() int { return s.First.DaysUntil(s.Last) }

// Said is a due day in somebody's name. The zero Said is nobody's.
type Said struct {
	Due      civil.Date
	Period   Span
	Speaker  uint32
	Position uint64
}

// Days are calendar days between two days, where both are known.
type Days struct {
	Known bool
	Days  int
}

// Between are the days from one day to another.
func Between(from, to civil.Date) Days {
	if from == 0 || to == 0 {
		return Days{}
	}
	return Days{true, from.DaysUntil(to)}
}

// Figures are what is answered of one milestone as at a day.
type Figures struct {
	// Met: achieved, or begun where a start is promised. Finished: achieved.
	Met, Finished, Started bool
	OnHold, Cancelled      bool

	// First is the first forecast; zero as at a day before its own (R2). FirstInDoubt: it is the earliest of several days
	// in words (R9).
	First        Said
	FirstInDoubt bool
	// Last is the last date, and the actual where the milestone was met (R4); zero where there is none.
	Last civil.Date
	// Actual is the day that it was achieved on, the latest of several (R4); zero where it was not, or where it was met by
	// a start.
	Actual civil.Date
	// Due is the last day promised, also of what was achieved or cancelled; DuePosition is that of the statement.
	Due         civil.Date
	DuePosition uint64
	// StartRestated: there is a restated start. StartShown: Due is one, as at a day before the first forecast's own (R2).
	StartRestated, StartShown bool

	// Slip is Last less the due day of the oldest reference: the original baseline, else the first forecast. Other is less that of the earliest restated start. Previous are the
	// days of the last dated statement or actual.
	Slip, Other, Previous Days
	// Setting are the days read by another setting of the plan since the reference was set. Slip and Other are less them (R10).
	Setting int

	// Against is what Slip is measured against: the oldest reference. SlipFirst is always against the first forecast.
	Against   Reference
	SlipFirst Days
	// CancellationPending: it was cancelled, and counts as open until that is approved, because its date is baselined (B8).
	CancellationPending bool
	// Exception: its last date is beyond a tolerance (B9).
	Exception Exception
	// Original is the first date that was approved, Current the one in force; zero without a baseline. SlipOriginal and SlipCurrent
	// are Last less them.
	Original, Current         Baseline
	SlipOriginal, SlipCurrent Days
	// BeforeBaseline are by how many days the original baseline is later than the first forecast, Granted by how many the current
	// one is (B5, B6).
	BeforeBaseline, Granted Days

	// Besides are what few milestones have; nil for the others. Beside returns them.
	Besides *Besides

	// Overdue: it is open, and its last due day has passed. NoDate: a day was promised and none is now, since NoDateSince.
	// Owed are the days from the last due day to the day asked about: at least so many more (R5).
	Overdue, NoDate bool
	NoDateSince     civil.Date
	Owed            int
	InDoubt         bool // by words with several days (R9)
	Disagreement    bool // about the newest day on which a date was stated (R11)

	// Of a cancelled milestone: the day, what was due then, how many days late it was by then, and whether it owed a date
	// or was overdue (R8).
	CancelledOn, CancelledDue civil.Date
	LateThen                  int
	CancelledOwing            bool

	// OtherWords: it is achieved or overdue under other words than those of its promise (R7).
	OtherWords bool
	// Late and Exactly say how it was met: Late by its last due day; not Exactly: nobody can say whether (R4).
	Late, Exactly bool
	// Replaced: others took its place. It stays listed, and is in no other count (R8).
	Replaced bool
	// DatedAfterAchieved: a date was stated after it was met, and a person is asked (R4).
	DatedAfterAchieved bool
}

// InForce returns the due date in force; zero where there is none: also where the last one promised is owed (R5).
func (f *Figures) InForce() civil.Date {
	if f.NoDate {
		return 0
	}
	return f.Due
}

// Beyond says whether it is beyond a tolerance, of days or of money.
func (f *Figures) Beyond() bool {
	return f.Exception.Tier != "" || f.Besides != nil && f.Besides.CostException.Tier != ""
}

// Undated says whether it is open, on hold or not, and no due date is in force: none was stated, the last one was
// withdrawn ("TBC"), or the words promise no day ("ongoing"). Words with several days are in doubt, and not this (R9).
func (f *Figures) Undated() bool { return !f.Closed() && f.InForce() == 0 && (f.NoDate || !f.InDoubt) }

// LateToCome says whether it is due later than it was first forecast, and its due date has not passed; OnTimeToCome,
// whether it is due as first forecast or earlier.
func (f *Figures) LateToCome() bool { return f.toCome() && f.Slip.Days > 0 }

// OnTimeToCome is said beside LateToCome.
func (f *Figures) OnTimeToCome() bool { return f.toCome() && f.Slip.Days <= 0 }

// DueBy says whether it is to come, not overdue, and due on a day or an earlier one.
func (f *Figures) DueBy(day civil.Date) bool { return f.toCome() && f.InForce() <= day }

func (f *Figures) toCome() bool { return !f.Closed() && !f.Overdue && f.InForce() != 0 }

// What Timing says.
const (
	MetOnTime = "on time"
	MetLate   = "late"
	MetUpTo   = "up to" // at some time in a period that holds the day promised: nobody can say
)

// Timing says how it was met against the last day promised (R4). Empty: it was not met, or nothing was promised.
func (f *Figures) Timing() string {
	switch {
	case !f.Met || !f.Slip.Known:
		return ""
	case !f.Exactly:
		return MetUpTo
	case f.Late:
		return MetLate
	}
	return MetOnTime
}

// Closed says whether nobody waits for it: it was achieved or cancelled, or others took its place.
func (f *Figures) Closed() bool { return f.Finished || f.Cancelled || f.Replaced }

// room is for how many statements about dates and life a milestone has its figures worked out without allocating.
const room = 24

// Of returns the figures of a milestone as at a day. The statements MUST be in order of position: those known at the
// position that is asked about.
func Of(statements []milestone.Statement, at civil.Date, r Record) Figures {
	var here [room]told
	all, linked := read(here[:0], statements, r)
	if linked {
		l := newLineage(at, r)
		f, _ := of(all, at, r, l.heritage(r.ID, statements), nil)
		f.replace(l.replaced(r.ID, statements))
		return f
	}
	f, _ := of(all, at, r, heritage{}, nil)
	return f
}

// Rows returns the figures of a milestone and a row for each move and what stands beside the moves, in order of as-at day.
func Rows(statements []milestone.Statement, at civil.Date, r Record) (Figures, []Row) {
	var rows []Row
	all, linked := read(nil, statements, r)
	var f Figures // to make them leaves all in order of as-at day
	var decided []Baseline
	if linked {
		l := newLineage(at, r)
		f, decided = of(all, at, r, l.heritage(r.ID, statements), &rows)
		f.replace(l.replaced(r.ID, statements))
	} else {
		f, decided = of(all, at, r, heritage{}, &rows)
	}
	byDay := func(a, b Row) int { return int(a.AsAt) - int(b.AsAt) }
	slices.SortStableFunc(rows, byDay)
	rows = decisions(decided, rows, f.First)
	rows = showAll(all, rows, at)
	slices.SortStableFunc(rows, byDay)
	write(rows, statements)
	firstReplaced(rows)
	return f, rows
}

// firstReplaced puts the row by which the milestone took the place of others before all its own (R8).
func firstReplaced(rows []Row) {
	if i := slices.IndexFunc(rows, func(r Row) bool { return r.Event == eventReplaced }); i > 0 {
		replaced := rows[i]
		copy(rows[1:i+1], rows[:i])
		rows[0] = replaced
	}
}

// replace says that others took its place, where they did: it stays listed, and owes nothing any more (R8).
func (f *Figures) replace(replaced bool) {
	if f.Replaced = replaced; replaced {
		f.Overdue, f.NoDate, f.NoDateSince, f.Owed, f.Exception = false, false, 0, 0, Exception{}
		if f.Besides != nil {
			f.Besides.ScopePending, f.Besides.CostException = false, CostException{}
		}
	}
}

// walkOf goes through all that was told by a day, from what the milestone has from others on, and leaves all in order of as-at day.
func walkOf(all []told, at civil.Date, r Record, h heritage, rows *[]Row) walk {
	w := walk{start: begin(all), at: at, rows: rows, under: r.Under}
	if w.approved = r.Promised.Dates; len(w.approved) == 0 {
		w.approved = h.baselines // of the one whose place it took (R8)
	}
	w.baselines, w.givenUp = decidedBy(w.approved, at), decidedBy(r.Promised.GivenUp, at)
	w.further = h.further.or(r.Promised.Further)
	if !slices.IsSortedFunc(all, inTime) {
		slices.SortFunc(all, inTime)
	}
	w.inherit(h)
	w.run(all)
	return w
}

// of returns the figures, and the baselines that they go by.
func of(all []told, at civil.Date, r Record, h heritage, rows *[]Row) (f Figures, decided []Baseline) {
	w := walkOf(all, at, r, h, rows)
	if !w.actuals.met && !w.isCancelled {
		w.owing(at)
	}
	if w.onlyDoubt && rows != nil {
		unmeasured(*rows)
	}
	w.comesTo(&f, all, &r)
	w.named(all, w.since(all, w.promisedDue(&f)), &f)
	return f, w.baselines
}

// comesTo are the figures, but for those that go by words. all is in order of as-at day.
func (w *walk) comesTo(f *Figures, all []told, r *Record) {
	w.stands(f)
	w.totals(f)
	w.restated(all, f)
	w.baselined(f)
	f.CancellationPending = w.pending && !w.isCancelled && !w.actuals.met
	if r.Tolerances != nil {
		w.exception(f, r.Tolerances(w.at))
	}
	w.cost(f, r)
}

// unmeasured takes the days from the rows of actuals: words with several days put none in force (R9).
func unmeasured(rows []Row) {
	for i := range rows {
		if r := &rows[i]; r.Event != eventGiven && r.Event != DateOwed {
			r.Days, r.Measured, r.Counts = 0, false, false
			r.Marks &^= UpTo | Precision | OnTime
			if r.Event != eventReopened {
				r.By = r.To.Speaker
			}
		}
	}
}

// stands says where the milestone stands (R4, R5, R8).
func (w *walk) stands(f *Figures) {
	a := &w.actuals
	f.Met, f.Finished, f.Started = a.met, a.met && a.finished, w.isStarted
	f.OnHold, f.InDoubt, f.Disagreement = w.onHold, w.inDoubt, w.disagree
	f.DatedAfterAchieved = w.datedAfter
	if w.known && !w.onlyDoubt {
		f.Due, f.Last, f.DuePosition = w.prev.due, w.prev.due, w.prev.said().Position
	}
	if w.isCancelled {
		f.Cancelled, f.CancelledOn, f.CancelledDue = true, w.cancelledOn, w.cancelledDue
		f.LateThen, f.CancelledOwing = w.lateThen, w.cancelledOwing
	}
	switch {
	case a.met:
		day, marks := actualDay(&a.base, &a.counted)
		f.Last = day
		if a.counted.kind == achieved {
			f.Actual = a.counted.due
		}
		f.Exactly = marks&UpTo == 0
		f.Late = f.Exactly && a.hasBase && !w.onlyDoubt && day > a.base.due
	case w.isCancelled || f.Due == 0:
	default:
		f.Overdue, f.Owed = f.Due < w.at, late(f.Due, w.at)
		f.NoDate = w.noDate
		if w.noDate {
			f.NoDateSince = w.noDateSince
		}
	}
}

// totals are the differences of R1.
func (w *walk) totals(f *Figures) {
	s := &w.start
	if f.First = w.firstForecast(); f.First.Due == 0 {
		return
	}
	f.FirstInDoubt = s.inDoubt && s.known && f.First.Position == s.first.statement.Position
	if w.onlyDoubt {
		return
	}
	f.Setting = w.setting
	f.Slip = Days{true, f.First.Due.DaysUntil(f.Last) - w.setting}
	switch {
	case w.actuals.met:
		f.Previous = Days{true, w.actuals.base.due.DaysUntil(f.Last)}
	case w.moved:
		f.Previous = Days{true, w.previous}
	}
}

// restated shows the restated starts: each has a row, and the total against the earliest of them stands beside the first
// forecast's (R2).
func (w *walk) restated(all []told, f *Figures) {
	var early, last *told
	for i := range all {
		t := &all[i]
		if t.asAt > w.at || w.start.known && t.asAt >= w.start.first.asAt {
			break // no later one is a restated start
		}
		if !w.start.restated(t) {
			continue
		}
		r := Row{Event: StartRestated, AsAt: t.asAt, From: f.First, To: t.said(), By: t.speaker}
		if f.First.Due != 0 {
			r.Days, r.Measured = t.due.DaysUntil(f.First.Due), true
		}
		w.row(r)
		if early == nil || t.asAt == early.asAt && t.due < early.due {
			early = t
		}
		if last == nil || t.asAt > last.asAt || t.due >= last.due {
			last = t
		}
	}
	if early == nil {
		return
	}
	f.StartRestated = true
	if f.First.Due != 0 {
		if f.Slip.Known {
			f.Other = Days{true, early.due.DaysUntil(f.Last) - w.setting}
		}
		return
	}
	f.StartShown = true
	if f.Last == 0 {
		f.Last, f.Due, f.DuePosition = last.due, last.due, last.said().Position
	}
	if !f.Met && !f.Cancelled {
		f.Overdue, f.Owed = f.Due < w.at, late(f.Due, w.at)
	}
}

// late returns the calendar days by which a due day has passed; 0 where it has not.
func late(due, at civil.Date) int { return max(0, due.DaysUntil(at)) }
