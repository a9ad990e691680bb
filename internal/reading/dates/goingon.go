package dates

import "milepost.dev/domain/period"

// goingOn is words that say that something goes on: "ongoing", "in place and ongoing", "currently".
type goingOn struct {
	from, to int
	mere     bool // said of the whole: ongoing or continuous, which beside a date are a reading of their own (rule 19)
}

func (r *reader) goingOnAt(i int) (o goingOn, ok bool) {
	o = goingOn{from: i, to: i}
	for {
		t := r.at(o.to)
		switch {
		case t.class != letter:
		case t.has(wOngoing) && !t.used && (t.word != "current" || r.standsAlone(o.to)): // not "current pilots"
			o.mere = o.mere || t.word[0] == 'o' || t.word[:3] == "con"
			o.to++
			ok = true
			if r.at(o.to).has(wOngoing) && r.at(o.to).word != t.word { // "currently ongoing", but "Ongoing Ongoing" is said of two things
				continue
			}
			if r.at(o.to).word == "in" && r.at(o.to+1).word == "place" {
				continue
			}
			if (r.at(o.to).has(wAnd) || r.at(o.to).is('&')) && (r.at(o.to+1).has(wOngoing) || r.at(o.to+1).word == "in" && r.at(o.to+2).word == "place") {
				o.to++
				continue
			}
		case t.word == "in" && r.at(o.to+1).word == "place" && !r.at(o.to+1).used && r.at(o.to-1).word != "put":
			o.to += 2
			ok = true
			if (r.at(o.to).has(wAnd) || r.at(o.to).is('&')) && r.at(o.to+1).has(wOngoing) {
				o.to++
				continue
			}
		}
		return o, ok
	}
}

// standsAlone says whether nothing follows that a word describes.
func (r *reader) standsAlone(i int) bool {
	next := r.at(i + 1)
	if next.has(wAnd) {
		return r.at(i + 2).has(wOngoing)
	}
	return next.used || next.class == sign || next.has(wFrom|wDuring|wIn|wTo|wUntil|wBy|wStarts|wOngoing)
}

// wanted says whether what goes on is still to: "will be in place", "should have a plan in place".
func (r *reader) wanted(i, begin int) bool {
	for k := i - 1; k >= begin && k >= i-6; k-- {
		switch r.at(k).word {
		case "not", "no", "never":
			return k > i-4
		case "will", "shall", "should", "would", "could", "must":
			return true
		case "be", "have":
			if r.at(k-1).word == "to" {
				return true
			}
		case ".", ";", ",":
			return false
		}
	}
	return false
}

// beside says whether "ongoing" next to a date is a reading of its own, and what it makes of the date where it
// is none (rule 19).
func (r *reader) beside(o goingOn, m *marks, it *item, begin int) (own bool) {
	if !o.mere {
		return r.besideInPlace(o, m, begin)
	}
	if before := r.at(o.from - 1); (before.word == "is" || before.word == "are") && r.at(o.to).has(wAnd) && m.left > o.to+1 { // "Work is ongoing and will end in March"
		return true
	}
	direct, and := r.onlyMarks(o.to, m.left)
	switch {
	case !direct:
		first, _ := r.onlyMarks(begin, o.from)
		return (first || r.beginsAnew(o.from)) && r.standsApart(o.to)
	case and:
		return true
	case m.until: // "ongoing to March 2018"
		m.kind, m.ambiguous = period.By, true
	case m.kind == period.From, m.kind == period.During && m.left < it.from:
	case m.weak && m.kind == 0: // "ongoing in 2017/18"
		m.kind, m.ambiguous, m.past = period.During, true, false
	case m.kind == period.By && o.to == m.left:
		m.ambiguous = true
	default:
		return true
	}
	r.used(o.from, o.to-1)
	return false
}

// besideInPlace says whether what is in place beside a date is a reading of its own: "In place. Review in June 2018" is a sentence
// of its own, and so a reading.
func (r *reader) besideInPlace(o goingOn, m *marks, begin int) (own bool) {
	alone := r.sentenceEndsBefore(o.to, m.left) || r.at(o.to).word == "with"
	opens := o.from == begin || o.from == 1 && r.at(0).class == sign || r.sentenceEndsBehind(begin, o.from) || r.beginsAnew(o.from)
	if !alone && opens && o.to < m.left && m.kind != period.From && m.kind != period.During { // "Currently out to tender, award December 2017"
		m.ambiguous = true
	}
	return alone && opens || begin == 0 && r.sentenceEnds(o.to, o.to+1)
}

// standsApart says whether what follows "ongoing" is said of something else.
func (r *reader) standsApart(i int) bool {
	next := r.at(i)
	switch {
	case next.is('-'):
		return !next.glued
	case next.class == sign:
		return !next.is('/')
	case next.word == "to":
		return r.at(i+1).word == "be"
	}
	return next.has(wOngoing) || next.word == "with" || next.word == "but" || next.word == "pending"
}

// beginsAnew says whether a word begins what is said: behind a mark that is no hyphen, or with a capital behind a word that
// has none to follow it, as where two cells ran together.
func (r *reader) beginsAnew(i int) bool {
	t, before := r.at(i), r.at(i-1)
	if before.is(':') || before.is(';') || before.is('-') && !t.glued || r.isBullet(i-1) {
		return true
	}
	return t.capital && before.class == letter && !before.capital && len(before.word) > 3
}
