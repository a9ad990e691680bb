package milestone

import (
	"slices"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
)

// Replaced says that milestones took the place of others. In the history of one that took a place it names the old ones, in that
// of one whose place was taken the new ones; the other list is empty.
type Replaced struct {
	Old, New []ID
	Reason   string
}

// EventName is that of the ledger's EventType.
func (Replaced) EventName() string { return "MilestoneReplaced" }

// Why is the reason that the reporter gave.
func (e Replaced) Why() string { return e.Reason }

func (e Replaced) evolve(s *State, _ civil.Date) {
	s.change(func(f *Further) {
		f.Replaces, f.ReplacedBy = withIDs(f.Replaces, e.Old), withIDs(f.ReplacedBy, e.New)
	})
}

// withIDs returns the ids with those of others that are new, in a list of its own.
func withIDs(ids, others []ID) []ID {
	if len(others) == 0 {
		return ids
	}
	next := slices.Clone(ids)
	for _, id := range others {
		if !slices.Contains(next, id) {
			next = append(next, id)
		}
	}
	return next
}

// Replace states that milestones took the place of others, all of one plan. It makes no figure better: the new ones are measured
// against the earliest first forecast among all of them.
type Replace struct {
	Old, New []string // references
	Reason   string
}

// CommandName is the name by which reporters know it.
func (Replace) CommandName() string { return "MilestoneReplaced" }

// replacement checks a replacement.
func (c *check) replacement(cmd Replace) {
	for _, side := range []struct {
		field string
		refs  []string
	}{{"old", cmd.Old}, {"new", cmd.New}} {
		if n := len(side.refs); n == 0 || n > MaxReplaced {
			c.refuse(RuleReplacedNumber, side.field, "There are %d %s milestones. Name 1 to %d by their references.", n, side.field, MaxReplaced)
			continue
		}
		for _, ref := range side.refs {
			if ref == "" || len(ref) > MaxRef {
				c.refuse(RuleReplacedNumber, side.field, "A reference among the %s milestones has %d bytes. Give 1 to %d.", side.field, len(ref), MaxRef)
			}
		}
	}
	c.words("reason", cmd.Reason)
}

// Replacement returns the event by which a milestone took the place of old ones, or new ones took its own, and none where the
// state knows of all of them.
func (s *State) Replacement(e Replaced) []Event {
	known := s.further()
	unknown := func(ids []ID) func(ID) bool { return func(id ID) bool { return !slices.Contains(ids, id) } }
	if !slices.ContainsFunc(e.Old, unknown(known.Replaces)) && !slices.ContainsFunc(e.New, unknown(known.ReplacedBy)) {
		return nil
	}
	return []Event{e}
}

// ReplacedByItself refuses a replacement in which a milestone is on both sides.
func ReplacedByItself(ref string) error {
	return refusal(domain.Refused, RuleReplacedByItself, "new",
		"The milestone %.210q would take its own place. Name another one on one of the two sides.", ref)
}

// ReplacedByClosed refuses a replacement of an open milestone by one that was met or cancelled.
func ReplacedByClosed(ref string) error {
	return refusal(domain.Refused, RuleReplacedByClosed, "new",
		"The milestone %.210q was met or cancelled, and an open one would owe nothing any more if that took its place. Cancel the open one first, or name one that is still promised.", ref)
}

// ReplacedUnknown refuses a replacement that names a milestone which the plan does not have.
func ReplacedUnknown(field, ref string) error {
	return refusal(domain.NotFound, RuleUnknown, field,
		"The plan has no milestone %.210q. Check the reference, or add the milestone first (MilestoneAdded).", ref)
}

// ReplacedTooMany refuses a replacement that would tie too many milestones together.
func ReplacedTooMany() error {
	return refusal(domain.Refused, RuleReplacedTooMany, "old",
		"More than %d milestones would take each other's place, one after the other. Replace fewer of them.", MaxLineage)
}
