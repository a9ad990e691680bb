package main

import (
	pb "milepost.dev/api/milepost/v1"
)

type plansSetCommand struct {
	Plan   string `arg:"" help:"The plan."`
	Reason string `help:"Why, in your words. Free text cannot be forgotten: name no people here."`
	conventionFlags
	factFlags
}

// Help is shown by kong.
func (plansSetCommand) Help() string {
	return `Answers once for the plan what its documents and returns leave open: whether 03/04/2017 is in April or in March, in which
month the financial year begins, how weeks are counted, which kind of quarters is meant, from which month "month 6" and "M+3" are counted. What was read before stays as it was read, and the words
of its dates are read again by the new setting in figures that say so. To change a setting by which dates were read takes the role approver.

    milepost plans set gp-access --date-order month --as-at 2017-04-01
` + factHelp
}

// Run states what the flags say.
func (c *plansSetCommand) Run(inv *invocation) error {
	said, err := c.said()
	if err != nil {
		return err
	}
	revised := said.Revise(&pb.Plan{})
	if revised == nil {
		return &usageError{"say what to set: --date-order, --financial-year, --weeks, --quarters, --months-from or --time-zone"}
	}
	revised.Reason = c.Reason
	return c.stateOfPlan(inv, c.Plan, &pb.Command{Command: &pb.Command_PlanRevised{PlanRevised: revised}})
}
