package grpcserver

import (
	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/access"
)

// rolesFor are the roles that it takes to state what a request states: the role follows the kind of command, and one command that
// the caller may not state refuses the whole. A request without commands is refused for that later.
func rolesFor(m *milepostv1.SubmitRequest, caller access.Caller) (takes []access.Role) {
	states, reviews, approves := len(m.GetCommands()) == 0, false, false
	for _, c := range m.GetCommands() {
		switch {
		case decides(c):
			approves = true
		case settles(c):
			reviews = true
		case c.GetCorrectionApproved() != nil, c.GetCorrectionRefused() != nil:
			// An approver or, where a document was misread, a reviewer: which of them, the domain knows.
			if caller.May(access.Reviewer, m.GetPlan()) {
				reviews = true
			} else {
				approves = true
			}
		default:
			states = true
		}
	}
	for _, of := range []struct {
		takes bool
		role  access.Role
	}{{states, access.Reporter}, {reviews, access.Reviewer}, {approves, access.Approver}} {
		if of.takes {
			takes = append(takes, of.role)
		}
	}
	return takes
}

// settles says whether a command says what the words of a document mean.
func settles(c *milepostv1.Command) bool {
	return c.GetReviewSettled() != nil || c.GetCandidateSettled() != nil
}

// decides says whether a command is a decision, and not a fact.
func decides(c *milepostv1.Command) bool {
	switch c.GetCommand().(type) {
	case *milepostv1.Command_HistoryAccepted, *milepostv1.Command_BaselineApproved, *milepostv1.Command_BaselineRefused, *milepostv1.Command_TiersSet:
		return true
	}
	return false
}
