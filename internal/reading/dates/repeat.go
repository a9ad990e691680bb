package dates

import (
	"strconv"

	"milepost.dev/domain/period"
)

// repeat is a word or two that say how often: "monthly", "each Saturday", "every 2 weeks".
type repeat struct {
	recurrence
	from, to int
}

// repeatRule is a way to say how often something comes back (rules 13 and 23).
type repeatRule struct {
	example string // a text that the rule reads
	// reads is where the recurrence ends, and which it is; 0 where the rule is another. A recurrence without a rule is one that
	// nothing can be made of, and then none of the rules behind it applies.
	reads func(r *reader, i int, t, next *token) (to int, c recurrence)
}

// none is what a rule that does not fit reads.
func none() (int, recurrence) { return 0, recurrence{} }

// repeatRules are in order: the first that fits reads the words.
var repeatRules = [...]repeatRule{
	{"last Friday of each month", func(r *reader, i int, t, next *token) (int, recurrence) {
		if !t.has(wRank) && t.word != "last" || !next.has(wWeekday) || r.at(i+2).word != "of" || !r.at(i+3).has(wEach|wArticle) || r.at(i+4).word != "month" {
			return none()
		}
		return i + 5, recurrence{rule: "FREQ=MONTHLY;BYDAY=" + nth(t) + weekdays[next.n]}
	}},
	{"6 monthly", func(r *reader, i int, t, _ *token) (int, recurrence) { // two-weekly
		k := r.timesAt(i)
		if k == 0 || !(t.class == digits && !t.used && t.digitsOf() < 3 || t.has(wNumeral)) {
			return none()
		}
		return k + 1, every(count(t), &token{class: letter, entry: entry{wUnit, unitsOf[r.at(k).n]}})
	}},
	{"three times a year", func(r *reader, i int, t, next *token) (int, recurrence) {
		if next.word != "times" || !(t.class == digits && t.digitsOf() < 3 || t.has(wNumeral)) {
			return none()
		}
		return i + 4, r.timesIn(i)
	}},
	{"twice a month", (*reader).twice},
	{"each April", func(r *reader, i int, _, _ *token) (int, recurrence) { // the rules name no month of each year
		k := r.monthOfEach(i)
		if k == 0 {
			return none()
		}
		return k + 1, recurrence{rule: "FREQ=YEARLY;BYMONTH=" + strconv.Itoa(int(r.at(k).n)), review: period.Ambiguous}
	}},
	{"monthly", (*reader).oneWord},
	{"every half term", func(r *reader, i int, t, next *token) (int, recurrence) { // how long a term is, no rule says
		switch {
		case !t.has(wEach):
			return none()
		case next.word == "term":
			return i + 2, recurrences[nowAndThen]
		case next.has(wHalf) && r.at(i+2).word == "term":
			return i + 3, recurrences[nowAndThen]
		}
		return none()
	}},
	{"regular reports", func(r *reader, i int, t, _ *token) (int, recurrence) {
		if t.word != "regular" || i > 0 || len(r.items) > 0 {
			return none()
		}
		return i + 1, recurrences[nowAndThen]
	}},
	{"each Saturday", func(r *reader, i int, t, next *token) (int, recurrence) {
		if !t.has(wEach) || !next.has(wWeekday) {
			return none()
		}
		return r.onDays(i+1, "FREQ=WEEKLY")
	}},
	{"every 2nd Tuesday of the month", func(r *reader, i int, t, next *token) (int, recurrence) {
		k := r.weekdayOfMonth(i + 1)
		if t.word != "every" || k == 0 {
			return none()
		}
		return k + 4, recurrence{rule: "FREQ=MONTHLY;BYDAY=" + strconv.Itoa(count(next)) + weekdays[r.at(k).n]}
	}},
	{"alternate Tuesdays", func(r *reader, i int, t, next *token) (int, recurrence) {
		other := next.word == "other" || next.word == "second" || next.num == 2 && r.at(i+2).has(wOrdinal)
		if t.word != "alternate" && !(t.word == "every" && other) || r.weekdayNear(i) == 0 {
			return none()
		}
		return r.onDays(r.weekdayNear(i), "FREQ=WEEKLY;INTERVAL=2")
	}},
	{"Monday to Friday", (*reader).workingDays},
	{"Thursdays", func(r *reader, i int, t, next *token) (int, recurrence) {
		if !t.has(wWeekday) || len(t.word) <= len("thurs") || t.word[len(t.word)-1] != 's' || next.class == digits {
			return none()
		}
		return r.onDays(i, "FREQ=WEEKLY")
	}},
	{"each month", func(_ *reader, i int, t, next *token) (int, recurrence) {
		if !t.has(wEach) || !next.has(wUnit|wQuarter) {
			return none()
		}
		return i + 2, every(1, next)
	}},
	{"every other month", func(r *reader, i int, t, next *token) (int, recurrence) {
		if t.word != "every" || next.word != "other" || !r.at(i+2).has(wUnit) {
			return none()
		}
		return i + 3, every(2, r.at(i+2))
	}},
	{"every 2 weeks", func(r *reader, i int, t, next *token) (int, recurrence) {
		if t.word != "every" || next.class != digits && !next.has(wNumeral) || !r.at(i+2).has(wUnit|wQuarter) {
			return none()
		}
		return i + 3, every(count(next), r.at(i+2))
	}},
	{"once a quarter", func(r *reader, i int, t, next *token) (int, recurrence) {
		if t.word != "once" || next.word != "a" && next.word != "per" && next.word != "every" && next.word != "each" || !r.at(i+2).has(wUnit|wQuarter) {
			return none()
		}
		return i + 3, every(1, r.at(i+2))
	}},
}

