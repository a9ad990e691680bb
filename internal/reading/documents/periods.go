package documents

import (
	"regexp"
	"strings"

	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/dates"
)

// pointer is a cell that only points somewhere else in the document.
var pointer = regexp.MustCompile(`(?i)^\W*see\b.{0,40}\b(below|above|overleaf|section|page|appendix)\W*$`)

// periodTable reads a plan by year: the heading of a column dates what stands below it, and each item of a
// cell is a milestone.
func (r *reader) periodTable(rows []row) {
	l := r.layout
	periods := l.all(Period)
	var base Milestone
	var lead []cell
	for _, in := range rows {
		if r.scanned {
			in = r.specks(in)
		}
		rec := newRecord()
		rec.add(in, l)
		if here := r.leadOf(in); len(here) > 0 {
			lead = here
			base = Milestone{Workstream: r.workstream(rec), Scheme: r.value(here...), Success: r.value(append(rec.cells[Success], rec.cells[KPI]...)...)}
			base.Owner, base.Status = r.field(rec, Owner), r.field(rec, Status)
		}
		base.Sheet, base.Line = r.sheet, in.number
		if r.marked(in, base, lead) || r.trajectory(in, lead) {
			continue
		}
		for _, i := range periods {
			if c := in.at(i); c.text != "" {
				r.periodCell(c, l.headings[i], base)
			}
		}
	}
}

// leadOf are the cells of a row that say what its periods are about: the action, the objective, whatever stands before them.
func (r table) leadOf(in row) (lead []cell) {
	for i, c := range in.cells {
		if c.text == "" || i >= len(r.layout.headings) {
			continue
		}
		switch r.layout.headings[i].as {
		case Scheme, Deliverable, Title, Unread, Funding, Figure:
			lead = append(lead, c)
		}
	}
	return lead
}

// marked reads a row of a chart: marks in the columns of the periods in which something is done. What is done stands
// before them, and the marks say from when to when.
func (r *reader) marked(in row, m Milestone, lead []cell) bool {
	periods := r.layout.all(Period)
	first, last := -1, -1
	for _, i := range periods {
		text := in.at(i).text
		if text == "" {
			continue
		}
		if len([]rune(text)) > 2 || strings.ContainsAny(text, "0123456789") {
			return false
		}
		if first < 0 {
			first = i
		}
		last = i
	}
	if first < 0 || len(lead) == 0 {
		return false
	}
	from, to := r.layout.headings[first], r.layout.headings[last]
	m.Title = r.value(lead[len(lead)-1])
	m.Scheme = r.value(lead[:len(lead)-1]...)
	reading := period.Reading{Kind: period.During}
	if a, b := from.period.Readings, to.period.Readings; len(a) == 1 && len(b) == 1 && a[0].Start != 0 {
		reading.Start, reading.End, reading.Due = a[0].Start, b[0].End, b[0].End
		m.Dates = []period.Reading{reading}
	}
	m.Date = Value{Text: from.text + " - " + to.text, From: r.places(in.cells)}
	m.doubt(period.Ambiguous, Period, m.Date.Text, "The dates are read from marks in a chart; a colour alone, or a mark that means something else, was not seen.")
	r.emit(m)
	return true
}

// periodCell makes a milestone of each item of a cell.
func (r *reader) periodCell(c cell, h heading, base Milestone) {
	p := phraseOf(c.text)
	cuts := p.cuts()
	least := evident
	if !r.scanned {
		least = bySentence // in a cell that somebody typed a capital is a name's
	}
	for _, k := range cuts {
		if k.weight == byMark { // where items have marks, nothing else parts them
			least = byMark
		}
	}
	if strings.HasPrefix(strings.TrimSpace(c.text), "*") || startsWithBullet(c.text) {
		least = byMark
	}
	for _, item := range headed(p.parted(cuts, least)) {
		if pointer.MatchString(item) {
			r.fact(c.row, "pointer", item)
			continue
		}
		m := base
		m.Title = Value{Text: item, From: r.places([]cell{c})}
		m.Date = Value{Text: h.text, From: []Place{{r.sheet, h.line, c.column, h.text}}}
		m.Dates = h.period.Readings
		for _, reason := range h.period.Review {
			if reason == period.Relative { // the same question for all that stands below it: a note asks it once
				r.relativeTo[h.text]++
				continue
			}
			m.doubt(reason, Period, h.text, period.Why(reason))
		}
		r.datesInPeriod(&m, item)
		r.emit(m)
	}
}

var quarterAlone = regexp.MustCompile(`\b(?:by )?Q[1-4]\b→?`)

// datesInPeriod looks for a date in the words of an item, inside the period of its column: "Consult (Q4)".
func (r *calendar) datesInPeriod(m *Milestone, item string) {
	settings := r.settings
	if len(m.Dates) == 1 {
		settings.PlanStart, settings.PlanEnd = m.Dates[0].Start, m.Dates[0].End
		settings.Dated = middle(m.Dates[0])
		settings.Quarters = dates.FinancialQuarters
	}
	if text := quarterAlone.FindString(item); text != "" {
		for _, reading := range dates.ReadWords(text, settings).Readings {
			if reading.Start != 0 || reading.End != 0 {
				reading.Label = inWords
				m.Dates = append(m.Dates[:len(m.Dates):len(m.Dates)], reading)
				m.doubt(DateInWords, Title, text, "The words name a part of the period that stands over the column; both are kept.")
			}
		}
		return
	}
	r.datesInWords(m)
	if len(m.Review) == 0 && len(m.Dates) == 1 {
		if text := monthAndYear.FindString(item); text != "" {
			m.doubt(DateInWords, Title, text, "The words name a date within the period that stands over the column.")
			for _, reading := range dates.ReadWords(text, settings).Readings {
				reading.Label = inWords
				m.Dates = append(m.Dates[:len(m.Dates):len(m.Dates)], reading)
			}
		}
	}
}

var monthAndYear = regexp.MustCompile(`(?i)\b` + monthNames + ` (?:20)?\d\d\b`)
