package wire

import (
	"encoding/hex"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/baseline"
	"milepost.dev/domain/figures"
	"milepost.dev/projections"
	"milepost.dev/projections/promised"
	"milepost.dev/projections/status"
)

// originalBaseline is what slip is against once a date was approved.
const (
	originalBaseline = "original baseline"
	currentBaseline  = "current baseline"
)

// referenceOf is what slip is measured against.
func referenceOf(r figures.Reference) string {
	if r == figures.OriginalBaseline {
		return originalBaseline
	}
	return firstForecast
}

// decidedAgainst is what a baseline is compared with in its row: the one before it.
func decidedAgainst(number int) string {
	if number == 1 {
		return firstForecast
	}
	return currentBaseline
}

// baselined says what was promised of a milestone's date.
func baselined(m *milepostv1.MilestoneStatus, f *figures.Figures) {
	m.CancellationPending = f.CancellationPending
	b := f.Beside()
	m.ApprovedTitle, m.ScopePending = b.ApprovedTitle, b.ScopePending
	costs(m, &b)
	if e := f.Exception; e.Tier != "" {
		m.ExceptionTier, m.ExceptionDays, m.ExceptionAgainst = e.Tier, int32(e.Days), firstForecast
		if e.Baselined {
			m.ExceptionAgainst = currentBaseline
		}
	}
	if f.Current.Number == 0 {
		return
	}
	m.OriginalBaseline, m.CurrentBaseline, m.BaselineNumber = f.Original.Due.String(), f.Current.Due.String(), int32(f.Current.Number)
	m.SlipOriginalDays, m.SlipCurrentDays, m.DaysBeforeBaseline = known32(f.SlipOriginal), known32(f.SlipCurrent), known32(f.BeforeBaseline)
	m.ApprovedByProposer = f.Current.ByProposer
	m.MistakenBaseline, m.RectifiedBaseline = b.Mistaken.Due.String(), b.Rectified.Due.String()
	m.SlipMistakenDays, m.SlipRectifiedDays = known32(b.SlipMistaken), known32(b.SlipRectified)
}

// costs compares what a milestone costs with what was approved.
func costs(m *milepostv1.MilestoneStatus, b *figures.Besides) {
	if b.ApprovedCost.IsZero() {
		return
	}
	m.BaselinedCost, m.CostCurrency = b.ApprovedCost.String(), b.ApprovedCost.Currency
	m.Cost, m.CostInOtherCurrency = b.Cost.String(), b.OtherCurrency
	if e := b.CostException; e.Tier != "" {
		m.CostExceptionTier, m.CostExceptionAmount = e.Tier, b.Cost.Minus(b.ApprovedCost).String()
	}
}

// pendingBaseline shows the date that waits for a decision.
func pendingBaseline(m *milepostv1.MilestoneStatus, row *status.Row) {
	p, ok := row.Known.Plan(row.Milestone.Plan)
	if !ok {
		return
	}
	if item, ok := p.PendingBaseline(row.Milestone.ID, baseline.Date); ok {
		m.ProposedBaseline = item.Value.Due.String()
	}
}

// Baseline is one item of a proposal.
func Baseline(r promised.Row) *milepostv1.Baseline {
	m := &milepostv1.Baseline{
		Ref: r.Milestone.Ref, Milestone: projections.FormatID(r.Milestone.ID), Proposal: r.Proposal.ID, Dimension: r.Dimension.String(),
		Value: r.Value.Told(r.Dimension), Due: r.Value.Due.String(), Replaces: int32(r.Replaces), Number: int32(r.Number), State: string(r.State),
		ReasonKind: r.Kind.String(), Reason: r.Reason, Position: r.Position, Marks: r.Marks,
	}
	if r.Measured {
		days := int32(r.Days)
		m.Days, m.Against = &days, firstForecast
		if r.Original {
			m.Against = originalBaseline
		}
	}
	if d := r.Proposal.Decided; d != nil {
		m.DecidedOn = d.On.String()
	}
	return m
}

// BaselineProposal is a proposal.
func BaselineProposal(p promised.Proposal, names Names) *milepostv1.BaselineProposal {
	m := &milepostv1.BaselineProposal{
		Proposal: p.ID, State: string(p.State()), Items: int32(len(p.Items)), Proposer: names.Display(p.By.Actor), AgeDays: int32(p.Age), Marks: p.Marks,
	}
	if p.By.Speaker != p.By.Actor {
		m.OnBehalfOf = names.Display(p.By.Speaker)
	}
	if len(p.Items) > 0 {
		m.Position = p.Items[0].Position
		m.MostDays = mostDays(p)
	}
	if c := p.Closed; c != nil {
		m.Sha256, m.ClosedOn = hex.EncodeToString(c.SHA256[:]), c.AsAt.String()
		if t, ok := p.Plan.Tier(p.Proposal); ok {
			m.Tier = t.Name
		}
	}
	switch {
	case p.Decided != nil:
		m.DecidedBy, m.DecidedOn = names.Display(p.Decided.By.Actor), p.Decided.On.String()
		m.Body, m.Minute, m.Reason = p.Decided.Body, p.Decided.Minute, p.Decided.Reason
	case p.Withdrawn != nil:
		m.Reason = p.Withdrawn.Reason
	}
	return m
}

// mostDays are the most by which an item of a proposal is later than its reference.
func mostDays(p promised.Proposal) (most int32) {
	for _, item := range p.Items {
		if days, _, ok := p.Plan.DaysGranted(item); ok {
			most = max(most, int32(days))
		}
	}
	return most
}
