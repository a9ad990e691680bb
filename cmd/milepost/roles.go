package main

import (
	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/plan"
	"milepost.dev/internal/output"
)

type rolesCommand struct {
	List     rolesListCommand     `cmd:"" help:"List who has which role, and until when."`
	Grant    rolesGrantCommand    `cmd:"" help:"Grant somebody a role."`
	Withdraw rolesWithdrawCommand `cmd:"" help:"Withdraw a role that was granted."`
}

// Help is shown by kong.
func (rolesCommand) Help() string {
	return `Who may do what is in the server's credentials file, and beside it in the ledger: who has the role admin for a plan grants
and withdraws the roles viewer, reporter, reviewer and approver for it, and who has it for every plan all roles. Nobody grants a role to
themselves. A grant holds at once, and a call that goes on without it ends within five seconds.

    milepost roles list --plan hubs
    milepost roles grant "Council feed" reporter --plan hubs --until 2027-03-31 --reason "The new finance system"
    milepost roles withdraw "Council feed" reporter --plan hubs

milepost whoami prints the name under which somebody is recorded. What was granted and withdrawn before is in
milepost audit --plan '$ledger', for those who may read every plan.`
}

// roleFlags name a role and who holds it.
type roleFlags struct {
	Holder string `arg:"" help:"Who: the actor as whom they are recorded."`
	Role   string `arg:"" enum:"viewer,reporter,reviewer,approver,admin,auditor,operator" help:"viewer, reporter, reviewer, approver or admin; for every plan auditor or operator too."`
	Plan   string `required:"" placeholder:"PLAN" help:"The plan, or * for every plan."`
	Reason string `help:"Why, in your words. Free text cannot be forgotten: name no people here."`
	factFlags
}

// state sends what is stated of roles.
func (f roleFlags) state(inv *invocation, command *pb.Command) error {
	server, err := f.dial(inv, f.RetryFor)
	if err != nil {
		return err
	}
	defer server.Close()
	known := server.Plans(inv.ctx, &pb.ListPlansRequest{PageSize: 1})
	for _, err := range known.Items {
		if err != nil {
			return err
		}
		break // how much is known is all that is asked
	}
	return f.send(inv, server, plan.OfLedger, known.SpokenFor.GetPosition(), command)
}

type rolesGrantCommand struct {
	roleFlags
	Until day `placeholder:"DAY" help:"The last day on which it holds, in UTC (2027-03-31). Else it has no end."`
}

// Help is shown by kong.
func (rolesGrantCommand) Help() string {
	return `It takes the role admin for the plan; to grant one of admin, auditor and operator, or a role for every plan, the role admin
for every plan.

    milepost roles grant "Council feed" reporter --plan hubs --until 2027-03-31 --reason "The new finance system"
` + factHelp
}

// Run grants the role.
func (c *rolesGrantCommand) Run(inv *invocation) error {
	return c.state(inv, &pb.Command{Command: &pb.Command_RoleGranted{RoleGranted: &pb.RoleGranted{
		Holder: c.Holder, Plan: c.Plan, Role: c.Role, Until: string(c.Until), Reason: c.Reason,
	}}})
}

type rolesWithdrawCommand struct{ roleFlags }

// Help is shown by kong.
func (rolesWithdrawCommand) Help() string {
	return `It takes what granting it takes, and withdraws what was granted. A role of the server's credentials file is taken out there.

    milepost roles withdraw "Council feed" reporter --plan hubs --reason "The system was replaced"
` + factHelp
}

// Run withdraws the role.
func (c *rolesWithdrawCommand) Run(inv *invocation) error {
	return c.state(inv, &pb.Command{Command: &pb.Command_RoleWithdrawn{RoleWithdrawn: &pb.RoleWithdrawn{
		Holder: c.Holder, Plan: c.Plan, Role: c.Role, Reason: c.Reason,
	}}})
}

type rolesListCommand struct {
	Plan string `placeholder:"PLAN" help:"Only the roles for this plan, and those for every plan. Else of all plans that you may read."`
	readFlags
}

// Help is shown by kong.
func (rolesListCommand) Help() string {
	return `Who may do what now, in order of plan, role and holder; * stands for every plan, so that its roles hold for each. BY says what
gives a role: credentials, the server's file; grant, an event of the ledger, with who granted it, why and at which position; local, a
server without credentials. A grant gives no way in: its holder needs a token, a certificate or an issuer too. A role that has ended is
not listed.

    milepost roles list --plan hubs
    milepost roles list -o csv
    milepost roles list --plan hubs --as-at 2026-03-31

With --as-at or --known-at the answer has grants alone, and those that held on that day: nobody keeps what the credentials were. It takes any role for the plan: whoever reads a plan may know who can change it.
` + readingHelp
}

var roleColumns = []output.Column[*pb.RoleHeld]{
	{Name: "plan", Value: func(h *pb.RoleHeld) any { return h.GetPlan() }, Heading: "PLAN"},
	{Name: "role", Value: func(h *pb.RoleHeld) any { return h.GetRole() }, Heading: "ROLE"},
	{Name: "holder", Value: func(h *pb.RoleHeld) any { return h.GetHolder() }, Heading: "HOLDER", Gives: true},
	{Name: "organisation", Value: func(h *pb.RoleHeld) any { return output.Text(h.GetOrganisation()) }, Heading: "ORGANISATION", Gives: true},
	{Name: "source", Value: func(h *pb.RoleHeld) any { return h.GetSource() }, Heading: "BY"},
	{Name: "known_by", Value: func(h *pb.RoleHeld) any { return output.Text(h.GetKnownBy()) }},
	{Name: "until", Value: func(h *pb.RoleHeld) any { return output.Text(h.GetUntil()) }, Heading: "ENDS"},
	{Name: "granted_by", Value: func(h *pb.RoleHeld) any { return output.Text(h.GetGrantedBy()) }, Heading: "GRANTED BY", Gives: true, Seldom: true},
	{Name: "granted_at", Value: func(h *pb.RoleHeld) any { return output.Text(h.GetGrantedAt()) }},
	{Name: "position", Value: func(h *pb.RoleHeld) any { return positionOrNull(h.GetPosition()) }, Heading: "POSITION", Right: true, Seldom: true},
	{Name: "reason", Value: func(h *pb.RoleHeld) any { return output.Text(h.GetReason()) }, Heading: "REASON", Gives: true, Seldom: true},
}

// positionOrNull is a position; null where there is none.
func positionOrNull(position uint64) any {
	if position == 0 {
		return nil
	}
	return position
}

// Run lists the roles.
func (c *rolesListCommand) Run(inv *invocation) error {
	question := &pb.ListRolesRequest{Plan: c.Plan}
	if c.readFlags.AsAt != "" || c.KnownAt != "" || c.MinPosition != 0 {
		question.ReadAt = c.readAt()
	}
	return ask(inv, c.readFlags, roleColumns, pb.QueryServiceClient.ListRoles, (*pb.ListRolesResponse).GetRoles, question)
}
