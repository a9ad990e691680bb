package wire

import (
	milepostv1 "milepost.dev/api/milepost/v1"
	lines "milepost.dev/domain/funding"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/money"
	"milepost.dev/projections"
	"milepost.dev/projections/funding"
	"milepost.dev/projections/owners"
)

// FundingLine is one funding line.
func FundingLine(r funding.Row) *milepostv1.FundingLine {
	m := &milepostv1.FundingLine{
		Line: r.Line.Line, State: r.State(), Amount: r.Amount().String(), Of: r.Line.Of.String(), Currency: currency(r.Line),
		Fund: r.Fund, AsAt: r.AsAt.String(), Position: r.Position, Scheme: r.Scheme,
		Start: r.Start.String(), End: r.End.String(), FirstStart: r.FirstStart.String(), FirstEnd: r.FirstEnd.String(),
		Basis: r.Basis.String(), Recurrence: recurrence(r.Recurrent), Review: r.Review(),
	}
	if r.Milestone != nil {
		m.Ref, m.Milestone = r.Milestone.Ref, projections.FormatID(r.Milestone.ID)
	}
	for stage := lines.Identified; stage <= lines.Spent; stage++ {
		if a := r.Amounts[stage]; !a.IsZero() {
			m.Amounts = append(m.Amounts, &milepostv1.FundingAmount{Stage: stage.String(), Amount: a.String()})
		}
	}
	return m
}

func currency(l lines.Line) string {
	if a := l.Amount(); !a.IsZero() {
		return a.Currency
	}
	return l.Of.Currency
}

func recurrence(r money.Recurrent) string {
	switch r {
	case money.Recurs:
		return "recurrent"
	case money.Once:
		return "once"
	default:
		return ""
	}
}

// fundingCounts says how many lines stand where, the furthest last.
func fundingCounts(all []lines.Line) (counts []*milepostv1.FundingCount) {
	if len(all) == 0 {
		return nil
	}
	for _, state := range lines.States() {
		n := int32(0)
		for _, l := range all {
			if l.State() == state {
				n++
			}
		}
		if n > 0 {
			counts = append(counts, &milepostv1.FundingCount{State: state, Lines: n})
		}
	}
	return counts
}

// Ownership is one owner of a milestone.
func Ownership(o owners.Ownership, names Names) *milepostv1.Ownership {
	return &milepostv1.Ownership{
		Owner: names.Display(string(o.To)), Effective: o.Effective.String(), Actor: names.Display(o.Actor), Position: o.Position,
		Ref: o.Milestone.Ref, Milestone: projections.FormatID(o.Milestone.ID), Title: o.Title, Until: o.Until.String(),
		AsAt: o.AsAt.String(), Reason: o.Reason, RecordedAt: recordedAt(o.RecordedAt),
		SharedBy: namesOf(o.SharedBy, names),
	}
}

// namesOf are the names of parties.
func namesOf(parties []milestone.Party, names Names) (all []string) {
	for _, p := range parties {
		all = append(all, names.Display(string(p)))
	}
	return all
}
