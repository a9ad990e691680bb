package projections

import (
	"slices"
	"sort"
	"sync/atomic"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/correction"
	"milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
	"milepost.dev/internal/codec"
)

// A milestone's statements are kept as they were recorded, and read as they were corrected. What a view reads follows from its
// position alone: a correction counts from its own position, or from that of its approval. A milestone that nobody ever corrected
// pays a look at a nil pointer for that.

// corrections are those of the statements about one milestone.
type corrections struct {
	waiting map[uint64]replaced // by the position of the correction; for the goroutine that applies
	counts  list[counts]        // in order of the position from which each counts
	events  list[uint64]        // the positions of the events about corrections
	last    atomic.Pointer[asRead]
}

// counts are corrections that count from a position on.
type counts struct {
	position   uint64
	correction uint64 // the position of the correction itself
	replaced
}

// replaced is how the targets of a correction are read.
type replaced struct {
	targets []uint64
	by      uint32 // who tells the target, where the correction gives it another speaker; else noTeller
	fact    fact   // in the place of the target, without its position, day and teller; of kind 0 where there is none
	removes bool
}

const noTeller = ^uint32(0)

// asRead is what the first facts of a milestone are read as.
type asRead struct {
	recorded int // facts
	counting int // corrections
	facts    []fact
	newest   atomic.Pointer[milestone.State]
}

// correct keeps an event about corrections. The goroutine that applies calls it, before the event is among the facts.
func (b *Book) correct(p *planEntry, m *Milestone, e correction.Event, position uint64) error {
	c := m.corrections.Load()
	if c == nil {
		c = &corrections{waiting: map[uint64]replaced{}}
	}
	switch e := e.(type) {
	case correction.Corrected:
		r, err := b.replaced(p, m, e)
		if err != nil {
			return err
		}
		if e.Waits {
			c.waiting[position] = r
		} else {
			c.counts.append(counts{position, position, r})
		}
	case correction.Approved:
		if r, ok := c.waiting[e.Correction]; ok {
			delete(c.waiting, e.Correction)
			c.counts.append(counts{position, e.Correction, r})
		}
	case correction.Refused:
		delete(c.waiting, e.Correction)
	}
	c.events.append(position)
	p.corrected.Store(true)
	m.corrections.Store(c)
	return nil
}

// replaced makes what the targets of a correction are read as.
func (b *Book) replaced(p *planEntry, m *Milestone, e correction.Corrected) (replaced, error) {
	r := replaced{targets: e.Targets, by: noTeller, removes: e.Removes()}
	if e.Speaker != "" {
		if f, ok := find(m.facts.all(), e.Targets[0]); ok {
			told := b.tellers.all()[f.by]
			told.speaker = b.party(string(e.Speaker))
			r.by = b.indexOf(told)
		}
	}
	if e.Replacement == nil {
		return r, nil
	}
	kind, payload, err := codec.EncodeMilestone(m.ID, e.Replacement)
	if err != nil {
		return r, err
	}
	r.fact = b.other(&stored{kind: kind, payload: payload}, codec.Event{Milestone: m.ID, OfMilestone: e.Replacement})
	r.fact.kind |= instead
	b.indexed(p, m, e.Replacement)
	return r, nil
}

// indexed remembers what a milestone has to do with others, by an event of it or by one that is read in the place of another.
func (b *Book) indexed(p *planEntry, m *Milestone, e milestone.Event) {
	switch e := e.(type) {
	case milestone.DependencyLinked:
		relate(&p.waiting, e.On, m)
	case milestone.Added:
		if e.Of != nil {
			relate(&p.occurrences, e.Of.Series, m)
		}
		m.links(len(e.PartsOf) > 0)
	case milestone.Replaced, milestone.ElsewhereReplaced:
		m.links(true)
	case milestone.Cancelled:
		p.cancelled.Store(true)
		b.letGo.append(m)
	case milestone.NotReported:
		b.letGo.append(m)
	case milestone.ReviewSettled:
		m.links(e.Outcome == milestone.Split)
	}
}

func isCorrection(s plan.Statement) bool {
	_, ok := s.Event.(correction.Event)
	return ok
}

// find returns the fact at a position.
func find(facts []fact, position uint64) (fact, bool) {
	from, to := 0, len(facts)
	for from < to {
		if middle := (from + to) / 2; facts[middle].position < position {
			from = middle + 1
		} else {
			to = middle
		}
	}
	if from == len(facts) || facts[from].position != position {
		return fact{}, false
	}
	return facts[from], true
}

// read returns what facts, the first so many of the milestone's, are read as at a position.
func (c *corrections) read(m *Milestone, recorded []fact, position uint64) *asRead {
	counting := c.counting(position)
	if last := c.last.Load(); last != nil && last.recorded == len(recorded) && last.counting == len(counting) {
		return last
	}
	next := &asRead{recorded: len(recorded), counting: len(counting), facts: apply(m, recorded, counting, c.events.all())}
	c.last.Store(next) // whoever asks about the same position again finds it
	return next
}

// counting are the corrections that count at a position.
func (c *corrections) counting(position uint64) []counts {
	all := c.counts.all()
	for len(all) > 0 && all[len(all)-1].position > position {
		all = all[:len(all)-1]
	}
	return all
}

// apply reads facts by the corrections that count, of which the later ones hold.
func apply(m *Milestone, recorded []fact, counting []counts, events []uint64) []fact {
	r := readingOf(m, counting, events)
	return r.add(make([]fact, 0, len(recorded)), recorded)
}

// reading is how facts are read, one after another in order of position.
type reading struct {
	by     map[uint64]*replaced
	events []uint64 // the positions of the events about corrections that are still to come
	never  bool     // it never was a milestone
}

