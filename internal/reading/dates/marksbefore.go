package dates

import "milepost.dev/domain/period"

// marksBefore reads the words next to the date on its left, by beforeRules.
func (r *reader) marksBefore(m *marks, it *item, begin int) {
	w := &r.near
	*w = nearWord{m: *m, it: it, bound: begin}
	r.readBefore(w)
	*m = w.m
}

func (r *reader) readBefore(w *nearWord) {
	for w.i = w.it.from - 1; w.i >= w.bound; w.i-- {
		w.token = r.at(w.i)
		if r.spellTime(w.i) {
			w.m.misspelt = true
		}
		k := 0
		for k < len(beforeRules) && !beforeRules[k].fits(r, w) {
			k++
		}
		if k == len(beforeRules) {
			w.m.mere = w.i == w.it.from-1
			return
		}
		r.applied(beforeRules[k].example)
		if beforeRules[k].says(r, w); w.done {
			return
		}
		w.used = true
		w.m.left = w.i
		if w.m.kind != 0 || w.m.until {
			r.further(&w.m, w.i, w.bound)
			return
		}
	}
}

// isForm says whether "form" is a misspelt "from" (rule 22).
func (r *reader) isForm(w *nearWord) bool {
	before := r.at(w.i - 1)
	return w.word == "form" && (w.i == w.bound || before.role != 0 || before.class == letter) && !before.has(wArticle|wAdjective)
}

// leadsFromNow says whether something goes on from today to the date.
func (r *reader) leadsFromNow(w *nearWord) bool {
	return (w.has(wAnd|wTo|wUntil) || w.is('-') && !w.glued) && r.follows(w, "now", "current", "present")
}

// notUntil makes a date the first day (rule 20).
func (r *reader) notUntil(w *nearWord) {
	w.m.kind = period.From
	if r.follows(w, "not") {
		r.takes(w, 1)
	}
}

// saysTo reads "to" where it is not the end of a time: "deferred to X", "compared to X".
func (r *reader) saysTo(w *nearWord) {
	w.m.weak = true
	if before := r.at(w.i - 1); before.class == letter && len(before.word) > 4 && before.word[len(before.word)-2:] == "ed" && !compares(before.word) || before.word == "forward" {
		w.m.kind = period.In
	}
	w.m.ambiguous = w.m.ambiguous || !compares(r.at(w.i-1).word)
}

// saysFrom reads "from" and "since".
func (r *reader) saysFrom(w *nearWord) {
	w.m.kind = period.From
	if r.movedFrom(w.i) { // from what it was to what it is
		w.m.ambiguous = true
		if r.at(w.it.to).has(wTo) {
			w.m.kind = period.In
		}
	}
	if r.follows(w, "effective", "as") {
		r.takes(w, 1)
	}
}

// saysAfter reads "after X", and "on or after X", which is from X.
func (r *reader) saysAfter(w *nearWord) {
	w.m.kind, w.m.after = period.From, true
	if start := r.at(w.i - 2); r.follows(w, "or", "and") && (start.word == "on" || start.has(wFrom)) {
		w.m.after = false
		r.takes(w, 2)
	}
}

// saysInPlace reads "in place for X" (rule 11).
func (r *reader) saysInPlace(w *nearWord) {
	if w.m.kind = period.During; w.it.a.unit == aDay && !w.it.ranged || r.at(w.i-3).word == "be" {
		w.m.kind = period.In
	}
	r.takes(w, 2)
}

// leads says whether a word or mark only leads to the date.
func (r *reader) leads(w *nearWord) bool {
	return w.has(wArticle|wFiller|wYear|wFinancial|wWeekday) && !w.has(wEach) || r.leadingMark(w)
}

// leadingMark says whether a mark only leads to the date.
func (r *reader) leadingMark(w *nearWord) bool {
	if w.class != sign || len(w.word) != 1 {
		return false
	}
	switch w.word[0] {
	case '(', '-', ':', '\'', '"', '*':
		return true
	case '.':
		return w.glued && r.at(w.i-1).has(wAbout|wFiller)
	}
	return false
}

// countsYears says whether a number counts the years that follow: "across the 2 financial years 17/18 and 18/19".
func (r *reader) countsYears(w *nearWord) bool {
	if w.m.kind != 0 || w.m.weak || w.m.until || !(w.class == digits && w.digitsOf() == 1 || w.has(wNumeral)) {
		return false
	}
	next := r.at(w.i + 1)
	return next.has(wFinancial|wYear) && next.used
}

// saysQuery reads a mark of doubt.
func (r *reader) saysQuery(w *nearWord) {
	w.m.approx = w.m.approx || w.is('~')
	if w.is('?') && w.i > 0 && w.glued && r.at(w.i-1).class != sign { // of what stands before
		beyond(r, w)
		return
	}
	w.m.uncertain = w.m.uncertain || w.is('?')
}

// movedFrom says whether "from" at a token tells what a date was before it was moved.
func (r *reader) movedFrom(i int) bool { return r.movedAt(i) >= 0 }

