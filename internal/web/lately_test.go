package web_test

import (
	"fmt"
	"regexp"
	"testing"

	pb "milepost.dev/api/milepost/v1"
)

// What a page remembers of the last events is what somebody is told who comes only now: whatever is said, and whoever was there before.
func TestRecentChangesAreThoseOfWhoComesNow(t *testing.T) {
	roles := map[string]string{"ann": `["reporter", "approver"]`}
	for i := range 9 {
		roles[fmt.Sprint("visitor", i)] = `["viewer"]`
	}
	s := people(t, roles)
	s.hubs("hubs")
	slip := s.submit("slip", "hubs", stated("A/1", "2026-06-01", "2027-08-31", "No steel"))
	ann, program := s.as("ann"), s.dialAs("milepost_ann")
	recent := regexp.MustCompile(`(?s)<h2 id="lately">.*?</section>`)
	told := func(who *served, path string) string {
		_, _, body := who.get(path)
		return recent.FindString(body)
	}
	said := func(command *pb.Command) *pb.Command { command.AsAt = "2026-07-01"; return command }
	for i, command := range []*pb.Command{
		stated("A/1", "2026-07-01", "2027-09-30", "again"),
		said(&pb.Command{Command: &pb.Command_OwnerChanged{OwnerChanged: &pb.OwnerChanged{Ref: "B", Owner: "Estates"}}}),
		said(&pb.Command{Command: &pb.Command_ReferenceChanged{ReferenceChanged: &pb.ReferenceChanged{Ref: "A/1", NewRef: "HUB-1", Reason: "numbered anew"}}}),
		stated("B", "2026-07-02", "2027-09-30", ""),
		said(&pb.Command{Command: &pb.Command_MilestoneAchieved{MilestoneAchieved: &pb.MilestoneAchieved{Ref: "B", ActualDate: "2026-06-30"}}}),
		{Command: &pb.Command_StatementCorrected{StatementCorrected: &pb.StatementCorrected{
			Target: &pb.StatementCorrected_Position{Position: slip}, Kind: pb.CorrectionKind_CORRECTION_KIND_TYPING, Reason: "a slip of the pen", Replacement: stated("HUB-1", "", "2027-07-31", "No steel"),
		}}},
	} {
		if _, err := program.Submit(t.Context(), &pb.SubmitRequest{RequestId: fmt.Sprint("said-", i), Plan: "hubs", Commands: []*pb.Command{command}}); err != nil {
			t.Fatal(err)
		}
		comes := s.as(fmt.Sprint("visitor", i))
		for _, path := range []string{"/", "/plans/hubs"} {
			if known, fresh := told(ann, path), told(comes, path); known != fresh || known == "" {
				t.Errorf("after %d statements %s tells who was there all along\n%s\nand who comes now\n%s", i+1, path, known, fresh)
			}
		}
	}
}
