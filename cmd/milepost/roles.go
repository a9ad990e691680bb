package main

import (
	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/plan"
)

type rolesCommand struct {
	Grant    rolesGrantCommand    `cmd:"" help:"Grant somebody a role."`
	Withdraw rolesWithdrawCommand `cmd:"" help:"Withdraw a role that was granted."`
}

// Help is shown by kong.
func (rolesCommand) Help() string {
	return `Who may do what is in the server's credentials file, and beside it in the ledger: who has the role admin for a plan grants
and withdraws the roles viewer, reporter and approver for it, and who has it for every plan all roles. Nobody grants a role to
themselves. A grant holds at once, and a call that goes on without it ends within five seconds.

    milepost roles grant "Council feed" reporter --plan hubs --until 2027-03-31 --reason "The new finance system"
    milepost roles withdraw "Council feed" reporter --plan hubs
    milepost audit --plan '$ledger'

The last one lists what was granted, by whom and why. milepost whoami prints the name under which somebody is recorded.`
}

// roleFlags name a role and who holds it.
type roleFlags struct {
	Holder string `arg:"" help:"Who: the actor as whom they are recorded."`
	Role   string `arg:"" enum:"viewer,reporter,approver,admin,auditor,operator" help:"viewer, reporter, approver or admin; for every plan auditor or operator too."`
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
