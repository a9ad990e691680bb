package dates

import (
	"strings"

	"milepost.dev/domain/period"
)

// said is what is said between two dates, or before the first or behind the last.
type said struct {
	repeats []repeat
	going   []goingOn
}

func (r *reader) saidIn(begin, stop int) (s said) {
	for i := begin; i < stop; {
		if len(r.items) > 0 && r.at(i).word == "annual" && r.at(i+1).class == letter { // "Annual report June 2018" is of one
			if stop < len(r.tokens) && !r.isFirst(i, begin) {
				r.put(period.Ambiguous)
			}
			i++
			continue
		}
		if c, ok := r.repeatAt(i); ok && c.to <= stop {
			i = c.to
			if r.isFirst(c.from, begin) && stop < len(r.tokens) {
				continue
			}
			if n := len(s.repeats); n > 0 && s.repeats[n-1].rule == recurrences[everyYear].rule && strings.HasPrefix(c.rule, recurrences[everyYear].rule) {
				s.repeats = s.repeats[:n-1] // "annual refresh each April" is said once more, and more closely
			}
			s.repeats = append(s.repeats, c)
			continue
		}
		if o, ok := r.goingOnAt(i); ok && o.to <= stop && !r.wanted(i, begin) {
			s.going = append(s.going, o)
			i = o.to
			continue
		}
		i++
	}
	return s
}

// isFirst says whether what comes back is spoken of once, before its date: "First quarterly return due 17 November".
func (r *reader) isFirst(i, begin int) bool {
	if !r.at(i).has(wRepeats) || r.at(i+1).class != letter {
		return false
	}
	for k := i - 1; k >= begin && k >= i-3 && r.at(k).class == letter; k-- {
		if t := r.at(k); t.has(wRank) || t.word == "next" || t.word == "final" {
			return true
		}
	}
	return false
}

// onlyNouns says whether no more stands between a recurrence and a range than what comes back: "weekly meetings 6 November
// 2017 - 30 March 2018".
func (r *reader) onlyNouns(from, to int) bool {
	nouns := 0
	for i := from; i < to; i++ {
		switch t := r.at(i); {
		case t.class == letter && t.role&^(wCalled|wCounted) == 0 && !t.used:
			nouns++
		case t.class != sign || t.is(',') || t.is(';') || t.is('.'):
			return false
		}
	}
	return nouns < 4
}

// onlyMarks says whether nothing but marks, and perhaps "and", stands between two tokens.
func (r *reader) onlyMarks(from, to int) (marksOnly, joinedByAnd bool) {
	for i := from; i < to; i++ {
		t := r.at(i)
		joinedByAnd = joinedByAnd || t.has(wAnd) || t.is('&')
		if t.class != sign && !t.has(wAnd) && t.word != "then" {
			return false, joinedByAnd
		}
	}
	return true, joinedByAnd
}

// keepsTo says whether a recurrence takes its ends from the date behind it: "monthly to September 2017".
func (r *reader) keepsTo(c repeat, m *marks, it *item) bool {
	if r.sentenceEnds(c.to, m.left) || m.past || m.kind == period.By || m.kind == period.In || m.end && !m.until && m.kind == 0 {
		return false
	}
	if m.kind == 0 && m.left == it.from && it.several && (it.by == upTo || it.by == dash) { // "monthly April 17 - March 18"
		direct, _ := r.onlyMarks(c.to, m.left)
		return direct || r.onlyNouns(c.to, m.left)
	}
	for i := c.to; i < m.left; i++ {
		if t := r.at(i); t.is(',') && !(m.kind == period.From && i == c.to && i+1 == m.left) || t.has(wTo) && (m.kind != period.From || r.at(i+1).word == "be") || t.has(wAnd) {
			return false
		}
	}
	return m.until || m.kind == period.From || m.kind == period.During || m.weak
}
