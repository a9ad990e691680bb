package projections

import (
	"sort"

	"milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
)

// span is a history that an approver accepted: its first and last position, and that of the acceptance.
type span struct{ from, to, position uint64 }

// links remembers that the figures of a milestone depend on others.
func (m *Milestone) links(yes bool) {
	if yes {
		m.linked.Store(true)
	}
}

// split remembers the parts of a milestone that was split.
func (p *planEntry) split(whole milestone.ID, e milestone.ReviewSettled) {
	if e.Outcome != milestone.Split {
		return
	}
	if p.parts == nil {
		p.parts = map[string]milestone.ID{}
	}
	for _, ref := range e.Parts() {
		p.parts[ref] = whole
	}
}

// ofWhole returns the event that adds a part with the milestone that it was split from. Ledgers of before it was stored tell it
// by the split alone, which stands before the part.
func (p *planEntry) ofWhole(e milestone.Event) milestone.Event {
	added, ok := e.(milestone.Added)
	if !ok || len(p.parts) == 0 || len(added.PartsOf) > 0 {
		return e
	}
	if whole, ok := p.parts[added.Ref]; ok {
		added.PartsOf = []milestone.ID{whole}
	}
	return added
}

// record is what figures ask of the ledger about a milestone, as this view knows it. Most milestones are tied to nothing, and for
// them it is made without allocating.
func (v View) record(m *Milestone) figures.Record {
	r := v.book.record
	m = m.original()
	if len(m.entry.accepted.all()) > 0 {
		r.Accepted = func(position uint64) bool { return v.accepted(m.entry, position) }
	}
	if !m.linked.Load() {
		return r
	}
	r.ID = m.ID
	r.Known = func(id milestone.ID) []milestone.Statement {
		other, ok := m.entry.byID.Load([16]byte(id))
		if !ok {
			return nil
		}
		return v.Statements(other.(*Milestone))
	}
	r.Find = func(ref string) (milestone.ID, bool) {
		other, ok := m.entry.byRef.Load(ref)
		if !ok {
			return milestone.ID{}, false
		}
		return other.(*Milestone).ID, true
	}
	return r
}

// accepted says whether an approver accepted the history at a position of a plan.
func (v View) accepted(p *planEntry, position uint64) bool {
	for _, s := range p.accepted.all() {
		if s.position > v.Position {
			return false
		}
		if s.from <= position && position <= s.to {
			return true
		}
	}
	return false
}

// ToldBy says how many statements of the plan stand from one position to another, and whether one of them is by an actor, or was
// made for a party that the actor speaks for. Both are party ids, raw; the party may be empty.
func (p Plan) ToldBy(actor, behalf string, from, to uint64) (statements int, own bool) {
	if from == 0 {
		return 0, false
	}
	for _, e := range p.Events(from - 1) {
		if e.Position > to {
			break
		}
		statements++
		t := p.view.book.tellers.all()[p.by(e)]
		parties := p.view.book.parties.all()
		speaker := parties[t.speaker]
		own = own || parties[t.actor] == actor || speaker == actor || behalf != "" && speaker == behalf
	}
	return statements, own
}

// by is the index of who told an event of the plan.
func (p Plan) by(e Event) uint32 {
	if e.Milestone == nil {
		all := p.Statements()
		return all[sort.Search(len(all), func(i int) bool { return all[i].Position >= e.Position })].By
	}
	all := p.view.Statements(e.Milestone)
	return all[sort.Search(len(all), func(i int) bool { return all[i].Position >= e.Position })].By
}
