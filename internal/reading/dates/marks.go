package dates

import "milepost.dev/domain/period"

// marks are what the words around a date say about it.
type marks struct {
	kind      period.Kind // what a word marks; 0 where none does
	after     bool        // from the day after (rule 20)
	end       bool        // "end of X"
	until     bool        // "to X", "until X", where no other end comes before
	weak      bool        // in, at, on: no kind (rule 19)
	mere      bool        // nothing at all stands before
	starts    bool        // the kind is that of a start
	onward    bool        // onwards stands behind
	past      bool        // told as past, with no word that marks the kind
	approx    bool
	uncertain bool
	misspelt  bool
	ambiguous bool
	ahead     bool // told as to come
	bare      bool // no word stands next to the date on its left
	bound     bool // the ends of a recurrence
	left      int  // the first token that is about the date
	right     int  // the token after the last that is
}

// marksOf reads the words around a date. What stands next to it decides; where that says nothing, the words
// further away do: a start, or a past.
func (r *reader) marksOf(it *item, begin, stop int) marks {
	m := marks{left: it.from, right: it.to}
	r.marksBehind(&m, it, stop)
	r.marksBefore(&m, it, begin)
	m.bare = m.left == it.from
	if m.kind == 0 && !m.until && (!m.end || m.starts) {
		r.farMarks(&m, it, begin, stop)
	}
	for i := it.from - 1; i >= begin && !r.sentenceEnds(i, i+1); i-- {
		r.alsoSaid(&m, i, it)
	}
	for i := it.from; i < stop && stop == len(r.tokens) && (i <= it.to || !r.sentenceEnds(i-1, i)); i++ {
		r.alsoSaid(&m, i, it)
	}
	if r.toBeConfirmed(it.to, stop) {
		m.uncertain = true
	}
	switch {
	case m.kind != 0 || !m.end || m.until:
	case it.several && it.by == upTo && r.at(it.from-1).class == letter: // "end of Sept to end of Dec": the first day is the last of Sept, or any
		m.kind, m.ambiguous = period.During, true
	default: // rule 3
		m.kind = period.By
	}
	m.ambiguous = m.ambiguous || m.onward && m.kind != period.From || r.namesEdition(it) || begin == 0 && r.saysUnderWay(m.left)
	return m
}

// alsoSaid reads what a word of the same sentence says of a date from further away.
func (r *reader) alsoSaid(m *marks, i int, it *item) {
	t := r.at(i)
	m.approx = m.approx || t.has(wExpected)
	m.uncertain = m.uncertain || t.has(wUnknown) && i >= m.left-4 && i < it.to+4 // TBC (expected June)
}

// marksBehind reads the words next to the date on its right.
func (r *reader) marksBehind(m *marks, it *item, stop int) {
	for i := it.to; i < stop; i++ {
		t := r.at(i)
		if t.class == letter && t.role == 0 && i == it.to && nearestWord(t.word) == "onwards" {
			t.entry, t.misspelt = lexicon["onwards"], true
			m.misspelt = true
		}
		switch {
		case t.is('?'):
			m.uncertain = true
		case t.has(wUnknown | wDoubt):
			m.uncertain = true
		case t.word == "to" && r.at(i+1).word == "be" && (r.at(i+2).word == "confirmed" || r.at(i+2).word == "agreed") &&
			(i+3 >= stop || r.at(i+3).class == sign):
			m.uncertain = true
			r.used(i, i+2)
			i += 2
		case t.has(wOnwards):
			m.kind, m.onward = period.From, true
		case (t.has(wTo) || t.has(wUntil)) && (r.at(i+1).word == "date" || r.at(i+1).word == "present" || r.at(i+1).word == "now"): // April 2017 to date
			m.kind, m.onward = period.From, true
			r.used(i, i+1)
			i++
		case (t.is('-') || t.has(wTo)) && i == it.to && r.at(i+1).has(wOngoing) && (r.at(i+2).class != letter || r.at(i+2).capital) && r.at(i+2).class != digits &&
			!it.ranged && !r.before(it.from, wBy|wEnd|wDue|wFrom|wStarts): // "Sept 17 - ongoing" has no other end
			m.kind, m.onward, m.ambiguous = period.From, true, true
			r.used(i, i+1)
			i++
		case (t.is('-') || t.has(wTo)) && i == it.to && r.at(i+1).has(wOngoing) && r.at(i+2).class == letter && r.at(i+2).role == 0: // "Sept 17 - ongoing support"
			m.ambiguous = true
			m.right = i
			return
		case t.is('-') && i+1 == len(r.tokens) && !t.glued: // "April 2018 -": what follows is lost, or it is open
			m.ambiguous = true
		case (t.has(wAnd) || t.is('&') || t.is(',')) && r.at(i+1).has(wOngoing) && r.at(i+2).word == "thereafter" && !r.before(it.from, wBy|wEnd):
			m.kind, m.onward = period.From, true
			r.used(i, i+2)
			i += 2
		case (t.has(wAnd) || t.is('&')) && (r.at(i+1).has(wOnwards) || r.at(i+1).word == "beyond"):
			m.kind, m.onward = period.From, true
			r.used(i, i+1)
			i++
		case t.is('+') && t.glued, t.is('>') && i == it.to && r.at(i+1).class != digits:
			m.kind, m.onward, m.ambiguous = period.From, true, true
		case t.has(wExpected):
			m.approx = true
		case t.has(wAbout) && !(t.word == "c" && r.at(i+1).is(')')): // "c)" numbers what follows
			if r.at(i+1).class == digits || r.at(i+1).class == letter { // "with approx 20"
				m.right = i
				return
			}
			m.approx = true
		case t.word == "at" && (r.at(i+1).word == "the" && r.at(i+2).word == "latest" || r.at(i+1).word == "latest"):
			m.kind = period.By
			for k := i; k < i+3 && k < stop; k++ {
				r.at(k).used = r.at(k).used || r.at(k).word == "at" || r.at(k).word == "the" || r.at(k).word == "latest"
			}
			i++
			if r.at(i+1).word == "latest" {
				i++
			}
		case t.word == "at" && r.at(i+1).word == "the" && r.at(i+2).word == "earliest": // no rule says so
			m.kind, m.onward, m.ambiguous = period.From, true, true
			r.used(i, i+2)
			i += 2
		case t.word == "latest":
			m.kind = period.By
		case t.word == "earliest":
			m.kind, m.onward, m.ambiguous = period.From, true, true
		case t.word == "on" && i == it.to && (r.at(i+1).class == sign || r.at(i+1).word == ""):
			m.kind, m.onward = period.From, true
		case t.has(wAnd) && r.laterYears(i+1):
			m.kind, m.onward = period.From, true
			r.used(i, i+2)
			i += 2
		case t.word == "deadline":
			m.kind, m.ambiguous = period.By, true
		case t.is('(') && r.at(i+2).is(')') && (r.at(i+1).has(wStarts|wEnd) || r.at(i+1).word == "finish" || r.at(i+1).word == "latest"): // June 17 (start)
			switch {
			case r.at(i + 1).has(wStarts):
				m.kind, m.starts = period.From, true
			case r.at(i+1).word == "latest":
				m.kind = period.By
			default:
				m.end = true
			}
			r.used(i, i+2)
			i += 2
		case t.word == "start" && (i+1 >= stop || r.at(i+1).class == sign):
			m.kind, m.starts = period.From, true
		case t.word == "finish" && (i+1 == len(r.tokens) || r.at(i+1).class == sign):
			m.end = true
		case t.is(')') || t.is('(') && r.at(i+1).has(wUnknown|wDoubt|wExpected|wAbout|wOnwards) || t.is(',') && r.at(i+1).has(wUnknown|wDoubt|wExpected|wAbout) ||
			t.is('-') && r.at(i+1).has(wUnknown|wDoubt|wExpected|wOnwards) || t.is('(') && r.at(i+1).is('?'):
			continue
		default:
			m.right = i
			return
		}
		t.used = true
		m.right = i + 1
	}
}

