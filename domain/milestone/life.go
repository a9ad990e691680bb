package milestone

import (
	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
)

// Started says that the milestone was begun.
type Started struct {
	Start period.Delivery
	From  civil.Date // the last day of the start said before; zero where there was none
	Words string
}

// Reopened says that a milestone that was met or cancelled is open again.
type Reopened struct{ Reason string }

// Held says that the milestone is put off.
type Held struct{ Reason string }

// Resumed says that a milestone that was on hold goes on.
type Resumed struct{ Reason string }

// Cancelled says that the milestone is given up.
type Cancelled struct{ Reason string }

// NotReported says that a complete return left the milestone out. It says nothing of the milestone
// itself, and changes no state.
type NotReported struct{ Return string }

func (Started) EventName() string     { return "MilestoneStarted" }
func (Reopened) EventName() string    { return "MilestoneReopened" }
func (Held) EventName() string        { return "MilestonePutOnHold" }
func (Resumed) EventName() string     { return "MilestoneResumed" }
func (Cancelled) EventName() string   { return "MilestoneCancelled" }
func (NotReported) EventName() string { return "MilestoneNotReported" }
func (e Reopened) Why() string        { return e.Reason }
func (e Held) Why() string            { return e.Reason }
func (e Resumed) Why() string         { return e.Reason }
func (e Cancelled) Why() string       { return e.Reason }

// Start states that the milestone was begun, or restates when.
type Start struct {
	Start period.Delivery
	Words string
}

// RestateAchievement is another actual date, from a system that knows that it is one.
type RestateAchievement struct {
	Actual period.Delivery
	From   civil.Date // the last day of the date said before, as the reporter knows it; zero where not said
	Words  string
}

// Reopen opens a milestone that was met or cancelled.
type Reopen struct{ Reason string }

// Hold puts the milestone off.
type Hold struct{ Reason string }

// Resume lets a milestone that was on hold go on.
type Resume struct{ Reason string }

// Cancel gives the milestone up.
type Cancel struct{ Reason string }

// LeaveOut states that a complete return did not name the milestone.
type LeaveOut struct{ Return string }

func (Start) CommandName() string              { return "MilestoneStarted" }
func (RestateAchievement) CommandName() string { return "AchievementRestated" }
func (Reopen) CommandName() string             { return "MilestoneReopened" }
func (Hold) CommandName() string               { return "MilestonePutOnHold" }
func (Resume) CommandName() string             { return "MilestoneResumed" }
func (Cancel) CommandName() string             { return "MilestoneCancelled" }
func (LeaveOut) CommandName() string           { return "MilestoneNotReported" }

// life checks the commands of this file. False: it is none of them.
func (c *check) life(cmd Command) bool {
	switch cmd := cmd.(type) {
	case Start:
		if c.date("start_date", cmd.Start) && cmd.Start.Start() == 0 {
			c.refuse(RuleStartWithoutDate, "start_date",
				"%.60q does not say when the milestone was begun. State the day, month, quarter or year.", cmd.Start.Text)
		}
		c.words("words", cmd.Words)
	case RestateAchievement:
		c.actual(cmd.Actual)
		c.words("words", cmd.Words)
	case Reopen:
		c.words("reason", cmd.Reason)
	case Hold:
		c.words("reason", cmd.Reason)
	case Resume:
		c.words("reason", cmd.Reason)
	case Cancel:
		c.words("reason", cmd.Reason)
	case LeaveOut:
		c.text("return", cmd.Return, MaxReturn, RuleTextTooLong)
	default:
		return false
	}
	return true
}

func (e Started) evolve(s *State, asAt civil.Date) {
	s.change(func(f *Further) { f.Started, f.StartedAsAt, f.StartedWords = e.Start, asAt, e.Words })
	if s.Phase == PhasePlanned {
		s.enter(PhaseStarted, asAt)
	}
}

func (Reopened) evolve(s *State, asAt civil.Date) {
	s.Actual, s.ActualAsAt, s.AchievedWords = period.Delivery{}, 0, ""
	if s.Phase == PhaseAchieved || s.Phase == PhaseCancelled {
		s.enter(s.underWay(), asAt)
	}
}

// What was recorded may since have been overtaken by a late report: what was met is neither put off nor
// given up by what was said before that was known.

func (Held) evolve(s *State, asAt civil.Date) {
	if s.Phase < PhaseAchieved {
		s.enter(PhaseOnHold, asAt)
	}
}

func (Resumed) evolve(s *State, asAt civil.Date) {
	if s.Phase == PhaseOnHold {
		s.enter(s.underWay(), asAt)
	}
}

