package projections

import (
	"slices"

	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
)

// mergedInto is which party another one was merged into, and from which position on.
type mergedInto struct {
	position uint64
	kept     string
}

// merge notes that parties are one from a position on. Each is merged at most once: the first event that says so holds.
func (b *Book) merge(e plan.PartiesMerged, position uint64) {
	for _, other := range e.Merged {
		b.merged.LoadOrStore(string(other), mergedInto{position, string(e.Kept)})
	}
	b.anyMerged.Store(true)
}

// Kept is the party that a party, by its raw id, was merged into, as this view knows it; the party itself where it was not.
func (v View) Kept(party string) string {
	if !v.book.anyMerged.Load() {
		return party
	}
	for {
		into, ok := v.book.merged.Load(party)
		if !ok || into.(mergedInto).position > v.Position {
			return party
		}
		party = into.(mergedInto).kept
	}
}

// Ledger is what is known of no plan: the events under plan.OfLedger, as those of a plan without milestones. False: there are none.
func (v View) Ledger() (Plan, bool) {
	entry, ok := v.book.plans.Load(plan.OfLedger)
	if !ok {
		return Plan{}, false
	}
	return v.plan(entry.(*planEntry))
}

// KeptAll is Kept of several parties, in a list of their own; a party stands in it once.
func (v View) KeptAll(parties []milestone.Party) (all []milestone.Party) {
	for _, p := range parties {
		if kept := milestone.Party(v.Kept(string(p))); !slices.Contains(all, kept) {
			all = append(all, kept)
		}
	}
	return all
}
