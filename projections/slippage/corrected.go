package slippage

import (
	"cmp"
	"slices"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/projections"
)

// EventCorrected is the row of a statement of a date that was corrected: from what it said to what it is read as. It stands beside
// the moves, and its days are in no total.
const EventCorrected = "StatementCorrected"

// WithCorrected are the rows of a plan, and those of dates that were corrected in their places.
func WithCorrected(p projections.Plan, asAt civil.Date) []Move {
	moves := List(p, asAt)
	for _, m := range p.CorrectedOnce() {
		moves = append(moves, correctedOf(p.View(), m, asAt)...)
	}
	return InOrder(moves)
}

// OfWithCorrected are the rows of one milestone, and those of its dates that were corrected.
func OfWithCorrected(v projections.View, m *projections.Milestone, asAt civil.Date) []Move {
	return InOrder(append(Of(v, m, asAt), correctedOf(v, m, asAt)...))
}

// InOrder puts rows into the order of a list: by as-at day, then by position.
func InOrder(moves []Move) []Move {
	slices.SortStableFunc(moves, func(a, b Move) int {
		return cmp.Or(cmp.Compare(a.AsAt, b.AsAt), cmp.Compare(a.Position, b.Position))
	})
	return moves
}

func correctedOf(v projections.View, m *projections.Milestone, asAt civil.Date) (rows []Move) {
	log := v.Corrections(m)
	read := log.Read()
	if len(read) == 0 {
		return nil
	}
	for _, s := range v.Recorded(m) {
		c := read[s.Position]
		was, dated := milestone.Stated(s.Event)
		if c == nil || !dated || s.AsAt.After(asAt) {
			continue
		}
		told, _ := v.StatementRecorded(m, c.Position)
		row := Move{
			Row:       figures.Row{Event: EventCorrected, AsAt: s.AsAt, Text: was.Text},
			Milestone: m, Position: s.Position, Made: c.Position, Actor: v.Actor(told), RecordedAt: v.RecordedAt(c.Position), Reason: c.Reason,
			Recorded: s.Event.EventName(),
		}
		_, speaker := v.Teller(told.By)
		row.Party = v.Kept(speaker)
		row.From.Due = was.Due()
		if now, ok := v.StatementAt(m, s.Position); ok {
			is, _ := milestone.Stated(now.Event)
			row.To.Due = is.Due()
		}
		between := figures.Between(row.From.Due, row.To.Due)
		row.Days, row.Measured = between.Days, between.Known
		rows = append(rows, row)
	}
	return rows
}
