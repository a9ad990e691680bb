package dates

// yearBehind says whether a year is written behind a plan's year, which is then only a label (rule 21).
func (r *reader) yearBehind(i int) bool {
	return isYear(r.at(i)) || r.at(i).class == digits && r.at(i+1).is('/') ||
		r.at(i).is('(') && r.at(i+1).class == digits
}

// readPart reads "Q2 17/18", "quarter 3 of 2017", "H1 17/18" (rule 2).
func (r *reader) readPart(i int, p *span) int {
	if r.nested == mostNested {
		return 0
	}
	r.nested++
	n := r.partAt(i, p)
	r.nested--
	return n
}

func (r *reader) partAt(i int, p *span) int {
	half := r.at(i).has(wHalf)
	n := 1
	if r.at(i+n).is('.') && r.at(i+n).glued { // Q.1
		n++
	}
	number := r.at(i + n)
	switch {
	case half && number.word == "year" && r.at(i+n+1).class == digits && (isYear(r.at(i+n+1)) || r.at(i+n+2).is('/')): // "by half year 18/19": the first, as a rule
		p.n, p.ambiguous = 1, true
	case number.class == digits && number.digitsOf() == 1 && !number.aside:
		p.n = number.num
	case number.has(wNumeral) && number.n <= 4:
		p.n = int(number.n)
	default:
		return 0
	}
	n++
	if !half {
		n += r.morePart(i+n, 4, p)
	}
	return r.ofPart(i, n, half, p)
}

// ofPart reads the year of a quarter or half whose number is known.
func (r *reader) ofPart(i, n int, half bool, p *span) int {
	p.unit = aQuarter
	most := 4
	if half {
		p.unit, most = aHalf, 2
	}
	if p.n < 1 || p.n > most {
		p.unreadable = true
	} else if m := r.monthsOfQuarter(i+n, p); m > 0 {
		return n + m
	}
	return n + r.year(i+n, p)
}

// monthsOfQuarter reads the months that say which quarter is meant, "Q4 (Jan-Mar) 2018", "Q1 (April - June 2018)", and
// the year with them or behind them.
func (r *reader) monthsOfQuarter(i int, p *span) int {
	from, to := r.at(i+1), r.at(i+3)
	if p.unit != aQuarter || !r.at(i).is('(') || !from.has(wMonth) || !r.at(i+2).is('-') && !r.at(i+2).has(wTo) || !to.has(wMonth) {
		return 0
	}
	calendar := int(from.n-1)/3 + 1
	financial := (int(from.n)-r.settings.yearBegins()+12)%12/3 + 1
	if int(from.n) != 3*calendar-2 || int(to.n) != 3*calendar || p.n != calendar && p.n != financial {
		return 0
	}
	q := span{unit: aQuarter}
	n := 4 + r.year(i+4, &q)
	if !r.at(i + n).is(')') {
		return 0
	}
	n++
	if q.year == 0 {
		n += r.year(i+n, &q)
	}
	p.year, p.financial, p.ambiguous = q.year, q.financial, p.ambiguous || q.ambiguous
	if !p.financial { // the months are those of the year that is named
		p.n, p.byMonths = calendar, true
	} else {
		p.n = financial
	}
	return n
}

// readNamedYear reads "FY17/18", "financial year 2017/18", "calendar year 2017".
func (r *reader) readNamedYear(i int, p *span) int {
	n := 1
	wordy := r.at(i).word != "fy"
	if r.at(i + n).has(wYear) {
		n++
	} else if wordy {
		return 0
	}
	if r.at(i+n).is('-') || r.at(i+n).is('\'') {
		n++
	}
	t := r.at(i + n)
	if t.class != digits {
		return 0
	}
	m := r.yearNumber(i+n, p)
	switch {
	case m > 0 && p.unit == calendarYear && r.at(i).has(wFinancial) && r.yearAfter(i+n+m, p.year): // "financial year 2017 to 2018"
		p.unit, p.financial = financialYear, true
		m += 2
	case m > 0 && p.unit == calendarYear && r.at(i).has(wFinancial), m == 0 && t.digitsOf() == 2 && r.at(i).has(wFinancial):
		// "FY18": most name a financial year by the year that it ends in.
		year := t.num
		if m == 0 {
			m, year = 1, year+2000
		}
		if r.settings.yearBegins() > 1 {
			year--
		}
		p.unit, p.year, p.financial, p.ambiguous = financialYear, year, true, true
	case m == 0:
		return 0
	case p.unit == financialYear && r.at(i).has(wFinancial):
		p.ambiguous = false
	}
	n += m
	return n + r.partOfYear(i, n, p)
}

