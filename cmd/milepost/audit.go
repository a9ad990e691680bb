package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/output"
)

type auditCommand struct {
	Plan      string `required:"" placeholder:"ID" help:"The plan."`
	Milestone string `placeholder:"REF" help:"Only this milestone, by reference or by its own id."`
	readFlags
}

// Help is shown by kong.
func (auditCommand) Help() string {
	return `Every event in order of position: who said it, for whom, about which day, when it was accepted, by which
request, and what it changed. With --as-at only what was stated for that day or an earlier one.

    milepost audit --plan gp-access --milestone HUB-1 -o ndjson

JSON and CSV have: position, event, ref, milestone, actor, on_behalf_of, request_id, source, as_at,
recorded_at, before, after, reason, event_id. Before and after are objects, by name of what changed.
` + readingHelp
}

var auditColumns = []output.Column[*pb.AuditEntry]{
	{Name: "position", Value: func(e *pb.AuditEntry) any { return e.GetPosition() }, Heading: "POSITION", Right: true},
	{Name: "event", Value: func(e *pb.AuditEntry) any { return e.GetEvent() }, Heading: "EVENT"},
	{Name: "ref", Value: func(e *pb.AuditEntry) any { return output.Text(e.GetRef()) }, Heading: "REF"},
	{Name: "milestone", Value: func(e *pb.AuditEntry) any { return output.Text(e.GetMilestone()) }},
	{Name: "actor", Value: func(e *pb.AuditEntry) any { return e.GetActor() }, Heading: "SAID BY", Gives: true, Show: saidBy},
	{Name: "on_behalf_of", Value: func(e *pb.AuditEntry) any { return output.Text(e.GetOnBehalfOf()) }},
	{Name: "request_id", Value: func(e *pb.AuditEntry) any { return e.GetRequestId() }},
	{Name: "source", Value: func(e *pb.AuditEntry) any { return output.Text(e.GetSource()) }, Heading: "SOURCE", Gives: true},
	{Name: "as_at", Value: func(e *pb.AuditEntry) any { return e.GetAsAt() }, Heading: "AS AT"},
	{Name: "recorded_at", Value: func(e *pb.AuditEntry) any { return e.GetRecordedAt() }, Heading: "RECORDED AT"},
	{Name: "before", Value: func(e *pb.AuditEntry) any { return object(e.GetBefore()) }},
	{Name: "after", Value: func(e *pb.AuditEntry) any { return object(e.GetAfter()) }, Heading: "WHAT CHANGED", Gives: true, Show: whatChanged},
	{Name: "reason", Value: func(e *pb.AuditEntry) any { return output.Text(e.GetReason()) }, Heading: "REASON", Gives: true},
	{Name: "event_id", Value: func(e *pb.AuditEntry) any { return e.GetEventId() }},
}

// object is a map that is there even where it is empty.
func object(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

func saidBy(e *pb.AuditEntry) string {
	if e.GetOnBehalfOf() == "" {
		return e.GetActor()
	}
	return e.GetActor() + " for " + e.GetOnBehalfOf()
}

// whatChanged is "forecast: 2017-03-31 -> 2017-06-30".
func whatChanged(e *pb.AuditEntry) string {
	names := map[string]bool{}
	for name := range e.GetBefore() {
		names[name] = true
	}
	for name := range e.GetAfter() {
		names[name] = true
	}
	var changes []string
	for _, name := range slices.Sorted(maps.Keys(names)) {
		switch before, after := e.GetBefore()[name], e.GetAfter()[name]; {
		case before == "":
			changes = append(changes, fmt.Sprintf("%s: %s", name, after))
		case after == "":
			changes = append(changes, fmt.Sprintf("%s: %s -> none", name, before))
		default:
			changes = append(changes, fmt.Sprintf("%s: %s -> %s", name, before, after))
		}
	}
	return strings.Join(changes, "; ")
}

// Run lists the events.
func (c *auditCommand) Run(inv *invocation) error {
	return ask(inv, c.readFlags, auditColumns, func(server *client.Client) *client.Answer[*pb.AuditEntry] {
		return server.Audit(inv.ctx, &pb.ListAuditRequest{Plan: c.Plan, Milestone: c.Milestone, ReadAt: c.readAt(), PageSize: largePage})
	})
}
