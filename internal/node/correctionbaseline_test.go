package node

import (
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "milepost.dev/api/milepost/v1"
)

func corrects(m *pb.StatementCorrected) *pb.Command {
	m.Kind, m.Reason = pb.CorrectionKind_CORRECTION_KIND_SAID_TWICE, "said of another hub"
	return &pb.Command{Command: &pb.Command_StatementCorrected{StatementCorrected: m}}
}

// corrections are those of the plan, as Ann sees them.
func (o *office) corrections() []*pb.Correction {
	o.Helper()
	answer, err := pb.NewQueryServiceClient(o.conn).ListCorrections(o.as("ann"), &pb.ListCorrectionsRequest{Plan: "hubs", All: true})
	o.must(err)
	return answer.GetCorrections()
}

// A correction is decided by another person, however many tokens one has, and by nobody who may speak for the one who corrected. What
// was said of baselines in the same request stays.
func TestACorrectionIsDecidedByAnotherPerson(t *testing.T) {
	o := newOffice(t, Config{Credentials: officials(t)})
	o.begin()
	o.must(o.state("bob", "", o.approval("p1")))
	o.must(o.state("ann", "", &pb.Command{Command: &pb.Command_MilestoneCancelled{MilestoneCancelled: &pb.MilestoneCancelled{Ref: "A", Reason: "no money"}}},
		dated("2026-04-01", "A", "2027-06-30")))
	if s := o.status("A"); !s.GetCancellationPending() || s.GetSlipDays() == 0 {
		t.Fatalf("before it is corrected: %v", s)
	}
	baselines := func() []*pb.Baseline {
		answer, err := pb.NewQueryServiceClient(o.conn).ListBaselines(o.as("ann"), &pb.ListBaselinesRequest{Plan: "hubs"})
		o.must(err)
		return answer.GetBaselines()
	}
	before := baselines()
	for _, b := range before {
		if err := o.state("ann", "", corrects(&pb.StatementCorrected{Target: &pb.StatementCorrected_Position{Position: b.GetPosition()}})); status.Code(err) != codes.FailedPrecondition {
			t.Errorf("a baseline is corrected: %v", err)
		}
	}
	last := before[len(before)-1].GetPosition() // of what proposes the cancellation
	o.must(o.state("ann", "", corrects(&pb.StatementCorrected{Target: &pb.StatementCorrected_RequestOf{RequestOf: last}})))
	all := o.corrections()
	if len(all) != 1 || all[0].GetState() != "pending" || len(all[0].GetTargets()) != 2 {
		t.Fatalf("corrected: %v", all)
	}
	approve := &pb.Command{Command: &pb.Command_CorrectionApproved{CorrectionApproved: &pb.CorrectionDecided{Position: all[0].GetPosition(), Reason: "seen"}}}
	for _, c := range []struct{ token, behalf, why string }{
		{"ann-2", "", "a second token of one person"},
		{"cat", "", "somebody who may speak for the one who corrected"},
		{"cat", "Office", "somebody who does"},
		{"bob", "Ann", "in the name of the person who corrected"},
		{"bob", "Ann of PMO", "in the name of the one who corrected"},
	} {
		if err := o.state(c.token, c.behalf, approve); err == nil {
			t.Errorf("%s: it is approved", c.why)
		}
	}
	o.must(o.state("bob", "", approve))
	if s := o.status("A"); s.GetCancellationPending() || s.GetSlipDays() != 0 || s.GetOriginalBaseline() != "2027-03-31" {
		t.Errorf("once it is corrected: %v", s)
	}
	if after := baselines(); len(after) != len(before) {
		t.Errorf("%d baselines, and %d before", len(after), len(before))
	}
}
