package load_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/load"
)

// notesOf are what a plan keeps of its documents as it is.
func notesOf(t *testing.T, c *client.Client, plan string) (notes []string) {
	t.Helper()
	p, err := c.Plan(t.Context(), &pb.GetPlanRequest{Plan: plan})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range p.GetNotes() {
		notes = append(notes, fmt.Sprintf("%s %d.%d %s %q: %s", n.GetSheet(), n.GetRow(), n.GetColumn(), n.GetKind(), n.GetHeading(), n.GetWords()))
	}
	return notes
}

// A risk and a line about governance are kept as what they are, each with its line, and are no milestones.
func TestRisksAndGovernanceAreKept(t *testing.T) {
	t.Parallel()
	c := server(t)
	const document = `Workforce risks

- The builder may have no steel before the summer, which would put off the hub
- Few nurses live near the forest

How it is run

Governance of the programme is with the primary care board, which meets each quarter
The delivery board meets monthly

Ref	Milestone	Owner	Due
H1	Open the hub	Estates office	2018-09-30
`
	importPlan(t, load.Load{Service: c, Plan: "hub", Name: "Hub"}, "plan.txt", []byte(document), "2017-12-31")
	want := []string{
		` 3.1 risk "Workforce risks": The builder may have no steel before the summer, which would put off the hub`,
		` 4.1 risk "Workforce risks": Few nurses live near the forest`,
		` 8.1 governance "How it is run": Governance of the programme is with the primary care board, which meets each quarter`,
		` 9.1 governance "How it is run": The delivery board meets monthly`,
	}
	if got := notesOf(t, c, "hub"); !slices.Equal(got, want) {
		t.Errorf("kept %q, want %q", got, want)
	}
	next := importPlan(t, load.Load{Service: c, Plan: "hub"}, "plan-2.txt", []byte("As the board saw it\n\n"+document), "2018-01-31")
	if next.Events["DocumentNoted"] > 0 || len(notesOf(t, c, "hub")) != 4 {
		t.Errorf("the next version says %v", next.Events)
	}
	if all := standing(t, c, "hub"); len(all) != 1 {
		t.Errorf("%d milestones", len(all))
	}
}

const (
	raid = `Ref|Type|Description|Owner|Date raised|RAG|Action|Due|Status
1|Risk|The builder may have no steel|Ada Holt|01/02/2024|Red|Order early|31/03/2024|Open
2|Assumption|The grant is paid in April|Ben Moss||||| Open
3|Issue|The gate does not close|Ada Holt|01/02/2024|Amber|Replace the hinges|15/03/2024|Closed
|||||||| Waiting for the locksmith
4|Action|Write to the council|Ben Moss||||30/04/2024|Open`
	riskList = `ID|Risk description|Likelihood|Impact|Mitigation|Risk owner|Review date
R1|Few nurses live near the forest|3|4|Offer flats|Ada Holt|30/06/2024`
	meetings = `Meeting|Frequency|Chair|Purpose
Programme board|Monthly|Ben Moss|Decides on what moves`
	planWithRisks = `Milestone|Owner|Due|Risks|Mitigation
Open the hub|Estates office|30 June 2024|No steel|Order early`
)

