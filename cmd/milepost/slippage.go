package main

import (
	"fmt"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/output"
)

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
	{Name: "on_behalf_of", Value: func(m *pb.Move) any { return output.Text(m.GetOnBehalfOf()) }, Heading: "FOR", Gives: true, Seldom: true},
	{Name: "recorded_at", Value: func(m *pb.Move) any { return output.Text(m.GetRecordedAt()) }},
	{Name: "position", Value: func(m *pb.Move) any { return m.GetPosition() }, Heading: "POSITION", Right: true},
	{Name: "text", Value: func(m *pb.Move) any { return output.Text(m.GetText()) }},
	{Name: "as_recorded", Value: func(m *pb.Move) any { return output.Text(m.GetAsRecorded()) }},
	{Name: "counts", Value: func(m *pb.Move) any { return m.GetCounts() }},
	{Name: "marks", Value: func(m *pb.Move) any { return append([]string{}, m.GetMarks()...) }, Heading: "MARKS", Gives: true, Seldom: true},
	{Name: "made_by", Value: func(m *pb.Move) any { return m.GetMadeBy() }},
	{Name: "from_position", Value: func(m *pb.Move) any { return m.GetFromPosition() }},
	{Name: "from_actor", Value: func(m *pb.Move) any { return output.Text(m.GetFromActor()) }},
	{Name: "was", Value: func(m *pb.Move) any { return output.Text(m.GetWas()) }},
	{Name: "is", Value: func(m *pb.Move) any { return output.Text(m.GetIs()) }},
	{Name: "original_days", Value: func(m *pb.Move) any { return ifSaid(m.OriginalDays) }, Heading: "ORIGINAL", Right: true, Seldom: true, Show: func(m *pb.Move) string { return ifDays(m.OriginalDays) }},
	{Name: "current_days", Value: func(m *pb.Move) any { return ifSaid(m.CurrentDays) }, Heading: "CURRENT", Right: true, Seldom: true, Show: func(m *pb.Move) string { return ifDays(m.CurrentDays) }},
	{Name: "out_of_sight_days", Value: func(m *pb.Move) any { return m.GetOutOfSightDays() }, Heading: "OUT OF SIGHT", Right: true, Seldom: true, Show: outOfSightShown},
}

// moveDays are null where there is no date before or after: a withdrawal is no slip of 0 days.
func moveDays(m *pb.Move) any {
	if !measured(m) {
		return nil
	}
	return m.GetDays()
}

func measured(m *pb.Move) bool { return m.GetMeasured() && m.GetFrom() != "" }

// totalDays are null where the row moved nothing and leads to no date.
func totalDays(m *pb.Move) any {
	if m.GetTo() == "" && !m.GetCounts() {
		return nil
	}
	return m.GetTotalDays()
}

func daysShown(m *pb.Move) string {
	if !measured(m) {
		return ""
	}
	return signed(m.GetDays())
}

// totalShown is the total after a row that is part of it.
func totalShown(m *pb.Move) string {
	if !m.GetCounts() {
		return ""
	}
	return signed(m.GetTotalDays())
}

// toShown is the date after, or the words where they gave none.
func toShown(m *pb.Move) string {
	if m.GetWas() != "" {
		return m.GetIs()
	}
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

// outOfSightShown says by how many days of slip a baseline took out of sight.
func outOfSightShown(m *pb.Move) string {
	if m.GetOutOfSightDays() == 0 {
		return ""
	}
	return fmt.Sprint(m.GetOutOfSightDays(), " d")
}
