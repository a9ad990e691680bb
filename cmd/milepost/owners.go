package main

import (
	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/output"
)

type ownersCommand struct {
	Plan      string `required:"" placeholder:"ID" help:"The plan."`
	Milestone string `placeholder:"REF" help:"Only this milestone, by reference or by its own id."`
	Owner     string `help:"Only this owner, in any case and spacing."`
	All       bool   `help:"Also those who owned a milestone before."`
	readFlags
}

// Help is shown by kong.
func (ownersCommand) Help() string {
	return `Who is accountable for each milestone, since when, and who said so; in order of reference. A milestone
that nobody was ever said to own is not listed: status lists it.

    milepost owners --plan gp-access --all --as-at 2017-06-01

JSON and CSV have: owner, effective, actor, position, ref, milestone, title, until (the day from which the
next owner holds it), as_at, reason, recorded_at.
` + readingHelp
}

// ownerColumns begin with those that show has of a milestone's own owners.
var ownerColumns = []output.Column[*pb.Ownership]{
	{Name: "owner", Value: func(o *pb.Ownership) any { return o.GetOwner() }, Heading: "OWNER", Gives: true},
	{Name: "effective", Value: func(o *pb.Ownership) any { return output.Text(o.GetEffective()) }, Heading: "FROM"},
	{Name: "actor", Value: func(o *pb.Ownership) any { return o.GetActor() }, Heading: "SAID BY", Gives: true},
	{Name: "position", Value: func(o *pb.Ownership) any { return o.GetPosition() }, Heading: "POSITION", Right: true},
	{Name: "ref", Value: func(o *pb.Ownership) any { return o.GetRef() }, Heading: "REF"},
	{Name: "milestone", Value: func(o *pb.Ownership) any { return o.GetMilestone() }},
	{Name: "title", Value: func(o *pb.Ownership) any { return output.Text(o.GetTitle()) }, Heading: "TITLE", Gives: true},
	{Name: "until", Value: func(o *pb.Ownership) any { return output.Text(o.GetUntil()) }, Heading: "UNTIL"},
	{Name: "as_at", Value: func(o *pb.Ownership) any { return output.Text(o.GetAsAt()) }, Heading: "AS AT"},
	{Name: "reason", Value: func(o *pb.Ownership) any { return output.Text(o.GetReason()) }, Heading: "REASON", Gives: true},
	{Name: "recorded_at", Value: func(o *pb.Ownership) any { return output.Text(o.GetRecordedAt()) }},
}

// Run lists the owners.
func (c *ownersCommand) Run(inv *invocation) error {
	return ask(inv, c.readFlags, ownerColumns, func(server *client.Client) *client.Answer[*pb.Ownership] {
		return server.Owners(inv.ctx, &pb.ListOwnersRequest{
			Plan: c.Plan, Milestone: c.Milestone, Owner: c.Owner, All: c.All, ReadAt: c.readAt(), PageSize: largePage,
		})
	})
}
