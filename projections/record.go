package projections

import (
	"cmp"
	"sort"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/figures"
	"milepost.dev/domain/funding"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
)

// span is a history that an approver accepted: its first and last position, and that of the acceptance.
type span struct{ from, to, position uint64 }

// Reread returns the due day that words have by other settings of a plan, as at the day that they were stated for, and false where
// they name none.
type Reread func(text string, settings plan.State, asAt civil.Date) (civil.Date, bool)

// settings are how the dates of a plan are read from a position on.
type settings struct {
	position uint64
	plan     plan.State
}

// decided keeps what a statement about a plan says for the figures of its milestones.
func (p *planEntry) decided(s plan.Statement) {
	switch e := s.Event.(type) {
	case plan.HistoryAccepted:
		p.accepted.append(span{e.From, e.To, s.Position})
		return
	case plan.Revised:
		if !e.Settles() {
			return
		}
	case plan.Registered:
	default:
		return
	}
	p.settings.append(settings{s.Position, plan.AsAt(p.statements.all(), s.AsAt)})
}

// dateReadBy remembers by which settings dates were read. One that does not say was read by those that there were.
func (p *planEntry) dateReadBy(settings, position uint64) {
	if by := cmp.Or(settings, position); by > p.readUnder.Load() {
		p.readUnder.Store(by)
	}
}

// ReadUnder is the position of the newest settings of the plan that a date was read by, by everything that the book knows.
func (p Plan) ReadUnder() uint64 { return p.entry.readUnder.Load() }

// under returns the due day that the words of a statement have by settings of a plan.
func (v View) under(p *planEntry, s *milestone.Statement, position uint64) (civil.Date, bool) {
	d, ok := milestone.Stated(s.Event)
	all := p.settings.all()
	i := sort.Search(len(all), func(i int) bool { return all[i].position >= position })
	if !ok || i == len(all) || all[i].position != position {
		return 0, false
	}
	return v.book.reread(d.Text, all[i].plan, s.AsAt)
}

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
	m = m.original()
	r := v.ofPlan(m.entry)
	if m.entry.baselines.any.Load() {
		if r.Promised = v.promised(m); r.Promised.Further != nil || m.linked.Load() {
			r.Lines = func(day civil.Date) []funding.Line { return v.State(m, day).Funding }
		}
		if m.entry.baselines.tiers.Load() {
			r.Tolerances = func(day civil.Date) []figures.Tolerance { return v.tolerances(m.entry, day) }
		}
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
	r.PromisedOf = func(id milestone.ID) figures.Promises {
		other, ok := m.entry.byID.Load([16]byte(id))
		if !ok {
			return figures.Promises{}
		}
		return v.promised(other.(*Milestone))
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

// Record is what figures ask of the plan beside statements.
func (p Plan) Record() figures.Record { return p.view.ofPlan(p.entry) }

func (v View) ofPlan(p *planEntry) figures.Record {
	r := v.book.record
	if len(p.accepted.all()) > 0 {
		r.Accepted = func(position uint64) bool { return v.accepted(p, position) }
	}
	if v.book.reread != nil && len(p.settings.all()) > 1 {
		r.Under = func(s *milestone.Statement, position uint64) (civil.Date, bool) { return v.under(p, s, position) }
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

// ToldBy says how many statements of the plan stand from one position to another, and whether one of them is by an actor or by the person who
// answers for it, or was made for a party that the actor speaks for. All are party ids, raw; party and person may be empty.
func (p Plan) ToldBy(actor, behalf, person string, from, to uint64) (statements int, own bool) {
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
		own = own || parties[t.actor] == actor || speaker == actor || behalf != "" && speaker == behalf ||
			person != "" && p.view.book.baselineTeller(t).Person == person
	}
	return statements, own
}

// by is the index of who told an event of the plan.
func (p Plan) by(e Event) uint32 {
	if e.Milestone == nil {
		return p.view.book.tellerAt(p.entry, e.Position)
	}
	s, _ := p.view.StatementRecorded(e.Milestone, e.Position)
	return s.By
}

// Renamed is a workstream that one request renamed for one milestone or many.
type Renamed struct {
	figures.Renamed
	Milestones []*Milestone
}

// Renames are the workstreams of the plan that were renamed by a day, in order of as-at day.
func (p Plan) Renames(asAt civil.Date) (all []Renamed) {
	milestones := p.Milestones()
	histories := make([][]milestone.Statement, len(milestones))
	for i, m := range milestones {
		histories[i] = p.view.Statements(m)
	}
	for _, r := range figures.Renames(histories, asAt, p.view.book.record) {
		row := Renamed{Renamed: r}
		for _, of := range r.Milestones {
			row.Milestones = append(row.Milestones, milestones[of])
		}
		all = append(all, row)
	}
	return all
}