func (Cancelled) evolve(s *State, asAt civil.Date) {
	if s.Phase != PhaseAchieved {
		s.enter(PhaseCancelled, asAt)
	}
}

func (e NotReported) evolve(s *State, asAt civil.Date) {
	s.NotReported = asAt
	s.change(func(f *Further) { f.NotReportedIn = e.Return })
}

func (s *State) enter(p Phase, asAt civil.Date) {
	if s.Phase != p {
		s.Phase, s.PhaseAsAt = p, asAt
	}
}

// underWay is the phase of a milestone that is neither closed nor on hold.
func (s *State) underWay() Phase {
	if s.further().Started.IsZero() {
		return PhasePlanned
	}
	return PhaseStarted
}

// heard notes that something was stated for a day.
func (s *State) heard(e Event, asAt civil.Date) {
	s.LastAsAt = max(s.LastAsAt, asAt)
	switch e.(type) {
	case ReviewRaised, ReviewSettled, NotReported, ReferenceChanged: // nobody reported
	default:
		s.LastReported, s.NotReported = max(s.LastReported, asAt), 0
	}
}

// decideLife is Decide for the commands of this file. False: it is none of them.
func decideLife(s State, cmd Command, f Facts) (events []Event, ok bool, err error) {
	switch c := cmd.(type) {
	case Start:
		events, err = decideStart(s, c, f)
	case RestateAchievement:
		events, err = decideRestateAchievement(s, c, f)
	case Reopen:
		if f.Said.Life != (Reopened{}).EventName() {
			events = []Event{Reopened(c)}
		}
	case Hold:
		if err = s.open("put on hold"); err == nil && f.Said.Life != (Held{}).EventName() {
			events = []Event{Held(c)}
		}
	case Resume:
		if err = s.open("resumed"); err == nil && s.Phase == PhaseOnHold {
			events = []Event{Resumed(c)}
		}
	case Cancel:
		if s.Phase == PhaseAchieved {
			err = s.open("cancelled")
		} else if s.Phase != PhaseCancelled {
			events = []Event{Cancelled(c)}
		}
	case LeaveOut:
		if s.NotReported != f.AsAt {
			events = []Event{NotReported(c)}
		}
	default:
		return nil, false, nil
	}
	return events, true, err
}

// open refuses what a milestone that was met or cancelled cannot be.
func (s *State) open(what string) error {
	switch s.Phase {
	case PhaseAchieved:
		return refusal(domain.Refused, RuleAlreadyAchieved, "",
			"The milestone was met on %s, so that it cannot be %s. State MilestoneReopened first, and why.", lastDay(s.Actual), what)
	case PhaseCancelled:
		return s.notCancelled(what)
	default:
		return nil
	}
}

func (s *State) notCancelled(what string) error {
	if s.Phase != PhaseCancelled {
		return nil
	}
	return refusal(domain.Refused, RuleAlreadyCancelled, "",
		"The milestone was cancelled as at %s, so that it cannot be %s. State MilestoneReopened first, and why.", s.PhaseAsAt, what)
}

func decideStart(s State, c Start, f Facts) ([]Event, error) {
	known := s.further().Started
	if !known.IsZero() && known.SameReading(c.Start) {
		return nil, nil
	}
	if err := s.notCancelled("started"); err != nil {
		return nil, err
	}
	if start := c.Start.Start(); start.After(f.Today) {
		return nil, refusal(domain.Refused, RuleStartInFuture, "start_date",
			"The milestone cannot have been begun on %s: today is %s. State a start to come as its forecast (DeliveryDateStated).", start, f.Today)
	}
	return []Event{Started{Start: c.Start, From: lastDay(known), Words: c.Words}}, nil
}

func decideRestateAchievement(s State, c RestateAchievement, f Facts) ([]Event, error) {
	if s.Phase != PhaseAchieved {
		return nil, refusal(domain.Refused, RuleNotAchieved, "actual_date",
			"As at %s the milestone was not met, so there is no actual date to restate. State MilestoneAchieved.", f.AsAt)
	}
	// Asked first: a reporter that repeats itself says a `from` that its own restatement made stale.
	if s.Actual.SameReading(c.Actual) {
		return nil, nil
	}
	if was := lastDay(s.Actual); c.From != 0 && c.From != was {
		r := refusal(domain.Stale, RuleActualFromStale, "from",
			"The actual date would move from %s, and as at %s it is %s. Look at who restated it, and restate it from there.", c.From, f.AsAt, was)
		r.Expected, r.Actual = c.From.String(), was.String()
		return nil, r
	}
	return decideAchieve(s, Achieve{Actual: c.Actual, Words: c.Words}, f)
}
