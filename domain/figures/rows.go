package figures

import (
	"cmp"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
)

// Row is one line of how a milestone moved, worked out from two statements: it names both, and both speakers (R3).
type Row struct {
	// Event is the name of an event, or of a row that stands beside the moves.
	Event string
	// AsAt is the day that the later of the two is about; of DateOwed the day since when.
	AsAt civil.Date
	// From and To are the two dates. Those of MilestoneReplaced may have been stated of the milestones whose place this one took.
	From, To Said
	// Days are calendar days from From to To; they say nothing where Measured is false.
	Days     int
	Measured bool
	// Counts: the days are part of the total.
	Counts bool
	// By is who made the move: who told the later one of the two.
	By    uint32
	Marks Mark
	// Was and Is are words, of a row MilestoneAmended.
	Was, Is string
	// Text is the date of To as it was written; of DateOwed the words that took the date back. Empty where To is no statement of
	// a date.
	Text string

	// Of BaselineApproved: its number, and how many days of slip it took out of sight of the current baseline (B6).
	Number, OutOfSight int

	about     uint64 // the position of a statement that names no day: a reopening, an amendment
	overtaken bool   // by an actual told before it about a later day: it has no days
}

// About returns the position of the statement that the row is about.
func (r *Row) About() uint64 { return cmp.Or(r.about, r.To.Position) }

// MadeBy returns the position of the statement that made the move: of the two that it names the one that was told later (R3). What stands
// beside the day in force is its own speaker's word, also where the day in force was told later.
func (r *Row) MadeBy() uint64 {
	if r.Event == Disagrees {
		return r.About()
	}
	return max(r.About(), r.From.Position, r.To.Position)
}

// The rows that are no events: they stand beside the moves, and their days are in no total.
const (
	StartRestated    = "StartRestated"    // Days is what it would take off (R2)
	Disagrees        = "Disagrees"        // another speaker's day (R11)
	ReadBySetting    = "ReadBySetting"    // the same words, read by another setting of the plan (R10)
	DateOwed         = "DateOwed"         // no date was promised meanwhile (R5)
	FromInPlaceOfDay = "FromInPlaceOfDay" // "from D" in place of a promised day (R6)
	Superseded       = "Superseded"       // what its speaker said before about the same day, beside other speakers (R11)
)

// Mark is what has to be said of a row beside its days.
type Mark uint16

// The marks.
const (
	Precision          Mark = 1 << iota // one period holds the other (R12), or the days are "up to" (R4)
	UpTo                                // the promised day lies inside the actual's period (R4)
	OnTime                              // the actual lies inside the promised period (R4)
	Struck                              // a newer actual counts in its place (R4)
	Beside                              // an actual earlier than one stated before (R4)
	DatedAfterAchieved                  // it changes no total until the milestone is reopened (R4)
	InDoubt                             // the first forecast is the earliest of several days (R9)
	Overruled                           // a reviewer settled the disagreement otherwise (R11)
	ByProposer                          // the baseline was approved by whoever proposed it (B3)
	WasWrong                            // of a baseline: the date before it was itself wrong (B5)
	ScopeWaits                          // of changed words: the scope is baselined, and they wait for their approval (B8)
)

var markNames = []struct {
	mark Mark
	name string
}{
	{Precision, "precision"},
	{UpTo, "up to"},
	{OnTime, "on time"},
	{Struck, "struck"},
	{Beside, "beside"},
	{DatedAfterAchieved, "dated after achieved"},
	{InDoubt, "in doubt"},
	{ByProposer, "approved by the proposer"},
	{WasWrong, "the date before it was wrong"},
	{ScopeWaits, "waits for its approval"},
}

// Names returns the marks in words, for people.
func (m Mark) Names() (names []string) {
	for _, n := range markNames {
		if m&n.mark != 0 {
			names = append(names, n.name)
		}
	}
	return names
}

var (
	eventGiven       = milestone.ForecastGiven{}.EventName()
	eventSlipped     = milestone.Slipped{}.EventName()
	eventRecovered   = milestone.Recovered{}.EventName()
	eventReconfirmed = milestone.Reconfirmed{}.EventName()
	eventPrecision   = milestone.Restated{}.EventName()
	eventAchieved    = milestone.Achieved{}.EventName()
	eventRestated    = milestone.AchievementRestated{}.EventName()
	eventReopened    = milestone.Reopened{}.EventName()
	eventAmended     = milestone.Amended{}.EventName()
	eventAwaited     = milestone.Awaited{}.EventName()
	eventWithdrawn   = milestone.Withdrawn{}.EventName()
	eventUnread      = milestone.Unread{}.EventName()
	eventReplaced    = milestone.Replaced{}.EventName()
	eventSettled     = milestone.ReviewSettled{}.EventName()
)

// event names what a date comes to beside the one before it: of one due day, it may be said more or less precisely.
func event(days int, from, to Span) string {
	switch {
	case days > 0:
		return eventSlipped
	case days < 0:
		return eventRecovered
	case from != to:
		return eventPrecision
	}
	return eventReconfirmed
}

// precision marks a move between periods of which one contains the other (R12).
func precision(a, b Span, days int) Mark {
	if days != 0 && (a.holds(b) || b.holds(a)) {
		return Precision
	}
	return 0
}
