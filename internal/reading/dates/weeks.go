package dates

import (
	"time"

	"milepost.dev/domain/civil"
)

// readNumberedWeek reads a week by its number: "W13 2017", "KW 22/2017", "week 22, 2017", "weeks 5-7 of 2018". It is read with its
// year alone, because a plan also counts weeks of its own; the abbreviations of a calendar week count no others.
func (r *reader) readNumberedWeek(i int, p *span) int {
	q := *p
	n := r.countWeek(i, &q)
	if n == 0 {
		return 0
	}
	k := n
	if r.at(i + k).is('(') {
		k++
	}
	m := r.year(i+k, &q)
	switch {
	case m > 0:
		n = k + m
		if r.at(i+k-1).is('(') && r.at(i+n).is(')') {
			n++
		}
	case !calendarWeeks[r.at(i).word] || r.at(i+n).class == digits:
		return 0
	}
	*p = q
	p.ambiguous = p.ambiguous || p.financial // "week 5 2017/18": of the calendar, or of the financial year
	return n
}

// readYearsWeek reads a week behind its year: "2017-W13", "2017 week 13", and a day of it, "2017-W13-5".
func (r *reader) readYearsWeek(i int, p *span) int {
	if !isYear(r.at(i)) || r.at(i).aside {
		return 0
	}
	k := 1
	if r.at(i+k).is('-') || r.at(i+k).is('/') || r.at(i+k).is(',') {
		k++
	}
	q := *p
	n := r.countWeek(i+k, &q)
	if n == 0 || r.at(i+k+n).is('/') || isYear(r.at(i+k+n)) && q.last == 0 { // the year of the week stands behind it
		return 0
	}
	*p = q
	p.year = r.at(i).num
	mark, day := r.at(i+k+n), r.at(i+k+n+1)
	if p.last > 0 || !mark.is('-') || !mark.glued || !day.glued || day.class != digits || day.digitsOf() != 1 || day.num < 1 || day.num > 7 {
		return k + n
	}
	first, _, ok := r.week(p.year, p.n, p.n)
	first = first.AddDays(day.num - 1)
	p.unit, p.unreadable, p.n = aDay, !ok, 0
	p.year, p.month, p.day = first.Year(), int(first.Month()), first.Day()
	return k + n + 2
}

// weekWords stand before the number of a week.
var weekWords = map[string]bool{"w": true, "wk": true, "wks": true, "week": true, "weeks": true, "kw": true, "cw": true, "semaine": true, "semana": true, "settimana": true, "vecka": true, "uge": true, "uke": true}

// calendarWeeks are abbreviations of calendar weeks, of which one without a year is the nearest.
var calendarWeeks = map[string]bool{"kw": true, "cw": true}

// countWeek reads the number of a week, or of several: "W13", "KW 22", "weeks 5-7", "W13-W15".
func (r *reader) countWeek(i int, p *span) int {
	t := r.at(i)
	n := 1
	if r.at(i+n).is('.') && r.at(i+n).glued || r.at(i+n).word == "no" {
		n++
	}
	if !isWeekNumber(r.at(i+n)) || len(t.word) == 1 && !r.at(i+n).glued || t.aside || t.class != letter || !weekWords[t.word] {
		return 0
	}
	p.unit, p.n = numberedWeek, r.at(i+n).num
	n++
	link, k := r.at(i+n), i+n+1
	if r.at(k).word == t.word && r.at(k+1).glued {
		k++
	} else if len(t.word) == 1 || r.at(k+1).is('/') && !isYear(r.at(k+2)) {
		return n
	}
	if far := r.at(k); (link.is('-') || link.has(wTo)) && isWeekNumber(far) && far.num > p.n {
		p.last = far.num
		return k + 1 - i
	}
	return n
}

// isWeekNumber says whether a number can be that of a week, whether or not the year has it.
func isWeekNumber(t *token) bool { return t.class == digits && t.digitsOf() < 3 }

// namesWeek says whether a number behind "W" is that of a week, and no code: a year stands beside it.
func (r *reader) namesWeek(i int) bool {
	t, mark := r.at(i-1), r.at(i+1)
	if t.class != letter || !weekWords[t.word] || r.at(i).digitsOf() > 2 {
		return false
	}
	if calendarWeeks[t.word] || isYear(r.at(i-2)) || r.at(i-2).is('-') && isYear(r.at(i-3)) || isYear(mark) {
		return true
	}
	if mark.is('-') && r.at(i+2).word == t.word { // W13-W15 2017
		return isYear(r.at(i + 4))
	}
	return (mark.is('/') || mark.is('-') || mark.is(',') || mark.word == "of") && isYear(r.at(i+2))
}

// week is the first day of one week of a year and the last of another. The years have 52 weeks or 53; it answers false for a
// week that its year does not have.
func (r *reader) week(year, from, to int) (first, last civil.Date, ok bool) {
	begins, ok1 := r.firstWeek(year)
	next, ok2 := r.firstWeek(year + 1)
	first, last = begins.AddDays(7*(from-1)), begins.AddDays(7*to-1)
	if r.settings.Weeks == SundayWeeks { // the week that 31 December lies in is counted in both years
		next = next.AddDays(7)
		if end, _ := civil.Of(year, time.December, 31); weekdayOf(end) == 6 {
			next = next.AddDays(-7)
		}
	}
	return first, last, ok1 && ok2 && from > 0 && from <= to && last < next
}

// firstWeek is the day on which the first week of a year begins.
func (r *reader) firstWeek(year int) (civil.Date, bool) {
	if r.settings.Weeks == SundayWeeks {
		day, ok := civil.Of(year, time.January, 1)
		return day.AddDays(-(weekdayOf(day) % 7)), ok
	}
	day, ok := civil.Of(year, time.January, 4)
	return day.AddDays(1 - weekdayOf(day)), ok
}
