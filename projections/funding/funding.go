// Package funding answers which sums of money a plan rests on, and how far each has got. It adds nothing
// up: the same pound can be said twice in a plan.
package funding

import (
	"cmp"
	"slices"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/funding"
	"milepost.dev/domain/milestone"
	"milepost.dev/projections"
)

// Row is one funding line as it stood on a day.
type Row struct {
	funding.Line
	Milestone *projections.Milestone // nil for a line of a scheme or of the plan
	Position  uint64                 // of the last event about it that was stated for that day or an earlier one
}

// Of is the lines of one milestone, in order of line.
func Of(v projections.View, m *projections.Milestone, asAt civil.Date) []Row {
	lines := v.State(m, asAt).Funding
	if len(lines) == 0 {
		return nil
	}
	statements := v.Statements(m)
	positions := map[string]uint64{}
	for _, s := range milestone.AsAt(statements, asAt) {
		if e, ok := s.Event.(funding.Event); ok {
			_, line := e.Of()
			positions[line] = s.Position
		}
	}
	rows := make([]Row, len(lines))
	for i, l := range lines {
		rows[i] = Row{Line: l, Milestone: m, Position: positions[l.Line]}
	}
	return rows
}

// OfPlan is the lines of the plan itself and of its schemes, in order of scheme and line.
func OfPlan(p projections.Plan, asAt civil.Date) []Row {
	type name struct{ scheme, line string }
	latest := map[name]uint64{}
	days := map[name]civil.Date{}
	for _, s := range p.Statements() {
		e, ok := s.Event.(funding.Event)
		if !ok || s.AsAt.After(asAt) {
			continue
		}
		var n name
		n.scheme, n.line = e.Of()
		if !s.AsAt.Before(days[n]) { // a late report is not the last
			latest[n], days[n] = s.Position, s.AsAt
		}
	}
	lines := p.At(asAt).Funding
	rows := make([]Row, len(lines))
	for i, l := range lines {
		rows[i] = Row{Line: l, Position: latest[name{l.Scheme, l.Line}]}
	}
	return rows
}

// List is every line of a plan: its own, those of its schemes, and those of its milestones in order of
// reference.
func List(p projections.Plan, asAt civil.Date) []Row {
	rows := OfPlan(p, asAt)
	milestones := slices.SortedFunc(slices.Values(p.Milestones()), func(a, b *projections.Milestone) int { return cmp.Compare(a.Ref, b.Ref) })
	for _, m := range milestones {
		rows = append(rows, Of(p.View(), m, asAt)...)
	}
	return rows
}
