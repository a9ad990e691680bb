package authority

import (
	"slices"

	"milepost.dev/domain/civil"
)

// walk goes through what was told of one milestone in order of as-at, up to the day asked about.
type walk struct {
	all, of []Told
	at      civil.Date
	start   start
	rows    []Row

	prev       *Told // the last date stated
	promised   bool  // a day was promised, and not only from when on (R6)
	onlyDoubt  bool  // nothing but words with several days was said (R9)
	inDoubt    bool
	noDate     bool // the day promised was taken back, and none was stated since (R5)
	noDateFrom civil.Date
	disagree   bool
	lastMove   *int
	setting    int

	started, onHold bool
	met             bool // achieved, or begun where a start is promised
	finished        bool
	base            *Told  // the date in force when it was met
	actuals         []Told // all that were stated up to here
	episode         []Told // those since it was met

	cancelled      bool
	cancelledOn    civil.Date
	cancelledDue   civil.Date
	cancelledOwing bool
	lateThen       int
	asked          []string
}

// run goes through the days in order.
func (w *walk) run() {
	var days []civil.Date
	for _, t := range w.of {
		if !t.AsAt.After(w.at) {
			days = append(days, t.AsAt)
		}
	}
	slices.Sort(days)
	for _, d := range slices.Compact(days) {
		w.day(d)
	}
	w.closeOwed(w.at)
	if w.met {
		w.actualRows()
	}
}

// day goes through one as-at day (R4): a reopening told first stands first, then the dates, then what is said
// of its life in the order told.
func (w *walk) day(asAt civil.Date) {
	var life []Told
	for _, t := range w.of {
		if t.AsAt == asAt && isLife(t.Kind) {
			life = append(life, t)
		}
	}
	for len(life) > 0 && life[0].Kind == Reopened {
		w.life(life[0])
		life = life[1:]
	}
	w.dates(asAt)
	for _, t := range life {
		w.life(t)
	}
}

// dates goes through what was said of dates about one day.
func (w *walk) dates(asAt civil.Date) {
	first := w.start.first
	if w.prev == nil && (first == nil || asAt.Before(first.AsAt)) {
		w.beforeFirst(asAt)
		return
	}
	dates, words := w.sort(asAt)
	if w.prev != nil && len(dates) == 0 && len(words) == 0 {
		return
	}
	d := sayings(asAt, dates, words, w.of)
	if len(dates) > 0 {
		w.disagree = len(d.disagrees) > 0
	}
	if len(d.disagrees) > 0 {
		w.ask("disagreement")
	}
	if w.prev == nil {
		w.give(*first, &d)
	}
	for _, t := range d.steps {
		w.move(t)
	}
	w.besides(d)
	w.wordsOf(d)
}

// besides writes the days of one day that are not in force: rows without days (R11).
func (w *walk) besides(d day) {
	for _, t := range d.disagrees {
		w.rows = append(w.rows, Row{Kind: Disagrees, AsAt: d.asAt, To: said(&t), By: t.Speaker})
	}
	for _, t := range d.overruled {
		w.rows = append(w.rows, Row{Kind: Disagrees, AsAt: d.asAt, To: said(&t), By: t.Speaker, Marks: []string{Overruled}})
	}
}

// beforeFirst notes words with several days that stand in no count but "in doubt" (R9).
func (w *walk) beforeFirst(asAt civil.Date) {
	for _, t := range w.of {
		if t.AsAt == asAt && t.Kind == Several {
			w.inDoubt = true
			w.ask("in-doubt")
		}
	}
}

