package figures

import (
	"slices"

	"milepost.dev/domain/civil"
)

// walk goes through what was told in order of as-at day. It holds where the milestone stands.
type walk struct {
	start start
	at    civil.Date
	rows  *[]Row // nil: nobody asks for them

	prev     told // the date stated last
	known    bool // one was
	given    bool // the first forecast's own row was made
	promised bool // a day was promised, and not only a day from which on (R6)
	previous int  // days of the last dated statement
	moved    bool // there was one before it

	noDate      bool // a day was promised, and none is now (R5)
	noDateSince civil.Date
	inDoubt     bool // by words with several days
	disagree    bool

	actuals    actuals
	datedAfter bool
	isStarted  bool
	onHold     bool

	isCancelled    bool
	cancelledOn    civil.Date
	cancelledDue   civil.Date
	lateThen       int
	cancelledOwing bool
}

// run goes through all that was told about the day asked about and earlier ones. told is in order of time.
func (w *walk) run(told []told) {
	for i := 0; i < len(told) && told[i].asAt <= w.at; {
		end := i + 1
		for end < len(told) && told[end].asAt == told[i].asAt {
			end++
		}
		w.day(told[i:end], told)
		i = end
	}
}

// day reads what was told of one day: reopenings that were told first, then the dates, then the rest (R4).
func (w *walk) day(today, told []told) {
	first := 0
	for first < len(today) && (today[first].kind == reopened || today[first].kind == named) {
		w.life(&today[first], told)
		first++
	}
	w.dates(today[first:])
	for i := first; i < len(today); i++ {
		w.life(&today[i], told)
	}
	if slices.ContainsFunc(today, isActual) {
		w.waited(today[0].asAt, told)
	}
}

// dates reads the dates of one day (R11).
func (w *walk) dates(today []told) {
	var speaker uint32
	spoken, disputed := false, false
	for i := range today {
		t := &today[i]
		if !w.counts(t) {
			continue
		}
		disputed = disputed || spoken && t.speaker != speaker
		speaker, spoken = t.speaker, true
	}
	switch {
	case disputed:
		w.disputed(today)
	case spoken:
		w.disagree = false
		w.spoken(today, speaker)
	default:
		for i := range today {
			w.words(&today[i])
		}
	}
}

// counts says whether a statement is a date in the chain: one that is not a restated start.
func (w *walk) counts(t *told) bool {
	return t.promises() && !w.start.restated(t) || w.isDoubtful(t)
}

// isDoubtful says whether these are the words whose earliest day is the first forecast.
func (w *walk) isDoubtful(t *told) bool {
	return w.start.inDoubt && t.order == w.start.first.order
}

// spoken reads a day about which one speaker stated dates, in the order told. Another's words stand beside it.
func (w *walk) spoken(today []told, speaker uint32) {
	for i := range today {
		t := &today[i]
		switch {
		case t.speaker != speaker:
			w.inDoubt = w.inDoubt || t.kind == several
		case !w.counts(t):
			w.words(t)
		case w.given || t.order >= w.start.first.order:
			w.move(t)
		}
	}
}

// words reads words without a date: where a day was promised, it is owed from then on (R5, R9).
func (w *walk) words(t *told) {
	switch t.kind {
	case withdraw, noDay:
		w.inDoubt = false
	case several:
		w.inDoubt = true
	default:
		return
	}
	w.owe(t.asAt)
}

func (w *walk) owe(since civil.Date) {
	if w.known && !w.noDate {
		w.noDate, w.noDateSince = true, since
	}
}

// move compares a date with the one stated before it (R1, R3).
func (w *walk) move(t *told) {
	if !w.known {
		w.give(t)
		return
	}
	if t.kind == fromDay && w.promised { // the day stays owed (R6)
		w.row(Row{Event: FromInPlaceOfDay, AsAt: t.asAt, From: w.prev.said(), To: t.said(), By: w.by(t)})
		w.inDoubt = false
		w.owe(t.asAt)
		return
	}
	if w.noDate {
		w.row(Row{Event: DateOwed, AsAt: w.noDateSince, From: w.prev.said(), To: t.said(), By: w.by(t)})
		w.noDate = false
	}
	days := w.prev.due.DaysUntil(t.due)
	r := Row{
		Event: event(days), AsAt: t.asAt, From: w.prev.said(), To: t.said(), Days: days, Measured: true,
		Counts: !w.actuals.met, By: w.by(t), Marks: precision(w.prev.span, t.span, days),
	}
	if w.actuals.met {
		r.Marks |= DatedAfterAchieved
		w.datedAfter = true
	} else {
		w.previous, w.moved = days, true
	}
	w.row(r)
	w.prev, w.inDoubt = *t, w.isDoubtful(t)
	w.promised = w.promised || t.kind != fromDay
}

// give is the first forecast's own row.
func (w *walk) give(t *told) {
	r := Row{Event: eventGiven, AsAt: t.asAt, To: t.said(), Measured: true, Counts: !w.actuals.met, By: t.speaker}
	if w.isDoubtful(t) {
		r.Marks |= InDoubt
	}
	w.row(r)
	w.prev, w.known, w.given = *t, true, true
	w.promised, w.inDoubt = t.kind != fromDay, w.isDoubtful(t)
}

// by returns who made a move: who told the later one of its two statements (R3).
func (w *walk) by(t *told) uint32 {
	if w.prev.order > t.order {
		return w.prev.speaker
	}
	return t.speaker
}

func (w *walk) row(r Row) {
	if w.rows != nil {
		*w.rows = append(*w.rows, r)
	}
}
