package figures

import (
	"slices"
	"strconv"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/period"
)

// showAll adds a row, without days, for each statement of a date that no other row leads to: words that promise no day, a date
// taken back on the day on which it was given, what a speaker said before about a day on which speakers disagree, and the
// answer to words with several days. Nothing that was said is missing from the rows. all and rows are in order of as-at day.
func showAll(all []told, rows []Row, at civil.Date) []Row {
	leads := make(map[uint64]bool, len(rows))
	for i := range rows {
		leads[rows[i].To.Position] = true
	}
	moves := rows
	var last Said // the date in force before the day of the statement
	for i := range all {
		t := &all[i]
		if t.asAt > at {
			break
		}
		for ; len(moves) > 0 && moves[0].AsAt < t.asAt; moves = moves[1:] {
			if moves[0].IsDate() {
				last = moves[0].To
			}
		}
		d, ok := milestone.Stated(t.statement.Event)
		if !ok || leads[t.statement.Position] {
			continue
		}
		from := t.follows(moves, last)
		rows = append(rows, Row{Event: t.shown(d, from), AsAt: t.asAt, From: from, To: t.said(), By: t.speaker})
	}
	return rows
}

// follows returns the date that a statement stands beside: one that moved something on its day, where it states a date too or
// its own speaker stated that before; else the date in force before the day. The order in which speakers are heard changes
// nothing in it.
func (t *told) follows(moves []Row, last Said) Said {
	for i := range moves {
		r := &moves[i]
		if r.AsAt != t.asAt {
			break
		}
		if r.IsDate() && (t.promises() || r.To.Speaker == t.speaker && r.To.Position < t.statement.Position) {
			last = r.To
		}
	}
	return last
}

// shown names the row of a statement of a date that makes no move, after the date stated last before it.
func (t *told) shown(d period.Delivery, last Said) string {
	switch {
	case t.kind == other:
		return eventSettled
	case t.promises() && t.due == last.Due:
		return eventReconfirmed
	case t.promises():
		return Superseded
	case d.IsUnread():
		return eventUnread
	case last.Due != 0:
		return eventWithdrawn
	case t.kind == withdraw:
		return eventAwaited
	}
	return eventGiven // "ongoing", and no day was promised before
}

// IsDate says whether the row leads to a date in the chain of moves.
func (r *Row) IsDate() bool {
	switch r.Event {
	case eventGiven, eventSlipped, eventRecovered, eventReconfirmed, eventPrecision:
		return true
	}
	return false
}

// write puts into each row the words of the date that it leads to.
func write(rows []Row, statements []milestone.Statement) {
	for i := range rows {
		at, ok := slices.BinarySearchFunc(statements, rows[i].To.Position, func(s milestone.Statement, position uint64) int {
			return int(s.Position) - int(position)
		})
		if !ok {
			continue
		}
		if d, ok := milestone.Stated(statements[at].Event); ok {
			rows[i].Text = d.Text
		}
	}
}

// RecordedAs names the event that a date was recorded as, with its own days, where they are not those that it comes to
// among the others: "ForecastGiven", "MilestoneSlipped 12". Empty where they are, and for a row that is no move between dates.
func (r *Row) RecordedAs(e milestone.Event) string {
	if !r.IsDate() {
		return ""
	}
	own, measured := milestone.RecordedDays(e)
	switch was := e.EventName(); {
	case was == r.Event && (!measured || own == r.Days):
		return ""
	case measured:
		return was + " " + strconv.Itoa(own)
	default:
		return was
	}
}
