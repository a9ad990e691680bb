package export

import (
	"strings"

	pb "milepost.dev/api/milepost/v1"
)

// of is a part of a milestone, with the milestone that it is of.
type of[T any] struct {
	ref  string
	part T
}

// named is one of several values that have names.
type named struct {
	position uint64 // of the event; 0 where it is of no event
	ref      string
	name     string
	before   string
	after    string
}

// amount is what was stated of a funding line at one stage.
type amount struct {
	position uint64 // of the line
	*pb.FundingAmount
}

type milestone = *pb.GetMilestoneResponse

// about is what the file speaks for.
type about struct {
	plan, asAt, software string
	position             uint64
	rules                uint32
}

func aboutTable() table[about] {
	return table[about]{name: "export", columns: []column[about]{
		{"format", "INTEGER NOT NULL", func(about) any { return 1 }},
		{"plan", "TEXT NOT NULL", func(a about) any { return a.plan }},
		{"as_at", "TEXT NOT NULL", func(a about) any { return a.asAt }},
		{"position", "INTEGER NOT NULL", func(a about) any { return int64(a.position) }},
		{"software", "TEXT NOT NULL", func(a about) any { return a.software }},
		{"rules", "INTEGER NOT NULL", func(a about) any { return a.rules }},
	}}
}

func lossTable() table[*pb.Loss] {
	return table[*pb.Loss]{name: "losses", columns: []column[*pb.Loss]{
		{"position", "INTEGER NOT NULL", func(l *pb.Loss) any { return int64(l.GetPosition()) }},
		{"last_known", "INTEGER NOT NULL", func(l *pb.Loss) any { return int64(l.GetLastKnown()) }},
		{"restored_at", "TEXT NOT NULL", func(l *pb.Loss) any { return l.GetRestoredAt() }},
	}}
}

func planTable() table[*pb.Plan] {
	return table[*pb.Plan]{name: "plan", key: "id", columns: []column[*pb.Plan]{
		{"id", "TEXT NOT NULL", func(p *pb.Plan) any { return p.GetId() }},
		{"name", "TEXT NOT NULL", func(p *pb.Plan) any { return p.GetName() }},
		{"period_start", "TEXT", func(p *pb.Plan) any { return day(p.GetPeriodStart()) }},
		{"period_end", "TEXT", func(p *pb.Plan) any { return day(p.GetPeriodEnd()) }},
		{"quarters", "TEXT", func(p *pb.Plan) any { return quarters(p.GetQuarters()) }},
		{"time_zone", "TEXT NOT NULL", func(p *pb.Plan) any { return p.GetTimeZone() }},
		{"milestones", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetMilestones() }},
		{"achieved", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetAchieved() }},
		{"slipped", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetSlipped() }},
		{"recovered", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetRecovered() }},
		{"overdue", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetOverdue() }},
		{"undated", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetUndated() }},
		{"started", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetStarted() }},
		{"on_hold", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetOnHold() }},
		{"cancelled", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetCancelled() }},
		{"not_reported", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetNotReported() }},
		{"last_as_at", "TEXT", func(p *pb.Plan) any { return day(p.GetLastAsAt()) }},
		{"no_date", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetNoDate() }},
		{"late", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetLate() }},
		{"to_review", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetToReview() }},
		{"owed_days", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetOwedDays() }},
		{"achieved_late", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetAchievedLate() }},
		{"achieved_on_time", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetAchievedOnTime() }},
		{"achieved_up_to", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetAchievedUpTo() }},
		{"in_doubt", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetInDoubt() }},
		{"cancelled_owing", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetCancelledOwing() }},
		{"other_words", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetOtherWords() }},
		{"start_restated", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetStartRestated() }},
		{"disagreements", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetDisagreements() }},
		{"net_slip_days", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetNetSlipDays() }},
		{"replaced", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetReplaced() }},
		{"setting_days", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetSettingDays() }},
		{"baselined", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetBaselined() }},
		{"rebaselined", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetRebaselined() }},
		{"rebaselines", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetRebaselines() }},
		{"days_granted", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetDaysGranted() }},
		{"days_before_baseline", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetDaysBeforeBaseline() }},
		{"proposals_pending", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetProposalsPending() }},
		{"exceptions", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetExceptions() }},
		{"cost_exceptions", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetCostExceptions() }},
		{"scopes_pending", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetScopesPending() }},
		{"baseline_errors", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetBaselineErrors() }},
		{"cancellations_pending", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetCancellationsPending() }},
		{"corrections", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetCorrections() }},
		{"correction_days", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetCorrectionDays() }},
		{"corrections_pending", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetCorrectionsPending() }},
	}}
}

