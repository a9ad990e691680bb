// Package slippage answers how due dates moved.
package slippage

import (
	"cmp"

	"milepost.dev/domain"
	"milepost.dev/domain/baseline"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/projections"
)

// Move is a row of figures, with the statements that it was worked out from and who told them.
type Move struct {
	figures.Row
	Milestone *projections.Milestone
	// Total are the days of the rows that count, added up to this one.
	Total int
	// Position is that of the statement that the row is about. Made is that of the statement that made the move: the
	// same, or the one about the day before where it was told later (R3).
	Position, Made uint64
	// Actor said what made the move, for Party; FromActor stated the day before. They are party ids, raw.
	Actor, Party, FromActor string
	RecordedAt              int64  // of the statement that made it, in microseconds since 1970
	Reason                  string // of the statement that it is about, else of the one that made it
	// Recorded is the event as it was recorded, where what was known then made it another: "ForecastGiven",
	// "MilestoneSlipped 12". Empty where it is the same.
	Recorded string
	noReason bool
	// Original and Current are by how many days the date of the row is later than the baselines in force on the day of the row.
	Original, Current figures.Days
}

// Moved says whether the row belongs in every list: a figure moved, or somebody said what stands beside one.
func (m *Move) Moved() bool {
	switch m.Event {
	case figures.BaselineApproved, figures.DateOwed, figures.FromInPlaceOfDay, figures.StartRestated, figures.Disagrees:
		return true
	}
	return m.Days != 0 || m.Marks&(figures.UpTo|figures.Struck|figures.Beside) != 0
}

// OfWords says whether the row is a change of the milestone's own words.
func (m *Move) OfWords() bool { return m.Was != "" }

// NoReason says whether a reason is missing where one is expected: the date slipped, came forward or was withdrawn.
func (m *Move) NoReason() bool { return m.noReason }

// Of are the rows of one milestone, by what was stated for days up to asAt, in order of as-at day. They hold every
// statement of a date, those that moved nothing among them, and the changes of the milestone's own words.
func Of(v projections.View, m *projections.Milestone, asAt civil.Date) []Move {
	_, rows := v.Rows(m, asAt)
	against := v.DatesBaselined(m)
	moves := make([]Move, 0, len(rows))
	total := 0
	for _, r := range rows {
		if r.Counts {
			total += r.Days
		}
		move := Tell(v, m, r)
		move.Total = total
		move.Original, move.Current = r.Against(against)
		moves = append(moves, move)
	}
	return moves
}

// decision is the row of a baseline, which is an event of the plan.
func decision(v projections.View, m *projections.Milestone, r figures.Row) Move {
	move := Move{
		Row: r, Milestone: m, Position: r.To.Position, Made: r.To.Position, Party: v.Party(r.By), RecordedAt: v.RecordedAt(r.To.Position),
	}
	p, _ := v.Plan(m.Plan)
	s, _ := p.StatementAt(r.To.Position)
	move.Actor, _ = v.Teller(s.By)
	move.Actor = v.Kept(move.Actor)
	for _, b := range p.Baselines(m.ID, baseline.Date) {
		if b.Decided.Position == r.To.Position {
			move.Text, move.Reason = b.Proposed.Value.Text, b.Proposed.Reason
		}
	}
	return move
}

// Tell is one row of a milestone, as Of tells it. Its Total is zero.
func Tell(v projections.View, m *projections.Milestone, r figures.Row) Move {
	if r.Event == figures.BaselineApproved {
		return decision(v, m, r)
	}
	move := Move{Row: r, Milestone: m, Position: r.About(), Made: r.MadeBy(), Party: v.Party(r.By)}
	move.tell(v)
	return move
}

// tell adds what the statements say beside their dates, and who told them.
func (m *Move) tell(v projections.View) {
	about, known := v.StatementAt(m.Milestone, m.Position)
	made, own := v.StatementAt(m.Milestone, m.Made)
	if !own { // it was told of another milestone, whose place this one took
		made, m.Made, own = about, m.Position, known
	}
	if own {
		m.Actor, m.RecordedAt = v.Actor(made), v.RecordedAt(m.Made)
		m.Reason = domain.Why(made.Event)
	}
	if m.From.Position != 0 {
		m.FromActor = v.Party(m.From.Speaker)
	}
	if !known {
		return
	}
	m.Reason = cmp.Or(domain.Why(about.Event), m.Reason)
	event := m.Event
	if event == figures.DateOwed {
		event = about.Event.EventName() // it was withdrawn, or left in words
	}
	m.noReason = milestone.NoReason(event, m.Reason)
	if recorded, ok := v.StatementRecorded(m.Milestone, m.Position); ok {
		m.Recorded = m.RecordedAs(recorded.Event)
	}
}

// List are the rows of a plan, in order of as-at day, then of position.
func List(p projections.Plan, asAt civil.Date) []Move {
	var moves []Move
	for _, m := range p.Milestones() {
		moves = append(moves, Of(p.View(), m, asAt)...)
	}
	return InOrder(moves)
}
