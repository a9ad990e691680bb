package projections

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"milepost.dev/domain/baseline"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/correction"
	"milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
	"milepost.dev/eventstore"
	"milepost.dev/internal/codec"
)

// Book holds every plan and every statement that was ever accepted, decoded and in order. It is both
// what commands are decided on and what questions are answered from.
//
// One goroutine calls Apply. Everything else may be called by any number of goroutines meanwhile.
type Book struct {
	plans    sync.Map // plan id -> *planEntry
	inOrder  list[*planEntry]
	letGo    list[*Milestone] // those that were cancelled or left out of a complete return, again for each time
	merged   sync.Map         // party id -> mergedInto
	requests long[requestEnd]
	commits  list[uint64] // the first position of commit n is at n-1
	losses   list[Loss]
	runs     list[string]      // the ids of runs of push and import, each once
	imports  list[importStart] // in order of position

	dates   dates          // that statements name by number
	arena   arena          // of everything else that statements say
	rooms   sync.Pool      // lists of statements, which are made for one question and used again
	parties list[string]   // raw party ids
	tellers list[teller]   // who told something, and for whom; statements name them by index
	record  figures.Record // what figures ask beside statements

	// What the goroutine that applies finds its way by: it looks something up for each record, and what it shares
	// with readers takes three times as long.
	partyIndex  map[string]uint32
	tellerIndex map[teller]uint32
	lastTold    toldBy
	planIndex   map[string]*planEntry
	lastPlan    *planEntry // that was found last; nil at first
	runIndex    map[string]uint32
	lastRun     string // that the last record came with
	decoder     *codec.Decoder
	scratch     []byte

	reread Reread // nil: nobody can

	deciding bool // keep only what commands are decided on

	position atomic.Uint64
	stopped  atomic.Pointer[Poison]

	anyMerged atomic.Bool

	mu      sync.Mutex
	changed chan struct{} // closed, and replaced, when position moves; guarded by mu
}

// requestEnd is where a request with records ends: what known-at is rounded to.
type requestEnd struct {
	last       uint64
	recordedAt int64
}

// planEntry is one plan. Its lists are in order of position.
type planEntry struct {
	id         string
	statements list[plan.Statement] // about the plan itself
	folded     atomic.Pointer[foldedPlan]
	milestones list[*Milestone]
	events     list[event]
	reads      list[milestone.ReadWith] // what dates were read with; statements name them by number
	byRef      sync.Map                 // ref -> *Milestone
	byID       sync.Map                 // [16]byte -> *Milestone
	index      map[[16]byte]*Milestone  // the same as byID, for the goroutine that applies

	accepted  list[span]              // histories, in order of position
	cancelled atomic.Bool             // a milestone of it was, once
	corrected atomic.Bool             // a statement about a milestone of it was, once
	changed   atomic.Bool             // a statement about the plan itself was corrected, once
	settings  list[settings]          // how dates are read, in order of position
	readUnder atomic.Uint64           // the newest settings that a date was read by
	parts     map[string]milestone.ID // the whole of each part by its reference, for the goroutine that applies

	// Those that ever waited for a milestone, and the occurrences of one, by its id: milestone.ID ->
	// *list[*Milestone]. Without them every question about one milestone would ask all of them.
	waiting     sync.Map
	occurrences sync.Map

	baselines   baselines
	changedRefs list[*Milestone] // those that were given another reference, again for each
}

// foldedPlan is a plan by everything that was stated about it itself.
type foldedPlan struct {
	count    int // of statements folded
	state    plan.State
	location *time.Location
}

// Event is one event of a plan, and which milestone it is about.
type Event struct {
	Position  uint64
	Milestone *Milestone // nil for an event of the plan itself
}

// event is an Event as the book keeps it: there are as many as statements, and so it has no pointer either.
type event struct {
	high, low uint32 // of the position
	milestone uint32 // its number in the plan, from 1 on; 0 for an event of the plan itself
}

func newEvent(position uint64, milestone uint32) event {
	return event{uint32(position >> 32), uint32(position), milestone}
}

func (e event) position() uint64 { return uint64(e.high)<<32 | uint64(e.low) }

