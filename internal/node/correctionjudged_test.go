package node

import (
	"slices"
	"testing"

	pb "milepost.dev/api/milepost/v1"
)

// What a correction makes better is judged by baselines too. The only date of a milestone is put right to an earlier one: that is no day less against
// the first forecast, which it is itself, and 30 days less against what was approved. It waits for another person.
func TestACorrectionThatIsBetterAgainstABaselineWaits(t *testing.T) {
	o := newOffice(t, Config{Credentials: officials(t)})
	o.must(o.state("ann", "",
		&pb.Command{AsAt: "2026-01-01", Command: &pb.Command_PlanRegistered{PlanRegistered: &pb.PlanRegistered{Name: "Hubs"}}},
		&pb.Command{AsAt: "2026-01-01", Command: &pb.Command_MilestoneAdded{MilestoneAdded: &pb.MilestoneAdded{Ref: "A", Title: "The hub opens"}}},
		dated("2026-01-01", "A", "2027-09-30"), proposed("p1", "A", "2027-06-30"), closed("p1", 1)))
	earlier := func(id string) []*pb.CorrectionEffect {
		answer, err := pb.NewCommandServiceClient(o.conn).Submit(o.as("ann"), &pb.SubmitRequest{RequestId: id, Plan: "hubs", ValidateOnly: id == "looked", Commands: []*pb.Command{{
			Command: &pb.Command_StatementCorrected{StatementCorrected: &pb.StatementCorrected{
				Target: &pb.StatementCorrected_Position{Position: 3}, Kind: pb.CorrectionKind_CORRECTION_KIND_TYPING, Reason: "mistyped", Replacement: dated("", "", "2027-08-31"),
			}},
		}}})
		o.must(err)
		return answer.GetCorrections()
	}
	if before := earlier("looked"); len(before) != 1 || before[0].GetWaits() {
		t.Fatalf("before anything is approved it waits: %v", before)
	}
	o.must(o.state("bob", "", o.approval("p1")))
	after := earlier("corrected")
	if len(after) != 1 || !slices.Equal(after[0].GetWaitsBecause(), []string{"less-slip"}) {
		t.Errorf("it does not wait: %v", after)
	}
	if s := o.status("A"); s.GetSlipDays() != 92 {
		t.Errorf("a figure changed meanwhile: %v", s)
	}
}

// An exception goes, and no slip does: the milestone is found to be on its way still, by a date that was never said.
func TestACorrectionThatTakesAnExceptionAwayWaits(t *testing.T) {
	o := newOffice(t, Config{Credentials: officials(t)})
	o.begin()
	days := uint32(14)
	o.must(o.state("bob", "", &pb.Command{Command: &pb.Command_TiersSet{TiersSet: &pb.TiersSet{
		Reason: "the board's minute", Tiers: []*pb.Tier{{Name: "SRO", ToleranceDays: &days, Approvers: []string{"Bob"}}},
	}}}))
	if s := o.status("A"); s.GetExceptionTier() != "SRO" {
		t.Fatalf("182 days are no exception: %v", s)
	}
	answer, err := pb.NewCommandServiceClient(o.conn).Submit(o.as("ann"), &pb.SubmitRequest{RequestId: "corrected", Plan: "hubs", Commands: []*pb.Command{
		corrects(&pb.StatementCorrected{Target: &pb.StatementCorrected_Position{Position: 4}}),
	}})
	o.must(err)
	for _, c := range answer.GetCorrections() {
		if !slices.Contains(c.GetWaitsBecause(), "exception-gone") {
			t.Errorf("nobody is told that an exception goes: %v", c)
		}
	}
	if len(answer.GetCorrections()) == 0 {
		t.Error("nothing was corrected")
	}
}
