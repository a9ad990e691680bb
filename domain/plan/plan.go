// Package plan holds what a plan is, the funding lines of its own, and the rules for beginning and
// changing it.
package plan

import (
	"cmp"
	"encoding/hex"
	"slices"
	"strconv"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/funding"
	"milepost.dev/domain/measure"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/rating"
)

// DefaultTimeZone is the zone of a plan that does not say.
const DefaultTimeZone = "Europe/London"

// Quarters says which quarters a plan means where a date does not.
type Quarters uint8

const (
	// Unsaid: not said, and then as the reader of dates takes it: financial, unless the period begins with a calendar year.
	Unsaid Quarters = iota
	// Calendar: January to March is the first.
	Calendar
	// Financial: April to June is the first.
	Financial
)

// String returns "calendar", "financial", or "" where not said.
func (q Quarters) String() string {
	switch q {
	case Calendar:
		return "calendar"
	case Financial:
		return "financial"
	default:
		return ""
	}
}

// Event is something that the ledger accepted about a plan: Registered, Revised, Closed, Reopened, PartiesMerged, RoleGranted, RoleWithdrawn, ToBeForgotten, EpochBegun,
// EpochComplete, ComponentStated, DocumentImported, HistoryAccepted, CandidateOffered, CandidateSettled, DocumentNoted, a baseline.Event, a measure.Event of a measure of the plan, or a funding.Event of a line of the plan or of a scheme. The
// set is closed.
type Event interface {
	// EventName is the name by which people and the ledger know it.
	EventName() string
}

// Registered begins a plan.
type Registered struct {
	Name                   string
	PeriodStart, PeriodEnd civil.Date // the first and the last day it covers; zero where not said
	Quarters               Quarters
	TimeZone               string // IANA name
	RatingSchemes          []rating.Scheme
	Conventions            Conventions
}

// Revised changes what a plan is. A nil pointer leaves what was.
type Revised struct {
	Name                   *string
	PeriodStart, PeriodEnd *civil.Date // a zero day: no longer said
	Quarters               *Quarters
	TimeZone               *string
	RatingSchemes          []rating.Scheme // those that are new or declared anew
	Reason                 string
	Conventions            Conventions // those that change
}

// EventName is that of the ledger's EventType.
func (Registered) EventName() string { return "PlanRegistered" }

// EventName is that of the ledger's EventType.
func (Revised) EventName() string { return "PlanRevised" }

// Why is the reason that the reporter gave.
func (e Revised) Why() string { return e.Reason }

// Settles says whether it changes how the dates of the plan are read.
func (e Revised) Settles() bool {
	return e.PeriodStart != nil || e.PeriodEnd != nil || e.Quarters != nil || e.TimeZone != nil || e.Conventions != Conventions{}
}

// State is a plan as it stands: the fold of its statements, up to some day. It is a value: Evolve returns
// another one, and never changes what an older one holds.
type State struct {
	Registered             bool
	Name                   string
	PeriodStart, PeriodEnd civil.Date
	Quarters               Quarters
	TimeZone               string
	Conventions            Conventions
	RatingSchemes          []rating.Scheme
	Funding                []funding.Line    // of the plan and of its schemes, in order of scheme and line
	Components             []Component       // in order of kind and name
	Measures               []measure.Measure // of the plan and its parts, in order of reference
	Candidates             []Candidate       // in the order in which they were first offered
	Notes                  []Note            // what documents say beside all of these, in the order in which it was first kept
	Documents              []Document        // that were read into it, in order of day and arrival
	Accepted               []HistoryAccepted // in order of day and arrival
	// Began is what it was registered with, whatever was revised since.
	Began    *Registered
	LastAsAt civil.Date
	// Settings is the position of the statement that said last how dates are read: with which period, quarters, time
	// zone and conventions. A date that is read keeps it.
	Settings uint64
	// Closed is when and why the plan was closed; nil while it is open.
	Closed     *Closure
	merged     map[milestone.Party]milestone.Party // into which party each was; of OfLedger alone
	given      map[milestone.Party][]Given         // roles, by who holds them; of OfLedger alone
	forgetting *forgetting                         // of names; of OfLedger alone, nil where nobody asked
	closings   uint64                              // the position of what said last whether it is
}

// Evolve returns the plan after a statement. An event that it does not know changes nothing.
func Evolve(s State, st Statement) State {
	if f, ok := st.Event.(funding.Event); ok {
		s.Funding = funding.Evolve(s.Funding, f, st.AsAt)
		s.LastAsAt = max(s.LastAsAt, st.AsAt)
		return s
	}
	s.Candidates = slices.Clone(s.Candidates)
	s.settle(st)
	return s
}

