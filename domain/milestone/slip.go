package milestone

import (
	"strconv"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
)

// Move is what one stated date did to the due date, worked out from the statements in order of (as-at
// day, position). A late report takes its place among the others, and may change what those after it
// come to.
type Move struct {
	Position uint64
	AsAt     civil.Date
	// Event is what the statement comes to in this order: "MilestoneSlipped", "ForecastReconfirmed".
	Event string
	// From is the due date that was stated last before it; zero where there was none. To is the due
	// date it states; zero where it states none.
	From, To civil.Date
	// Days is calendar days from From to To: above 0 a slip, below 0 a recovery.
	Days int
	// TotalDays is calendar days from the first due date to the last one stated so far. A statement
	// without a due date leaves it alone: a slip is not gone because its date was withdrawn.
	TotalDays int
	Reason    string // empty where none was stated
	Text      string // the date as it was written
	// Recorded is the event as it was recorded, where what was known then made it another:
	// "ForecastGiven", "MilestoneSlipped 12". Empty where it is the same.
	Recorded string
}

// NoReason says of the move what NoReason says of an event, by what it comes to in this order.
func (m Move) NoReason() bool { return noReason(m.Event, m.Reason) }

// Moves returns a move for each date among the statements, moved or not. They MUST be in order of
// (as-at day, position), as AsAt returns them.
func Moves(statements []Statement) []Move {
	var moves []Move
	var s State // only its dates are kept
	for _, st := range statements {
		d, ok := Stated(st.Event)
		if !ok {
			continue
		}
		name, days := s.comesTo(d)
		from := s.LastDue
		s.hold(d, st.AsAt, name)
		moves = append(moves, Move{
			Position: st.Position, AsAt: st.AsAt, Event: name,
			From: from, To: d.Due(), Days: days, TotalDays: s.SlipDays(),
			Reason: domain.Why(st.Event), Text: d.Text, Recorded: recorded(st.Event, name, days),
		})
	}
	return moves
}

// recorded names the event with its own days, where they are not those that it comes to now.
func recorded(e Event, name string, days int) string {
	switch e := e.(type) {
	case Slipped:
		if name != nameSlipped || days != e.Days {
			return nameSlipped + " " + strconv.Itoa(e.Days)
		}
	case Recovered:
		if name != nameRecovered || days != e.Days {
			return nameRecovered + " " + strconv.Itoa(e.Days)
		}
	default:
		if was := e.EventName(); was != name {
			return was
		}
	}
	return ""
}
