package fault

import (
	"fmt"
	"slices"
	"time"

	"github.com/anishathalye/porcupine"
)

// milestoneState is all that the model knows of one milestone.
type milestoneState struct {
	revision uint64
	date     string
	asked    bool // a person was asked which of several speakers is right, which is an event too
}

// checkWithin bounds the search for an order.
const checkWithin = time.Minute

// CheckOrder asks whether all operations can have happened one after the other, each at some moment between
// its call and its answer, and each with the answer that it got: that is what "one ledger" means to people
// who call it at once. An operation whose outcome is still unknown may have happened, or not.
func CheckOrder(operations []*Operation, end time.Duration) error {
	byRef := map[string][]porcupine.Operation{}
	markRepeats(operations)
	for _, o := range operations {
		if o.Kind >= Ballast {
			continue
		}
		returned := o.Returned
		if o.Outcome == Unknown {
			returned = end
		}
		ref := o.Plan + " " + o.Ref
		byRef[ref] = append(byRef[ref], porcupine.Operation{
			ClientId: o.Caller, Input: o, Output: o, Call: int64(o.Called), Return: int64(returned),
		})
	}
	for ref, history := range byRef {
		switch result := porcupine.CheckOperationsTimeout(model.ToModel(), history, checkWithin); result {
		case porcupine.Ok:
		case porcupine.Illegal:
			return fmt.Errorf("no order of the %d operations on %s explains what was answered%s", len(history), ref, overtaken(history))
		default:
			return fmt.Errorf("whether the %d operations on %s have an order was not found out within %s", len(history), ref, checkWithin)
		}
	}
	return nil
}

// markRepeats notes which operations state a date that the same office may have stated before: where it was what that office said last,
// saying it again adds nothing, whatever another office said meanwhile.
func markRepeats(operations []*Operation) {
	type statement struct{ plan, ref, office, date string }
	times := map[statement][]*Operation{}
	for _, o := range operations {
		if o.Kind == State || o.Kind == Slip {
			said := statement{o.Plan, o.Ref, o.Request.GetOnBehalfOf(), o.Date}
			times[said] = append(times[said], o)
		}
	}
	for _, same := range times {
		for _, o := range same {
			o.repeats = slices.ContainsFunc(same, func(p *Operation) bool {
				return p != o && p.Outcome != Declined && (o.Outcome == Unknown || p.Called < o.Returned)
			})
		}
	}
}

// overtaken says what a history without an order shows, where two of its answers alone contradict each other: a revision that somebody
// was told of, and an earlier one that was given as the newest to a question or a request that came later.
func overtaken(history []porcupine.Operation) string {
	for _, a := range history {
		for _, b := range history {
			was, is := a.Input.(*Operation), b.Input.(*Operation)
			if a.Return < b.Call && was.Revision > 0 && is.Revision > 0 && is.Revision < was.Revision {
				return fmt.Sprintf(": %s led to revision %d and was answered at %s; %s began at %s and was told of revision %d", was, was.Revision, was.Returned, is, is.Called, is.Revision)
			}
		}
	}
	return ""
}

// model is a milestone as its reporters may count on it. A step lists the states that can follow.
var model = porcupine.NondeterministicModel{
	Init: func() []any { return []any{milestoneState{revision: 1}} },
	Step: func(state, input, _ any) []any {
		s, o := state.(milestoneState), input.(*Operation)
		next, accepted := s.apply(o)
		asks := next
		if next != s && !s.asked { // maybe it is the first to disagree
			asks.revision, asks.asked = next.revision+1, true
		}
		again := s // where another office said the same date before, saying it is an event; what one said itself adds none
		if o.Date == s.date && o.Kind != Read {
			again.revision++
		}
		repeated := again != s || o.repeats
		switch {
		case o.Outcome == Unknown && accepted && o.Kind != Read:
			return []any{s, next, asks, again}
		case o.Outcome == Unknown:
			return []any{s}
		case o.Outcome == Declined && !accepted:
			return []any{s}
		case o.Outcome == Accepted && accepted && next.agrees(s, o):
			return []any{next}
		case o.Outcome == Accepted && accepted && asks.agrees(s, o):
			return []any{asks}
		case o.Outcome == Accepted && accepted && repeated && again.agrees(s, o):
			return []any{again}
		}
		return nil
	},
	Equal: func(a, b any) bool { return a == b },
}

// apply is what an operation does to a milestone, and whether it is accepted at all.
func (s milestoneState) apply(o *Operation) (milestoneState, bool) {
	switch {
	case o.Kind == Read:
		return s, true
	case o.Expected != nil && *o.Expected != s.revision:
		return s, false
	case o.Date == s.date:
		return s, o.Kind == State || o.Outcome == Accepted // a slip that is said again changes nothing, or is refused
	case o.Kind == Slip && (s.date == "" || o.Date < s.date):
		return s, false
	}
	return milestoneState{revision: s.revision + 1, date: o.Date}, true
}

// agrees says whether the answer fits the state after the operation.
func (s milestoneState) agrees(before milestoneState, o *Operation) bool {
	if o.Kind == Read {
		return o.Revision == s.revision && o.Date == s.date
	}
	if s == before {
		return len(o.Receipt.Events) == 0
	}
	return uint64(len(o.Receipt.Events)) == s.revision-before.revision && o.Revision == s.revision
}