func milestoneTable() table[milestone] {
	return table[milestone]{name: "milestones", key: "ref", columns: []column[milestone]{
		{"ref", "TEXT NOT NULL", func(m milestone) any { return m.GetStatus().GetRef() }},
		{"milestone", "TEXT NOT NULL UNIQUE", func(m milestone) any { return m.GetStatus().GetMilestone() }},
		{"title", "TEXT NOT NULL", func(m milestone) any { return m.GetStatus().GetTitle() }},
		{"workstream", "TEXT", func(m milestone) any { return text(m.GetStatus().GetWorkstream()) }},
		{"owner", "TEXT", func(m milestone) any { return text(m.GetStatus().GetOwner()) }},
		{"owner_is", "TEXT NOT NULL", func(m milestone) any { return meaning("", m.GetStatus().GetOwner()) }},
		{"state", "TEXT NOT NULL", func(m milestone) any { return m.GetStatus().GetState() }},
		{"state_as_at", "TEXT", func(m milestone) any { return day(m.GetStatus().GetStateAsAt()) }},
		{"original_baseline", "TEXT", func(m milestone) any { return day(m.GetOriginalBaseline()) }},
		{"original_baseline_is", "TEXT NOT NULL", func(m milestone) any { return baseline(m.GetOriginalBaseline()) }},
		{"current_baseline", "TEXT", func(m milestone) any { return day(m.GetCurrentBaseline()) }},
		{"current_baseline_is", "TEXT NOT NULL", func(m milestone) any { return baseline(m.GetCurrentBaseline()) }},
		{"forecast", "TEXT", func(m milestone) any { return day(m.GetStatus().GetForecast()) }},
		{"forecast_is", "TEXT NOT NULL", func(m milestone) any { return meaning(m.GetStatus().GetForecast(), m.GetStatus().GetForecastText()) }},
		{"forecast_text", "TEXT", func(m milestone) any { return text(m.GetStatus().GetForecastText()) }},
		{"forecast_edtf", "TEXT", func(m milestone) any { return text(m.GetForecastEdtf()) }},
		{"actual", "TEXT", func(m milestone) any { return day(m.GetStatus().GetActual()) }},
		{"actual_is", "TEXT NOT NULL", func(m milestone) any { return meaning(m.GetStatus().GetActual(), "") }},
		{"started", "TEXT", func(m milestone) any { return day(m.GetStatus().GetStarted()) }},
		{"met", "INTEGER NOT NULL", func(m milestone) any { return m.GetStatus().GetMet() }},
		{"first_forecast", "TEXT", func(m milestone) any { return day(m.GetFirstForecast()) }},
		{"slip_days", "INTEGER", func(m milestone) any { return optional(m.GetStatus().SlipDays) }},
		{"overdue", "INTEGER NOT NULL", func(m milestone) any { return m.GetStatus().GetOverdue() }},
		{"proposed", "TEXT", func(m milestone) any { return day(m.GetProposed()) }},
		{"knock_on_days", "INTEGER", func(m milestone) any { return optional(m.KnockOnDays) }},
		{"rating", "TEXT", func(m milestone) any { return text(m.GetStatus().GetRating()) }},
		{"status", "TEXT", func(m milestone) any { return text(m.GetStatus().GetStatus()) }},
		{"percent", "INTEGER", func(m milestone) any { return optional(m.GetStatus().Percent) }},
		{"words", "TEXT", func(m milestone) any { return text(m.GetWords()) }},
		{"next_steps", "TEXT", func(m milestone) any { return text(m.GetStatus().GetNextSteps()) }},
		{"open_issues", "INTEGER NOT NULL", func(m milestone) any { return m.GetStatus().GetOpenIssues() }},
		{"series", "TEXT", func(m milestone) any { return text(m.GetStatus().GetSeries()) }},
		{"not_reported", "TEXT", func(m milestone) any { return day(m.GetStatus().GetNotReported()) }},
		{"review", "TEXT", func(m milestone) any { return text(strings.Join(m.GetStatus().GetReview(), ", ")) }},
		{"last_as_at", "TEXT", func(m milestone) any { return day(m.GetStatus().GetLastAsAt()) }},
		{"revision", "INTEGER NOT NULL", func(m milestone) any { return int64(m.GetStatus().GetRevision()) }},
		{"position", "INTEGER NOT NULL", func(m milestone) any { return int64(m.GetStatus().GetPosition()) }},
		{"due", "TEXT", func(m milestone) any { return day(m.GetStatus().GetDue()) }},
		{"slip_against", "TEXT", func(m milestone) any { return text(m.GetStatus().GetSlipAgainst()) }},
		{"slip_previous_days", "INTEGER", func(m milestone) any { return optional(m.GetStatus().SlipPreviousDays) }},
		{"setting_days", "INTEGER NOT NULL", func(m milestone) any { return m.GetStatus().GetSettingDays() }},
		{"undated", "INTEGER NOT NULL", func(m milestone) any { return m.GetStatus().GetUndated() }},
		{"no_date_since", "TEXT", func(m milestone) any { return day(m.GetStatus().GetNoDateSince()) }},
		{"owed_days", "INTEGER NOT NULL", func(m milestone) any { return m.GetStatus().GetOwedDays() }},
		{"start_restated", "INTEGER NOT NULL", func(m milestone) any { return m.GetStatus().GetStartRestated() }},
		{"slip_restated_days", "INTEGER", func(m milestone) any { return optional(m.GetStatus().SlipRestatedDays) }},
		{"in_doubt", "INTEGER NOT NULL", func(m milestone) any { return m.GetStatus().GetInDoubt() }},
		{"disagreement", "INTEGER NOT NULL", func(m milestone) any { return m.GetStatus().GetDisagreement() }},
		{"other_words", "INTEGER NOT NULL", func(m milestone) any { return m.GetStatus().GetOtherWords() }},
		{"timing", "TEXT", func(m milestone) any { return text(m.GetStatus().GetTiming()) }},
		{"dated_after_achieved", "INTEGER NOT NULL", func(m milestone) any { return m.GetStatus().GetDatedAfterAchieved() }},
		{"cancelled_on", "TEXT", func(m milestone) any { return day(m.GetStatus().GetCancelledOn()) }},
		{"days_late_when_cancelled", "INTEGER NOT NULL", func(m milestone) any { return m.GetStatus().GetDaysLateWhenCancelled() }},
		{"cancelled_owing", "INTEGER NOT NULL", func(m milestone) any { return m.GetStatus().GetCancelledOwing() }},
		{"replaced", "INTEGER NOT NULL", func(m milestone) any { return m.GetStatus().GetReplaced() }},
		{"first_forecast_text", "TEXT", func(m milestone) any { return text(m.GetStatus().GetFirstForecastText()) }},
		{"first_in_doubt", "INTEGER NOT NULL", func(m milestone) any { return m.GetStatus().GetFirstInDoubt() }},
		{"slip_original_days", "INTEGER", func(m milestone) any { return optional(m.GetStatus().SlipOriginalDays) }},
		{"slip_current_days", "INTEGER", func(m milestone) any { return optional(m.GetStatus().SlipCurrentDays) }},
		{"days_before_baseline", "INTEGER", func(m milestone) any { return optional(m.GetStatus().DaysBeforeBaseline) }},
		{"baseline_number", "INTEGER NOT NULL", func(m milestone) any { return m.GetStatus().GetBaselineNumber() }},
		{"proposed_baseline", "TEXT", func(m milestone) any { return day(m.GetStatus().GetProposedBaseline()) }},
		{"approved_by_proposer", "INTEGER NOT NULL", func(m milestone) any { return m.GetStatus().GetApprovedByProposer() }},
		{"cancellation_pending", "INTEGER NOT NULL", func(m milestone) any { return m.GetStatus().GetCancellationPending() }},
		{"exception_tier", "TEXT", func(m milestone) any { return text(m.GetStatus().GetExceptionTier()) }},
		{"exception_days", "INTEGER NOT NULL", func(m milestone) any { return m.GetStatus().GetExceptionDays() }},
		{"mistaken_baseline", "TEXT", func(m milestone) any { return day(m.GetStatus().GetMistakenBaseline()) }},
		{"rectified_baseline", "TEXT", func(m milestone) any { return day(m.GetStatus().GetRectifiedBaseline()) }},
		{"slip_mistaken_days", "INTEGER", func(m milestone) any { return optional(m.GetStatus().SlipMistakenDays) }},
		{"slip_rectified_days", "INTEGER", func(m milestone) any { return optional(m.GetStatus().SlipRectifiedDays) }},
		{"approved_title", "TEXT", func(m milestone) any { return text(m.GetStatus().GetApprovedTitle()) }},
		{"scope_pending", "INTEGER NOT NULL", func(m milestone) any { return m.GetStatus().GetScopePending() }},
		{"baselined_cost", "TEXT", func(m milestone) any { return text(m.GetStatus().GetBaselinedCost()) }},
		{"cost", "TEXT", func(m milestone) any { return text(m.GetStatus().GetCost()) }},
		{"cost_currency", "TEXT", func(m milestone) any { return text(m.GetStatus().GetCostCurrency()) }},
		{"cost_in_other_currency", "INTEGER NOT NULL", func(m milestone) any { return m.GetStatus().GetCostInOtherCurrency() }},
		{"cost_exception_tier", "TEXT", func(m milestone) any { return text(m.GetStatus().GetCostExceptionTier()) }},
		{"cost_exception_amount", "TEXT", func(m milestone) any { return text(m.GetStatus().GetCostExceptionAmount()) }},
		{"corrections", "INTEGER NOT NULL", func(m milestone) any { return m.GetStatus().GetCorrections() }},
		{"corrections_pending", "INTEGER NOT NULL", func(m milestone) any { return m.GetStatus().GetCorrectionsPending() }},
	}}
}

