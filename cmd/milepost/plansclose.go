package main

import (
	pb "milepost.dev/api/milepost/v1"
)

// planFlags name the plan that a fact is about.
type planFlags struct {
	Plan   string `arg:"" help:"The plan."`
	Reason string `required:"" help:"Why, in your words. Free text cannot be forgotten: name no people here."`
	factFlags
}

// state sends a fact about the plan itself and prints what it came to.
func (f planFlags) state(inv *invocation, command *pb.Command) error {
	return f.stateOfPlan(inv, f.Plan, command)
}

// stateOfPlan sends a fact about a plan, or about several of its milestones, and prints what it came to.
func (f factFlags) stateOfPlan(inv *invocation, plan string, command *pb.Command) error {
	server, err := f.dial(inv, f.RetryFor)
	if err != nil {
		return err
	}
	defer server.Close()
	known, err := server.Plan(inv.ctx, &pb.GetPlanRequest{Plan: plan})
	if err != nil {
		return err
	}
	return f.send(inv, server, plan, known.GetSpokenFor().GetPosition(), command)
}

type plansCloseCommand struct{ planFlags }

// Help is shown by kong.
func (plansCloseCommand) Help() string {
	return `The plan takes no facts any more, about any day: a return or a request that states one is refused, and told when,
why and by whom the plan was closed. What was stated stays, and questions are answered as before.

    milepost plans close gp-access --reason "The programme ended" --as-at 2019-03-31
` + factHelp
}

// Run closes the plan.
func (c *plansCloseCommand) Run(inv *invocation) error {
	return c.state(inv, &pb.Command{Command: &pb.Command_PlanClosed{PlanClosed: &pb.PlanClosed{Reason: c.Reason}}})
}

type plansReopenCommand struct{ planFlags }

// Help is shown by kong.
func (plansReopenCommand) Help() string {
	return `The plan takes facts again.

    milepost plans reopen gp-access --reason "A second phase was agreed"
` + factHelp
}

// Run opens the plan again.
func (c *plansReopenCommand) Run(inv *invocation) error {
	return c.state(inv, &pb.Command{Command: &pb.Command_PlanReopened{PlanReopened: &pb.PlanReopened{Reason: c.Reason}}})
}
