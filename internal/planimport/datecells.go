package planimport

import (
	"slices"
	"strings"

	"milepost.dev/domain/period"
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
	if len(cells) == 0 {
		return r.noDate(rec)
	}
	var review []Doubt
	var texts []string
	var readings []period.Reading
	ditto := false
	for _, c := range cells {
		if c.doubt != "" {
			review = append(review, Doubt{c.doubt, Date, c.text, sentences[c.doubt]})
		}
		if isDitto(c.text) {
			ditto = true
			readings = append(readings, r.datesUp...)
			continue
		}
		text := c.read
		if text == "" {
			text = oneLine(c.text)
		}
		texts = append(texts, text)
	}
	v := r.value(cells...)
	d := period.ReadWords(strings.Join(texts, " "), r.settings)
	switch {
	case ditto && len(texts) == 0 && len(r.datesUp) == 0:
		d = period.ReadWords(v.Text, r.settings)
	case ditto && len(texts) == 0:
		d = period.Delivery{Text: v.Text, Readings: readings}
	case ditto:
		d.Readings = append(readings, d.Readings...)
	}
	r.datesUp = d.Readings
	d.Text = v.Text
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
// with its label.
func (r *reader) startAndFinish(m *Milestone, rec *record) {
	for _, f := range []Field{Start, Finish} {
		cells := rec.cells[f]
		if len(cells) == 0 || cells[0].text == "" {
			continue
		}
		d := r.dates(cells[0])
		v := r.value(cells...)
		heading := r.layout.headings[r.layout.column(f)].text
		for _, reading := range d.Readings {
			if f == Start || r.layout.has(Date) {
				reading.Label = heading
			}
			m.Dates = append(m.Dates, reading)
		}
		for _, reason := range d.Review {
			m.doubt(reason, f, v.Text, sentences[reason])
		}
		if cells[0].doubt != "" {
			m.doubt(cells[0].doubt, f, v.Text, sentences[cells[0].doubt])
		}
		if m.Date.Text != "" {
			m.Date.Text += " - "
		}
		m.Date.Text += v.Text
		m.Date.From = append(m.Date.From, v.From...)
	}
	for _, in := range rec.rows {
		for i, c := range in.cells {
			if c.text == "" || i >= len(r.layout.headings) || r.layout.headings[i].as != Further {
				continue
			}
			for _, reading := range r.dates(c).Readings {
				if reading.Start != 0 || reading.End != 0 {
					reading.Label = r.layout.headings[i].text
					m.Dates = append(m.Dates[:len(m.Dates):len(m.Dates)], reading)
				}
			}
		}
	}
	if r.layout.has(Finish) && !r.layout.has(Date) && len(rec.cells[Finish]) == 0 {
		m.Dates = append(m.Dates, period.Reading{Kind: period.Unknown})
	}
}
