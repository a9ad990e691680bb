package dates

import "milepost.dev/domain/period"

// readWeekday reads a day with the name of the weekday before it: "Tuesday 21st August". checkWeekday says what the name adds.
func (r *reader) readWeekday(i int, p *span) int {
	n := 1
	for r.at(i+n).is(',') || r.at(i+n).has(wArticle) {
		n++
	}
	if r.at(i-1).has(wEach) || r.at(i+n).class != digits {
		return 0
	}
	if m := r.span(i+n, p); m > 0 && p.unit == aDay {
		return n + m
	}
	*p = span{from: i}
	return 0
}

// readWeek reads "week commencing 12 March 2018", "w/c 12/03/18". No rule says whether the week or its first
// day is meant.
func (r *reader) readWeek(i int, p *span) int {
	n, ending := 0, false
	switch {
	case r.at(i).word == "w" && r.at(i+1).is('/') && (r.at(i+2).word == "c" || r.at(i+2).word == "b" || r.at(i+2).word == "e"):
		n, ending = 3, r.at(i+2).word == "e"
	case r.at(i).word == "wc":
		n = 1
	case r.at(i).n == unitWeek && r.at(i+1).word == "ending":
		n, ending = 2, true
	case r.at(i).n == unitWeek && (r.at(i+1).has(wStarts) || r.at(i+1).word == "of" || r.at(i+1).has(wBegin)):
		n = 2
	default:
		return 0
	}
	for r.at(i+n).is(':') || r.at(i+n).has(wArticle) {
		n++
	}
	if r.at(i+n).class != digits && !r.at(i+n).has(wWeekday) {
		return 0
	}
	m := r.span(i+n, p)
	if m == 0 || p.unit != aDay {
		*p = span{from: i}
		return 0
	}
	p.unit, p.ambiguous = aWeek, true
	if ending {
		p.n = 6
	}
	return n + m
}

// readMisspelt reads a month that is misspelt (rule 7). It must stand where a month can: before a year, or,
// with more letters to tell it by, behind a word of time.
func (r *reader) readMisspelt(i int, p *span) int {
	t, before := r.at(i), r.at(i-1)
	if n := r.readMisspeltPart(i, p); n > 0 {
		return n
	}
	n := 1
	if r.at(i+1).is('-') || r.at(i+1).is('.') || r.at(i+1).is(',') || r.at(i+1).is('\'') {
		n = 2
	}
	number := r.at(i + n)
	dated := isYear(number) || number.class == digits && number.digitsOf() == 2 && !number.aside && !r.at(i+n+1).has(wOrdinal) ||
		number.class == digits && number.digitsOf() < 3 && r.at(i+n+1).has(wOrdinal) && isYear(r.at(i+n+2))
	placed := len(t.word) > 5 && (len(r.tokens) == 1 || before.has(wIn|wBy|wFrom|wUntil|wEnd|wThird|wDuring|wTo|wStarts))
	if !dated && !placed || len(t.word) < 5 && r.capitals(t) { // "STP 2016/17"
		return 0
	}
	month, tie := nearestMonth(t.word, false)
	switch {
	case tie && dated:
		p.unit, p.unreadable = aMonth, true
		return n + 1
	case month == 0 || tie:
		if month, _ := nearestMonth(t.word, true); dated && len(t.word) > 4 && month > 0 { // near, but begins otherwise
			r.put(period.Ambiguous)
		}
		return 0
	}
	t.misspelt = true
	t.entry = entry{role: wMonth, n: month}
	return r.readMonth(i, i, p)
}

// readMisspeltPart reads a season, a quarter or a third that is misspelt.
func (r *reader) readMisspeltPart(i int, p *span) int {
	t, next := r.at(i), r.at(i+1)
	if next.class != digits && next.word != "of" && !next.has(wMonth|wSeason) {
		return 0
	}
	word := nearestWord(t.word)
	if !lexicon[word].has(wSeason|wQuarter|wThird) && !(lexicon[word].has(wBegin) && next.word == "of") {
		return 0
	}
	was := *t
	t.entry, t.misspelt = lexicon[word], true
	if n := r.span(i, p); n > 1 {
		return n
	}
	*t, *p = was, span{from: i}
	return 0
}

