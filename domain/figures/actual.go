package figures

import (
	"slices"

	"milepost.dev/domain/civil"
)

// actuals are the days on which the milestone is said to have been met, as far as the walk has come (R4).
type actuals struct {
	met      bool
	finished bool // by an achievement; else by the start of what promised one
	byStart  bool // a start met the promise first; start is its place in the order of telling
	start    int32
	any      bool
	counted  told // the latest of all, in every total
	base     told // the date stated last about the achievement's day or an earlier one
	hasBase  bool
	ofStart  bool // and promised a start
	since    int  // how many rows there were before its own
	row      int  // the row that is in the sum, 1 for the first; 0 for none
	again    bool // that row is of an actual from before a reopening
}

// life reads what is said of the milestone's life.
func (w *walk) life(t *told, all []told) {
	switch t.kind {
	case started:
		w.begun(t, all)
	case achieved:
		if overtaken(all, t) {
			w.beside(t)
		} else {
			w.achieve(t)
		}
	case reopened:
		w.reopen(t)
	case held:
		w.onHold = w.onHold || !w.actuals.met && !w.isCancelled
	case resumed:
		w.onHold = false
	case cancelled:
		w.cancel(t)
	}
}

// begun reads a start. Where the promise is a start, it plays the actual's part (R4, R6).
func (w *walk) begun(t *told, all []told) {
	w.isStarted = true
	switch {
	case !w.promisesStart():
	case overtaken(all, t):
		w.beside(t)
	default:
		if !w.actuals.met {
			w.actuals.byStart, w.actuals.start = true, t.order
		}
		w.meet(t)
	}
}

// promisesStart says whether the promise is a start. What was dated after it was met is no promise.
func (w *walk) promisesStart() bool {
	if w.actuals.met {
		return w.actuals.ofStart
	}
	return w.known && w.prev.kind == fromDay && !w.promised
}

// achieve reads an achievement. One that was told after the start that met the promise moves nothing.
func (w *walk) achieve(t *told) {
	a := &w.actuals
	a.finished = true
	if a.met && a.byStart && a.start < t.order {
		return
	}
	w.meet(t)
}

// overtaken says whether an actual is earlier than one that was told before it about a later day: the later one counts, and
// until its day nothing was achieved (R4).
func overtaken(all []told, t *told) bool {
	for i := len(all) - 1; i >= 0 && all[i].asAt > t.asAt; i-- { // they are in order of time
		if a := &all[i]; a.kind == t.kind && a.order < t.order && a.due > t.due && !t.accepted {
			return true
		}
	}
	return false
}

// beside shows an actual that achieves nothing.
func (w *walk) beside(t *told) {
	r := Row{Event: eventAchieved, AsAt: t.asAt, To: t.said(), By: t.speaker, Marks: Beside, overtaken: true}
	if w.known {
		r.From = w.prev.said()
	}
	w.row(r)
}

func (w *walk) meet(t *told) {
	a := &w.actuals
	again := a.met
	if !a.met {
		w.owing(t.asAt)
		a.ofStart = w.promisesStart()
		a.met, a.base, a.hasBase = true, w.prev, w.known
		if w.rows != nil {
			a.since = len(*w.rows)
		}
		w.isCancelled, w.onHold = false, false
	}
	was := a.counted
	counts := !a.any || replaces(t, &was)
	if counts {
		a.counted = *t
	}
	a.any = true
	w.achievement(t, &was, again, counts)
}

// replaces says whether an actual counts in the place of another: of two, the one told later, unless it is earlier and nobody
// accepted it.
func replaces(t, counted *told) bool {
	if t.order > counted.order {
		return t.due >= counted.due || t.accepted
	}
	return t.due > counted.due && !counted.accepted
}

// passedOver marks an actual that does not count: it was stated anew, or is itself earlier than one stated before it.
func passedOver(t, counted *told) Mark {
	if t.order < counted.order {
		return Struck
	}
	return Beside
}

