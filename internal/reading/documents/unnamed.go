package documents

import (
	"fmt"
	"strings"
)

// learnUnnamed looks at the columns of a table that has a title and no date by its headings. One column that holds dates is the
// date, whatever its heading, and a note says so; of several nobody knows which is meant.
func (r *reader) learnUnnamed(rows []row) {
	l := r.layout
	if !l.has(Title, Deliverable) || l.has(Date, Finish, Start, Period) {
		return
	}
	var columns []int
	for i, h := range l.headings {
		if h.as == Unread && h.text != "" && r.holdsDates(rows, i) {
			columns = append(columns, i)
		}
	}
	switch {
	case len(columns) == 1:
		l.headings[columns[0]].as = Date
		r.note("No heading is known as that of a date. The column %.40q holds dates, and was read as the delivery date.", l.headings[columns[0]].text)
	case len(columns) > 1:
		var names []string
		for _, i := range columns {
			names = append(names, fmt.Sprintf("%.40q", l.headings[i].text))
		}
		r.note("No heading is known as that of a date, and the columns %s hold dates: none was read as the delivery date. A mapping file (--map) says which is, for example columns: {%s: delivery_date}.", strings.Join(names, ", "), names[0])
	}
}

// holdsDates says whether what stands in a column are days, but for a few.
func (r *reader) holdsDates(rows []row, column int) bool {
	days, others := 0, 0
	for _, in := range rows {
		switch c := in.at(column); {
		case isNothing(c.text):
		case r.isPlainDate(c):
			days++
		default:
			others++
		}
	}
	return days > 0 && days > 4*others
}

// learnProgress sees whether a column that is headed as a status holds percentages.
func (l *layout) learnProgress(rows []row) {
	column := l.column(Status)
	if column < 0 || l.has(Percent) || l.headings[column].sure > 1 {
		return
	}
	found := false
	for _, in := range rows {
		text := in.at(column).text
		if text != "" && !percent.MatchString(text) {
			return
		}
		found = found || text != ""
	}
	if found {
		l.headings[column].as = Percent
	}
}