func attributeTable() table[named] {
	return table[named]{name: "attributes", key: "ref, name", columns: []column[named]{
		{"ref", "TEXT NOT NULL REFERENCES milestones", func(n named) any { return n.ref }},
		{"name", "TEXT NOT NULL", func(n named) any { return n.name }},
		{"value", "TEXT NOT NULL", func(n named) any { return n.after }},
	}}
}

func ratingTable() table[of[*pb.Rating]] {
	return table[of[*pb.Rating]]{name: "ratings", key: "ref, scheme", columns: []column[of[*pb.Rating]]{
		{"ref", "TEXT NOT NULL REFERENCES milestones", func(r of[*pb.Rating]) any { return r.ref }},
		{"scheme", "TEXT NOT NULL", func(r of[*pb.Rating]) any { return r.part.GetScheme() }},
		{"value", "TEXT NOT NULL", func(r of[*pb.Rating]) any { return r.part.GetValue() }},
		{"common", "TEXT", func(r of[*pb.Rating]) any { return text(r.part.GetCommon()) }},
		{"as_at", "TEXT NOT NULL", func(r of[*pb.Rating]) any { return r.part.GetAsAt() }},
	}}
}

func issueTable() table[of[*pb.Issue]] {
	return table[of[*pb.Issue]]{name: "issues", key: "ref, issue", columns: []column[of[*pb.Issue]]{
		{"ref", "TEXT NOT NULL REFERENCES milestones", func(i of[*pb.Issue]) any { return i.ref }},
		{"issue", "TEXT NOT NULL", func(i of[*pb.Issue]) any { return i.part.GetIssue() }},
		{"state", "TEXT NOT NULL", func(i of[*pb.Issue]) any { return i.part.GetState() }},
		{"words", "TEXT", func(i of[*pb.Issue]) any { return text(i.part.GetWords()) }},
		{"severity", "TEXT", func(i of[*pb.Issue]) any { return text(i.part.GetSeverity()) }},
		{"raised", "TEXT", func(i of[*pb.Issue]) any { return day(i.part.GetRaised()) }},
		{"closed", "TEXT", func(i of[*pb.Issue]) any { return day(i.part.GetClosed()) }},
		{"outcome", "TEXT", func(i of[*pb.Issue]) any { return text(i.part.GetOutcome()) }},
	}}
}

