package load_test

import (
	"slices"
	"testing"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/load"
)

// A date in the words about a milestone is a dated step of it, and one in doubt is asked about once for the row.
func TestDatesInWordsAreStepsOfTheirMilestone(t *testing.T) {
	t.Parallel()
	c := server(t)
	importPlan(t, load.Load{Service: c, Plan: "hub", Name: "Hub"}, "plan.csv", []byte(`Ref,Milestone,Due,Next steps,Issues
H1,Open the hub,2018-09-30,"Lease signed in November 2017. Full bid in development for 30 June 2018. Talk to the staff",Board meets Q2 or maybe July 2018
H2,Train the staff,2018-10-31,Focus in 18/19,
H3,Buy the chairs,2018-10-31,See the paper,None so far
H4,Hang the doors,2018-10-31,Due end of March,
`), "2018-01-31")
	for ref, want := range map[string][]string{
		"H1": {"Full bid in development for 30 June 2018 2018-06-30", "Lease signed in November 2017 2017-11-30"},
		"H2": {"Focus in 18/19 2019-03-31"},
		"H3": nil,
		"H4": nil, // of which year?
	} {
		m, err := c.Milestone(t.Context(), &pb.GetMilestoneRequest{Plan: "hub", Milestone: ref})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range m.GetFurtherDates() {
			got = append(got, d.GetLabel()+" "+d.GetDay())
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s has the steps %q, want %q", ref, got, want)
		}
		if asked := slices.Contains(m.GetStatus().GetReview(), "date-in-words"); asked != (ref == "H1" || ref == "H4") {
			t.Errorf("%s is asked about: %v", ref, m.GetStatus().GetReview())
		}
	}
}
