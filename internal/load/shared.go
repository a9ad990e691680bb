package load

import (
	"fmt"
	"slices"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/dates"
	"milepost.dev/internal/reading/documents"
)

// Words of a date that are in doubt often stand once for several milestones: a cell with five actions beside one with four dates, a heading
// that counts from a day which nobody says. They are stated of the first of them, so that a person is asked once, and not fifty times. The
// others keep the words beside them.

// asWritten is the attribute of a milestone that has the words of a date which were stated of another one.
const asWritten = "date as written"

// dateCells are the cells of dates in doubt that several milestones share.
type dateCells map[string][]actionOf

// actionOf is one of the milestones that share the words of a date.
type actionOf struct{ ref, title string }

// mostShared bounds what is told of the milestones that share a date.
const mostShared = 30

// cellOfDate names the cell that a date in doubt was read from; empty where the date is clear, or stands in no cell.
func cellOfDate(m *documents.Milestone) string {
	readings := m.OfDate()
	if clear := len(readings) == 1 && readings[0].Due != 0 && len(m.Review) == 0; clear || len(m.Date.From) == 0 {
		return ""
	}
	from := m.Date.From[0]
	return fmt.Sprintf("%s\x00%d\x00%d\x00%s", from.Sheet, from.Row, from.Column, m.Date.Text)
}

// monthsCounted stands for all cells of dates that count months of the plan, where nobody said from which: what is asked about them is asked
// once.
const monthsCounted = "months"

// countsMonths says whether the words of a date count months, and no month is known to count from.
func (r *run) countsMonths(m *documents.Milestone) bool {
	return r.settings.MonthsFrom == 0 && dates.CountsMonths(m.Date.Text)
}

// add keeps a milestone beside the others that share its date.
func (d dateCells) add(m *documents.Milestone) {
	if cell := cellOfDate(m); cell != "" {
		d[cell] = append(d[cell], actionOf{m.Ref, fit(m.Title.Text, maxTold)})
	}
}

// shared says whether the words of a date were stated of another milestone, and what a person is told of all of them where they were not.
func (r *run) shared(m *documents.Milestone) (later bool, says string) {
	cell := cellOfDate(m)
	if r.countsMonths(m) {
		return !r.together.asked.add(monthsCounted), sayMonths
	}
	all := r.cells[cell]
	if len(all) < 2 {
		return false, ""
	}
	if all[0].ref != m.Ref {
		return true, ""
	}
	if slices.ContainsFunc(m.Review, besideAnother) {
		return false, "" // it is asked together with what the words of the other action say
	}
	readings := m.OfDate()
	var told []string
	for i, a := range all[:min(len(all), mostShared)] {
		text := fmt.Sprintf("%q", a.title) // and no reference: one that is made of a line says another one in the next version
		if len(readings) == len(all) {
			text += ": " + readings[i].EDTF()
		}
		told = append(told, text)
	}
	of := strings.Join(told, "; ")
	if more := len(all) - len(told); more > 0 {
		of += fmt.Sprintf("; and %d more", more)
	}
	switch {
	case len(readings) == len(all):
		says = fmt.Sprintf("There are as many dates as actions. In their order they would be %s. It is asked once, here.", of)
	case len(readings) > 1:
		says = fmt.Sprintf("There are %d dates and %d actions, and nothing says which of them belongs to which: %s. It is asked once, here.", len(readings), len(all), of)
	default:
		says = fmt.Sprintf("These words stand for %d milestones: %s. It is asked once, here.", len(all), of)
	}
	return false, fit(says, maxWords)
}

// sayMonths is what a person is told of months that nobody said how to count.
const sayMonths = "The plan counts its months, and does not say from which. Say it once, with --months-from (the month that is month 1, such as 2017-04), and import the document again with --again; the plan keeps it. It is asked once, here: the other milestones keep their words beside them."

// dateOf is the date to state of a milestone, with what is asked about it. What is asked of the first of several is not asked of the others.
func (r *run) dateOf(m *documents.Milestone) (text string, doubts []*pb.ReviewRaised, words string) {
	later, says := r.shared(m)
	if !later {
		text, doubts = r.date(m)
		if says != "" {
			r.sayOfAll(m, says)
		}
		return text, doubts, ""
	}
	alone := dates.Read(fit(m.Date.Text, period.MaxText), r.settings)
	m.Review = slices.DeleteFunc(slices.Clone(m.Review), func(d documents.Doubt) bool { return d.Field == documents.Date })
	if len(alone.Review) == 0 {
		text, doubts = r.date(m)
		return text, doubts, ""
	}
	readings := m.OfDate()
	due := (period.Delivery{Readings: readings}).Due()
	for _, d := range readings {
		if text == "" && (len(readings) == 1 || d.Due == due && due != 0) { // that is in force, whichever else is meant
			text = r.inOtherWords(d)
		}
	}
	if text == "" || len(readings) > 1 {
		words = fit(m.Date.Text, maxAttribute)
	}
	return text, nil, words
}

// besideAnother says whether a date is in doubt only because the words of an action beside it name another one.
func besideAnother(d documents.Doubt) bool {
	return d.Field == documents.Date && d.Says == documents.OneDateBeside
}

// sayOfAll says to a question about the date of a milestone whom else it is about. Which of several dates is meant is one question, whatever
// else is odd about their words.
func (r *run) sayOfAll(m *documents.Milestone, says string) {
	m.Review = slices.Clone(m.Review)
	if slices.ContainsFunc(m.Review, func(d documents.Doubt) bool { return d.Field == documents.Date && d.Reason == period.SeveralDates }) {
		m.Review = slices.DeleteFunc(m.Review, func(d documents.Doubt) bool {
			return d.Field == documents.Date && d.Reason != period.SeveralDates
		})
	}
	for i, d := range m.Review {
		if d.Field == documents.Date {
			m.Review[i].Says = says
			return
		}
	}
	for _, reason := range dates.Read(fit(m.Date.Text, period.MaxText), r.settings).Review {
		m.Review = append(m.Review, documents.Doubt{Reason: reason, Field: documents.Date, Text: fit(m.Date.Text, maxWords), Says: says})
		return
	}
}
