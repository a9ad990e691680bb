package documents

import (
	"slices"

	"milepost.dev/domain/period"
)

// actualOf reads when a row was met. What is no date stays in the words, and a person is asked.
func (r table) actualOf(m *Milestone, rec *record) {
	cells := slices.DeleteFunc(slices.Clone(rec.cells[Actual]), func(c cell) bool { return isNothing(c.text) })
	if len(cells) == 0 {
		return
	}
	settings := r.settings
	settings.Past = true
	m.Actual = r.value(cells...)
	d := r.datesBy(cells[0], settings)
	if d.Due() == 0 || len(cells) > 1 {
		r.unread(Actual)
		m.doubt(period.Unreadable, Actual, m.Actual.Text, "No single day or period can be read from these words as the actual date.")
		return
	}
	m.ActualDates = d.Readings
	for _, reason := range d.Review {
		m.doubt(reason, Actual, m.Actual.Text, period.Why(reason))
	}
	if cells[0].doubt != "" {
		m.doubt(cells[0].doubt, Actual, m.Actual.Text, period.Why(cells[0].doubt))
	}
	for _, doubt := range r.layout.askFormula(Actual, cells[0]) {
		m.doubt(doubt.Reason, doubt.Field, doubt.Text, doubt.Says)
	}
}
