package authority

import "milepost.dev/domain/civil"

func isLife(k Kind) bool {
	switch k {
	case Started, Achieved, Reopened, OnHold, Resumed, Cancelled:
		return true
	}
	return false
}

// life applies what is said of a milestone's life (R4, R5, R8).
func (w *walk) life(t Told) {
	switch t.Kind {
	case OnHold, Resumed:
		w.onHold = t.Kind == OnHold
	case Started:
		w.started = true
		if w.promisesStart() {
			w.meet(t)
		}
	case Achieved:
		w.finished = true
		begun := len(w.episode) > 0 && w.episode[0].Kind == Started && w.episode[0].order < t.order
		if !begun { // where a start is promised and was told, it plays the actual's part
			w.meet(t)
		}
	case Cancelled:
		w.cancel(t)
	case Reopened:
		w.reopen(t)
	}
}

// promisesStart says whether what is promised is met by a start.
func (w *walk) promisesStart() bool {
	promise := w.prev
	if w.met {
		promise = w.base
	}
	return promise != nil && promise.Kind == FromDay
}

// meet takes an actual. One that is earlier than another told before it, about a later day, changes nothing
// until that day; it is shown beside.
func (w *walk) meet(t Told) {
	for _, other := range w.of {
		if other.Kind == t.Kind && other.order < t.order && other.Due.After(t.Due) && other.AsAt.After(t.AsAt) && !accepted(w.all, t) {
			w.finished = w.finished && w.met
			w.rows = append(w.rows, Row{Kind: AchievedRow, AsAt: t.AsAt, From: said(w.prev), To: said(&t), By: t.Speaker, Marks: []string{Beside}})
			return
		}
	}
	if !w.met {
		w.closeOwed(t.AsAt)
		w.base = w.prev
	}
	w.met, w.cancelled, w.noDate = true, false, w.noDate && w.met
	w.actuals = append(w.actuals, t)
	w.episode = append(w.episode, t)
}

// counted returns the actual that is in every total (R4): the latest of those stated, or what an approver
// accepted in its place.
func counted(all, actuals []Told) Told {
	var counts Told
	for _, t := range inTelling(actuals) {
		if t.Kind != Achieved && t.Kind != Started {
			continue
		}
		if counts.Due == 0 || !t.Due.Before(counts.Due) || accepted(all, t) {
			counts = t
		}
	}
	return counts
}

// actualDay returns the day that an actual counts by against the date in force: its last day, or the due day
// itself where it lies inside the promised period, which is on time and no recovery (R4).
func actualDay(base *Told, actual Told) (day civil.Date, marks []string) {
	if base == nil {
		return actual.Due, nil
	}
	span := actual.span()
	switch {
	case base.span().holds(Span{actual.Due, actual.Due}):
		return base.Due, []string{OnTime}
	case !base.Due.Before(span.First) && base.Due.Before(span.Last):
		return actual.Due, []string{Precision, UpTo}
	}
	return actual.Due, nil
}

// actualRows writes the rows of the actuals since the milestone was met: one for each, from the last due day.
// Only the one that counts is in the sum; where that was stated before a reopening, it has a row again.
func (w *walk) actualRows() {
	counts := counted(w.all, w.actuals)
	listed := false
	for i, t := range w.episode {
		kind := AchievedRow
		if i > 0 {
			kind = RestatedActual
		}
		row := w.actualRow(kind, t)
		switch {
		case t.Position == counts.Position:
			listed = true
		case t.order > counts.order:
			row.InSum, row.Marks = false, append(row.Marks, Beside)
		default:
			row.InSum, row.Marks = false, append(row.Marks, Struck)
		}
		w.rows = append(w.rows, row)
	}
	if !listed {
		row := w.actualRow(RestatedActual, counts)
		row.AsAt = w.episode[len(w.episode)-1].AsAt
		w.rows = append(w.rows, row)
	}
}

func (w *walk) actualRow(kind RowKind, t Told) Row {
	row := Row{Kind: kind, AsAt: t.AsAt, From: said(w.base), To: said(&t), By: t.Speaker}
	if w.base == nil || w.onlyDoubt {
		return row
	}
	day, marks := actualDay(w.base, t)
	row.Days, row.Measured, row.InSum, row.Marks = w.base.Due.DaysUntil(day), true, true, marks
	if w.base.order > t.order {
		row.By = w.base.Speaker
	}
	return row
}

// reopen opens what was met or cancelled: a row from the actual back to the last due day, and it is overdue
// again.
func (w *walk) reopen(t Told) {
	if w.met {
		w.actualRows()
		row := Row{Kind: ReopenedRow, AsAt: t.AsAt, From: said(ptr(counted(w.all, w.actuals))), To: said(w.prev), By: t.Speaker}
		if w.base != nil && !w.onlyDoubt {
			day, _ := actualDay(w.base, counted(w.all, w.actuals))
			row.Days, row.Measured, row.InSum = day.DaysUntil(w.prev.Due), true, true
		}
		w.rows = append(w.rows, row)
	}
	w.met, w.finished, w.base, w.episode = false, false, nil, nil
	w.cancelled = false
}

// cancel gives a milestone up. It keeps what it owed (R8).
func (w *walk) cancel(t Told) {
	if w.met || w.cancelled {
		return
	}
	w.closeOwed(t.AsAt)
	w.cancelled, w.cancelledOn, w.cancelledDue, w.lateThen = true, t.AsAt, 0, 0
	if w.prev != nil && !w.onlyDoubt {
		w.cancelledDue, w.lateThen = w.prev.Due, late(w.prev.Due, t.AsAt)
	}
	w.cancelledOwing = w.noDate || w.lateThen > 0
}

func ptr(t Told) *Told { return &t }
