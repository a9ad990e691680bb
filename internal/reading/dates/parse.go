package dates

// findSpans finds every period that is named, from left to right: what is read is not read again, so that
// "Mar 18 April 17" is two months and holds no 18 April.
func (r *reader) findSpans() {
	for i := 0; i < len(r.tokens); {
		p := span{from: i}
		n := r.span(i, &p)
		if n == 0 {
			i++
			continue
		}
		p.from, p.to = i, i+n
		for k := i; k < p.to; k++ {
			r.tokens[k].used = true
			p.misspelt = p.misspelt || r.tokens[k].misspelt
			p.ambiguous = p.ambiguous || r.tokens[k].foreign // the rules are those of English
		}
		r.checkWeekday(&p)
		r.printedQuarter(&p)
		r.spans = append(r.spans, p)
		i = p.to
	}
}

// span reads the period that begins with a token, and says how many tokens it takes; 0 where none does.
func (r *reader) span(i int, p *span) int {
	if r.nested == mostNested {
		return 0
	}
	r.nested++
	n := r.spanAt(i, p)
	r.nested--
	return n
}

// mostNested is how many periods may be named inside another: "early in the first six months of Year 1". More are no period,
// and to look for them from each word on would take more than linear time.
const mostNested = 5

func (r *reader) spanAt(i int, p *span) int {
	t := r.at(i)
	if t.aside {
		return 0
	}
	if t.class == digits {
		return r.numeric(i, p)
	}
	if t.is('\'') && r.at(i+1).class == digits { // '17/18
		if n := r.numeric(i+1, p); n > 0 && p.unit != aDay {
			return n + 1
		}
		return 0
	}
	if t.class != letter {
		return 0
	}
	if n := r.readNumberedWeek(i, p); n > 0 {
		return n
	}
	switch {
	case t.word == "latter" && r.at(i+1).has(wHalf):
		p.n = 2
		return r.ofPart(i, 2, true, p)
	case t.has(wThird | wBegin):
		return r.readThird(i, p)
	case t.has(wMonth):
		if r.everyYear(i) >= 0 {
			return 0
		}
		return r.readMonth(i, i, p)
	case t.has(wSeason):
		return r.readSeason(i, p)
	case t.has(wQuarter | wHalf):
		return r.readPart(i, p)
	case t.word == "final" && r.at(i+1).has(wQuarter|wHalf) && !(r.at(i+2).class == digits && r.at(i+2).digitsOf() == 1) || t.word == "last" && r.at(i+1).has(wQuarter|wHalf) && r.at(i+2).word == "of":
		if p.n = 4; r.at(i + 1).has(wHalf) {
			p.n = 2
		}
		return r.ofPart(i, 2, r.at(i+1).has(wHalf), p)
	case r.someMonthsAt(i) > 0:
		return r.readSomeMonths(i, p)
	case t.has(wRank) && r.at(i+1).has(wQuarter|wHalf) && (r.at(i+2).word == "of" || r.at(i+1).has(wQuarter) || r.at(i+2).class == digits): // second half of
		n := 2
		p.n = int(t.n)
		return r.ofPart(i, n, r.at(i+1).has(wHalf), p)
	case t.has(wFinancial), t.word == "calendar":
		return r.readNamedYear(i, p)
	case t.has(wWeekday):
		return r.readWeekday(i, p)
	case t.has(wUnit) && t.n == unitWeek || t.word == "w" || t.word == "wc":
		return r.readWeek(i, p)
	case t.has(wYear):
		return r.readPlanYear(i, p)
	case t.has(wHoliday):
		return r.readHoliday(i, p)
	case t.word == "new" && r.at(i+1).word == "year": // "in the new year 2018": early in it
		n := r.year(i+2, p)
		if n == 0 {
			return 0
		}
		p.unit, p.third, p.approx, p.ambiguous = calendarYear, 1, true, true
		return n + 2
	case t.role == 0:
		return r.readMisspelt(i, p)
	}
	return 0
}

