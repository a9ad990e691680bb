package milestone

import "milepost.dev/domain/civil"

// Standing is how a milestone stands against its date on a day. Every figure, list and word about milestones that are
// late, overdue or without a date goes by it. A milestone has one standing, so that the figures of a plan can stand beside
// each other.
type Standing uint8

const (
	// StandingClosed: achieved or cancelled, whatever its date was. Nobody waits for it.
	StandingClosed Standing = iota
	// StandingUndated: "without a date". It is open, on hold or not, and no due date is in force: none was stated, the
	// last one was withdrawn ("TBC"), or the words promise no day ("ongoing").
	StandingUndated
	// StandingOverdue: its due date has passed, and it was not met.
	StandingOverdue
	// StandingLate: it is due later than it was first forecast, and its due date has not passed.
	StandingLate
	// StandingOnTime: it is due as first forecast or earlier.
	StandingOnTime
)

// Standing returns how the milestone stands against its date on a day.
func (s *State) Standing(today civil.Date) Standing {
	due := s.Due()
	switch {
	case s.Phase == PhaseAchieved || s.Phase == PhaseCancelled:
		return StandingClosed
	case due.IsZero():
		return StandingUndated
	case due.Before(today) && !s.Met():
		return StandingOverdue
	case s.SlipDays() > 0:
		return StandingLate
	}
	return StandingOnTime
}

// Overdue says whether the milestone stands as overdue on a day.
func (s State) Overdue(today civil.Date) bool { return s.Standing(today) == StandingOverdue }
