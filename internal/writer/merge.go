package writer

import (
	"fmt"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
)

// checkMerged refuses to merge what nobody was ever called, and to take a role from them: a mistyped name would be a new party, and
// nothing would come of it.
func (w *Writer) checkMerged(m *milepostv1.SubmitRequest) error {
	var unknown domain.Refusals
	for i, c := range m.GetCommands() {
		look := func(kind, field, name, where string) {
			if _, ok := w.parties.Find(name); !ok {
				unknown = append(unknown, domain.Refuse(domain.Invalid, plan.RulePartyUnknown, field,
					"Nobody is called %.100q here. Check the name: %s.", name, where).At(fmt.Sprintf("commands[%d].%s", i, kind)))
			}
		}
		if withdrawn := c.GetRoleWithdrawn(); withdrawn != nil && withdrawn.GetHolder() != "" {
			look("role_withdrawn", "holder", withdrawn.GetHolder(), "milepost audit --plan '"+plan.OfLedger+"' lists who was granted a role")
		}
		merge := c.GetPartiesMerged()
		if merge == nil {
			continue
		}
		const owners = "milepost owners lists them as they were stated"
		look("parties_merged", "keep", merge.GetKeep(), owners)
		for _, name := range merge.GetMerge() {
			look("parties_merged", "merge", name, owners)
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
