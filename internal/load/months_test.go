package load_test

import (
	"maps"
	"slices"
	"testing"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/load"
	"milepost.dev/internal/load/conventions"
)

const countedMonths = `Ref,Milestone,Due
H1,Open the hub,Month 6
H2,Train the staff,by M+3
H3,Buy the chairs,months 4-6
H4,Hang the doors,June 2018
`

// A plan that counts its months asks once from which; said with a flag, it is kept with the plan and its later documents are read by it.
func TestMonthsThatThePlanCounts(t *testing.T) {
	t.Parallel()
	c := serverOf(t, true)
	l := load.Load{Service: c, Plan: "hub", Name: "Hub", Again: true}
	importPlan(t, l, "plan.csv", []byte(countedMonths), "2017-03-31")
	asked := func() (refs []string) {
		for item, err := range c.Review(t.Context(), &pb.ListReviewRequest{Plan: "hub", PageSize: 100}).Items {
			if err != nil {
				t.Fatal(err)
			}
			refs = append(refs, item.GetRef()+" "+item.GetReason())
		}
		return refs
	}
	dates := func() map[string]string {
		due := map[string]string{}
		for ref, m := range standing(t, c, "hub") {
			due[ref] = m.GetForecast()
		}
		return due
	}
	if got := asked(); !slices.Equal(got, []string{"H1 relative"}) {
		t.Errorf("asked about %q, want one question", got)
	}
	if got, want := dates(), map[string]string{"H1": "", "H2": "", "H3": "", "H4": "2018-06-30"}; !maps.Equal(got, want) {
		t.Errorf("dates %v, want %v", got, want)
	}
	l.Conventions = conventions.Said{MonthsFrom: "2017-04"}
	importPlan(t, l, "plan.csv", []byte(countedMonths), "2017-03-31")
	want := map[string]string{"H1": "2017-09-30", "H2": "2017-07-31", "H3": "2017-09-30", "H4": "2018-06-30"}
	if got := dates(); !maps.Equal(got, want) {
		t.Errorf("dates %v, want %v", got, want)
	}
	if got := asked(); len(got) > 0 {
		t.Errorf("still asked about %q", got)
	}
	l.Conventions = conventions.Said{} // the plan has it
	importPlan(t, l, "plan-2.csv", []byte("Ref,Milestone,Due\nH1,Open the hub,Month 7\n"), "2017-05-31")
	if got := dates()["H1"]; got != "2017-10-31" {
		t.Errorf("month 7 is %s", got)
	}
}