func dependencyTable() table[of[*pb.Dependency]] {
	return table[of[*pb.Dependency]]{name: "dependencies", key: "ref, depends_on", columns: []column[of[*pb.Dependency]]{
		{"ref", "TEXT NOT NULL REFERENCES milestones", func(d of[*pb.Dependency]) any { return d.ref }},
		{"depends_on", "TEXT NOT NULL", func(d of[*pb.Dependency]) any { return d.part.GetRef() }},
		{"expected", "TEXT", func(d of[*pb.Dependency]) any { return day(d.part.GetExpected()) }},
		{"lag_days", "INTEGER NOT NULL", func(d of[*pb.Dependency]) any { return d.part.GetLagDays() }},
		{"earliest", "TEXT", func(d of[*pb.Dependency]) any { return day(d.part.GetEarliest()) }},
		{"knock_on_days", "INTEGER", func(d of[*pb.Dependency]) any { return optional(d.part.KnockOnDays) }},
		{"as_at", "TEXT NOT NULL", func(d of[*pb.Dependency]) any { return d.part.GetAsAt() }},
	}}
}

func ownerTable() table[*pb.Ownership] {
	return table[*pb.Ownership]{name: "owners", key: "position", columns: []column[*pb.Ownership]{
		{"ref", "TEXT NOT NULL REFERENCES milestones", func(o *pb.Ownership) any { return o.GetRef() }},
		{"owner", "TEXT NOT NULL", func(o *pb.Ownership) any { return o.GetOwner() }},
		{"effective", "TEXT", func(o *pb.Ownership) any { return day(o.GetEffective()) }},
		{"until", "TEXT", func(o *pb.Ownership) any { return day(o.GetUntil()) }},
		{"as_at", "TEXT", func(o *pb.Ownership) any { return day(o.GetAsAt()) }},
		{"reason", "TEXT", func(o *pb.Ownership) any { return text(o.GetReason()) }},
		{"actor", "TEXT NOT NULL", func(o *pb.Ownership) any { return o.GetActor() }},
		{"position", "INTEGER NOT NULL", func(o *pb.Ownership) any { return int64(o.GetPosition()) }},
		{"shared_by", "TEXT", func(o *pb.Ownership) any { return text(strings.Join(o.GetSharedBy(), "; ")) }},
	}}
}

