package load_test

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/load"
	"milepost.dev/internal/load/returns"
	"milepost.dev/internal/rig/sharedtest"
)

// A plan is imported, three versions on top of it, a return between them, and what the return said is corrected: slippage, owners, money and
// audit tell the story in order, and each value leads to its cell.
func TestVersionsAReturnAndACorrectionTellTheStory(t *testing.T) {
	t.Parallel()
	c := serverOf(t, true)
	const ref, line = "L62", 62
	lines := strings.Split(string(sharedtest.Read(t, "plans/worcestershire.txt")), "\n")
	change := func(old, with string) {
		if strings.Count(lines[len(lines)-1], "") == 0 || !strings.Contains(strings.Join(lines, "\n"), old) {
			t.Fatalf("%q is not in the document", old)
		}
		for i := range lines {
			lines[i] = strings.Replace(lines[i], old, with, 1)
		}
	}
	version := func(name, dated string) {
		importPlan(t, load.Load{Service: c, Plan: "worcs", Name: "Worcestershire"}, name, []byte(strings.Join(lines, "\n")), dated)
	}
	version("plan-1.txt", "2017-02-24")
	lines = append([]string{"As the board saw it in May"}, lines...)
	change("DeMontfort Medical Centre\tend March 2018", "DeMontfort Medical Centre\tend June 2018")
	change("£600,903", "£650,903")
	version("plan-2.txt", "2017-05-31")
	push := returns.Push{Service: c, Plan: "worcs", ISODates: true}
	if _, err := push.Run(t.Context(), strings.NewReader("as_at,ref,delivery_date,owner,reason\n2017-06-30,"+ref+",2018-07-31,LWAB / WHCT,The steel is late\n")); err != nil {
		t.Fatal(err)
	}
	change("DeMontfort Medical Centre\tend June 2018", "Estates office\tend September 2018")
	version("plan-3.txt", "2017-07-31")
	change("Estates office\tend September 2018", "Estates office\tend October 2018")
	change("£650,903", "£700,903")
	version("plan-4.txt", "2017-09-30")

	wrong := uint64(0)
	for _, e := range audited(t, c, ref) {
		if e.GetAsAt() == "2017-06-30" && e.GetEvent() == "MilestoneSlipped" {
			wrong = e.GetPosition()
		}
	}
	if _, err := c.Submit(t.Context(), &pb.SubmitRequest{RequestId: "typing", Plan: "worcs", Commands: []*pb.Command{{Command: &pb.Command_StatementCorrected{StatementCorrected: &pb.StatementCorrected{
		Target: &pb.StatementCorrected_Position{Position: wrong}, Kind: pb.CorrectionKind_CORRECTION_KIND_TYPING, Reason: "August was meant",
		Replacement: &pb.Command{Command: &pb.Command_DeliveryDateStated{DeliveryDateStated: &pb.DeliveryDateStated{Ref: ref, DeliveryDate: "2018-08-31", Reason: "The steel is late"}}},
	}}}}}); err != nil {
		t.Fatal(err)
	}
	approve(t, c)

	tells(t, "slippage", []string{
		"2017-02-24 ForecastGiven 2018-03-31 0", "2017-05-31 MilestoneSlipped 2018-06-30 91", "2017-06-30 MilestoneSlipped 2018-08-31 153",
		"2017-07-31 MilestoneSlipped 2018-09-30 183", "2017-09-30 MilestoneSlipped 2018-10-31 214",
	}, moves(t, c, ref))
	tells(t, "owners", []string{"DeMontfort Medical Centre 2017-02-24 2017-06-30", "LWAB / WHCT 2017-06-30 2017-07-31", "Estates office 2017-07-31 "}, owned(t, c, ref))
	for _, party := range []string{"LWAB", "WHCT"} {
		tells(t, "the milestones of "+party, []string{ref}, of(t, c, party, "2017-06-30"))
		tells(t, "the milestones of "+party+" later", nil, of(t, c, party, "2017-07-31"))
	}
	tells(t, "money", []string{
		"2017-02-24 600903.00 GBP plan-1.txt, row 62", "2017-05-31 650903.00 GBP plan-2.txt, row 63", "2017-09-30 700903.00 GBP plan-4.txt, row 63",
	}, sums(t, c))
	var trail []string
	for _, e := range audited(t, c, ref) {
		if slices.Contains([]string{"ForecastGiven", "MilestoneSlipped", "OwnerChanged"}, e.GetEvent()) {
			source, _, _ := strings.Cut(e.GetSource(), ";")
			trail = append(trail, strings.TrimSpace(e.GetAsAt()+" "+e.GetEvent()+" "+source))
		}
	}
	tells(t, "audit", []string{
		fmt.Sprintf("2017-02-24 ForecastGiven plan-1.txt, row %d", line), fmt.Sprintf("2017-02-24 OwnerChanged plan-1.txt, row %d", line),
		fmt.Sprintf("2017-05-31 MilestoneSlipped plan-2.txt, row %d", line+1), "2017-06-30 MilestoneSlipped", "2017-06-30 OwnerChanged",
		fmt.Sprintf("2017-07-31 MilestoneSlipped plan-3.txt, row %d", line+1), fmt.Sprintf("2017-07-31 OwnerChanged plan-3.txt, row %d", line+1),
		fmt.Sprintf("2017-09-30 MilestoneSlipped plan-4.txt, row %d", line+1),
	}, trail)
	if last := slices.Collect(names(audited(t, c, ref))); !slices.Equal(last[len(last)-2:], []string{"StatementCorrected", "CorrectionApproved"}) {
		t.Errorf("the trail ends with %q", last)
	}
	m, err := c.Milestone(t.Context(), &pb.GetMilestoneRequest{Plan: "worcs", Milestone: ref})
	if err != nil {
		t.Fatal(err)
	}
	var cells []string
	for _, s := range m.GetSources() {
		for _, cell := range s.GetCells() {
			if cell.GetField() == "delivery_date" {
				cells = append(cells, fmt.Sprintf("%s %d.%d %s", s.GetDocument(), cell.GetRow(), cell.GetColumn(), cell.GetText()))
			}
		}
	}
	tells(t, "cells", []string{"plan-1.txt 62.7 end March 2018", "plan-2.txt 63.7 end June 2018", "plan-3.txt 63.7 end September 2018", "plan-4.txt 63.7 end October 2018"}, cells)
}

