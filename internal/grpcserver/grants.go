package grpcserver

import (
	"errors"
	"fmt"
	"slices"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/plan"
	"milepost.dev/internal/access"
)

// statesDate says whether a request states one delivery date and nothing else, as nearly all do: that takes the role reporter.
func statesDate(m *milepostv1.SubmitRequest) bool {
	c := m.GetCommands()
	return len(c) == 1 && c[0].GetDeliveryDateStated() != nil
}

// needsOf are the roles that it takes to state what a request states. One command that the caller may not state refuses the whole.
func needsOf(m *milepostv1.SubmitRequest, caller access.Caller) (needs []need) {
	if statesDate(m) {
		return []need{{access.Reporter, m.GetPlan()}}
	}
	others := make([]*milepostv1.Command, 0, len(m.GetCommands()))
	for _, c := range m.GetCommands() {
		switch {
		case c.GetRoleGranted() != nil:
			needs = append(needs, toGrant(c.GetRoleGranted().GetPlan(), c.GetRoleGranted().GetRole()))
		case c.GetRoleWithdrawn() != nil:
			needs = append(needs, toGrant(c.GetRoleWithdrawn().GetPlan(), c.GetRoleWithdrawn().GetRole()))
		default:
			others = append(others, c)
		}
	}
	if len(others) == 0 && len(needs) > 0 {
		return needs
	}
	for _, role := range rolesFor(&milepostv1.SubmitRequest{Plan: m.GetPlan(), Commands: others}, caller) {
		needs = append(needs, need{role, m.GetPlan()})
	}
	return needs
}

// inWhich adds to a refusal for a missing role which command of a request takes it: the first of them.
func inWhich(err error, m *milepostv1.SubmitRequest, caller access.Caller, n need) error {
	denied, ok := errors.AsType[*access.Denied](err)
	if !ok {
		return err
	}
	for i, c := range m.GetCommands() {
		if slices.Contains(needsOf(&milepostv1.SubmitRequest{Plan: m.GetPlan(), Commands: []*milepostv1.Command{c}}, caller), n) {
			at := *denied
			at.Field = fmt.Sprintf("commands[%d]", i)
			return &at
		}
	}
	return err
}

// toGrant is what it takes to grant a role for a plan, or to withdraw it: who looks after one plan gives nobody what they do not have
// themselves, and makes no other admin.
func toGrant(of, role string) need {
	switch access.Role(role) {
	case access.Viewer, access.Reporter, access.Reviewer, access.Approver:
		if of != plan.EveryPlan {
			return need{access.Admin, of}
		}
	}
	return need{access.Admin, access.EveryPlan}
}
