package main

import (
	"strings"

	pb "milepost.dev/api/milepost/v1"
)

type cancelCommand struct {
	milestoneFlags
	Reason string `required:"" help:"Why, in your words. Free text cannot be forgotten: name no people here."`
}

// Help is shown by kong.
func (cancelCommand) Help() string {
	return `The milestone is given up, and stays in the ledger with everything that was stated of it: what it owed is
not forgotten. A milestone that was met cannot be cancelled.

    milepost cancel gp-access HUB-1 --reason "The site was sold" --as-at 2017-06-30
` + factHelp
}

// Run cancels the milestone.
func (c *cancelCommand) Run(inv *invocation) error {
	if strings.TrimSpace(c.Reason) == "" {
		return &usageError{"--reason is empty: say why the milestone is cancelled"}
	}
	return c.state(inv, &pb.Command{Command: &pb.Command_MilestoneCancelled{MilestoneCancelled: &pb.MilestoneCancelled{Ref: c.Ref, Reason: c.Reason}}})
}

type retitleCommand struct {
	milestoneFlags
	Title string `arg:"" help:"Its new words. Free text cannot be forgotten: name no people here."`
}

// Help is shown by kong.
func (retitleCommand) Help() string {
	return `The milestone has other words from that day on. The words it had stay in the ledger: milepost audit shows who
changed them.

    milepost retitle gp-access HUB-1 "The health hub opens to patients" --as-at 2017-06-30
` + factHelp
}

// Run gives the milestone other words.
func (c *retitleCommand) Run(inv *invocation) error {
	if strings.TrimSpace(c.Title) == "" {
		return &usageError{"the new title is empty: say what the milestone promises"}
	}
	return c.state(inv, &pb.Command{Command: &pb.Command_MilestoneAmended{MilestoneAmended: &pb.MilestoneAmended{Ref: c.Ref, Title: &c.Title}}})
}

type renameCommand struct {
	Plan   string `required:"" placeholder:"ID" help:"The plan."`
	Ref    string `arg:"" name:"old" help:"The reference that the milestone goes by, or went by before."`
	NewRef string `arg:"" name:"new" help:"The reference that it goes by from now on."`
	ByRef  bool   `name:"ref" required:"" help:"Change the reference. Words are changed with milepost retitle."`
	Reason string `help:"Why, in your words. Free text cannot be forgotten: name no people here."`
	factFlags
}

// Help is shown by kong.
func (renameCommand) Help() string {
	return `The milestone goes by another reference from now on. The former one stays its own for ever: commands, returns,
documents and questions that name it go on to find the milestone, and say what it is called now; no other milestone
can have it. Known at a time before, answers show the former one.

    milepost rename --plan gp-access --ref HUB-1 EST-1 --reason "The plan was numbered anew"
` + factHelp
}

// Run gives the milestone another reference.
func (c *renameCommand) Run(inv *invocation) error {
	of := milestoneFlags{Plan: c.Plan, Ref: c.Ref, factFlags: c.factFlags}
	return of.state(inv, &pb.Command{Command: &pb.Command_ReferenceChanged{ReferenceChanged: &pb.ReferenceChanged{
		Ref: c.Ref, NewRef: c.NewRef, Reason: c.Reason,
	}}})
}
