package main

import (
	"fmt"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/output"
)

// figureColumns are what a milestone's dates come to, beside its slip: fields of JSON and CSV. In a table the column NOTED says
// what has to be known of them.
var figureColumns = []output.Column[*pb.MilestoneStatus]{
	{Name: "due", Value: func(m *pb.MilestoneStatus) any { return output.Text(m.GetDue()) }},
	{Name: "slip_against", Value: func(m *pb.MilestoneStatus) any { return output.Text(m.GetSlipAgainst()) }},
	{Name: "slip_previous_days", Value: func(m *pb.MilestoneStatus) any { return ifSaid(m.SlipPreviousDays) }},
	{Name: "slip_original_days", Value: func(m *pb.MilestoneStatus) any { return ifSaid(m.SlipOriginalDays) }},
	{Name: "slip_current_days", Value: func(m *pb.MilestoneStatus) any { return ifSaid(m.SlipCurrentDays) }},
	{Name: "setting_days", Value: func(m *pb.MilestoneStatus) any { return m.GetSettingDays() }},
	{Name: "undated", Value: func(m *pb.MilestoneStatus) any { return m.GetUndated() }},
	{Name: "no_date_since", Value: func(m *pb.MilestoneStatus) any { return output.Text(m.GetNoDateSince()) }},
	{Name: "owed_days", Value: func(m *pb.MilestoneStatus) any { return m.GetOwedDays() }},
	{Name: "start_restated", Value: func(m *pb.MilestoneStatus) any { return m.GetStartRestated() }},
	{Name: "slip_restated_days", Value: func(m *pb.MilestoneStatus) any { return ifSaid(m.SlipRestatedDays) }},
	{Name: "in_doubt", Value: func(m *pb.MilestoneStatus) any { return m.GetInDoubt() }},
	{Name: "disagreement", Value: func(m *pb.MilestoneStatus) any { return m.GetDisagreement() }},
	{Name: "other_words", Value: func(m *pb.MilestoneStatus) any { return m.GetOtherWords() }},
	{Name: "timing", Value: func(m *pb.MilestoneStatus) any { return output.Text(m.GetTiming()) }},
	{Name: "dated_after_achieved", Value: func(m *pb.MilestoneStatus) any { return m.GetDatedAfterAchieved() }},
	{Name: "cancelled_on", Value: func(m *pb.MilestoneStatus) any { return output.Text(m.GetCancelledOn()) }},
	{Name: "days_late_when_cancelled", Value: func(m *pb.MilestoneStatus) any { return m.GetDaysLateWhenCancelled() }},
	{Name: "cancelled_owing", Value: func(m *pb.MilestoneStatus) any { return m.GetCancelledOwing() }},
	{Name: "replaced", Value: func(m *pb.MilestoneStatus) any { return m.GetReplaced() }},
	{Name: "first_forecast_text", Value: func(m *pb.MilestoneStatus) any { return output.Text(m.GetFirstForecastText()) }},
	{Name: "first_forecast", Value: func(m *pb.MilestoneStatus) any { return output.Text(m.GetFirstForecast()) }},
	{Name: "first_in_doubt", Value: func(m *pb.MilestoneStatus) any { return m.GetFirstInDoubt() }},
	{Name: "noted", Value: func(m *pb.MilestoneStatus) any { return append([]string{}, noted(m)...) }, Heading: "NOTED", Gives: true, Seldom: true},
}

// approvedColumns are the approved dates of a milestone, and baselinedColumns what has to be known beside them.
var approvedColumns = []output.Column[*pb.MilestoneStatus]{
	{Name: "original_baseline", Value: func(m *pb.MilestoneStatus) any { return approved(m.GetOriginalBaseline()) }},
	{Name: "current_baseline", Value: func(m *pb.MilestoneStatus) any { return approved(m.GetCurrentBaseline()) }},
}

var baselinedColumns = []output.Column[*pb.MilestoneStatus]{
	{Name: "baseline_number", Value: func(m *pb.MilestoneStatus) any { return ifAny(m.GetBaselineNumber()) }},
	{Name: "days_before_baseline", Value: func(m *pb.MilestoneStatus) any { return ifSaid(m.DaysBeforeBaseline) }},
	{Name: "approved_by_proposer", Value: func(m *pb.MilestoneStatus) any { return m.GetApprovedByProposer() }},
	{Name: "cancellation_pending", Value: func(m *pb.MilestoneStatus) any { return m.GetCancellationPending() }},
	{Name: "exception_tier", Value: func(m *pb.MilestoneStatus) any { return output.Text(m.GetExceptionTier()) }},
	{Name: "exception_days", Value: func(m *pb.MilestoneStatus) any { return ifAny(m.GetExceptionDays()) }},
	{Name: "exception_against", Value: func(m *pb.MilestoneStatus) any { return output.Text(m.GetExceptionAgainst()) }},
	{Name: "mistaken_baseline", Value: func(m *pb.MilestoneStatus) any { return output.Text(m.GetMistakenBaseline()) }},
	{Name: "rectified_baseline", Value: func(m *pb.MilestoneStatus) any { return output.Text(m.GetRectifiedBaseline()) }},
	{Name: "slip_mistaken_days", Value: func(m *pb.MilestoneStatus) any { return ifSaid(m.SlipMistakenDays) }},
	{Name: "slip_rectified_days", Value: func(m *pb.MilestoneStatus) any { return ifSaid(m.SlipRectifiedDays) }},
	{Name: "approved_title", Value: func(m *pb.MilestoneStatus) any { return output.Text(m.GetApprovedTitle()) }},
	{Name: "scope_pending", Value: func(m *pb.MilestoneStatus) any { return m.GetScopePending() }},
	{Name: "baselined_cost", Value: func(m *pb.MilestoneStatus) any { return output.Text(m.GetBaselinedCost()) }},
	{Name: "cost", Value: func(m *pb.MilestoneStatus) any { return output.Text(m.GetCost()) }},
	{Name: "cost_currency", Value: func(m *pb.MilestoneStatus) any { return output.Text(m.GetCostCurrency()) }},
	{Name: "cost_in_other_currency", Value: func(m *pb.MilestoneStatus) any { return m.GetCostInOtherCurrency() }},
	{Name: "cost_exception_tier", Value: func(m *pb.MilestoneStatus) any { return output.Text(m.GetCostExceptionTier()) }},
	{Name: "cost_exception_amount", Value: func(m *pb.MilestoneStatus) any { return output.Text(m.GetCostExceptionAmount()) }},
	{Name: "proposed_baseline", Value: func(m *pb.MilestoneStatus) any { return output.Text(m.GetProposedBaseline()) }},
}

