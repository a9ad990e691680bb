// Package review answers what is put to a person about the milestones of a plan.
package review

import (
	"cmp"
	"slices"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/projections"
)

// Row is one item, open or settled.
type Row struct {
	milestone.Item
	Milestone *projections.Milestone
	Title     string
}

// Of are the items of one milestone as it stood on a day.
func Of(v projections.View, m *projections.Milestone, asAt civil.Date) (rows []Row) {
	state := v.State(m, asAt)
	for _, item := range state.Items() {
		rows = append(rows, Row{item, m, cmp.Or(state.Title, m.Ref)})
	}
	return rows
}

// List are the items of every milestone of a plan, in order of reference.
func List(p projections.Plan, asAt civil.Date) (rows []Row) {
	milestones := slices.Clone(p.Milestones())
	slices.SortFunc(milestones, func(a, b *projections.Milestone) int { return cmp.Compare(a.Ref, b.Ref) })
	for _, m := range milestones {
		rows = append(rows, Of(p.View(), m, asAt)...)
	}
	return rows
}
