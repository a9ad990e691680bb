package milestone

import (
	"fmt"
	"slices"
	"strings"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/funding"
	"milepost.dev/domain/measure"
	"milepost.dev/domain/rating"
)

// Facts are what Decide has to be told beside the state.
type Facts struct {
	// AsAt is the day that the command is about. Statements for later days are no part of the state
	// that it is decided on.
	AsAt civil.Date
	// Today is the day that it is in the plan's time zone.
	Today civil.Date
	// Exists: the plan has the milestone, if only since a day later than AsAt.
	Exists bool
	// RatingSchemes are what the plan declares as at the day.
	RatingSchemes []rating.Scheme
	// PlanEnd is the plan's last day as at the day; zero where not said.
	PlanEnd civil.Date
	// Kept returns the party that a party was merged into, or the party itself; nil: none was.
	Kept func(Party) Party
	// Said is what the caller said last about the as-at day.
	Said Repeat
	// Predecessor is the milestone that the command says this one waits for, or does not any more.
	Predecessor Predecessor
}

// Decide returns the events that a command comes to, none where it says nothing new, or a refusal, a
// *domain.Refusal. The state is the fold of all statements for f.AsAt and earlier days, in order of
// (as-at day, position); for Add and ChangeReference it is the newest state. Deciding the same command twice adds nothing
// the second time.
//
// It expects a command that Check found nothing wrong with.
func Decide(s State, cmd Command, f Facts) ([]Event, error) {
	if add, ok := cmd.(Add); ok {
		return decideAdd(s, add, f)
	}
	if amend, ok := cmd.(Amend); ok && amend.AllowMissing && !f.Exists {
		return decideAdd(s, amend.asAdd(), f)
	}
	if !f.Exists {
		return nil, refusal(domain.NotFound, RuleUnknown, "ref",
			"The plan has no milestone of this reference. Check the reference, or add the milestone first (MilestoneAdded).")
	}
	switch cmd := cmd.(type) {
	case Amend:
		return decideAmend(s, cmd)
	case ChangeReference:
		return decideChangeReference(s, cmd, f)
	case StateDate:
		return decideStateDate(s, cmd, f)
	case Slip:
		return decideSlip(s, cmd, f)
	case Recover:
		return decideRecover(s, cmd, f)
	case ChangeOwner:
		return decideChangeOwner(s, cmd, f)
	case funding.Command:
		return decideFunding(s, cmd)
	case ReportProgress:
		return decideReportProgress(s, cmd, f)
	case Achieve:
		return decideAchieve(s, cmd, f)
	case AssessConfidence:
		return decideAssessConfidence(s, cmd, f)
	case LinkDependency, UnlinkDependency:
		return decideDependency(s, cmd, f)
	case DefineRecurrence:
		return decideDefineRecurrence(s, cmd, f)
	case measure.Command:
		decided, err := measure.Decide(s.further().Measures, cmd, f.AsAt)
		var events []Event
		for _, e := range decided {
			events = append(events, e)
		}
		return events, err
	case StateFurtherDate:
		return decideFurtherDate(s, cmd), nil
	case StateSource:
		return decideSource(s, cmd, f), nil
	default:
		if events, ok, err := decideLife(s, cmd, f); ok {
			return events, err
		}
		if events, ok, err := decideIssue(s, cmd, f); ok {
			return events, err
		}
		if events, ok, err := decideReview(s, cmd, f); ok {
			return events, err
		}
		return nil, refusal(domain.Invalid, RuleCommandUnknown, "", "This is none of the commands that milepost knows.")
	}
}

func decideAdd(s State, c Add, f Facts) ([]Event, error) {
	e := Added{
		Ref: c.Ref, Title: titleOr(c.Title, c.Ref), Workstream: c.Workstream,
		Attributes: withAttributes(nil, c.Attributes), Of: c.Of, PartsOf: c.PartsOf,
	}
	if !f.Exists && !s.Exists {
		return []Event{e}, nil
	}
	if s.Title == e.Title && s.Workstream == e.Workstream && slices.Equal(s.Attributes, e.Attributes) {
		return nil, nil
	}
	return nil, refusal(domain.Exists, RuleRefTaken, "ref",
		"The plan already has a milestone %q, %q, and this one has other words: %q. Give it another reference, or state MilestoneAmended to change the words.",
		c.Ref, s.Title, e.Title)
}