// repeatAt reads how often something comes back (rules 13 and 23).
func (r *reader) repeatAt(i int) (c repeat, ok bool) {
	t, next := r.at(i), r.at(i+1)
	if t.aside || !tellsHowOften(t) {
		return c, false
	}
	for k := range repeatRules {
		to, found := repeatRules[k].reads(r, i, t, next)
		if to == 0 {
			continue
		}
		r.applied(repeatRules[k].example)
		return repeat{found, i, to}, found.rule != "" || found.review != ""
	}
	return c, false
}

// tellsHowOften says whether a recurrence may begin with a word: most words need not be held against the rules.
func tellsHowOften(t *token) bool {
	if t.class == digits {
		return t.digitsOf() < 3
	}
	switch t.word {
	case "last", "twice", "regular", "alternate", "weekdays", "once":
		return true
	}
	return t.class == letter && t.has(wRank|wNumeral|wRepeats|wEach|wWeekday)
}

// twice reads "twice a month": no rule says how often that is.
func (r *reader) twice(i int, t, next *token) (int, recurrence) {
	unit := r.at(i + 2)
	if t.word != "twice" || next.word != "a" && next.word != "per" && !next.has(wEach) || !unit.has(wUnit) || unit.n <= unitDay {
		return none()
	}
	c := every(1, unit)
	if unit.n == unitYear {
		c = recurrences[everyHalfYear]
	}
	if c.rule != "" {
		c.review = period.Ambiguous
	}
	return i + 3, c
}

// oneWord reads "monthly", "annually".
func (r *reader) oneWord(i int, t, _ *token) (int, recurrence) {
	if !t.has(wRepeats) {
		return none()
	}
	c := recurrences[t.n]
	if before := r.at(i - 1).word; before == "twice" || before == "times" { // no rule says how often that is
		c.review = period.Ambiguous
		if before == "twice" && t.n == everyYear {
			c.rule = recurrences[everyHalfYear].rule
		}
	}
	return i + 1, c
}

