package request

import (
	"strings"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
)

// partiesMerged reads a merge but for its parties: what stands in their places only says how many there are.
func (r *reader) partiesMerged(m *milepostv1.PartiesMerged) plan.Command {
	if strings.TrimSpace(m.GetKeep()) == "" {
		r.refuse(milestone.RuleOwnerMissing, "keep", "The name that is kept is missing. Give the name that answers show from then on.")
	}
	c := plan.MergeParties{Reason: m.GetReason()}
	for _, name := range m.GetMerge() {
		c.Merged = append(c.Merged, milestone.Party(strings.TrimSpace(name)))
	}
	r.checkPlan(c, "")
	return c
}

// ofLedger holds what is of no plan to the id that is reserved for it, and that id to what is of no plan.
func (r *reader) ofLedger(id string, c Command) {
	isOfLedger := plan.IsOfLedger(c.OfPlan)
	switch {
	case isOfLedger && id != plan.OfLedger:
		r.found = append(r.found, ofLedger("This is stated of no plan. Send it in a request whose plan is %q.", plan.OfLedger).At(c.base))
	case !isOfLedger && id == plan.OfLedger:
		r.found = append(r.found, ofLedger("%q is not a plan, and takes only what is of no plan (PartiesMerged, RoleGranted, RoleWithdrawn). Name the plan that this is about.", plan.OfLedger).At(c.base))
	}
}

func ofLedger(format string, args ...any) *domain.Refusal {
	return domain.Refuse(domain.Invalid, RuleOfLedger, "", format, args...)
}

// resolveMerge puts parties where a merge has names.
func (r *reader) resolveMerge(c *Command, m *milepostv1.PartiesMerged, party func(name string) (string, error)) error {
	merge, ok := c.OfPlan.(plan.MergeParties)
	if !ok {
		return nil
	}
	r.path = c.path
	resolve := func(field, name string) (milestone.Party, error) {
		id, err := party(name)
		if err != nil {
			err = r.keep(err, field)
		}
		return milestone.Party(id), err
	}
	var err error
	if merge.Kept, err = resolve("keep", m.GetKeep()); err != nil {
		return err
	}
	for i, name := range m.GetMerge() {
		if merge.Merged[i], err = resolve("merge", name); err != nil {
			return err
		}
	}
	c.OfPlan = merge
	return nil
}
