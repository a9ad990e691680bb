package writer

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"pgregory.net/rapid"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/plan"
	"milepost.dev/internal/access"
	"milepost.dev/internal/wire"
	"milepost.dev/projections"
	"milepost.dev/projections/audit"
	"milepost.dev/projections/corrections"
	"milepost.dev/projections/elsewhere"
	"milepost.dev/projections/funding"
	"milepost.dev/projections/owners"
	"milepost.dev/projections/promised"
	"milepost.dev/projections/review"
	"milepost.dev/projections/slippage"
	"milepost.dev/projections/status"
)

// everything is all that a view answers about a plan as it stood on a day.
func everything(t interface{ Fatal(...any) }, s *Writer, names wire.Names, v projections.View, asAt civil.Date) []proto.Message {
	p, ok := v.Plan("hubs")
	if !ok {
		return nil
	}
	all := []proto.Message{wire.Plan(p, asAt, names, status.Count), wire.PlanItself(p, asAt, names, status.Count)}
	for _, row := range status.List(p, asAt) {
		all = append(all, wire.Status(row, names))
		if m, ok := wire.Milestone(v, row.Milestone, asAt, names); ok {
			all = append(all, m)
		}
	}
	for _, move := range slippage.List(p, asAt) {
		all = append(all, wire.Move(move, names))
	}
	for _, row := range funding.List(p, asAt) {
		all = append(all, wire.FundingLine(row))
	}
	for _, r := range review.List(p, asAt, elsewhere.Everything) {
		all = append(all, wire.ReviewItem(r))
	}
	for _, c := range corrections.List(p, asAt) {
		all = append(all, wire.Correction(c, names))
	}
	for _, move := range slippage.WithCorrected(p, asAt) {
		all = append(all, wire.Move(move, names))
	}
	for _, o := range owners.List(p, asAt) {
		all = append(all, wire.Ownership(o, names))
	}
	for _, row := range promised.List(p, asAt) {
		all = append(all, wire.Baseline(row))
	}
	for _, proposal := range promised.Proposals(p, asAt) {
		all = append(all, wire.BaselineProposal(proposal, names))
	}
	trail := &audit.Trail{Plan: p, Ledger: audit.NewRecords(s.commits.store, s.book), Names: names}
	for _, e := range p.Events(0) {
		entry, err := wire.AuditEntry(context.Background(), trail, e)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, entry)
	}
	return all
}