// approved is an approved date, and null where there is none.
func approved(baseline string) any {
	if baseline == "not baselined" {
		return nil
	}
	return output.Text(baseline)
}

// ifAny is a number, and null where it is 0 because there is nothing to tell.
func ifAny(n int32) any {
	if n == 0 {
		return nil
	}
	return n
}

// ifSaid are days, and null where there are none to tell.
func ifSaid(days *int32) any {
	if days == nil {
		return nil
	}
	return *days
}

// overdueShown says by how many days a date has passed.
func overdueShown(m *pb.MilestoneStatus) string {
	if !m.GetOverdue() {
		return ""
	}
	return fmt.Sprint(m.GetOwedDays(), " d")
}

// noted is what has to be known of a milestone's figures, in words.
func noted(m *pb.MilestoneStatus) (notes []string) {
	note := func(is bool, format string, args ...any) {
		if is {
			notes = append(notes, fmt.Sprintf(format, args...))
		}
	}
	slipped := m.SlipDays != nil
	note(m.GetReplaced(), "replaced by another")
	note(m.GetNoDateSince() != "", "no date since %s", m.GetNoDateSince())
	note(m.GetOverdue() && slipped, "slip %s, and at least %d more", signed(m.GetSlipDays()), m.GetOwedDays())
	note(m.GetTiming() == "late", "achieved late")
	note(m.GetTiming() == "up to", "achieved in a period that holds its due date")
	note(m.GetFirstForecastText() != "" && m.GetSlipDays() != 0, "first stated as %s", m.GetFirstForecastText())
	note(m.SlipRestatedDays != nil, "start restated: %s by it", ifDays(m.SlipRestatedDays))
	note(m.GetStartRestated() && m.SlipRestatedDays == nil, "start restated")
	note(m.SlipCurrentDays != nil && m.GetBaselineNumber() > 1, "baseline %d, slip %s", m.GetBaselineNumber(), ifDays(m.SlipCurrentDays))
	note(m.GetDaysBeforeBaseline() != 0, "%s days before it was baselined", ifDays(m.DaysBeforeBaseline))
	note(m.GetApprovedByProposer(), "approved by the proposer")
	note(m.GetCancellationPending(), "cancelled, which waits for its approval")
	note(m.GetExceptionTier() != "", "exception of %s: %s against the %s", m.GetExceptionTier(), signed(m.GetExceptionDays()), m.GetExceptionAgainst())
	note(m.SlipMistakenDays != nil, "%s was approved in error: slip %s against it, %s against %s", m.GetMistakenBaseline(), ifDays(m.SlipMistakenDays), ifDays(m.SlipRectifiedDays), m.GetRectifiedBaseline())
	note(m.GetScopePending(), "other words than %q, which were approved: they wait for their approval", m.GetApprovedTitle())
	note(m.GetCostExceptionTier() != "", "exception of %s: costs %s %s, %s more than was approved", m.GetCostExceptionTier(), m.GetCost(), m.GetCostCurrency(), m.GetCostExceptionAmount())
	note(m.GetCostInOtherCurrency(), "money in another currency than its approved cost, which is not compared")
	note(m.GetProposedBaseline() != "", "%s is proposed as its baseline", m.GetProposedBaseline())
	note(m.GetSettingDays() != 0, "%s days by another setting", signed(m.GetSettingDays()))
	note(m.GetFirstInDoubt(), "first of several days in words")
	note(m.GetInDoubt(), "date in doubt")
	note(m.GetDisagreement(), "speakers disagree")
	note(m.GetOtherWords(), "promised in other words")
	note(m.GetCorrections() > 0, "corrected")
	note(m.GetCorrectionsPending() > 0, "a correction waits")
	note(m.GetDatedAfterAchieved(), "dated after it was achieved")
	note(m.GetCancelledOn() != "" && m.GetDue() != "", "cancelled on %s, was due %s, %d days late", m.GetCancelledOn(), m.GetDue(), m.GetDaysLateWhenCancelled())
	return notes
}

func ifDays(days *int32) string {
	if days == nil {
		return ""
	}
	return signed(*days)
}
