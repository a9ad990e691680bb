package milestone

import (
	"cmp"
	"encoding/hex"
	"strconv"
	"strings"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/funding"
	"milepost.dev/domain/measure"
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

// Further is what most milestones do not have. A State holds it behind a pointer, so that those pay
// nothing for it; what the pointer leads to is never written to again.
type Further struct {
	Started      period.Delivery // the date of the start; the zero Delivery where none was stated
	StartedAsAt  civil.Date
	StartedWords string

	Ratings   []Rating   // the last on each scheme, in order of scheme
	Issues    []Issue    // in order of reference
	Evidence  []Evidence // as it was attached
	DependsOn []Link     // in order of id

	Recurrence *RecurrenceDefined // nil where it is due once
	Of         *Occurrence        // nil where it is no occurrence of another

	Raised   []RaisedItem      // what was put to a person, in order of item
	Settled  []Settlement      // what a person made of items, in order of item
	Dates    []FurtherDate     // labelled ones, in order of label
	Measures []measure.Measure // in order of reference
	Sources  []Source          // in order of as-at day and arrival, a document once

	Replaces, ReplacedBy []ID                // the milestones whose place it took, and those that took its place
	Elsewhere            []ElsewhereReplaced // milestones of other plans whose place it took
	PartsOf              []ID                // the milestones that it was split from
	FormerRefs           []string            // that it went by before, the last one last
	RefAsAt              civil.Date          // the day that its reference was changed for; zero where it never was

	SharedBy []Party // whom the owner's words name, where they name several

	NotReportedIn string // the return that left it out, where one did
}

// apply makes of a state what it is after an event that states no delivery date; what one that does comes to is said
// in hold. Each event says beside its type what it changes. They are listed here, and not called through an interface,
// so that a State can stay on the stack: a question folds those of a whole plan.
func (s *State) apply(e Event, asAt civil.Date) {
	switch e := e.(type) {
	case Added:
		e.evolve(s, asAt)
	case Amended:
		e.evolve(s, asAt)
	case ReferenceChanged:
		e.evolve(s, asAt)
	case OwnerChanged:
		e.evolve(s, asAt)
	case ProgressReported:
		e.evolve(s, asAt)
	case ConfidenceAssessed:
		e.evolve(s, asAt)
	case Achieved:
		e.evolve(s, asAt)
	case AchievementRestated:
		e.evolve(s, asAt)
	case Started:
		e.evolve(s, asAt)
	case Reopened:
		e.evolve(s, asAt)
	case Held:
		e.evolve(s, asAt)
	case Resumed:
		e.evolve(s, asAt)
	case Cancelled:
		e.evolve(s, asAt)
	case ElsewhereReplaced:
		e.evolve(s, asAt)
	case NotReported:
		e.evolve(s, asAt)
	case IssueRaised:
		e.evolve(s, asAt)
	case IssueClosed:
		e.evolve(s, asAt)
	case EvidenceAttached:
		e.evolve(s, asAt)
	case DependencyLinked:
		e.evolve(s, asAt)
	case DependencyUnlinked:
		e.evolve(s, asAt)
	case RecurrenceDefined:
		e.evolve(s, asAt)
	case FurtherDateStated:
		e.evolve(s, asAt)
	case Sourced:
		e.evolve(s, asAt)
	case ReviewRaised:
		e.evolve(s, asAt)
	case ReviewSettled:
		e.evolve(s, asAt)
	case Replaced:
		e.evolve(s, asAt)
	case funding.Event:
		s.Funding = funding.Evolve(s.Funding, e, asAt)
	case measure.Event:
		s.change(func(f *Further) { f.Measures = measure.Evolve(f.Measures, e, asAt) })
	}
}

// Told is what can be told of the milestone in words, by name: "owner", "issue I-4". The audit trail compares it before
// and after an event, so that a value which is not in it changes in silence. Parties and other milestones are told as
// people know them.
func (s State) Told(party func(Party) string, ref func(ID) string) map[string]string {
	told := map[string]string{
		"title": s.Title, "workstream": s.Workstream, "status": s.Status, "words": s.Note,
		"delivery_date": s.Words.Text, "actual": s.Actual.Text, "achieved_words": s.AchievedWords,
		"next_steps": s.NextSteps,
	}
	if s.Exists {
		told["state"] = s.Phase.String()
	}
	if s.Forecast.Known {
		told["forecast"] = s.Forecast.Delivery.Due().String()
	}
	if s.Owner != "" {
		told["owner"], told["owner_since"] = party(s.Owner), s.OwnerSince.String()
		for i, p := range s.further().SharedBy {
			told["owner_shared_by "+strconv.Itoa(i+1)] = party(p)
		}
	}
	if s.NotReported != 0 {
		told["not_reported"] = strings.TrimSuffix(s.NotReported.String()+", "+s.Further.NotReportedIn, ", ")
	}
	if s.Percent != nil {
		told["percent"] = strconv.Itoa(*s.Percent)
	}
	for _, a := range s.Attributes {
		told["attribute "+a.Name] = a.Value
	}
	funding.Tell(told, s.Funding)
	if s.Further != nil {
		s.Further.tell(told, ref)
		s.tellRef(told)
		s.tellReview(told)
	}
	return told
}

// tell adds to told what few milestones have.
func (f *Further) tell(told map[string]string, ref func(ID) string) {
	told["started"], told["started_words"] = f.Started.Text, f.StartedWords
	for _, i := range f.Issues {
		i.tell(told)
	}
	for _, e := range f.Evidence {
		e.tell(told)
	}
	for _, s := range f.Sources { // of two versions of a document the later one stands
		s.tell(told)
	}
	measure.Tell(told, f.Measures)
	for _, d := range f.Dates {
		told["date of "+d.Label] = d.Date.Text
	}
	for _, l := range f.DependsOn {
		told["depends_on "+ref(l.On)] = strconv.Itoa(l.LagDays) + " days after it"
	}
	if r := f.Recurrence; r != nil {
		told["recurrence"] = strings.TrimSuffix(r.RRule+" "+civil.Span(r.Start, r.End)+", "+r.Words, ", ")
	}
	for _, id := range f.Replaces {
		told["replaces "+ref(id)] = "yes"
	}
	for _, id := range f.ReplacedBy {
		told["replaced_by "+ref(id)] = "yes"
	}
	for _, e := range f.Elsewhere { // by its id alone: it names nothing
		told["replaces "+hex.EncodeToString(e.Old[:])] = "of another plan, first due " + e.First.String() + ", then " + e.Due.String()
	}
	for _, id := range f.PartsOf {
		told["part_of "+ref(id)] = "yes"
	}
	if f.Of != nil {
		told["occurrence_of"] = ref(f.Of.Series) + " on " + f.Of.Day.String()
	}
	for _, r := range f.Ratings {
		told["rating "+r.Scheme] = r.Value
	}
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
