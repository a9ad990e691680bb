package main

import (
	"fmt"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/output"
)

// baselineCommand is what is promised of milestones: proposals, and decisions by somebody else.
type baselineCommand struct {
	Propose  baselineProposeCommand  `cmd:"" help:"Propose a baseline for milestones."`
	Approve  baselineApproveCommand  `cmd:"" help:"Approve a proposal as a whole."`
	Refuse   baselineRefuseCommand   `cmd:"" help:"Refuse a proposal as a whole."`
	Withdraw baselineWithdrawCommand `cmd:"" help:"Withdraw a proposal before it is decided."`
	List     baselineListCommand     `cmd:"" help:"List the proposals of a plan, or the baselines of its milestones."`
}

// decisionFlags name a proposal and say who decided about it.
type decisionFlags struct {
	Plan      string `arg:"" help:"The plan."`
	Proposal  string `arg:"" help:"The proposal."`
	SHA256    string `name:"sha256" placeholder:"HEX" help:"The digest of what you read (milepost baseline list). Else the proposal's, as it is now."`
	DecidedOn day    `placeholder:"DAY" help:"The day on which it was decided (2026-06-30). Else today."`
	Body      string `help:"Who decided: \"Programme board\"."`
	Minute    string `help:"The minute or the paper that says so."`
	Reason    string `help:"Why, in your words. Free text cannot be forgotten: name no people here."`
	RequestID string `placeholder:"ID" help:"The id of the request. Else it follows from what is stated, so that the command may be repeated."`
	Output    string `short:"o" enum:"table,json" default:"table" help:"table or json."`
	speaking
	patience
	serverFlags
}

// decide sends a decision, and says who proposed what it is about.
func (f decisionFlags) decide(inv *invocation, command func(*pb.BaselineDecided) *pb.Command) error {
	server, err := f.dial(inv, f.RetryFor)
	if err != nil {
		return err
	}
	defer server.Close()
	found, err := proposal(inv, server, f.Plan, f.Proposal)
	if err != nil {
		return err
	}
	if f.SHA256 == "" {
		f.SHA256 = found.GetSha256()
	}
	if f.SHA256 == "" {
		return fmt.Errorf("proposal %s is %s: it has no digest yet. Whoever proposed it has to close it first", f.Proposal, found.GetState())
	}
	fact := factFlags{AsAt: f.DecidedOn, RequestID: f.RequestID, Output: f.Output, speaking: f.speaking}
	if err := fact.send(inv, server, f.Plan, found.GetPosition(), command(&pb.BaselineDecided{
		Proposal: f.Proposal, Sha256: f.SHA256, Body: f.Body, Minute: f.Minute, Reason: f.Reason,
	})); err != nil {
		return err
	}
	return f.mark(inv, server)
}

// mark says what has to be said beside the decision.
func (f decisionFlags) mark(inv *invocation, server *client.Client) error {
	found, err := proposal(inv, server, f.Plan, f.Proposal)
	if err != nil {
		return err
	}
	for _, mark := range found.GetMarks() {
		complain(inv.stderr, mark)
	}
	return nil
}

// proposal finds a proposal of a plan.
func proposal(inv *invocation, server *client.Client, plan, id string) (*pb.BaselineProposal, error) {
	answer := client.List(inv.ctx, server, pb.QueryServiceClient.ListBaselineProposals, &pb.ListBaselineProposalsRequest{
		Plan: plan, PageSize: largePage,
	}, (*pb.ListBaselineProposalsResponse).GetProposals)
	for p, err := range answer.Items {
		if err != nil {
			return nil, err
		}
		if p.GetProposal() == id {
			return p, nil
		}
	}
	return nil, fmt.Errorf("plan %s has no proposal %q: milepost baseline list --plan %s has those that there are", plan, id, plan)
}

type baselineApproveCommand struct{ decisionFlags }

// Help is shown by kong.
func (baselineApproveCommand) Help() string {
	return `Every item of the proposal becomes the current baseline of its milestone; where it had none, also the original, for ever.

    milepost baseline approve hub board-2026-06 --body "Programme board" --minute "PB-2026-06, item 4"

It takes the role approver, and another person than the proposer: the credentials file names the person who answers for each
entry. Without credentials nobody can approve, unless the server was started with milepost serve --single-user; then every
answer says "approved by the proposer". Approving twice changes nothing. Where another baseline is in force than the one that
would be replaced, it is refused with both numbers.
` + factHelp
}

// Run approves the proposal.
func (c *baselineApproveCommand) Run(inv *invocation) error {
	return c.decide(inv, func(d *pb.BaselineDecided) *pb.Command {
		return &pb.Command{Command: &pb.Command_BaselineApproved{BaselineApproved: d}}
	})
}

