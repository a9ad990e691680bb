package grpcserver

import (
	"errors"
	"slices"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

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
	settle := &milepostv1.Command{Command: &milepostv1.Command_ReviewSettled{ReviewSettled: &milepostv1.ReviewSettled{}}}
	candidate := &milepostv1.Command{Command: &milepostv1.Command_CandidateSettled{CandidateSettled: &milepostv1.CandidateSettled{}}}
	for _, c := range []struct {
		commands []*milepostv1.Command
		want     []access.Role
		as       access.Role // the caller's own
		older    bool        // the credentials name no reviewer
	}{
		{nil, []access.Role{access.Reporter}, access.Reporter, false},
		{[]*milepostv1.Command{report, report}, []access.Role{access.Reporter}, access.Reporter, false},
		{[]*milepostv1.Command{accept}, []access.Role{access.Approver}, access.Reporter, false},
		{[]*milepostv1.Command{report, accept}, []access.Role{access.Reporter, access.Approver}, access.Reporter, false},
		{[]*milepostv1.Command{settle}, []access.Role{access.Reviewer}, access.Reporter, false},
		{[]*milepostv1.Command{candidate, settle}, []access.Role{access.Reviewer}, access.Reporter, true},
		{[]*milepostv1.Command{accept, settle, report}, []access.Role{access.Reporter, access.Reviewer, access.Approver}, access.Reporter, false},
		{[]*milepostv1.Command{approve}, []access.Role{access.Reviewer}, access.Reviewer, false},
		{[]*milepostv1.Command{approve}, []access.Role{access.Reviewer}, access.Reporter, true},
		{[]*milepostv1.Command{approve}, []access.Role{access.Approver}, access.Reporter, false},
		{[]*milepostv1.Command{approve}, []access.Role{access.Approver}, access.Approver, false},
		{[]*milepostv1.Command{approve}, []access.Role{access.Approver}, access.Viewer, true},
		{[]*milepostv1.Command{refuse, report}, []access.Role{access.Reporter, access.Approver}, access.Approver, false},
		{[]*milepostv1.Command{correct}, []access.Role{access.Reporter}, access.Approver, false},
		{[]*milepostv1.Command{{}}, []access.Role{access.Reporter}, access.Reporter, false},
	} {
		caller := access.Caller{Roles: map[string][]access.Role{"hubs": {c.as}}, ReportersReview: c.older}
		if got := rolesFor(&milepostv1.SubmitRequest{Plan: "hubs", Commands: c.commands}, caller); !slices.Equal(got, c.want) {
			t.Errorf("%v of a %s takes %v, not %v", c.commands, c.as, got, c.want)
		}
	}
}

// TestAMissingRoleNamesTheCommand: the first of a request that takes it.
func TestAMissingRoleNamesTheCommand(t *testing.T) {
	report := &milepostv1.Command{Command: &milepostv1.Command_DeliveryDateStated{DeliveryDateStated: &milepostv1.DeliveryDateStated{}}}
	settle := &milepostv1.Command{Command: &milepostv1.Command_ReviewSettled{ReviewSettled: &milepostv1.ReviewSettled{}}}
	grant := &milepostv1.Command{Command: &milepostv1.Command_RoleGranted{RoleGranted: &milepostv1.RoleGranted{Role: "approver", Plan: "hubs"}}}
	caller := access.Caller{Name: "ann", Roles: map[string][]access.Role{"hubs": {access.Reporter}}}
	m := &milepostv1.SubmitRequest{Plan: "hubs", Commands: []*milepostv1.Command{report, report, settle, grant, settle}}
	want := map[access.Role]string{access.Reviewer: "commands[2]", access.Admin: "commands[3]"}
	for _, n := range needsOf(m, caller) {
		err := caller.Check(n.role, n.plan)
		if err == nil {
			continue
		}
		denied, ok := errors.AsType[*access.Denied](inWhich(err, m, caller, n))
		if !ok || denied.Field != want[n.role] {
			t.Errorf("%v names %q, not %q", n, denied.Field, want[n.role])
		}
		delete(want, n.role)
	}
	if len(want) > 0 {
		t.Errorf("the caller may what takes %v", want)
	}
}

// isKnown looks at the messages that a request with a date consists of. Another one in their place would go unseen.
func TestARequestWithADateHoldsTheMessagesThatAreLookedAt(t *testing.T) {
	for message, want := range map[proto.Message][]protoreflect.Name{
		&milepostv1.PushRequest{}:        {"request", "more"},
		&milepostv1.SubmitRequest{}:      {"commands"},
		&milepostv1.Command{}:            nil, // but for the one that says what it states
		&milepostv1.DeliveryDateStated{}: nil,
	} {
		var holds []protoreflect.Name
		fields := message.ProtoReflect().Descriptor().Fields()
		for i := range fields.Len() {
			if f := fields.Get(i); f.Message() != nil && (f.ContainingOneof() == nil || f.ContainingOneof().IsSynthetic()) {
				holds = append(holds, f.Name())
			}
		}
		if !slices.Equal(holds, want) {
			t.Errorf("%s holds %v, and %v are looked at", message.ProtoReflect().Descriptor().Name(), holds, want)
		}
	}
	later := protowire.AppendVarint(protowire.AppendTag(nil, 999, protowire.VarintType), 1)
	for _, unknown := range []func(m *milepostv1.SubmitRequest) protoreflect.Message{
		func(m *milepostv1.SubmitRequest) protoreflect.Message { return m.ProtoReflect() },
		func(m *milepostv1.SubmitRequest) protoreflect.Message { return m.Commands[0].ProtoReflect() },
		func(m *milepostv1.SubmitRequest) protoreflect.Message {
			return m.Commands[0].GetDeliveryDateStated().ProtoReflect()
		},
	} {
		m := &milepostv1.SubmitRequest{Commands: []*milepostv1.Command{{Command: &milepostv1.Command_DeliveryDateStated{DeliveryDateStated: &milepostv1.DeliveryDateStated{}}}}}
		if !isKnown(m) {
			t.Fatal("a date is looked at by reflection")
		}
		unknown(m).SetUnknown(later)
		if isKnown(m) {
			t.Error("a field of a later version is not seen")
		}
	}
}
