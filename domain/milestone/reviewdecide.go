package milestone

import (
	"cmp"
	"slices"
	"strings"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
)

// decideReview is Decide for the commands about a review. False: it is none of them.
func decideReview(s State, cmd Command, f Facts) (events []Event, ok bool, err error) {
	switch c := cmd.(type) {
	case RaiseReview:
		events = s.raise(c)
	case SettleReview:
		events, err = s.settle(c, f)
	default:
		return nil, false, nil
	}
	return events, true, err
}

func (s *State) raise(c RaiseReview) []Event {
	if c.Reason == ReviewDoneWithoutActual && s.Phase == PhaseAchieved {
		return nil // somebody has said when it was met
	}
	c.Item = cmp.Or(c.Item, itemOf(c.Field, c.Reason))
	known, found := s.find(c.Item)
	more := known.explainedBy(ReviewRaised(c)) && known.Says != c.Says && known.Settled == 0
	if found && !more && (known.derived || known.Text == c.Text && known.Settled != 0) {
		return nil // the words say it themselves; or a person looked at the very same
	}
	raised := func(r RaisedItem) bool { return r.ReviewRaised == ReviewRaised(c) }
	if slices.ContainsFunc(s.further().Raised, raised) {
		return nil
	}
	return []Event{ReviewRaised(c)}
}

// settle says what a person's answer comes to: the value as any other reporter would state it, and that it
// was settled. What it means for other milestones is decided in package decide.
func (s *State) settle(c SettleReview, f Facts) ([]Event, error) {
	item, found := s.find(c.Item)
	if !found {
		return nil, reviewUnknown(c.Item, f.AsAt)
	}
	e := ReviewSettled{Item: c.Item, Outcome: c.Outcome, Text: item.Text, Value: cmp.Or(c.Delivery.Text, c.Text), Reason: c.Reason, Cell: item.Cell}
	var into []string
	for _, p := range c.Parts {
		into = append(into, p.Ref)
	}
	e.Into = strings.Join(into, "\n")
	if c.Outcome == Accepted && (item.Field == FieldRef || item.Field == FieldReplaces) {
		e.Into = item.Proposed // it is that milestone
	}
	disagree := item.Reason == ReviewDisagreement
	if disagree {
		e.Value = c.Delivery.Due().String()
	}
	if slices.ContainsFunc(s.further().Settled, func(old Settlement) bool { return old.ReviewSettled == e }) {
		return nil, nil // and what it came to was stated with it
	}
	var events []Event
	var err error
	switch {
	case disagree && c.Outcome == Corrected: // it says which day is right, and states none
	case c.Outcome == Accepted:
		events, err = s.accept(item, f)
	case c.Outcome == Corrected:
		events, err = s.correct(item, c, f)
	case c.Outcome == Rejected && (item.derived || item.Proposed == ""):
		err = refusal(domain.Refused, RuleReviewNothingProposed, "item",
			"Nothing is proposed that could be rejected. Accept %.60q as it is, or correct it.", item.Text)
	}
	if err != nil {
		return nil, err
	}
	return append(events, e), nil
}

func reviewUnknown(item string, asAt civil.Date) error {
	return refusal(domain.NotFound, RuleReviewUnknown, "item",
		"As at %s nobody is asked about %.60q of this milestone. Check the item: `milepost review list` has them.", asAt, item)
}

// accept is what a value that was proposed comes to. What follows from the words in force holds already.
func (s *State) accept(item Item, f Facts) ([]Event, error) {
	if item.Field != FieldDelivery {
		return nil, nil
	}
	if item.derived {
		if s.Words.IsUnread() {
			return nil, refusal(domain.Refused, RuleReviewNothingProposed, "item",
				"%.60q puts no one date in force, so that there is none to accept. Correct it to the date that is meant or to TBC, or split or pair it.", item.Text)
		}
		return nil, nil
	}
	if item.Proposed == "" {
		return nil, nil
	}
	proposed, err := period.ReadISO(item.Proposed)
	if err != nil {
		return nil, refusal(domain.Refused, RuleReviewNothingProposed, "item",
			"%.60q is proposed, and that is no date to accept. Correct the item to the date that is meant.", item.Proposed)
	}
	return decideStateDate(*s, StateDate{Delivery: proposed, Reason: reviewed}, f)
}

// reviewed is the reason of a date that was accepted.
const reviewed = "as proposed, and accepted in review"

// correct is what the value that a person gives comes to.
func (s *State) correct(item Item, c SettleReview, f Facts) ([]Event, error) {
	reason := cmp.Or(c.Reason, "corrected in review")
	switch {
	case !c.Delivery.IsZero() && item.Field == FieldDelivery:
		return decideStateDate(*s, StateDate{Delivery: c.Delivery, Reason: reason}, f)
	case c.Owner != "" && item.Field == FieldOwner:
		return decideChangeOwner(*s, ChangeOwner{To: c.Owner, Reason: reason}, f)
	case c.Text != "" && item.Field == FieldTitle:
		return decideAmend(*s, Amend{Ref: s.Ref, Title: &c.Text})
	case c.Text != "" && item.Field == FieldWorkstream:
		return decideAmend(*s, Amend{Ref: s.Ref, Workstream: &c.Text})
	}
	return nil, refusal(domain.Refused, RuleReviewOtherField, "item",
		"The item is about the field %q, which this does not correct. Give a delivery_date, owner, title or workstream where the item is about it; state anything else as it is stated otherwise, and accept the item.", item.Field)
}
