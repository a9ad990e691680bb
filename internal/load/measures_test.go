package load_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/load"
	"milepost.dev/internal/rig/sharedtest"
)

// measures are measures as a person would note them.
func measures(all []*pb.Measure) (lines []string) {
	for _, m := range all {
		text := fmt.Sprintf("%s: %s %q", m.GetMeasure(), m.GetKind(), m.GetWords())
		if m.GetUnit()+m.GetScale() != "" {
			text += fmt.Sprintf(", in %q on %q", m.GetUnit(), m.GetScale())
		}
		for _, t := range m.GetTargets() {
			text += fmt.Sprintf("; %q (%s) %s", t.GetText(), t.GetBy(), t.GetValue())
		}
		for _, v := range m.GetValues() {
			text += fmt.Sprintf("; on %s %s %q", v.GetDay(), v.GetValue(), v.GetWords())
		}
		lines = append(lines, text)
	}
	return lines
}

const measured = `
Readiness of the reading rooms
Key: how far is each
1) Already open
2) Opens this year
Chapter ref	Task	Brackwater
1.1	Desk for maps	2
1.2	Desk for children	1

Staff group	FTE
Porters	12.5

Assumptions (based on 41,500 residents)	2024/25	2025/26
Support for readers £1.50 per head	£62,250	£62,250

Scheme	Action	Owner	Delivery date	KPIs
Archive	Register the readers	Records office	March 2026	30% of households registered by March 2026. Year One 10 desks. Year Two 25 desks
`

// A score is on its scale, a count has its unit, a sum per head stands beside its head count, and an indicator has a target for
// each date; and the next version, in which all of it stands elsewhere, measures the same.
func TestWhatIsMeasured(t *testing.T) {
	t.Parallel()
	c := server(t)
	l := load.Load{Service: c, Plan: "rooms", Again: true}
	first := importPlan(t, l, "rooms.txt", []byte(measured), "2024-04-30")
	p, err := c.Plan(t.Context(), &pb.GetPlanRequest{Plan: "rooms"})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`1.1 Desk for maps: readiness "1.1 Desk for maps", in "" on "Readiness of the reading rooms"; on 2024-04-30 2 "2) Opens this year"`,
		`1.2 Desk for children: readiness "1.2 Desk for children", in "" on "Readiness of the reading rooms"; on 2024-04-30 1 "1) Already open"`,
		`Porters (FTE): indicator "Porters", in "FTE" on ""; on 2024-04-30 12.5 ""`,
		`residents: indicator "residents"; on 2024-04-30 41,500 ""`,
	}
	if got := measures(p.GetMeasures()); !slices.Equal(got, want) {
		t.Errorf("the plan is measured by\n%s\nand not\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for ref := range standing(t, c, "rooms") {
		m, err := c.Milestone(t.Context(), &pb.GetMilestoneRequest{Plan: "rooms", Milestone: ref})
		if err != nil {
			t.Fatal(err)
		}
		got := measures(m.GetMeasures())
		if len(got) != 1 || !strings.Contains(got[0], `(2026-03-31) 30% of households`) || !strings.Contains(got[0], `"Year One"`) || !strings.Contains(got[0], "25 desks") {
			t.Errorf("the milestone is measured by %q", got)
		}
	}
	var perHead []string
	for f, err := range c.Funding(t.Context(), &pb.ListFundingRequest{Plan: "rooms"}).Items {
		if err != nil {
			t.Fatal(err)
		}
		perHead = append(perHead, fmt.Sprint(f.GetAmount(), " ", f.GetBasis()))
	}
	if !slices.ContainsFunc(perHead, func(text string) bool {
		return strings.HasPrefix(text, "1.50 ") && strings.Contains(strings.ToLower(text), "head")
	}) {
		t.Errorf("no sum is per head: %q", perHead)
	}
	if again := importPlan(t, l, "rooms.txt", []byte(measured), "2024-04-30"); len(again.Events) > 0 {
		t.Errorf("sent again: %v", again.Events)
	}
	next := "As the board saw it\n\n" + strings.Replace(measured, "Desk for maps\t2", "Desk for maps\t1", 1)
	second := importPlan(t, l, "rooms-2.txt", []byte(next), "2024-07-31")
	if p, err = c.Plan(t.Context(), &pb.GetPlanRequest{Plan: "rooms"}); err != nil || len(p.GetMeasures()) != len(want) {
		t.Fatalf("the next version measures %q, %v", measures(p.GetMeasures()), err)
	}
	if got := measures(p.GetMeasures())[0]; !strings.HasSuffix(got, `on 2024-04-30 2 "2) Opens this year"; on 2024-07-31 1 "1) Already open"`) {
		t.Errorf("a score moved: %s; %v, and first %v", got, second.Events, first.Events)
	}
}