// approve lets the correction that waits count.
func approve(t *testing.T, c *client.Client) {
	t.Helper()
	for k, err := range client.List(t.Context(), c, pb.QueryServiceClient.ListCorrections, &pb.ListCorrectionsRequest{Plan: "worcs", Pending: true}, (*pb.ListCorrectionsResponse).GetCorrections).Items {
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Submit(t.Context(), &pb.SubmitRequest{RequestId: "approved", Plan: "worcs", Commands: []*pb.Command{{Command: &pb.Command_CorrectionApproved{CorrectionApproved: &pb.CorrectionDecided{Position: k.GetPosition()}}}}}); err != nil {
			t.Fatal(err)
		}
	}
}

func names(all []*pb.AuditEntry) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, e := range all {
			if !yield(e.GetEvent()) {
				return
			}
		}
	}
}

func tells(t *testing.T, what string, want, got []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func moves(t *testing.T, c *client.Client, ref string) (all []string) {
	t.Helper()
	for m, err := range c.Slippage(t.Context(), &pb.ListSlippageRequest{Plan: "worcs", Milestone: ref, All: true}).Items {
		if err != nil {
			t.Fatal(err)
		}
		if m.GetEvent() != "ForecastReconfirmed" {
			all = append(all, fmt.Sprint(m.GetAsAt(), " ", m.GetEvent(), " ", m.GetTo(), " ", m.GetTotalDays()))
		}
	}
	return all
}

func owned(t *testing.T, c *client.Client, ref string) (all []string) {
	t.Helper()
	for o, err := range c.Owners(t.Context(), &pb.ListOwnersRequest{Plan: "worcs", Milestone: ref, All: true}).Items {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, o.GetOwner()+" "+o.GetEffective()+" "+o.GetUntil())
	}
	return all
}

// of are the references of the milestones that a party has, or shares, as at a day.
func of(t *testing.T, c *client.Client, party, day string) (refs []string) {
	t.Helper()
	for m, err := range c.Status(t.Context(), &pb.ListStatusRequest{Plan: "worcs", Owner: party, ReadAt: &pb.ReadAt{AsAt: day}, PageSize: 1000}).Items {
		if err != nil {
			t.Fatal(err)
		}
		refs = append(refs, m.GetRef())
	}
	return refs
}

// sums are what the audit trail tells of the line for the extension.
func sums(t *testing.T, c *client.Client) (all []string) {
	t.Helper()
	for e, err := range c.Audit(t.Context(), &pb.ListAuditRequest{Plan: "worcs"}).Items {
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range slices.Sorted(maps.Keys(e.GetAfter())) {
			if strings.Contains(name, "funding") && strings.HasSuffix(e.GetAfter()[name], "0903.00 GBP") {
				source, _, _ := strings.Cut(e.GetSource(), ";")
				all = append(all, e.GetAsAt()+" "+e.GetAfter()[name]+" "+source)
			}
		}
	}
	return all
}

func audited(t *testing.T, c *client.Client, ref string) (all []*pb.AuditEntry) {
	t.Helper()
	for e, err := range c.Audit(t.Context(), &pb.ListAuditRequest{Plan: "worcs", Milestone: ref}).Items {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}