// settle is Evolve for what is no money. It changes the list of candidates in place.
func (s *State) settle(st Statement) {
	asAt := st.AsAt
	switch e := st.Event.(type) {
	case Registered:
		*s = State{
			Settings:   st.Position,
			Registered: true, Name: e.Name, PeriodStart: e.PeriodStart, PeriodEnd: e.PeriodEnd,
			Quarters: e.Quarters, TimeZone: e.TimeZone, RatingSchemes: e.RatingSchemes, Conventions: e.Conventions, Began: &e,
		}
	case Revised:
		set(&s.Name, e.Name)
		set(&s.PeriodStart, e.PeriodStart)
		set(&s.PeriodEnd, e.PeriodEnd)
		set(&s.Quarters, e.Quarters)
		set(&s.TimeZone, e.TimeZone)
		s.RatingSchemes = rating.With(s.RatingSchemes, e.RatingSchemes)
		s.Conventions = s.Conventions.with(e.Conventions)
		if e.Settles() {
			s.Settings = st.Position
		}
	case Closed:
		s.close(e, st)
	case Reopened:
		s.reopen(st)
	case PartiesMerged:
		s.merge(e)
	case RoleGranted:
		s.give(e.Holder, Given{Of: e.Of, Role: e.Role, Until: e.Until, Position: st.Position})
	case RoleWithdrawn:
		s.give(e.Holder, Given{Of: e.Of, Role: e.Role, Withdrawn: true, Position: st.Position})
	case ToBeForgotten, EpochBegun, EpochComplete:
		s.forget(e, st.Position)
	case ComponentStated:
		s.Components = e.stated(s.Components, asAt)
	case DocumentImported:
		s.Documents = e.imported(s.Documents, asAt)
	case CandidateOffered:
		s.Candidates = e.offer(s.Candidates, asAt)
	case CandidateSettled:
		s.Candidates = e.settled(s.Candidates, asAt)
	case DocumentNoted:
		s.Notes = e.kept(s.Notes, asAt)
	case HistoryAccepted:
		s.Accepted = append(s.Accepted[:len(s.Accepted):len(s.Accepted)], e)
	case measure.Event:
		s.Measures = measure.Evolve(s.Measures, e, asAt)
	default:
		return
	}
	s.LastAsAt = max(s.LastAsAt, asAt)
}

// Told is what can be told of the plan in words, by name: "name", "workstream Estates". The audit trail compares it
// before and after an event, so that a value which is not in it changes in silence.
func (s State) Told() map[string]string {
	told := map[string]string{
		"name": s.Name, "time_zone": s.TimeZone, "quarters": s.Quarters.String(),
		"period_start": s.PeriodStart.String(), "period_end": s.PeriodEnd.String(),
	}
	s.Conventions.tell(told)
	for _, scheme := range s.RatingSchemes {
		told["rating_scheme "+scheme.Name] = scheme.Told()
	}
	funding.Tell(told, s.Funding)
	for _, c := range s.Components {
		c.tell(told)
	}
	for _, c := range s.Candidates {
		c.tell(told)
	}
	for _, n := range s.Notes {
		n.tell(told)
	}
	for _, d := range s.Documents {
		told["document sha256:"+hex.EncodeToString(d.SHA256[:])] = domain.Listed(d.Document, d.Mapping, d.told())
	}
	for _, a := range s.Accepted {
		told["history "+strconv.FormatUint(a.From, 10)+" to "+strconv.FormatUint(a.To, 10)] = "accepted"
	}
	s.tellClosed(told)
	measure.Tell(told, s.Measures)
	return told
}

func set[T any](field *T, to *T) {
	if to != nil {
		*field = *to
	}
}

// Statement is an event with its place on both time axes.
type Statement struct {
	Position uint64
	AsAt     civil.Date
	By       uint32 // who told it, as whoever keeps statements numbers them
	Event    Event
}

// AsAt returns the plan as it stood on a day, by statements in any order. What it was registered with holds
// from before the day that it was registered for: there is no plan without a name.
func AsAt(statements []Statement, day civil.Date) State {
	ordered := statements
	if !slices.IsSortedFunc(ordered, compare) {
		ordered = slices.SortedStableFunc(slices.Values(statements), compare)
	}
	var s State
	var lines []funding.Line // of nobody else, so that it is changed in place
	for _, st := range ordered {
		_, begins := st.Event.(Registered)
		switch f, money := st.Event.(funding.Event); {
		case st.AsAt.After(day) && !begins:
		case money:
			lines = funding.Apply(lines, f, st.AsAt)
			s.LastAsAt = max(s.LastAsAt, st.AsAt)
		default:
			s.settle(st)
		}
	}
	s.Funding = lines
	return s
}

// compare puts the registration first, and all else in order of (as-at day, position).
func compare(a, b Statement) int {
	_, first := a.Event.(Registered)
	_, second := b.Event.(Registered)
	switch {
	case first && !second:
		return -1
	case second && !first:
		return 1
	}
	return cmp.Or(cmp.Compare(a.AsAt, b.AsAt), cmp.Compare(a.Position, b.Position))
}
