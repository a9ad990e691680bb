package dates

import (
	"slices"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
)

// readItems makes findings of the dates and of what stands between them, in the order written.
func (r *reader) readItems() {
	r.leaveOld()
	if len(r.found) > 0 {
		return
	}
	begin := 0
	var last marks
	for k := range r.items {
		it := &r.items[k]
		if it.old {
			s := r.saidIn(begin, it.oldFrom)
			r.tell(s, slices.Repeat([]bool{true}, len(s.going)), -1, begin)
			begin, last, r.lastOld = it.to, marks{}, it
			continue
		}
		stop := len(r.tokens)
		if k+1 < len(r.items) {
			stop = r.items[k+1].from
		}
		m := r.marksOf(it, begin, stop)
		if it.listed && m.kind == 0 && !m.end && !m.until && !m.past && m.left >= it.from-1 { // "in May 2016 and May 2017"
			m.kind, m.past, m.after = last.kind, last.past, last.after
		}
		s := r.saidIn(begin, m.left)
		if f, ok := r.everyYearOn(it, &m, &s); ok {
			r.tell(s, make([]bool, len(s.going)), -1, begin)
			f.segment = begin
			r.found = append(r.found, f)
			begin, last, r.lastOld = max(m.right, it.to), m, nil
			continue
		}
		bound := -1
		if n := len(s.repeats); n > 0 && r.keepsTo(s.repeats[n-1], &m, it) {
			bound, m.bound = n-1, true
		}
		own := make([]bool, len(s.going))
		for j, o := range s.going {
			own[j] = r.beside(o, &m, it, begin)
		}
		r.tell(s, own, bound, begin)
		f := r.dated(it, &m)
		f.segment = begin
		if bound >= 0 {
			r.bind(&f, s.repeats[bound], it, &m)
		}
		r.found = append(r.found, f)
		r.doubtStray(&m, it)
		r.lastOld = nil
		begin, last = max(m.right, it.to), m
	}
	r.readTail(begin)
}

// tell makes findings of the recurrences and of what goes on before a date, in order.
func (r *reader) tell(s said, own []bool, bound, begin int) {
	j := 0
	going := func(before int) {
		for ; j < len(s.going) && s.going[j].from < before; j++ {
			if own[j] {
				r.goesOn(s.going[j], begin)
			}
		}
	}
	for n, c := range s.repeats {
		going(c.from)
		if n != bound {
			r.comesBack(c, begin)
		}
	}
	going(len(r.tokens) + 1)
}

func (r *reader) goesOn(o goingOn, begin int) {
	r.used(o.from, o.to-1)
	r.found = append(r.found, finding{Reading: period.Reading{Kind: period.Ongoing}, from: o.from, to: o.to, segment: begin})
}

func (r *reader) comesBack(c repeat, begin int) {
	r.used(c.from, c.to-1)
	if c.review != "" {
		r.put(c.review)
	}
	r.found = append(r.found, finding{Reading: period.Reading{Kind: period.Recurring, RRule: c.rule}, from: c.from, to: c.to, segment: begin})
}

// readTail reads what is said behind the last date, or in a text without any.
func (r *reader) readTail(begin int) {
	s := r.saidIn(begin, len(r.tokens))
	if len(r.items) > 0 && len(s.repeats) > 0 && len(r.found) > 0 {
		// "from April 2017, monthly"
		f := &r.found[len(r.found)-1]
		if direct, _ := r.onlyMarks(begin, s.repeats[0].from); direct && (f.Kind == period.From || f.Kind == period.During) {
			r.bindTo(f, s.repeats[0])
			s.repeats = s.repeats[1:]
		}
	}
	own := make([]bool, len(s.going))
	for j, o := range s.going {
		direct, _ := r.onlyMarks(begin, o.from)
		next := r.at(o.to)
		switch {
		case len(r.items) == 0:
			own[j] = j == 0 || o.from == s.going[j-1].to
			if marks, _ := r.onlyMarks(0, o.from); own[j] && !marks && r.at(o.from).has(wOngoing) && o.mere && next.class == letter && next.role == 0 {
				r.put(period.Ambiguous) // "kind ongoing care" says how, and perhaps not when
			}
		case direct || j > 0 && o.from == s.going[j-1].to && own[j-1]:
			own[j] = o.mere && (next.class == sign || next.capital || next.has(wOngoing) || next.word == "thereafter")
		}
	}
	if len(r.items) == 0 && len(s.going) > 0 && r.toldDone() { // "Achieved and ongoing"
		r.put(period.Ambiguous)
	}
	r.tell(s, own, -1, begin)
}

