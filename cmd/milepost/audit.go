package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/output"
)

var auditColumns = []output.Column[*pb.AuditEntry]{
	{Name: "position", Value: func(e *pb.AuditEntry) any { return e.GetPosition() }, Heading: "POSITION", Right: true},
	{Name: "event", Value: func(e *pb.AuditEntry) any { return e.GetEvent() }, Heading: "EVENT", Show: eventShown},
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
	{Name: "days", Value: func(e *pb.AuditEntry) any { return ifSaid(e.Days) }},
	{Name: "import_id", Value: func(e *pb.AuditEntry) any { return output.Text(e.GetImportId()) }},
	{Name: "event_id", Value: func(e *pb.AuditEntry) any { return e.GetEventId() }},
	{Name: "corrected", Value: func(e *pb.AuditEntry) any { return e.GetCorrected() }},
	{Name: "read_as", Value: func(e *pb.AuditEntry) any { return output.Text(e.GetReadAs()) }, Heading: "READ AS", Gives: true, Seldom: true, Show: readAsShown},
	{Name: "corrected_by", Value: func(e *pb.AuditEntry) any { return output.Text(e.GetCorrectedBy()) }},
	{Name: "corrected_reason", Value: func(e *pb.AuditEntry) any { return output.Text(e.GetCorrectedReason()) }},
}

// object is a map that is there even where it is empty.
func object(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

// eventShown strikes through what was corrected.
func eventShown(e *pb.AuditEntry) string {
	if e.GetCorrected() == 0 {
		return e.GetEvent()
	}
	return "~~" + e.GetEvent() + "~~"
}

// readAsShown is what a corrected statement is read as, and who says so and why.
func readAsShown(e *pb.AuditEntry) string {
	if e.GetCorrected() == 0 {
		return ""
	}
	return fmt.Sprintf("%s (at %d, by %s: %s)", e.GetReadAs(), e.GetCorrected(), e.GetCorrectedBy(), e.GetCorrectedReason())
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
