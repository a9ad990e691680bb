package request

import (
	"strings"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
)

// roleGranted reads a grant but for its holder.
func (r *reader) roleGranted(m *milepostv1.RoleGranted) plan.Command {
	r.holder(m.GetHolder())
	c := plan.GrantRole{Of: m.GetPlan(), Role: m.GetRole(), Until: r.day("until", m.GetUntil()), Reason: m.GetReason()}
	r.checkPlan(c, "")
	return c
}

func (r *reader) roleWithdrawn(m *milepostv1.RoleWithdrawn) plan.Command {
	r.holder(m.GetHolder())
	c := plan.WithdrawRole{Of: m.GetPlan(), Role: m.GetRole(), Reason: m.GetReason()}
	r.checkPlan(c, "")
	return c
}

func (r *reader) holder(name string) {
	if strings.TrimSpace(name) == "" {
		r.refuse(milestone.RuleOwnerMissing, "holder", "It is not said who holds the role. Give the name as whom they are recorded: milepost whoami prints it.")
	}
}

// resolveGrant puts a party where a grant has a name.
func (r *reader) resolveGrant(c *Command, stated *milepostv1.Command, party func(name string) (string, error)) error {
	name := stated.GetRoleGranted().GetHolder()
	if name == "" {
		name = stated.GetRoleWithdrawn().GetHolder()
	}
	switch cmd := c.OfPlan.(type) {
	case plan.GrantRole, plan.WithdrawRole:
		r.path = c.path
		id, err := party(name)
		if err != nil {
			return r.keep(err, "holder")
		}
		if grant, ok := cmd.(plan.GrantRole); ok {
			grant.Holder = milestone.Party(id)
			c.OfPlan = grant
		} else {
			withdraw := cmd.(plan.WithdrawRole)
			withdraw.Holder = milestone.Party(id)
			c.OfPlan = withdraw
		}
	}
	return nil
}
