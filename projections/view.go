package projections

import (
	"iter"
	"slices"
	"sort"
	"sync"
	"time"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/period"
	"milepost.dev/domain/plan"
)

// View is the book as known at one position. It never changes, and costs nothing to keep.
type View struct {
	book     *Book
	Position uint64
}

// Now is the view of everything known now.
func (b *Book) Now() View { return View{book: b, Position: b.Position()} }

// KnownAt is the view of what was known at a position, rounded up to the end of the request that it
// belongs to: a request is never half known. False: the book has not reached it.
func (b *Book) KnownAt(position uint64) (View, bool) {
	now := b.Position()
	if position > now {
		return View{}, false
	}
	i, n := b.requests.search(func(end requestEnd) bool { return end.last >= position })
	if i < n && position > 0 {
		position = min(b.requests.at(i).last, now)
	}
	return View{book: b, Position: position}, true
}

// KnownAtTime is the view of what the ledger had accepted by then.
func (b *Book) KnownAtTime(t time.Time) View {
	now, micros := b.Position(), t.UnixMicro()
	i, _ := b.requests.search(func(end requestEnd) bool { return end.recordedAt > micros })
	if i == 0 {
		return View{book: b}
	}
	return View{book: b, Position: min(b.requests.at(i-1).last, now)}
}

// Plan is one plan as a view knows it.
type Plan struct {
	ID string
	// Registered is the plan by everything that the view knows, whatever the day.
	Registered plan.State
	Location   *time.Location // in which its days begin and end, by Registered
	entry      *planEntry
	view       View
}

// Plan finds a plan that was registered in this view.
func (v View) Plan(id string) (Plan, bool) {
	entry, ok := v.book.plans.Load(id)
	if !ok || id == plan.OfLedger {
		return Plan{}, false
	}
	return v.plan(entry.(*planEntry))
}

func (v View) plan(entry *planEntry) (Plan, bool) {
	statements := entry.statements.all()
	n := len(statements)
	if n > 0 && statements[n-1].Position > v.Position {
		n = sort.Search(n, func(i int) bool { return statements[i].Position > v.Position })
	}
	if n == 0 {
		return Plan{}, false
	}
	p := Plan{ID: entry.id, entry: entry, view: v}
	if newest := entry.folded.Load(); newest.count == n {
		p.Registered, p.Location = newest.state, newest.location
		return p, true
	}
	p.Registered = plan.AsAt(entry.asRead(statements[:n:n]), civil.Last)
	location, err := time.LoadLocation(p.Registered.TimeZone)
	if err != nil {
		location = entry.folded.Load().location // it was there when this was stated, and the file has gone since
	}
	p.Location = location
	return p, true
}

// Statements are what the view knows of the plan itself, in order of position and as they are read.
func (p Plan) Statements() []plan.Statement { return p.entry.asRead(p.Recorded()) }

// asRead reads statements about the plan itself as they were corrected. Of most plans nothing was.
func (p *planEntry) asRead(statements []plan.Statement) []plan.Statement {
	if !p.changed.Load() {
		return statements
	}
	return plan.AsRead(statements)
}

// Recorded are what the view knows of the plan itself, as it was recorded and in order of position, corrections among it.
func (p Plan) Recorded() []plan.Statement {
	all := p.entry.statements.all()
	n := sort.Search(len(all), func(i int) bool { return all[i].Position > p.view.Position })
	return all[:n:n]
}

// At is the plan as it stood on a day. What it was registered with holds before that day too.
func (p Plan) At(day civil.Date) plan.State {
	if !p.Registered.LastAsAt.After(day) {
		return p.Registered
	}
	return plan.AsAt(p.Statements(), day)
}

// Plans are those that were registered in this view, in the order in which they were.
func (v View) Plans() iter.Seq[Plan] {
	return func(yield func(Plan) bool) {
		for _, entry := range v.book.inOrder.all() {
			if entry.id == plan.OfLedger {
				continue
			}
			if p, ok := v.plan(entry); ok && !yield(p) {
				return
			}
		}
	}
}

// View is the view that the plan was found in.
func (p Plan) View() View { return p.view }

// Events are those of the plan, in order of position, from the first after a position on.
func (p Plan) Events(after uint64) []Event {
	events := p.entry.events.all()
	from := sort.Search(len(events), func(i int) bool { return events[i].position() > after })
	events = events[from:max(from, p.countEvents())]
	if len(events) == 0 {
		return nil
	}
	milestones, list := p.entry.milestones.all(), make([]Event, len(events))
	for i, e := range events {
		list[i].Position = e.position()
		if e.milestone > 0 {
			list[i].Milestone = milestones[e.milestone-1]
		}
	}
	return p.withTheirRefs(list)
}

func (p Plan) countEvents() int {
	events := p.entry.events.all()
	return sort.Search(len(events), func(i int) bool { return events[i].position() > p.view.Position })
}

