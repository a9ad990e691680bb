package dates

import (
	"time"

	"milepost.dev/domain/civil"
)

// unit is how long a span is.
type unit uint8

const (
	aDay         unit = iota + 1
	aWeek             // the one that a day lies in
	numberedWeek      // counted from the first of the year
	aMonth
	aQuarter
	aHalf
	aSeason
	someMonths // the first or last few of a year
	calendarYear
	financialYear  // one
	financialYears // several, named by the first and the last (rule 1)
	planYear       // "Year 1" (rule 8)
)

// span is one period as it is named: "24 Jan 17", "Q2 17/18", "early 2017". What is not written is zero.
type span struct {
	unit      unit
	financial bool // the year is a financial one, named by the year that it begins in
	year      int
	last      int // of financialYears: the year that the last one ends in; of someMonths how many; else the other end of "Q3/4", "24-28 May", "KW 5-7"
	month     int // of someMonths: the first, counted from the first of the year
	day       int
	n         int // the quarter, half, season, plan year or numbered week; of a week the days before the one named
	third     int // early 1, mid 2, late 3 (rule 3)
	from, to  int // its tokens

	inPlanYear int // of a quarter or half in a plan's year: which (rule 8)
	weekday    int // of a day: the one that stands beside it, from 1 for Monday

	byMonths   bool // the months of a quarter are named: it is of the calendar year
	inOrder    bool // written in numbers alone, so that day and month are told apart by their order
	approx     bool
	misspelt   bool
	ambiguous  bool
	unreadable bool // is named like a period, and is none: "31 June 2017"
}

// bounds answers the first and the last day, in a year that the caller chose or that is written.
func (r *reader) bounds(p *span, year int) (first, last civil.Date, ok bool) {
	switch p.unit {
	case aDay:
		first, ok = civil.Of(r.yearOf(p, year, p.month), time.Month(p.month), p.day)
		if last = first; p.last > 0 {
			last = first.AddDays(p.last - p.day)
			ok = ok && last.Month() == first.Month()
		}
		return first, last, ok
	case aWeek:
		first, ok = civil.Of(r.yearOf(p, year, p.month), time.Month(p.month), p.day)
		return first.AddDays(-p.n), first.AddDays(6 - p.n), ok
	case numberedWeek:
		return r.numbered(p, year)
	case aMonth:
		first, last, ok = monthsOf(r.yearOf(p, year, p.month), p.month, 1)
		return p.thirdOfMonth(first, last, ok)
	case aQuarter: // rule 2
		return r.months(p, year, 3*p.n-2, 3*(1+max(0, p.last-p.n)))
	case aHalf:
		return r.months(p, year, 6*p.n-5, 6)
	case aSeason: // rule 4
		month := 3 * p.n
		if r.straddles(month) {
			return monthsOf(year, month, 3) // spring begins before the financial year does, see readSeason
		}
		return monthsOf(r.yearOf(p, year, month), month, 3)
	case someMonths:
		return r.months(p, year, p.month, p.last)
	case financialYears:
		return monthsOf(year, r.settings.yearBegins(), 12*(p.last-year))
	case calendarYear, financialYear, planYear:
		if p.third > 0 { // rule 3
			return r.months(p, year, 4*p.third-3, 4)
		}
		return r.months(p, year, 1, 12*(1+max(0, p.last-p.n)))
	default:
		return 0, 0, false
	}
}

// numbered is the days of a week with a number; of a financial year's, the one that begins in it.
func (r *reader) numbered(p *span, year int) (first, last civil.Date, ok bool) {
	to := max(p.n, p.last)
	first, last, ok = r.week(year, p.n, to)
	if begins, _, _ := monthsOf(year, r.settings.yearBegins(), 12); p.financial && first < begins {
		return r.week(year+1, p.n, to)
	}
	return first, last, ok
}

// yearOf is the calendar year that a month of a written year lies in.
func (r *reader) yearOf(p *span, year, month int) int {
	if p.financial && month < r.settings.yearBegins() {
		return year + 1
	}
	return year
}

