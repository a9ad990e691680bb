package grpcserver

import (
	"slices"
	"testing"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/access"
)

// TestTheRoleFollowsTheKindOfCommand: who may only approve accepts a history and states nothing else, and who may only report the
// other way round; a request with both takes both.
func TestTheRoleFollowsTheKindOfCommand(t *testing.T) {
	accept := &milepostv1.Command{Command: &milepostv1.Command_HistoryAccepted{HistoryAccepted: &milepostv1.HistoryAccepted{}}}
	report := &milepostv1.Command{Command: &milepostv1.Command_MilestoneCancelled{MilestoneCancelled: &milepostv1.MilestoneCancelled{}}}
	correct := &milepostv1.Command{Command: &milepostv1.Command_StatementCorrected{StatementCorrected: &milepostv1.StatementCorrected{}}}
	approve := &milepostv1.Command{Command: &milepostv1.Command_CorrectionApproved{CorrectionApproved: &milepostv1.CorrectionDecided{}}}
	refuse := &milepostv1.Command{Command: &milepostv1.Command_CorrectionRefused{CorrectionRefused: &milepostv1.CorrectionDecided{}}}
	for _, c := range []struct {
		commands []*milepostv1.Command
		want     []access.Role
		as       access.Role // the caller's own
	}{
		{nil, []access.Role{access.Reporter}, access.Reporter},
		{[]*milepostv1.Command{report, report}, []access.Role{access.Reporter}, access.Reporter},
		{[]*milepostv1.Command{accept}, []access.Role{access.Approver}, access.Reporter},
		{[]*milepostv1.Command{report, accept}, []access.Role{access.Reporter, access.Approver}, access.Reporter},
		{[]*milepostv1.Command{approve}, []access.Role{access.Reporter}, access.Reporter},
		{[]*milepostv1.Command{approve}, []access.Role{access.Approver}, access.Approver},
		{[]*milepostv1.Command{approve}, []access.Role{access.Approver}, access.Viewer},
		{[]*milepostv1.Command{refuse, report}, []access.Role{access.Reporter, access.Approver}, access.Approver},
		{[]*milepostv1.Command{correct}, []access.Role{access.Reporter}, access.Approver},
		{[]*milepostv1.Command{{}}, []access.Role{access.Reporter}, access.Reporter},
	} {
		if got := rolesFor(&milepostv1.SubmitRequest{Plan: "hubs", Commands: c.commands}, access.Caller{Roles: map[string][]access.Role{"hubs": {c.as}}}); !slices.Equal(got, c.want) {
			t.Errorf("%v takes %v", c.commands, got)
		}
	}
}
