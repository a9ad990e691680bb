package authority

import (
	"slices"

	"milepost.dev/domain/civil"
)

// Kind names what a statement says. The words are those of the rules.
type Kind string

// What may be told. Where a statement is about a plan and not about one milestone, it says so.
const (
	Added       Kind = "added"        // Words is the title; Series, Workstream
	Amended     Kind = "amended"      // Words is the new title; or Workstream
	Date        Kind = "date"         // Due, Period: a day is promised
	FromDay     Kind = "from"         // Due, Period: promised is from when on; a start meets it
	Withdrawn   Kind = "tbc"          // no date yet, or no date any more
	NoDay       Kind = "words"        // "ongoing", or words in which no day was found
	Several     Kind = "several"      // Readings: words with several days
	Settled     Kind = "settled"      // Target, Due: a person says which day the words at Target mean
	Started     Kind = "started"      // Due, Period: the day of the start
	Achieved    Kind = "achieved"     // Due, Period: the actual, also where it is stated again
	Reopened    Kind = "reopened"     //
	OnHold      Kind = "on-hold"      //
	Resumed     Kind = "resumed"      //
	Cancelled   Kind = "cancelled"    //
	Replaced    Kind = "replaced"     // Old, New: about the plan
	Elsewhere   Kind = "elsewhere"    // First, Due: it took the place of a milestone of another plan, which promised these
	Split       Kind = "split"        // Old (the whole), New (its parts): about the plan
	NotTheSame  Kind = "not-the-same" // Old, New: a reviewer settles the question of a pair; about the plan
	DayAgreed   Kind = "day-agreed"   // Day, Due: a reviewer settles a disagreement about a day
	HistoryKept Kind = "accepted"     // From, To: an approver accepts what stands at these positions; about the plan
)

// Span is a period, by its first and its last day.
type Span struct{ First, Last civil.Date }

// holds says whether all of another period lies inside this one.
func (s Span) holds(other Span) bool {
	return s.First != 0 && other.First != 0 && !s.First.After(other.First) && !s.Last.Before(other.Last)
}

// Reading is one of several days that words name.
type Reading struct {
	Due    civil.Date
	Period Span
	// Labelled says that words beside the day say that it is the day of something else.
	Labelled bool
	// Promises says that it is of kind in, by, during or from, and not told as past or recurring.
	Promises bool
}

// Told is one statement as it was accepted. Its zero fields say nothing.
type Told struct {
	// Position is its place in the ledger, from 1. No two statements share one.
	Position int
	// Request names the request that it came in; empty where it came alone.
	Request string
	// AsAt is the day that it is about.
	AsAt civil.Date
	// Recorded is the day on which it was told.
	Recorded civil.Date
	// Speaker is the party on whose behalf it was said, else the actor's organisation, else the actor (R11).
	Speaker string
	// Person is who answers for it; the Speaker where it is empty.
	Person string
	// Milestone is the reference that it is about; empty where it is about the plan.
	Milestone string
	Kind      Kind
	// Due is the day promised, or the last day of an actual.
	Due civil.Date
	// First is what a milestone of another plan promised first.
	First civil.Date
	// Period is what was named; zero is the day alone.
	Period Span
	// Words is a title, or the words of a date.
	Words string
	// Workstream is the part of the plan, where it is said.
	Workstream string
	// Series names the recurring milestone that it is an occurrence of.
	Series string
	// Setting numbers the plan's settings that a date was read by; Under says what its words mean by others.
	Setting int
	Under   map[int]civil.Date
	// Readings are the days of Several.
	Readings []Reading
	// Target is the position of the words that Settled is about.
	Target int
	// Day is the as-at day that DayAgreed is about.
	Day civil.Date
	// From and To are the first and the last position of HistoryKept.
	From, To int
	// Old and New are references of milestones.
	Old, New []string

	order int // its place in the order of telling
}

// span returns what was named, the day alone where no period was.
func (t Told) span() Span {
	if t.Period.First == 0 {
		return Span{t.Due, t.Due}
	}
	return t.Period
}

func (t Told) person() string {
	if t.Person == "" {
		return t.Speaker
	}
	return t.Person
}

// dated says whether it states a due day.
func (t Told) dated() bool { return t.Kind == Date || t.Kind == FromDay }

// known returns what was told up to a position, in the order of telling (R2): requests as they came, and
// what one request says in order of as-at, of one day as written.
func known(told []Told, at int) []Told {
	begins := map[string]int{} // of a request, its lowest position
	for _, t := range told {
		if first, ok := begins[t.Request]; !ok || t.Position < first {
			begins[t.Request] = t.Position
		}
	}
	begin := func(t Told) int {
		if t.Request == "" {
			return t.Position
		}
		return begins[t.Request]
	}
	var all []Told
	for _, t := range told {
		if t.Position <= at {
			all = append(all, t)
		}
	}
	slices.SortFunc(all, func(a, b Told) int {
		switch {
		case begin(a) != begin(b):
			return begin(a) - begin(b)
		case a.AsAt != b.AsAt:
			return int(a.AsAt - b.AsAt)
		}
		return a.Position - b.Position
	})
	for i := range all {
		all[i].order = i
	}
	return all
}

// accepted says whether an approver accepted a statement (R2, R4). Who told any statement of the span is not
// heard. It acts by position only.
func accepted(all []Told, t Told) bool {
	for _, a := range all {
		if a.Kind != HistoryKept || t.Position < a.From || t.Position > a.To {
			continue
		}
		own := slices.ContainsFunc(all, func(b Told) bool {
			return b.Position >= a.From && b.Position <= a.To && b.person() == a.person()
		})
		if !own {
			return true
		}
	}
	return false
}

// inTelling returns statements in the order of telling.
func inTelling(told []Told) []Told {
	out := slices.Clone(told)
	slices.SortFunc(out, func(a, b Told) int { return a.order - b.order })
	return out
}
