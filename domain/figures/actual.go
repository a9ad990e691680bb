package figures

import (
	"milepost.dev/domain/civil"
)

// actuals are the days on which the milestone is said to have been met, as far as the walk has come (R4).
type actuals struct {
	met      bool
	finished bool // by an achievement; else by the start of what promised one
	any      bool
	counted  told // the latest of all, in every total
	base     told // the date stated last about the achievement's day or an earlier one
	hasBase  bool
	row      int // the row that is in the sum, 1 for the first; 0 for none
}

// life reads what is said of the milestone's life.
func (w *walk) life(t *told, all []told) {
	switch t.kind {
	case started:
		w.begun(t)
	case achieved:
		if waitsFor(all, t) == 0 {
			w.actuals.finished = true
			w.meet(t)
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
func (w *walk) begun(t *told) {
	w.isStarted = true
	if w.known && !w.promised && !w.actuals.finished {
		w.meet(t)
	}
}

// waitsFor returns the day for which an actual waits: one that is earlier than another, told before it about a later day,
// achieves nothing until that day. Zero: it does not wait.
func waitsFor(all []told, t *told) (day civil.Date) {
	for i := range all {
		if a := &all[i]; a.kind == achieved && a.order < t.order && a.asAt > t.asAt && a.due > t.due && !t.accepted {
			day = max(day, a.asAt)
		}
	}
	return day
}

// waited reads the actuals that waited for a day.
func (w *walk) waited(day civil.Date, all []told) {
	for i := range all {
		if t := &all[i]; t.asAt < day && t.kind == achieved && waitsFor(all, t) == day {
			w.actuals.finished = true
			w.meet(t)
		}
	}
}

func (w *walk) meet(t *told) {
	a := &w.actuals
	again := a.met
	if !a.met {
		a.met, a.base, a.hasBase = true, w.prev, w.known
		w.isCancelled, w.onHold = false, false
	}
	beside := a.any && t.due < a.counted.due && !t.accepted
	if !beside {
		a.counted = *t
	}
	a.any = true
	w.achievement(t, again, beside)
}

// achievement adds the row of an actual. Only that of the one that counts is in the sum.
func (w *walk) achievement(t *told, again, beside bool) {
	a := &w.actuals
	if w.rows == nil {
		return
	}
	if beside {
		r := w.fromBase(t, again)
		r.Counts = false
		r.Marks |= Beside
		w.row(r)
		if again {
			return
		}
		t, again = &a.counted, true // it counts, and has a row again
	}
	if a.row > 0 {
		struck := &(*w.rows)[a.row-1]
		struck.Counts = false
		struck.Marks |= Struck
	}
	w.row(w.fromBase(t, again))
	a.row = len(*w.rows)
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

// actualDay returns the day by which an actual counts: its last. Inside the promised period it is on time; where the
// promised day lies inside the actual's period, the days are "up to" (R4).
func actualDay(base, actual *told) (civil.Date, Mark) {
	switch {
	case base.due == 0:
	case base.span.holds(actual.span):
		return base.due, OnTime
	case actual.span.holds(Span{base.due, base.due}) && base.due < actual.span.Last:
		return actual.due, UpTo | Precision
	}
	return actual.due, 0
}

// reopen opens a milestone that was met or cancelled: a row from the actual back to the last due day.
func (w *walk) reopen(t *told) {
	w.isCancelled = false
	a := &w.actuals
	if !a.met {
		return
	}
	if a.hasBase {
		day, _ := actualDay(&a.base, &a.counted)
		from := a.counted.said()
		w.row(Row{
			Event: eventReopened, AsAt: t.asAt, From: from, To: w.prev.said(), Days: day.DaysUntil(w.prev.due),
			Measured: true, Counts: true, By: t.speaker,
		})
	}
	a.met, a.finished, a.row = false, false, 0
}

// cancel keeps what a milestone owed when it was given up (R8).
func (w *walk) cancel(t *told) {
	if w.actuals.met || w.isCancelled {
		return
	}
	w.isCancelled, w.onHold, w.cancelledOn = true, false, t.asAt
	w.cancelledDue, w.lateThen, w.cancelledOwing = 0, 0, false
	if w.known {
		w.cancelledDue = w.prev.due
		w.lateThen = max(0, w.prev.due.DaysUntil(t.asAt))
		w.cancelledOwing = w.noDate || w.lateThen > 0
	}
}
