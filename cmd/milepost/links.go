package main

import (
	"errors"
	"io"
	"slices"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/output"
)

var issueColumns = []output.Column[*pb.Issue]{
	{Name: "issue", Value: func(i *pb.Issue) any { return i.GetIssue() }, Heading: "ISSUE"},
	{Name: "state", Value: func(i *pb.Issue) any { return i.GetState() }, Heading: "STATE"},
	{Name: "words", Value: func(i *pb.Issue) any { return output.Text(i.GetWords()) }, Heading: "WHAT IT IS", Gives: true},
	{Name: "severity", Value: func(i *pb.Issue) any { return output.Text(i.GetSeverity()) }, Heading: "SEVERITY"},
	{Name: "raised", Value: func(i *pb.Issue) any { return output.Text(i.GetRaised()) }, Heading: "RAISED"},
	{Name: "closed", Value: func(i *pb.Issue) any { return output.Text(i.GetClosed()) }, Heading: "CLOSED"},
	{Name: "outcome", Value: func(i *pb.Issue) any { return output.Text(i.GetOutcome()) }, Heading: "OUTCOME", Gives: true},
}

var evidenceColumns = []output.Column[*pb.Evidence]{
	{Name: "digest", Value: func(e *pb.Evidence) any { return e.GetDigest() }, Heading: "EVIDENCE", Gives: true},
	{Name: "media_type", Value: func(e *pb.Evidence) any { return output.Text(e.GetMediaType()) }, Heading: "TYPE"},
	{Name: "location", Value: func(e *pb.Evidence) any { return output.Text(e.GetLocation()) }, Heading: "WHERE", Gives: true},
	{Name: "words", Value: func(e *pb.Evidence) any { return output.Text(e.GetWords()) }, Heading: "WHAT IT IS", Gives: true},
	{Name: "as_at", Value: func(e *pb.Evidence) any { return output.Text(e.GetAsAt()) }, Heading: "AS AT"},
}

// dependsOnColumns and neededByColumns tell of the other milestone.
var (
	dependsOnColumns = slices.Concat([]output.Column[*pb.Dependency]{
		{Name: "ref", Value: func(d *pb.Dependency) any { return d.GetRef() }, Heading: "WAITS FOR"},
	}, otherColumns)
	neededByColumns = slices.Concat([]output.Column[*pb.Dependency]{
		{Name: "ref", Value: func(d *pb.Dependency) any { return d.GetRef() }, Heading: "IS NEEDED BY"},
	}, otherColumns)
)

var otherColumns = []output.Column[*pb.Dependency]{
	{Name: "milestone", Value: func(d *pb.Dependency) any { return d.GetMilestone() }},
	{Name: "title", Value: func(d *pb.Dependency) any { return output.Text(d.GetTitle()) }, Heading: "TITLE", Gives: true},
	{Name: "state", Value: func(d *pb.Dependency) any { return d.GetState() }, Heading: "STATE"},
	{Name: "expected", Value: func(d *pb.Dependency) any { return output.Text(d.GetExpected()) }, Heading: "EXPECTED"},
	{Name: "lag_days", Value: func(d *pb.Dependency) any { return d.GetLagDays() }, Heading: "LAG", Right: true},
	{Name: "earliest", Value: func(d *pb.Dependency) any { return output.Text(d.GetEarliest()) }, Heading: "EARLIEST"},
	{Name: "knock_on_days", Value: func(d *pb.Dependency) any { return knockOn(d.KnockOnDays) }, Heading: "KNOCK-ON", Right: true},
	{Name: "as_at", Value: func(d *pb.Dependency) any { return output.Text(d.GetAsAt()) }, Heading: "AS AT"},
}

// knockOn is absent where the date holds.
func knockOn(days *int32) any {
	if days == nil {
		return nil
	}
	return *days
}

var occurrenceColumns = []output.Column[*pb.Occurrence]{
	{Name: "ref", Value: func(o *pb.Occurrence) any { return o.GetRef() }, Heading: "OCCURRENCE"},
	{Name: "day", Value: func(o *pb.Occurrence) any { return o.GetDay() }, Heading: "BY THE SERIES"},
	{Name: "state", Value: func(o *pb.Occurrence) any { return o.GetState() }, Heading: "STATE"},
	{Name: "forecast", Value: func(o *pb.Occurrence) any { return output.Text(o.GetForecast()) }, Heading: "FORECAST"},
	{Name: "actual", Value: func(o *pb.Occurrence) any { return output.Text(o.GetActual()) }, Heading: "ACTUAL"},
	{Name: "slip_days", Value: func(o *pb.Occurrence) any { return knockOn(o.SlipDays) }, Heading: "SLIP", Right: true, Show: func(o *pb.Occurrence) string {
		if o.SlipDays == nil {
			return ""
		}
		return signed(o.GetSlipDays())
	}},
}

// recurrenceShown is how often a milestone is due, or absent.
func recurrenceShown(r *pb.Recurrence) any {
	if r == nil {
		return nil
	}
	return map[string]string{"rrule": r.GetRrule(), "start": r.GetStart(), "end": r.GetEnd(), "words": r.GetWords()}
}

// showLinks writes what a milestone has to do with.
func showLinks(out io.Writer, width int, m milestone) error {
	return errors.Join(
		showTable(out, width, issueColumns, m.GetIssues()),
		showTable(out, width, evidenceColumns, m.GetEvidence()),
		showTable(out, width, dependsOnColumns, m.GetDependsOn()),
		showTable(out, width, neededByColumns, m.GetNeededBy()),
		showTable(out, width, occurrenceColumns, m.GetOccurrences()),
	)
}