// yearAfter says whether "to" and the next year follow a year, which central government writes for a financial one.
func (r *reader) yearAfter(i, year int) bool {
	next := r.at(i + 1)
	return r.at(i).has(wTo) && isYear(next) && next.num == year+1 && !next.aside
}

// readPlanYear reads "Year 1", "Year Two" (rule 8). "Five Year Forward View" counts no years.
func (r *reader) readPlanYear(i int, p *span) int {
	n := r.countPlanYear(i, p)
	if n == 0 {
		return 0
	}
	k := n
	if r.at(i+k).is(',') || r.at(i+k).is('-') {
		k++
	}
	if r.at(i+k).has(wQuarter|wHalf) && p.last == 0 { // Year 1 Q2
		var q span
		if m := r.readPart(i+k, &q); m > 0 && q.year == 0 && q.inPlanYear == 0 && q.last == 0 {
			p.unit, p.inPlanYear, p.n, p.unreadable = q.unit, p.n, q.n, q.unreadable
			return k + m
		}
	}
	return n
}

// countPlanYear reads which year of the plan is meant.
func (r *reader) countPlanYear(i int, p *span) int {
	t, number := r.at(i), r.at(i+1)
	before := r.at(i - 1)
	if !t.has(wYear) || len(t.word) == 1 && !number.glued || before.class == digits && before.digitsOf() < 4 && !before.used || before.has(wNumeral|wRank) || number.aside {
		return 0
	}
	switch {
	case number.class == digits && number.digitsOf() == 1 && number.num > 0 && (!r.at(i+2).is('/') || r.at(i+3).num == number.num+1 && r.at(i+3).digitsOf() == 1):
		p.n = number.num
	case number.has(wNumeral) && number.n > 0 && number.n < 11:
		p.n = int(number.n)
	default:
		return 0
	}
	p.unit, p.financial = planYear, true
	return 2 + r.morePart(i+2, 9, p)
}

// readHoliday reads "Christmas 2017". No rule says which days it is, so a person looks.
func (r *reader) readHoliday(i int, p *span) int {
	n := r.year(i+1, p)
	if n == 0 {
		return 0
	}
	p.unit, p.ambiguous, p.approx = calendarYear, true, true
	return n + 1
}

// someMonthsAt is where "of" stands in "first six months of 2018"; 0 where nothing of the kind does.
func (r *reader) someMonthsAt(i int) int {
	t, n, unit := r.at(i), r.at(i+1), r.at(i+2)
	if t.word != "first" && t.word != "last" && t.word != "final" || n.class != digits && !n.has(wNumeral) || unit.n != unitMonth || !unit.has(wUnit) {
		return 0
	}
	if count(n) < 1 || count(n) > 11 || r.at(i+3).word != "of" && r.at(i+3).word != "in" {
		return 0
	}
	return i + 3
}

// readSomeMonths reads "first six months of 2018", "last 3 months of 17/18".
func (r *reader) readSomeMonths(i int, p *span) int {
	k := r.someMonthsAt(i) + 1
	for r.at(k).has(wArticle) {
		k++
	}
	if r.someMonthsAt(k) > 0 {
		return 0
	}
	m := r.span(k, p)
	if m == 0 || p.third > 0 || p.unit != calendarYear && p.unit != financialYear && (p.unit != planYear || p.last > 0) {
		*p = span{from: p.from}
		return 0
	}
	if p.unit == planYear {
		p.inPlanYear = p.n
	}
	p.unit, p.month, p.last = someMonths, 1, count(r.at(i+1))
	if r.at(i).word != "first" {
		p.month = 13 - p.last
	}
	return k + m - i
}