// A reporter's life: any facts, in any order, late ones among them, many of them refused.
func anyCommand() *rapid.Generator[*milepostv1.Command] {
	return rapid.Custom(func(t *rapid.T) *milepostv1.Command {
		pick := func(label string, of ...string) string { return rapid.SampledFrom(of).Draw(t, label) }
		ref := pick("ref", "A", "B", "C")
		date := pick("date", "2017-03-31", "2017-03", "2017-Q1", "2017-04-15", "2017-06", "2017", "2018", "TBC", "soon", "TBC", "2016-12-31",
			"Q2 17/18", "by end of March", "April 17 onwards", "monthly to June 2017", "ongoing", "March 17 June 17", "completed Jan 2017")
		reason := pick("reason", "", "late builder")
		c := &milepostv1.Command{AsAt: pick("as at", "", "2017-01-10", "2017-02-10", "2017-02-10", "2017-05-01", "2017-12-24")}
		switch rapid.IntRange(0, 26).Draw(t, "kind") {
		case 0:
			c.Command = &milepostv1.Command_MilestoneAdded{MilestoneAdded: &milepostv1.MilestoneAdded{Ref: ref, Title: pick("title", "", "Hub live")}}
		case 1:
			amended := &milepostv1.MilestoneAmended{Ref: ref, AllowMissing: true, Attributes: map[string]string{"risk": pick("risk", "low", "high")}}
			amended.Workstream = proto.String(pick("workstream", "Access", "Workforce"))
			c.Command = &milepostv1.Command_MilestoneAmended{MilestoneAmended: amended}
		case 2:
			c.Command = &milepostv1.Command_MilestoneSlipped{MilestoneSlipped: &milepostv1.MilestoneSlipped{Ref: ref, DeliveryDate: date, Reason: reason}}
		case 3:
			c.Command = &milepostv1.Command_OwnerChanged{OwnerChanged: &milepostv1.OwnerChanged{Ref: ref, Owner: pick("owner", "CCGs", "ccgs ", "Alliance Board")}}
		case 4:
			c.Command = &milepostv1.Command_FundingConfirmed{FundingConfirmed: &milepostv1.FundingConfirmed{
				Ref: ref, Line: "F1", Amount: pick("amount", "100", "250.50"), Of: pick("of", "", "300"),
			}}
		case 5:
			c.Command = &milepostv1.Command_ProgressReported{ProgressReported: &milepostv1.ProgressReported{
				Ref: ref, Percent: proto.Uint32(rapid.Uint32Range(0, 100).Draw(t, "percent")), Status: pick("status", "", "on track"),
			}}
		case 6:
			c.Command = &milepostv1.Command_MilestoneAchieved{MilestoneAchieved: &milepostv1.MilestoneAchieved{Ref: ref, ActualDate: date}}
		case 7:
			c.Command = &milepostv1.Command_MilestoneStarted{MilestoneStarted: &milepostv1.MilestoneStarted{Ref: ref, StartDate: date}}
		case 8:
			c.Command = rapid.SampledFrom([]*milepostv1.Command{
				{Command: &milepostv1.Command_MilestonePutOnHold{MilestonePutOnHold: &milepostv1.MilestonePutOnHold{Ref: ref, Reason: reason}}},
				{Command: &milepostv1.Command_MilestoneResumed{MilestoneResumed: &milepostv1.MilestoneResumed{Ref: ref}}},
				{Command: &milepostv1.Command_MilestoneCancelled{MilestoneCancelled: &milepostv1.MilestoneCancelled{Ref: ref, Reason: reason}}},
				{Command: &milepostv1.Command_MilestoneReopened{MilestoneReopened: &milepostv1.MilestoneReopened{Ref: ref}}},
				{Command: &milepostv1.Command_MilestoneNotReported{MilestoneNotReported: &milepostv1.MilestoneNotReported{Ref: ref, Return: reason}}},
			}).Draw(t, "life").Command
		case 9:
			stated := &milepostv1.FundingStated{Ref: pick("of", "", "A"), Line: "F1", Amount: pick("amount", "100", "250.50"), Start: pick("start", "", "2017-04-01", "2018-04-01")}
			if stated.Ref == "" {
				stated.Scheme = pick("scheme", "", "GP IT")
			}
			c.Command = rapid.SampledFrom([]*milepostv1.Command{
				{Command: &milepostv1.Command_FundingIdentified{FundingIdentified: stated}},
				{Command: &milepostv1.Command_FundingReleased{FundingReleased: stated}},
				{Command: &milepostv1.Command_FundingReprofiled{FundingReprofiled: &milepostv1.FundingReprofiled{Ref: stated.Ref, Scheme: stated.Scheme, Line: "F1", Start: "2019-04-01"}}},
				{Command: &milepostv1.Command_FundingWithdrawn{FundingWithdrawn: &milepostv1.FundingWithdrawn{Ref: stated.Ref, Scheme: stated.Scheme, Line: "F1"}}},
			}).Draw(t, "money").Command
		case 15:
			c.Command = &milepostv1.Command_MilestoneSourced{MilestoneSourced: &milepostv1.MilestoneSourced{
				Ref: ref, Digest: "sha256:" + strings.Repeat(pick("document", "7f", "80"), 32), Document: "plan.xlsx", Sheet: pick("sheet", "", "Estates"),
				Cells: []*milepostv1.SourceCell{{Field: "title", Heading: "Action", Row: 12, Column: 3, Text: pick("text", "Hub", "Hub live")}},
			}}
		case 16:
			c.Command = &milepostv1.Command_ReviewRaised{ReviewRaised: &milepostv1.ReviewRaised{
				Ref: ref, Item: "i1", Reason: "several-actions", Field: "title", Text: pick("text", "Hub", "Hub live"),
			}}
		case 17:
			settled := &milepostv1.ReviewSettled{Ref: ref, Item: pick("item", "i1", "delivery_date:unreadable"), Reason: reason}
			switch settled.Outcome = milepostv1.ReviewOutcome(rapid.IntRange(1, 4).Draw(t, "outcome")); settled.Outcome {
			case milepostv1.ReviewOutcome_REVIEW_OUTCOME_CORRECTED:
				settled.DeliveryDate = date
			case milepostv1.ReviewOutcome_REVIEW_OUTCOME_SPLIT:
				settled.Parts = []*milepostv1.ReviewPart{{Ref: ref, Title: "Hub"}, {Ref: pick("part", "C", "D"), Title: "Spokes", DeliveryDate: date}}
			case milepostv1.ReviewOutcome_REVIEW_OUTCOME_PAIRED:
				settled.Parts = []*milepostv1.ReviewPart{{Ref: pick("part", "B", "C"), DeliveryDate: date}}
			}
			c.Command = &milepostv1.Command_ReviewSettled{ReviewSettled: settled}
		case 18:
			c.Command = rapid.SampledFrom([]*milepostv1.Command{
				{Command: &milepostv1.Command_ComponentStated{ComponentStated: &milepostv1.ComponentStated{
					Kind: milepostv1.ComponentKind_COMPONENT_KIND_SCHEME, Name: "GP IT", Deadline: date, Reason: reason,
				}}},
				{Command: &milepostv1.Command_DocumentImported{DocumentImported: &milepostv1.DocumentImported{
					Digest: "sha256:" + strings.Repeat("7f", 32), Document: "plan.xlsx", Mapping: reason,
				}}},
				{Command: &milepostv1.Command_FurtherDateStated{FurtherDateStated: &milepostv1.FurtherDateStated{Ref: ref, Label: "start", Date: date}}},
			}).Draw(t, "part").Command
		case 19:
			of := pick("measured", "", "A")
			c.Command = rapid.SampledFrom([]*milepostv1.Command{
				{Command: &milepostv1.Command_MeasureDefined{MeasureDefined: &milepostv1.MeasureDefined{
					Ref: of, Measure: "K1", Kind: milepostv1.MeasureKind_MEASURE_KIND_INDICATOR, Words: "seen within a day",
				}}},
				{Command: &milepostv1.Command_MeasureTargeted{MeasureTargeted: &milepostv1.MeasureTargeted{Ref: of, Measure: "K1", By: date, Value: "95%"}}},
				{Command: &milepostv1.Command_MeasureTaken{MeasureTaken: &milepostv1.MeasureTaken{Ref: of, Measure: "K1", Value: pick("value", "90%", "91%")}}},
			}).Draw(t, "measure").Command
		case 22:
			c.Command = rapid.SampledFrom([]*milepostv1.Command{
				{Command: &milepostv1.Command_PlanReopened{PlanReopened: &milepostv1.PlanReopened{Reason: "again"}}},
				{Command: &milepostv1.Command_PlanReopened{PlanReopened: &milepostv1.PlanReopened{Reason: "again"}}},
				{Command: &milepostv1.Command_PlanClosed{PlanClosed: &milepostv1.PlanClosed{Reason: "ended"}}},
			}).Draw(t, "closing").Command
		case 23, 24, 25:
			c.AsAt = ""
			c.Command = anyCorrection(t).Command
		case 21:
			c.Command = renamed(ref, pick("new", "A", "B", "C", "D", "E")).Command
		case 10:
			c.Command = &milepostv1.Command_ConfidenceAssessed{ConfidenceAssessed: &milepostv1.ConfidenceAssessed{Ref: ref, Scheme: "RAG", Value: pick("value", "Red", "Green")}}
		case 11:
			c.Command = &milepostv1.Command_PlanRevised{PlanRevised: &milepostv1.PlanRevised{
				Name: proto.String(pick("name", "Hubs", "Primary care hubs")),
				RatingSchemes: []*milepostv1.RatingScheme{{Name: "RAG", Values: []*milepostv1.RatingValue{
					{Value: "Red", Common: milepostv1.CommonRating_COMMON_RATING_RED}, {Value: pick("best", "Green", "On track"), Common: milepostv1.CommonRating_COMMON_RATING_GREEN},
				}}},
			}}
		case 12:
			c.Command = rapid.SampledFrom([]*milepostv1.Command{
				{Command: &milepostv1.Command_DependencyLinked{DependencyLinked: &milepostv1.DependencyLinked{Ref: ref, On: pick("on", "A", "B", "C"), LagDays: 7}}},
				{Command: &milepostv1.Command_DependencyUnlinked{DependencyUnlinked: &milepostv1.DependencyUnlinked{Ref: ref, On: pick("on", "A", "B", "C")}}},
			}).Draw(t, "link").Command
		case 13:
			c.Command = rapid.SampledFrom([]*milepostv1.Command{
				{Command: &milepostv1.Command_IssueRaised{IssueRaised: &milepostv1.IssueRaised{Ref: ref, Issue: "1", Words: pick("words", "late", "later")}}},
				{Command: &milepostv1.Command_IssueClosed{IssueClosed: &milepostv1.IssueClosed{Ref: ref, Issue: "1"}}},
				{Command: &milepostv1.Command_EvidenceAttached{EvidenceAttached: &milepostv1.EvidenceAttached{Ref: ref, Digest: "sha256:" + strings.Repeat("7f", 32), Location: pick("where", "here", "there")}}},
				{Command: &milepostv1.Command_RecurrenceDefined{RecurrenceDefined: &milepostv1.RecurrenceDefined{Ref: "A", Rrule: "FREQ=MONTHLY;INTERVAL=3", Start: "2017-01-01", End: "2017-12-31"}}},
			}).Draw(t, "issue").Command
		default:
			c.Command = &milepostv1.Command_DeliveryDateStated{DeliveryDateStated: &milepostv1.DeliveryDateStated{Ref: ref, DeliveryDate: date, Reason: reason}}
		}
		return c
	})
}