// readThird reads "early 17/18", "mid-March", "start of 2017" (rules 3 and 11).
func (r *reader) readThird(i int, p *span) int {
	n, t := 1, r.at(i)
	which := int(t.n)
	if t.has(wBegin) {
		which = 1
		if r.at(i+1).word != "of" { // "start 2017" is a start
			return 0
		}
	}
	if (r.at(i+n).is('/') || r.at(i+n).is('-') || r.at(i+n).word == "to") && r.at(i+n+1).has(wThird) { // mid to late
		which, n = int(r.at(i+n+1).n), n+2
		p.ambiguous = true
	}
	for r.at(i+n).is('-') || r.at(i+n).has(wArticle) || r.at(i+n).word == "of" || r.at(i+n).word == "in" || r.at(i+n).word == "part" || (t.word == "midway" || t.word == "halfway") && r.at(i+n).word == "through" ||
		r.at(i+n).word == "year" && r.at(i+n+1).class == digits && r.at(i+n+1).digitsOf() > 1 { // mid-year 2017/18
		n++
	}
	inner := r.at(i + n)
	if inner.has(wThird|wBegin) || inner.class == digits && inner.digitsOf() < 4 && r.isDay(i+n) {
		return 0
	}
	m := r.span(i+n, p)
	if m == 0 || p.unit == aDay || p.unit == aWeek {
		return 0
	}
	p.approx = true
	p.third = which
	if !p.hasThirds() {
		p.ambiguous = true // no rule says what is early in a season
	}
	return n + m
}

// isDay says whether a number and a month are a day.
func (r *reader) isDay(i int) bool {
	var p span
	return r.numeric(i, &p) > 0 && p.unit == aDay
}

// year reads how a year is written behind a month, season or quarter: 2017, 17, '17, 2017/18, "of 2017".
func (r *reader) year(i int, p *span) (n int) {
	for k := 0; k < 3 && (r.at(i+n).word == "of" || r.at(i+n).word == "in" && p.unit != aDay || r.at(i+n).is(',') || r.at(i+n).is('.') ||
		r.at(i+n).is('-') || r.at(i+n).is('(') && r.closed(i+n) || r.at(i+n).has(wArticle) ||
		r.at(i+n).is('/') && r.at(i+n).glued); k++ {
		n++
	}
	if n > 0 && r.at(i+n-1).has(wArticle) && !r.at(i+n).has(wFinancial) && p.unit != aQuarter && p.unit != aHalf {
		return 0
	}
	bracket := n > 0 && r.at(i+n-1).is('(')
	if p.unit == aQuarter || p.unit == aHalf { // Q2 Year 1
		var q span
		r.used(i-1, i-1) // it is the quarter's, and counts no years
		if m := r.countPlanYear(i+n, &q); m > 0 && q.last == 0 && !r.yearBehind(i+n+m) {
			p.inPlanYear, p.financial = q.n, true
			return n + m
		}
	}
	if r.at(i + n).has(wFinancial) {
		var q span
		m := r.readNamedYear(i+n, &q)
		if m == 0 {
			return 0
		}
		p.year, p.financial, p.ambiguous = q.year, true, p.ambiguous || q.ambiguous
		return n + m
	}
	if r.at(i + n).is('\'') {
		n++
	}
	t := r.at(i + n)
	if t.class != digits || t.aside {
		return 0
	}
	var q span
	m := r.yearNumber(i+n, &q)
	switch {
	case m > 0 && q.unit == financialYear:
		p.year, p.financial, p.ambiguous = q.year, true, p.ambiguous || q.ambiguous
		n += m
	case m > 0 && q.unit == calendarYear && r.yearAfter(i+n+m, q.year) && (p.unit == aQuarter || p.unit == aHalf || p.unit == aSeason && p.n == 4):
		p.year, p.financial = q.year, true // "winter 2017 to 2018"
		n += m + 2
	case m > 0 && q.unit == calendarYear:
		p.year = q.year
		n += m
	case t.digitsOf() == 2 && r.at(i+n+1).class == digits && t.num == 20 && r.at(i+n+1).digitsOf() == 2 && !r.at(i+n+2).is('/'): // 20 17
		p.year = 2000 + r.at(i+n+1).num
		n += 2
	case n > 0 && r.at(i+n-1).is('-') && r.at(i+n+1).has(wMonth) && (p.unit == aDay || !r.at(i+n-1).glued):
		return 0 // "1 June - 31 July": a day of the other end
	case t.digitsOf() == 2 && !r.at(i+n+1).has(wOrdinal):
		p.year = 2000 + t.num
		n++
		if r.at(i+n).has(wCounted) && !r.at(i+n).capital { // "by April 17 practices": of a year, or the first of them
			p.ambiguous = true
		}
	default:
		return 0
	}
	if bracket && r.at(i+n).is(')') {
		n++
	}
	return n
}

// closed says whether a bracket holds only one number or two: "Q2 (17/18)".
func (r *reader) closed(i int) bool {
	return r.at(i+1).class == digits && (r.at(i+2).is(')') || r.at(i+3).class == digits && r.at(i+4).is(')'))
}

