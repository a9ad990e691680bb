package plan

import (
	"maps"
	"slices"

	"milepost.dev/domain"
	"milepost.dev/domain/milestone"
)

// PartiesMerged says that several names are of one party. It is of no plan, and stands under OfLedger.
type PartiesMerged struct {
	Kept   milestone.Party   // the party that answers name from then on
	Merged []milestone.Party // the others
	Reason string
}

// EventName is that of the ledger's EventType.
func (PartiesMerged) EventName() string { return "PartiesMerged" }

// Why is the reason that the reviewer gave.
func (e PartiesMerged) Why() string { return e.Reason }

// Parties are the one that is kept and the others.
func (e PartiesMerged) Parties() []milestone.Party {
	return append([]milestone.Party{e.Kept}, e.Merged...)
}

// Parties are those that an event names; none where it names nobody.
func Parties(e Event) []milestone.Party {
	if naming, ok := e.(interface{ Parties() []milestone.Party }); ok {
		return naming.Parties()
	}
	return nil
}

// MergeParties states that several names are of one party.
type MergeParties PartiesMerged

// CommandName is the name by which reporters know it.
func (MergeParties) CommandName() string { return "PartiesMerged" }

// MaxMerged bounds how many parties are merged at once.
const MaxMerged = 100

// The rules about merging parties.
const (
	// RulePartiesNumber: no party to merge, or more than MaxMerged.
	RulePartiesNumber = "parties-number"
	// RulePartyMerged: the party that would be kept was merged into another one.
	RulePartyMerged = "party-merged"
	// RulePartyUnknown: nobody was ever named so.
	RulePartyUnknown = "party-unknown"
)

func (c *check) merge(cmd MergeParties) {
	if n := len(cmd.Merged); n == 0 || n > MaxMerged {
		c.refuse(RulePartiesNumber, "merge", "There are %d other parties. Name 1 to %d that are the same as the one that is kept.", n, MaxMerged)
	}
	c.reason(cmd.Reason)
}

func decideMerge(s State, cmd MergeParties) ([]Event, error) {
	if into := s.Kept(cmd.Kept); into != cmd.Kept {
		return nil, &domain.Refusal{
			Class: domain.Refused, Rule: RulePartyMerged, Field: "keep", Actual: string(into),
			Message: "The party that would be kept was merged into another one. Keep that one.",
		}
	}
	e := PartiesMerged{Kept: cmd.Kept, Reason: cmd.Reason}
	for _, other := range cmd.Merged {
		if other = s.Kept(other); other != cmd.Kept && !slices.Contains(e.Merged, other) {
			e.Merged = append(e.Merged, other)
		}
	}
	if len(e.Merged) == 0 {
		return nil, nil
	}
	return []Event{e}, nil
}

// Kept is the party that a party was merged into; the party itself where it was not.
func (s State) Kept(p milestone.Party) milestone.Party {
	for {
		into, merged := s.merged[p]
		if !merged {
			return p
		}
		p = into
	}
}

// merge adds what was merged. A party that was merged before stays where it is, so that no circle can come of any events.
func (s *State) merge(e PartiesMerged) {
	next := maps.Clone(s.merged)
	if next == nil {
		next = map[milestone.Party]milestone.Party{}
	}
	for _, other := range e.Merged {
		if _, before := next[other]; !before && s.Kept(e.Kept) != other {
			next[other] = e.Kept
		}
	}
	s.merged = next
}
