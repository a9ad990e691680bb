package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"text/tabwriter"

	"github.com/alecthomas/kong"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/output"
)

// candidatesCommand is what documents say beside their tables, and what people make of it.
type candidatesCommand struct {
	List   candidatesListCommand   `cmd:"" default:"withargs" help:"List the sentences that may be milestones."`
	Accept candidatesAcceptCommand `cmd:"" help:"Add it as a milestone, with its date and the place where it stands."`
	Drop   candidatesDropCommand   `cmd:"" help:"Set it aside: it is not a milestone."`

	Plan   string `required:"" placeholder:"ID" help:"The plan."`
	Reason string `help:"Of an answer: why, in your words."`
	patience
	readFlags
}

// AfterApply is called by kong: the answers need the flags that stand before them.
func (c *candidatesCommand) AfterApply(k *kong.Context) error {
	k.Bind(c)
	return nil
}

// Help is shown by kong.
func (candidatesCommand) Help() string {
	return `A sentence of a document that names a date may be a commitment, and no rule can tell for sure: import offers it as a
candidate. A candidate is no milestone and is in no count until somebody accepts it.

    milepost candidates --plan gp-access
    milepost candidates --plan gp-access accept C3f09a1
    milepost candidates --plan gp-access accept C3f09a1 --ref HUB-7 --title "Hub open" --date 2018-06
    milepost candidates --plan gp-access drop C77d0e2 --reason "it tells of the past"

To accept it adds the milestone, states its date and names the cell that it was read from, in one request. The next version of the
document finds the milestone by its words. It takes the roles reviewer and reporter, and to drop one takes reviewer. Nobody settles a
candidate that they offered themselves, or that a party offered for which they may speak.

JSON and CSV of list have: candidate, title, delivery_date, read_as, workstream, says, document, sheet, row, column, text, state, offered,
settled, ref, why. An answer is {"candidate", "events": [{"event", "ref", "position"}], "position"}; no events where it says nothing
new.
` + readingHelp
}

type candidatesListCommand struct {
	All bool `help:"List those that are settled too, and what became of them."`
}

var candidateColumns = []output.Column[*pb.Candidate]{
	{Name: "candidate", Value: func(c *pb.Candidate) any { return c.GetCandidate() }, Heading: "CANDIDATE"},
	{Name: "title", Value: func(c *pb.Candidate) any { return c.GetTitle() }, Heading: "WORDS", Gives: true},
	{Name: "delivery_date", Value: func(c *pb.Candidate) any { return output.Text(c.GetDeliveryDate()) }},
	{Name: "read_as", Value: func(c *pb.Candidate) any { return output.Text(c.GetReadAs()) }, Heading: "READ AS"},
	{Name: "workstream", Value: func(c *pb.Candidate) any { return output.Text(c.GetWorkstream()) }},
	{Name: "says", Value: func(c *pb.Candidate) any { return output.Text(c.GetSays()) }},
	{Name: "document", Value: func(c *pb.Candidate) any { return output.Text(c.GetDocument()) }, Heading: "DOCUMENT", Gives: true},
	{Name: "sheet", Value: func(c *pb.Candidate) any { return output.Text(c.GetSheet()) }},
	{Name: "row", Value: func(c *pb.Candidate) any { return c.GetRow() }, Heading: "ROW"},
	{Name: "column", Value: func(c *pb.Candidate) any { return c.GetColumn() }},
	{Name: "text", Value: func(c *pb.Candidate) any { return output.Text(c.GetText()) }},
	{Name: "state", Value: func(c *pb.Candidate) any { return c.GetState() }, Heading: "STATE"},
	{Name: "offered", Value: func(c *pb.Candidate) any { return c.GetOffered() }, Heading: "AS AT"},
	{Name: "settled", Value: func(c *pb.Candidate) any { return output.Text(c.GetSettled()) }},
	{Name: "ref", Value: func(c *pb.Candidate) any { return output.Text(c.GetRef()) }},
	{Name: "why", Value: func(c *pb.Candidate) any { return output.Text(c.GetWhy()) }},
}

// Run lists the candidates.
func (c *candidatesListCommand) Run(inv *invocation, all *candidatesCommand) error {
	columns := slices.Clone(candidateColumns)
	for i, column := range columns {
		switch { // of the table, in which what is open has no state to tell
		case column.Name == "state" && !c.All:
			columns[i].Heading = ""
		case column.Name == "ref" && c.All:
			columns[i].Heading = "MILESTONE"
		}
	}
	return ask(inv, all.readFlags, columns, pb.QueryServiceClient.ListCandidates, (*pb.ListCandidatesResponse).GetCandidates, &pb.ListCandidatesRequest{
		Plan: all.Plan, All: c.All, ReadAt: all.readAt(), PageSize: largePage,
	})
}

type candidatesAcceptCommand struct {
	Candidate string `arg:"" help:"The candidate, as list has it."`
	Ref       string `help:"The reference of the milestone. Else the candidate's own name."`
	Title     string `help:"Its words. Else the sentence."`
	Date      string `help:"Its delivery date. Else the one that the sentence names."`
}