// capitals says whether a word is written in capitals alone, as a single letter may be: an abbreviation, and no misspelt
// month.
func (r *reader) capitals(t *token) bool {
	return t.capital && (t.end == t.at+1 || r.text[t.at+1] != r.lower[t.at+1])
}

// dayRange reads days of one month: "24 - 28 January 2017", "24/25 January", "1st to 3rd March 2017".
func (r *reader) dayRange(i int, p *span) int {
	first, k := r.at(i), i+1
	if !isDayNumber(first) || r.at(i-1).is('/') || r.at(i-1).has(wMonth) {
		return 0
	}
	if r.at(k).has(wOrdinal) {
		k++
	}
	link, second := r.at(k), r.at(k+1)
	if r.at(i-1).has(wCalled) && !link.glued { // "Phase 2 - 31 March" speaks of one day
		return 0
	}
	list := link.is(',') && k > i+1 && r.at(k+2).has(wOrdinal) // "24th, 25th May"
	and := link.has(wAnd) || link.is('&') || list
	if !link.is('-') && !link.is('/') && !link.has(wTo) && !and || !isDayNumber(second) || second.num <= first.num {
		return 0
	}
	var q span
	n := r.lastDay(k+1, list, &q)
	if n == 0 || q.day != second.num || q.misspelt {
		return 0
	}
	if link.is('/') && r.yearsRather(first.num, second.num) {
		if q.year == 0 || q.year >= 2000+first.num && q.year <= 2000+second.num {
			return 0
		}
		q.ambiguous = true // "15/16 March 2018" lies in no year 15/16
	}
	*p = q
	p.from, p.day, p.last = i, first.num, second.num
	if and && second.num != first.num+1 && q.last == 0 && !r.before(i, wBetween) { // rule 10: two days that do not adjoin are two dates
		p.last = 0
		return k - i
	}
	p.ambiguous = p.ambiguous || and // both days, or all of them
	return k + 1 + n - i
}

// isDayNumber says whether a number can be a day's.
func isDayNumber(t *token) bool {
	return t.class == digits && t.digitsOf() < 3 && t.num > 0 && !t.aside
}

// lastDay reads the other end of days of one month; of a list of them the rest of it: "5th, 12th and 19th May".
func (r *reader) lastDay(i int, list bool, p *span) int {
	n := r.dayOfMonth(i, p)
	if n == 0 && list {
		return r.dayRange(i, p)
	}
	return n
}

// yearsRather says whether "17/18" before a month is a financial year of the plan's time rather than two days.
func (r *reader) yearsRather(first, second int) bool {
	near := r.settings.PlanStart
	if near == 0 {
		near = r.settings.Dated
	}
	away := 2000 + first - near.Year()
	return second == first+1 && (near == 0 || away >= -5 && away <= 5)
}

// morePart reads the other end of "Q3/4", "Q1 & 2", "Years 1-3", whose word is said once.
func (r *reader) morePart(i, most int, p *span) int {
	link, number := r.at(i), r.at(i+1)
	if !link.is('/') && !link.is('-') && !link.is('&') && !link.has(wTo|wAnd) || number.class != digits || number.digitsOf() != 1 || number.aside {
		return 0
	}
	if number.num <= p.n || number.num > most || r.at(i+2).is('/') || r.at(i+2).has(wMonth|wOrdinal|wUnit|wCounted|wQuarter) {
		return 0
	}
	if (link.has(wAnd) || link.is('&')) && number.num != p.n+1 {
		p.ambiguous = true
	}
	p.last = number.num
	return 2
}

// isRange says whether the span itself has two ends.
func (p *span) isRange() bool { return p.last > 0 && p.unit != financialYears && p.unit != someMonths }
