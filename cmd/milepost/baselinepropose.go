package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
)

// proposedAtOnce is how many items are sent in one request.
const proposedAtOnce = 500

type baselineProposeCommand struct {
	Plan     string   `arg:"" help:"The plan."`
	Refs     []string `arg:"" optional:"" name:"ref" help:"Milestones, by reference."`
	Proposal string   `required:"" placeholder:"ID" help:"The id of the proposal: one that you choose, such as board-2026-06."`
	All      bool     `help:"Every milestone that is open and has a date, with the date that it has now."`

	From string `placeholder:"LABEL" help:"Every milestone that is open and for which a document states such a date, with that date: the heading of its column, such as \"Baseline Finish\"."`

	Date        string `placeholder:"DATE" group:"value" help:"The due day that is promised, in words or as an ISO day. Else the date in force."`
	Cost        string `placeholder:"AMOUNT" group:"value" help:"What it costs: 132000.00."`
	Currency    string `default:"GBP" group:"value" help:"Of --cost (default GBP)."`
	Years       string `group:"value" help:"Of --cost: the years that it is for."`
	Title       string `group:"value" help:"The words that are promised."`
	Deliverable string `group:"value" help:"With --title: what is delivered."`
	Measure     string `group:"value" help:"What it is good for: a measure, by reference."`
	Value       string `group:"value" help:"Of --measure: the value that is promised."`
	By          day    `placeholder:"DAY" group:"value" help:"Of --measure: the day by which it is reached."`
	Cancelled   bool   `group:"value" help:"That it is not to be."`

	Kind     string `enum:",scope,funding,external,estimate,error" default:"" help:"What kind of reason there is: scope, funding, external, estimate or error. A first baseline needs none."`
	Reason   string `help:"Why, in your words. A first baseline needs none. Free text cannot be forgotten: name no people here."`
	KeepOpen bool   `help:"Leave the proposal open: more items follow. It can be decided once it is closed."`
	Output   string `short:"o" enum:"table,json" default:"table" help:"table or json."`
	speaking
	patience
	serverFlags
}

// Help is shown by kong.
func (baselineProposeCommand) Help() string {
	return `Proposes new values for milestones, and closes the proposal, so that somebody else can approve it. Nothing changes until then.

    milepost baseline propose hub --proposal board-2026-06 --all
    milepost baseline propose hub HUB-1 --proposal change-7 --date 2027-03-31 --kind external --reason "The supplier failed"
    milepost baseline propose hub HUB-1 --proposal change-8 --cost 150000 --years 2026/27 --keep-open
    milepost baseline propose hub --proposal change-8

With --all, what is open and has a date is found now, and not when it is decided; a milestone whose baseline is that date already is
left out. With --from a document's own baseline column is proposed: import keeps it as a date that moves nothing, and it is no baseline
until somebody else has approved it.

    milepost baseline propose hub --proposal plan-2026 --from "Baseline Finish"

Without references, --all and --from nothing is added: the proposal is closed. Repeating the command adds nothing.
` + factHelp
}

// Run proposes, and closes the proposal.
func (c *baselineProposeCommand) Run(inv *invocation) error {
	server, err := c.dial(inv, c.RetryFor)
	if err != nil {
		return err
	}
	defer server.Close()
	items, err := c.items(inv, server)
	if err != nil {
		return err
	}
	fact := factFlags{Output: c.Output, speaking: c.speaking}
	for batch := range slices.Chunk(items, proposedAtOnce) {
		id := c.forParty(c.Plan)
		for _, command := range batch { // the same for the same items: repeated it adds nothing
			id = factID(id, 0, command)
		}
		response, err := server.Submit(inv.ctx, &pb.SubmitRequest{RequestId: id, Plan: c.Plan, OnBehalfOf: c.OnBehalfOf, Commands: batch})
		if err != nil {
			return broken(err)
		}
		if c.KeepOpen {
			if err := fact.stated(inv, c.Plan, response); err != nil {
				return err
			}
		}
	}
	if c.KeepOpen {
		return nil
	}
	found, err := proposal(inv, server, c.Plan, c.Proposal)
	if err != nil {
		return err
	}
	closing := &pb.Command{Command: &pb.Command_BaselineProposalClosed{
		BaselineProposalClosed: &pb.BaselineProposalClosed{Proposal: c.Proposal, Count: uint32(found.GetItems())},
	}}
	if err := fact.send(inv, server, c.Plan, found.GetPosition(), closing); err != nil {
		return err
	}
	if found, err = proposal(inv, server, c.Plan, c.Proposal); err == nil {
		complain(inv.stderr, fmt.Sprintf("proposal %s has %d items and waits for a decision; its digest is %s", c.Proposal, found.GetItems(), found.GetSha256()))
	}
	return err
}

