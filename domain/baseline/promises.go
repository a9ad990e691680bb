package baseline

import (
	"milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
)

// Promises is what was approved of a milestone as known at a position, as figures ask for it. It does not say for whom.
func (r *Register) Promises(id milestone.ID, known uint64) (all figures.Promises) {
	for d := Date; d.Valid(); d++ {
		for _, b := range r.Approved(nil, id, d, known) {
			p := Proposal{ID: b.Proposal, Decided: b.Decided}
			p.promise(&all, b.Proposed.Item, 0, b.ByProposer)
		}
	}
	return all
}

// Promise adds what an approved proposal says of one item, which was approved for a party. The lists of all are not written to.
func (p *Proposal) Promise(all *figures.Promises, item Item, by uint32) {
	p.promise(all, item, by, p.ownDecision())
}

func (p *Proposal) promise(all *figures.Promises, item Item, by uint32, byProposer bool) {
	d := p.Decided
	decision := func(before []figures.Baseline) []figures.Baseline {
		n := len(before)
		return append(before[:n:n], figures.Baseline{
			Number: n + 1, Due: item.Value.Due, DecidedOn: d.On, Position: d.Position, By: by, ByProposer: byProposer,
			Error: n > 0 && item.Kind == Error,
		})
	}
	switch item.Dimension {
	case Date:
		all.Dates = decision(all.Dates)
	case Existence:
		all.GivenUp = decision(all.GivenUp)
	case Scope, Cost:
		next := figures.Further{}
		if all.Further != nil {
			next = *all.Further
		}
		if s, c := len(next.Scopes), len(next.Costs); item.Dimension == Scope {
			next.Scopes = append(next.Scopes[:s:s], figures.Scope{Title: item.Value.Title, DecidedOn: d.On, Position: d.Position})
		} else {
			next.Costs = append(next.Costs[:c:c], figures.Cost{Amount: item.Value.Amount, DecidedOn: d.On, Position: d.Position})
		}
		all.Further = &next
	}
}

// Tolerances are those of tiers, from the lowest, as figures ask for them.
func Tolerances(tiers []Tier) (all []figures.Tolerance) {
	for _, t := range tiers {
		if t.ToleranceDays == nil && t.ToleranceMoney.IsZero() {
			continue
		}
		of := figures.Tolerance{Tier: t.Name, NoDays: t.ToleranceDays == nil, Money: t.ToleranceMoney}
		if t.ToleranceDays != nil {
			of.Days = *t.ToleranceDays
		}
		all = append(all, of)
	}
	return all
}
