package documents

import (
	"regexp"
	"slices"

	"milepost.dev/internal/reading/headings"
)

// Rows of a spreadsheet that have nothing but words in the column of the titles: each heads the rows below it, or is something to be done
// of which nobody said when.

// sectionsOf are the rows that head those below them. A table that begins with such a row is parted by all of them, and so is one where
// they have a colour that the next row has not. Where rows have nothing else and nothing shows that they are headings, it is asked.
func (r table) sectionsOf(rows []row) map[int]bool {
	l := r.layout
	title := l.column(Title)
	if r.scanned || title < 0 || l.levels != nil || l.charted || !l.has(Date, Finish, Start) {
		return nil
	}
	var alone []int
	for i, in := range rows {
		if filled := l.withoutHints(l.withoutNotes(in.filled())); len(filled) == 1 && filled[0] == title && len(in.at(title).text) < 70 && r.headsDated(rows[i+1:]) {
			if alone = append(alone, i); sectionRow.MatchString(in.at(title).text) { // such rows are known by how they are written
				return nil
			}
		}
	}
	dated := 0
	for i := 0; i < len(rows) && dated < len(alone); i++ {
		if r.saysWhen(rows[i]) {
			dated++
		}
	}
	if len(alone) == 0 || dated < len(alone) {
		return nil
	}
	sections := map[int]bool{}
	first := alone[0] == 0
	for _, i := range alone {
		here, below := rows[i].at(title).colour, rows[i+1].at(title).colour
		if sections[i] = first || here != "" && here != below; !sections[i] && len(alone) > 1 {
			rows[i].asks = append(rows[i].asks, Doubt{Candidate, Title, rows[i].at(title).text, "The row has nothing but words, and rows with dates stand below it: it may be their heading."})
		}
	}
	return sections
}

// withoutHints leaves out the columns that say how the sheet is to be filled in, under a heading that is a sentence.
func (l *layout) withoutHints(columns []int) []int {
	return slices.DeleteFunc(columns, func(i int) bool {
		return i < len(l.headings) && l.headings[i].as == Unread && len(l.headings[i].text) > longHeading
	})
}

// longHeading is how many bytes a heading has that is a sentence.
const longHeading = 60

// headsDated says whether the next row with more than words says when.
func (r table) headsDated(below []row) bool {
	for _, in := range below {
		if len(in.filled()) > 1 {
			return r.saysWhen(in)
		}
	}
	return false
}

// saysWhen says whether a row has a date of its own.
func (r table) saysWhen(in row) bool {
	for _, f := range []Field{Date, Finish, Start} {
		for _, i := range r.layout.all(f) {
			if c := in.at(i); c.text != "" && r.isDate(c) {
				return true
			}
		}
	}
	return false
}

var hoursWorked = regexp.MustCompile(`^(?:hours|hrs|time spent|hours spent|hours worked|time worked|no of hours|number of hours|work hours|total hours|duration hours|time hours)$`)

// askWorked asks, once, about a table that has the day of an entry and the hours of it: it may say what was worked.
func (r learner) askWorked(rows []row) {
	l := r.layout
	if r.scanned || len(l.all(Date)) != 1 || l.has(Start, Finish, Status, Percent) || !entryDate.MatchString(headings.Key(l.headings[l.column(Date)].text)) {
		return
	}
	for _, h := range l.headings {
		if hoursWorked.MatchString(headings.Key(h.text)) {
			rows[0].asks = append(rows[0].asks, Doubt{Candidate, Title, h.text, "The rows have a day and hours: they may say what was worked, and not what is to be done. It is asked once, of the first."})
			return
		}
	}
}