func fundingTable() table[*pb.FundingLine] {
	return table[*pb.FundingLine]{name: "funding", key: "position", columns: []column[*pb.FundingLine]{
		{"ref", "TEXT REFERENCES milestones", func(l *pb.FundingLine) any { return text(l.GetRef()) }},
		{"scheme", "TEXT", func(l *pb.FundingLine) any { return text(l.GetScheme()) }},
		{"line", "TEXT NOT NULL", func(l *pb.FundingLine) any { return l.GetLine() }},
		{"state", "TEXT NOT NULL", func(l *pb.FundingLine) any { return l.GetState() }},
		{"amount", "TEXT", func(l *pb.FundingLine) any { return text(l.GetAmount()) }},
		{"asked", "TEXT", func(l *pb.FundingLine) any { return text(l.GetOf()) }},
		{"currency", "TEXT", func(l *pb.FundingLine) any { return text(l.GetCurrency()) }},
		{"fund", "TEXT", func(l *pb.FundingLine) any { return text(l.GetFund()) }},
		{"first_day", "TEXT", func(l *pb.FundingLine) any { return day(l.GetStart()) }},
		{"last_day", "TEXT", func(l *pb.FundingLine) any { return day(l.GetEnd()) }},
		{"original_first_day", "TEXT", func(l *pb.FundingLine) any { return day(l.GetFirstStart()) }},
		{"original_last_day", "TEXT", func(l *pb.FundingLine) any { return day(l.GetFirstEnd()) }},
		{"basis", "TEXT", func(l *pb.FundingLine) any { return text(l.GetBasis()) }},
		{"recurrence", "TEXT", func(l *pb.FundingLine) any { return text(l.GetRecurrence()) }},
		{"review", "TEXT", func(l *pb.FundingLine) any { return text(strings.Join(l.GetReview(), ", ")) }},
		{"as_at", "TEXT", func(l *pb.FundingLine) any { return day(l.GetAsAt()) }},
		{"position", "INTEGER NOT NULL", func(l *pb.FundingLine) any { return int64(l.GetPosition()) }},
	}}
}

