package milestone

import (
	"slices"
	"strings"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
)

// ReferenceChanged gives the milestone another reference. Those that it went by before stay its own: it is still found by
// them, and no other milestone can have one.
type ReferenceChanged struct{ From, To, Reason string }

// ChangeReference states that the milestone goes by another reference from now on. Package decide sees to it that no other
// milestone has it, or ever had.
type ChangeReference struct{ To, Reason string }

func (ReferenceChanged) EventName() string  { return "ReferenceChanged" }
func (e ReferenceChanged) Why() string      { return e.Reason }
func (ChangeReference) CommandName() string { return "ReferenceChanged" }

func (e ReferenceChanged) evolve(s *State, asAt civil.Date) {
	s.Ref = e.To
	s.change(func(f *Further) {
		was := func(ref string) bool { return ref == e.From || ref == e.To }
		f.FormerRefs = append(slices.DeleteFunc(slices.Clone(f.FormerRefs), was), e.From)
		f.RefAsAt = asAt
	})
}

// references checks the commands of this file. False: it is none of them.
func (c *check) references(cmd Command) bool {
	change, ok := cmd.(ChangeReference)
	if ok {
		c.reference("new_ref", change.To)
		c.words("reason", change.Reason)
	}
	return ok
}

// decideChangeReference expects the newest state: a reference is what people know the milestone by now, whatever day they
// ask about.
func decideChangeReference(s State, c ChangeReference, f Facts) ([]Event, error) {
	if s.Ref == c.To {
		return nil, nil
	}
	if since := s.further().RefAsAt; f.AsAt.Before(since) {
		return nil, refusal(domain.Refused, RuleRefChangedSince, "new_ref",
			"The reference was changed as at %s, from %q to %q. State this change as at that day or a later one.", since, lastOf(s.further().FormerRefs), s.Ref)
	}
	return []Event{ReferenceChanged{From: s.Ref, To: c.To, Reason: c.Reason}}, nil
}

func lastOf(refs []string) string {
	if len(refs) == 0 {
		return ""
	}
	return refs[len(refs)-1]
}

// tellRef tells the reference of a milestone that went by another one before.
func (s State) tellRef(told map[string]string) {
	if former := s.further().FormerRefs; len(former) > 0 {
		told["ref"] = s.Ref + ", formerly " + strings.Join(former, ", ")
	}
}
