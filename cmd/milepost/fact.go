package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"text/tabwriter"

	"google.golang.org/protobuf/proto"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/output"
)

// factFlags are those of a command that states one fact.
type factFlags struct {
	AsAt      day    `placeholder:"DAY" group:"time" help:"The day that it is true from (2017-03-31). Else today."`
	RequestID string `placeholder:"ID" help:"The id of the request. Else it follows from what is stated and from the revision, so that the command may be repeated."`
	Output    string `short:"o" enum:"table,json" default:"table" help:"table or json."`
	speaking
	patience
	serverFlags
}

// factHelp ends the help of every command that states one fact.
const factHelp = `
With -o json: {"plan", "ref", "request_id", "revision", "events": [{"event", "ref", "position", "event_id"}], "position",
"replayed"}, and "notices" where there are any. No events: it says nothing new. Ref and revision are null for a fact that is not about a milestone.

EXIT STATUS

    0  it is in the ledger, or was there before
    1  the server refused it, or failed
    2  wrong usage
    4  the server does not answer: run the same command again`

// milestoneFlags name the milestone that a fact is about.
type milestoneFlags struct {
	Plan             string `arg:"" help:"The plan."`
	Ref              string `arg:"" help:"The milestone, by reference."`
	ExpectedRevision uint64 `placeholder:"N" help:"Refuse unless the milestone has this revision, as milepost show prints it: nobody has stated anything since you looked."`
	factFlags
}

// state sends a fact about the milestone and prints what it came to.
func (f milestoneFlags) state(inv *invocation, command *pb.Command) error {
	server, err := f.dial(inv, f.RetryFor)
	if err != nil {
		return err
	}
	defer server.Close()
	known, err := server.Milestone(inv.ctx, &pb.GetMilestoneRequest{Plan: f.Plan, Milestone: f.Ref})
	if err != nil {
		return err
	}
	if f.ExpectedRevision != 0 {
		command.ExpectedRevision = &f.ExpectedRevision
	}
	return f.send(inv, server, f.Plan, known.GetStatus().GetRevision(), command)
}

// submitter is what a fact is sent to.
type submitter interface {
	Submit(ctx context.Context, request *pb.SubmitRequest) (*pb.SubmitResponse, error)
}

// send sends a fact, as known at a revision of what it is about, and prints what it came to.
func (f factFlags) send(inv *invocation, server submitter, plan string, revision uint64, command *pb.Command) error {
	command.AsAt = string(f.AsAt)
	request := &pb.SubmitRequest{
		RequestId: cmp.Or(f.RequestID, factID(f.forParty(plan), revision, command)), Plan: plan, OnBehalfOf: f.OnBehalfOf, Commands: []*pb.Command{command},
	}
	response, err := server.Submit(inv.ctx, request)
	if err != nil {
		return broken(err)
	}
	return f.stated(inv, plan, response)
}

// factID is the same for the same fact at the same revision: repeated it changes nothing, and stated again after something
// else it is another request.
func factID(plan string, revision uint64, command *pb.Command) string {
	text, _ := proto.MarshalOptions{Deterministic: true}.Marshal(command) // of arguments, which are text: nothing in it can fail
	sum := sha256.New()
	fmt.Fprintf(sum, "%d\x00%s\x00%s\x00%d", len(text), text, plan, revision)
	return "fact-1-" + hex.EncodeToString(sum.Sum(nil))
}

// stated prints what a fact came to.
func (f factFlags) stated(inv *invocation, plan string, response *pb.SubmitResponse) error {
	receipt := response.GetReceipt()
	for _, n := range response.GetNotices() {
		complain(inv.stderr, n.GetMessage())
	}
	if f.Output == "json" {
		return output.NewEncoder(inv.stdout).Encode(factOf(plan, response))
	}
	if len(receipt.GetEvents()) == 0 {
		complain(inv.stderr, "this says nothing new, and changed nothing")
	}
	out := tabwriter.NewWriter(inv.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(out, "plan\t%s\n", output.Printable(plan))
	for _, e := range receipt.GetEvents() {
		fmt.Fprintf(out, "%s\t%s\n", e.GetType(), output.Printable(e.GetRef()))
	}
	if n := len(receipt.GetEvents()); n > 0 && receipt.GetEvents()[n-1].GetRevision() > 0 {
		fmt.Fprintf(out, "revision\t%d\n", receipt.GetEvents()[n-1].GetRevision())
	}
	fmt.Fprintf(out, "position\t%d\n", receipt.GetPosition())
	return out.Flush()
}

// fact is what a fact came to, as JSON.
type fact struct {
	Plan      string      `json:"plan"`
	Ref       *string     `json:"ref"`
	RequestID string      `json:"request_id"`
	Revision  *uint64     `json:"revision"`
	Events    []factEvent `json:"events"`
	Position  uint64      `json:"position"`
	Replayed  bool        `json:"replayed"`
	Notices   []notice    `json:"notices,omitempty"`
}

type factEvent struct {
	Event    string `json:"event"`
	Ref      string `json:"ref"`
	Position uint64 `json:"position"`
	EventID  string `json:"event_id"`
}

func factOf(plan string, response *pb.SubmitResponse) fact {
	receipt := response.GetReceipt()
	told := fact{
		Plan: plan, RequestID: receipt.GetRequestId(), Events: []factEvent{}, Position: receipt.GetPosition(), Replayed: response.GetReplayed(),
		Notices: noticesOf(response),
	}
	for _, e := range receipt.GetEvents() {
		told.Events = append(told.Events, factEvent{e.GetType(), e.GetRef(), e.GetPosition(), e.GetEventId()})
		if ref, revision := e.GetRef(), e.GetRevision(); ref != "" {
			told.Ref, told.Revision = &ref, &revision
		}
	}
	return told
}
