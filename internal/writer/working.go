package writer

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/decide"
	"milepost.dev/domain/milestone"
	"milepost.dev/eventstore"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/codec"
	"milepost.dev/internal/request"
	"milepost.dev/projections"
)

// working is the book as it will be once everything that is pending is durable: what commands are
// decided on. It holds only what pending events touched; the rest is read from the book. It belongs to
// the writer loop, and is dropped whole when an append fails.
type working struct {
	book       *projections.Book
	milestones map[milestoneName]*workingMilestone
	plans      map[string]*workingPlan
}

type milestoneName struct{ plan, ref string }

// workingMilestone is a milestone with its pending statements.
type workingMilestone struct {
	id      [16]byte
	view    projections.View       // of the book, as it was when this was made or settled last
	stored  *projections.Milestone // in the view; nil where it has none
	known   int                    // statements in the view
	pending []milestone.Statement
	state   *milestone.State // with all that is stored, and with folded of those that are pending; never written to
	folded  int
	history *milestone.History // of some of the first of all statements; nil until somebody needed an earlier day
	batch   uint64             // the last batch that added to it
	of      *decision          // which may still change it; nil once it is kept
	changed bool               // by that decision
}

func newWorking(book *projections.Book) *working {
	w := &working{book: book}
	w.drop()
	return w
}

// drop forgets everything that is pending.
func (w *working) drop() {
	w.milestones, w.plans = map[milestoneName]*workingMilestone{}, map[string]*workingPlan{}
}

// settled forgets what the book knows by now: that batch and those before it are durable and applied.
func (w *working) settled(batch uint64) {
	now := w.book.Now()
	for name, m := range w.milestones {
		if m.batch <= batch {
			delete(w.milestones, name)
		} else {
			m.settled(name.plan, now)
		}
	}
	for id, p := range w.plans {
		if p.batch <= batch {
			delete(w.plans, id)
		}
	}
}

// decision is one request being decided. What it comes to is added to working by keep, all at once. There is one
// of them, which begins anew for each request.
type decision struct {
	*working
	ids      *clock.IDs
	now      time.Time
	batch    uint64
	position uint64                              // of the last event, pending ones and its own among them
	drafts   []eventstore.Draft                  // which others keep
	events   []eventOutcome                      // of drafts, as well
	touched  map[milestoneName]*workingMilestone // that it asked for; some of them it changed
	planNew  *workingPlan
	none     milestone.State // of a milestone that is not there yet
	world    planWorld       // that the request's commands about milestones are decided on
	effects  []decide.Effect // of the command that is being decided; the list is used again
}

func newDecision(w *working, ids *clock.IDs) *decision {
	d := &decision{working: w, ids: ids, touched: map[milestoneName]*workingMilestone{}}
	d.world.of = d
	return d
}

// begin is for the next request.
func (d *decision) begin(now time.Time, batch, position uint64) {
	const few = 8
	if len(d.touched) > few { // a map that was large stays so, and every request would walk through it
		d.touched = map[milestoneName]*workingMilestone{}
	}
	clear(d.touched)
	if cap(d.effects) > few { // its events would be kept until another command comes to as many
		d.effects = nil
	}
	d.now, d.batch, d.position, d.drafts, d.events, d.planNew = now, batch, position, nil, nil, nil
}

func (d *decision) newID() [16]byte { return d.ids.New(d.now) }

// decide says what a request comes to, on everything that is known and pending. On an error nothing of
// it is kept.
func (d *decision) decide(r *request.Request) error {
	d.world.plan = r.Plan
	for i := range r.Commands {
		c := &r.Commands[i]
		var err error
		if c.OfPlan != nil {
			err = d.decidePlan(r, c)
		} else {
			err = d.decideMilestone(r, c)
		}
		if err == nil {
			continue
		}
		var refusal *domain.Refusal
		if errors.As(err, &refusal) {
			return refusal.At(c.PathOf(refusal.Field))
		}
		return err
	}
	return nil
}

