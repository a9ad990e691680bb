package writer

import (
	"errors"
	"strconv"
	"time"

	"milepost.dev/domain"
	"milepost.dev/domain/baseline"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/correction"
	"milepost.dev/domain/decide"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
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
	refs       map[milestoneName]pendingRef
	similar    *similarRefs
	registers  map[string]*baseline.Register // by plan: what is known and pending of its baselines

	tellers   tellers            // of what is pending
	cancelled map[string]bool    // the plans of which a milestone was cancelled in what is or was pending
	read      map[string]uint64  // by plan: the newest settings that a date of what is or was pending was read by
	titlesOf  map[string]*titles // by plan; made when they are needed first
	runs      runs               // of imports

	inBook   map[string]*bookPlan // what bookPlan found since the book was at inBookAt
	inBookAt uint64
}

// milestoneName names a milestone by the reference that it was added with.
type milestoneName struct{ plan, ref string }

func newWorking(book *projections.Book) *working {
	w := &working{book: book, similar: newSimilarRefs(), inBook: map[string]*bookPlan{}}
	w.drop()
	return w
}

// drop forgets everything that is pending.
func (w *working) drop() {
	w.registers = map[string]*baseline.Register{}
	w.milestones, w.plans, w.refs = map[milestoneName]*workingMilestone{}, map[string]*workingPlan{}, map[milestoneName]pendingRef{}
	w.similar.drop()
	w.tellers, w.cancelled, w.titlesOf, w.read = tellers{}, map[string]bool{}, map[string]*titles{}, map[string]uint64{}
	w.runs = runs{}
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
	w.settledRefs(batch)
	if len(w.milestones) == 0 {
		w.tellers = tellers{} // nothing that is pending names one
	}
}

// decision is one request being decided. What it comes to is added to working by keep, all at once. There is one
// of them, which begins anew for each request.
type decision struct {
	*working
	ids      *clock.IDs
	now      time.Time
	batch    uint64
	position uint64 // of the last event, pending ones and its own among them
	begins   uint64 // of the last event before its own
	by       uint32 // the number of who sent the request
	asked    decide.Asked
	readBy   uint64                              // the newest settings that one of its dates was read by
	room     *accepting                          // of the request; nil until something is drafted
	drafts   []eventstore.Draft                  // which others keep
	events   []eventOutcome                      // of drafts, as well
	touched  map[milestoneName]*workingMilestone // that it asked for; some of them it changed
	planNew  *workingPlan
	newRefs  map[milestoneName]pendingRef // of milestones that it gave another reference; nil for most
	given    []givenRef                   // the references that it gave for the first time; nil for most
	alike    map[string]givenRef          // those by what they look like; of several the first
	notices  []notice
	changes  []decide.Change       // what its corrections change
	noPlan   workingPlan           // of which nothing is known or pending
	none     milestone.State       // of a milestone that is not there yet
	unkept   *baseline.Register    // to which it added; nil where it did not, or once that is kept
	world    planWorld             // that the request's commands about milestones are decided on
	effects  []decide.Effect       // of the command that is being decided; the list is used again
	folding  []milestone.Statement // likewise, for a state that is folded
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
	d.takeBack()
	clear(d.touched)
	if cap(d.effects) > few { // its events would be kept until another command comes to as many
		d.effects = nil
	}
	d.now, d.batch, d.position, d.begins, d.drafts, d.events, d.planNew = now, batch, position, position, nil, nil, nil
	d.room = nil
	d.newRefs, d.given, d.alike, d.notices, d.changes = nil, nil, nil, nil, nil
	d.asked, d.readBy = decide.Asked{}, 0
}

func (d *decision) newID() [16]byte { return d.ids.New(d.now) }