// Milestone is one milestone and everything that was ever stated about it. What that is a View says.
type Milestone struct {
	ID   [16]byte
	Ref  string
	Plan string

	entry *planEntry
	// linked: it took the place of another milestone, or another took its place, so that its figures depend on that one.
	linked atomic.Bool

	first  uint64          // the position of the event that added it
	added  milestone.Event // that event: every question about it reads its words
	number uint32          // in its plan, from 1 on

	facts       list[fact]                        // in order of position
	folded      atomic.Pointer[folded]            // the newest state, as somebody last needed it
	history     atomic.Pointer[milestone.History] // states along the way; nil until somebody needed an earlier day
	onDay       atomic.Pointer[onDay]             // the state on the earlier day that was asked for last
	figured     atomic.Pointer[figuredOn]         // its figures on the days that were asked for last
	promises    atomic.Pointer[figures.Promises]  // what was approved about it; nil for most
	holder      *Milestone                        // that holds the statements; nil in the one that does
	corrections atomic.Pointer[corrections]       // nil where nobody ever corrected a statement about it
	changedRefs atomic.Pointer[[]changedRef]      // in order of position; nil where it has the reference that it was added with
}

type folded struct {
	count int // of statements folded
	state milestone.State
}

// onDay is a state on a day that is not the newest: whoever asks for a past day asks for all of its milestones, page by page.
type onDay struct {
	count int // of statements known
	day   civil.Date
	state milestone.State
}

// Poison is a record that this version cannot read. It stops the book: a record is never passed over.
type Poison struct {
	Position uint64
	Err      error
}

func (p *Poison) Error() string {
	return fmt.Sprintf("the record at position %d cannot be read: %v", p.Position, p.Err)
}

// Unwrap returns what was wrong with it.
func (p *Poison) Unwrap() error { return p.Err }

// NewBook returns the book of an empty ledger. Reread reads words again by other settings, where figures ask for it.
func NewBook(reread ...Reread) *Book {
	b := &Book{
		partyIndex: map[string]uint32{}, tellerIndex: map[teller]uint32{}, planIndex: map[string]*planEntry{}, runIndex: map[string]uint32{}, decoder: codec.NewDecoder(),
		dates: dates{numbers: map[string]uint32{}}, changed: make(chan struct{}),
	}
	if len(reread) > 0 {
		b.reread = reread[0]
	}
	b.record = figures.Record{Speaker: b.speaker, Began: b.Began}
	return b
}

// NewDecidingBook returns a book that keeps only what commands are decided on, and answers no questions. It is
// there to measure what answers cost.
func NewDecidingBook() *Book {
	b := NewBook()
	b.deciding = true
	return b
}

// Apply adds what a checked commit says. Commits come in order, each once. It answers *Poison, and the
// book answers no more than before, when a record cannot be read.
func (b *Book) Apply(c *eventstore.Commit) error {
	if p := b.stopped.Load(); p != nil {
		return p
	}
	for i := range c.Records {
		if err := b.applyRecord(&c.Records[i]); err != nil {
			poison := &Poison{Position: c.Records[i].Position, Err: err}
			b.stopped.Store(poison)
			b.moveTo(b.position.Load()) // those who wait for more are to know that there is none
			return poison
		}
	}
	for i := range c.Entries {
		if b.deciding {
			break
		}
		if records := c.Entries[i].Records; len(records) > 0 {
			b.requests.append(requestEnd{last: c.Entries[i].Last, recordedAt: records[0].RecordedAt})
		}
	}
	if loss, ok := LossOf(c.Opening, c.Last); ok {
		b.losses.append(loss)
	}
	b.commits.append(c.First)
	b.moveTo(c.Last)
	return nil
}

func (b *Book) applyRecord(r *eventstore.Record) error {
	asAt, ok := civil.FromNumber(r.AsAt)
	if !ok {
		return fmt.Errorf("as at %d is no day", r.AsAt)
	}
	b.cameWith(r.Import, r.Position)
	return b.add(r.Plan, &stored{
		position: r.Position, asAt: asAt, by: b.teller(r.Actor, r.OnBehalfOf, r.Person), kind: r.Type, payload: r.Payload,
	})
}

// add keeps a statement, whether it comes from the ledger or from a saved fold.
func (b *Book) add(planID string, s *stored) error {
	if f, id, ok := b.dated(planID, s); ok {
		p := b.planEntry(planID)
		m, ok := p.index[id]
		if !ok {
			return fmt.Errorf("a milestone begins with %s", codec.TypeName(s.kind))
		}
		b.append(p, m, f)
		return nil
	}
	e, err := b.decoder.Decode(s.kind, s.payload)
	if err != nil {
		return err
	}
	p := b.planEntry(planID)
	if e.OfPlan != nil {
		return b.addToPlan(p, plan.Statement{Position: s.position, AsAt: s.asAt, By: s.by, Event: e.OfPlan})
	}
	e.OfMilestone = p.ofWhole(e.OfMilestone)
	m, err := p.milestone(e)
	if err != nil {
		return err
	}
	begins := m.number == 0
	if begins {
		m.first, m.added, m.number = s.position, e.OfMilestone, uint32(len(p.milestones.all())+1)
	}
	if e, ok := e.OfMilestone.(correction.Event); ok {
		if err := b.correct(p, m, e, s.position); err != nil {
			return err
		}
	}
	m.facts.append(b.other(s, e))
	if begins {
		p.index[m.ID] = m
		p.milestones.append(m)
		p.byID.Store(m.ID, m)
		p.byRef.Store(m.Ref, m)
	}
	if d, ok := milestone.Stated(e.OfMilestone); ok {
		p.dateReadBy(d.Settings, s.position)
	}
	b.indexed(p, m, e.OfMilestone)
	switch e := e.OfMilestone.(type) {
	case milestone.ReviewSettled:
		p.split(m.ID, e)
	case milestone.ReferenceChanged:
		p.changeRef(m, e, s.position)
	}
	b.happened(p, s.position, m)
	return nil
}

