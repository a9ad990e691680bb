package main

import (
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/output"
)

// fundingColumns begin with those that show has of a milestone's own lines.
var fundingColumns = []output.Column[*pb.FundingLine]{
	{Name: "line", Value: func(l *pb.FundingLine) any { return l.GetLine() }, Heading: "FUNDING"},
	{Name: "state", Value: func(l *pb.FundingLine) any { return l.GetState() }, Heading: "STATE"},
	{Name: "amount", Value: func(l *pb.FundingLine) any { return output.Text(l.GetAmount()) }, Heading: "AMOUNT", Right: true},
	{Name: "of", Value: func(l *pb.FundingLine) any { return output.Text(l.GetOf()) }, Heading: "OF", Right: true},
	{Name: "currency", Value: func(l *pb.FundingLine) any { return output.Text(l.GetCurrency()) }, Heading: "CURRENCY"},
	{Name: "fund", Value: func(l *pb.FundingLine) any { return output.Text(l.GetFund()) }, Heading: "FUND", Gives: true},
	{Name: "as_at", Value: func(l *pb.FundingLine) any { return output.Text(l.GetAsAt()) }, Heading: "AS AT"},
	{Name: "position", Value: func(l *pb.FundingLine) any { return l.GetPosition() }, Heading: "POSITION", Right: true},
	{Name: "ref", Value: func(l *pb.FundingLine) any { return output.Text(l.GetRef()) }, Heading: "REF"},
	{Name: "milestone", Value: func(l *pb.FundingLine) any { return output.Text(l.GetMilestone()) }},
	{Name: "scheme", Value: func(l *pb.FundingLine) any { return output.Text(l.GetScheme()) }, Heading: "SCHEME", Gives: true},
	{Name: "start", Value: func(l *pb.FundingLine) any { return output.Text(l.GetStart()) }, Heading: "FROM"},
	{Name: "end", Value: func(l *pb.FundingLine) any { return output.Text(l.GetEnd()) }, Heading: "TO"},
	{Name: "first_start", Value: func(l *pb.FundingLine) any { return output.Text(l.GetFirstStart()) }},
	{Name: "first_end", Value: func(l *pb.FundingLine) any { return output.Text(l.GetFirstEnd()) }},
	{Name: "basis", Value: func(l *pb.FundingLine) any { return output.Text(l.GetBasis()) }, Heading: "BASIS", Show: basisShown},
	{Name: "recurrence", Value: func(l *pb.FundingLine) any { return output.Text(l.GetRecurrence()) }},
	{Name: "amounts", Value: func(l *pb.FundingLine) any { return objects(amountColumns, l.GetAmounts()) }},
	{Name: "review", Value: func(l *pb.FundingLine) any { return append([]string{}, l.GetReview()...) }, Heading: "REVIEW"},
}

func basisShown(l *pb.FundingLine) string { return strings.ReplaceAll(l.GetBasis(), "_", " ") }

var amountColumns = []output.Column[*pb.FundingAmount]{
	{Name: "stage", Value: func(a *pb.FundingAmount) any { return a.GetStage() }},
	{Name: "amount", Value: func(a *pb.FundingAmount) any { return a.GetAmount() }},
}