// items are the commands that propose.
func (c *baselineProposeCommand) items(inv *invocation, server *client.Client) (items []*pb.Command, err error) {
	switch {
	case c.All && len(c.Refs) > 0:
		return nil, &usageError{"--all proposes every milestone that is open and has a date: leave the references out"}
	case c.All && c.valued():
		return nil, &usageError{"--all proposes the date that each milestone has: leave the value out"}
	case c.From != "" && (c.All || len(c.Refs) > 0 || c.valued()):
		return nil, &usageError{"--from proposes the dates that a document states: leave --all, the references and the value out"}
	case c.All, c.From != "":
		return c.all(inv, server)
	}
	for _, ref := range c.Refs {
		proposed, err := c.valuesOf(inv, server, ref)
		if err != nil {
			return nil, err
		}
		items = append(items, proposed...)
	}
	return items, nil
}

func (c *baselineProposeCommand) valued() bool {
	return cmp.Or(c.Date, c.Cost, c.Title, c.Measure) != "" || c.Cancelled
}

// all are the dates of the milestones that are open and have one.
func (c *baselineProposeCommand) all(inv *invocation, server *client.Client) (items []*pb.Command, err error) {
	answer := server.Status(inv.ctx, &pb.ListStatusRequest{Plan: c.Plan, PageSize: largePage})
	for m, err := range answer.Items {
		if err != nil {
			return nil, err
		}
		switch m.GetState() {
		case "achieved", "cancelled", "replaced":
			continue
		}
		date := m.GetForecast()
		if c.From != "" {
			if date, err = c.stated(inv, server, m.GetRef()); err != nil {
				return nil, err
			}
		}
		if date == "" || date == m.GetCurrentBaseline() {
			continue
		}
		items = append(items, c.dated(m.GetRef(), date))
	}
	if len(items) == 0 {
		return nil, fmt.Errorf("plan %s has no open milestone with a date that is not its baseline already", c.Plan)
	}
	return items, nil
}

// stated is the date under a heading that a document states of a milestone; empty where it states none.
func (c *baselineProposeCommand) stated(inv *invocation, server *client.Client, ref string) (string, error) {
	known, err := server.Milestone(inv.ctx, &pb.GetMilestoneRequest{Plan: c.Plan, Milestone: ref})
	if err != nil {
		return "", err
	}
	for _, d := range known.GetFurtherDates() {
		if strings.EqualFold(d.GetLabel(), c.From) {
			return d.GetDay(), nil
		}
	}
	return "", nil
}

// valuesOf proposes what the flags say for a milestone: one item for each dimension.
func (c *baselineProposeCommand) valuesOf(inv *invocation, server *client.Client, ref string) (items []*pb.Command, err error) {
	if c.Date != "" {
		items = append(items, c.dated(ref, c.Date))
	}
	if c.Cost != "" {
		items = append(items, c.item(&pb.BaselineProposed{Ref: ref, Value: &pb.BaselineProposed_Cost{
			Cost: &pb.BaselineCost{Amount: c.Cost, Currency: c.Currency, Years: c.Years},
		}}))
	}
	if c.Title != "" {
		items = append(items, c.item(&pb.BaselineProposed{Ref: ref, Value: &pb.BaselineProposed_Scope{
			Scope: &pb.BaselineScope{Title: c.Title, Deliverable: c.Deliverable},
		}}))
	}
	if c.Measure != "" {
		items = append(items, c.item(&pb.BaselineProposed{Ref: ref, Value: &pb.BaselineProposed_Benefit{
			Benefit: &pb.BaselineBenefit{Measure: c.Measure, Value: c.Value, Day: string(c.By)},
		}}))
	}
	if c.Cancelled {
		items = append(items, c.item(&pb.BaselineProposed{Ref: ref, Value: &pb.BaselineProposed_Existence{Existence: &pb.BaselineExistence{}}}))
	}
	if len(items) > 0 {
		return items, nil
	}
	known, err := server.Milestone(inv.ctx, &pb.GetMilestoneRequest{Plan: c.Plan, Milestone: ref})
	if err != nil {
		return nil, err
	}
	if known.GetStatus().GetForecast() == "" {
		return nil, &usageError{fmt.Sprintf("milestone %s has no date: say what is promised, with --date for instance", ref)}
	}
	return []*pb.Command{c.dated(ref, known.GetStatus().GetForecast())}, nil
}

func (c *baselineProposeCommand) dated(ref, date string) *pb.Command {
	return c.item(&pb.BaselineProposed{Ref: ref, Value: &pb.BaselineProposed_Date{Date: &pb.BaselineDate{DeliveryDate: date}}})
}

func (c *baselineProposeCommand) item(m *pb.BaselineProposed) *pb.Command {
	m.Proposal, m.ReasonKind, m.Reason = c.Proposal, c.Kind, c.Reason
	return &pb.Command{Command: &pb.Command_BaselineProposed{BaselineProposed: m}}
}
