package milestone

import (
	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
)

// Party is a person or an organisation, by the id that stands for its name in the ledger. The empty
// Party is nobody. Whether two names are the same party is decided where names are known, not here.
type Party string

// Parties are those that an event names; none where it names nobody. Every event with a field of type Party has a method
// of this name, so that whoever follows the ledger asks for their names.
func Parties(e Event) []Party {
	if naming, ok := e.(interface{ Parties() []Party }); ok {
		return naming.Parties()
	}
	return nil
}

// Event is something that the ledger accepted about one milestone: one of the types of this package, a
// funding.Event about a line of it, or a measure.Event. The set is closed: a stored event is a contract, and every
// reader must know them all.
//
// Beside each type stand its name, the reason that it carries (Why) and what it does to a State (evolve).
type Event interface {
	// EventName is the name by which people and the ledger know it: "MilestoneSlipped".
	EventName() string
}

// Added begins a milestone.
type Added struct {
	Ref, Title, Workstream string
	Attributes             []Attribute // in order of name
	Of                     *Occurrence // nil for most
	PartsOf                []ID        // the milestones that it was split from; nil for most
}

// Attribute is a named value that the reporter keeps with a milestone.
type Attribute struct{ Name, Value string }

// Amended changes a milestone's words. A nil pointer leaves what was.
type Amended struct {
	Title, Workstream *string
	Attributes        []Attribute // new or changed, in order of name
}

// ForecastGiven is the first date that was stated.
type ForecastGiven struct {
	Delivery period.Delivery
	Reason   string
}

// Slipped is a due date later than the one it was compared with.
type Slipped struct {
	Delivery period.Delivery
	From     civil.Date // as known when it was recorded
	Days     int        // calendar days, above 0, as known when it was recorded
	Reason   string     // empty: no reason given
}

// Recovered is a due date earlier than the one it was compared with.
type Recovered struct {
	Delivery period.Delivery
	From     civil.Date // as known when it was recorded
	Days     int        // calendar days, below 0, as known when it was recorded
	Reason   string
}

// Reconfirmed is the same date again, as at another day or after it was withdrawn.
type Reconfirmed struct {
	Delivery period.Delivery
	Reason   string
}

// Restated is the same due date, said more or less precisely or, where a rule is named, another due date that
// moves nothing.
type Restated struct {
	Delivery period.Delivery
	Reason   string
	Rule     string     // by which it is no slip or recovery: "read-by-another-setting"; empty where the due date is the same
	From     civil.Date // the due date that it was compared with, as known when it was recorded; zero without a rule
	Days     int        // calendar days from it, as known when it was recorded; 0 without a rule
}

// Withdrawn is a date that holds no more: it is not known again, or what is promised now has no day. It moves
// nothing and forgets nothing.
type Withdrawn struct {
	Delivery period.Delivery
	From     civil.Date // as known when it was recorded
	Reason   string
}

// Awaited says that there is no date yet where none was ever stated.
type Awaited struct {
	Delivery period.Delivery
	Reason   string
}

// Unread keeps words that put no date in force: none was found in them, or several that differ. They move
// nothing; a person is asked.
type Unread struct {
	Delivery period.Delivery
	Reason   string
}

// OwnerChanged gives the milestone another accountable owner, or says which parties the same owner is.
type OwnerChanged struct {
	From, To  Party // the owner is the party of the words, as they were written
	Effective civil.Date
	Reason    string
	SharedBy  []Party // those whom the words name, where they name several
}

// ProgressReported is how far the milestone has come, in the reporter's terms.
type ProgressReported struct {
	Percent                  *int // 0 to 100; nil where not said
	Status, Words, NextSteps string
}

// Achieved says that the milestone was met.
type Achieved struct {
	Actual period.Delivery
	Words  string
}

// AchievementRestated gives another actual date.
type AchievementRestated struct {
	Actual period.Delivery
	From   civil.Date // the last day of the actual date said before
	Words  string
}

