package writer

import (
	"fmt"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
)

// checkMerged refuses to merge what nobody was ever called: a mistyped name would be a new party, and nothing would come of it.
func (w *Writer) checkMerged(m *milepostv1.SubmitRequest) error {
	var unknown domain.Refusals
	for i, c := range m.GetCommands() {
		merge := c.GetPartiesMerged()
		if merge == nil {
			continue
		}
		look := func(field, name string) {
			if _, ok := w.parties.Find(name); !ok {
				unknown = append(unknown, domain.Refuse(domain.Invalid, plan.RulePartyUnknown, field,
					"Nobody is called %.100q here. Check the name: milepost owners lists them as they were stated.", name).At(fmt.Sprintf("commands[%d].parties_merged", i)))
			}
		}
		look("keep", merge.GetKeep())
		for _, name := range merge.GetMerge() {
			look("merge", name)
		}
	}
	if len(unknown) > 0 {
		return unknown
	}
	return nil
}

// kept is the party that a party was merged into, by everything known and pending; the party itself where it was not.
func (d *decision) kept(p milestone.Party) milestone.Party {
	if pending, ok := d.plans[plan.OfLedger]; ok {
		return pending.newest.Kept(p)
	}
	if ledger, ok := d.book.Now().Ledger(); ok {
		return ledger.Registered.Kept(p)
	}
	return p
}