// decide says what a request comes to, on everything that is known and pending. On an error nothing of
// it is kept.
func (d *decision) decide(r *request.Request) error {
	d.world.plan, d.world.reads = r.Plan, r.Reads
	d.by, d.asked = d.tellers.of(callerOf(r)), d.runs.asked(r.Import)
	if err := d.maySpeak(r); err != nil {
		return err
	}
	if err := ofThePlan(r); err != nil {
		return err
	}
	for i := range r.Commands {
		c := &r.Commands[i]
		var err error
		if of, ok := c.OfPlan.(baseline.Command); ok {
			err = d.decideBaseline(r, c, of)
		} else if c.OfPlan != nil {
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
	return d.stayWithin(r)
}

func (d *decision) decideMilestone(r *request.Request, c *request.Command) error {
	p, ok := d.plan(r.Plan)
	if !ok {
		return planUnknown(r.Plan)
	}
	if err := p.newest.RefuseClosed(); err != nil {
		return err
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
	var kept func(milestone.Party) milestone.Party
	switch stated.(type) {
	case milestone.ChangeOwner, milestone.SettleReview, correction.Command:
		kept = d.kept
	}
	d.effects, err = decide.Decide(d.effects[:0], &d.world, c.Ref, stated, decide.Facts{
		Kept: kept,
		AsAt: asAt, Today: today, RatingSchemes: settings.RatingSchemes, PlanEnd: settings.PeriodEnd, StrictRefs: r.StrictRefs,
		Caller: callerOf(r), Asked: &d.asked, Correcting: d.correcting(r, c, p),
	})
	if err != nil {
		return err
	}
	for _, e := range d.effects {
		if err := d.draftEffect(r, c, asAt, e); err != nil {
			return err
		}
		d.noticeSimilar(e)
		if _, cancels := e.Event.(milestone.Cancelled); cancels {
			if err := d.proposeCancellation(r, c, today, e.Ref); err != nil {
				return err
			}
		}
	}
	d.noticeRef(r.Plan, c)
	return nil
}

// draftEffect drafts one effect of a command, and makes it known to the commands that follow.
func (d *decision) draftEffect(r *request.Request, c *request.Command, asAt civil.Date, e decide.Effect) error {
	if e.OfPlan {
		return d.draftOfPlan(r, c, asAt, e)
	}
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
	m = d.with(name, m, milestone.Statement{Position: d.position, AsAt: asAt, By: d.by, Event: e.Event})
	d.remember(r.Plan, e.Ref, e.Event)
	last := &d.events[len(d.events)-1]
	last.ref, last.ofMilestone, last.revision = m.ref, m.id, m.revision()
	return nil
}

// accepting is what is kept of an accepted request until it is durable: in one piece of memory, with room for one event, as nearly
// all come to.
type accepting struct {
	acceptance acceptance
	outcome    outcome
	drafts     [1]eventstore.Draft
	events     [1]eventOutcome
}

// acceptance is what is kept of the request that was decided.
func (d *decision) acceptance() *acceptance {
	if d.room == nil {
		d.room = &accepting{}
	}
	d.room.outcome = outcome{position: d.position, events: d.events, notices: d.notices, changes: d.changes}
	d.room.acceptance.outcome = &d.room.outcome
	return &d.room.acceptance
}

func (d *decision) draft(r *request.Request, c *request.Command, asAt civil.Date, draft eventstore.Draft) {
	if d.room == nil {
		d.room = &accepting{}
		d.drafts, d.events = d.room.drafts[:0], d.room.events[:0]
	}
	draft.EventID, draft.Plan, draft.AsAt, draft.Source = d.newID(), r.Plan, asAt.Number(), c.Source
	d.drafts = append(d.drafts, draft)
	d.position++
	d.events = append(d.events, eventOutcome{id: draft.EventID, position: d.position, kind: draft.Type})
}

// milestone returns what is known and pending of a milestone, by a reference that it goes by or went by before; one without
// statements where there is none.
func (d *decision) milestone(name milestoneName) *workingMilestone {
	name = d.addedAs(name)
	if m, ok := d.touched[name]; ok {
		return m
	}
	if m, ok := d.milestones[name]; ok {
		return m
	}
	m := &workingMilestone{state: &d.none, of: d, view: d.book.Now(), world: &d.world}
	if p, ok := d.bookPlan(name.plan); ok && name.plan != plan.OfLedger {
		if stored, ok := p.FindRef(name.ref); ok {
			if first := stored.AddedAs(); first != name.ref {
				return d.milestone(milestoneName{name.plan, first})
			}
			m.id, m.ref, m.stored, m.state = stored.ID, stored.Ref, stored, m.view.Newest(stored)
			m.count, _ = m.view.Revision(stored)
			m.known = m.view.Read(stored)
		}
	}
	d.touched[name] = m
	return m
}

// planWorld is a plan as a decision knows it, with everything that is pending: the decide.World of its commands.
type planWorld struct {
	of    *decision
	plan  string
	reads func(plan string) bool // what else the caller may read; nil: nothing
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

// with returns the milestone with one statement more, and leaves what others see as it was: a request that is
// refused half way keeps nothing.
func (d *decision) with(name milestoneName, m *workingMilestone, s milestone.Statement) *workingMilestone {
	if m.of != d {
		copied := *m // whose list others may have the beginning of: what a refused request put behind it nobody looks at again
		copied.of = d
		m = &copied
		d.touched[name] = m
	}
	m.batch, m.pending, m.changed, m.read = d.batch, append(m.pending, s), true, nil
	m.corrects = m.corrects || corrects(s)
	switch e := s.Event.(type) {
	case milestone.Added:
		m.ref = e.Ref
		d.give(e.Ref, name.ref)
	case milestone.ReferenceChanged:
		m.ref = e.To
		d.changeRef(name, e.To)
	}
	return m
}

// keep adds what the request came to.
func (d *decision) keep(r *request.Request) {
	d.unkept = nil
	for name, m := range d.touched {
		if m.changed {
			m.of, m.changed = nil, false
			d.milestones[name] = m
		}
	}
	if d.readBy > d.read[r.Plan] {
		d.read[r.Plan] = d.readBy
	}
	if d.planNew != nil {
		d.plans[r.Plan] = d.planNew
	}
	d.keepRefs(r.Plan)
	d.runs.keep(r.Import, d.asked)
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
