package dates

// numeric reads a period that begins with a number: a day, a numeric date, a year.
func (r *reader) numeric(i int, p *span) int {
	if n := r.readYearsWeek(i, p); n > 0 {
		return n
	}
	if n := r.numericDay(i, p); n > 0 {
		return n
	}
	if n := r.dayRange(i, p); n > 0 {
		return n
	}
	if n := r.dayOfMonth(i, p); n > 0 {
		return n
	}
	if r.at(i).digitsOf() == 1 && r.at(i+1).has(wOrdinal) && r.at(i+2).has(wQuarter|wHalf) && !r.at(i).aside { // 3rd quarter
		p.n = r.at(i).num
		return r.ofPart(i, 3, r.at(i+2).has(wHalf), p)
	}
	if q := r.at(i + 1); r.at(i).digitsOf() == 1 && (q.word == "q" || q.word == "h") && q.glued && r.at(i+2).class == digits && !r.at(i).aside { // 1Q18
		p.n = r.at(i).num
		return r.ofPart(i, 2, q.word == "h", p)
	}
	n := r.yearNumber(i, p)
	if n == 0 {
		return r.shortDay(i, p)
	}
	return n + r.partOfYear(i, n, p)
}

// firstYear is the first that a plan can speak of: "1718" is 17/18, and no year of Voltaire's.
const firstYear = 1900

// isYear says whether a number can be a year in a plan.
func isYear(t *token) bool {
	return t.class == digits && t.digitsOf() == 4 && t.num >= firstYear && t.num < 2100
}

// separated says whether a number, a mark and a number stand together, however many spaces between.
func (r *reader) separated(i int, mark byte) bool {
	return r.at(i).class == digits && r.at(i+1).is(mark) && r.at(i+2).class == digits && !r.at(i).aside && !r.at(i+2).aside
}

// dayOfMonth reads "24 Jan 17", "31st of March 2017", "8 aqril 17".
func (r *reader) dayOfMonth(i int, p *span) int {
	t := r.at(i)
	if t.aside || t.digitsOf() > 2 || t.num < 1 || t.num > 31 {
		return 0
	}
	n := 1
	ordinal := r.at(i + n).has(wOrdinal)
	if ordinal {
		n++
	}
	if !ordinal && r.isName(i) {
		return 0
	}
	if r.at(i+n).word == "of" {
		n++
	}
	if r.at(i+n).has(wArticle) && ordinal || (r.at(i+n).is('-') || r.at(i+n).is('/') || r.at(i+n).is('.')) && r.at(i+n).glued && r.at(i+n+1).glued {
		n++
	}
	m := r.at(i + n)
	month := m.n
	if !m.has(wMonth) {
		if m.class != letter || m.role != 0 || r.at(i+n+1).class != digits {
			return 0
		}
		var tie bool
		if month, tie = nearestMonth(m.word, true); month == 0 || tie {
			return 0
		}
		p.misspelt = true
	}
	if m.word == "may" && !m.capital && !ordinal && r.at(i+n+1).class == letter { // "10 may be"
		return 0
	}
	p.unit, p.day, p.month = aDay, t.num, int(month)
	n++
	if r.at(i+n).is('.') && r.at(i+n).glued && r.at(i+n+1).class == digits {
		n++
	}
	return n + r.year(i+n, p)
}

// isName says whether a number is the name of what stands before it: "Wave 2 March 2017" is of March, but not "started on site
// 4 September 2017".
func (r *reader) isName(i int) bool {
	before := r.at(i - 1)
	return before.has(wCalled) && before.role&wMonth == 0 && !(before.word == "site" && r.at(i-2).word == "on")
}

// shortDay reads a day and a month without a year, "31/03". It takes a word of time to tell it from a
// fraction.
func (r *reader) shortDay(i int, p *span) int {
	first, second := r.at(i), r.at(i+2)
	if !r.at(i+1).glued || !r.at(i+2).glued {
		return 0
	}
	if (r.separated(i, '-') || r.separated(i, '.')) && first.digitsOf() == 2 && first.num >= 1 && first.num <= 12 && isYear(second) { // 06-2017
		p.unit, p.month, p.year = aMonth, first.num, second.num
		return 3
	}
	if !r.separated(i, '/') || first.digitsOf() > 2 || second.digitsOf() > 2 && !isYear(second) || first.num < 1 {
		return 0
	}
	return r.slashedDay(i, p)
}

