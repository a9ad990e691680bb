package documents

import (
	"slices"
	"strings"

	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/dates"
)

// A scan that loses a column moves the rest of a row to the left, and one that sees a line where there is none
// moves it to the right. What a date looks like is unmistakable: where the column of dates has none and another
// cell is a date through and through, the row is put back by as many columns as lie between.

// aligned puts back a row that moved.
func (r table) aligned(in row) row {
	l := r.layout
	date, title := l.column(Date), l.column(Title)
	if !r.scanned || date < 0 || title < 0 {
		return in
	}
	here := in.at(date)
	if here.text != "" && (isDitto(here.text) || r.isPlainDate(here)) {
		return in
	}
	for i := title + 1; i < date; i++ { // a column between the action and the date is lost
		if in.at(title).text != "" && r.isPlainDate(in.at(i)) {
			return r.withGap(in, i, date-i)
		}
	}
	if here.text != "" && r.isDate(here) {
		return in
	}
	for i, c := range in.cells {
		by := date - i
		if by == 0 || by < -3 || by > 3 || c.text == "" || !r.isPlainDate(c) {
			continue
		}
		if i != title && in.at(title).text != "" && in.at(title-by).text == "" {
			continue // the action is where it should be
		}
		if in.at(title-by).text == "" || len(in.at(l.column(Owner)-by).text) > 60 {
			continue
		}
		if i < len(l.headings) && (l.headings[i].as == Start || l.headings[i].as == Finish || l.headings[i].as == Status) {
			continue
		}
		return r.withoutPromise(in.shifted(by))
	}
	return in
}

// isDate says whether a cell says when, or that nobody knows yet.
func (r *calendar) isDate(c cell) bool {
	if c.text == "" {
		return false
	}
	for _, reading := range r.dates(c).Readings {
		if reading.Kind != period.Unknown {
			return true
		}
	}
	d := r.dates(c)
	return d.IsNotYetKnown()
}

// isPlainDate says whether a cell is a date and nothing else.
func (r *calendar) isPlainDate(c cell) bool {
	if len(c.text) > 40 {
		return false
	}
	d := r.dates(c)
	if isFinishAndStart(d) {
		return true
	}
	for _, reading := range d.Readings {
		if reading.Kind == period.Unknown || reading.Label != "" || reading.Start == 0 && reading.End == 0 {
			return false
		}
	}
	for _, reason := range d.Review {
		if reason != period.SeveralDates {
			return false
		}
	}
	return len(d.Readings) > 0
}

// isDay says whether a cell is a date and nothing else, also where a month in another language makes it one to ask about.
func (r *calendar) isDay(c cell) bool {
	if r.isPlainDate(c) {
		return true
	}
	if len(c.text) > 40 || !strings.ContainsAny(c.text, "0123456789") {
		return false
	}
	d := r.dates(c)
	return len(d.Readings) == 1 && d.Readings[0].Start != 0 && d.Readings[0].Start == d.Readings[0].End && d.Readings[0].Label == "" &&
		!slices.ContainsFunc(d.Review, func(reason string) bool { return reason != period.Ambiguous })
}

// dates reads the date of a cell.
func (r *calendar) dates(c cell) period.Delivery { return r.datesBy(c, r.settings) }

// datesBy reads the date of a cell by other settings than the document's.
func (r *calendar) datesBy(c cell, s dates.Settings) period.Delivery {
	return dates.ReadWords(c.dateWords(), r.inOrder(c, s))
}

// inOrder are the settings with the order of the cell's column, else with that which is usual in the plan.
func (r *calendar) inOrder(c cell, s dates.Settings) dates.Settings {
	switch {
	case c.order != dates.OrderUnsaid:
		s.Order = c.order
	case s.Order == dates.OrderUnsaid && r.usual != dates.OrderUnsaid && eitherOrder(c.text):
		if _, proved := dates.Proves(c.text); !proved {
			s.Order = r.usual
		}
	}
	return s
}

// withGap moves the cells from a column on to the right. An owner that was pushed into the action's cell, behind a bracket
// that is never closed, goes back to its own.
func (r table) withGap(in row, from, by int) row {
	moved := in
	moved.cells = append([]cell(nil), in.cells[:from]...)
	for range by {
		moved.cells = append(moved.cells, cell{row: in.number})
	}
	moved.cells = append(moved.cells, in.cells[from:]...)
	title, owner := r.layout.column(Title), r.layout.column(Owner)
	if said, who, found := strings.Cut(in.at(title).text, " ("); found && owner == from && !strings.Contains(who, ")") && who != "" {
		whole := in.at(title).verbatim()
		moved.cells[title].text, moved.cells[title].whole = said, whole
		moved.cells[owner] = cell{text: who, whole: whole, row: in.number, column: in.at(title).column}
	}
	return moved
}

// withoutPromise moves on to the column of the starting position what a shift brought into that of money, and is none.
func (r table) withoutPromise(in row) row {
	funding, baseline := r.layout.column(Funding), r.layout.column(Baseline)
	text := in.at(funding).text
	if funding < 0 || baseline < 0 || text == "" || in.at(baseline).text != "" || strings.ContainsAny(text, "£0123456789") || strings.Contains(strings.ToLower(text), "fund") {
		return in
	}
	in.cells[baseline], in.cells[funding] = in.cells[funding], cell{row: in.number}
	return in
}