// bob is another person than ann, and decides what she corrects.
var bob = access.Caller{Name: "bob", Roles: map[string][]access.Role{access.EveryPlan: {access.Reporter, access.Approver}}}

// anyCorrection corrects what stands at a low position, if anything does, or decides what was corrected there.
func anyCorrection(t *rapid.T) *milepostv1.Command {
	position := rapid.Uint64Range(1, 40).Draw(t, "position")
	decided := &milepostv1.CorrectionDecided{Position: rapid.Uint64Range(10, 60).Draw(t, "decided"), Reason: "seen"}
	corrected := &milepostv1.StatementCorrected{
		Target: &milepostv1.StatementCorrected_Position{Position: position}, Kind: milepostv1.CorrectionKind_CORRECTION_KIND_TYPING, Reason: "typed wrongly",
	}
	switch rapid.IntRange(0, 6).Draw(t, "correction") {
	case 0:
		return &milepostv1.Command{Command: &milepostv1.Command_CorrectionApproved{CorrectionApproved: decided}}
	case 1:
		return &milepostv1.Command{Command: &milepostv1.Command_CorrectionRefused{CorrectionRefused: decided}}
	case 2:
		corrected.Target = &milepostv1.StatementCorrected_RequestOf{RequestOf: position}
	case 3:
		corrected.Kind, corrected.Speaker = milepostv1.CorrectionKind_CORRECTION_KIND_WRONG_SPEAKER, rapid.SampledFrom([]string{"CCGs", "Alliance Board"}).Draw(t, "speaker")
	case 4, 5:
		date := rapid.SampledFrom([]string{"2017-03-31", "2018", "2016-12-31", "TBC"}).Draw(t, "instead")
		corrected.Replacement = rapid.SampledFrom([]*milepostv1.Command{
			{Command: &milepostv1.Command_DeliveryDateStated{DeliveryDateStated: &milepostv1.DeliveryDateStated{DeliveryDate: date}}},
			{Command: &milepostv1.Command_MilestoneAchieved{MilestoneAchieved: &milepostv1.MilestoneAchieved{ActualDate: date}}},
			{Command: &milepostv1.Command_MilestoneAdded{MilestoneAdded: &milepostv1.MilestoneAdded{Title: "Hub opens"}}},
			{Command: &milepostv1.Command_OwnerChanged{OwnerChanged: &milepostv1.OwnerChanged{Owner: "CCGs"}}},
		}).Draw(t, "replacement")
	}
	return &milepostv1.Command{Command: &milepostv1.Command_StatementCorrected{StatementCorrected: corrected}}
}