type baselineRefuseCommand struct{ decisionFlags }

// Help is shown by kong.
func (baselineRefuseCommand) Help() string {
	return `The proposal comes to nothing, and no answer changes. It takes the role approver, and another person than the proposer.

    milepost baseline refuse hub board-2026-06 --body "Programme board" --reason "The costs are missing"
` + factHelp
}

// Run refuses the proposal.
func (c *baselineRefuseCommand) Run(inv *invocation) error {
	return c.decide(inv, func(d *pb.BaselineDecided) *pb.Command {
		return &pb.Command{Command: &pb.Command_BaselineRefused{BaselineRefused: d}}
	})
}

type baselineWithdrawCommand struct {
	Plan      string `arg:"" help:"The plan."`
	Proposal  string `arg:"" help:"The proposal."`
	Reason    string `required:"" help:"Why, in your words. Free text cannot be forgotten: name no people here."`
	RequestID string `placeholder:"ID" help:"The id of the request. Else it follows from what is stated, so that the command may be repeated."`
	Output    string `short:"o" enum:"table,json" default:"table" help:"table or json."`
	speaking
	patience
	serverFlags
}

// Help is shown by kong.
func (baselineWithdrawCommand) Help() string {
	return `Whoever proposed it may take it back until it is decided.

    milepost baseline withdraw hub board-2026-06 --reason "A milestone is missing"
` + factHelp
}

// Run withdraws the proposal.
func (c *baselineWithdrawCommand) Run(inv *invocation) error {
	fact := factFlags{RequestID: c.RequestID, Output: c.Output, speaking: c.speaking, patience: c.patience, serverFlags: c.serverFlags}
	return fact.stateOfPlan(inv, c.Plan, &pb.Command{Command: &pb.Command_BaselineProposalWithdrawn{
		BaselineProposalWithdrawn: &pb.BaselineProposalWithdrawn{Proposal: c.Proposal, Reason: c.Reason},
	}})
}

type baselineListCommand struct {
	Plan      string `required:"" placeholder:"ID" help:"The plan."`
	State     string `help:"Only proposals in this state: open, pending, approved, refused or withdrawn."`
	Items     bool   `help:"What is proposed and approved, milestone by milestone, in place of the proposals."`
	Proposal  string `placeholder:"ID" help:"Only the items of this proposal."`
	Milestone string `placeholder:"REF" help:"Only the items about this milestone, by reference or by its own id."`
	readFlags
}

// Help is shown by kong.
func (baselineListCommand) Help() string {
	return `The proposals of a plan, and what became of them. MOST DAYS is the most that an item is later than the original baseline or,
where there is none, than the first forecast. A proposal changes no answer until it is approved.

    milepost baseline list --plan hub --state pending
    milepost baseline list --plan hub --proposal board-2026-06
    milepost baseline list --plan hub --milestone HUB-1

JSON and CSV have: proposal, state, items, most_days, closed_on, age_days (days that it waits for a decision), tier (the lowest that
may approve it), proposer, on_behalf_of, decided_on, decided_by, body, minute, reason, marks (approved by the proposer, decided before
it was proposed here, recorded late), sha256 and position. With --items, --proposal or --milestone: ref, dimension, value, days, against,
state, number (0 where it was not approved), replaces, proposal, decided_on, reason, reason_kind, marks, due, milestone and position.
` + readingHelp
}