func amountTable() table[amount] {
	return table[amount]{name: "funding_amounts", key: "position, stage", columns: []column[amount]{
		{"position", "INTEGER NOT NULL REFERENCES funding", func(a amount) any { return int64(a.position) }},
		{"stage", "TEXT NOT NULL", func(a amount) any { return a.GetStage() }},
		{"amount", "TEXT NOT NULL", func(a amount) any { return a.GetAmount() }},
	}}
}

func moveTable() table[*pb.Move] {
	return table[*pb.Move]{name: "moves", columns: []column[*pb.Move]{
		{"ref", "TEXT NOT NULL REFERENCES milestones", func(m *pb.Move) any { return m.GetRef() }},
		{"as_at", "TEXT NOT NULL", func(m *pb.Move) any { return m.GetAsAt() }},
		{"event", "TEXT NOT NULL", func(m *pb.Move) any { return m.GetEvent() }},
		{"from_date", "TEXT", func(m *pb.Move) any { return day(m.GetFrom()) }},
		{"to_date", "TEXT", func(m *pb.Move) any { return day(m.GetTo()) }},
		{"to_is", "TEXT NOT NULL", func(m *pb.Move) any { return meaning(m.GetTo(), m.GetText()) }},
		{"days", "INTEGER", func(m *pb.Move) any { return movedDays(m) }},
		{"total_days", "INTEGER NOT NULL", func(m *pb.Move) any { return m.GetTotalDays() }},
		{"against", "TEXT NOT NULL", func(m *pb.Move) any { return m.GetAgainst() }},
		{"text", "TEXT", func(m *pb.Move) any { return text(m.GetText()) }},
		{"reason", "TEXT", func(m *pb.Move) any { return text(m.GetReason()) }},
		{"actor", "TEXT NOT NULL", func(m *pb.Move) any { return m.GetActor() }},
		{"recorded_at", "TEXT NOT NULL", func(m *pb.Move) any { return m.GetRecordedAt() }},
		{"as_recorded", "TEXT", func(m *pb.Move) any { return text(m.GetAsRecorded()) }},
		{"position", "INTEGER NOT NULL", func(m *pb.Move) any { return int64(m.GetPosition()) }},
		{"on_behalf_of", "TEXT", func(m *pb.Move) any { return text(m.GetOnBehalfOf()) }},
		{"counts", "INTEGER NOT NULL", func(m *pb.Move) any { return m.GetCounts() }},
		{"marks", "TEXT", func(m *pb.Move) any { return text(strings.Join(m.GetMarks(), ", ")) }},
		{"made_by", "INTEGER NOT NULL", func(m *pb.Move) any { return int64(m.GetMadeBy()) }},
		{"from_position", "INTEGER NOT NULL", func(m *pb.Move) any { return int64(m.GetFromPosition()) }},
		{"from_actor", "TEXT", func(m *pb.Move) any { return text(m.GetFromActor()) }},
		{"was", "TEXT", func(m *pb.Move) any { return text(m.GetWas()) }},
		{"is_now", "TEXT", func(m *pb.Move) any { return text(m.GetIs()) }},
	}}
}