// slashedDay reads "03/2017", "31/03".
func (r *reader) slashedDay(i int, p *span) int {
	first, second := r.at(i), r.at(i+2)
	told := len(r.tokens) == 3 || r.at(i-1).has(wBy|wFrom|wUntil|wIn|wDue|wEnd|wAfter|wStarts|wTo|wDuring|wAbout)
	switch {
	case isYear(second) && first.num <= 12 && (first.digitsOf() == 2 || !r.at(i-1).has(wCalled)): // 03/2017
		p.unit, p.month, p.year = aMonth, first.num, second.num
	case first.num <= 12 && first.digitsOf() == 2 && second.num > 12 && second.num < 40 && (told || first.num < 10): // 03/17
		p.unit, p.month, p.year, p.ambiguous = aMonth, first.num, 2000+second.num, true
	case told && r.settings.Order == MonthFirst && first.num <= 12 && second.num >= 1 && second.num <= 31:
		p.unit, p.day, p.month, p.ambiguous = aDay, second.num, first.num, true
	case first.num <= 31 && second.num >= 1 && second.num <= 12 && told:
		p.unit, p.day, p.month, p.ambiguous = aDay, first.num, second.num, true
	default:
		return 0
	}
	return 3
}

// yearNumber reads a year, a financial year, or years from one to another (rules 1, 9 and 18).
func (r *reader) yearNumber(i int, p *span) int {
	t := r.at(i)
	if t.class != digits || t.aside || t.digitsOf() != 4 && t.digitsOf() != 2 {
		return 0
	}
	if t.digitsOf() == 4 && !isYear(t) {
		if year := t.num / 100; year > 9 && t.num%100 == year+1 && (len(r.tokens) == 1 || r.at(i-1).has(wFinancial)) { // 1718
			p.ambiguous = true
			return r.years(p, 2000+year, 2001+year, 1)
		}
		return 0
	}
	for _, mark := range [...]byte{'/', '-'} {
		if r.at(i+1).is('/') && r.at(i+2).is('/') && r.at(i+3).digitsOf() == 2 && isYear(t) && mark == '/' && r.at(i+3).num > t.num%100 { // 2016/ /19
			p.misspelt = true
			return r.years(p, t.num, 2000+r.at(i+3).num, 4)
		}
		if !r.separated(i, mark) || r.at(i+2).num == 0 && r.at(i+2).digitsOf() == 1 {
			continue
		}
		if n := r.pairOfYears(i, mark, p); n > 0 {
			return n
		}
	}
	if isYear(t) {
		p.unit, p.year = calendarYear, t.num // rule 9
		return 1
	}
	return 0
}

// pairOfYears reads two numbers with a slash or a dash between them as years.
func (r *reader) pairOfYears(i int, mark byte, p *span) int {
	first, second, behind := r.at(i), r.at(i+2), r.at(i+3)
	year := first.num
	if first.digitsOf() == 2 {
		year += 2000
	}
	if r.isThird(i+3, mark) && second.digitsOf() < 3 && !r.chained(i, mark) {
		return 0 // a day
	}
	if behind.has(wOrdinal) || behind.has(wMonth) && r.at(i+4).class == digits && second.num <= 31 && 2000+second.num > year+10 {
		return 0 // "2017 - 31st July 2018"
	}
	if mark == '-' && behind.is('-') && behind.glued && r.at(i+4).has(wMonth) && second.digitsOf() < 3 && second.num <= 31 && r.at(i+5).is('-') {
		return 0 // "15-Oct-2025 - 28-Oct-2025"
	}
	switch {
	case second.digitsOf() == 4:
		if isYear(second) && second.num > year && (first.digitsOf() == 4 || second.num == year+1) {
			return r.years(p, year, second.num, 3)
		}
	case second.digitsOf() == 2 && first.digitsOf() == 4:
		return r.yearAndTwoDigits(i, mark, p)
	case second.digitsOf() == 2:
		return r.twoShortYears(i, mark, p)
	case second.digitsOf() == 1 && first.digitsOf() == 4 && second.num == (year+1)%10 && r.tight(i): // 2017/8
		p.ambiguous = true
		return r.years(p, year, year+1, 3)
	}
	return 0
}

// isThird says whether a mark and a number stand right behind two others.
func (r *reader) isThird(i int, mark byte) bool {
	return r.at(i).is(mark) && r.at(i).glued && r.at(i+1).class == digits && r.at(i+1).glued
}

// tight says whether a number, a mark and a number stand together without spaces.
func (r *reader) tight(i int) bool { return r.at(i+1).glued && r.at(i+2).glued }

// otherYear is the year that two digits name behind another.
func otherYear(year, digits int) int {
	to := year/100*100 + digits
	if to < year && year%100 == 99 && digits == 0 {
		to += 100
	}
	return to
}