// sort tells dates from words about one day. "From" words are a date only while no day was promised (R6).
func (w *walk) sort(asAt civil.Date) (dates, words []Told) {
	promised := map[string]bool{}
	for _, t := range w.of {
		first := w.start.first != nil && t.Position == w.start.first.Position
		switch {
		case t.AsAt != asAt || w.isRestatedStart(t):
		case t.Kind == Date:
			dates, promised[t.Speaker] = append(dates, t), true
		case t.Kind == FromDay && !w.promised && !promised[t.Speaker]:
			dates = append(dates, t)
		case first && t.Kind == Several && w.prev == nil: // it is the first forecast, and no speaker's day
		case t.Kind == FromDay || t.Kind == Withdrawn || t.Kind == NoDay || t.Kind == Several:
			words = append(words, t)
		}
	}
	return dates, words
}

func (w *walk) isRestatedStart(t Told) bool {
	return slices.ContainsFunc(w.start.restated, func(r Told) bool { return r.Position == t.Position })
}

// give states the first forecast, and leaves of its day what comes after it: of one speaker what it told
// afterwards, of several the day in force.
func (w *walk) give(first Told, d *day) {
	row := Row{Kind: Given, AsAt: first.AsAt, To: said(&first), Measured: true, InSum: true, By: first.Speaker}
	w.onlyDoubt = first.Kind == Several
	if w.onlyDoubt {
		row.Marks = []string{InDoubt}
		w.inDoubt = true
		w.ask("in-doubt")
	}
	w.rows = append(w.rows, row)
	w.prev, w.promised = &first, first.Kind == Date
	if w.met && w.base == nil {
		w.base = w.prev // it was met before any date: the actual is compared with the first forecast
	}
	notFirst := func(t Told) bool { return t.Position != first.Position }
	later := d.steps[:0:0]
	for _, t := range d.steps {
		if notFirst(t) && (d.several || t.order > first.order) {
			later = append(later, t)
		}
	}
	d.steps = later
	d.disagrees = slices.DeleteFunc(slices.Clone(d.disagrees), func(t Told) bool { return !notFirst(t) })
}

// move compares a date with the last one stated before it.
func (w *walk) move(t Told) {
	if w.noDateFrom != t.AsAt {
		w.closeOwed(t.AsAt)
	}
	w.noDate, w.inDoubt, w.onlyDoubt = false, false, false
	rows, setting := between(*w.prev, t)
	row := &rows[len(rows)-1]
	if w.met && w.base != nil { // the actual is nobody's neighbour (R4)
		row.Marks, row.InSum = append(row.Marks, AfterAchieved), false
		w.ask(AfterAchieved)
	}
	days := row.Days
	w.lastMove = &days
	w.setting += setting
	w.rows = append(w.rows, rows...)
	w.prev = &t
	w.promised = w.promised || t.Kind == Date
}

// wordsOf applies R5 and R6 to the words of one day that put no day in force.
func (w *walk) wordsOf(d day) {
	for _, t := range d.words {
		switch t.Kind {
		case FromDay:
			w.rows = append(w.rows, Row{Kind: FromRow, AsAt: t.AsAt, From: said(w.prev), To: said(&t), By: t.Speaker})
		case Several:
			w.inDoubt = true
			w.ask("in-doubt")
		case NoDay:
			w.ask("no-day")
		}
	}
	if d.gone && !w.noDate && !w.onlyDoubt {
		w.noDate, w.noDateFrom = true, d.asAt
	}
}

// closeOwed writes the row of what was owed meanwhile (R5). Its days are added to no total.
func (w *walk) closeOwed(until civil.Date) {
	if !w.noDate || w.met || w.cancelled || w.noDateFrom.After(until) {
		return
	}
	w.rows = append(w.rows, Row{
		Kind: OwedRow, AsAt: w.noDateFrom, From: said(w.prev), Days: late(w.prev.Due, until), Measured: true, By: w.prev.Speaker,
	})
}

// late returns the days from a due day to another, 0 where it has not passed by then.
func late(due, by civil.Date) int { return max(0, due.DaysUntil(by)) }

func (w *walk) ask(what string) {
	if !slices.Contains(w.asked, what) {
		w.asked = append(w.asked, what)
	}
}