// LastPosition is that of its last event.
func (p Plan) LastPosition() uint64 {
	if n := p.countEvents(); n > 0 {
		return p.entry.events.all()[n-1].position()
	}
	return 0
}

// Milestones are those that the view knows, in the order in which they were added.
func (p Plan) Milestones() []*Milestone {
	all := p.added()
	if p.entry.corrected.Load() {
		all = slices.DeleteFunc(slices.Clone(all), func(m *Milestone) bool { return !p.view.WasOne(m) })
	}
	return p.underTheirRefs(all)
}

// added are those that the view knows, and those that were corrected away.
func (p Plan) added() []*Milestone {
	all := p.entry.milestones.all()
	n := sort.Search(len(all), func(i int) bool { return all[i].first > p.view.Position })
	return all[:n:n]
}

// Waiting are the milestones that wait for another one, or ever did. What the view knows of each says which.
func (p Plan) Waiting(forID milestone.ID) []*Milestone { return p.related(&p.entry.waiting, forID) }

// Occurrences are the milestones that are occurrences of another one.
func (p Plan) Occurrences(of milestone.ID) []*Milestone { return p.related(&p.entry.occurrences, of) }

func (p Plan) related(index *sync.Map, to milestone.ID) (known []*Milestone) {
	found, ok := index.Load(to)
	if !ok {
		return nil
	}
	for _, m := range found.(*list[*Milestone]).all() {
		if m, ok := p.known(m, true); ok {
			known = append(known, m)
		}
	}
	return known
}

// FindRef returns the milestone that goes by a reference, or went by it before.
func (p Plan) FindRef(ref string) (*Milestone, bool) {
	m, ok := p.entry.byRef.Load(ref)
	if ok && !m.(*Milestone).hadRef(ref, p.view.Position) {
		return nil, false
	}
	return p.known(m, ok)
}

// Find returns the milestone with a reference or, in text, with an id of its own.
func (p Plan) Find(name string) (*Milestone, bool) {
	if m, ok := p.FindRef(name); ok {
		return m, true
	}
	id, ok := parseID(name)
	if !ok {
		return nil, false
	}
	return p.FindID(id)
}

// FindID returns the milestone with an id of its own.
func (p Plan) FindID(id [16]byte) (*Milestone, bool) {
	m, ok := p.entry.byID.Load(id)
	return p.known(m, ok)
}

func (p Plan) known(m any, ok bool) (*Milestone, bool) {
	if !ok {
		return nil, false
	}
	found := m.(*Milestone)
	return found.at(p.view.Position), found.first <= p.view.Position
}

// Delivery is the date that a milestone's statement at a position states; the zero Delivery where it states none.
func (v View) Delivery(m *Milestone, position uint64) period.Delivery {
	s, _ := v.StatementAt(m, position)
	d, _ := milestone.Stated(s.Event)
	return d
}

// Actor is the party id of who said it, raw: of a party that was merged the one that is kept.
func (v View) Actor(s milestone.Statement) string {
	return v.Kept(v.book.parties.all()[v.book.tellers.all()[s.By].actor])
}

// Party is the party id, raw, of a speaker in figures: of a party that was merged the one that is kept.
func (v View) Party(speaker uint32) string { return v.Kept(v.book.parties.all()[speaker]) }

// Teller is who told a statement by its number, and for whom: both party ids, raw.
func (v View) Teller(by uint32) (actor, speaker string) {
	parties, t := v.book.parties.all(), v.book.tellers.all()[by]
	return parties[t.actor], parties[t.speaker]
}

// Person is the party id, raw, of the person who answers for what a teller told, by its number; empty where nobody is named.
func (v View) Person(by uint32) string {
	return v.book.baselineTeller(v.book.tellers.all()[by]).Person
}

// FirstForecast is the due day of a milestone's first forecast by everything that the view knows; zero where it has none.
func (p Plan) FirstForecast(id milestone.ID) civil.Date {
	m, ok := p.FindID(id)
	if !ok {
		return 0
	}
	return p.view.Figures(m, civil.Last).First.Due
}

// AnyCancelled says whether a milestone of the plan was ever cancelled, by everything that the book knows.
func (p Plan) AnyCancelled() bool { return p.entry.cancelled.Load() }

// EverLetGo are the milestones of all plans that were ever cancelled or left out of a complete return, each once.
func (v View) EverLetGo() iter.Seq[*Milestone] {
	return func(yield func(*Milestone) bool) {
		seen := map[*Milestone]bool{}
		for _, m := range v.book.letGo.all() {
			if m.first > v.Position || seen[m] || !v.WasOne(m) {
				continue
			}
			seen[m] = true
			if !yield(v.Milestone(m)) {
				return
			}
		}
	}
}

// RecordedAt is when the ledger accepted what stands at a position that the view knows, in microseconds since
// 1970.
func (v View) RecordedAt(position uint64) int64 {
	ends := &v.book.requests
	i, n := ends.search(func(end requestEnd) bool { return end.last >= position })
	if i == n {
		return 0
	}
	return ends.at(i).recordedAt
}
