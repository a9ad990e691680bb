package node

import (
	"slices"
	"testing"

	pb "milepost.dev/api/milepost/v1"
)

// What a correction makes better is judged by baselines too. A milestone that took the place of another is 62 days later than what was approved
// of that one, and no day later than any first forecast: to say that it never took its place waits for another person.
func TestACorrectionThatTakesABaselineAwayWaits(t *testing.T) {
	o := newOffice(t, Config{Credentials: officials(t)})
	o.must(o.state("ann", "",
		&pb.Command{AsAt: "2026-01-01", Command: &pb.Command_PlanRegistered{PlanRegistered: &pb.PlanRegistered{Name: "Hubs"}}},
		&pb.Command{AsAt: "2026-01-01", Command: &pb.Command_MilestoneAdded{MilestoneAdded: &pb.MilestoneAdded{Ref: "A", Title: "The hub opens"}}},
		dated("2026-01-01", "A", "2026-09-30"), proposed("p1", "A", "2026-06-30"), closed("p1", 1)))
	o.must(o.state("bob", "", o.approval("p1")))
	o.must(o.state("ann", "",
		&pb.Command{AsAt: "2026-04-01", Command: &pb.Command_MilestoneAdded{MilestoneAdded: &pb.MilestoneAdded{Ref: "B", Title: "Staff are trained"}}},
		dated("2026-04-01", "B", "2026-08-31")))
	replaced, err := pb.NewCommandServiceClient(o.conn).Submit(o.as("ann"), &pb.SubmitRequest{RequestId: "replaced", Plan: "hubs", Commands: []*pb.Command{{
		AsAt: "2026-04-01", Command: &pb.Command_MilestoneReplaced{MilestoneReplaced: &pb.MilestoneReplaced{Old: []string{"A"}, New: []string{"B"}}},
	}}})
	o.must(err)
	if s := o.status("B"); s.GetSlipDays() != 62 {
		t.Fatalf("the new one does not stand by what was approved of the old one: %v", s)
	}
	events := replaced.GetReceipt().GetEvents()
	answer, err := pb.NewCommandServiceClient(o.conn).Submit(o.as("ann"), &pb.SubmitRequest{RequestId: "corrected", Plan: "hubs", Commands: []*pb.Command{
		corrects(&pb.StatementCorrected{Target: &pb.StatementCorrected_Position{Position: events[0].GetPosition()}}),
	}})
	o.must(err)
	for _, c := range answer.GetCorrections() {
		if !c.GetWaits() || !slices.Contains(c.GetWaitsBecause(), "less-slip") {
			t.Errorf("it does not wait: %v", c)
		}
	}
	if s := o.status("B"); s.GetSlipDays() != 62 || len(answer.GetCorrections()) == 0 {
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
