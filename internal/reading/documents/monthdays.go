package documents

import (
	"regexp"
	"strconv"
	"time"

	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/dates"
)

// Days without a year that are written with the month first: "Nov 23", "Jan 1 - Jan 14". Alone such a number may be a year; a column in
// which one cannot be holds days.

var (
	monthDay  = regexp.MustCompile(`(?i)\b(` + monthNames + `)\.? (\d{1,2})(?:st|nd|rd|th)?(?:( ?[-–] ?)(\d{1,2}))?\b`)
	withYear  = regexp.MustCompile(`\b(?:19|20)\d\d\b`)
	onlyDays  = regexp.MustCompile(`(?i)^(?:` + monthNames + `)\.? \d{1,2}(?:st|nd|rd|th)?(?: ?(?:-|–|to) ?(?:(?:` + monthNames + `)\.? )?\d{1,2}(?:st|nd|rd|th)?)?(?: ?\([^()]*\))?$`)
	spanStart = regexp.MustCompile(`(?i)^(?:` + monthNames + `)\.? \d{1,2} ?(?:-|–|to) ?`)
)

// learnMonthDays sees which columns of dates hold such days.
func (r learner) learnMonthDays(rows []row) {
	for _, i := range r.layout.dateColumns() {
		all, proof := 0, false
		for _, in := range rows {
			text := oneLine(in.at(i).text)
			if isNothing(text) {
				continue
			}
			if in.at(i).read != "" || !onlyDays.MatchString(text) {
				all = -1
				break
			}
			all++
			at := monthDay.FindStringSubmatch(text)
			n, err := strconv.Atoi(at[2])
			proof = proof || err == nil && n < 10 && at[2][0] != '0' || spanStart.MatchString(text)
		}
		r.layout.headings[i].monthDays = all > 0 && proof
	}
}

// shortDay is a day and a month in numbers, without a year, or two of them: "22/3 - 5/4".
var shortDay = regexp.MustCompile(`^(\d{1,2})/(\d{1,2})(?:\s*[-–]\s*(\d{1,2})/(\d{1,2}))?$`)

// learnShortDays sees which columns of dates hold such days, and in which order.
func (r learner) learnShortDays(rows []row) {
	for _, i := range r.layout.dateColumns() {
		if !allMatch(rows, i, shortDay) {
			continue
		}
		first, second := false, false // one of them is more than twelve
		for _, in := range rows {
			at := shortDay.FindStringSubmatch(in.at(i).text)
			for k := 1; at != nil && k < len(at); k++ {
				if n, err := strconv.Atoi(at[k]); err == nil && n > 12 {
					first, second = first || k%2 == 1, second || k%2 == 0
				}
			}
		}
		switch h := &r.layout.headings[i]; {
		case first && second:
		case second || !first && (r.settings.Order == dates.MonthFirst || r.usual == dates.MonthFirst):
			h.short = dates.MonthFirst
		default:
			h.short, h.shortOr = dates.DayFirst, !first && r.settings.Order == dates.OrderUnsaid && r.usual == dates.OrderUnsaid
		}
	}
}

// readShortDays writes their months in words.
func (l *layout) readShortDays(rows []row) {
	for i, h := range l.headings {
		for _, in := range rows {
			at := shortDay.FindStringSubmatch(in.at(i).text)
			if h.short == dates.OrderUnsaid || at == nil {
				continue
			}
			from, ok := dayOfMonth(at[1], at[2], h.short)
			to, both := dayOfMonth(at[3], at[4], h.short)
			if !ok || at[3] != "" && !both {
				continue
			}
			c := &in.cells[i]
			if c.whole, c.text = c.verbatim(), from; both {
				c.text = from + " - " + to
			}
			if h.shortOr {
				c.doubt = period.Ambiguous
			}
		}
	}
}

// dayOfMonth is a day in words: "22 March".
func dayOfMonth(first, second string, order dates.Order) (string, bool) {
	if order == dates.MonthFirst {
		first, second = second, first
	}
	d, err := strconv.Atoi(first)
	m, err2 := strconv.Atoi(second)
	if err != nil || err2 != nil || d < 1 || d > 31 || m < 1 || m > 12 {
		return "", false
	}
	return strconv.Itoa(d) + " " + time.Month(m).String(), true
}

// readMonthDays turns them round, so that they are read as days.
func (l *layout) readMonthDays(rows []row) {
	for i, h := range l.headings {
		if !h.monthDays {
			continue
		}
		for _, in := range rows {
			if i >= len(in.cells) || in.cells[i].text == "" || in.cells[i].above || withYear.MatchString(in.cells[i].text) {
				continue
			}
			c := &in.cells[i]
			c.whole = c.verbatim()
			c.text = monthDay.ReplaceAllString(withoutBracket.ReplaceAllString(oneLine(c.text), ""), "$2$3$4 $1")
		}
	}
}
