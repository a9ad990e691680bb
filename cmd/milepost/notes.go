package main

import (
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/output"
)

type notesCommand struct {
	Plan string `required:"" placeholder:"ID" help:"The plan."`
	Kind string `help:"Only notes of this kind: risk, issue, assumption, dependency, decision, opportunity, constraint, lesson, governance."`
	readFlags
}

// Help is shown by kong.
func (notesCommand) Help() string {
	return `What the documents of a plan say beside milestones, money and measures: risks, issues, assumptions, dependencies, decisions, and who
meets how often, in the order in which it was kept, with the document and the cell. A note is no milestone and is in no count. The next version of
a document changes the note of a line that it has in other words; a line that it leaves out stays.

    milepost notes --plan gp-access --kind risk
    milepost notes --plan gp-access --as-at 2024-03-31 -o csv`
}

// Run lists the notes of a plan.
func (c *notesCommand) Run(inv *invocation) error {
	server, err := c.dial(inv, 0)
	if err != nil {
		return err
	}
	defer server.Close()
	p, err := server.Plan(inv.ctx, &pb.GetPlanRequest{Plan: c.Plan, ReadAt: c.readAt()})
	if err != nil {
		return err
	}
	defer inv.spokenFor(p.GetSpokenFor())
	return output.Write(inv.stdout, c.Output, terminalWidth(inv.stdout), noteColumns, func(yield func(*pb.DocumentNote, error) bool) {
		for _, n := range p.GetNotes() {
			if (c.Kind == "" || strings.EqualFold(n.GetKind(), c.Kind)) && !yield(n, nil) {
				return
			}
		}
	})
}