var proposalColumns = []output.Column[*pb.BaselineProposal]{
	{Name: "proposal", Value: func(p *pb.BaselineProposal) any { return p.GetProposal() }, Heading: "PROPOSAL"},
	{Name: "state", Value: func(p *pb.BaselineProposal) any { return p.GetState() }, Heading: "STATE"},
	{Name: "items", Value: func(p *pb.BaselineProposal) any { return p.GetItems() }, Heading: "ITEMS", Right: true},
	{Name: "most_days", Value: func(p *pb.BaselineProposal) any { return p.GetMostDays() }, Heading: "MOST DAYS", Right: true},
	{Name: "closed_on", Value: func(p *pb.BaselineProposal) any { return output.Text(p.GetClosedOn()) }, Heading: "CLOSED"},
	{Name: "age_days", Value: func(p *pb.BaselineProposal) any { return p.GetAgeDays() }, Heading: "WAITS", Right: true},
	{Name: "tier", Value: func(p *pb.BaselineProposal) any { return output.Text(p.GetTier()) }, Heading: "TIER", Seldom: true},
	{Name: "proposer", Value: func(p *pb.BaselineProposal) any { return p.GetProposer() }, Heading: "PROPOSED BY", Gives: true},
	{Name: "on_behalf_of", Value: func(p *pb.BaselineProposal) any { return output.Text(p.GetOnBehalfOf()) }},
	{Name: "decided_on", Value: func(p *pb.BaselineProposal) any { return output.Text(p.GetDecidedOn()) }, Heading: "DECIDED"},
	{Name: "decided_by", Value: func(p *pb.BaselineProposal) any { return output.Text(p.GetDecidedBy()) }, Heading: "BY", Gives: true},
	{Name: "body", Value: func(p *pb.BaselineProposal) any { return output.Text(p.GetBody()) }, Heading: "BODY", Gives: true, Seldom: true},
	{Name: "minute", Value: func(p *pb.BaselineProposal) any { return output.Text(p.GetMinute()) }},
	{Name: "reason", Value: func(p *pb.BaselineProposal) any { return output.Text(p.GetReason()) }, Heading: "REASON", Gives: true, Seldom: true},
	{Name: "marks", Value: func(p *pb.BaselineProposal) any { return append([]string{}, p.GetMarks()...) }, Heading: "NOTED", Gives: true, Seldom: true},
	{Name: "sha256", Value: func(p *pb.BaselineProposal) any { return output.Text(p.GetSha256()) }},
	{Name: "position", Value: func(p *pb.BaselineProposal) any { return p.GetPosition() }},
}

var baselineColumns = []output.Column[*pb.Baseline]{
	{Name: "ref", Value: func(b *pb.Baseline) any { return b.GetRef() }, Heading: "REF"},
	{Name: "dimension", Value: func(b *pb.Baseline) any { return b.GetDimension() }, Heading: "DIMENSION"},
	{Name: "value", Value: func(b *pb.Baseline) any { return b.GetValue() }, Heading: "VALUE", Gives: true},
	{Name: "days", Value: func(b *pb.Baseline) any { return ifSaid(b.Days) }, Heading: "DAYS", Right: true, Show: func(b *pb.Baseline) string { return ifDays(b.Days) }},
	{Name: "against", Value: func(b *pb.Baseline) any { return output.Text(b.GetAgainst()) }, Heading: "AGAINST"},
	{Name: "state", Value: func(b *pb.Baseline) any { return b.GetState() }, Heading: "STATE"},
	{Name: "number", Value: func(b *pb.Baseline) any { return b.GetNumber() }, Heading: "NUMBER", Right: true},
	{Name: "replaces", Value: func(b *pb.Baseline) any { return b.GetReplaces() }},
	{Name: "proposal", Value: func(b *pb.Baseline) any { return b.GetProposal() }, Heading: "PROPOSAL"},
	{Name: "decided_on", Value: func(b *pb.Baseline) any { return output.Text(b.GetDecidedOn()) }, Heading: "DECIDED"},
	{Name: "reason", Value: func(b *pb.Baseline) any { return output.Text(b.GetReason()) }, Heading: "REASON", Gives: true},
	{Name: "reason_kind", Value: func(b *pb.Baseline) any { return output.Text(b.GetReasonKind()) }},
	{Name: "marks", Value: func(b *pb.Baseline) any { return append([]string{}, b.GetMarks()...) }, Heading: "NOTED", Gives: true, Seldom: true},
	{Name: "due", Value: func(b *pb.Baseline) any { return output.Text(b.GetDue()) }},
	{Name: "milestone", Value: func(b *pb.Baseline) any { return b.GetMilestone() }},
	{Name: "position", Value: func(b *pb.Baseline) any { return b.GetPosition() }},
}

// Run lists the proposals or their items.
func (c *baselineListCommand) Run(inv *invocation) error {
	if c.Items || c.Proposal != "" || c.Milestone != "" {
		if strings.TrimSpace(c.State) != "" {
			return &usageError{"--state is for proposals: leave it out with --items, --proposal or --milestone"}
		}
		return ask(inv, c.readFlags, baselineColumns, pb.QueryServiceClient.ListBaselines, (*pb.ListBaselinesResponse).GetBaselines, &pb.ListBaselinesRequest{
			Plan: c.Plan, Milestone: c.Milestone, Proposal: c.Proposal, ReadAt: c.readAt(), PageSize: largePage,
		})
	}
	return ask(inv, c.readFlags, proposalColumns, pb.QueryServiceClient.ListBaselineProposals, (*pb.ListBaselineProposalsResponse).GetProposals, &pb.ListBaselineProposalsRequest{
		Plan: c.Plan, State: c.State, ReadAt: c.readAt(), PageSize: largePage,
	})
}