// What was answered live can be asked for again for ever; and the ledger folded anew, from its first
// record or from a saved fold, answers the same as the book that was kept up all along.
func TestThePastStaysAsItWasAnswered(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t)
		w.every = uint64(rapid.IntRange(1, 30).Draw(rt, "save every"))
		s := w.open()
		w.mustSubmit(s, submission("begin", registered()))
		type moment struct {
			view projections.View
			asAt civil.Date
			was  []proto.Message
		}
		var live []moment
		days := []civil.Date{}
		for _, text := range []string{"2017-01-10", "2017-02-10", "2017-06-01", "2018-01-15"} {
			d, _ := civil.Parse(text)
			days = append(days, d)
		}
		for i := range rapid.IntRange(1, 40).Draw(rt, "requests") {
			request := submission(fmt.Sprint(i), rapid.SliceOfN(anyCommand(), 1, 4).Draw(rt, "commands")...)
			if rapid.IntRange(0, 9).Draw(rt, "merges") == 0 {
				request = merging(fmt.Sprint(i), rapid.Permutation([]string{"CCGs", "Alliance Board", "ann"}).Draw(rt, "names"))
			}
			caller := rapid.SampledFrom([]access.Caller{ann, ann, bob}).Draw(rt, "caller")
			if _, err := s.Submit(t.Context(), caller, request); err != nil {
				refusalOf(t, err)
			}
			w.clock.Advance(time.Minute)
			asAt := rapid.SampledFrom(days).Draw(rt, "day")
			view := s.book.Now()
			live = append(live, moment{view, asAt, everything(rt, s, w.names, view, asAt)})
		}
		same := func(what string, s *Writer, m moment) {
			view, ok := s.book.KnownAt(m.view.Position)
			if !ok {
				rt.Fatalf("%s: position %d is not known", what, m.view.Position)
			}
			if diff := cmp.Diff(m.was, everything(rt, s, w.names, view, m.asAt), protocmp.Transform()); diff != "" {
				rt.Fatalf("%s: as at %s and known at %d (- live, + now):\n%s", what, m.asAt, m.view.Position, diff)
			}
		}
		for _, m := range live {
			same("asked again", s, m)
		}
		closed(t, s)
		for _, start := range []string{"from the saved fold", "from the first record"} {
			if start == "from the first record" {
				w.folds = ""
			}
			s := w.open()
			for _, m := range live {
				same(start, s, m)
			}
			closed(t, s)
		}
	})
}

