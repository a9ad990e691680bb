package main

import (
	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/output"
)

// ownerColumns begin with those that show has of a milestone's own owners.
var ownerColumns = []output.Column[*pb.Ownership]{
	{Name: "owner", Value: func(o *pb.Ownership) any { return o.GetOwner() }, Heading: "OWNER", Gives: true},
	{Name: "effective", Value: func(o *pb.Ownership) any { return output.Text(o.GetEffective()) }, Heading: "FROM"},
	{Name: "actor", Value: func(o *pb.Ownership) any { return o.GetActor() }, Heading: "SAID BY", Gives: true},
	{Name: "position", Value: func(o *pb.Ownership) any { return o.GetPosition() }, Heading: "POSITION", Right: true},
	{Name: "ref", Value: func(o *pb.Ownership) any { return o.GetRef() }, Heading: "REF"},
	{Name: "milestone", Value: func(o *pb.Ownership) any { return o.GetMilestone() }},
	{Name: "title", Value: func(o *pb.Ownership) any { return output.Text(o.GetTitle()) }, Heading: "TITLE", Gives: true},
	{Name: "until", Value: func(o *pb.Ownership) any { return output.Text(o.GetUntil()) }, Heading: "UNTIL"},
	{Name: "as_at", Value: func(o *pb.Ownership) any { return output.Text(o.GetAsAt()) }, Heading: "AS AT"},
	{Name: "reason", Value: func(o *pb.Ownership) any { return output.Text(o.GetReason()) }, Heading: "REASON", Gives: true},
	{Name: "recorded_at", Value: func(o *pb.Ownership) any { return output.Text(o.GetRecordedAt()) }},
	{Name: "shared_by", Value: func(o *pb.Ownership) any { return append([]string{}, o.GetSharedBy()...) }},
}
