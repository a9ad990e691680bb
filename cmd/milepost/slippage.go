package main

import (
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
