package main

import (
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/output"
)

type fundingCommand struct {
	Plan      string `required:"" placeholder:"ID" help:"The plan."`
	Milestone string `placeholder:"REF" help:"Only the lines of this milestone, by reference or by its own id."`
	Scheme    string `help:"Only the lines of this scheme."`
	State     string `help:"Only those in this state: identified, bid, approved in principle, confirmed in part, confirmed, released, received, spent or withdrawn."`
	readFlags
}

// Help is shown by kong.
func (fundingCommand) Help() string {
	return `First the lines of the plan itself, then those of its schemes, then those of its milestones in order of
reference. The amount is what was stated where the line has got to. Nothing is added up: the same pound
can be said twice in a plan.

    milepost funding --plan gp-access --state confirmed --as-at 2017-06-01

JSON and CSV have: line, state, amount, of, currency, fund, as_at, position, ref, milestone, scheme, start,
end, first_start, first_end (the days it was for before it was reprofiled), basis, recurrence, amounts
(stage, amount), review.
` + readingHelp
}

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

// Run lists the lines.
func (c *fundingCommand) Run(inv *invocation) error {
	return ask(inv, c.readFlags, fundingColumns, func(server *client.Client) *client.Answer[*pb.FundingLine] {
		return server.Funding(inv.ctx, &pb.ListFundingRequest{
			Plan: c.Plan, Milestone: c.Milestone, Scheme: c.Scheme, State: c.State, ReadAt: c.readAt(), PageSize: largePage,
		})
	})
}
