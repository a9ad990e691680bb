package planimport

import (
	"regexp"
	"strings"

	"milepost.dev/domain/period"
)

// pointer is a cell that only points somewhere else in the document.
var pointer = regexp.MustCompile(`(?i)^\W*see\b.{0,40}\b(below|above|overleaf|section|page|appendix)\W*$`)

// periodTable reads a plan by year: the heading of a column dates what stands below it, and each item of a
// cell is a milestone.
func (r *reader) periodTable(rows []row) {
	l := r.layout
	periods := l.all(Period)
	var lead, success []cell
	for _, in := range rows {
		if r.scanned {
			in = r.specks(in)
		}
		var here, measures []cell
		for i, c := range in.cells {
			switch {
			case c.text == "" || i >= len(l.headings):
			case l.headings[i].as == Success || l.headings[i].as == KPI:
				measures = append(measures, c)
			case l.headings[i].as != Period:
				here = append(here, c)
			}
		}
		if len(here) > 0 {
			lead, success = here, measures
		}
		for _, i := range periods {
			c := in.at(i)
			if c.text == "" {
				continue
			}
			r.periodCell(c, l.headings[i], lead, success)
		}
	}
}

// periodCell makes a milestone of each item of a cell.
func (r *reader) periodCell(c cell, h heading, lead, success []cell) {
	p := phraseOf(c.text)
	cuts := p.cuts()
	least := evident
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
		m := Milestone{Sheet: r.sheet, Line: c.row, Workstream: r.banner1}
		m.Scheme, m.Success = r.value(lead...), r.value(success...)
		m.Title = Value{Text: item, From: r.places([]cell{c})}
		m.Date = Value{Text: h.text, From: []Place{{r.sheet, h.line, c.column, h.text}}}
		m.Dates = h.period.Readings
		for _, reason := range h.period.Review {
			m.doubt(reason, Period, h.text, sentences[reason])
		}
		r.datesInPeriod(&m, item)
		r.emit(m)
	}
}

var quarterAlone = regexp.MustCompile(`\b(?:by )?Q[1-4]\b→?`)

// datesInPeriod looks for a date in the words of an item, inside the period of its column: "Consult (Q4)".
func (r *reader) datesInPeriod(m *Milestone, item string) {
	settings := r.settings
	if len(m.Dates) == 1 {
		settings.PlanStart, settings.PlanEnd = m.Dates[0].Start, m.Dates[0].End
		settings.Dated = middle(m.Dates[0])
		settings.Quarters = period.FinancialQuarters
	}
	if text := quarterAlone.FindString(item); text != "" {
		for _, reading := range period.ReadWords(text, settings).Readings {
			if reading.Start != 0 || reading.End != 0 {
				reading.Label = "in the words of the action"
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
			for _, reading := range period.ReadWords(text, settings).Readings {
				reading.Label = "in the words of the action"
				m.Dates = append(m.Dates[:len(m.Dates):len(m.Dates)], reading)
			}
		}
	}
}

var monthAndYear = regexp.MustCompile(`(?i)\b` + monthNames + ` (?:20)?\d\d\b`)

// figures passes over a table of scores or counts. What it says is kept as facts.
func (r *reader) figures(rows []row) {
	for _, in := range rows {
		var texts []string
		for _, c := range in.cells {
			if c.text != "" {
				texts = append(texts, oneLine(c.text))
			}
		}
		if len(texts) < 2 {
			if len(texts) == 1 {
				r.chapterHeading(texts[0])
			}
			continue
		}
		kind := "figure"
		if r.layout.has(Chapter) || strings.Contains(strings.ToLower(r.heading), "readiness") {
			kind = "readiness_score"
		}
		r.fact(in.number, kind, strings.Join(texts[:len(texts)-1], " ")+": "+texts[len(texts)-1])
	}
}
