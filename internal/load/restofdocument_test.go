package load_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/load"
)

const restOfDocument = `Key to ratings
Green	On track
Amber	Plans in place
Red	Off track

Ref	Milestone	Owner	Due	RAG	KPI
H1	Open the hub	CCG / Federation	2018-09-30	Green	80% of patients registered by March 2018
H2	Train the staff	Ada Holt & Ben Fisher	2018-10-31	Amber	Year 1: 12 desks. Year 2: fewer than 20 complaints
H3	Buy the chairs	Federation	2018-10-31	Red	
H4	Hang the doors	Estates and Facilities Department	2018-10-31		
`

// The parties that an owner's words name are each found as an owner, the key of the ratings is the plan's scale, and a target that is a number
// is one, with its unit and its day.
func TestTheRestOfADocument(t *testing.T) {
	t.Parallel()
	c := server(t)
	l := load.Load{Service: c, Plan: "hub", Name: "Hub"}
	importPlan(t, l, "plan.txt", []byte(restOfDocument), "2017-12-31")
	for owner, want := range map[string][]string{
		"CCG": {"H1"}, "federation": {"H1", "H3"}, "CCG / Federation": {"H1"}, "Ben Fisher": {"H2"}, "Estates": nil,
	} {
		var got []string
		for m, err := range c.Status(t.Context(), &pb.ListStatusRequest{Plan: "hub", Owner: owner}).Items {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, m.GetRef())
		}
		var owned []string
		for o, err := range c.Owners(t.Context(), &pb.ListOwnersRequest{Plan: "hub", Owner: owner}).Items {
			if err != nil {
				t.Fatal(err)
			}
			owned = append(owned, o.GetRef())
		}
		if !slices.Equal(got, want) || !slices.Equal(owned, want) {
			t.Errorf("%s owns %q, and by the list of owners %q, want %q", owner, got, owned, want)
		}
	}
	m, err := c.Milestone(t.Context(), &pb.GetMilestoneRequest{Plan: "hub", Milestone: "H1"})
	if err != nil {
		t.Fatal(err)
	}
	if s := m.GetStatus(); s.GetOwner() != "CCG / Federation" || !slices.Equal(s.GetSharedBy(), []string{"CCG", "Federation"}) || s.GetRating() != "green" {
		t.Errorf("H1 is of %q, shared by %q, and rated %q", s.GetOwner(), s.GetSharedBy(), s.GetRating())
	}
	for ref, want := range map[string][]string{"H1": {"80|%|2018-03-31"}, "H2": {"12|desks|", "||"}} {
		m, err := c.Milestone(t.Context(), &pb.GetMilestoneRequest{Plan: "hub", Milestone: ref})
		if err != nil {
			t.Fatal(err)
		}
		var targets []string
		for _, k := range m.GetMeasures() {
			for _, target := range k.GetTargets() {
				targets = append(targets, fmt.Sprintf("%s|%s|%s", target.GetNumber(), target.GetUnit(), target.GetBy()))
			}
		}
		if !slices.Equal(targets, want) {
			t.Errorf("%s has the targets %q, want %q", ref, targets, want)
		}
	}
	p, err := c.Plan(t.Context(), &pb.GetPlanRequest{Plan: "hub"})
	if err != nil {
		t.Fatal(err)
	}
	var scheme []string
	for _, s := range p.GetPlan().GetRatingSchemes() {
		for _, v := range s.GetValues() {
			scheme = append(scheme, fmt.Sprintf("%s %s %s: %s", s.GetName(), v.GetValue(), v.GetCommon(), v.GetMeaning()))
		}
	}
	want := []string{"RAG Green COMMON_RATING_GREEN: On track", "RAG Amber COMMON_RATING_AMBER: Plans in place", "RAG Red COMMON_RATING_RED: Off track"}
	if !slices.Equal(scheme, want) {
		t.Errorf("the ratings are on the scale %q, want %q", scheme, want)
	}
	again := importPlan(t, load.Load{Service: c, Plan: "hub", Again: true}, "plan.txt", []byte(restOfDocument), "2017-12-31")
	if len(again.Events) > 0 {
		t.Errorf("sent again it comes to %v", again.Events)
	}
	next := strings.Replace(restOfDocument, "Off track", "Late", 1)
	importPlan(t, l, "plan-2.txt", []byte(strings.Replace(next, "CCG / Federation", "Federation", 1)), "2018-01-31")
	for m, err := range c.Owners(t.Context(), &pb.ListOwnersRequest{Plan: "hub", Milestone: "H1"}).Items {
		if err != nil || m.GetOwner() != "Federation" || len(m.GetSharedBy()) > 0 {
			t.Errorf("H1 is owned by %v, %v", m, err)
		}
	}
}
