package dates

import "milepost.dev/domain/period"

// marksBefore reads the words next to the date on its left.
func (r *reader) marksBefore(m *marks, it *item, begin int) {
	i := it.from - 1
	for ; i >= begin; i-- {
		t := r.at(i)
		if r.spellTime(i) {
			m.misspelt = true
		}
		word := t.word
		switch {
		case word == "form" && (i == begin || r.at(i-1).role != 0 || r.at(i-1).class == letter) && !r.at(i-1).has(wArticle|wAdjective): // rule 22
			m.misspelt = true
			m.kind = period.From
		case t.has(wUnknown|wDoubt) || t.word == "confirmed" && r.at(i-1).word == "be" && r.at(i-2).word == "to":
			m.uncertain = true
		case word == "be" && r.at(i-1).word == "to" && r.at(i-2).has(wDoubt): // "likely to be" is no "possibly", and nearly
			m.uncertain, m.ambiguous = true, true
			r.used(i-2, i)
			i -= 2
		case word == "be" && (r.at(i-1).word == "may" || r.at(i-1).word == "might" || r.at(i-1).word == "could"):
			m.uncertain = true
			r.used(i-1, i)
			i--
		case word == "or" && r.at(i-1).word == "on" && m.approx: // on or about X
			m.weak = true
			r.used(i-1, i)
			i--
		case (t.has(wAnd|wTo|wUntil) || t.is('-') && !t.glued) && (r.at(i-1).word == "now" || r.at(i-1).word == "current" || r.at(i-1).word == "present"): // from today until X
			m.until = true
			r.used(i-1, i)
			i--
		case t.has(wAbout) && !(word == "c" && r.at(i+1).is(')')), m.end && (word == "towards" || word == "toward" || word == "nearing"):
			m.approx = true
		case word == "latest" && i == begin || word == "latest" && r.at(i-1).word == "at" && i-1 == begin: // latest March 2018
			m.kind = period.By
		case word == "latest" || word == "least":
		case r.closing(i) > 0:
			n := r.closing(i)
			m.end = m.end || r.closesDay(i)
			r.used(i-n+1, i)
			i -= n - 1
		case t.is(',') && r.closing(i-1) > 0 && r.at(i-1-r.closing(i-1)).has(wBy): // by 5pm, 31 March
		case word == "close" && r.at(i+1).word != "of": // "financial close 29 September" is when it is closed
			m.mere = i == it.from-1
			return
		case (word == "ending" || word == "ended") && r.at(i-1).has(wUnit|wQuarter): // "year ended 31 March 2017": its last day, or all of it
			m.kind, m.ambiguous = period.By, true
		case word == "following" && !r.at(i-1).has(wArticle):
			m.kind, m.after, m.ambiguous = period.From, true, true
		case t.has(wEnd) && !m.weak || word == "end":
			m.end = true
			if r.at(i-1).has(wYear) && r.at(i).word == "end" { // year end 2017/18
				m.ambiguous = m.ambiguous || it.a.unit == calendarYear // in March, or in December
				t.used = true
				i--
			}
		case word == "including" && r.at(i-1).has(wAnd): // up to and including X
			r.used(i-1, i)
			i--
		case t.has(wBy) && word == "by" && r.isAgent(i, it):
			m.ambiguous = true
			return
		case t.has(wBy):
			m.kind = period.By
			if word == "before" && r.not(i, begin) { // as "not until" (rule 20)
				m.kind = period.From
				if r.at(i-1).word == "not" {
					r.used(i-1, i)
					i--
				}
			}
		case word == "earliest":
			m.kind, m.ambiguous = period.From, true
		case word == "pre": // "pre-April 2018"
			m.kind = period.By
		case word == "than" && r.at(i-1).word == "later": // no later than
			m.kind = period.By
			r.used(i-1, i)
			i--
		case word == "than" && (r.at(i-1).word == "earlier" || r.at(i-1).word == "sooner"):
			m.kind = period.From
			r.used(i-1, i)
			i--
		case word == "to" && r.at(i-1).word == "prior":
			m.kind = period.By
			r.used(i-1, i)
			i--
		case word == "of" && r.at(i-1).word == "advance", word == "of" && r.at(i-1).word == "ahead":
			m.kind, m.ambiguous = period.By, true
		case t.has(wUntil) && r.not(i, begin): // rule 20
			m.kind = period.From
			if r.at(i-1).word == "not" {
				r.used(i-1, i)
				i--
			}
		case t.has(wUntil) || t.has(wTo):
			if r.at(i-1).word == "through" || r.at(i-1).word == "up" {
				r.used(i-1, i)
				i--
				m.until = true
				break
			}
			if old := r.oldBefore(i); old != nil { // "moved from March to June 2018"; what was extended may last from the one to the other
				m.kind, m.ambiguous = period.In, m.ambiguous || r.at(old.oldFrom).word == "extended"
				break
			}
			if m.until = t.has(wUntil) || r.leadsTo(i, begin); m.until {
				break
			}
			m.weak = true
			if before := r.at(i - 1); before.class == letter && len(before.word) > 4 && before.word[len(before.word)-2:] == "ed" && !compares(before.word) || before.word == "forward" { // "deferred to X"
				m.kind = period.In
			}
			m.ambiguous = m.ambiguous || !compares(r.at(i-1).word)
		case word == "into" && r.at(i-1).has(wOngoing): // "ongoing into 2018/19"
			m.kind, m.ambiguous = period.During, true
		case word == "of" && r.at(i-1).word == "as": // as of
			m.kind = period.From
			r.used(i-1, i)
			i--
		case word == "of" && r.at(i-1).word == "course":
			m.kind = period.During
			r.used(i-1, i)
			i--
		case word == "at" && r.at(i-1).word == "as": // as at
			m.kind = period.In
			r.used(i-1, i)
			i--
		case word == "effective" || (word == "effect" || word == "force") && r.entersInto(i-1):
			m.kind = period.From
		case t.has(wFrom):
			m.kind = period.From
			if r.movedFrom(i) { // from what it was to what it is
				m.ambiguous = true
				if r.at(it.to).has(wTo) {
					m.kind = period.In
				}
			}
			if r.at(i-1).word == "effective" || r.at(i-1).word == "as" {
				r.used(i-1, i)
				i--
			}
		case word == "post" && (r.at(i-1).word == "in" || r.at(i-1).word == "into"): // "start in post June 2018" speaks of a job
			m.left = i
			return
		case word == "post" && r.at(i+1).has(wTo): // "fixed term post to March 2020"
			m.left = i + 1
			return
		case t.has(wAfter):
			m.kind, m.after = period.From, true
			if before := r.at(i - 1); (before.word == "or" || before.word == "and") && (r.at(i-2).word == "on" || r.at(i-2).has(wFrom)) { // on or after X
				m.after = false
				r.used(i-2, i)
				i -= 2
			}
		case word == "over" && (r.at(i+1).word == "in" || r.isParticle(i)): // "handed over in March", and not all over it
			m.left = i + 1
			return
		case t.has(wDuring), word == "across":
			m.kind = period.During
		case word == "of" && (r.at(i-1).word == "duration" || r.at(i-1).word == "whole" || r.at(i-1).word == "all" || r.at(i-1).word == "rest" || r.at(i-1).word == "remainder"):
			m.kind = period.During
			r.used(i-1, i)
			i--
		case t.word == ">>": // "-> April 2018": until, or from the one to the next
			m.ambiguous = true
		case word == "date" && (r.at(i-1).has(wBegin) || r.at(i-1).has(wStarts)): // rule 19
			m.kind = period.In
			r.used(i-1, i)
			i--
		case (word == "date" || word == "dates") && r.at(i-1).has(wDoubt|wUnknown):
		case word == "date" && r.at(i-1).word == "latest":
			m.kind = period.By
			r.used(i-1, i)
			i--
		case word == "date" && r.at(i-1).has(wEnd):
			m.kind, m.ambiguous = period.By, true
			r.used(i-1, i)
			i--
		case t.has(wStarts):
			m.kind, m.starts = period.From, true
		case word == "for" && r.at(i-1).word == "place" && r.at(i-2).word == "in": // rule 11
			if m.kind = period.During; it.a.unit == aDay && !it.ranged || r.at(i-3).word == "be" {
				m.kind = period.In
			}
			r.used(i-2, i)
			i -= 2
		case word == "deadline":
			m.kind, m.ambiguous = period.By, true
		case t.has(wDue):
			m.kind = period.In
		case t.has(wBetween):
			m.kind = period.During
			m.ambiguous = !it.ranged
		case t.has(wIn):
			if m.end || m.until {
				break
			}
			if word == "on" && r.at(i-1).word == "from" {
				break
			}
			m.weak = true
		case t.has(wArticle|wFiller|wYear|wFinancial|wWeekday) && !t.has(wEach) || t.is('(') || t.is('-') || t.is(':') || t.is('\'') || t.is('"') || t.is('*') ||
			t.is('.') && t.glued && r.at(i-1).has(wAbout|wFiller) || t.class == letter && word == "end":
		case m.kind == 0 && !m.weak && !m.until && (t.class == digits && t.digitsOf() == 1 || t.has(wNumeral)) && r.at(i+1).has(wFinancial|wYear) && r.at(i+1).used: // "across the 2 financial years 17/18 and 18/19"
		case t.is('?') || t.is('~'):
			m.approx = m.approx || t.is('~')
			if t.is('?') && i > 0 && t.glued && r.at(i-1).class != sign { // of what stands before
				m.left = i + 1
				return
			}
			m.uncertain = m.uncertain || t.is('?')
		default:
			m.mere = i == it.from-1
			return
		}
		t.used = true
		m.left = i
		if m.kind != 0 || m.until {
			r.further(m, i, begin)
			return
		}
	}
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
