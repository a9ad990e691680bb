package main

import (
	"fmt"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/load/conventions"
	"milepost.dev/internal/output"
)

type plansCommand struct {
	List   plansListCommand   `cmd:"" default:"withargs" help:"List the plans, or show one."`
	Set    plansSetCommand    `cmd:"" help:"Set how the dates of a plan are written."`
	Close  plansCloseCommand  `cmd:"" help:"Close a plan: it accepts no more facts."`
	Reopen plansReopenCommand `cmd:"" help:"Reopen a closed plan."`
}

type plansListCommand struct {
	ID string `arg:"" optional:"" help:"Show this plan: its parts, its measures, and the documents that were read into it."`
	readFlags
}

// Help is shown by kong.
func (plansListCommand) Help() string {
	return `The plans that you may read, in order of id. Slipped and recovered count the milestones whose last date, or
actual, is later or earlier than it was promised: than the original baseline, else the first forecast. Overdue are those that are open and whose last promised day has
passed, also where that date was withdrawn since; no date, those that were promised for a day and now have none.

JSON and CSV also have late and on_time (to come, later than first forecast or not), to_review, owed_days, achieved_late, achieved_on_time,
achieved_up_to, in_doubt, cancelled_owing, other_words, start_restated, disagreements, replaced, net_slip_days and setting_days: as in
status, counted or added up; baselined, rebaselined, rebaselines (how often), days_granted (the current baseline less the first forecast,
all told), days_before_baseline, exceptions (of days or of money), cost_exceptions, baseline_errors (approved dates that were themselves
wrong), scopes_pending, cancellations_pending and proposals_pending; and corrections, correction_days (that they
took from slips), corrected_by and corrections_pending.

    milepost plans --as-at 2017-06-01
    milepost plans gp-access

A plan that was closed is listed with the day; it takes no facts, and is counted and asked about as before.

Of one plan JSON is one object, with components (its workstreams, schemes and deliverables), measures and
documents beside the fields of the list.
` + readingHelp
}