func (d *decision) decideMilestone(r *request.Request, c *request.Command) error {
	p, ok := d.plan(r.Plan)
	if !ok {
		return planUnknown(r.Plan)
	}
	today := civil.OfTime(d.now, p.location)
	asAt := c.AsAt
	if asAt.IsZero() {
		asAt = today
	}
	if asAt.After(today) {
		return asAtInFuture(asAt, today)
	}
	if c.Expected != nil {
		if m := d.milestone(milestoneName{r.Plan, c.Ref}); *c.Expected != m.revision() {
			return revisionStale(c.Ref, *c.Expected, m.revision())
		}
	}
	settings := p.at(asAt)
	stated, err := c.Settled(settings, asAt)
	if err != nil {
		return err
	}
	d.effects, err = decide.Decide(d.effects[:0], &d.world, c.Ref, stated, decide.Facts{
		AsAt: asAt, Today: today, RatingSchemes: settings.RatingSchemes, PlanEnd: settings.PeriodEnd,
	})
	if err != nil {
		return err
	}
	for _, e := range d.effects {
		if err := d.draftEffect(r, c, asAt, e); err != nil {
			return err
		}
	}
	return nil
}

// draftEffect drafts one effect of a command, and makes it known to the commands that follow.
func (d *decision) draftEffect(r *request.Request, c *request.Command, asAt civil.Date, e decide.Effect) error {
	name := milestoneName{r.Plan, e.Ref}
	m := d.milestone(name)
	if !m.Exists() {
		m.id = d.newID()
	}
	kind, payload, err := codec.EncodeMilestone(m.id, e.Event)
	if err != nil {
		return err
	}
	d.draft(r, c, asAt, eventstore.Draft{Type: kind, Payload: payload})
	m = d.with(name, m, milestone.Statement{Position: d.position, AsAt: asAt, Event: e.Event})
	last := &d.events[len(d.events)-1]
	last.ref, last.ofMilestone, last.revision = e.Ref, m.id, m.revision()
	return nil
}

func (d *decision) draft(r *request.Request, c *request.Command, asAt civil.Date, draft eventstore.Draft) {
	draft.EventID, draft.Plan, draft.AsAt, draft.Source = d.newID(), r.Plan, asAt.Number(), c.Source
	d.drafts = append(d.drafts, draft)
	d.position++
	d.events = append(d.events, eventOutcome{id: draft.EventID, position: d.position, kind: draft.Type})
}

// milestone returns what is known and pending of a milestone; one without statements where there is none.
func (d *decision) milestone(name milestoneName) *workingMilestone {
	if m, ok := d.touched[name]; ok {
		return m
	}
	if m, ok := d.milestones[name]; ok {
		return m
	}
	m := &workingMilestone{state: &d.none, of: d, view: d.book.Now()}
	if p, ok := m.view.Plan(name.plan); ok {
		if stored, ok := p.FindRef(name.ref); ok {
			m.id, m.stored, m.state = stored.ID, stored, m.view.Newest(stored)
			m.known, _ = m.view.Revision(stored)
		}
	}
	d.touched[name] = m
	return m
}

// planWorld is a plan as a decision knows it, with everything that is pending: the decide.World of its commands.
type planWorld struct {
	of   *decision
	plan string
}

func (w *planWorld) ByRef(ref string) decide.Milestone {
	return w.of.milestone(milestoneName{w.plan, ref})
}

func (w *planWorld) ByID(id milestone.ID) (decide.Milestone, bool) {
	if p, ok := w.of.book.Now().Plan(w.plan); ok {
		if m, ok := p.FindID(id); ok {
			return w.ByRef(m.Ref), true
		}
	}
	for _, pending := range []map[milestoneName]*workingMilestone{w.of.touched, w.of.milestones} {
		for _, m := range pending {
			if m.id == id {
				return m, true
			}
		}
	}
	return nil, false
}

// ID is the zero ID before the milestone's first event is drafted.
func (m *workingMilestone) ID() milestone.ID { return m.id }

// Exists says whether anything is known or pending of it.
func (m *workingMilestone) Exists() bool { return m.revision() > 0 }

func (m *workingMilestone) revision() uint64 { return uint64(m.known + len(m.pending)) }

// Statements are those known and pending, in order of position and in a list of their own.
func (m *workingMilestone) Statements() []milestone.Statement {
	if m.stored == nil {
		return slices.Clone(m.pending)
	}
	return append(m.view.Statements(m.stored), m.pending...)
}

