package baseline

import (
	"slices"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
)

// Days are by how many days an item is later than the original baseline or, where there is none, than the first forecast (B4).
// False: there is nothing to compare it with.
func (r *Register) Days(item Item, first func(milestone.ID) civil.Date, known uint64) (days int, original, ok bool) {
	if item.Dimension != Date {
		return 0, false, false
	}
	if all := r.Approved(nil, item.Milestone, Date, known); len(all) > 0 {
		return figures.Later(all[0].Proposed.Value.Due, item.Value.Due), true, true
	}
	if due := first(item.Milestone); due != 0 {
		return figures.Later(due, item.Value.Due), false, true
	}
	return 0, false, false
}

// covers says whether a tier may grant an item.
func (r *Register) covers(t Tier, top bool, item Item, f Facts) bool {
	if item.Kind == Error && item.Replaces > 0 {
		return top // B5
	}
	if days, _, ok := r.Days(item, f.First, Everything); ok && t.MostDays != nil && days > *t.MostDays {
		return false
	}
	if item.Dimension != Cost || t.MostMoney.IsZero() {
		return true
	}
	all := r.Approved(nil, item.Milestone, Cost, Everything)
	if len(all) == 0 {
		return true // nothing was forecast to compare it with
	}
	return item.Value.Amount.Within(all[0].Proposed.Value.Amount, t.MostMoney)
}

// LowestTier is the lowest tier that covers a proposal, by the tiers that there were when it was begun, and its place among them; -1
// where the plan has none.
func (r *Register) LowestTier(p Proposal, f Facts) (Tier, int) {
	tiers := r.Tiers(p.Items[0].Position)
	at := -1
	for i := range p.Items {
		for n := max(at, 0); n < len(tiers); n++ {
			if at = n; r.covers(tiers[n], n == len(tiers)-1, p.Items[i].Item, f) {
				break
			}
		}
	}
	if at < 0 {
		return Tier{}, -1
	}
	return tiers[at], at
}

// tier refuses an approver of a tier that is too low (B4).
func (r *Register) tier(p Proposal, f Facts) error {
	lowest, at := r.LowestTier(p, f)
	if at < 0 {
		return nil
	}
	for _, t := range r.Tiers(p.Items[0].Position)[at:] {
		if f.approves(t) {
			return nil
		}
	}
	return domain.Refuse(domain.Denied, RuleTier, "", "Proposal %s has to be approved by tier %q or one above it, and you are not among its approvers.", p.ID, lowest.Name)
}

// approves says whether the caller is among the approvers of a tier.
func (f Facts) approves(t Tier) bool {
	if len(t.Approvers) == 0 {
		return true
	}
	return slices.ContainsFunc(t.Approvers, func(p milestone.Party) bool {
		return p != "" && (f.same(string(p), f.Caller.Person) || f.same(string(p), f.Caller.Actor) || f.Organisation != "" && f.same(string(p), f.Organisation))
	})
}

func decideTiers(r *Register, cmd SetTiers, f Facts) ([]Event, error) {
	if !f.Approver {
		return nil, domain.Refuse(domain.Denied, RuleApproverOnly, "", "To state the tiers of a plan takes the role approver. Ask somebody who has it.")
	}
	if err := person(f, "state tiers"); err != nil {
		return nil, err
	}
	known := r.Tiers(Everything)
	if slices.EqualFunc(known, cmd.Tiers, Tier.equal) {
		return nil, nil
	}
	own := f.same(f.Caller.Actor, f.Registrar.Actor) || f.Registrar.Person != "" && f.same(f.Caller.Person, f.Registrar.Person)
	switch {
	case len(known) == 0 && own && !f.SingleUser:
		return nil, domain.Refuse(domain.Denied, RuleTiersOwn, "", "You registered the plan, so that another approver has to state its first tiers.")
	case len(known) > 0 && !f.approves(known[len(known)-1]):
		return nil, domain.Refuse(domain.Denied, RuleTier, "", "Only the top tier, %q, changes the tiers, and you are not among its approvers.", known[len(known)-1].Name)
	}
	return []Event{TiersSet(cmd)}, nil
}

func (t Tier) equal(other Tier) bool {
	same := func(a, b *int) bool { return a == b || a != nil && b != nil && *a == *b }
	return t.Name == other.Name && same(t.ToleranceDays, other.ToleranceDays) && same(t.MostDays, other.MostDays) &&
		t.ToleranceMoney == other.ToleranceMoney && t.MostMoney == other.MostMoney && slices.Equal(t.Approvers, other.Approvers)
}
