package main

import (
	"fmt"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/output"
)

type plansCommand struct {
	List   plansListCommand   `cmd:"" default:"withargs" help:"List the plans, or show one."`
	Close  plansCloseCommand  `cmd:"" help:"Close a plan: it takes no facts any more."`
	Reopen plansReopenCommand `cmd:"" help:"Open a plan that was closed."`
}

type plansListCommand struct {
	ID string `arg:"" optional:"" help:"Show this plan: its parts, its measures, and the documents that were read into it."`
	readFlags
}

// Help is shown by kong.
func (plansListCommand) Help() string {
	return `The plans that you may read, in order of id. Slipped and recovered count the milestones that are due
later or earlier now than they were first forecast.

    milepost plans --as-at 2017-06-01
    milepost plans gp-access

A plan that was closed is listed with the day; it takes no facts, and is counted and asked about as before.

Of one plan JSON is one object, with components (its workstreams, schemes and deliverables), measures and
documents beside the fields of the list.
` + readingHelp
}

// readingHelp ends the help of every command that asks.
const readingHelp = `
In CSV a text that a spreadsheet would run as a formula has an apostrophe before it; JSON has every
text as it is. A value that is absent is null in JSON, and an empty cell in CSV.

EXIT STATUS

    0  there is an answer
    1  there is none: no such plan, you may not read it, or the server failed
    2  wrong usage
    4  the server does not answer`

var planColumns = []output.Column[*pb.Plan]{
	{Name: "id", Value: func(p *pb.Plan) any { return p.GetId() }, Heading: "PLAN"},
	{Name: "name", Value: func(p *pb.Plan) any { return output.Text(p.GetName()) }, Heading: "NAME", Gives: true},
	{Name: "period_start", Value: func(p *pb.Plan) any { return output.Text(p.GetPeriodStart()) }, Heading: "FROM"},
	{Name: "period_end", Value: func(p *pb.Plan) any { return output.Text(p.GetPeriodEnd()) }, Heading: "TO"},
	{Name: "quarters", Value: func(p *pb.Plan) any { return quarters(p.GetQuarters()) }},
	{Name: "time_zone", Value: func(p *pb.Plan) any { return output.Text(p.GetTimeZone()) }},
	{Name: "milestones", Value: func(p *pb.Plan) any { return p.GetMilestones() }, Heading: "MILESTONES", Right: true},
	{Name: "achieved", Value: func(p *pb.Plan) any { return p.GetAchieved() }, Heading: "ACHIEVED", Right: true},
	{Name: "slipped", Value: func(p *pb.Plan) any { return p.GetSlipped() }, Heading: "SLIPPED", Right: true},
	{Name: "recovered", Value: func(p *pb.Plan) any { return p.GetRecovered() }, Heading: "RECOVERED", Right: true},
	{Name: "overdue", Value: func(p *pb.Plan) any { return p.GetOverdue() }, Heading: "OVERDUE", Right: true},
	{Name: "undated", Value: func(p *pb.Plan) any { return p.GetUndated() }, Heading: "UNDATED", Right: true},
	{Name: "last_as_at", Value: func(p *pb.Plan) any { return output.Text(p.GetLastAsAt()) }, Heading: "LAST AS AT"},
	{Name: "position", Value: func(p *pb.Plan) any { return p.GetPosition() }, Heading: "POSITION", Right: true},
	{Name: "started", Value: func(p *pb.Plan) any { return p.GetStarted() }},
	{Name: "on_hold", Value: func(p *pb.Plan) any { return p.GetOnHold() }},
	{Name: "cancelled", Value: func(p *pb.Plan) any { return p.GetCancelled() }},
	{Name: "not_reported", Value: func(p *pb.Plan) any { return p.GetNotReported() }},
	{Name: "ratings", Value: func(p *pb.Plan) any { return objects(ratedColumns, p.GetRatings()) }, Heading: "RATED", Show: ratedShown},
	{Name: "closed", Value: func(p *pb.Plan) any { return output.Text(p.GetClosed()) }, Heading: "CLOSED"},
	{Name: "closed_reason", Value: func(p *pb.Plan) any { return output.Text(p.GetClosedReason()) }},
}

var ratedColumns = []output.Column[*pb.RatingCount]{
	{Name: "rating", Value: func(c *pb.RatingCount) any { return c.GetRating() }},
	{Name: "milestones", Value: func(c *pb.RatingCount) any { return c.GetMilestones() }},
}

// ratedShown leaves out those that were never rated where none was.
func ratedShown(p *pb.Plan) string {
	if r := p.GetRatings(); len(r) == 1 && r[0].GetRating() == "not rated" {
		return ""
	}
	var told []string
	for _, c := range p.GetRatings() {
		told = append(told, fmt.Sprintf("%d %s", c.GetMilestones(), c.GetRating()))
	}
	return strings.Join(told, ", ")
}

// quarters is "calendar" or "financial". Calendar quarters hold where nothing was said.
func quarters(q pb.Quarters) string {
	if q == pb.Quarters_QUARTERS_UNSPECIFIED {
		q = pb.Quarters_QUARTERS_CALENDAR
	}
	return strings.ToLower(strings.TrimPrefix(q.String(), "QUARTERS_"))
}

// Run lists the plans.
func (c *plansListCommand) Run(inv *invocation) error {
	if c.ID != "" {
		return c.one(inv)
	}
	return ask(inv, c.readFlags, planColumns, pb.QueryServiceClient.ListPlans, (*pb.ListPlansResponse).GetPlans, &pb.ListPlansRequest{
		ReadAt: c.readAt(), PageSize: largePage,
	})
}
