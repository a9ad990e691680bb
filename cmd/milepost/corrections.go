package main

import (
	"strconv"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/output"
)

type correctionsCommand struct {
	Plan      string `required:"" placeholder:"ID" help:"The plan."`
	Milestone string `placeholder:"REF" help:"Only those of this milestone, by reference or by its own id."`
	Pending   bool   `help:"Only those that wait for an approver."`
	All       bool   `help:"Also those that were refused, and those that another one took the place of."`
	readFlags
}

// Help is shown by kong.
func (correctionsCommand) Help() string {
	return `What was said by mistake: what it is read as, since when, who says so and why; and what waits for an approver, with its
age in days. Days are those that a correction takes from the milestone's slip; below 0 it adds some. A correction counts by position: --known-at shows what was
known before it.

    milepost corrections --plan gp-access --pending
    milepost corrections --plan gp-access --all -o json

JSON and CSV have: position, ref, milestone, targets (positions), kind, of (statement, request, import), state (pending, counts,
refused, replaced), was, read_as, as_at, actor, on_behalf_of, recorded_at, reason, evidence, age_days, counts_from,
decided_by, decided_at, decided_reason, by_proposer, days, import_id, over.
` + readingHelp
}

var correctionColumns = []output.Column[*pb.Correction]{
	{Name: "position", Value: func(c *pb.Correction) any { return c.GetPosition() }, Heading: "POSITION", Right: true},
	{Name: "ref", Value: func(c *pb.Correction) any { return c.GetRef() }, Heading: "REF"},
	{Name: "milestone", Value: func(c *pb.Correction) any { return c.GetMilestone() }},
	{Name: "targets", Value: func(c *pb.Correction) any { return append([]uint64{}, c.GetTargets()...) }, Heading: "CORRECTS", Show: correctsShown},
	{Name: "kind", Value: func(c *pb.Correction) any { return c.GetKind() }, Heading: "KIND"},
	{Name: "of", Value: func(c *pb.Correction) any { return c.GetOf() }},
	{Name: "state", Value: func(c *pb.Correction) any { return c.GetState() }, Heading: "STATE", Show: correctionState},
	{Name: "was", Value: func(c *pb.Correction) any { return output.Text(c.GetWas()) }, Heading: "WAS", Gives: true},
	{Name: "read_as", Value: func(c *pb.Correction) any { return output.Text(c.GetReadAs()) }, Heading: "READ AS", Gives: true},
	{Name: "as_at", Value: func(c *pb.Correction) any { return output.Text(c.GetAsAt()) }, Heading: "AS AT"},
	{Name: "days", Value: func(c *pb.Correction) any { return ifSaid(c.Days) }, Heading: "DAYS", Right: true},
	{Name: "actor", Value: func(c *pb.Correction) any { return c.GetActor() }, Heading: "BY", Gives: true},
	{Name: "on_behalf_of", Value: func(c *pb.Correction) any { return output.Text(c.GetOnBehalfOf()) }},
	{Name: "recorded_at", Value: func(c *pb.Correction) any { return c.GetRecordedAt() }},
	{Name: "reason", Value: func(c *pb.Correction) any { return output.Text(c.GetReason()) }, Heading: "REASON", Gives: true},
	{Name: "evidence", Value: func(c *pb.Correction) any { return output.Text(c.GetEvidence()) }},
	{Name: "age_days", Value: func(c *pb.Correction) any { return c.GetAgeDays() }},
	{Name: "counts_from", Value: func(c *pb.Correction) any { return c.GetCountsFrom() }},
	{Name: "decided_by", Value: func(c *pb.Correction) any { return output.Text(c.GetDecidedBy()) }, Heading: "DECIDED BY", Gives: true, Seldom: true, Show: deciderShown},
	{Name: "decided_at", Value: func(c *pb.Correction) any { return output.Text(c.GetDecidedAt()) }},
	{Name: "decided_reason", Value: func(c *pb.Correction) any { return output.Text(c.GetDecidedReason()) }},
	{Name: "by_proposer", Value: func(c *pb.Correction) any { return c.GetByProposer() }},
	{Name: "import_id", Value: func(c *pb.Correction) any { return output.Text(c.GetImportId()) }},
	{Name: "over", Value: func(c *pb.Correction) any { return c.GetOver() }},
}

func correctsShown(c *pb.Correction) string {
	if n := len(c.GetTargets()); n > 1 {
		return strconv.Itoa(n) + " statements"
	}
	return strconv.FormatUint(c.GetTargets()[0], 10)
}

// correctionState is where a correction stands, and how long it has waited.
func correctionState(c *pb.Correction) string {
	if c.GetState() == "pending" {
		return "pending, " + strconv.Itoa(int(c.GetAgeDays())) + " d"
	}
	return c.GetState()
}

func deciderShown(c *pb.Correction) string {
	if c.GetByProposer() {
		return c.GetDecidedBy() + " (approved by the proposer)"
	}
	return c.GetDecidedBy()
}

// Run lists the corrections.
func (c *correctionsCommand) Run(inv *invocation) error {
	return ask(inv, c.readFlags, correctionColumns, pb.QueryServiceClient.ListCorrections, (*pb.ListCorrectionsResponse).GetCorrections, &pb.ListCorrectionsRequest{
		Plan: c.Plan, Milestone: c.Milestone, Pending: c.Pending, All: c.All, ReadAt: c.readAt(), PageSize: largePage,
	})
}
