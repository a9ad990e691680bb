package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"google.golang.org/protobuf/proto"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/output"
)

// planFactFlags are those of a command that states one fact about a plan or several of its milestones.
type planFactFlags struct {
	AsAt      day    `placeholder:"DAY" group:"time" help:"The day that it is true from (2017-03-31). Else today."`
	RequestID string `placeholder:"ID" help:"The id of the request. Else it follows from what is stated, so that the command may be repeated."`
	Output    string `short:"o" enum:"table,json" default:"table" help:"table or json."`
	patience
	serverFlags
}

// planFactHelp ends the help of those commands.
const planFactHelp = `
With -o json: {"plan", "request_id", "events": [{"event", "ref", "position"}], "position", "replayed"}. No events: it says
nothing new.

EXIT STATUS

    0  it is in the ledger, or was there before
    1  the server refused it, or failed
    2  wrong usage
    4  the server does not answer: run the same command again`

// send states the fact and prints what it came to.
func (f planFactFlags) send(inv *invocation, plan string, command *pb.Command) error {
	server, err := f.dial(inv, f.RetryFor)
	if err != nil {
		return err
	}
	defer server.Close()
	command.AsAt = string(f.AsAt)
	text, _ := proto.MarshalOptions{Deterministic: true}.Marshal(command) // of arguments, which are text: nothing in it can fail
	sum := sha256.Sum256(fmt.Appendf(text, "\x00%s", plan))
	response, err := server.Submit(inv.ctx, &pb.SubmitRequest{
		RequestId: cmp.Or(f.RequestID, "plan-fact-1-"+hex.EncodeToString(sum[:])), Plan: plan, Commands: []*pb.Command{command},
	})
	if err != nil {
		return broken(err)
	}
	return f.stated(inv, plan, response)
}

func (f planFactFlags) stated(inv *invocation, plan string, response *pb.SubmitResponse) error {
	receipt := response.GetReceipt()
	if f.Output == "json" {
		type event struct {
			Event    string `json:"event"`
			Ref      string `json:"ref"`
			Position uint64 `json:"position"`
		}
		events := []event{}
		for _, e := range receipt.GetEvents() {
			events = append(events, event{e.GetType(), e.GetRef(), e.GetPosition()})
		}
		return json.NewEncoder(inv.stdout).Encode(map[string]any{
			"plan": plan, "request_id": receipt.GetRequestId(), "events": events, "position": receipt.GetPosition(), "replayed": response.GetReplayed(),
		})
	}
	if len(receipt.GetEvents()) == 0 {
		complain(inv.stderr, "this says nothing new, and changed nothing")
	}
	out := tabwriter.NewWriter(inv.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(out, "plan\t%s\n", output.Printable(plan))
	for _, e := range receipt.GetEvents() {
		fmt.Fprintf(out, "%s\t%s\n", e.GetType(), output.Printable(e.GetRef()))
	}
	fmt.Fprintf(out, "position\t%d\n", receipt.GetPosition())
	return out.Flush()
}

type replaceCommand struct {
	Plan   string   `arg:"" help:"The plan."`
	Old    []string `arg:"" help:"The milestones whose place is taken, by reference."`
	By     []string `required:"" sep:"none" placeholder:"REF" help:"A milestone that takes their place; may be given several times."`
	Reason string   `help:"Why, in your words. Free text cannot be forgotten: name no people here."`
	planFactFlags
}

// Help is shown by kong.
func (replaceCommand) Help() string {
	return `Milestones take the place of others from that day on: one that was cancelled and added again under another
reference, several that became one, one that became several. The new ones are measured against the earliest first forecast
of all of them, begin with the last due day of the old ones, and owe what those owed. The old ones stay listed as
replaced, and are in no other count. It makes no figure better, so whoever reports on the plan may state it.

    milepost replace gp-access HUB-1 --by HUB-7 --reason "Added again after the redesign" --as-at 2017-06-30
    milepost replace gp-access HUB-1 HUB-2 --by HUB-9
    milepost replace gp-access HUB-1 --by HUB-1a --by HUB-1b

Stated the other way round too, it is undone: of milestones that take each other's place, none is replaced.
` + planFactHelp
}

// Run states the replacement.
func (c *replaceCommand) Run(inv *invocation) error {
	return c.send(inv, c.Plan, &pb.Command{Command: &pb.Command_MilestoneReplaced{
		MilestoneReplaced: &pb.MilestoneReplaced{Old: c.Old, New: c.By, Reason: c.Reason},
	}})
}

// historyCommand is what approvers decide about the past.
type historyCommand struct {
	Accept historyAcceptCommand `cmd:"" help:"Accept what was told late about the past, by position."`
}

type historyAcceptCommand struct {
	Plan   string `required:"" placeholder:"ID" help:"The plan."`
	From   uint64 `required:"" placeholder:"POSITION" help:"The first position."`
	To     uint64 `required:"" placeholder:"POSITION" help:"The last position."`
	Reason string `required:"" help:"Why, in your words. Free text cannot be forgotten: name no people here."`
	planFactFlags
}

// Help is shown by kong.
func (historyAcceptCommand) Help() string {
	return `A date that is told late, about a day before the first forecast, and later than that, does not make a milestone's slip
smaller: it is shown beside, as a restated start. Nor does an actual that is earlier than one told before. An approver who did not
tell them may accept them, by the positions that milepost audit shows; from then on they count.

    milepost history accept --plan gp-access --from 1041 --to 1050 --reason "The board's paper of 2016 has these dates"

It takes the role approver, and is refused if one of the statements is your own, or of the party that you speak for.
` + planFactHelp
}

// Run accepts the history.
func (c *historyAcceptCommand) Run(inv *invocation) error {
	return c.send(inv, c.Plan, &pb.Command{Command: &pb.Command_HistoryAccepted{
		HistoryAccepted: &pb.HistoryAccepted{FromPosition: c.From, ToPosition: c.To, Reason: c.Reason},
	}})
}