// workingDays reads "weekdays" and "Monday to Friday", unless they are opening hours.
func (r *reader) workingDays(i int, t, next *token) (int, recurrence) {
	to := 0
	switch {
	case i > 0:
	case t.word == "weekdays":
		to = 1
	case t.word == "monday" && (next.is('-') || next.has(wTo)) && r.at(2).word == "friday" && len(r.items) == 0:
		to = 3
	}
	if to == 0 || r.clockAt(to) {
		return to, recurrence{}
	}
	return to, recurrence{rule: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"}
}

// clockAt says whether a time of day stands at a token, perhaps in brackets.
func (r *reader) clockAt(i int) bool {
	for r.at(i).is('(') || r.at(i).is(',') || r.at(i).is(':') {
		i++
	}
	return r.at(i).aside && r.isTime(i) > 0
}

// weekdayOfMonth is where the weekday stands in "2nd Tuesday of the month"; 0 where nothing of the kind does.
func (r *reader) weekdayOfMonth(i int) int {
	k := i + 1
	if n := r.at(i); n.class == digits && n.num > 0 && n.num < 6 && r.at(k).has(wOrdinal) {
		k++
	} else if !n.has(wRank) {
		return 0
	}
	if !r.at(k).has(wWeekday) || r.at(k+1).word != "of" || !r.at(k+2).has(wEach|wArticle) || r.at(k+3).word != "month" {
		return 0
	}
	return k
}

// timesIn reads "three times a year": often enough to say how many months lie between, but no rule says which.
func (r *reader) timesIn(i int) recurrence {
	n, unit := count(r.at(i)), r.at(i+3)
	per := r.at(i+2).word == "a" || r.at(i+2).word == "per" || r.at(i+2).has(wEach)
	if !per || !unit.has(wUnit) || unit.n <= unitDay || n < 1 {
		return recurrence{}
	}
	c := every(1, unit)
	if unit.n == unitYear && 12%n == 0 {
		c = every(12/n, &token{class: letter, entry: entry{wUnit, unitMonth}})
	}
	if c.rule != "" {
		c.review = period.Ambiguous
	}
	return c
}

// weekdayNear is where the weekday stands that "every other" speaks of; 0 where there is none.
func (r *reader) weekdayNear(i int) int {
	for k := i + 1; k < i+4; k++ {
		if r.at(k).has(wWeekday) {
			return k
		}
	}
	return 0
}

// onDays is a recurrence on the weekday at a token, and on those that are named with it: "Mondays and Thursdays".
func (r *reader) onDays(day int, rule string) (to int, c recurrence) {
	rule += ";BYDAY=" + weekdays[r.at(day).n]
	for {
		k := day + 1
		if r.at(k).is(',') && r.at(k+1).has(wAnd) {
			k++
		}
		if !r.at(k).has(wAnd) && !r.at(k).is('&') && !r.at(k).is(',') && !r.at(k).is('/') || !r.at(k+1).has(wWeekday) || r.at(k+2).class == digits {
			return day + 1, recurrence{rule: rule}
		}
		day = k + 1
		rule += "," + weekdays[r.at(day).n]
	}
}

// unitsOf are the units of what recurs: "6 monthly" is every 6 months.
var unitsOf = [...]int8{everyDay: unitDay, everyWeek: unitWeek, everyMonth: unitMonth, everyYear: unitYear, twoWays: 0}

// timesAt is where a recurrence stands that a number before it multiplies; 0 where there is none.
func (r *reader) timesAt(i int) int {
	k := i + 1
	if r.at(k).is('-') {
		k++
	}
	if t := r.at(k); t.has(wRepeats) && unitsOf[t.n] > 0 && t.word != "annual" && t.word != "annually" {
		return k
	}
	return 0
}

// everyYear is where the words begin that make a month one of every year: "each April", "every year in March",
// "annually in March". It is -1 where none do.
func (r *reader) everyYear(month int) int {
	switch before := r.at(month - 1); {
	case r.at(month+1).class == digits || r.at(month-2).class == digits:
	case before.has(wEach):
		return month - 1
	case before.word == "in" && r.at(month-2).word == "year" && r.at(month-3).has(wEach):
		return month - 3
	case before.word == "in" && (r.at(month-2).word == "annually" || r.at(month-2).word == "yearly"):
		return month - 2
	}
	return -1
}

// monthOfEach is the month of every year that words name; 0 where they name none.
func (r *reader) monthOfEach(i int) int {
	for k := i + 1; k <= i+3; k++ {
		if r.at(k).has(wMonth) && r.everyYear(k) == i {
			return k
		}
	}
	return 0
}

// everyYearOn reads a day or a month of every year: "31 March each year", "annually by 31 March".
func (r *reader) everyYearOn(it *item, m *marks, s *said) (f finding, ok bool) {
	if it.several || it.a.year != 0 || it.a.last > 0 || it.a.unit != aDay && it.a.unit != aMonth || it.a.third > 0 {
		return f, false
	}
	f = finding{Reading: period.Reading{Kind: period.Recurring}, from: it.from, to: it.to}
	behind, found := r.repeatAt(m.right)
	switch n := len(s.repeats); {
	case n > 0 && s.repeats[n-1].rule == recurrences[everyYear].rule && s.repeats[n-1].to == m.left:
		c := s.repeats[n-1]
		s.repeats = s.repeats[:n-1]
		r.used(c.from, c.to-1)
		f.from = c.from
	case found && behind.rule == recurrences[everyYear].rule && r.at(m.right).word != "annual":
		r.used(behind.from, behind.to-1)
		f.to, m.right = behind.to, behind.to
	default:
		return f, false
	}
	f.RRule = recurrences[everyYear].rule + ";BYMONTH=" + strconv.Itoa(it.a.month)
	if it.a.unit == aDay {
		f.RRule += ";BYMONTHDAY=" + strconv.Itoa(it.a.day)
	}
	r.put(period.Ambiguous) // the rules name no day or month of each year
	if it.a.misspelt || m.misspelt {
		r.put(period.Misspelt)
	}
	return f, true
}

// nth is which weekday of a month: "last Friday of each month".
func nth(t *token) string {
	if t.word == "last" {
		return "-1"
	}
	return string(rune('0' + t.n))
}

func count(t *token) int {
	if t.class == digits {
		return t.num
	}
	return int(t.n)
}

// every writes a recurrence of some units; a quarter is three months.
func every(n int, t *token) recurrence {
	rule := ""
	switch {
	case t.has(wQuarter):
		rule, n = "FREQ=MONTHLY", 3*n
	case t.n == unitDay:
		rule = "FREQ=DAILY"
	case t.n == unitWeek:
		rule = "FREQ=WEEKLY"
		if t.word == "fortnight" {
			n *= 2
		}
	case t.n == unitMonth && n > 0 && n%12 == 0:
		rule, n = "FREQ=YEARLY", n/12
	case t.n == unitMonth:
		rule = "FREQ=MONTHLY"
	case t.n == unitYear && t.word != "decade":
		rule = "FREQ=YEARLY"
	}
	if rule == "" || n < 1 || n > 99 {
		return recurrence{}
	}
	if n > 1 {
		rule += ";INTERVAL="
		if n > 9 {
			rule += string(rune('0' + n/10))
		}
		rule += string(rune('0' + n%10))
	}
	return recurrence{rule: rule}
}
