package dates

import "milepost.dev/domain/period"

// doubt is something right beside a date that nothing explains, about which a person is asked.
type doubt struct {
	example string // a text that asks
	asks    func(r *reader, m *marks, it *item, left, right *token) bool
}

// doubtsBeside are in no order: any of them is enough.
var doubtsBeside = [...]doubt{
	// No rule reads it.
	{"first week of March 2018", func(r *reader, m *marks, _ *item, left, _ *token) bool {
		if left.used {
			return false
		}
		before := r.at(m.left - 2)
		return left.has(wQuarter|wHalf|wMonth|wSeason) || left.has(wUnit) && left.n > unitMinute && before.word != "a" && before.word != "per" &&
			(!left.has(wYear) || before.class == digits || before.has(wNumeral))
	}},
	{"Ma 2018", func(r *reader, m *marks, it *item, left, _ *token) bool {
		return it.a.unit == calendarYear && m.bare && left.class == letter && left.role == 0 && len(left.word) == 2 && !left.used && r.beginsMonth(left)
	}},
	{"ned March 2018", func(r *reader, _ *marks, it *item, left, _ *token) bool {
		return left.class == letter && left.role == 0 && !left.used && !left.aside && !left.glued && !left.misspelt && r.damagedWord(left, it)
	}},
	{"by end0f March 2018", func(r *reader, m *marks, _ *item, left, _ *token) bool {
		broken := r.at(m.left - 2)
		return left.class == letter && len(left.word) == 1 && left.glued && broken.class == digits && broken.glued && r.at(m.left-3).class == letter
	}},
	// A number in a list, or the day.
	{"approved 12. March 2018", func(r *reader, m *marks, it *item, left, _ *token) bool {
		n := r.at(m.left - 2)
		return m.bare && it.a.unit == aMonth && left.is('.') && left.glued && n.class == digits && n.digitsOf() < 3 && !n.aside && !n.glued
	}},
	{"Michaelmas 2018", func(r *reader, m *marks, it *item, _, _ *token) bool { return r.leftOver(m, it) }},
	{"31 March 2018/2", func(r *reader, m *marks, _ *item, _, _ *token) bool {
		return r.cutNumber(m.left-1, -1) || r.cutNumber(m.right, 1)
	}},
	{"16 06 2017", func(r *reader, m *marks, _ *item, left, _ *token) bool {
		return m.bare && left.class == digits && !left.used && !left.aside && !r.at(m.left-2).has(wCalled|wYear) && !r.at(m.left).has(wFinancial|wUnit)
	}},
	{"March 2018 17", func(r *reader, m *marks, _ *item, _, right *token) bool {
		next := r.at(m.right + 1)
		return right.class == digits && !right.used && !right.aside && next.class != letter && !next.is(')') && !next.is('.')
	}},
}

// doubtStray asks about what nothing explains right beside a date.
func (r *reader) doubtStray(m *marks, it *item) {
	left, right := r.at(m.left-1), r.at(m.right)
	if r.oldBefore(m.left) != nil {
		left = &r.nothing
	}
	for k := range doubtsBeside {
		if doubtsBeside[k].asks(r, m, it, left, right) {
			r.applied(doubtsBeside[k].example)
			r.put(period.Ambiguous)
			return
		}
	}
}

// cutNumber says whether a number that nothing explains is joined to a date: "01/1l/2016", "18/1 9".
func (r *reader) cutNumber(i, step int) bool {
	joint, far := r.at(i), r.at(i+step)
	if !joint.is('/') && !joint.is('-') || joint.used || joint.aside || far.aside || far.used || far.class != digits && !(far.class == letter && (r.at(i+2*step).class == digits && r.at(i+max(step, 2*step)).glued)) {
		return false
	}
	if step > 0 {
		return joint.glued && far.glued
	}
	return joint.glued
}

// beginsMonth says whether a word of two letters is the beginning of a month's name, and no abbreviation.
func (r *reader) beginsMonth(t *token) bool {
	for _, m := range monthNames {
		if m.word[:2] == t.word {
			return !r.capitals(t)
		}
	}
	return false
}
