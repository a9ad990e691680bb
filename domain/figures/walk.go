package figures

import (
	"slices"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
)

// walk goes through what was told in order of as-at day. It holds where the milestone stands.
type walk struct {
	start start
	at    civil.Date
	rows  *[]Row // nil: nobody asks for them
	under func(s *milestone.Statement, settings uint64) (civil.Date, bool)

	heritage heritage // what it has from others

	baselines  []Baseline // those that were decided by the day asked about, in order of number
	approved   []Baseline // all that are known
	givenUp    []Baseline // approvals, decided by the day asked about, that it is not to be
	further    *inherited // the titles and costs that are known to be approved; nil for most
	pending    bool       // it was cancelled, and that waits for its approval
	reopenedAt uint64     // the position of the newest reopening so far

	prev           told    // the date stated last
	known          bool    // one was
	given          bool    // the first forecast's own row was made
	promised       bool    // a day was promised, and not only a day from which on (R6)
	promisedBefore bool    // of the day that is read
	previous       int     // days of the last dated statement
	moved          bool    // there was one before it
	setting        int     // days read by another setting since the first forecast
	later          int     // the same, of dates after an actual: they change no total until it is reopened
	shifts         []shift // what setting adds up, by day; nil for most
	laterShifts    []shift // the same of later

	noDate      bool // a day was promised, and none is now (R5)
	noDateSince civil.Date
	noDateTold  Said // who took it back
	owed        int  // its row, 1 for the first; 0 for none
	inDoubt     bool // by words with several days
	onlyDoubt   bool // no date was in force yet: the words that it is measured against name several (R9)
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

// day reads what was told of one day (R4): reopenings, where one is told before anything else of the milestone's life; then
// the dates; then the rest of its life.
func (w *walk) day(today, told []told) {
	rest := 0
	for i := range today {
		if today[i].kind == reopened {
			w.life(&today[i], told)
		} else if today[i].ofLife() {
			break
		}
		rest = i + 1
	}
	w.dates(today)
	for i := rest; i < len(today); i++ {
		w.life(&today[i], told)
	}
}

// dates reads the dates of one day (R11).
func (w *walk) dates(today []told) {
	var speaker uint32
	spoken, disputed := false, false
	w.promisedBefore = w.promised
	for i := range today {
		t := &today[i]
		if !w.counts(t) || w.inPlace(today, i) {
			continue
		}
		disputed = disputed || spoken && t.speaker != speaker
		speaker, spoken = t.speaker, true
	}
	if first := w.start.first; !w.given && w.start.inDoubt && first.asAt == today[0].asAt {
		w.give(&first)
	}
	switch {
	case disputed:
		w.disputed(today)
		w.inDoubt = w.inDoubt || w.doubted(today)
	case spoken:
		w.spoken(today, speaker)
		w.inDoubt = w.inDoubt || w.doubted(today)
	default:
		for i := range today {
			if t := &today[i]; w.counts(t) { // from when on, in place of a day
				w.move(t)
			} else {
				w.words(t)
			}
		}
	}
}

// counts says whether a statement is a date in the chain: one that is not a restated start.
func (w *walk) counts(t *told) bool {
	return t.promises() && !w.start.restated(t)
}

// isDoubtful says whether these are the words whose earliest day is the first forecast.
func (w *walk) isDoubtful(t *told) bool {
	return w.start.inDoubt && w.start.is(t)
}

// spoken reads a day about which one speaker stated dates, in the order told. Another's words stand beside it.
func (w *walk) spoken(today []told, speaker uint32) {
	promised := false // before the first forecast, by a restated start that its speaker left for it
	for i := range today {
		t := &today[i]
		switch {
		case t.speaker != speaker: // stands beside it
		case !w.counts(t):
			w.words(t)
		case w.leaves(t):
			if promised && t.kind == fromDay {
				w.place(t)
			}
			promised = promised || t.kind == dated
		case promised && t.kind == fromDay: // the day stays owed (R6)
			if !w.given {
				w.give(t)
			}
			w.place(t)
			w.owe(t)
		default:
			w.move(t)
		}
	}
	for i := range today {
		if t := &today[i]; t.speaker != speaker && w.counts(t) {
			w.place(t) // beside the day's own date, whichever was told first
		}
	}
}

// leaves says whether a date was a restated start about the first forecast's day, until its speaker stated that one.
func (w *walk) leaves(t *told) bool {
	first := &w.start.first
	return !w.start.inherits && t.asAt == first.asAt && t.order < first.order && t.speaker == first.speaker
}

// doubted says whether somebody said several days, and no clearer date of the same day afterwards.
func (w *walk) doubted(today []told) bool {
	for i := range today {
		if today[i].kind != several || w.isDoubtful(&today[i]) {
			continue
		}
		clearer := false
		for j := i + 1; j < len(today); j++ {
			clearer = clearer || today[j].speaker == today[i].speaker && today[j].promises()
		}
		if !clearer {
			return true
		}
	}
	return false
}

// words reads words without a date: where a day was promised, it is owed from then on (R5, R9).
func (w *walk) words(t *told) {
	switch t.kind {
	case withdraw, noDay: // that settles nothing: what was in doubt stays so
	case several:
		w.inDoubt = true
	default:
		return
	}
	w.owe(t)
}

func (w *walk) owe(t *told) {
	if !w.known || w.onlyDoubt || w.noDate {
		return
	}
	w.noDate, w.noDateSince, w.noDateTold = true, t.asAt, Said{Speaker: t.speaker, Position: t.statement.Position}
	w.owedRow()
}

// owedRow adds the row of what is owed, as long as the milestone is open.
func (w *walk) owedRow() {
	if w.rows == nil || !w.noDate || w.owed > 0 || w.actuals.met || w.isCancelled {
		return
	}
	w.row(Row{Event: DateOwed, AsAt: w.noDateSince, From: w.prev.said(), To: w.noDateTold, Measured: true, By: w.noDateTold.Speaker})
	w.owed = len(*w.rows)
}

// owedUntil ends what was owed: its row keeps the days by which the date was late then. What the same day gave again was
// owed on none.
func (w *walk) owedUntil(day civil.Date) {
	if w.owed > 0 && day == w.noDateSince {
		w.owedNever()
	}
	w.owing(day)
	w.noDate, w.owed = false, 0
}

func (w *walk) owedNever() {
	*w.rows = slices.Delete(*w.rows, w.owed-1, w.owed)
	w.owed = 0
}

// owing says in the row how late the date was by a day.
func (w *walk) owing(day civil.Date) {
	switch {
	case w.owed == 0 || w.actuals.met || w.isCancelled:
	case day < w.noDateSince: // a milestone that took the place of others may have said something about earlier days
		w.owedNever()
	default:
		(*w.rows)[w.owed-1].Days = late(w.prev.due, day)
	}
}

// move reads a date: it is compared with the one stated before it (R1, R3).
func (w *walk) move(t *told) {
	if !w.known {
		w.give(t)
		return
	}
	if t.kind == fromDay && w.promised { // the day stays owed (R6)
		w.place(t)
		w.owe(t)
		return
	}
	w.disagree = false
	w.compare(t)
}

// place adds the row of a day from which on, in place of one that was promised.
func (w *walk) place(t *told) {
	w.row(Row{Event: FromInPlaceOfDay, AsAt: t.asAt, From: w.prev.said(), To: t.said(), By: t.speaker})
}

// compare makes the move from the date stated last to another.
func (w *walk) compare(t *told) {
	w.owedUntil(t.asAt)
	from := w.reread(t)
	days := from.due.DaysUntil(t.due)
	r := Row{
		Event: event(days, from.span, t.span), AsAt: t.asAt, From: from.said(), To: t.said(), Days: days, Measured: true,
		Counts: !w.actuals.met, By: w.by(t), Marks: precision(from.span, t.span, days),
	}
	if w.actuals.met {
		r.Marks |= DatedAfterAchieved
		w.datedAfter = true
	}
	w.previous, w.moved = days, true
	w.row(r)
	w.prev, w.inDoubt, w.onlyDoubt = *t, w.isDoubtful(t), false
	w.promised = w.promised || t.kind == dated
}

// reread returns the date stated last as the settings read it that the next date was read by (R10). The days between the two
// readings stand beside the moves.
func (w *walk) reread(t *told) *told {
	switch was := w.prev.settings; {
	case w.under == nil || t.settings == was || t.settings == 0 || was == 0, w.prev.order < 0: // what it has from others is not read again
		return &w.prev
	}
	due, known := w.under(w.prev.statement, t.settings)
	if !known || due == w.prev.due {
		return &w.prev
	}
	again := w.prev
	again.due, again.span = due, Span{First: due, Last: due}
	days := w.prev.due.DaysUntil(due)
	if w.actuals.met {
		w.later += days
		w.laterShifts = append(w.laterShifts, shift{t.asAt, days})
	} else {
		w.setting += days
		w.shifts = append(w.shifts, shift{t.asAt, days})
	}
	w.row(Row{Event: ReadBySetting, AsAt: t.asAt, From: w.prev.said(), To: again.said(), Days: days, Measured: true, By: t.speaker})
	return &again
}

// give is the first forecast's own row.
func (w *walk) give(t *told) {
	r := Row{Event: eventGiven, AsAt: t.asAt, To: t.said(), Measured: true, Counts: true, By: t.speaker}
	if w.isDoubtful(t) {
		r.Marks |= InDoubt
	}
	w.row(r)
	w.prev, w.known, w.given = *t, true, true
	w.promised, w.inDoubt = t.kind == dated, w.isDoubtful(t)
	w.onlyDoubt = w.inDoubt
	w.compareWith(t)
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
