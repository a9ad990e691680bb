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
	if n := r.readRankedPart(i, p); n > 0 {
		return n
	}
	switch {
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
	case r.someMonthsAt(i) > 0:
		return r.readSomeMonths(i, p)
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
	case t.word == "new":
		return r.readNewYear(i, p)
	case t.role == 0:
		return r.readMisspelt(i, p)
	}
	return 0
}

// readRankedPart reads a quarter or half that is named by its place: "second half of 2018", "final quarter 17/18".
func (r *reader) readRankedPart(i int, p *span) int {
	t, part, behind := r.at(i), r.at(i+1), r.at(i+2)
	if !part.has(wQuarter | wHalf) {
		return 0
	}
	half := part.has(wHalf)
	switch {
	case t.word == "latter" && half:
		p.n = 2
	case t.word == "final" && !(behind.class == digits && behind.digitsOf() == 1), t.word == "last" && behind.word == "of":
		if p.n = 4; half {
			p.n = 2
		}
	case t.has(wRank) && (behind.word == "of" || part.has(wQuarter) || behind.class == digits):
		p.n = int(t.n)
	default:
		return 0
	}
	return r.ofPart(i, 2, half, p)
}

// readNewYear reads "in the new year 2018": early in it.
func (r *reader) readNewYear(i int, p *span) int {
	if r.at(i+1).word != "year" {
		return 0
	}
	n := r.year(i+2, p)
	if n == 0 {
		return 0
	}
	p.unit, p.third, p.approx, p.ambiguous = calendarYear, 1, true, true
	return n + 2
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
func (r *reader) year(i int, p *span) int {
	n := r.jointsOfYear(i, p)
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
	if n = r.yearDigits(i, n, p); n > 0 && bracket && r.at(i+n).is(')') {
		n++
	}
	return n
}

// jointsOfYear counts what may stand between a period and its year.
func (r *reader) jointsOfYear(i int, p *span) (n int) {
	for n < 3 && r.isJoint(i+n, p) {
		n++
	}
	return n
}

func (r *reader) isJoint(i int, p *span) bool {
	t := r.at(i)
	switch {
	case t.word == "of", t.has(wArticle), t.is(','), t.is('.'), t.is('-'):
		return true
	case t.word == "in":
		return p.unit != aDay
	case t.is('('):
		return r.closed(i)
	}
	return t.is('/') && t.glued
}

// yearDigits reads the digits of a year, n tokens behind what it is the year of, and says how many tokens all that takes.
func (r *reader) yearDigits(i, n int, p *span) int {
	t := r.at(i + n)
	if t.class != digits || t.aside {
		return 0
	}
	var q span
	m := r.yearNumber(i+n, &q)
	switch {
	case m > 0 && q.unit == financialYear:
		p.year, p.financial, p.ambiguous = q.year, true, p.ambiguous || q.ambiguous
		return n + m
	case m > 0 && q.unit == calendarYear && (p.unit == aQuarter || p.unit == aHalf || p.unit == aSeason && p.n == 4) && r.yearAfter(i+n+m, q.year):
		p.year, p.financial = q.year, true // "winter 2017 to 2018"
		return n + m + 2
	case m > 0 && q.unit == calendarYear:
		p.year = q.year
		return n + m
	case t.digitsOf() == 2:
		return r.shortYear(i, n, p)
	}
	return 0
}

// shortYear reads a year of two digits, and one with a space in the middle.
func (r *reader) shortYear(i, n int, p *span) int {
	t, before, next := r.at(i+n), r.at(i+n-1), r.at(i+n+1)
	if t.num == 20 && next.class == digits && next.digitsOf() == 2 && !r.at(i+n+2).is('/') { // 20 17
		p.year = 2000 + next.num
		return n + 2
	}
	if next.has(wOrdinal) || n > 0 && before.is('-') && next.has(wMonth) && (p.unit == aDay || !before.glued) {
		return 0 // "1 June - 31 July": a day of the other end
	}
	p.year = 2000 + t.num
	p.ambiguous = p.ambiguous || next.has(wCounted) && !next.capital // "by April 17 practices": of a year, or the first of them
	return n + 1
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
	next, second := r.at(start+n), r.at(start+n+1)
	if next.is('.') && next.glued {
		n++
		next, second = second, r.at(start+n+1)
	}
	if m := r.dayBehindMonth(start+n, p); m > 0 {
		return n + m
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

// dayBehindMonth reads the day behind a month, "March 31st", and its year, "March 31 2017".
func (r *reader) dayBehindMonth(i int, p *span) int {
	day, second := r.at(i), r.at(i+1)
	if day.class != digits || day.aside || day.num < 1 || day.num > 31 || day.digitsOf() > 2 {
		return 0
	}
	m, st := 1, second.has(wOrdinal)
	if st {
		m, second = 2, r.at(i+2)
	}
	n := m
	if second.is(',') {
		m++
	}
	var q span
	after := r.yearNumber(i+m, &q)
	switch {
	case r.at(i+m).digitsOf() == 4 && after > 0 && q.unit == calendarYear: // March 31 2017, June 14 th 2018
		p.unit, p.day, p.year = aDay, day.num, q.year
		p.ambiguous = !st && day.digitsOf() == 2 && !r.at(i+m-1).is(',') && q.year-2000-day.num < 10 && day.num-q.year+2000 < 10
		return m + after
	case st, day.digitsOf() == 1 && !second.is('/') && !second.is('.') && !second.has(wMonth) && second.class != letter: // March 31st, June 5
		p.unit, p.day = aDay, day.num
		return n
	}
	return 0
}

// leadsToMonth are words that a month stands behind.
const leadsToMonth = wIn | wBy | wFrom | wUntil | wEnd | wThird | wDuring | wTo | wDue | wAfter

// meansMonth tells the months that are words as well from the words: "may be", "will march".
func (r *reader) meansMonth(i int) bool {
	t := r.at(i)
	switch t.word {
	case "march":
		return r.isDated(i) || t.capital && r.isMeantMonth(i) || !t.capital && r.isMay(i)
	case "may":
		return r.isDated(i) || r.isMay(i)
	case "mar", "dec", "sep", "jan", "jun":
		return r.isDated(i) || r.isMeantMonth(i)
	}
	return true
}

// isDated says whether a number or another month stands beside a month.
func (r *reader) isDated(i int) bool {
	before, next := r.at(i-1), r.at(i+1)
	if (next.word == "of" || next.is(',') || next.is('.')) && r.at(i+2).class == digits {
		return true
	}
	if next.class == digits || next.is('-') || next.is('\'') || next.is('/') || before.class == digits || before.has(wOrdinal) {
		return true
	}
	return (next.has(wAnd|wTo) || next.is(',') || next.is('&')) && r.at(i+2).has(wMonth) || r.at(i-2).has(wMonth) && (before.has(wAnd|wTo) || before.is(',') || before.is('&'))
}

// isMeantMonth says whether a word that is hardly another one is a month.
func (r *reader) isMeantMonth(i int) bool {
	return r.at(i).capital || len(r.tokens) == 1 || r.at(i-1).has(leadsToMonth)
}

// isMay says whether a word that is mostly another one is a month.
func (r *reader) isMay(i int) bool {
	t, before, next := r.at(i), r.at(i-1), r.at(i+1)
	if before.has(leadsToMonth|wBetween|wStarts) || before.is('-') || before.is('/') || before.word == "of" || len(r.tokens) == 1 {
		return true
	}
	return t.capital && (next.class != letter || before.has(wAnd|wMonth) || next.has(wTo|wOnwards))
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
