package documents

import (
	"fmt"
	"regexp"
	"strings"

	"milepost.dev/internal/reading/headings"
)

// learnUnnamed looks at the columns of a table that has a title and no date by its headings. One column that holds dates is the
// date, whatever its heading, and a note says so; of several nobody knows which is meant.
func (r learner) learnUnnamed(rows []row) {
	l := r.layout
	if !l.has(Title, Deliverable) {
		return
	}
	if l.has(Date, Finish, Start, Period) {
		r.learnPlanned(rows)
		return
	}
	var columns []int
	for i, h := range l.headings {
		if h.as == Unread && h.text != "" && (r.holdsDates(rows, i) || spanOfTime.MatchString(headings.Key(h.text)) && r.holdsSpans(rows, i)) {
			columns = append(columns, i)
		}
	}
	switch {
	case len(columns) == 1:
		r.saidDates = true
		l.headings[columns[0]].as = Date
		r.note("No heading is known as that of a date. The column %.40q holds dates, and was read as the delivery date.", l.headings[columns[0]].text)
	case len(columns) > 1:
		r.saidDates = true
		var names []string
		for _, i := range columns {
			names = append(names, fmt.Sprintf("%.40q", l.headings[i].text))
		}
		r.note("No heading is known as that of a date, and the columns %s hold dates: none was read as the delivery date. A mapping file (--map) says which is, for example columns: {%s: delivery_date}.", strings.Join(names, ", "), names[0])
	}
}

// learnPlanned finds the dates that were planned at first under a heading of that one word, which alone could be anything:
// money that is planned, or a yes. They hold in a row where every newer column is empty.
func (r learner) learnPlanned(rows []row) {
	l := r.layout
	for i, h := range l.headings {
		if h.as != Unread || !plannedAlone.MatchString(headings.Key(h.text)) {
			continue
		}
		if dates, others := r.datesIn(rows, i); dates <= others {
			continue
		}
		l.headings[i].as, l.headings[i].second, l.headings[i].age = Further, true, 2*len(l.headings)
		r.note("The column %.40q holds dates. Each counts where no newer column of its row has one, and is kept beside it otherwise.", h.text)
	}
}

var plannedAlone = regexp.MustCompile(`^(?:planned|plan|original|initial|scheduled|target|expected)$`)

// datesIn counts the cells of a column that are read as dates, "TBC" among them, and the others that say something.
func (r *calendar) datesIn(rows []row, column int) (dates, others int) {
	for _, in := range rows {
		switch c := in.at(column); {
		case isNothing(c.text):
		case r.isDate(c):
			dates++
		default:
			others++
		}
	}
	return dates, others
}

// holdsDates says whether what stands in a column are days, but for a few.
func (r *calendar) holdsDates(rows []row, column int) bool {
	days, others := 0, 0
	for _, in := range rows {
		switch c := in.at(column); {
		case isNothing(c.text):
		case r.isDay(c):
			days++
		default:
			others++
		}
	}
	return days > 0 && days > 4*others
}

// spanOfTime heads a column that says in which week or month something is to be done, beside the dates of that.
var spanOfTime = regexp.MustCompile(`^(?:(?:project )?weeks?|months?|sprints?|iterations?|periods?|date range|days)(?: (?:no|number|dates?|of))?$`)

// holdsSpans says whether what stands in a column are mostly dates, or days behind the number of a week.
func (r *calendar) holdsSpans(rows []row, column int) bool {
	spans, others := 0, 0
	for _, in := range rows {
		switch c := in.at(column); {
		case isNothing(c.text) || c.above:
		case numbered.MatchString(c.text) || r.isDate(c):
			spans++
		default:
			others++
		}
	}
	return spans > 0 && spans > 2*others
}

// numbered is a span of days behind the number of its week: "3 (1/21/24 - 1/27/24)", "Sprint 2 (1 May - 14 May 2025)".
var numbered = regexp.MustCompile(`^(?i:(?:week|wk|w|sprint|iteration|month)\W{0,2})?\d{1,3} ?[(:–-] ?((?:\d{1,2}[/. -]|(?i:` + monthNames + `)).*?\d)\)?$`)

// withoutNumbers takes the number of the week from cells of dates. What stands in them stays beside the milestone.
func (l *layout) withoutNumbers(rows []row) {
	for _, i := range append(l.all(Date), l.all(Finish)...) {
		if !spanOfTime.MatchString(headings.Key(l.headings[i].text)) {
			continue
		}
		for _, in := range rows {
			if i >= len(in.cells) {
				continue
			}
			if at := numbered.FindStringSubmatch(in.cells[i].text); at != nil {
				in.cells[i].whole, in.cells[i].text = in.cells[i].verbatim(), at[1]
			}
		}
	}
}