// A sheet of risks, issues and the like beside a plan, and one of who meets how often, are kept row by row, with the cell and without the
// names of people; what is to be done by when is a candidate. A plan with a column of risks stays a plan.
func TestRegistersAreKept(t *testing.T) {
	t.Parallel()
	c := server(t)
	names := []string{"Plan", "RAID", "Risk register", "Governance"}
	book := func(raid string) []byte { return workbook(t, names, planWithRisks, raid, riskList, meetings) }
	importPlan(t, load.Load{Service: c, Plan: "hub", Name: "Hub"}, "plan.xlsx", book(raid), "2024-02-29")
	want := []string{
		`RAID 2.3 risk "RAID": The builder may have no steel; Date raised: 01/02/2024; RAG: Red; Action: Order early; Due: 31/03/2024; Status: Open`,
		`RAID 3.3 assumption "RAID": The grant is paid in April; Status: Open`,
		`RAID 4.3 issue "RAID": The gate does not close; Date raised: 01/02/2024; RAG: Amber; Action: Replace the hinges; Due: 15/03/2024; Status: Closed; Status: Waiting for the locksmith`,
		`Risk register 2.2 risk "Risk register": Few nurses live near the forest; Likelihood: 3; Impact: 4; Mitigation: Offer flats; Review date: 30/06/2024`,
		`Governance 2.1 governance "Governance": Programme board; Frequency: Monthly; Purpose: Decides on what moves`,
	}
	tells(t, "notes", want, notesOf(t, c, "hub"))
	var offered []string
	for _, k := range candidatesOf(t, c, "hub") {
		offered = append(offered, k.GetTitle()+" "+k.GetDeliveryDate())
	}
	slices.Sort(offered)
	tells(t, "candidates", []string{"Order early 31/03/2024", "Write to the council 30/04/2024"}, offered)
	if all := standing(t, c, "hub"); len(all) != 1 {
		t.Errorf("%d milestones, and the plan has one", len(all))
	}

	moved := strings.Replace(raid, "Ref|Type", "How to use this sheet\n\nRef|Type", 1)
	next := importPlan(t, load.Load{Service: c, Plan: "hub"}, "plan-2.xlsx", book(strings.Replace(moved, "early|31/03/2024|Open", "early|31/03/2024|Closed", 1)), "2024-03-31")
	if next.Events["DocumentNoted"] != 1 || len(notesOf(t, c, "hub")) != len(want) || next.Events["CandidateOffered"] > 0 {
		t.Errorf("a risk that was closed comes to %v, and %d notes", next.Events, len(notesOf(t, c, "hub")))
	}
	if again := importPlan(t, load.Load{Service: c, Plan: "hub", Again: true}, "plan-2.xlsx", book(strings.Replace(moved, "early|31/03/2024|Open", "early|31/03/2024|Closed", 1)), "2024-03-31"); len(again.Events) > 0 {
		t.Errorf("sent again it comes to %v", again.Events)
	}
}

// What a plan counts in people is a number with its unit and its day: in a column of a milestone, and in a table of its own.
func TestHeadcountsAreMeasures(t *testing.T) {
	t.Parallel()
	c := server(t)
	book := workbook(t, []string{"Plan", "Staff"},
		"Milestone|Owner|Due|FTE\nOpen the hub|Estates office|30 June 2024|12.5\nTrain the staff|Training lead|30 June 2024|to be agreed",
		"Role|Headcount|FTE\nNurses|12|10.5\nReceptionists|4|3")
	importPlan(t, load.Load{Service: c, Plan: "hub", Name: "Hub"}, "plan.xlsx", book, "2024-02-29")
	p, err := c.Plan(t.Context(), &pb.GetPlanRequest{Plan: "hub"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	told := func(of string, all []*pb.Measure) {
		for _, m := range all {
			for _, v := range m.GetValues() {
				got = append(got, fmt.Sprintf("%s%s: %s %s on %s", of, m.GetWords(), v.GetNumber(), v.GetUnit(), v.GetDay()))
			}
		}
	}
	for ref, m := range standing(t, c, "hub") {
		one, err := c.Milestone(t.Context(), &pb.GetMilestoneRequest{Plan: "hub", Milestone: ref})
		if err != nil {
			t.Fatal(err)
		}
		told(m.GetTitle()+" ", one.GetMeasures())
	}
	told("", p.GetMeasures())
	slices.Sort(got)
	tells(t, "counts", []string{
		"Nurses: 10.5 FTE on 2024-02-29", "Nurses: 12 headcount on 2024-02-29", "Open the hub FTE: 12.5 FTE on 2024-02-29",
		"Receptionists: 3 FTE on 2024-02-29", "Receptionists: 4 headcount on 2024-02-29",
	}, got)
}
