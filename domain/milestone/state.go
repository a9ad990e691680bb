package milestone

import (
	"cmp"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/funding"
	"milepost.dev/domain/period"
)

// State is a milestone as it stands: the fold of its statements in order of (as-at day, position), up
// to some day. It is a value: Evolve returns another one and never changes what an older one holds, so
// a State may be read by many goroutines while the next is made.
type State struct {
	Exists                 bool // something was stated for the day or an earlier one
	Ref, Title, Workstream string
	Attributes             []Attribute // in order of name
	Phase                  Phase
	PhaseAsAt              civil.Date // the day that the phase was stated for; zero while nothing was

	// Forecast is the date in force: the last that was stated and not withdrawn. Known is false
	// where none was ever stated or the last was withdrawn.
	Forecast Forecast
	// LastDue is the due date that the next one is compared with: the last that was ever stated. A
	// withdrawal leaves it alone, so that it hides no slip. Zero where none was ever stated.
	LastDue civil.Date
	// LastDelivery is what was stated with LastDue.
	LastDelivery period.Delivery
	// FirstDue is the first due date in this order; the total slip is LastDue less FirstDue.
	FirstDue civil.Date
	// Words is the latest delivery text of any kind, with the day that it was stated for.
	Words      period.Delivery
	WordsAsAt  civil.Date
	WordsEvent string // the name of the event that carried it

	Owner      Party
	OwnerSince civil.Date

	Percent       *int
	Status, Note  string
	NextSteps     string
	ProgressAsAt  civil.Date
	Actual        period.Delivery // the zero Delivery where not achieved
	ActualAsAt    civil.Date      // the day that the actual date was stated for
	AchievedWords string
	Funding       []funding.Line // in order of line
	LastAsAt      civil.Date
	LastReported  civil.Date // as LastAsAt, leaving out those who only said that they heard nothing
	NotReported   civil.Date // the day of the complete return that left it out, with nothing heard since; else zero
	Further       *Further   // nil for most
}

// Forecast is a date in force.
type Forecast struct {
	Known    bool
	Delivery period.Delivery
	AsAt     civil.Date // the day that it was stated for
}

// Met says whether the date in force was met: by a start where it says from when on, else by an
// achievement.
func (s State) Met() bool {
	return s.Phase == PhaseAchieved || !s.further().Started.IsZero() && s.Forecast.Known && s.Forecast.Delivery.MetByStart()
}

// Due returns the due date in force. It is zero where no date was ever stated, where the last one was withdrawn
// ("TBC"), and where the words in force promise no day ("ongoing"). Words that could not be read change nothing in
// it: what was stated before them holds.
func (s *State) Due() civil.Date { return s.Forecast.Delivery.Due() }

// SlipDays returns the calendar days from the first due date to the last that was stated: above 0 is
// later than first forecast. A withdrawal changes nothing in it.
func (s State) SlipDays() int { return s.FirstDue.DaysUntil(s.LastDue) }

// progress returns how far the milestone is after a report. What that does not say stays as it was.
func (s *State) progress(e ProgressReported) ProgressReported {
	if e.Percent == nil {
		e.Percent = s.Percent
	}
	e.Status, e.Words, e.NextSteps = cmp.Or(e.Status, s.Status), cmp.Or(e.Words, s.Note), cmp.Or(e.NextSteps, s.NextSteps)
	return e
}

// lastDay is the day that an actual date is told by: its last or, where it is open, its first.
func lastDay(d period.Delivery) civil.Date {
	if end := d.End(); end != 0 {
		return end
	}
	return d.Start()
}
