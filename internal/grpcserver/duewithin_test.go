package grpcserver_test

import (
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/wire/questions"
)

// TestStatusLooksAhead: what is to come within some days, by due date and in pages; not what is overdue, owed, met or given up.
func TestStatusLooksAhead(t *testing.T) {
	w := newWorld(t)
	w.submit(registered())
	for ref, due := range map[string]string{
		"A": "2017-09-30", "B": "2017-06-30", "C": "2017-06-30", "D": "2017-05-31", "E": "2017-10-01", "F": "2017-07-31", "G": "2017-08-31", "H": "TBC", "I": "2017-07-02",
	} {
		w.submit(added(ref), stated(ref, "2017-01-10", due), owned(ref, "2017-01-10", map[bool]string{true: "Estates", false: "Digital"}[ref < "C"]))
	}
	w.submit(stated("G", "2017-05-10", "TBC"))
	w.submit(&milepostv1.Command{AsAt: "2017-05-20", Command: &milepostv1.Command_MilestoneCancelled{
		MilestoneCancelled: &milepostv1.MilestoneCancelled{Ref: "F", Reason: "no site"},
	}})
	w.submit(&milepostv1.Command{AsAt: "2017-06-20", Command: &milepostv1.Command_MilestoneAchieved{
		MilestoneAchieved: &milepostv1.MilestoneAchieved{Ref: "I", ActualDate: "2017-06-20"},
	}})
	w.start()
	client := w.queries()
	for _, c := range []struct {
		asked *milepostv1.ListStatusRequest
		want  string
	}{
		{&milepostv1.ListStatusRequest{DueWithinDays: 92}, "B C A"}, // to 30 September
		{&milepostv1.ListStatusRequest{DueWithinDays: 93}, "B C A E"},
		{&milepostv1.ListStatusRequest{DueWithinDays: 36_600}, "B C A E"},
		{&milepostv1.ListStatusRequest{DueWithinDays: 92, Owner: "estates"}, "B A"},
		{&milepostv1.ListStatusRequest{DueWithinDays: 1}, "B C"},
		{&milepostv1.ListStatusRequest{DueWithinDays: 92, PageSize: 1}, "B C A"},
		{&milepostv1.ListStatusRequest{DueWithinDays: 92, PageSize: 2, ReadAt: &milepostv1.ReadAt{AsAt: "2017-05-31"}}, "D B C I"},
	} {
		if c.asked.Plan = "hubs"; c.asked.ReadAt == nil {
			c.asked.ReadAt = &milepostv1.ReadAt{AsAt: "2017-06-30"}
		}
		var refs []string
		for more := true; more; more = c.asked.PageToken != "" {
			answer, err := client.ListStatus(t.Context(), c.asked)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range answer.Milestones {
				refs = append(refs, m.Ref)
			}
			c.asked.PageToken = answer.NextPageToken
		}
		if got := strings.Join(refs, " "); got != c.want {
			t.Errorf("%v: %s, want %s", c.asked, got, c.want)
		}
	}
	for _, days := range []int32{-1, 36_601} {
		_, err := client.ListStatus(t.Context(), &milepostv1.ListStatusRequest{Plan: "hubs", DueWithinDays: days})
		info(t, err, codes.InvalidArgument, questions.RuleDueWithin)
	}
}
