package documents

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/dates"
)

// dateOf reads the date of a record.
func (r *reader) dateOf(rec *record) (Value, period.Delivery, []Doubt) {
	l := r.layout
	if !l.has(Date) && !l.has(Start, Finish) {
		return Value{}, period.Delivery{}, nil
	}
	if !l.has(Date) {
		return Value{}, period.Delivery{}, nil // see startAndFinish
	}
	cells := rec.cells[Date]
	if !slices.ContainsFunc(cells, func(c cell) bool { return !isNothing(c.text) }) {
		if second := r.secondDate(rec); len(second) > 0 {
			cells = second
		}
	}
	if len(cells) == 0 {
		return r.noDate(rec)
	}
	var review []Doubt
	var texts []string
	var readings []period.Reading
	ditto := false
	for _, c := range cells {
		if isNothing(c.text) {
			continue
		}
		if c.doubt != "" {
			review = append(review, Doubt{c.doubt, Date, c.text, period.Why(c.doubt)})
		}
		if c.hidden {
			review = append(review, Doubt{Hidden, Date, c.text, "The column of the date is hidden in the spreadsheet: it may be out of use."})
		}
		review = append(review, l.askFormula(Date, c)...)
		if isDitto(c.text) {
			ditto = true
			readings = append(readings, r.datesUp...)
			continue
		}
		texts = append(texts, c.dateWords())
	}
	v := r.value(cells...)
	if len(texts) == 0 && !ditto { // nothing but a dash
		return v, period.Delivery{Text: v.Text, Readings: []period.Reading{{Kind: period.Unknown}}}, nil
	}
	d := dates.ReadWords(strings.Join(texts, " "), r.inOrder(cells[0], r.settings))
	switch {
	case ditto && len(texts) == 0 && len(r.datesUp) == 0:
		d = dates.ReadWords(v.Text, r.settings)
	case ditto && len(texts) == 0:
		d = period.Delivery{Text: v.Text, Readings: readings}
	case ditto:
		d.Readings = append(readings, d.Readings...)
	}
	r.datesUp = d.Readings
	d.Text = v.Text
	review = append(review, r.rivalDate(rec, d)...)
	if len(d.Readings) == 0 {
		review = append(review, Doubt{period.Unreadable, Date, v.Text, "No date can be read from these words."})
	}
	if slices.Contains(d.Review, period.Unreadable) || len(d.Readings) == 0 {
		r.unread(Date)
	}
	if len(texts) > 0 && cells[0].read != "" {
		v.Text = joinLines(cells)
	}
	return v, d, review
}

// clock is the time of day that programs write behind a day: "T05:00:00Z", "12:00 AM". A milestone is due on a day.
var clock = regexp.MustCompile(`(\d)(?:T|,? +)\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?: ?[AaPp]\.?[Mm]\.?)?(?:Z| ?[+-]\d\d:?\d\d| (?:UTC|GMT))?$`)

// maxDateWords is how many bytes the words of a date may have.
const maxDateWords = 4_000

// dateWords are the words from which the date of a cell is read.
func (c cell) dateWords() string {
	switch {
	case c.read != "":
		return c.read
	case len(c.text) > maxDateWords:
		return "" // nobody writes a date so long: it is read as none
	case strings.Contains(c.text, ":"):
		return clock.ReplaceAllString(oneLine(c.text), "$1")
	case strings.Contains(c.text, "."):
		return dotted.ReplaceAllStringFunc(oneLine(c.text), dayInWords)
	}
	return oneLine(c.text)
}

// dotted is a day as it is written in German and other languages where the year is left out: "15.05."
var dotted = regexp.MustCompile(`\b\d{1,2}\.\d{1,2}\.(?:\s|[,;)]|$)`)

// dayInWords is such a day with the name of its month.
func dayInWords(text string) string {
	day, rest, _ := strings.Cut(text, ".")
	month, end, _ := strings.Cut(rest, ".")
	n, err := strconv.Atoi(month)
	if d, err2 := strconv.Atoi(day); err != nil || err2 != nil || n < 1 || n > 12 || d < 1 || d > 31 {
		return text
	}
	return day + " " + time.Month(n).String() + end
}

