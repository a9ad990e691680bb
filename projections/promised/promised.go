// Package promised answers what was proposed and approved of the milestones of a plan.
package promised

import (
	"slices"
	"time"

	"milepost.dev/domain/baseline"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/figures"
	"milepost.dev/projections"
)

// Row is one item of a proposal.
type Row struct {
	baseline.Proposable
	Milestone *projections.Milestone
	Proposal  baseline.Proposal
	State     baseline.State
	Number    int // that it got; 0 where it was not approved
	// Days are by how many days it is later than the original baseline, where Original, or than the first forecast. Measured: there
	// is something to compare it with.
	Days               int
	Original, Measured bool
	Marks              []string
}

// Of are the items that propose something of a milestone, by what was stated for days up to asAt, in the order of proposal.
func Of(v projections.View, m *projections.Milestone, asAt civil.Date) []Row {
	p, ok := v.Plan(m.Plan)
	if !ok {
		return nil
	}
	return slices.DeleteFunc(List(p, asAt), func(r Row) bool { return r.Milestone.ID != m.ID })
}

// List are the items of a plan, in the order in which they were proposed.
func List(p projections.Plan, asAt civil.Date) (rows []Row) {
	if !p.Baselined() {
		return nil
	}
	for _, proposal := range Proposals(p, asAt) {
		for _, item := range proposal.Items {
			m, ok := p.FindID(item.Milestone)
			if !ok {
				continue
			}
			r := Row{Proposable: item, Milestone: m, Proposal: proposal.Proposal, State: proposal.State(), Marks: proposal.Marks}
			if r.State == baseline.IsApproved {
				r.Number = item.Replaces + 1
			}
			if item.Dimension == baseline.Date {
				r.Days, r.Original, r.Measured = p.DaysGranted(item)
			}
			rows = append(rows, r)
		}
	}
	slices.SortFunc(rows, func(a, b Row) int { return int(int64(a.Position) - int64(b.Position)) })
	return rows
}

// Proposal is a proposal with what has to be said of it.
type Proposal struct {
	baseline.Proposal
	Plan  projections.Plan
	Age   int // days since it was closed, while it waits for a decision
	Marks []string
}

// What has to be said of a decision.
const (
	ByProposer = "approved by the proposer"
	BeforeHere = "decided before it was proposed here"
	RecordedBy = "recorded late"
	lateAfter  = 7 // days between the decision and its record (B7)
)

// Proposals are those of a plan, by what was stated for days up to asAt, in the order in which they were begun.
func Proposals(p projections.Plan, asAt civil.Date) (all []Proposal) {
	if !p.Baselined() {
		return nil
	}
	for _, known := range p.Proposals() {
		if then, ok := asOf(known, asAt); ok {
			all = append(all, tell(p, then, asAt))
		}
	}
	return all
}

// asOf is a proposal by what was stated for a day or an earlier one.
func asOf(p baseline.Proposal, day civil.Date) (baseline.Proposal, bool) {
	n := 0
	for n < len(p.Items) && !p.Items[n].AsAt.After(day) {
		n++
	}
	p.Items = p.Items[:n:n]
	if p.Closed != nil && p.Closed.AsAt.After(day) {
		p.Closed = nil
	}
	if p.Decided != nil && p.Decided.On.After(day) {
		p.Decided = nil
	}
	if p.Withdrawn != nil && p.Withdrawn.AsAt.After(day) {
		p.Withdrawn = nil
	}
	return p, n > 0 || p.Decided != nil // a first baseline may be older than its proposal here
}

func tell(p projections.Plan, of baseline.Proposal, asAt civil.Date) Proposal {
	told := Proposal{Proposal: of, Plan: p}
	if of.State() == baseline.IsPending {
		told.Age = figures.Later(of.Closed.AsAt, asAt)
	}
	if of.Decided == nil {
		return told
	}
	if of.Decided.Approved && of.OwnDecision() {
		told.Marks = append(told.Marks, ByProposer)
	}
	if of.Closed == nil || of.Decided.On.Before(of.Closed.AsAt) {
		told.Marks = append(told.Marks, BeforeHere)
	}
	recorded := civil.OfTime(time.UnixMicro(p.View().RecordedAt(of.Decided.Position)), p.Location)
	if figures.Later(of.Decided.On, recorded) > lateAfter {
		told.Marks = append(told.Marks, RecordedBy)
	}
	return told
}