// asAdd is the milestone that an amendment begins where there is none.
func (c Amend) asAdd() Add {
	add := Add{Ref: c.Ref, Attributes: c.Attributes}
	if c.Title != nil {
		add.Title = *c.Title
	}
	if c.Workstream != nil {
		add.Workstream = *c.Workstream
	}
	return add
}

func decideAmend(s State, c Amend) ([]Event, error) {
	var e Amended
	if c.Title != nil {
		if title := titleOr(*c.Title, c.Ref); title != s.Title {
			e.Title = &title
		}
	}
	if c.Workstream != nil && *c.Workstream != s.Workstream {
		workstream := *c.Workstream
		e.Workstream = &workstream
	}
	for _, a := range withAttributes(nil, c.Attributes) {
		if !slices.Contains(s.Attributes, a) {
			e.Attributes = append(e.Attributes, a)
		}
	}
	if e.Title == nil && e.Workstream == nil && len(e.Attributes) == 0 {
		return nil, nil
	}
	return []Event{e}, nil
}

// titleOr returns the title, and the reference where it is empty: a milestone is never without words.
func titleOr(title, ref string) string {
	if title == "" {
		return ref
	}
	return title
}

// withAttributes returns the attributes with some added or changed, in order of name, in a new slice.
func withAttributes(have, set []Attribute) []Attribute {
	if len(have)+len(set) == 0 {
		return nil
	}
	all := append(make([]Attribute, 0, len(have)+len(set)), have...)
	for _, a := range set {
		i, found := slices.BinarySearchFunc(all, a.Name, func(b Attribute, name string) int { return strings.Compare(b.Name, name) })
		if found {
			all[i] = a
		} else {
			all = slices.Insert(all, i, a)
		}
	}
	return all
}

func decideChangeOwner(s State, c ChangeOwner, f Facts) ([]Event, error) {
	shared := slices.EqualFunc(c.SharedBy, s.further().SharedBy, f.same)
	if f.same(c.To, s.Owner) {
		if len(c.SharedBy) == 0 || shared {
			return nil, nil
		}
		// The same owner, and whom the words name is new: since when it owns the milestone stays.
		return []Event{OwnerChanged{From: s.Owner, To: s.Owner, Effective: s.OwnerSince, Reason: c.Reason, SharedBy: c.SharedBy}}, nil
	}
	if c.From != "" && !f.same(c.From, s.Owner) {
		return nil, &domain.Refusal{
			Class: domain.Stale, Rule: RuleOwnerFromStale, Field: "from",
			Message:  fmt.Sprintf("On %s the milestone belongs to another owner than the one it would be taken from. Look who owns it now, and state the change from there.", f.AsAt),
			Expected: string(c.From), Actual: string(s.Owner),
		}
	}
	effective := c.Effective
	if effective == 0 {
		effective = f.AsAt
	}
	return []Event{OwnerChanged{From: s.Owner, To: c.To, Effective: effective, Reason: c.Reason, SharedBy: c.SharedBy}}, nil
}

// same says whether two parties are one: the same, or merged.
func (f Facts) same(a, b Party) bool {
	return a == b || f.Kept != nil && a != "" && b != "" && f.Kept(a) == f.Kept(b)
}

func decideFunding(s State, c funding.Command) ([]Event, error) {
	decided, err := funding.Decide(s.Funding, c)
	var events []Event
	for _, e := range decided {
		events = append(events, e)
	}
	return events, err
}

func decideReportProgress(s State, c ReportProgress, f Facts) ([]Event, error) {
	e := ProgressReported(c)
	if s.ProgressAsAt == f.AsAt {
		now := s.progress(e)
		if samePercent(now.Percent, s.Percent) && now.Status == s.Status && now.Words == s.Note && now.NextSteps == s.NextSteps {
			return nil, nil
		}
	}
	return []Event{e}, nil
}

func samePercent(a, b *int) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

func decideAchieve(s State, c Achieve, f Facts) ([]Event, error) {
	achieved := s.Phase == PhaseAchieved
	if achieved && s.Actual.SameReading(c.Actual) {
		return nil, nil
	}
	if err := s.notCancelled("met"); err != nil {
		return nil, err
	}
	if start := c.Actual.Start(); start.After(f.Today) {
		return nil, refusal(domain.Refused, RuleActualInFuture, "actual_date",
			"The milestone cannot have been met on %s: today is %s. State a date to come as its forecast (DeliveryDateStated).", start, f.Today)
	}
	if achieved {
		return []Event{AchievementRestated{Actual: c.Actual, From: lastDay(s.Actual), Words: c.Words}}, nil
	}
	return []Event{Achieved(c)}, nil
}