// saysUnderWay says whether a text begins with what goes on and comes to its date then: "In progress - due January 2018". Rule 19
// makes a reading of its own of "ongoing" alone.
func (r *reader) saysUnderWay(to int) bool {
	n := 1
	switch r.at(0).word {
	case "underway", "wip":
	case "in", "under":
		n = 2
		if next := r.at(1).word; next != "progress" && next != "way" && next != "train" && next != "review" {
			return false
		}
	default:
		return false
	}
	return n <= to && r.at(n).class == sign
}

// namesEdition says whether a year stands in a name, "in the 2017 Autumn Statement", and may be which one it is and not when.
func (r *reader) namesEdition(it *item) bool {
	next := r.at(it.to)
	return it.a.unit >= calendarYear && it.a.unit != planYear && !it.several && it.a.third == 0 && r.at(it.from-1).has(wArticle) && next.class == letter && next.capital &&
		next.role&^(wSeason|wAdjective|wCalled|wCounted|wIntent|wRepeats) == 0
}

// toBeConfirmed says whether a date is called open behind a mark: "March 2018 (exact date to be confirmed)".
func (r *reader) toBeConfirmed(i, stop int) bool {
	if !r.at(i).is('(') && !r.at(i).is('-') && !r.at(i).is(',') {
		return false
	}
	for i++; r.at(i).word == "exact" || r.at(i).word == "date" || r.at(i).word == "dates"; i++ {
	}
	if r.at(i).word != "to" || r.at(i+1).word != "be" || i+3 < stop && r.at(i+3).class != sign && !r.at(i+3).capital {
		return false
	}
	switch r.at(i + 2).word {
	case "confirmed", "agreed", "determined", "decided", "finalised":
		return true
	}
	return false
}

// laterYears says whether "and" goes on to all the years that follow: "17/18 and future years".
func (r *reader) laterYears(i int) bool {
	switch r.at(i).word {
	case "future", "subsequent", "following", "later":
		return r.at(i + 1).has(wYear)
	}
	return false
}

func (r *reader) used(from, to int) {
	for i := max(from, 0); i <= to && i < len(r.tokens); i++ {
		r.tokens[i].used = true
	}
}

// spellTime reads a word of time that is misspelt and stands next to a date (rules 16 and 22).
func (r *reader) spellTime(i int) bool {
	t := r.at(i)
	if t.class != letter || t.role != 0 || t.misspelt {
		return t.misspelt
	}
	word := nearestWord(t.word)
	if word == "" {
		return false
	}
	t.entry, t.misspelt = lexicon[word], true
	return true
}

// sentenceEnds says whether a sentence ends somewhere between two tokens.
func (r *reader) sentenceEnds(from, to int) bool {
	for i := from; i < to; i++ {
		if t := r.at(i); t.is(';') || t.is('*') || t.word == "•" || t.word == "·" || t.is('.') && !r.at(i+1).glued && len(r.at(i-1).word) > 2 {
			return true
		}
	}
	return false
}
