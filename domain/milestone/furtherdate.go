package milestone

import (
	"cmp"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
)

// FurtherDateStated states a date of the milestone that is not its delivery date: of a start beside a finish.
type FurtherDateStated struct {
	Label  string // what it is the date of, in the reporter's words
	Date   period.Delivery
	Reason string
}

func (FurtherDateStated) EventName() string { return "FurtherDateStated" }
func (e FurtherDateStated) Why() string     { return e.Reason }

func (e FurtherDateStated) evolve(s *State, asAt civil.Date) {
	s.change(func(f *Further) { f.Dates = furtherDate(f.Dates, e, asAt) })
}

// StateFurtherDate states a date of the milestone that is not its delivery date.
type StateFurtherDate FurtherDateStated

func (StateFurtherDate) CommandName() string { return "FurtherDateStated" }

// FurtherDate is a labelled date as it stands. It moves nothing, and nothing is late by it.
type FurtherDate struct {
	Label    string
	Date     period.Delivery
	FirstDue civil.Date // the first day that was stated; zero where none was
	AsAt     civil.Date
}

// SlipDays returns the calendar days from the first day that was stated to the one in force.
func (d FurtherDate) SlipDays() int { return d.FirstDue.DaysUntil(cmp.Or(d.Date.Due(), d.FirstDue)) }

// furtherDate returns the further dates after one was stated, in a new slice in order of label.
func furtherDate(have []FurtherDate, e FurtherDateStated, asAt civil.Date) []FurtherDate {
	next := FurtherDate{Label: e.Label, Date: e.Date, FirstDue: e.Date.Due(), AsAt: asAt}
	for _, d := range have {
		if d.Label == e.Label {
			next.FirstDue = cmp.Or(d.FirstDue, next.FirstDue)
		}
	}
	return placed(have, next, func(d FurtherDate) string { return d.Label })
}

func (c *check) furtherDate(cmd StateFurtherDate) {
	if cmd.Label == "" {
		c.refuse(RuleLabelMissing, "label", "It is not said what the date is of. Say it in a word or two, such as start; a delivery date is stated as DeliveryDateStated.")
	}
	c.text("label", cmd.Label, MaxLabel, RuleTextTooLong)
	c.date("date", cmd.Date)
	c.words("reason", cmd.Reason)
}

func decideFurtherDate(s State, c StateFurtherDate) []Event {
	for _, d := range s.further().Dates {
		if d.Label == c.Label && d.Date.Text == c.Date.Text && d.Date.SameReading(c.Date) {
			return nil
		}
	}
	return []Event{FurtherDateStated(c)}
}
