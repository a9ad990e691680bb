package documents

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/headings"
)

// A table in which each column is a milestone that every row has: "Project | Kick-off | Design agreed | Handover", with days below. Each
// cell with a day is a milestone, called as its column; what the row is called is its scheme.

// leastEvents is how many columns of days a table has whose headings say no field, before it is one of these.
const leastEvents = 3

// saysWhen are words of a heading for a date of the row itself.
var saysWhen = regexp.MustCompile(`\b(?:dates?|due|deadline|target|forecast|start|starts|end|ends|finish|when|by|actual|planned?|baseline|revised|original|expected|estimated|updated|created|raised|from|to|month|week|quarter|year|day|period|timeline|last|next|review|modified|completed?|closed|opened)\b`)

// eventColumns are the columns that hold days, where their headings name what happens on them and not a date of the row.
func (r learner) eventColumns(rows []row) (columns []int) {
	l := r.layout
	if l.charted || !l.has(Title, Scheme, Workstream, Deliverable) {
		return nil
	}
	plain := 0
	for i, h := range l.headings {
		if h.text == "" || h.sure > 1 || saysWhen.MatchString(headings.Key(h.text)) || isTick(cell{text: h.text}) {
			continue
		}
		switch h.as {
		case Start, Finish, Actual, Further, Period, Ref:
			continue
		}
		if !r.holdsEvents(rows, i) {
			continue
		}
		columns = append(columns, i)
		if h.as == Unread || h.as == Title || h.as == Deliverable || h.as == Scheme {
			plain++
		}
	}
	if plain < leastEvents || r.nameOfRows(columns) < 0 {
		return nil
	}
	return columns
}

// holdsEvents says whether a column holds days for the most part; "TBC" and "n/a" may stand among them.
func (r *calendar) holdsEvents(rows []row, column int) bool {
	days, others := 0, 0
	for _, in := range rows {
		switch c := in.at(column); {
		case isNothing(c.text):
		case c.read == "" && !strings.ContainsAny(c.text, "0123456789") && len(c.text) > len("to be confirmed"): // no day, and not worth a closer look
			others++
		case r.isDay(c):
			days++
		case !r.isDate(c) && !flagged.MatchString(c.text):
			others++
		}
		if others > 2 && days < others {
			return false
		}
	}
	return days > 0 && days > 4*others
}

// nameOfRows is the column that says what each row of such a table is; -1 for none.
func (r learner) nameOfRows(events []int) int {
	for _, f := range []Field{Title, Scheme, Deliverable, Workstream} {
		for _, i := range r.layout.all(f) {
			if !slices.Contains(events, i) {
				return i
			}
		}
	}
	return -1
}

// learnEvents makes of such columns what they are.
func (r learner) learnEvents(rows []row) {
	l := r.layout
	columns := r.eventColumns(rows)
	if columns == nil {
		return
	}
	name := r.nameOfRows(columns)
	for _, i := range columns {
		l.headings[i].as = Date
	}
	l.headings[name].as = Title
	l.events = columns
	r.note("The columns %s hold days, and their headings name what is to happen: each day was read as a milestone of its row.", quoted(namesOf(l, columns)))
}

func namesOf(l *layout, columns []int) (names []string) {
	for n, i := range columns {
		if n == 6 {
			return append(names, "...")
		}
		names = append(names, l.headings[i].text)
	}
	return names
}

// eventTable makes a milestone of every cell below the columns of events.
func (r *reader) eventTable(rows []row) {
	l := r.layout
	name := l.column(Title)
	for _, in := range rows {
		who := in.at(name)
		if who.text == "" || isTotal(in) {
			continue
		}
		rec := newRecord()
		rec.add(in, l)
		base := Milestone{Sheet: r.sheet, Line: in.number, Scheme: r.value(who), Workstream: r.workstream(rec), Owner: r.field(rec, Owner)}
		base.Status, base.RAG = r.field(rec, Status), r.rag(rec)
		base.Other = r.others(rec)
		if rec.hidden {
			base.doubt(Hidden, Title, "", "The row is hidden in the spreadsheet: somebody may have meant to leave it out.")
		}
		if ref := r.field(rec, Ref); ref.Text != "" {
			base.Other = withOther(base.Other, l.headings[l.column(Ref)].text, ref)
		}
		for _, i := range l.events {
			if c := in.at(i); !isNothing(c.text) && !flagged.MatchString(c.text) {
				r.event(base, c, i)
			}
		}
	}
}

// event is the milestone of one cell.
func (r *reader) event(m Milestone, c cell, column int) {
	h := r.layout.headings[column]
	m.Review = slices.Clone(m.Review)
	m.Title = Value{Text: h.text, From: []Place{{r.sheet, h.line, c.column, h.text}}}
	d := r.dates(c)
	m.Date, m.Dates = r.value(c), d.Readings
	for _, reason := range d.Review {
		m.doubt(reason, Date, c.text, period.Why(reason))
	}
	if c.doubt != "" {
		m.doubt(c.doubt, Date, c.text, period.Why(c.doubt))
	}
	if len(d.Readings) == 0 {
		m.Dates = []period.Reading{{Kind: period.Unknown}}
		m.doubt(period.Unreadable, Date, c.text, "No date can be read from these words.")
	}
	if !r.layout.eventsAsked {
		r.layout.eventsAsked = true
		m.doubt(period.Ambiguous, Title, h.text, fmt.Sprintf("Each day of the table was read as a milestone, called as its column, of what its row names (%.60q). Is that right? It is asked once, of the first.", m.Scheme.Text))
	}
	r.emit(m)
}

// headsEvents says whether a row is the header of such a table: a name for what the rows are, and days below at least three other words.
func (r *parter) headsEvents(in row, next []row) bool {
	if r.scanned || in.prose || in.across || r.layout != nil || len(next) < 2 || !allShort(in) {
		return false
	}
	named, days := false, 0
	for _, i := range in.filled() {
		text := in.at(i).text
		if !strings.ContainsFunc(text, unicode.IsLetter) || isTick(in.at(i)) {
			continue
		}
		switch f, ok := headings.Exact(headings.Key(text)); {
		case ok && (f == Title || f == Scheme || f == Workstream):
			named = true
		case r.isDay(next[0].at(i)) && r.isDay(next[1].at(i)):
			days++
		}
	}
	return named && days >= leastEvents
}