// readMonth reads a month with its year, or with a day behind it. With a two-digit number it is a month of a
// year, never a day (rule 5).
func (r *reader) readMonth(start, i int, p *span) int {
	t := r.at(i)
	if !r.meansMonth(i) {
		return 0
	}
	p.unit, p.month = aMonth, int(t.n)
	n := i - start + 1
	next, second, third := r.at(start+n), r.at(start+n+1), r.at(start+n+2)
	if next.is('.') && next.glued {
		n++
		next, second, third = second, third, r.at(start+n+2)
	}
	if next.class == digits && !next.aside && next.num >= 1 && next.num <= 31 && next.digitsOf() < 3 {
		m, st := 1, second.has(wOrdinal)
		if st {
			m, second = 2, third
		}
		if second.is(',') {
			m++
		}
		var q span
		after := r.yearNumber(start+n+m, &q)
		switch {
		case r.at(start+n+m).digitsOf() == 4 && after > 0 && q.unit == calendarYear: // March 31 2017, June 14 th 2018
			p.unit, p.day, p.year = aDay, next.num, q.year
			p.ambiguous = !st && next.digitsOf() == 2 && !r.at(start+n+m-1).is(',') && q.year-2000-next.num < 10 && next.num-q.year+2000 < 10
			return n + m + after
		case st, next.digitsOf() == 1 && !second.is('/') && !second.is('.') && !second.has(wMonth) && second.class != letter: // March 31st, June 5
			p.unit, p.day = aDay, next.num
			if second.is(',') {
				m--
			}
			return n + m
		}
	}
	if next.class == digits && !next.aside && next.digitsOf() < 3 && next.num > 31 && isYear(second) { // January 45 2014
		p.unreadable = true
		return n + 2
	}
	if next.class == digits && next.digitsOf() == 3 && !next.aside { // "December 216": a digit was lost
		p.misspelt = true
		return n + 1
	}
	m := r.year(start+n, p)
	if m > 0 && p.financial && p.month < r.settings.yearBegins() {
		p.ambiguous = true // March 2017/18 is nearly always 2018
	}
	return n + m
}

// meansMonth tells the months that are words as well from the words: "may be", "will march".
func (r *reader) meansMonth(i int) bool {
	t, before, next := r.at(i), r.at(i-1), r.at(i+1)
	if t.word != "may" && t.word != "march" && t.word != "mar" && t.word != "dec" && t.word != "sep" && t.word != "jan" && t.word != "jun" {
		return true
	}
	if (next.word == "of" || next.is(',') || next.is('.')) && r.at(i+2).class == digits {
		return true
	}
	if next.class == digits || next.is('-') || next.is('\'') || next.is('/') || before.class == digits || before.has(wOrdinal) {
		return true
	}
	if (next.has(wAnd|wTo) || next.is(',') || next.is('&')) && r.at(i+2).has(wMonth) || r.at(i-2).has(wMonth) && (before.has(wAnd|wTo) || before.is(',') || before.is('&')) {
		return true
	}
	if t.word != "may" && (t.word != "march" || t.capital) {
		return t.capital || len(r.tokens) == 1 || before.has(wIn|wBy|wFrom|wUntil|wEnd|wThird|wDuring|wTo|wDue|wAfter)
	}
	return before.has(wIn|wBy|wFrom|wUntil|wEnd|wThird|wDuring|wTo|wDue|wAfter|wBetween) || before.is('-') || before.is('/') ||
		before.has(wStarts) || t.capital && (i == 0 && next.class != letter || before.has(wAnd) || before.has(wMonth)) || len(r.tokens) == 1 ||
		next.has(wTo|wOnwards) && t.capital || before.word == "of" || t.capital && i > 0 && next.class != letter
}

// readSeason reads "Winter 2016/17" (rule 4). Bare, it is a season only where a word of time comes before.
func (r *reader) readSeason(i int, p *span) int {
	p.unit, p.n = aSeason, int(r.at(i).n)
	words := 1
	if t := r.at(i + 1); t.class == letter && t.role == 0 && isYear(r.at(i+2)) { // "summer term 2018": no rule says when that is
		words, p.ambiguous = 2, true
	}
	if n := r.year(i+words, p); n > 0 {
		if p.financial && r.straddles(3*p.n) {
			p.ambiguous = true // spring lies in two financial years
		}
		return n + words
	}
	before := r.at(i - 1)
	if len(r.tokens) == 1 || before.has(wIn|wBy|wFrom|wUntil|wEnd|wThird|wDuring|wTo|wDue|wAfter|wStarts) || before.is('/') || before.word == "of" ||
		before.has(wArticle) && r.at(i-2).has(wIn|wBy|wFrom|wUntil|wDuring|wTo|wAfter) ||
		(r.at(i+1).is('/') || r.at(i+1).is('-') || r.at(i+1).is('&') || r.at(i+1).has(wTo|wAnd)) && r.at(i+2).has(wSeason) {
		return words
	}
	return 0
}
