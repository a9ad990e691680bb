package milestone

import (
	"encoding/hex"
	"slices"
	"strings"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
)

// ElsewhereReplaced says that the milestone took the place of one of another plan, and what that one promised when a person said so. It
// names neither that plan nor the words of the milestone, because who reads the one plan may not read the other.
type ElsewhereReplaced struct {
	Old    ID
	First  civil.Date // the due day of its first forecast; zero where it never had one
	Due    civil.Date // its last due day; zero where it never had one
	Reason string
}

// EventName is that of the ledger's EventType.
func (ElsewhereReplaced) EventName() string { return "ElsewhereReplaced" }

// Why is the reason that the reporter gave.
func (e ElsewhereReplaced) Why() string { return e.Reason }

func (e ElsewhereReplaced) evolve(s *State, _ civil.Date) {
	s.change(func(f *Further) { f.Elsewhere = append(slices.Clone(f.Elsewhere), e) })
}

// elsewhere is what the items begin with that ask about a milestone of another plan; its id follows, in hexadecimal digits.
const elsewhere = ReviewReplacesElsewhere + ":"

// ElsewhereItem is the item that asks whether a milestone took the place of one of another plan.
func ElsewhereItem(id ID) string { return elsewhere + hex.EncodeToString(id[:]) }

// ElsewhereOf returns the milestone of another plan that an item asks about, and false for another item.
func ElsewhereOf(item string) (id ID, ok bool) {
	text, ok := strings.CutPrefix(item, elsewhere)
	if !ok || len(text) != hex.EncodedLen(len(id)) {
		return ID{}, false
	}
	_, err := hex.Decode(id[:], []byte(text))
	return id, err == nil && ElsewhereItem(id) == item
}

// Elsewhere returns the events by which a person answers whether the milestone took the place of one of another plan, and none where the
// state knows of them.
func (s *State) Elsewhere(e ElsewhereReplaced, c SettleReview) (events []Event) {
	known := s.further()
	settled := ReviewSettled{Item: c.Item, Outcome: c.Outcome, Reason: c.Reason}
	if slices.ContainsFunc(known.Settled, func(old Settlement) bool { return old.ReviewSettled == settled }) {
		return nil
	}
	if c.Outcome == Accepted && !slices.ContainsFunc(known.Elsewhere, func(old ElsewhereReplaced) bool { return old.Old == e.Old }) {
		e.Reason = c.Reason
		events = append(events, e)
	}
	return append(events, settled)
}

// ElsewhereUnknown refuses an answer to a question about another plan that nobody is asked, or that the caller may not see.
func ElsewhereUnknown(item string, asAt civil.Date) error { return reviewUnknown(item, asAt) }

// ElsewhereOutcome refuses what a question about another plan cannot be settled by.
func ElsewhereOutcome() error {
	return refusal(domain.Invalid, RuleReviewOtherField, "outcome",
		"The question is whether this milestone took the place of one that was let go in another plan. Accept it, or reject it.")
}

// elsewhereItem is how an answer about another plan is shown to whoever reads this one alone.
func elsewhereItem(e Settlement) Item {
	return Item{ReviewRaised: ReviewRaised{Item: e.Item, Field: FieldReplaces, Reason: ReviewReplacesElsewhere, Text: e.Text}, Raised: e.AsAt}
}

// pairDays is how far apart a cancellation and an addition may be for a person to be asked whether they are about one milestone.
const pairDays = 90

// Moment is the day that a statement is about, and the one on which it was told.
type Moment struct{ AsAt, Told civil.Date }

// Near says whether one of the moments at which a milestone was let go is about when another one was added: by the days that they are about,
// or by those on which they were told.
func Near(letGo, added []Moment) bool {
	apart := func(a, b civil.Date) int { return max(a.DaysUntil(b), b.DaysUntil(a)) }
	for _, c := range letGo {
		for _, a := range added {
			if apart(c.AsAt, a.AsAt) <= pairDays || apart(c.Told, a.Told) <= pairDays {
				return true
			}
		}
	}
	return false
}
