package projections

import (
	"slices"

	"milepost.dev/domain/milestone"
)

// A milestone goes by one reference at a time, and is found by each that it ever went by. Known at a position it goes by the
// one that it had then, whatever day is asked about: so that who was given a reference in an answer finds it again in
// the same one.
//
// A view hands out a milestone under the reference that it knows. One that was given another reference is told by a
// Milestone of its own for each, all of which lead to the first, which holds the statements.

// changedRef is a milestone under the reference that it goes by from a position on.
type changedRef struct {
	position uint64
	as       *Milestone
}

// changeRef notes that a milestone goes by another reference from a position on. The goroutine that applies calls it.
func (p *planEntry) changeRef(m *Milestone, e milestone.ReferenceChanged, position uint64) {
	var changes []changedRef
	if before := m.changedRefs.Load(); before != nil {
		changes = *before
	}
	changes = append(slices.Clip(changes), changedRef{position, &Milestone{ID: m.ID, Ref: e.To, Plan: m.Plan, entry: m.entry, holder: m}})
	m.changedRefs.Store(&changes)
	p.byRef.Store(e.To, m)
	p.changedRefs.append(m)
}

// original is the milestone that holds the statements.
func (m *Milestone) original() *Milestone {
	if m.holder != nil {
		return m.holder
	}
	return m
}

// at is the milestone under the reference that it went by at a position.
func (m *Milestone) at(position uint64) *Milestone {
	m = m.original()
	changes := m.changedRefs.Load()
	if changes == nil {
		return m
	}
	as := m
	for _, c := range *changes {
		if c.position > position {
			break
		}
		as = c.as
	}
	return as
}

// hadRef says whether the milestone went by a reference at a position or before it.
func (m *Milestone) hadRef(ref string, position uint64) bool {
	if m.Ref == ref {
		return true
	}
	return slices.Contains(m.refs(position), ref)
}

// refs are the references that the milestone went by up to a position, in order.
func (m *Milestone) refs(position uint64) []string {
	m = m.original()
	refs := []string{m.Ref}
	if changes := m.changedRefs.Load(); changes != nil {
		for _, c := range *changes {
			if c.position <= position {
				refs = append(refs, c.as.Ref)
			}
		}
	}
	return refs
}

// AddedAs is the reference that the milestone was added with.
func (m *Milestone) AddedAs() string { return m.original().Ref }

// RefsSeen is how many references of a plan somebody has seen; none by the zero value.
type RefsSeen struct{ added, changed int }

// Refs calls yield with each reference that the book knows of the plan beyond those that were seen, and with the milestone that it
// is of; some again. Whoever keeps an index of references goes on from what it returns.
func (p Plan) Refs(seen RefsSeen, yield func(ref string, of *Milestone)) RefsSeen {
	added, changed := p.entry.milestones.all(), p.entry.changedRefs.all()
	for _, m := range added[seen.added:] {
		yield(m.Ref, m)
	}
	for _, m := range changed[seen.changed:] {
		for _, c := range *m.changedRefs.Load() {
			yield(c.as.Ref, m)
		}
	}
	return RefsSeen{len(added), len(changed)}
}

// RefAt is the reference that the milestone went by at a position.
func (m *Milestone) RefAt(position uint64) string { return m.at(position).Ref }

// Milestone is a milestone that another view handed out, as this one knows it.
func (v View) Milestone(m *Milestone) *Milestone { return m.at(v.Position) }

// FormerRefs are the references that a milestone went by before, oldest first, as this view knows it. Nil for most.
func (v View) FormerRefs(m *Milestone) (former []string) {
	if m.original().changedRefs.Load() == nil {
		return nil
	}
	refs := m.refs(v.Position)
	for _, ref := range refs[:len(refs)-1] {
		if ref != refs[len(refs)-1] && !slices.Contains(former, ref) {
			former = append(former, ref)
		}
	}
	return former
}

// underTheirRefs are milestones as a view knows them: the same list where none has another reference.
func (p Plan) underTheirRefs(milestones []*Milestone) []*Milestone {
	if len(p.entry.changedRefs.all()) == 0 {
		return milestones
	}
	known := make([]*Milestone, len(milestones))
	for i, m := range milestones {
		known[i] = m.at(p.view.Position)
	}
	return known
}

// withTheirRefs puts milestones as a view knows them into a list of events.
func (p Plan) withTheirRefs(events []Event) []Event {
	if len(p.entry.changedRefs.all()) == 0 {
		return events
	}
	for i := range events {
		if m := events[i].Milestone; m != nil {
			events[i].Milestone = m.at(p.view.Position)
		}
	}
	return events
}