// append adds a dated fact about a milestone that is there.
func (b *Book) append(p *planEntry, m *Milestone, f fact) {
	m.facts.append(f)
	settings := uint64(0)
	if with := p.read(&f); with != nil {
		settings = with.Settings
	} else if d, ok := milestone.Stated(b.dates.at(f.date).bare); ok {
		settings = d.Settings
	}
	p.dateReadBy(settings, f.position)
	b.happened(p, f.position, m)
}

// happened adds to the events of a plan.
func (b *Book) happened(p *planEntry, position uint64, m *Milestone) {
	if !b.deciding {
		p.events.append(newEvent(position, m.number))
	}
}

// relate adds a milestone to those of another, once.
func relate(index *sync.Map, to milestone.ID, m *Milestone) {
	found, _ := index.LoadOrStore(to, &list[*Milestone]{})
	related := found.(*list[*Milestone])
	if !slices.Contains(related.all(), m) {
		related.append(m)
	}
}

func (b *Book) addToPlan(p *planEntry, statement plan.Statement) error {
	before := p.folded.Load()
	if e, ok := statement.Event.(baseline.Event); ok && before != nil {
		b.addBaseline(p, statement, e)
		p.events.append(newEvent(statement.Position, 0))
		return nil
	}
	_, registers := statement.Event.(plan.Registered)
	var next *foldedPlan
	switch {
	case before == nil && !registers && p.id != plan.OfLedger:
		return fmt.Errorf("a plan begins with %s", statement.Event.EventName())
	case p.changed.Load() || isCorrection(statement):
		p.changed.Store(true)
		next = &foldedPlan{state: plan.AsAt(plan.AsRead(append(slices.Clip(p.statements.all()), statement)), civil.Last)}
	case before == nil || before.state.LastAsAt.After(statement.AsAt): // a late report takes its place among the others
		all := p.statements.all()
		next = &foldedPlan{state: plan.AsAt(append(all[:len(all):len(all)], statement), civil.Last)}
	default:
		next = &foldedPlan{state: plan.Evolve(before.state, statement), location: before.location}
	}
	if next.location == nil || next.location.String() != next.state.TimeZone {
		var err error
		if next.location, err = time.LoadLocation(next.state.TimeZone); err != nil {
			return fmt.Errorf("time zone %q: %w", next.state.TimeZone, err)
		}
	}
	if e, ok := statement.Event.(plan.PartiesMerged); ok {
		b.merge(e, statement.Position)
	}
	p.statements.append(statement)
	p.decided(statement)
	next.count = len(p.statements.all())
	p.folded.Store(next)
	p.events.append(newEvent(statement.Position, 0))
	return nil
}

func (b *Book) planEntry(id string) *planEntry {
	if p := b.lastPlan; p != nil && p.id == id {
		return p
	}
	if p, ok := b.planIndex[id]; ok {
		b.lastPlan = p
		return p
	}
	p := &planEntry{id: id, index: map[[16]byte]*Milestone{}}
	b.planIndex[id] = p
	b.inOrder.append(p)
	b.plans.Store(id, p)
	return p
}

// milestone finds the milestone of an event, or makes it where the event adds one.
func (p *planEntry) milestone(e codec.Event) (*Milestone, error) {
	if m, ok := p.index[e.Milestone]; ok {
		return m, nil
	}
	added, ok := e.OfMilestone.(milestone.Added)
	if !ok {
		return nil, fmt.Errorf("a milestone begins with %s", e.OfMilestone.EventName())
	}
	return &Milestone{ID: e.Milestone, Ref: added.Ref, Plan: p.id, entry: p}, nil
}

func (b *Book) party(id string) uint32 {
	if i, ok := b.partyIndex[id]; ok {
		return i
	}
	i := uint32(len(b.parties.all()))
	b.parties.append(id)
	b.partyIndex[id] = i
	return i
}