// movedDays are absent where the row measures nothing: that is no move of 0 days.
func movedDays(m *pb.Move) any {
	if !m.GetMeasured() {
		return nil
	}
	return m.GetDays()
}

func auditTable() table[*pb.AuditEntry] {
	return table[*pb.AuditEntry]{name: "audit", key: "position", columns: []column[*pb.AuditEntry]{
		{"position", "INTEGER NOT NULL", func(e *pb.AuditEntry) any { return int64(e.GetPosition()) }},
		{"event", "TEXT NOT NULL", func(e *pb.AuditEntry) any { return e.GetEvent() }},
		{"event_id", "TEXT NOT NULL", func(e *pb.AuditEntry) any { return e.GetEventId() }},
		{"ref", "TEXT", func(e *pb.AuditEntry) any { return text(e.GetRef()) }},
		{"actor", "TEXT NOT NULL", func(e *pb.AuditEntry) any { return e.GetActor() }},
		{"on_behalf_of", "TEXT", func(e *pb.AuditEntry) any { return text(e.GetOnBehalfOf()) }},
		{"request_id", "TEXT NOT NULL", func(e *pb.AuditEntry) any { return e.GetRequestId() }},
		{"source", "TEXT", func(e *pb.AuditEntry) any { return text(e.GetSource()) }},
		{"as_at", "TEXT NOT NULL", func(e *pb.AuditEntry) any { return e.GetAsAt() }},
		{"recorded_at", "TEXT NOT NULL", func(e *pb.AuditEntry) any { return e.GetRecordedAt() }},
		{"reason", "TEXT", func(e *pb.AuditEntry) any { return text(e.GetReason()) }},
		{"import_id", "TEXT", func(e *pb.AuditEntry) any { return text(e.GetImportId()) }},
	}}
}

func changeTable() table[named] {
	return table[named]{name: "audit_changes", key: "position, name", columns: []column[named]{
		{"position", "INTEGER NOT NULL REFERENCES audit", func(n named) any { return int64(n.position) }},
		{"name", "TEXT NOT NULL", func(n named) any { return n.name }},
		{"value_before", "TEXT", func(n named) any { return text(n.before) }},
		{"value_after", "TEXT", func(n named) any { return text(n.after) }},
	}}
}

func quarters(q pb.Quarters) any {
	switch q {
	case pb.Quarters_QUARTERS_CALENDAR:
		return "calendar"
	case pb.Quarters_QUARTERS_FINANCIAL:
		return "financial"
	default:
		return nil
	}
}

func optional[N int32 | uint32](n *N) any {
	if n == nil {
		return nil
	}
	return int64(*n)
}