// readingHelp ends the help of every command that asks.
const readingHelp = `
In CSV a text that a spreadsheet would run as a formula has an apostrophe before it, and a control character or a mark of
direction is shown as a picture; JSON has every text as it is. A value that is absent is null in JSON, and an empty cell in CSV.

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
	{Name: "date_order", Value: func(p *pb.Plan) any { return output.Text(conventions.Of(p).DateOrder) }},
	{Name: "financial_year", Value: func(p *pb.Plan) any { return monthOrNull(p) }},
	{Name: "weeks", Value: func(p *pb.Plan) any { return output.Text(conventions.Of(p).Weeks) }},
	{Name: "months_from", Value: func(p *pb.Plan) any { return output.Text(conventions.Of(p).MonthsFrom) }},
	{Name: "milestones", Value: func(p *pb.Plan) any { return p.GetMilestones() }, Heading: "MILESTONES", Right: true},
	{Name: "achieved", Value: func(p *pb.Plan) any { return p.GetAchieved() }, Heading: "ACHIEVED", Right: true},
	{Name: "slipped", Value: func(p *pb.Plan) any { return p.GetSlipped() }, Heading: "SLIPPED", Right: true},
	{Name: "recovered", Value: func(p *pb.Plan) any { return p.GetRecovered() }, Heading: "RECOVERED", Right: true},
	{Name: "overdue", Value: func(p *pb.Plan) any { return p.GetOverdue() }, Heading: "OVERDUE", Right: true},
	{Name: "undated", Value: func(p *pb.Plan) any { return p.GetUndated() }, Heading: "UNDATED", Right: true},
	{Name: "no_date", Value: func(p *pb.Plan) any { return p.GetNoDate() }, Heading: "NO DATE", Right: true, Seldom: true, Show: countShown((*pb.Plan).GetNoDate)},
	{Name: "last_as_at", Value: func(p *pb.Plan) any { return output.Text(p.GetLastAsAt()) }, Heading: "LAST AS AT"},
	{Name: "position", Value: func(p *pb.Plan) any { return p.GetPosition() }, Heading: "POSITION", Right: true},
	{Name: "started", Value: func(p *pb.Plan) any { return p.GetStarted() }},
	{Name: "on_hold", Value: func(p *pb.Plan) any { return p.GetOnHold() }},
	{Name: "cancelled", Value: func(p *pb.Plan) any { return p.GetCancelled() }},
	{Name: "not_reported", Value: func(p *pb.Plan) any { return p.GetNotReported() }},
	{Name: "ratings", Value: func(p *pb.Plan) any { return objects(ratedColumns, p.GetRatings()) }, Heading: "RATED", Show: ratedShown},
	{Name: "late", Value: func(p *pb.Plan) any { return p.GetLate() }},
	{Name: "on_time", Value: func(p *pb.Plan) any { return p.GetOnTime() }},
	{Name: "to_review", Value: func(p *pb.Plan) any { return p.GetToReview() }},
	{Name: "owed_days", Value: func(p *pb.Plan) any { return p.GetOwedDays() }},
	{Name: "achieved_late", Value: func(p *pb.Plan) any { return p.GetAchievedLate() }},
	{Name: "achieved_on_time", Value: func(p *pb.Plan) any { return p.GetAchievedOnTime() }},
	{Name: "achieved_up_to", Value: func(p *pb.Plan) any { return p.GetAchievedUpTo() }},
	{Name: "in_doubt", Value: func(p *pb.Plan) any { return p.GetInDoubt() }},
	{Name: "cancelled_owing", Value: func(p *pb.Plan) any { return p.GetCancelledOwing() }},
	{Name: "other_words", Value: func(p *pb.Plan) any { return p.GetOtherWords() }},
	{Name: "start_restated", Value: func(p *pb.Plan) any { return p.GetStartRestated() }},
	{Name: "disagreements", Value: func(p *pb.Plan) any { return p.GetDisagreements() }},
	{Name: "replaced", Value: func(p *pb.Plan) any { return p.GetReplaced() }},
	{Name: "net_slip_days", Value: func(p *pb.Plan) any { return p.GetNetSlipDays() }},
	{Name: "setting_days", Value: func(p *pb.Plan) any { return p.GetSettingDays() }},
	{Name: "corrections", Value: func(p *pb.Plan) any { return p.GetCorrections() }, Heading: "CORRECTED", Seldom: true, Show: correctedShown},
	{Name: "correction_days", Value: func(p *pb.Plan) any { return p.GetCorrectionDays() }},
	{Name: "corrected_by", Value: func(p *pb.Plan) any { return append([]string{}, p.GetCorrectedBy()...) }},
	{Name: "corrections_pending", Value: func(p *pb.Plan) any { return p.GetCorrectionsPending() }},
	{Name: "closed", Value: func(p *pb.Plan) any { return output.Text(p.GetClosed()) }, Heading: "CLOSED", Seldom: true},
	{Name: "closed_reason", Value: func(p *pb.Plan) any { return output.Text(p.GetClosedReason()) }},
	{Name: "baselined", Value: func(p *pb.Plan) any { return p.GetBaselined() }, Heading: "BASELINED", Right: true, Seldom: true, Show: countShown((*pb.Plan).GetBaselined)},
	{Name: "rebaselined", Value: func(p *pb.Plan) any { return p.GetRebaselined() }, Heading: "RE-BASELINED", Right: true, Seldom: true, Show: countShown((*pb.Plan).GetRebaselined)},
	{Name: "rebaselines", Value: func(p *pb.Plan) any { return p.GetRebaselines() }},
	{Name: "days_granted", Value: func(p *pb.Plan) any { return p.GetDaysGranted() }, Heading: "GRANTED", Right: true, Seldom: true, Show: grantedShown},
	{Name: "days_before_baseline", Value: func(p *pb.Plan) any { return p.GetDaysBeforeBaseline() }},
	{Name: "exceptions", Value: func(p *pb.Plan) any { return p.GetExceptions() }, Heading: "EXCEPTIONS", Right: true, Seldom: true, Show: countShown((*pb.Plan).GetExceptions)},
	{Name: "cost_exceptions", Value: func(p *pb.Plan) any { return p.GetCostExceptions() }},
	{Name: "scopes_pending", Value: func(p *pb.Plan) any { return p.GetScopesPending() }},
	{Name: "baseline_errors", Value: func(p *pb.Plan) any { return p.GetBaselineErrors() }},
	{Name: "cancellations_pending", Value: func(p *pb.Plan) any { return p.GetCancellationsPending() }},
	{Name: "proposals_pending", Value: func(p *pb.Plan) any { return p.GetProposalsPending() }},
}

// grantedShown are the days granted, where something is baselined.
func grantedShown(p *pb.Plan) string {
	if p.GetBaselined() == 0 {
		return ""
	}
	return signed(p.GetDaysGranted())
}

// correctedShown is how many corrections there are, how many days they took away, by whom, and how many wait.
func correctedShown(p *pb.Plan) string {
	var said []string
	if n := p.GetCorrections(); n > 0 {
		said = append(said, fmt.Sprintf("%d, %d d removed, by %s", n, p.GetCorrectionDays(), strings.Join(p.GetCorrectedBy(), ", ")))
	}
	if n := p.GetCorrectionsPending(); n > 0 {
		said = append(said, fmt.Sprintf("%d pending", n))
	}
	return strings.Join(said, "; ")
}

// countShown leaves out a count of nothing.
func countShown(of func(*pb.Plan) int32) func(*pb.Plan) string {
	return func(p *pb.Plan) string {
		if n := of(p); n > 0 {
			return fmt.Sprint(n)
		}
		return ""
	}
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

// monthOrNull is the month that the financial year begins in; null where the plan does not say.
func monthOrNull(p *pb.Plan) any {
	if m := conventions.Of(p).FinancialYear; m != 0 {
		return m
	}
	return nil
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
