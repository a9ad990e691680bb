package dates

import (
	"time"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
)

// Proves says which order of day and month a text can only have been written in. A number above 12 proves it, and so does a
// weekday beside the date that is right in one order and wrong in the other: "13/05/2018" and "Fri 3/6/2016" are day first,
// "05/13/2018" and "Mon 3/6/17" month first. It answers false where the text proves nothing, and where its dates prove
// different orders.
func Proves(text string) (Order, bool) {
	r := reader{text: text}
	r.cut()
	r.mend()
	r.setAside()
	proved := OrderUnsaid
	for i := 0; i < len(r.tokens); i++ {
		mark := r.threeNumbers(i)
		if mark == 0 || isYear(r.at(i)) {
			continue
		}
		o := r.provedBy(i)
		if o != OrderUnsaid && proved != OrderUnsaid && o != proved {
			return OrderUnsaid, false
		}
		proved = max(proved, o)
		i += 4
	}
	return proved, proved != OrderUnsaid
}

// provedBy is the order that three numbers with marks between them prove, with the weekday beside them.
func (r *reader) provedBy(i int) Order {
	first, second, year := r.at(i), r.at(i+2), yearOfTwoDigits(r.at(i+4))
	_, dayFirst := civil.Of(year, time.Month(second.num), first.num)
	_, monthFirst := civil.Of(year, time.Month(first.num), second.num)
	switch {
	case first.digitsOf() > 2 || second.digitsOf() > 2 || !dayFirst && !monthFirst:
		return OrderUnsaid
	case !monthFirst:
		return DayFirst
	case !dayFirst:
		return MonthFirst
	}
	p := span{unit: aDay, day: first.num, month: second.num, year: year, weekday: r.weekdayBefore(i)}
	if p.weekday == 0 {
		p.weekday = r.weekdayBehind(i + 5)
	}
	turned := p.turned()
	switch onDay, turnedOnDay := p.onWeekday(), turned.onWeekday(); {
	case p.weekday == 0 || onDay == turnedOnDay:
		return OrderUnsaid
	case onDay:
		return DayFirst
	default:
		return MonthFirst
	}
}

// threeNumbers is the mark between three numbers that can be a day; 0 where there are no such numbers.
func (r *reader) threeNumbers(i int) byte {
	for _, mark := range [...]byte{'/', '.', '-'} {
		if !r.separated(i, mark) || !r.separated(i+2, mark) || mark != '/' && !(r.at(i+1).glued && r.at(i+2).glued && r.at(i+3).glued && r.at(i+4).glued) {
			continue
		}
		if r.separated(i+4, mark) { // 17/18 / 18/19
			continue
		}
		return mark
	}
	return 0
}

// numericDay reads three numbers as a day, in the order of the settings (rule 6), or as ISO (rule 18).
func (r *reader) numericDay(i int, p *span) int {
	if r.threeNumbers(i) == 0 {
		return 0
	}
	first, second, third := r.at(i), r.at(i+2), r.at(i+4)
	switch {
	case isYear(first) && second.digitsOf() < 3 && third.digitsOf() < 3:
		p.year, p.month, p.day = first.num, second.num, third.num
	case first.digitsOf() < 3 && second.digitsOf() < 3 && (isYear(third) || third.digitsOf() == 2):
		p.day, p.month, p.year, p.inOrder = first.num, second.num, yearOfTwoDigits(third), true
		if r.settings.Order == MonthFirst {
			*p = p.turned()
		}
		if p.month > 12 && p.month <= 31 && p.day <= 12 && isYear(third) { // the other order, as elsewhere; of "2-17-18" nobody knows which is the year (rule 6)
			*p = p.turned()
			p.ambiguous = true
		}
	default:
		return 0
	}
	p.unit = aDay
	return 5
}

// yearOfTwoDigits is the year that a number names behind a day and a month.
func yearOfTwoDigits(t *token) int {
	if t.digitsOf() == 2 {
		return t.num + 2000
	}
	return t.num
}

// turned is the same numbers in the other order.
func (p span) turned() span {
	p.day, p.month = p.month, p.day
	return p
}

// onWeekday says whether a day falls on the weekday that stands beside it.
func (p *span) onWeekday() bool {
	day, ok := civil.Of(p.year, time.Month(p.month), p.day)
	return ok && weekdayOf(day) == p.weekday
}

// weekdayOf counts from 1 for Monday, which the first day of civil.Date was.
func weekdayOf(d civil.Date) int { return (int(d)-1)%7 + 1 }

// weekdayBefore is the weekday right before a token: "Tuesday, 21st August". It is 0 where there is none.
func (r *reader) weekdayBefore(i int) int {
	for i--; r.at(i).is(',') || r.at(i).has(wArticle) || r.at(i).is('.') && r.at(i).glued || r.at(i).is('('); i-- {
	}
	if t := r.at(i); t.has(wWeekday) && !r.at(i-1).has(wEach) {
		return int(t.n)
	}
	return 0
}

// weekdayBehind is the weekday right behind a date that nothing else follows: "3/6/17 (Mon)".
func (r *reader) weekdayBehind(i int) int {
	for r.at(i).is(',') || r.at(i).is('(') || r.at(i).is('-') {
		i++
	}
	if next := r.at(i + 1); !r.at(i).has(wWeekday) || next.class != sign {
		return 0
	}
	return int(r.at(i).n)
}

// checkWeekday takes the order of day and month that the weekday beside a date proves, where nobody said which it is. A
// weekday on which the date does not fall contradicts it.
func (r *reader) checkWeekday(p *span) {
	if p.unit != aDay || p.last > 0 || p.year == 0 || p.unreadable {
		return
	}
	if p.weekday = r.weekdayBefore(p.from); r.at(p.from).has(wWeekday) {
		p.weekday = int(r.at(p.from).n)
	}
	if p.weekday == 0 {
		p.weekday = r.weekdayBehind(p.to)
	}
	if p.weekday == 0 || p.onWeekday() {
		return
	}
	if turned := p.turned(); p.inOrder && !p.ambiguous && r.settings.Order == OrderUnsaid && turned.onWeekday() {
		*p = turned
		return
	}
	if _, ok := civil.Of(p.year, time.Month(p.month), p.day); ok { // else it is unreadable
		r.put(period.Contradicts)
	}
}
