package documents

import (
	"regexp"
	"strings"

	"milepost.dev/internal/reading/dates"
)

// How a date is to be typed may stand in its heading or in the row below it: "Due date (MM/DD/YYYY)".

var (
	typedAs = regexp.MustCompile(`(?i)\b(d{1,2}|m{1,3}|y{2,4})[/. -](d{1,2}|m{1,3}|y{2,4})[/. -](d{1,2}|y{2,4}|m{1,3})\b`)
	// unitCell says in which unit or form the values of a column stand.
	unitCell = regexp.MustCompile(`^(?:\([^()]{1,40}\)|\[[^\[\]]{1,40}\])$`)
)

// orderTyped is the order of day and month that a text asks for.
func orderTyped(text string) dates.Order {
	at := typedAs.FindStringSubmatch(text)
	if at == nil {
		return dates.OrderUnsaid
	}
	form := ""
	for _, part := range at[1:] {
		form += strings.ToLower(part[:1])
	}
	switch form {
	case "dmy":
		return dates.DayFirst
	case "mdy":
		return dates.MonthFirst
	}
	return dates.OrderUnsaid
}

// learnTyped takes the order of the columns from what their headings, or a row of units right below them, say of it. Such a row is none
// of the table.
func (l *layout) learnTyped(rows []row) {
	for i, h := range l.headings {
		if o := orderTyped(h.text); o != dates.OrderUnsaid {
			l.headings[i].order, l.headings[i].typed = o, true
		}
	}
	if len(rows) < 2 || rows[0].number != l.line+1 {
		return
	}
	filled := rows[0].filled()
	for _, i := range filled {
		if text := rows[0].at(i).text; !unitCell.MatchString(text) && !(len(text) < 16 && typedAs.FindString(text) == text) {
			return
		}
	}
	for _, i := range filled {
		if o := orderTyped(rows[0].at(i).text); o != dates.OrderUnsaid && i < len(l.headings) {
			l.headings[i].order, l.headings[i].typed = o, true
		}
	}
	if len(filled) > 0 {
		rows[0].cells, rows[0].across = rows[0].cells[:0], false
	}
}
