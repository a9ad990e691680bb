// Package owners answers who was accountable for a milestone, and since when.
package owners

import (
	"cmp"
	"slices"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/projections"
)

// Ownership is one owner of a milestone.
type Ownership struct {
	milestone.OwnerChanged
	Milestone  *projections.Milestone
	Title      string     // of the milestone on the day that was asked about
	Until      civil.Date // the day from which the next owner holds it; zero for the owner in force
	AsAt       civil.Date
	Actor      string // a party id, raw
	RecordedAt int64  // microseconds since 1970
	Position   uint64
}

// Of is who owned one milestone by what was stated for days up to asAt, in order of as-at day: a late report
// takes its place among the others.
func Of(v projections.View, m *projections.Milestone, asAt civil.Date) []Ownership {
	var list []Ownership
	for _, s := range v.StatementsOf(m, ledgerv1.EventType_EVENT_TYPE_OWNER_CHANGED) {
		if e, ok := s.Event.(milestone.OwnerChanged); ok && !s.AsAt.After(asAt) {
			e.To, e.SharedBy = milestone.Party(v.Kept(string(e.To))), v.KeptAll(e.SharedBy)
			if n := len(list) - 1; n >= 0 && list[n].To == e.To && list[n].Effective == e.Effective { // whom its words name
				list[n].SharedBy = e.SharedBy
				continue
			}
			list = append(list, Ownership{
				OwnerChanged: e, Milestone: m, AsAt: s.AsAt,
				Actor: v.Actor(s), RecordedAt: v.RecordedAt(s.Position), Position: s.Position,
			})
		}
	}
	if len(list) == 0 {
		return nil
	}
	slices.SortStableFunc(list, func(a, b Ownership) int { return cmp.Compare(a.AsAt, b.AsAt) }) // they were in order of position
	title := v.State(m, asAt).Title
	for i := range list {
		list[i].Title = title
		if i+1 < len(list) {
			list[i].Until = list[i+1].Effective
		}
	}
	return list
}

// List is who owned each milestone of a plan, in order of reference.
func List(p projections.Plan, asAt civil.Date) []Ownership {
	var list []Ownership
	milestones := slices.SortedFunc(slices.Values(p.Milestones()), func(a, b *projections.Milestone) int { return cmp.Compare(a.Ref, b.Ref) })
	for _, m := range milestones {
		list = append(list, Of(p.View(), m, asAt)...)
	}
	return list
}
