package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/output"
)

type watchCommand struct {
	Plan          string  `placeholder:"ID" help:"The plan. Else every plan that you may read, those that are registered later among them."`
	Milestone     string  `placeholder:"REF" help:"Only this milestone, by reference or by its own id. It needs --plan."`
	Workstream    string  `placeholder:"NAME" help:"Only milestones of this workstream."`
	Owner         string  `placeholder:"NAME" help:"Only milestones of this owner."`
	State         string  `placeholder:"STATE" help:"Only milestones in this state: planned, achieved ..."`
	Latest        bool    `help:"Where more changes than anybody can follow come at once, print the latest state of each milestone in their place."`
	After         *uint64 `placeholder:"POSITION" help:"Only what came after this position. Else begin with where every milestone stands."`
	UntilCaughtUp bool    `help:"End when everything that is known has been printed."`
	Output        string  `short:"o" enum:"table,ndjson" default:"table" help:"table (a line of words a message) or ndjson (an object a line)."`
	patience
	serverFlags
}

// Help is shown by kong.
func (watchCommand) Help() string {
	return `First where every milestone stands, then "caught up", then each change as it happens. A connection that is
lost is made again and resumes behind the last position, so that no change is missed or printed twice.

    milepost watch --plan gp-access --after 1200 -o ndjson
    milepost watch --after 1200

With ndjson each line is {"position", "kind", "event", "status", "at", "left", "changes", "plan"}. Plan is null where
--plan names it. Kind is state, change,
caught_up or, with --latest, conflated: that many changes were left out, and what they changed follows as states,
up to the next caught_up. Event is as in audit, status as in status, and null where there is none. Left is true
where the milestone is none of those asked for any more: it is named once, so that it can be taken off a list.
Give the last position as --after to go on another day; the states at the beginning have none.

EXIT STATUS

    0  stopped by you, or caught up with --until-caught-up
    1  no such plan, you may not read it, or the server failed
    2  wrong usage
    4  the server does not answer any more`
}

// Run follows the plan, or all of them.
func (c *watchCommand) Run(inv *invocation) error {
	server, err := c.dial(inv, c.RetryFor)
	if err != nil {
		return err
	}
	defer server.Close()
	write := writeWords
	if c.Output == "ndjson" {
		write = writeMessage
	}
	request := &pb.WatchRequest{
		Plan: c.Plan, Milestone: c.Milestone, After: c.After, EveryChange: !c.Latest,
		Workstream: c.Workstream, Owner: c.Owner, State: c.State,
	}
	for message, err := range server.Watch(inv.ctx, request) {
		switch {
		case inv.ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		}
		if err := write(inv.stdout, message); err != nil {
			return err
		}
		if c.UntilCaughtUp && message.GetCaughtUp() != nil {
			return nil
		}
	}
	return nil
}

// kindOf names what a message is.
func kindOf(m *pb.WatchResponse) any {
	switch m.GetMessage().(type) {
	case *pb.WatchResponse_State:
		return "state"
	case *pb.WatchResponse_Change:
		return "change"
	case *pb.WatchResponse_CaughtUp:
		return "caught_up"
	case *pb.WatchResponse_Conflated:
		return "conflated"
	default:
		return nil
	}
}

// statusIn is where a milestone stands by a message.
func statusIn(m *pb.WatchResponse) *pb.MilestoneStatus {
	if state := m.GetState(); state != nil {
		return state
	}
	return m.GetChange().GetStatus()
}

var messageColumns = []output.Column[*pb.WatchResponse]{
	{Name: "position", Value: resumeAt},
	{Name: "kind", Value: kindOf},
	{Name: "event", Value: func(m *pb.WatchResponse) any { return part(auditColumns, m.GetChange().GetEvent()) }},
	{Name: "status", Value: func(m *pb.WatchResponse) any { return part(statusColumns, statusIn(m)) }},
	{Name: "at", Value: func(m *pb.WatchResponse) any { return output.Text(m.GetCaughtUp().GetAt()) }},
	{Name: "left", Value: func(m *pb.WatchResponse) any { return m.GetLeft() }},
	{Name: "changes", Value: func(m *pb.WatchResponse) any {
		if m.GetConflated() == nil {
			return nil
		}
		return m.GetConflated().GetChanges()
	}},
	{Name: "plan", Value: func(m *pb.WatchResponse) any { return output.Text(m.GetPlan()) }},
}

// resumeAt is where to resume behind a message; nil among the states, which are only whole together.
func resumeAt(m *pb.WatchResponse) any {
	if m.GetPosition() == 0 {
		return nil
	}
	return m.GetPosition()
}

// part is an item as a JSON object, or nil where there is none.
func part[T any](columns []output.Column[*T], item *T) any {
	if item == nil {
		return nil
	}
	object, err := output.Object(columns, item)
	if err != nil {
		return nil // no value of an answer is beyond JSON
	}
	return json.RawMessage(object)
}

func writeMessage(w io.Writer, m *pb.WatchResponse) error {
	return output.Write(w, output.NDJSON, 0, messageColumns, output.One(m))
}

// writeWords writes a message for people, on one line.
func writeWords(w io.Writer, m *pb.WatchResponse) error {
	var words []string
	say := func(word string) {
		if word != "" {
			words = append(words, word)
		}
	}
	say(m.GetPlan())
	switch status := statusIn(m); {
	case m.GetCaughtUp() != nil:
		say("caught up at " + m.GetCaughtUp().GetAt() + byClock(m.GetCaughtUp().GetClock()) + "; what follows is live")
	case m.GetConflated() != nil:
		say(fmt.Sprintf("%d changes at once; what they changed, as it stands now:", m.GetConflated().GetChanges()))
	case m.GetChange() != nil:
		event := m.GetChange().GetEvent()
		say(event.GetAsAt())
		say(event.GetRef())
		say(event.GetEvent())
		say(whatChanged(event))
		if status.GetSlipDays() != 0 {
			say("in all " + signed(status.GetSlipDays()) + " days")
		}
		say(event.GetReason())
		say("said by " + saidBy(event))
	default:
		say(status.GetState())
		say(status.GetRef())
		say(forecastShown(status))
		if status.GetSlipDays() != 0 {
			say(signed(status.GetSlipDays()) + " days")
		}
		say(status.GetTitle())
	}
	if m.GetLeft() {
		say("(none of those asked for any more)")
	}
	position := ""
	if at := resumeAt(m); at != nil {
		position = fmt.Sprint(at)
	}
	_, err := fmt.Fprintf(w, "%8s  %s\n", position, output.Printable(strings.Join(words, "  ")))
	return err
}