// merging states that the first of several names is of the same party as the others.
func merging(id string, names []string) *milepostv1.SubmitRequest {
	return &milepostv1.SubmitRequest{RequestId: id, Plan: plan.OfLedger, Commands: []*milepostv1.Command{{
		Command: &milepostv1.Command_PartiesMerged{PartiesMerged: &milepostv1.PartiesMerged{Keep: names[0], Merge: names[1:]}},
	}}}
}

// Known at a time is the end of the last request that was accepted by then.
func TestKnownAtATime(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	defer closed(t, s)
	var ends []uint64
	for i, date := range []string{"2017-06", "2017-09", "2017-12"} {
		commands := []*milepostv1.Command{stated("A1", "2017-02-01", date), stated("A1", "2017-03-01", "2018")}
		if i == 0 {
			commands = append([]*milepostv1.Command{registered(), added("A1")}, commands...)
		}
		ends = append(ends, w.mustSubmit(s, submission(fmt.Sprint(i), commands...)).Receipt.Position)
		w.clock.Advance(time.Hour)
	}
	for after, want := range map[time.Duration]uint64{
		-time.Second: 0, 0: ends[0], time.Minute: ends[0], time.Hour: ends[1], 119 * time.Minute: ends[1], 30 * time.Hour: ends[2],
	} {
		if got := s.book.KnownAtTime(day.Add(after)).Position; got != want {
			t.Errorf("after %s: position %d and not %d", after, got, want)
		}
	}
	for position := uint64(1); position <= ends[2]; position++ {
		i, _ := slices.BinarySearch(ends, position)
		if v, ok := s.book.KnownAt(position); !ok || v.Position != ends[i] {
			t.Errorf("position %d is rounded to %d and not %d", position, v.Position, ends[i])
		}
	}
	if _, ok := s.book.KnownAt(ends[2] + 1); ok {
		t.Error("a position that has not come is known")
	}
}
