package main

import (
	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/output"
)

type slippageCommand struct {
	Plan      string `required:"" placeholder:"ID" help:"The plan."`
	Milestone string `placeholder:"REF" help:"Only this milestone, by reference or by its own id."`
	All       bool   `help:"Also the statements that moved nothing: the first date, the same again, withdrawn, not read."`
	readFlags
}

// Help is shown by kong.
func (slippageCommand) Help() string {
	return `Every slip and recovery, in order of the day that it was stated for. From and to are the last day of
the date as stated: "2017-03" is due on 2017-03-31. Days are calendar days; above 0 is later. A late report
takes its place among the others.

    milepost slippage --plan gp-access --milestone HUB-1 -o json

JSON and CSV have: ref, milestone, as_at, event, from, to, days, total_days, against, reason, actor,
recorded_at, position, text, as_recorded. Days are null where there is no date before or after.
` + readingHelp
}

var moveColumns = []output.Column[*pb.Move]{
	{Name: "ref", Value: func(m *pb.Move) any { return m.GetRef() }, Heading: "REF"},
	{Name: "milestone", Value: func(m *pb.Move) any { return m.GetMilestone() }},
	{Name: "as_at", Value: func(m *pb.Move) any { return m.GetAsAt() }, Heading: "AS AT"},
	{Name: "event", Value: func(m *pb.Move) any { return m.GetEvent() }, Heading: "EVENT"},
	{Name: "from", Value: func(m *pb.Move) any { return output.Text(m.GetFrom()) }, Heading: "FROM"},
	{Name: "to", Value: func(m *pb.Move) any { return output.Text(m.GetTo()) }, Heading: "TO", Show: toShown},
	{Name: "days", Value: func(m *pb.Move) any { return moveDays(m) }, Heading: "DAYS", Right: true, Show: daysShown},
	{Name: "total_days", Value: func(m *pb.Move) any { return totalDays(m) }, Heading: "IN ALL", Right: true, Show: totalShown},
	{Name: "against", Value: func(m *pb.Move) any { return output.Text(m.GetAgainst()) }},
	{Name: "reason", Value: func(m *pb.Move) any { return output.Text(m.GetReason()) }, Heading: "REASON", Gives: true, Show: reasonShown},
	{Name: "actor", Value: func(m *pb.Move) any { return output.Text(m.GetActor()) }, Heading: "SAID BY", Gives: true},
	{Name: "recorded_at", Value: func(m *pb.Move) any { return output.Text(m.GetRecordedAt()) }},
	{Name: "position", Value: func(m *pb.Move) any { return m.GetPosition() }, Heading: "POSITION", Right: true},
	{Name: "text", Value: func(m *pb.Move) any { return output.Text(m.GetText()) }},
	{Name: "as_recorded", Value: func(m *pb.Move) any { return output.Text(m.GetAsRecorded()) }},
}

// moved says whether there was a date before and after. A withdrawal is no slip of 0 days.
func moved(m *pb.Move) bool { return m.GetFrom() != "" && m.GetTo() != "" }

func moveDays(m *pb.Move) any {
	if !moved(m) {
		return nil
	}
	return m.GetDays()
}

func totalDays(m *pb.Move) any {
	if m.GetTo() == "" {
		return nil
	}
	return m.GetTotalDays()
}

func daysShown(m *pb.Move) string {
	if !moved(m) {
		return ""
	}
	return signed(m.GetDays())
}

func totalShown(m *pb.Move) string {
	if m.GetTo() == "" {
		return ""
	}
	return signed(m.GetTotalDays())
}

// toShown is the date after, or the words where they gave none.
func toShown(m *pb.Move) string {
	if m.GetTo() == "" {
		return m.GetText()
	}
	return m.GetTo()
}

func reasonShown(m *pb.Move) string {
	if m.GetNoReason() {
		return "no reason given"
	}
	return m.GetReason()
}

// Run lists the moves.
func (c *slippageCommand) Run(inv *invocation) error {
	return ask(inv, c.readFlags, moveColumns, func(server *client.Client) *client.Answer[*pb.Move] {
		return server.Slippage(inv.ctx, &pb.ListSlippageRequest{
			Plan: c.Plan, Milestone: c.Milestone, ReadAt: c.readAt(), All: c.All, PageSize: largePage,
		})
	})
}
