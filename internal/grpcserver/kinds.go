package grpcserver

import (
	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/access"
)

// rolesFor are the roles that it takes to state what a request states: the role follows the kind of command, and one command that
// the caller may not state refuses the whole. A request without commands is refused for that later.
func rolesFor(m *milepostv1.SubmitRequest, caller access.Caller) []access.Role {
	approves := false
	states := len(m.GetCommands()) == 0
	for _, c := range m.GetCommands() {
		switch {
		case decides(c):
			approves = true
		case c.GetCorrectionApproved() != nil, c.GetCorrectionRefused() != nil:
			// An approver or, where a document was misread, whoever settles what documents say: which of them, the domain knows.
			if caller.May(access.Reporter, m.GetPlan()) {
				states = true
			} else {
				approves = true
			}
		default:
			states = true
		}
	}
	switch {
	case approves && states:
		return []access.Role{access.Reporter, access.Approver}
	case approves:
		return []access.Role{access.Approver}
	}
	return []access.Role{access.Reporter}
}

// decides says whether a command is a decision, and not a fact.
func decides(c *milepostv1.Command) bool {
	switch c.GetCommand().(type) {
	case *milepostv1.Command_HistoryAccepted, *milepostv1.Command_BaselineApproved, *milepostv1.Command_BaselineRefused, *milepostv1.Command_TiersSet:
		return true
	}
	return false
}