// secondDate is the date in another column, where the one that would hold instead of it is empty: the newest of them.
func (r table) secondDate(rec *record) []cell {
	var found []cell
	newest := 0
	for _, in := range rec.rows {
		for i, c := range in.cells {
			if isNothing(c.text) || i >= len(r.layout.headings) || !r.layout.headings[i].second {
				continue
			}
			if age := r.layout.headings[i].age; found == nil || age < newest {
				found, newest = []cell{c}, age
			}
		}
	}
	if found != nil {
		return found
	}
	if cells := rec.cells[Finish]; len(cells) > 0 && !isNothing(cells[0].text) {
		return cells
	}
	return nil
}

// noDate is an empty cell of dates. Where a block has one date, on its first row, it may hold for all of its actions.
func (r *reader) noDate(rec *record) (Value, period.Delivery, []Doubt) {
	unknown := period.Delivery{Readings: []period.Reading{{Kind: period.Unknown}}}
	if rec.opensBlock || len(r.block.dates) == 0 || len(r.block.dates[0].text) == 0 {
		return Value{}, unknown, nil
	}
	d := r.dates(r.block.dates[0])
	if len(d.Readings) != 1 {
		return Value{}, unknown, nil
	}
	v := r.value(r.block.dates[0])
	return v, d, []Doubt{{period.Ambiguous, Date, v.Text, "The cell of the date is empty; the date on the first row of the same deliverable is proposed."}}
}

// startAndFinish takes the dates of two columns: the finish is the milestone's date, and the start stands beside it
// with its label. Where a column of its own has the date, both stand beside that.
func (r table) startAndFinish(m *Milestone, rec *record) {
	for _, f := range []Field{Start, Finish} {
		cells := rec.cells[f]
		if len(cells) == 0 || isNothing(cells[0].text) {
			continue
		}
		column := r.layout.column(f)
		if f == Start || r.layout.has(Date) {
			r.furtherDate(m, cells[0], column)
			continue
		}
		d, v := r.dates(cells[0]), r.value(cells...)
		m.Date, m.Dates = v, append(m.Dates, d.Readings...)
		for _, reason := range d.Review {
			m.doubt(reason, f, v.Text, period.Why(reason))
		}
		for _, doubt := range r.layout.askFormula(f, cells[0]) {
			m.doubt(doubt.Reason, doubt.Field, doubt.Text, doubt.Says)
		}
		if cells[0].doubt != "" {
			m.doubt(cells[0].doubt, f, v.Text, period.Why(cells[0].doubt))
		}
	}
	for _, in := range rec.rows {
		for i, c := range in.cells {
			if c.text == "" || i >= len(r.layout.headings) || r.layout.headings[i].as != Further {
				continue
			}
			r.furtherDate(m, c, i)
		}
	}
	if r.layout.has(Finish) && !r.layout.has(Date) && m.Date.Text == "" {
		m.Dates = append(m.Dates, period.Reading{Kind: period.Unknown})
	}
}

// furtherDate is another date of a row, that its heading says what it is of. Its words stand beside the milestone under
// that heading, also where no date can be read from them.
func (r table) furtherDate(m *Milestone, c cell, column int) {
	label := r.layout.headings[column].text
	if isNothing(c.text) || slices.Contains(m.Date.From, Place{r.sheet, c.row, c.column, c.verbatim()}) { // it is the date itself
		return
	}
	m.Other = withOther(maps.Clone(m.Other), label, r.value(c))
	dated := false
	for _, reading := range r.dates(c).Readings {
		if reading.Start != 0 || reading.End != 0 {
			reading.Label = label
			m.Dates = append(m.Dates[:len(m.Dates):len(m.Dates)], reading)
			dated = true
		}
	}
	for _, reason := range r.dates(c).Review {
		if reason == period.Unreadable && !dated {
			r.lose(column)
		}
		if r.layout.headings[column].as == Start || r.layout.headings[column].as == Finish {
			m.doubt(reason, r.layout.headings[column].as, c.text, period.Why(reason))
		}
	}
	if c.doubt != "" {
		m.doubt(c.doubt, Further, c.text, period.Why(c.doubt))
	}
}

// askFormula asks about a date that a formula made: once in a column, and for every date that depends on the day on which
// the file was saved.
func (l *layout) askFormula(f Field, c cell) []Doubt {
	switch i := l.column(f); {
	case c.formula == ofToday:
		return []Doubt{{Formula, f, c.text, "The date is worked out from the day on which the file was last saved: on another day it is another date."}}
	case c.formula == worked && i >= 0 && !l.headings[i].worked:
		l.headings[i].worked = true
		return []Doubt{{Formula, f, c.text, fmt.Sprintf("A formula makes dates of the column %.60q, this one first; they were read as they were when the file was saved.", l.headings[i].text)}}
	}
	return nil
}
