package writer

import (
	"time"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/correction"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
	"milepost.dev/eventstore"
	"milepost.dev/internal/codec"
	"milepost.dev/internal/request"
	"milepost.dev/projections"
)

// workingPlan is a plan with its pending statements.
type workingPlan struct {
	stored   []plan.Statement // from the book, as they were recorded when this was made
	pending  []plan.Statement
	newest   plan.State // with all of both
	location *time.Location
	batch    uint64 // the last batch that added to it
}

// at is the plan as it stood on a day. It MUST NOT be changed.
func (p *workingPlan) at(day civil.Date) *plan.State {
	if !p.newest.LastAsAt.After(day) {
		return &p.newest
	}
	state := plan.AsAt(p.all(), day)
	return &state
}

// all are the statements as they are read and in order of position, in a list of their own.
func (p *workingPlan) all() []plan.Statement { return plan.AsRead(p.recorded()) }

// recorded are the statements as they were recorded, in a list of their own.
func (p *workingPlan) recorded() []plan.Statement {
	return append(append(make([]plan.Statement, 0, len(p.stored)+len(p.pending)), p.stored...), p.pending...)
}

// with is the plan with one statement more. The one that it is called on stays as it was.
func (p *workingPlan) with(s plan.Statement, batch uint64) *workingPlan {
	next := *p
	next.batch = batch
	next.pending = append(p.pending[:len(p.pending):len(p.pending)], s)
	if _, corrects := s.Event.(correction.Event); corrects || p.newest.LastAsAt.After(s.AsAt) {
		next.newest = plan.AsAt(next.all(), civil.Last)
	} else {
		next.newest = plan.Evolve(p.newest, s)
	}
	return &next
}

// plan is what is known and pending of a plan. It MUST NOT be changed.
func (d *decision) plan(id string) (*workingPlan, bool) {
	if d.planNew != nil {
		return d.planNew, true
	}
	if p, ok := d.plans[id]; ok {
		return p, true
	}
	if p, ok := d.bookPlan(id); ok {
		return &p.working, true
	}
	return &d.noPlan, false
}

// bookPlan is a plan as the book knows it now.
type bookPlan struct {
	projections.Plan
	working workingPlan // of nothing that is pending
}

// bookPlan finds a plan in the book. What it found is kept until the book has moved: nearly every request asks several times, and most of
// those that are taken together are of the same plans.
func (w *working) bookPlan(id string) (*bookPlan, bool) {
	const many = 256
	now := w.book.Now()
	if w.inBookAt != now.Position || len(w.inBook) > many {
		if w.inBookAt = now.Position; len(w.inBook) > many {
			w.inBook = map[string]*bookPlan{}
		}
		clear(w.inBook)
	}
	if p, ok := w.inBook[id]; ok {
		return p, true
	}
	var found projections.Plan
	var ok bool
	if id == plan.OfLedger {
		found, ok = now.Ledger()
	} else {
		found, ok = now.Plan(id)
	}
	if !ok {
		return nil, false
	}
	p := &bookPlan{found, workingPlan{stored: found.Recorded(), newest: found.Registered, location: found.Location}}
	w.inBook[id] = p
	return p, true
}

func (d *decision) decidePlan(r *request.Request, c *request.Command) error {
	p, exists := d.plan(r.Plan)
	cmd, facts := c.OfPlan, plan.Facts{
		Approver: r.Approver, Speaker: speakerOf(r), Actor: milestone.Party(r.Actor),
		Person: milestone.Party(r.Person), Local: r.Local, SingleUser: r.SingleUser,
	}
	location := p.location
	var zone error
	switch stated := cmd.(type) {
	case plan.Register:
		if stated.Name == "" {
			stated.Name = r.Plan
		}
		location, zone = request.LoadZone(orDefault(stated.TimeZone, plan.DefaultTimeZone))
		cmd, facts.TimeZoneKnown = stated, zone == nil
	case plan.SettleCandidate:
		facts.OfferedOwn = d.offered(r, p, stated.Candidate)
		facts.MilestoneMissing = stated.Ref != "" && !d.milestone(milestoneName{r.Plan, stated.Ref}).Exists()
	case plan.AcceptHistory:
		facts.Told = d.told(r, stated)
	case plan.Revise:
		if stated.TimeZone != nil {
			_, zone = request.LoadZone(*stated.TimeZone)
			facts.TimeZoneKnown = zone == nil
		}
	}
	if _, registers := cmd.(plan.Register); !registers && !exists && r.Plan != plan.OfLedger {
		return planUnknown(r.Plan)
	}
	if location == nil {
		location = time.UTC // of a zone that is not known, which Decide refuses
	}
	today := civil.OfTime(d.now, location)
	asAt := c.AsAt
	if asAt.IsZero() {
		asAt = today
	}
	state := &p.newest
	switch cmd.(type) {
	case plan.Register, plan.Close, plan.Reopen, plan.MergeParties, plan.GrantRole, plan.WithdrawRole,
		plan.AskToForget, plan.BeginEpoch, plan.CompleteEpoch:
	default:
		if err := p.newest.RefuseClosed(); err != nil {
			return err
		}
		state = p.at(asAt)
	}
	facts.AsAt, facts.Read = asAt, d.readUnder(r.Plan) >= state.Settings
	events, refused := plan.Decide(*state, request.PlanDates(cmd, request.SettingsOf(*state, today).Of(asAt)), facts)
	if refused != nil {
		return refused
	}
	if asAt.After(today) {
		return asAtInFuture(asAt, today)
	}
	for _, e := range events {
		kind, payload, err := codec.EncodePlan(e)
		if err != nil {
			return err
		}
		d.draft(r, c, asAt, eventstore.Draft{Type: kind, Payload: payload})
		next := p.with(plan.Statement{Position: d.position, AsAt: asAt, By: d.by, Event: e}, d.batch)
		if next.location, err = request.LoadZone(next.newest.TimeZone); err != nil {
			return err
		}
		p, d.planNew = next, next
	}
	return nil
}

// readUnder is the position of the newest settings of a plan that a date was read by, pending ones among them.
func (d *decision) readUnder(id string) uint64 {
	under := max(d.read[id], d.readBy)
	if p, ok := d.book.Now().Plan(id); ok {
		under = max(under, p.ReadUnder())
	}
	return under
}

// told is what is durable of a span of positions.
func (d *decision) told(r *request.Request, c plan.AcceptHistory) plan.Told {
	view := d.book.Now()
	told := plan.Told{Last: view.Position}
	if p, ok := view.Plan(r.Plan); ok && c.To <= view.Position {
		told.Statements, told.Own = p.ToldBy(r.Actor, r.OnBehalfOf, r.Person, c.From, c.To)
	}
	return told
}

// speakerOf is for whom a request is stated or, where for nobody else, who states it.
func speakerOf(r *request.Request) milestone.Party {
	return milestone.Party(orDefault(r.OnBehalfOf, r.Actor))
}

func planUnknown(id string) error {
	return domain.Refuse(domain.NotFound, plan.RuleUnknown, "",
		"There is no plan %q. Register it first (PlanRegistered), or check its id: `milepost plans` lists them.", id)
}