// The names are those of the ledger's EventType.

func (Added) EventName() string               { return "MilestoneAdded" }
func (Amended) EventName() string             { return "MilestoneAmended" }
func (ForecastGiven) EventName() string       { return "ForecastGiven" }
func (Slipped) EventName() string             { return "MilestoneSlipped" }
func (Recovered) EventName() string           { return "MilestoneRecovered" }
func (Reconfirmed) EventName() string         { return "ForecastReconfirmed" }
func (Restated) EventName() string            { return "ForecastRestated" }
func (Withdrawn) EventName() string           { return "ForecastWithdrawn" }
func (Awaited) EventName() string             { return "ForecastAwaited" }
func (Unread) EventName() string              { return "DeliveryDateUnread" }
func (OwnerChanged) EventName() string        { return "OwnerChanged" }
func (ProgressReported) EventName() string    { return "ProgressReported" }
func (Achieved) EventName() string            { return "MilestoneAchieved" }
func (AchievementRestated) EventName() string { return "AchievementRestated" }

func (e ForecastGiven) Why() string { return e.Reason }
func (e Slipped) Why() string       { return e.Reason }
func (e Recovered) Why() string     { return e.Reason }
func (e Reconfirmed) Why() string   { return e.Reason }
func (e Restated) Why() string      { return e.Reason }
func (e Withdrawn) Why() string     { return e.Reason }
func (e Awaited) Why() string       { return e.Reason }
func (e Unread) Why() string        { return e.Reason }
func (e OwnerChanged) Why() string  { return e.Reason }

// Parties are the owner until then, where there was one, the new one, and those who share it.
func (e OwnerChanged) Parties() []Party {
	if e.From == "" {
		return append([]Party{e.To}, e.SharedBy...)
	}
	return append([]Party{e.From, e.To}, e.SharedBy...)
}

func (e Added) evolve(s *State, _ civil.Date) {
	// What was stated for an earlier day may have come later, and holds where this says nothing.
	if s.further().RefAsAt == 0 {
		s.Ref = e.Ref
	}
	if e.Title != e.Ref || s.Title == "" {
		s.Title = e.Title
	}
	if e.Workstream != "" {
		s.Workstream = e.Workstream
	}
	s.Attributes = withAttributes(s.Attributes, e.Attributes)
	if e.Of != nil {
		s.change(func(f *Further) { f.Of = e.Of })
	}
	if len(e.PartsOf) > 0 {
		s.change(func(f *Further) { f.PartsOf = e.PartsOf })
	}
}

func (e Amended) evolve(s *State, _ civil.Date) {
	if e.Title != nil {
		s.Title = *e.Title
	}
	if e.Workstream != nil {
		s.Workstream = *e.Workstream
	}
	s.Attributes = withAttributes(s.Attributes, e.Attributes)
}

func (e OwnerChanged) evolve(s *State, _ civil.Date) {
	s.Owner, s.OwnerSince = e.To, e.Effective
	if len(e.SharedBy)+len(s.further().SharedBy) > 0 {
		s.change(func(f *Further) { f.SharedBy = e.SharedBy })
	}
}

func (e ProgressReported) evolve(s *State, asAt civil.Date) {
	e = s.progress(e)
	s.Percent, s.Status, s.Note, s.NextSteps, s.ProgressAsAt = e.Percent, e.Status, e.Words, e.NextSteps, asAt
}

func (e Achieved) evolve(s *State, asAt civil.Date) { s.achieve(e.Actual, e.Words, asAt) }

func (e AchievementRestated) evolve(s *State, asAt civil.Date) { s.achieve(e.Actual, e.Words, asAt) }

func (s *State) achieve(actual period.Delivery, words string, asAt civil.Date) {
	s.enter(PhaseAchieved, asAt)
	s.Actual, s.ActualAsAt, s.AchievedWords = actual, asAt, words
}
