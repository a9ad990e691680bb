package main

import (
	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/plan"
)

type ownersMergeCommand struct {
	Keep   string   `arg:"" help:"The name that is kept, as it was stated."`
	Others []string `arg:"" name:"other" help:"The other names of the same party, as they were stated."`
	Reason string   `help:"Why, in your words. Free text cannot be forgotten: name no people here."`
	factFlags
}

// Help is shown by kong.
func (ownersMergeCommand) Help() string {
	return `From now on answers show the kept name for each of them, in every plan, and --owner finds all of them by any. What was
stated stays as it was said: milepost audit shows it, and milepost audit --plan '$ledger' shows who merged them. It takes a
role for every plan.

    milepost owners merge "Estates office" "Estates Dept" "the estates team" --reason "One office since April"
` + factHelp
}

// Run merges the parties.
func (c *ownersMergeCommand) Run(inv *invocation) error {
	server, err := c.dial(inv, c.RetryFor)
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
	return c.send(inv, server, plan.OfLedger, known.SpokenFor.GetPosition(), &pb.Command{Command: &pb.Command_PartiesMerged{
		PartiesMerged: &pb.PartiesMerged{Keep: c.Keep, Merge: c.Others, Reason: c.Reason},
	}})
}
