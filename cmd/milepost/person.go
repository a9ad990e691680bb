package main

import (
	"iter"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/output"
)

type personCommand struct {
	Name   string        `arg:"" help:"The name, in any case and spacing."`
	Output output.Format `short:"o" default:"table" enum:"table,json,ndjson,csv" help:"table, json, ndjson or csv."`
	serverFlags
}

// Help is shown by kong.
func (personCommand) Help() string {
	return `Every record in which somebody is named, whatever plan it is of: as the actor, as whom it was stated for, as the person who answers
for the actor, as an owner, or otherwise; and every place in free text in which the name stands. Free text is searched for the whole
name, also where nobody of that name is kept. It takes the role admin or auditor for every plan.

    milepost person "Ada Example"
    milepost person "Ada Example" -o csv > ada.csv

AS is actor, on-behalf-of, answers-for, owner, named, free-text, or credentials: an entry of the server's credentials file, of which
only the kind and the field are shown. JSON and CSV have: as, position, plan, ref, event, as_at, recorded_at, field, text.`
}

var heldColumns = []output.Column[*pb.Held]{
	{Name: "as", Value: func(h *pb.Held) any { return h.GetAs() }, Heading: "AS"},
	{Name: "position", Value: func(h *pb.Held) any { return h.GetPosition() }, Heading: "POSITION", Right: true},
	{Name: "plan", Value: func(h *pb.Held) any { return output.Text(h.GetPlan()) }, Heading: "PLAN"},
	{Name: "ref", Value: func(h *pb.Held) any { return output.Text(h.GetRef()) }, Heading: "REF"},
	{Name: "event", Value: func(h *pb.Held) any { return output.Text(h.GetEvent()) }, Heading: "EVENT"},
	{Name: "as_at", Value: func(h *pb.Held) any { return output.Text(h.GetAsAt()) }, Heading: "AS AT"},
	{Name: "recorded_at", Value: func(h *pb.Held) any { return output.Text(h.GetRecordedAt()) }},
	{Name: "field", Value: func(h *pb.Held) any { return output.Text(h.GetField()) }, Heading: "FIELD"},
	{Name: "text", Value: func(h *pb.Held) any { return output.Text(h.GetText()) }, Heading: "TEXT", Gives: true},
}

// Run lists what is held.
func (c *personCommand) Run(inv *invocation) error {
	server, err := c.dial(inv, 0)
	if err != nil {
		return err
	}
	defer server.Close()
	names := pb.NewNamesServiceClient(server.Conn())
	asked := &pb.PersonRequest{Name: c.Name}
	first, err := names.Person(inv.ctx, asked)
	if err != nil {
		return server.Explain(err)
	}
	if first.GetParty() == "" {
		complain(inv.stderr, "nobody is kept under this name; free text was searched for it")
	}
	pages := func(yield func(*pb.Held, error) bool) {
		for page := first; ; {
			for _, h := range page.GetHeld() {
				if !yield(h, nil) {
					return
				}
			}
			if asked.PageToken = page.GetNextPageToken(); asked.PageToken == "" {
				return
			}
			if page, err = names.Person(inv.ctx, asked); err != nil {
				yield(nil, server.Explain(err))
				return
			}
		}
	}
	return output.Write(inv.stdout, c.Output, terminalWidth(inv.stdout), heldColumns, iter.Seq2[*pb.Held, error](pages))
}