// movedAt is the verb that makes "from" at a token tell what a date was before it was moved; -1 where none does.
func (r *reader) movedAt(i int) int {
	k := i - 1
	switch r.at(k).word {
	case "back", "out", "forward":
		k--
	}
	if r.at(i).word == "from" && moves[r.at(k).word] {
		return k
	}
	return -1
}

// moves are words that tell that a date was moved.
var moves = map[string]bool{
	"moved": true, "moves": true, "delayed": true, "extended": true, "pushed": true, "slipped": true, "slips": true, "slippage": true, "slip": true,
	"changed": true, "rescheduled": true, "postponed": true, "revised": true, "deferred": true, "put": true, "brought": true, "reprofiled": true,
	"profiled": true, "amended": true, "delay": true,
}

// isParticle says whether "over" belongs to the verb before it: "handed over March 2018".
func (r *reader) isParticle(i int) bool {
	switch r.at(i - 1).word {
	case "handed", "taken", "carried", "cut", "switched", "turned", "moved":
		return true
	}
	return false
}

// isAgent says whether "by" names who did it: "identified by the 2015 survey", but not "reduced by the 2018
// target date".
func (r *reader) isAgent(i int, it *item) bool {
	before, next := r.at(i-1).word, r.at(it.to)
	return it.a.unit == calendarYear && it.from == i+2 && r.at(i+1).word == "the" && len(before) > 4 && before[len(before)-2:] == "ed" &&
		next.class == letter && next.role == 0
}

// not says whether what goes on until a day does not: "not until X", "will not be available until X".
func (r *reader) not(i, begin int) bool {
	for k := i - 1; k >= begin && k >= i-5; k-- {
		switch t := r.at(k); {
		case t.word == "not" || t.word == "unlikely":
			return true
		case t.class != letter || t.has(wAnd):
			return false
		}
	}
	return false
}

// closing says how many words up to a token name an hour or the end of a day: "close of business", "5pm".
func (r *reader) closing(i int) int {
	switch r.at(i).word {
	case "cob", "cop", "noon", "midnight", "midday", "lunchtime":
		return 1
	case "business", "play":
		if r.at(i-1).word == "of" && (r.at(i-2).word == "close" || r.at(i-2).word == "end") {
			return 3
		}
	case "am", "pm":
		if r.at(i - 1).aside {
			n := 1
			for r.at(i-n).aside && n < 4 {
				n++
			}
			return n
		}
	}
	return 0
}

// closesDay says whether a word names the end of a working day, and no hour: to be done by then is meant.
func (r *reader) closesDay(i int) bool {
	switch r.at(i).word {
	case "cob", "cop", "business", "play":
		return true
	}
	return false
}

// entersInto says whether a word before "effect" or "force" makes it begin: "with effect from", "comes into force on".
func (r *reader) entersInto(i int) bool {
	switch r.at(i).word {
	case "with", "into", "take", "takes", "taking", "took":
		return true
	}
	return false
}

// leadsTo says whether "to X" is an end, and no comparison: something goes on, comes back or is extended to it.
func (r *reader) leadsTo(i, begin int) bool {
	switch r.at(i - 1).word {
	case "extended", "extend", "extending", "extends", "continue", "continues", "continued", "continuing", "run", "runs", "running":
		return true
	}
	if r.firstRepeat(begin, i) < i {
		return !compares(r.at(i - 1).word)
	}
	switch r.at(i - 1).word {
	case "funded", "contracted", "commissioned", "secured", "valid", "guaranteed":
		return true
	case "place":
		return r.at(i-2).word == "in"
	}
	return r.at(i - 1).has(wOngoing)
}

// firstRepeat is where the first recurrence stands behind a token; stop where none stands before it.
func (r *reader) firstRepeat(begin, stop int) int {
	f := &r.repeats
	if !f.known || f.from != begin {
		*f = found{known: true, from: begin, at: begin}
	}
	for ; f.at < stop; f.at++ {
		if _, ok := r.repeatAt(f.at); ok {
			return f.at
		}
	}
	return stop
}

// compares says whether a word before "to" compares or relates.
func compares(word string) bool {
	switch word {
	case "compared", "relating", "relates", "related", "relation", "according", "refers", "refer", "similar", "relative", "back", "due", "respect":
		return true
	}
	return false
}

// further reads what may stand before the word that marked the kind: "due end X", "about", "possibly".
func (r *reader) further(m *marks, i, begin int) {
	for i--; i >= begin; i-- {
		t := r.at(i)
		switch {
		case t.has(wUnknown | wDoubt):
			m.uncertain = true
		case t.has(wAbout):
			m.approx = true
		case m.kind == period.By && t.has(wBy), t.word == "or" && r.at(i-1).word == "on", m.kind == period.By && t.word == "on", t.word == "no" || t.word == "at":
		case t.has(wStarts) && (m.kind == period.In || m.kind == period.From && !m.after): // "start from X"
			m.kind = period.From
		case m.kind == period.From && t.word == "effective", t.is('('), t.is('-'):
		case m.until && t.has(wFrom): // "from to"
		default:
			return
		}
		if t.is('(') || t.is('-') {
			return
		}
		t.used = true
		m.left = i
	}
}
