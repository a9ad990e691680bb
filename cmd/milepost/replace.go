package main

import pb "milepost.dev/api/milepost/v1"

type replaceCommand struct {
	Plan   string   `arg:"" help:"The plan."`
	Old    []string `arg:"" help:"The milestones whose place is taken, by reference."`
	By     []string `required:"" sep:"none" placeholder:"REF" help:"A milestone that takes their place; may be given several times."`
	Reason string   `help:"Why, in your words. Free text cannot be forgotten: name no people here."`
	factFlags
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
` + factHelp
}

// Run states the replacement.
func (c *replaceCommand) Run(inv *invocation) error {
	return c.stateOfPlan(inv, c.Plan, &pb.Command{Command: &pb.Command_MilestoneReplaced{
		MilestoneReplaced: &pb.MilestoneReplaced{Old: c.Old, New: c.By, Reason: c.Reason},
	}})
}

// historyCommand is what approvers decide about the past.
type historyCommand struct {
	Accept historyAcceptCommand `cmd:"" help:"Accept what was reported late about the past, by position."`
}

type historyAcceptCommand struct {
	Plan   string `required:"" placeholder:"ID" help:"The plan."`
	From   uint64 `required:"" placeholder:"POSITION" help:"The first position."`
	To     uint64 `required:"" placeholder:"POSITION" help:"The last position."`
	Reason string `required:"" help:"Why, in your words. Free text cannot be forgotten: name no people here."`
	factFlags
}

// Help is shown by kong.
func (historyAcceptCommand) Help() string {
	return `A date that is told late, about a day before the first forecast, and later than that, does not make a milestone's slip
smaller: it is shown beside, as a restated start. Nor does an actual that is earlier than one told before. An approver who did not
tell them may accept them, by the positions that milepost audit shows; from then on they count.

    milepost history accept --plan gp-access --from 1041 --to 1050 --reason "The board's paper of 2016 has these dates"

It takes the role approver, and is refused if one of the statements is your own, or of the party that you speak for.
` + factHelp
}

// Run accepts the history.
func (c *historyAcceptCommand) Run(inv *invocation) error {
	return c.stateOfPlan(inv, c.Plan, &pb.Command{Command: &pb.Command_HistoryAccepted{
		HistoryAccepted: &pb.HistoryAccepted{FromPosition: c.From, ToPosition: c.To, Reason: c.Reason},
	}})
}