// straddles says whether a financial year begins within the season that begins in a month.
func (r *reader) straddles(month int) bool {
	begins := r.settings.yearBegins()
	return month < begins && begins < month+3
}

// months is some months of the year, counted from the first of it, which is April in most financial ones.
func (r *reader) months(p *span, year, from, count int) (first, last civil.Date, ok bool) {
	if p.financial {
		from += r.settings.yearBegins() - 1
	}
	return monthsOf(year+(from-1)/12, (from-1)%12+1, count)
}

func monthsOf(year, month, count int) (first, last civil.Date, ok bool) {
	first, ok1 := civil.Of(year, time.Month(month), 1)
	end := month + count - 2
	last, ok2 := civil.Of(year+end/12, time.Month(end%12+1), 1)
	return first, last.EndOfMonth(), ok1 && ok2 && count > 0
}

// thirdOfMonth is 1-10, 11-20, or 21 to the last (rule 3).
func (p *span) thirdOfMonth(first, last civil.Date, ok bool) (civil.Date, civil.Date, bool) {
	switch {
	case !ok:
		return 0, 0, false
	case p.third == 1:
		return first, first.AddDays(9), true
	case p.third == 2:
		return first.AddDays(10), first.AddDays(19), true
	case p.third == 3:
		return first.AddDays(20), last, true
	default:
		return first, last, true
	}
}

// hasThirds says whether rule 3 says what early, mid and late are of such a period.
func (p *span) hasThirds() bool {
	return p.unit == aMonth || p.unit == calendarYear || p.unit == financialYear || p.unit == planYear
}

// nearestYear is the year that puts a period without one nearest the document's own date, or the plan's start
// where it has none; where it is told as past, the last one that began before it (rule 21). It is 0 where
// there is neither.
func (r *reader) nearestYear(p *span, past bool) (year int) {
	anchor := r.settings.Dated
	if anchor == 0 {
		anchor = r.settings.PlanStart
	}
	if anchor == 0 {
		return 0
	}
	p.financial = (p.unit == aQuarter && !p.byMonths || p.unit == aHalf) && r.financialQuarters()
	nearest := 0
	// 29 February may lie four years away, or eight around a century.
	for y := anchor.Year() - 8; y <= anchor.Year()+8; y++ {
		first, last, ok := r.bounds(p, y)
		if !ok || past && first > anchor {
			continue
		}
		away := max(int(first)-int(anchor), int(anchor)-int(last), 0)
		if year == 0 || away < nearest || past {
			year, nearest = y, away
		}
	}
	return year
}

// financialQuarters says what a quarter without a year is a quarter of: rule 2 leaves it to the plan.
func (r *reader) financialQuarters() bool {
	switch r.settings.Quarters {
	case CalendarQuarters:
		return false
	case FinancialQuarters:
		return true
	default:
		start := r.settings.PlanStart
		return start == 0 || start.Month() != time.January
	}
}

// printedQuarter reads a quarter as the document prints its quarters, with their months: "Q2 2017" is then the months of its Q2
// in 2017. A quarter of a financial year needs no such help.
func (r *reader) printedQuarter(p *span) {
	begins := int(r.settings.QuartersBegin)
	if p.unit != aQuarter || p.financial || p.byMonths || p.inPlanYear > 0 || p.unreadable || begins < 1 || begins > 12 || begins%3 != 1 {
		return
	}
	p.byMonths = true
	p.n += (begins - 1) / 3
	if p.last > 0 {
		p.last += (begins - 1) / 3
	}
	if p.n > 4 { // "Q4 2017" of quarters that begin in April: January to March of 2017, or of the year that begins in 2017
		p.n, p.last = p.n-4, max(p.last-4, 0)
		p.ambiguous = p.ambiguous || p.year > 0
	}
}

// planYear is the financial year that a plan's year of a number is (rule 8): the first is the one that the
// plan's period begins in. It is 0 without a plan period.
func (s *Settings) planYear(n int) int {
	if s.PlanStart == 0 {
		return 0
	}
	year := s.PlanStart.Year()
	if int(s.PlanStart.Month()) < s.yearBegins() {
		year--
	}
	return year + n - 1
}
