package node

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	pb "milepost.dev/api/milepost/v1"
)

// officials is a credentials file of people who propose and approve. Ann has two tokens; Cat speaks for Ann's office, from another one; Dan
// approves on another plan; the feed has nobody who answers for it.
func officials(t testing.TB) string {
	t.Helper()
	entry := func(token, actor, person, organisation, more string) string {
		return fmt.Sprintf(`{"sha256": %q, "actor": %q, "person": %q, "organisation": %q, %s}`, digest(token), actor, person, organisation, more)
	}
	file := filepath.Join(t.TempDir(), "credentials.json")
	text := `{"tokens": [` + strings.Join([]string{
		entry("ann", "Ann of PMO", "Ann", "Office", `"roles": {"*": ["reporter"]}`),
		entry("ann-2", "Ann at home", "Ann", "Office", `"roles": {"*": ["approver"]}`),
		entry("bob", "Bob", "Bob", "Office", `"roles": {"*": ["approver"]}`),
		entry("cat", "Cat", "Cat", "Agency", `"speaks_for": ["Office"], "roles": {"*": ["approver"]}`),
		entry("dan", "Dan", "Dan", "Office", `"roles": {"hubs": ["viewer"], "other": ["approver"]}`),
		entry("rep", "Rep", "Rep", "Office", `"roles": {"*": ["reporter"]}`),
		fmt.Sprintf(`{"sha256": %q, "actor": "Feed", "roles": {"*": ["reporter", "approver"]}}`, digest("feed")),
	}, ",") + `]}`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// office is a server and those who call it.
type office struct {
	testing.TB
	n    *Node
	conn *grpc.ClientConn
	sent int
}

func newOffice(t testing.TB, c Config) *office {
	t.Helper()
	o := &office{TB: t, n: served(t, c)}
	conn, err := grpc.NewClient(o.n.GRPCAddr(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	o.conn = conn
	return o
}

func (o *office) as(token string) context.Context {
	return metadata.AppendToOutgoingContext(o.Context(), "authorization", "Bearer "+token)
}

// state sends commands of a caller in one request.
func (o *office) state(token, behalf string, commands ...*pb.Command) error {
	o.Helper()
	o.sent++
	_, err := pb.NewCommandServiceClient(o.conn).Submit(o.as(token), &pb.SubmitRequest{
		RequestId: fmt.Sprint("r-", o.sent), Plan: "hubs", OnBehalfOf: behalf, Commands: commands,
	})
	return err
}

func (o *office) must(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

func dated(asAt, ref, day string) *pb.Command {
	return &pb.Command{AsAt: asAt, Command: &pb.Command_DeliveryDateStated{DeliveryDateStated: &pb.DeliveryDateStated{Ref: ref, DeliveryDate: day, Reason: "so it is"}}}
}

func proposed(proposal, ref, day string) *pb.Command {
	return &pb.Command{Command: &pb.Command_BaselineProposed{BaselineProposed: &pb.BaselineProposed{
		Proposal: proposal, Ref: ref, Value: &pb.BaselineProposed_Date{Date: &pb.BaselineDate{DeliveryDate: day}}, ReasonKind: "external", Reason: "the supplier",
	}}}
}

func closed(proposal string, count uint32) *pb.Command {
	return &pb.Command{Command: &pb.Command_BaselineProposalClosed{BaselineProposalClosed: &pb.BaselineProposalClosed{Proposal: proposal, Count: count}}}
}

// proposal is a proposal as a caller sees it; nil where there is none.
func (o *office) proposal(token, id string) *pb.BaselineProposal {
	o.Helper()
	answer, err := pb.NewQueryServiceClient(o.conn).ListBaselineProposals(o.as(token), &pb.ListBaselineProposalsRequest{Plan: "hubs"})
	o.must(err)
	for _, p := range answer.GetProposals() {
		if p.GetProposal() == id {
			return p
		}
	}
	return nil
}

// approval approves a proposal as it is now.
func (o *office) approval(id string) *pb.Command { return o.approvalAs("ann", id) }

func (o *office) approvalAs(token, id string) *pb.Command {
	return &pb.Command{Command: &pb.Command_BaselineApproved{BaselineApproved: &pb.BaselineDecided{Proposal: id, Sha256: o.proposal(token, id).GetSha256()}}}
}

func (o *office) status(ref string) *pb.MilestoneStatus {
	o.Helper()
	answer, err := pb.NewQueryServiceClient(o.conn).GetMilestone(o.as("ann"), &pb.GetMilestoneRequest{Plan: "hubs", Milestone: ref})
	o.must(err)
	return answer.GetStatus()
}

func (o *office) begin() {
	o.Helper()
	o.must(o.state("ann", "",
		&pb.Command{AsAt: "2026-01-01", Command: &pb.Command_PlanRegistered{PlanRegistered: &pb.PlanRegistered{Name: "Hubs"}}},
		&pb.Command{AsAt: "2026-01-01", Command: &pb.Command_MilestoneAdded{MilestoneAdded: &pb.MilestoneAdded{Ref: "A", Title: "The hub opens"}}},
		dated("2026-01-01", "A", "2026-09-30"), dated("2026-03-01", "A", "2027-03-31"),
		proposed("p1", "A", "2027-03-31"), closed("p1", 1)))
}

// Nobody approves what they proposed: not with a second token, on behalf of whoever proposed it, by a role on another plan, without a person
// who answers for it, over gRPC, over a stream or over REST.
func TestNobodyApprovesWhatTheyProposed(t *testing.T) {
	o := newOffice(t, Config{Credentials: officials(t)})
	o.begin()
	for _, c := range []struct{ token, behalf, why string }{
		{"ann", "", "the proposer, who has no role"},
		{"ann-2", "", "a second token of one person"},
		{"cat", "", "somebody who may speak for the proposer's office"},
		{"cat", "Office", "somebody who does"},
		{"bob", "Ann", "in the name of the proposer's person"},
		{"bob", "Ann of PMO", "in the name of the proposer"},
		{"dan", "", "a role on another plan"},
		{"rep", "", "a reporter"},
		{"feed", "", "a program that nobody answers for"},
	} {
		if err := o.state(c.token, c.behalf, o.approval("p1")); status.Code(err) != codes.PermissionDenied {
			t.Errorf("%s: %v", c.why, err)
		}
		body, _ := json.Marshal(map[string]any{
			"request_id": "rest-" + c.why, "on_behalf_of": c.behalf,
			"commands": []any{map[string]any{"baseline_approved": map[string]any{"proposal": "p1", "sha256": o.proposal("ann", "p1").GetSha256()}}},
		})
		if code, text := ask(t, o.n, "POST", "/v1/plans/hubs:submit", string(body), "Authorization", "Bearer "+c.token); code != http.StatusForbidden {
			t.Errorf("%s, over REST: %d %s", c.why, code, text)
		}
		stream, err := pb.NewCommandServiceClient(o.conn).Push(o.as(c.token))
		o.must(err)
		o.must(stream.Send(&pb.PushRequest{Request: &pb.SubmitRequest{RequestId: "push-" + c.why, Plan: "hubs", OnBehalfOf: c.behalf, Commands: []*pb.Command{o.approval("p1")}}}))
		if answer, err := stream.Recv(); err == nil && codes.Code(answer.GetRefused().GetCode()) != codes.PermissionDenied {
			t.Errorf("%s, over a stream: %v", c.why, answer)
		}
	}
	if err := o.state("feed", "", proposed("p2", "A", "2027-03-31")); status.Code(err) != codes.PermissionDenied {
		t.Errorf("a program that nobody answers for proposes: %v", err)
	}
	if s := o.status("A"); s.GetOriginalBaseline() != "not baselined" || s.GetSlipDays() != 182 || s.GetProposedBaseline() != "2027-03-31" {
		t.Errorf("before it is approved: %v", s)
	}
	o.must(o.state("bob", "", o.approval("p1")))
	s := o.status("A")
	if s.GetOriginalBaseline() != "2027-03-31" || s.GetSlipDays() != 0 || s.GetSlipAgainst() != "original baseline" || s.GetDaysBeforeBaseline() != 182 || s.GetApprovedByProposer() {
		t.Errorf("once it is approved: %v", s)
	}
}

// The original baseline is the same after ten re-baselines, and slip is against it, whatever the current one hides.
func TestTheOriginalStays(t *testing.T) {
	o := newOffice(t, Config{Credentials: officials(t)})
	o.begin()
	o.must(o.state("bob", "", o.approval("p1")))
	day, _ := time.Parse(time.DateOnly, "2027-03-31")
	for n := 1; n <= 10; n++ {
		day = day.AddDate(0, 0, 7)
		iso, id := day.Format(time.DateOnly), fmt.Sprint("again-", n)
		o.must(o.state("ann", "", dated("2026-04-01", "A", iso), proposed(id, "A", iso), closed(id, 1)))
		o.must(o.state("bob", "", o.approval(id)))
	}
	s := o.status("A")
	if s.GetOriginalBaseline() != "2027-03-31" || s.GetCurrentBaseline() != "2027-06-09" || s.GetBaselineNumber() != 11 || s.GetSlipOriginalDays() != 70 ||
		s.GetSlipCurrentDays() != 0 || s.GetSlipDays() != 70 || s.SlipPreviousDays == nil {
		t.Errorf("%v", s)
	}
	if p := o.plan(); p.GetBaselined() != 1 || p.GetRebaselined() != 1 || p.GetRebaselines() != 10 || p.GetDaysGranted() != 252 || p.GetDaysBeforeBaseline() != 182 || p.GetSlipped() != 1 {
		t.Errorf("the plan: %v", p)
	}
	moves, err := pb.NewQueryServiceClient(o.conn).ListSlippage(o.as("ann"), &pb.ListSlippageRequest{Plan: "hubs"})
	o.must(err)
	rows := 0
	for _, m := range moves.GetMoves() {
		if m.GetEvent() == "BaselineApproved" {
			rows++
		}
	}
	if rows != 11 || moves.GetMoves()[len(moves.GetMoves())-1].GetActor() != "Bob" {
		t.Errorf("%d rows of baselines: %v", rows, moves.GetMoves())
	}
}

// A milestone whose date is baselined stays open when it is cancelled, until somebody else approves that.
func TestACancellationIsProposed(t *testing.T) {
	o := newOffice(t, Config{Credentials: officials(t)})
	o.begin()
	o.must(o.state("bob", "", o.approval("p1")))
	o.must(o.state("ann", "", &pb.Command{Command: &pb.Command_MilestoneCancelled{MilestoneCancelled: &pb.MilestoneCancelled{Ref: "A", Reason: "no money"}}}))
	if s := o.status("A"); s.GetState() == "cancelled" || !s.GetCancellationPending() {
		t.Errorf("%v", s)
	}
	answer, err := pb.NewQueryServiceClient(o.conn).ListBaselineProposals(o.as("ann"), &pb.ListBaselineProposalsRequest{Plan: "hubs", State: "pending"})
	o.must(err)
	if len(answer.GetProposals()) != 1 {
		t.Fatalf("%v", answer)
	}
	id := answer.GetProposals()[0].GetProposal()
	if err := o.state("ann-2", "", o.approval(id)); status.Code(err) != codes.PermissionDenied {
		t.Errorf("the same person approves it: %v", err)
	}
	o.must(o.state("bob", "", o.approval(id)))
	if s := o.status("A"); s.GetState() != "cancelled" || s.GetCancellationPending() {
		t.Errorf("%v", s)
	}
}

// Without identities nobody approves; a single user does, and every answer says so.
func TestASingleUserApproves(t *testing.T) {
	o := newOffice(t, Config{})
	local := func(o *office) string { return o.n.LocalToken() }
	o.must(o.state(local(o), "",
		&pb.Command{AsAt: "2026-01-01", Command: &pb.Command_PlanRegistered{PlanRegistered: &pb.PlanRegistered{Name: "Hubs"}}},
		&pb.Command{AsAt: "2026-01-01", Command: &pb.Command_MilestoneAdded{MilestoneAdded: &pb.MilestoneAdded{Ref: "A", Title: "The hub opens"}}},
		dated("2026-01-01", "A", "2026-09-30"), proposed("p1", "A", "2026-09-30"), closed("p1", 1)))
	if err := o.state(local(o), "", o.approvalAs(local(o), "p1")); status.Code(err) != codes.PermissionDenied || !strings.Contains(err.Error(), "serve --single-user") {
		t.Errorf("without identities: %v", err)
	}

	single := newOffice(t, Config{SingleUser: true})
	single.must(single.state(local(single), "",
		&pb.Command{AsAt: "2026-01-01", Command: &pb.Command_PlanRegistered{PlanRegistered: &pb.PlanRegistered{Name: "Hubs"}}},
		&pb.Command{AsAt: "2026-01-01", Command: &pb.Command_MilestoneAdded{MilestoneAdded: &pb.MilestoneAdded{Ref: "A", Title: "The hub opens"}}},
		dated("2026-01-01", "A", "2026-09-30"), proposed("p1", "A", "2026-09-30"), closed("p1", 1)))
	single.must(single.state(local(single), "", single.approvalAs(local(single), "p1")))
	s, err := pb.NewQueryServiceClient(single.conn).GetMilestone(single.as(local(single)), &pb.GetMilestoneRequest{Plan: "hubs", Milestone: "A"})
	single.must(err)
	if !s.GetStatus().GetApprovedByProposer() || s.GetStatus().GetOriginalBaseline() != "2026-09-30" {
		t.Errorf("%v", s.GetStatus())
	}
	listed, err := pb.NewQueryServiceClient(single.conn).ListBaselines(single.as(local(single)), &pb.ListBaselinesRequest{Plan: "hubs"})
	single.must(err)
	moves, err := pb.NewQueryServiceClient(single.conn).ListSlippage(single.as(local(single)), &pb.ListSlippageRequest{Plan: "hubs"})
	single.must(err)
	if !strings.Contains(fmt.Sprint(listed.GetBaselines()), "approved by the proposer") || !strings.Contains(fmt.Sprint(moves.GetMoves()), "approved by the proposer") {
		t.Errorf("%v\n%v", listed, moves)
	}
}

// manyMilestones is what a large plan has.
const manyMilestones = 5000

// large registers a plan of many milestones, each with a date.
func (o *office) large() {
	o.Helper()
	o.must(o.state("ann", "", &pb.Command{AsAt: "2026-01-01", Command: &pb.Command_PlanRegistered{PlanRegistered: &pb.PlanRegistered{Name: "Hubs"}}}))
	o.batches(func(n int) *pb.Command {
		return &pb.Command{AsAt: "2026-01-01", Command: &pb.Command_MilestoneAdded{MilestoneAdded: &pb.MilestoneAdded{Ref: fmt.Sprint("M-", n), Title: fmt.Sprint("Milestone ", n)}}}
	})
	o.batches(func(n int) *pb.Command { return dated("2026-01-01", fmt.Sprint("M-", n), "2027-03-31") })
}

// batches states a command about each of many milestones, 500 in a request.
func (o *office) batches(command func(n int) *pb.Command) {
	o.Helper()
	const atOnce = 500
	for from := 0; from < manyMilestones; from += atOnce {
		var commands []*pb.Command
		for n := range atOnce {
			commands = append(commands, command(from+n))
		}
		o.must(o.state("ann", "", commands...))
	}
}

// baseline proposes the date of each of many milestones, closes the proposal, and has it approved.
func (o *office) baseline(id string) {
	o.Helper()
	o.batches(func(n int) *pb.Command { return proposed(id, fmt.Sprint("M-", n), "2027-03-31") })
	o.must(o.state("ann", "", closed(id, manyMilestones)))
	o.must(o.state("bob", "", o.approval(id)))
}

// A plan of 5,000 milestones is proposed in ten requests, closed and approved within five seconds: in 0.2 on a machine with nothing else to
// do. The bound is wider, so that it holds on one that has.
func TestAPlanOf5000IsBaselined(t *testing.T) {
	o := newOffice(t, Config{Credentials: officials(t)})
	o.large()
	began := time.Now()
	o.baseline("all")
	took := time.Since(began)
	t.Logf("%d milestones were proposed, closed and approved in %s", manyMilestones, took)
	if took > 30*time.Second {
		t.Errorf("it took %s", took)
	}
	if p := o.plan(); p.GetBaselined() != manyMilestones {
		t.Errorf("%d are baselined", p.GetBaselined())
	}
}

func (o *office) plan() *pb.Plan {
	o.Helper()
	answer, err := pb.NewQueryServiceClient(o.conn).GetPlan(o.as("ann"), &pb.GetPlanRequest{Plan: "hubs"})
	o.must(err)
	return answer.GetPlan()
}

// BenchmarkBoardAnswers is what the counts of a plan of 5,000 milestones cost, before and after all of them are baselined.
func BenchmarkBoardAnswers(b *testing.B) {
	o := newOffice(b, Config{Credentials: officials(b)})
	o.large()
	ask := func(b *testing.B) {
		o.plan() // it folds what nobody asked for yet
		for b.Loop() {
			o.plan()
		}
	}
	b.Run("before", ask)
	o.baseline("all")
	b.Run("baselined", ask)
}