func readingOf(m *Milestone, counting []counts, events []uint64) *reading {
	r := &reading{by: map[uint64]*replaced{}, events: events}
	for i := range counting {
		for _, target := range counting[i].targets {
			r.by[target] = &counting[i].replaced
		}
	}
	first := r.by[m.first]
	r.never = first != nil && first.removes
	return r
}

// add adds to facts what those that were recorded next are read as.
func (r *reading) add(facts, recorded []fact) []fact {
	if r.never {
		return nil
	}
	for _, f := range recorded {
		if len(r.events) > 0 && r.events[0] == f.position {
			r.events = r.events[1:]
			continue
		}
		by := r.by[f.position]
		if by == nil {
			facts = append(facts, f)
			continue
		}
		if by.removes {
			continue
		}
		if by.fact.kind != 0 {
			in := by.fact
			in.position, in.asAt, in.by = f.position, f.asAt, f.by
			f = in
		}
		if by.by != noTeller {
			f.by = by.by
		}
		facts = append(facts, f)
	}
	return facts
}

// newestOf is the state that corrected facts lead to, whatever the day. Nothing that is kept of the milestone's states along the way
// is of use: those are of what was recorded.
func (b *Book) newestOf(m *Milestone, r *asRead) *milestone.State {
	if s := r.newest.Load(); s != nil {
		return s
	}
	var state milestone.State
	b.told(m, r.facts, civil.Last, 0, func(told []milestone.Statement) { state = milestone.FoldAsAt(told, civil.Last) })
	r.newest.Store(&state)
	return &state
}

// asRead is what the view reads the statements of a milestone as; nil where nobody ever corrected one.
func (v View) asRead(m *Milestone) *asRead {
	m = m.original()
	c := m.corrections.Load()
	if c == nil {
		return nil
	}
	return c.read(m, v.recorded(m), v.Position)
}

// Read is how many statements about a milestone the view knows, as they are read.
func (v View) Read(m *Milestone) int { return len(v.facts(m)) }

// WasOne says whether the view knows a milestone as one: it was added, and that was not corrected away.
func (v View) WasOne(m *Milestone) bool {
	r := v.asRead(m)
	return r == nil || len(r.facts) > 0
}

// Recorded are the statements about a milestone that the view knows, as they were recorded and in order of position, corrections
// among them.
func (v View) Recorded(m *Milestone) []milestone.Statement { return v.statements(m, v.recorded(m)) }

// StatementRecorded is the one at a position, as it was recorded; false where the milestone has none there, or the view does not know it.
func (v View) StatementRecorded(m *Milestone, position uint64) (milestone.Statement, bool) {
	f, ok := find(v.recorded(m), position)
	if !ok {
		return milestone.Statement{}, false
	}
	return v.book.statement(m, &f), true
}

// Corrected says whether something was said about corrections of a milestone's statements, and is known to the view.
func (v View) Corrected(m *Milestone) bool {
	c := m.original().corrections.Load()
	if c == nil {
		return false
	}
	events := c.events.all()
	return len(events) > 0 && events[0] <= v.Position
}

// Corrections are those of a milestone's statements that the view knows.
func (v View) Corrections(m *Milestone) (log correction.Log) {
	if !v.Corrected(m) {
		return log
	}
	recorded := v.recorded(m)
	for _, position := range m.original().corrections.Load().events.all() {
		if position > v.Position {
			break
		}
		if f, ok := find(recorded, position); ok {
			if e, ok := v.book.event(m, &f).(correction.Event); ok {
				log.Take(correction.Placed{Position: position, Event: e})
			}
		}
	}
	return log
}

// Together are the events of the plan that came in the request of a position, in order; none where the plan has none there.
func (p Plan) Together(position uint64) (events []Event) {
	if position == 0 || position > p.view.Position {
		return nil
	}
	last, _ := p.view.book.KnownAt(position)
	there := false
	for _, e := range p.Events(p.view.book.Began(position) - 1) {
		if e.Position > last.Position {
			break
		}
		events = append(events, e)
		there = there || e.Position == position
	}
	if !there {
		return nil
	}
	return events
}

// EventAt is the plan's event at a position; false where it has none there.
func (p Plan) EventAt(position uint64) (Event, bool) {
	if position == 0 {
		return Event{}, false
	}
	at := p.entry.events.all()
	i := sort.Search(len(at), func(i int) bool { return at[i].position() >= position })
	if position > p.view.Position || i == len(at) || at[i].position() != position {
		return Event{}, false
	}
	return p.event(at[i]), true
}

// FiguresWithout are what the dates of a milestone would come to as at a day, if one correction did not count.
func (v View) FiguresWithout(m *Milestone, correction uint64, asAt civil.Date) (f figures.Figures) {
	m = m.original()
	c := m.corrections.Load()
	if c == nil {
		return v.Figures(m, asAt)
	}
	others := slices.DeleteFunc(slices.Clone(c.counting(v.Position)), func(n counts) bool { return n.correction == correction })
	facts := apply(m, v.recorded(m), others, c.events.all())
	v.book.told(m, facts, civil.Last, unread, func(told []milestone.Statement) { f = figures.Of(told, asAt, v.record(m)) })
	return f
}

// CorrectedOnce are the milestones of the plan of which the view knows a correction, in the order in which they were added, those
// that were corrected away among them.
func (p Plan) CorrectedOnce() (all []*Milestone) {
	if !p.entry.corrected.Load() {
		return nil
	}
	for _, m := range p.added() {
		if p.view.Corrected(m) {
			all = append(all, m)
		}
	}
	return all
}