// Figures by period are a trajectory, a target for each date; beside a target of their own they are what was measured, and the
// target is the target.
func TestATrajectory(t *testing.T) {
	t.Parallel()
	for document, want := range map[string][]string{
		"KPI,Apr-25,May-25\nVisitors a week,1300,1400\nReaders satisfied,70%,75%\n\nMilestone,Owner,Due\nOpen the doors,Ada Holt,May 2025\n": {
			`Readers satisfied (%): indicator "Readers satisfied", in "%" on ""; "Apr-25" (2025-04-30) 70%; "May-25" (2025-05-31) 75%`,
			`Visitors a week: indicator "Visitors a week"; "Apr-25" (2025-04-30) 1300; "May-25" (2025-05-31) 1400`,
		},
		"KPI,Apr-25,May-25,Target\nVisitors a week,1300,1400,1500 by June 2025\nReaders satisfied,70%,75%,80%\n\nMilestone,Owner,Due\nOpen the doors,Ada Holt,May 2025\n": {
			`Readers satisfied (%): indicator "Readers satisfied", in "%" on ""; "" () 80%`,
			`Visitors a week: indicator "Visitors a week"; "by June 2025" (2025-06-30) 1500`,
		},
	} {
		c := server(t)
		l := load.Load{Service: c, Plan: "kpis", Again: true}
		importPlan(t, l, "kpis.csv", []byte(document), "2025-05-31")
		p, err := c.Plan(t.Context(), &pb.GetPlanRequest{Plan: "kpis"})
		if got := measures(p.GetMeasures()); err != nil || !slices.Equal(got, want) {
			t.Errorf("the plan is measured by\n%s, %v", strings.Join(got, "\n"), err)
		}
		if again := importPlan(t, l, "kpis.csv", []byte(document), "2025-05-31"); len(again.Events) > 0 {
			t.Errorf("sent again: %v", again.Events)
		}
	}
}

// The published plans have scores on a scale, head counts and targets.
func TestPublishedPlansAreMeasured(t *testing.T) {
	for name, want := range map[string]func(all []*pb.Measure, events map[string]int) bool{
		"wolverhampton.txt": func(all []*pb.Measure, _ map[string]int) bool {
			scored, counted := 0, 0
			for _, m := range all {
				if m.GetKind() == "readiness" && m.GetScale() != "" && len(m.GetValues()) == 1 {
					scored++
				}
				if m.GetUnit() == "headcount" || m.GetMeasure() == "population" && m.GetValues()[0].GetValue() == "262,000" {
					counted++
				}
			}
			return scored >= 40 && counted >= 10
		},
		"leicestershire.txt":           func(_ []*pb.Measure, events map[string]int) bool { return events["MeasureTargeted"] >= 30 },
		"buckinghamshire-register.csv": func(_ []*pb.Measure, events map[string]int) bool { return events["MeasureTargeted"] >= 4 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			document := sharedtest.Read(t, "plans/"+name)
			c := server(t)
			result := importPlan(t, load.Load{Service: c, Plan: "plan"}, name, document, "2017-02-24")
			p, err := c.Plan(t.Context(), &pb.GetPlanRequest{Plan: "plan"})
			if err != nil || !want(p.GetMeasures(), result.Events) {
				t.Errorf("%v, %v\n%s", err, result.Events, strings.Join(measures(p.GetMeasures()), "\n"))
			}
		})
	}
}