// yearAndTwoDigits reads "2017/18", "2016-20", "2017/09", and what can be none of them.
func (r *reader) yearAndTwoDigits(i int, mark byte, p *span) int {
	first, second, behind := r.at(i), r.at(i+2), r.at(i+3)
	year, tight := first.num, r.tight(i)
	to := otherYear(year, second.num)
	switch {
	case behind.has(wCounted) && !tight: // 2016 - 20 practices
		return 0
	case behind.has(wMonth) && mark == '-' && !tight: // 2016 - 20 March 2017
		return 0
	case to > year:
		// "2011-12" can be the financial year, or December (rule 18).
		p.ambiguous = mark == '-' && tight && second.num <= 12
		return r.years(p, year, to, 3)
	case tight && second.num >= 1 && second.num <= 12:
		p.unit, p.year, p.month, p.ambiguous = aMonth, year, second.num, mark == '/'
		return 3
	case tight && to != year || tight && second.num > 12:
		p.unit, p.unreadable = calendarYear, true
		p.year = year
		return 3
	}
	return 0
}

// twoShortYears reads "17/18", unless it may as well be something else.
func (r *reader) twoShortYears(i int, mark byte, p *span) int {
	first, second, behind := r.at(i), r.at(i+2), r.at(i+3)
	year := 2000 + first.num
	to := otherYear(year, second.num)
	if year < 2005 || to > 2045 || to <= year || behind.is('/') && behind.glued && r.at(i+4).class == digits && !r.chained(i, mark) {
		return 0
	}
	if first.num <= 12 && second.num > 12 && (first.num < 10 || to > year+5) { // "06/17" is June, if it is anything
		return 0
	}
	if mark == '-' && (!r.tight(i) || behind.has(wUnit|wCounted) || r.at(i-1).has(wMonth)) { // 12-18 months
		return 0
	}
	// "17-18" and "17/19" are rarely anything else, "10/11" can be a day.
	p.ambiguous = mark == '-' || to > year+1 || second.num <= 12
	return r.years(p, year, to, 3)
}

// chained says whether two pairs of years follow each other with the same mark: "17/18/19" is not one of them.
func (r *reader) chained(i int, mark byte) bool {
	if r.separated(i+4, '/') || r.separated(i+4, '-') {
		return true
	}
	return r.at(i+4).digitsOf() == 4 && r.at(i+3).is('-') && mark == '-' && isYear(r.at(i+4)) && isYear(r.at(i))
}

func (r *reader) years(p *span, year, to, n int) int {
	p.unit, p.year, p.financial = financialYear, year, true
	if to > year+1 {
		p.unit, p.last = financialYears, to
	}
	return n
}

// partOfYear reads what of a year is named behind it: "2017/18 Q2", "2017-Q1". A quarter that has a year of its
// own is another date.
func (r *reader) partOfYear(i, n int, p *span) int {
	if p.unit != financialYear && p.unit != calendarYear || p.unreadable {
		return 0
	}
	m := 0
	for r.at(i+n+m).is('-') || r.at(i+n+m).is('/') || r.at(i+n+m).is(',') || r.at(i+n+m).is('(') {
		m++
	}
	if m > 1 || !r.at(i+n+m).has(wQuarter|wHalf) {
		return r.namesFinancialYear(i+n, p)
	}
	var q span
	k := r.readPart(i+n+m, &q)
	if k == 0 || q.year != 0 {
		return 0
	}
	more, ok := r.otherPart(i+n+m+k, &q)
	if !ok {
		return 0
	}
	k += more
	bracket := r.at(i + n + m - 1).is('(')
	p.byMonths = p.unit == calendarYear && m == 1 && r.at(i+n).is('-') // "2017-Q1" is a calendar quarter, whatever the document prints (rule 18)
	p.unit, p.n, p.last, p.unreadable = q.unit, q.n, q.last, q.unreadable
	if bracket && r.at(i+n+m+k).is(')') {
		k++
	}
	return m + k
}

// namesFinancialYear counts the words behind a financial year that call it one: "2017/18 financial year".
func (r *reader) namesFinancialYear(i int, p *span) int {
	if r.at(i).word != "financial" && r.at(i).word != "fy" || p.unit != financialYear {
		return 0
	}
	if r.at(i + 1).has(wYear) {
		return 2
	}
	return 1
}

// otherPart reads the other end behind a quarter of a year, "2017/18 Q1-Q3", and says how many tokens it takes. It answers false
// where the quarter is rather of the date that follows.
func (r *reader) otherPart(i int, q *span) (int, bool) {
	link := r.at(i)
	if !link.is('/') && !link.is('-') && !link.has(wTo) {
		return 0, true
	}
	var far span
	more := r.readPart(i+1, &far)
	switch {
	case more > 0 && far.year == 0 && far.unit == aQuarter && q.unit == aQuarter && far.n > q.n && q.last == 0 && far.last == 0:
		q.last = far.n
		return 1 + more, true
	case more > 0 || r.at(i+1).class == digits || link.is('/'):
		return 0, false
	}
	return 0, true
}
