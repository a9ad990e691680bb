// Package slippage answers how due dates moved.
package slippage

import (
	"cmp"
	"slices"
	"sort"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/projections"
)

// Move is what one statement did to a milestone's due date, in order of as-at day, with who said it.
type Move struct {
	milestone.Move
	Milestone  *projections.Milestone
	Actor      string // a party id, raw
	RecordedAt int64  // microseconds since 1970
}

// Moved says whether the due date moved: whether it is a slip or a recovery.
func (m Move) Moved() bool { return m.Days != 0 }

// Of is how one milestone's due date moved, by what was stated for days up to asAt. It holds every date
// statement, those that moved nothing among them.
func Of(v projections.View, m *projections.Milestone, asAt civil.Date) []Move {
	statements := v.Statements(m)
	var moves []Move
	for _, move := range milestone.Moves(milestone.AsAt(statements, asAt)) {
		i := sort.Search(len(statements), func(i int) bool { return statements[i].Position >= move.Position })
		moves = append(moves, Move{
			Move: move, Milestone: m, Actor: v.Actor(statements[i]), RecordedAt: v.RecordedAt(move.Position),
		})
	}
	return moves
}

// List is how the due dates of a plan moved, in order of as-at day, then of position.
func List(p projections.Plan, asAt civil.Date) []Move {
	var moves []Move
	for _, m := range p.Milestones() {
		moves = append(moves, Of(p.View(), m, asAt)...)
	}
	slices.SortFunc(moves, func(a, b Move) int {
		return cmp.Or(cmp.Compare(a.AsAt, b.AsAt), cmp.Compare(a.Position, b.Position))
	})
	return moves
}