// bind makes a date the ends of a recurrence.
func (r *reader) bind(f *finding, c repeat, it *item, m *marks) {
	if m.until {
		f.Start = 0
	}
	if m.weak && m.kind == 0 && it.ended {
		m.ambiguous = true
	}
	r.bindTo(f, c)
}

func (r *reader) bindTo(f *finding, c repeat) {
	r.used(c.from, c.to-1)
	if c.review != "" {
		r.put(c.review)
	}
	f.Kind, f.Due, f.RRule = period.Recurring, 0, c.rule
	f.from = min(f.from, c.from)
}

// dated makes a finding of a date and of what the words around it say.
func (r *reader) dated(it *item, m *marks) finding {
	f := finding{from: it.from, to: it.to}
	first, last, firstsLast, ok := r.resolve(it, m)
	if !ok {
		f.Kind = period.Unknown
		return f
	}
	f.Approx = m.approx || it.a.approx || it.b.approx
	f.Uncertain = m.uncertain
	f.last = last
	if m.misspelt || it.a.misspelt || it.b.misspelt {
		r.put(period.Misspelt)
	}
	if it.review != "" {
		r.put(it.review)
	}
	if before := r.at(it.from - 2).word; r.at(it.from-1).has(wYear) && (before == "academic" || before == "school") { // begins in September, and no rule says so
		r.put(period.Ambiguous)
	}
	kind := r.kind(it, m)
	if it.a.ambiguous || it.b.ambiguous || m.ambiguous {
		r.put(period.Ambiguous)
	}
	if kind == period.From && m.starts || kind == period.From && !m.after {
		until := r.lasting(first, m, it)
		if until == 0 {
			until = r.lastsSome(first, m.left-1)
		}
		if until != 0 {
			kind, last = period.During, until
			f.last = last
		}
	}
	f.Kind = kind
	switch kind {
	case period.By:
		f.End, f.Due = last, last
	case period.From:
		f.Start, f.Due = first, firstsLast
		switch {
		case m.after: // rule 20
			f.Start, f.Due = last.AddDays(1), 0
		case m.end: // from the end of X
			f.Start, f.Due = firstsLast, firstsLast
			r.put(period.Ambiguous)
		}
	case period.Done:
		f.Start, f.End = first, last
	default:
		f.Start, f.End, f.Due = first, last, last
	}
	return f
}

// kind decides between what the words mark and what the period itself says.
func (r *reader) kind(it *item, m *marks) period.Kind {
	range_ := it.several && (it.by == upTo || it.by == dash || it.by == both && m.kind == period.During)
	switch {
	case m.kind == period.By:
		return period.By
	case m.kind == period.From && it.ranged && !m.after && !m.onward && range_:
		return period.During // from X to Y
	case m.kind == period.From:
		if it.ranged && it.several { // from a range on: from its beginning, but is it late after that or after the end?
			r.put(period.Ambiguous)
		}
		return period.From
	case m.end && (m.kind == period.In || m.kind == 0) && !it.ranged: // rule 11: due end X
		return period.By
	case m.kind == period.During:
		if m.end {
			r.put(period.Ambiguous)
		}
		return period.During
	case m.until && !it.ranged: // "until X", and nothing says from when
		if !m.bound {
			r.put(period.Ambiguous)
		}
		return period.By
	case m.kind == period.In && it.ranged:
		return period.During
	case m.kind == period.In:
		return period.In
	case m.past:
		if range_ { // "closed 3 July to 25 August": over all of it, or told as past
			m.ambiguous = true
		}
		return period.Done
	case it.ranged || m.until:
		return period.During
	}
	return period.In
}