// Newest is the milestone by everything known and pending, whatever the day. What is pending is folded only
// when somebody asks: nobody does, where each request is about another milestone.
func (m *workingMilestone) Newest() *milestone.State {
	if m.folded == len(m.pending) {
		return m.state
	}
	if state, ok := m.state.With(m.pending[m.folded:]); ok {
		m.state = &state
	} else {
		h, _ := m.allStatements()
		m.state = h.Newest()
	}
	m.folded = len(m.pending)
	return m.state
}

// At is the milestone as it stood on a day, by everything known and pending.
func (m *workingMilestone) At(asAt civil.Date) *milestone.State {
	newest := m.Newest()
	if !newest.LastAsAt.After(asAt) {
		return newest
	}
	const few = 48 // of which a state is folded sooner than a history is kept
	var state milestone.State
	if len(m.pending) == 0 && m.known <= few {
		state = m.view.State(m.stored, asAt)
	} else {
		h, told := m.allStatements()
		state = h.At(asAt, told)
	}
	return &state
}

// allStatements are those known and pending with states along the way.
func (m *workingMilestone) allStatements() (*milestone.History, milestone.Told) {
	all := withPending{known: m.known, pending: m.pending}
	if m.stored != nil {
		all.Told = m.view.Told(m.stored)
	}
	switch {
	case m.history != nil:
	case m.stored != nil:
		m.history = m.view.History(m.stored)
	default:
		m.history = &milestone.History{}
	}
	m.history = m.history.Extend(m.known+len(m.pending), all)
	return m.history, all
}

// withPending is what the book knows of a milestone, and then what is pending.
type withPending struct {
	milestone.Told
	known   int
	pending []milestone.Statement
}

func (w withPending) Statement(i int) milestone.Statement {
	if i < w.known {
		return w.Told.Statement(i)
	}
	return w.pending[i-w.known]
}

func (w withPending) AsAt(i int) civil.Date {
	if i < w.known {
		return w.Told.AsAt(i)
	}
	return w.pending[i-w.known].AsAt
}

// settled forgets what is pending of a milestone and known to a later view: one that every batch adds to would have more and
// more.
func (m *workingMilestone) settled(plan string, now projections.View) {
	n := 0
	for n < len(m.pending) && m.pending[n].Position <= now.Position {
		n++
	}
	if n == 0 {
		return
	}
	if m.stored == nil {
		p, _ := now.Plan(plan)
		m.stored, _ = p.FindID(m.id)
	}
	m.view, m.known, m.pending, m.folded = now, m.known+n, slices.Clone(m.pending[n:]), m.folded-n
	if m.folded < 0 {
		m.state, m.folded = now.Newest(m.stored), 0
	}
}

// with returns the milestone with one statement more, and leaves what others see as it was: a request that is
// refused half way keeps nothing.
func (d *decision) with(name milestoneName, m *workingMilestone, s milestone.Statement) *workingMilestone {
	if m.of != d {
		copied := *m // whose list others may have the beginning of: what a refused request put behind it nobody looks at again
		copied.of = d
		m = &copied
		d.touched[name] = m
	}
	m.batch, m.pending, m.changed = d.batch, append(m.pending, s), true
	return m
}

// keep adds what the request came to.
func (d *decision) keep(r *request.Request) {
	for name, m := range d.touched {
		if m.changed {
			m.of, m.changed = nil, false
			d.milestones[name] = m
		}
	}
	if d.planNew != nil {
		d.plans[r.Plan] = d.planNew
	}
}

func asAtInFuture(asAt, today civil.Date) error {
	return domain.Refuse(domain.Refused, RuleAsAtInFuture, "as_at",
		"The as-at date %s is in the future: today is %s. Give the day on which this was true; a future date belongs in the delivery date.", asAt, today)
}

func revisionStale(ref string, expected, actual uint64) error {
	r := domain.Refuse(domain.Stale, RuleRevisionStale, "expected_revision",
		"Milestone %q is at revision %d, and the request expects %d: somebody has said something since. Read it again and decide whether this still holds.", ref, actual, expected)
	r.Expected, r.Actual = strconv.FormatUint(expected, 10), strconv.FormatUint(actual, 10)
	return r
}

func orDefault(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