// achievement adds the row of an actual. Only that of the one that counts is in the sum.
func (w *walk) achievement(t, was *told, again, counts bool) {
	a := &w.actuals
	if w.rows == nil {
		return
	}
	if !counts {
		r := w.fromBase(t, again)
		r.Counts = false
		r.Marks |= passedOver(t, &a.counted)
		w.row(r)
		if again {
			if a.again { // after the newest
				(*w.rows)[a.row-1].AsAt = t.asAt
			}
			return
		}
		again = true
	}
	switch {
	case a.row > 0 && a.again: // it has its row where it was stated
		*w.rows = slices.Delete(*w.rows, a.row-1, a.row)
	case a.row > 0:
		struck := &(*w.rows)[a.row-1]
		struck.Counts = false
		struck.Marks |= passedOver(was, t)
	}
	r := w.fromBase(&a.counted, again) // one of before a reopening has a row again
	r.AsAt = t.asAt
	w.row(r)
	a.row, a.again = len(*w.rows), !counts
}

// fromBase returns the row from the last due day to an actual.
func (w *walk) fromBase(t *told, again bool) Row {
	a := &w.actuals
	r := Row{Event: eventAchieved, AsAt: t.asAt, To: t.said(), By: t.speaker}
	if again {
		r.Event = eventRestated
	}
	if !a.hasBase {
		return r
	}
	day, marks := actualDay(&a.base, t)
	r.From, r.Days, r.Marks, r.Measured, r.Counts = a.base.said(), a.base.due.DaysUntil(day), marks, true, true
	if a.base.order > t.order {
		r.By = a.base.speaker
	}
	return r
}

// compareWith sets the date that actuals are compared with which were there before any (R4): from the first forecast's day
// on, it is that.
func (w *walk) compareWith(first *told) {
	a := &w.actuals
	if !a.met || a.hasBase {
		return
	}
	a.base, a.hasBase, a.ofStart = *first, true, first.kind == fromDay
	if w.rows == nil {
		return
	}
	for i := a.since; i < len(*w.rows); i++ {
		r := &(*w.rows)[i]
		if r.overtaken || r.Event != eventAchieved && r.Event != eventRestated {
			continue
		}
		day, marks := actualDay(&a.base, &told{due: r.To.Due, span: r.To.Period})
		r.From, r.Days, r.Measured, r.Counts = first.said(), first.due.DaysUntil(day), true, i == a.row-1
		r.Marks |= marks
		if first.statement.Position > r.To.Position {
			r.By = first.speaker
		}
	}
}

// actualDay returns the day by which an actual counts: its last. Inside the promised period it is on time; where the
// promised day lies inside the actual's period, the days are "up to" (R4).
func actualDay(base, actual *told) (civil.Date, Mark) {
	switch {
	case base.due == 0:
	case base.span.holds(actual.span) || actual.due == base.due:
		return base.due, OnTime
	case actual.span.holds(Span{base.due, base.due}) && base.due < actual.span.Last:
		return actual.due, UpTo | Precision
	}
	return actual.due, 0
}

// reopen opens a milestone that was met or cancelled: a row from the actual back to the last due day.
func (w *walk) reopen(t *told) {
	w.isCancelled, w.pending = false, false
	w.reopenedAt = max(w.reopenedAt, t.statement.Position)
	a := &w.actuals
	if !a.met {
		w.owedRow()
		return
	}
	r := Row{Event: eventReopened, AsAt: t.asAt, From: a.counted.said(), By: t.speaker, about: t.statement.Position}
	if w.onlyDoubt && w.rows != nil {
		unmeasured((*w.rows)[a.since:])
	}
	if a.hasBase && !w.onlyDoubt {
		day, _ := actualDay(&a.base, &a.counted)
		r.To, r.Days, r.Measured, r.Counts = w.prev.said(), day.DaysUntil(w.prev.due)-w.later, true, true
	}
	if a.hasBase {
		r.To = w.prev.said()
	}
	w.row(r)
	w.setting, w.later = w.setting+w.later, 0
	w.shifts, w.laterShifts = append(w.shifts, w.laterShifts...), nil
	a.met, a.finished, a.byStart, a.row, a.again = false, false, false, 0, false
	w.owedRow()
}

// cancel keeps what a milestone owed when it was given up (R8).
func (w *walk) cancel(t *told) {
	if w.actuals.met || w.isCancelled {
		return
	}
	if w.stays(t) {
		w.pending = true
		return
	}
	w.owing(t.asAt)
	w.isCancelled, w.onHold, w.cancelledOn = true, false, t.asAt
	w.cancelledDue, w.lateThen, w.cancelledOwing = 0, 0, false
	if w.known && !w.onlyDoubt {
		w.cancelledDue = w.prev.due
		w.lateThen = max(0, w.prev.due.DaysUntil(t.asAt))
		w.cancelledOwing = w.noDate || w.lateThen > 0
	}
}