// resolve answers the first and the last day of a date, and the last day of its first span.
func (r *reader) resolve(it *item, m *marks) (first, last, firstsLast civil.Date, ok bool) {
	past := m.past || r.settings.Past || m.starts && r.startedBefore(m)
	if !r.withYear(&it.a, past) {
		return 0, 0, 0, false
	}
	first, firstsLast, ok = r.bounds(&it.a, it.a.year)
	if ok && !it.a.unreadable && !it.several {
		return first, firstsLast, firstsLast, true
	}
	if it.b.year == 0 && it.b.unit != planYear && it.several { // "Oct 16 to March"
		r.put(period.MissingYear)
		it.b.year, it.b.financial = it.a.year, it.a.financial
		if _, last, ok := r.bounds(&it.b, it.b.year); ok && last < first {
			it.b.year++
		}
	}
	ok = ok && !it.a.unreadable && !it.b.unreadable && r.withYear(&it.b, past)
	if ok {
		_, last, ok = r.bounds(&it.b, it.b.year)
	}
	if !ok {
		r.put(period.Unreadable)
		return 0, 0, 0, false
	}
	return first, last, firstsLast, true
}

// withYear gives a span the year that it was written without (rules 8 and 21).
func (r *reader) withYear(p *span, past bool) bool {
	switch {
	case p.unreadable:
		r.put(period.Unreadable)
		return false
	case p.year != 0:
		return true
	case p.unit == planYear || p.inPlanYear > 0:
		n := p.inPlanYear
		if n == 0 {
			n = p.n
		}
		p.year = r.settings.planYear(n)
		if p.year == 0 {
			r.put(period.Relative)
			return false
		}
		if first, _, ok := r.bounds(p, p.year); ok && first.After(r.settings.PlanEnd) {
			r.put(period.Ambiguous) // the plan has no such year
		}
		return true
	}
	p.year = r.nearestYear(p, past)
	if p.year == 0 {
		if r.settings.Dated == 0 && r.settings.PlanStart == 0 {
			r.put(period.MissingYear)
		} else {
			r.put(period.Unreadable)
		}
		return false
	}
	r.put(period.MissingYear)
	return true
}

// startedBefore says whether the start that marks the kind is told as past: "started in January".
func (r *reader) startedBefore(m *marks) bool {
	for i := m.left; i >= 0 && i > m.left-12; i-- {
		if t := r.at(i); t.has(wStarts) {
			return t.word == "started" || t.word == "commenced" || t.word == "began" || t.word == "begun"
		}
	}
	return false
}

// doubtStray asks about a number right beside a date that nothing explains.
func (r *reader) doubtStray(m *marks, it *item) {
	left, right := r.at(m.left-1), r.at(m.right)
	if r.oldBefore(m.left) != nil {
		left = &r.nothing
	}
	// "first week of March", "last quarter of 2017": no rule reads them.
	if !left.used && (left.has(wQuarter|wHalf|wMonth|wSeason) || left.has(wUnit) && left.n > unitMinute && r.at(m.left-2).word != "a" && r.at(m.left-2).word != "per" && (!left.has(wYear) || r.at(m.left-2).class == digits || r.at(m.left-2).has(wNumeral))) {
		r.put(period.Ambiguous)
	}
	if word := left.word; it.a.unit == calendarYear && m.bare && left.class == letter && left.role == 0 && len(word) == 2 && !left.used && r.beginsMonth(left) { // "Ma 2018"
		r.put(period.Ambiguous)
	}
	if left.class == letter && left.role == 0 && !left.used && !left.aside && !left.glued && !left.misspelt && r.damagedWord(left, it) {
		r.put(period.Ambiguous)
	}
	if broken := r.at(m.left - 2); left.class == letter && len(left.word) == 1 && left.glued && broken.class == digits && broken.glued && r.at(m.left-3).class == letter { // "end0f March"
		r.put(period.Ambiguous)
	}
	if n := r.at(m.left - 2); m.bare && it.a.unit == aMonth && left.is('.') && left.glued && n.class == digits && n.digitsOf() < 3 && !n.aside && !n.glued { // "12. March 2018": a number in a list, or the day
		r.put(period.Ambiguous)
	}
	if r.leftOver(m, it) || r.cutNumber(m.left-1, -1) || r.cutNumber(m.right, 1) {
		r.put(period.Ambiguous)
	}
	if m.bare && left.class == digits && !left.used && !left.aside && !r.at(m.left-2).has(wCalled|wYear) && !r.at(m.left).has(wFinancial|wUnit) ||
		right.class == digits && !right.used && !right.aside && r.at(m.right+1).class != letter && !r.at(m.right+1).is(')') && !r.at(m.right+1).is('.') {
		r.put(period.Ambiguous)
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
