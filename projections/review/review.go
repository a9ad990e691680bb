// Package review answers what is put to a person about the milestones of a plan.
package review

import (
	"cmp"
	"slices"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/projections"
	"milepost.dev/projections/elsewhere"
)

// Row is one item, open or settled.
type Row struct {
	milestone.Item
	Milestone *projections.Milestone
	Title     string
}

// Of are the items of one milestone as it stood on a day, for somebody who may read some other plans.
func Of(v projections.View, m *projections.Milestone, asAt civil.Date, may elsewhere.May) []Row {
	return of(v, m, asAt, elsewhere.Of(v, m, asAt, may))
}

// List are the items of every milestone of a plan, in order of reference, for somebody who may read some other plans.
func List(p projections.Plan, asAt civil.Date, may elsewhere.May) (rows []Row) {
	pairs := map[*projections.Milestone][]elsewhere.Pair{}
	for _, pair := range elsewhere.List(p, asAt, may) {
		pairs[pair.Added] = append(pairs[pair.Added], pair)
	}
	milestones := slices.Clone(p.Milestones())
	slices.SortFunc(milestones, func(a, b *projections.Milestone) int { return cmp.Compare(a.Ref, b.Ref) })
	for _, m := range milestones {
		rows = append(rows, of(p.View(), m, asAt, pairs[m])...)
	}
	return rows
}

func of(v projections.View, m *projections.Milestone, asAt civil.Date, pairs []elsewhere.Pair) (rows []Row) {
	state := v.State(m, asAt)
	items := state.Items()
	for _, pair := range pairs {
		items = withPair(items, pair)
	}
	for _, item := range items {
		rows = append(rows, Row{item, m, cmp.Or(state.Title, m.Ref)})
	}
	return rows
}

// withPair adds the question about a milestone of another plan, in the place of what is shown of an answer to it where that plan may not be
// read. It is in no count: those are the same for all, and who sees the question differs.
func withPair(items []milestone.Item, pair elsewhere.Pair) []milestone.Item {
	item := milestone.Item{
		ReviewRaised: milestone.ReviewRaised{
			Item: milestone.ElsewhereItem(pair.LetGo.ID), Reason: milestone.ReviewReplacesElsewhere, Field: milestone.FieldReplaces,
			Text: pair.Title, Proposed: pair.LetGo.Plan + "/" + pair.LetGo.Ref,
			Says: "A milestone with words alike was cancelled or let go in another plan about when this one was added. If it is the same, accept: then this one is measured against what that one promised first. If not, reject.",
		},
		Raised: pair.Since,
	}
	at := slices.IndexFunc(items, func(i milestone.Item) bool { return i.Item == item.Item })
	if at < 0 {
		return append(items, item)
	}
	known := items[at]
	item.Outcome, item.Why, item.Settled = known.Outcome, known.Why, known.Settled
	items[at] = item
	return items
}