// Run accepts a candidate.
func (c *candidatesAcceptCommand) Run(inv *invocation, all *candidatesCommand) error {
	return all.settle(inv, c.Candidate, func(is *pb.Candidate) []*pb.Command {
		ref := cmp.Or(c.Ref, is.GetCandidate())
		commands := []*pb.Command{{Command: &pb.Command_MilestoneAdded{MilestoneAdded: &pb.MilestoneAdded{
			Ref: ref, Title: cmp.Or(c.Title, is.GetTitle()), Workstream: is.GetWorkstream(),
		}}}}
		if is.GetDigest() != "" {
			commands = append(commands, &pb.Command{Command: &pb.Command_MilestoneSourced{MilestoneSourced: &pb.MilestoneSourced{
				Ref: ref, Digest: is.GetDigest(), Document: is.GetDocument(), Sheet: is.GetSheet(),
				Cells: []*pb.SourceCell{{Field: "title", Row: is.GetRow(), Column: is.GetColumn(), Text: is.GetText()}},
			}}})
		}
		if date := cmp.Or(c.Date, is.GetDeliveryDate()); date != "" {
			commands = append(commands, &pb.Command{Command: &pb.Command_DeliveryDateStated{DeliveryDateStated: &pb.DeliveryDateStated{
				Ref: ref, DeliveryDate: date, Reason: all.Reason,
			}}})
		}
		return append(commands, settled(is, pb.CandidateOutcome_CANDIDATE_OUTCOME_ACCEPTED, ref, all.Reason))
	})
}

type candidatesDropCommand struct {
	Candidate string `arg:"" help:"The candidate, as list has it."`
}

// Run drops a candidate.
func (c *candidatesDropCommand) Run(inv *invocation, all *candidatesCommand) error {
	return all.settle(inv, c.Candidate, func(is *pb.Candidate) []*pb.Command {
		return []*pb.Command{settled(is, pb.CandidateOutcome_CANDIDATE_OUTCOME_DROPPED, "", all.Reason)}
	})
}

func settled(c *pb.Candidate, outcome pb.CandidateOutcome, ref, reason string) *pb.Command {
	return &pb.Command{Command: &pb.Command_CandidateSettled{CandidateSettled: &pb.CandidateSettled{
		Candidate: c.GetCandidate(), Outcome: outcome, Ref: ref, Reason: reason,
	}}}
}

// settle finds a candidate, states what was made of it, and prints what that came to.
func (c *candidatesCommand) settle(inv *invocation, name string, made func(*pb.Candidate) []*pb.Command) error {
	server, err := c.dial(inv, c.RetryFor)
	if err != nil {
		return err
	}
	defer server.Close()
	answer := server.Candidates(inv.ctx, &pb.ListCandidatesRequest{Plan: c.Plan, All: true, ReadAt: c.readAt(), PageSize: largePage})
	var is *pb.Candidate
	for i, err := range answer.Items {
		if err != nil {
			return err
		}
		if i.GetCandidate() == name {
			is = i
		}
	}
	if is == nil {
		return fmt.Errorf("the plan has no candidate %q: `milepost candidates --plan %s --all` lists those that it has", name, c.Plan)
	}
	if is.GetState() != "open" {
		return fmt.Errorf("the candidate %s was %s on %s", name, is.GetState(), is.GetSettled())
	}
	commands := made(is)
	for _, command := range commands {
		command.AsAt = cmp.Or(string(c.AsAt), is.GetOffered())
	}
	response, err := server.Submit(inv.ctx, &pb.SubmitRequest{
		RequestId: settlingID(c.Plan, answer.SpokenFor.GetPosition(), commands...), Plan: c.Plan, Commands: commands,
	})
	if err != nil {
		return broken(err)
	}
	return c.answered(inv, is, response.GetReceipt())
}

func (c *candidatesCommand) answered(inv *invocation, is *pb.Candidate, receipt *pb.Receipt) error {
	if c.Output != output.Table {
		type event struct {
			Event    string `json:"event"`
			Ref      string `json:"ref"`
			Position uint64 `json:"position"`
		}
		events := []event{}
		for _, e := range receipt.GetEvents() {
			events = append(events, event{e.GetType(), e.GetRef(), e.GetPosition()})
		}
		return json.NewEncoder(inv.stdout).Encode(map[string]any{"candidate": is.GetCandidate(), "events": events, "position": receipt.GetPosition()})
	}
	out := tabwriter.NewWriter(inv.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(out, "candidate\t%s\n", output.Printable(is.GetCandidate()))
	for _, e := range receipt.GetEvents() {
		fmt.Fprintf(out, "%s\t%s\n", e.GetType(), output.Printable(e.GetRef()))
	}
	fmt.Fprintf(out, "position\t%d\n", receipt.GetPosition())
	return out.Flush()
}
