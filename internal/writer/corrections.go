package writer

import (
	"slices"
	"time"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/baseline"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/decide"
	"milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
	"milepost.dev/eventstore"
	"milepost.dev/internal/codec"
	"milepost.dev/internal/request"
	"milepost.dev/projections"
)

// Place is decide.World's. What is pending has no place yet: nobody was told its position.
func (w *planWorld) Place(position uint64) (decide.Place, bool) {
	p, ok := w.of.book.Now().Plan(w.plan)
	if !ok {
		return decide.Place{}, false
	}
	e, ok := p.EventAt(position)
	return standsAt(p, e), ok
}

// Together is decide.World's.
func (w *planWorld) Together(position uint64) (places []decide.Place) {
	p, ok := w.of.book.Now().Plan(w.plan)
	if !ok {
		return nil
	}
	return stand(p, p.Together(position))
}

// Imported is decide.World's.
func (w *planWorld) Imported(id [16]byte) []decide.Place {
	p, ok := w.of.book.Now().Plan(w.plan)
	if !ok {
		return nil
	}
	return stand(p, p.Imported(string(id[:])))
}

func stand(p projections.Plan, events []projections.Event) (places []decide.Place) {
	for _, e := range events {
		places = append(places, standsAt(p, e))
	}
	return places
}

func standsAt(p projections.Plan, e projections.Event) decide.Place {
	place := decide.Place{Position: e.Position}
	if e.Milestone != nil {
		place.Ref = e.Milestone.AddedAs()
	} else if s, ok := p.StatementAt(e.Position); ok {
		if promises, ok := s.Event.(baseline.Event); ok {
			place.Promises = promises.EventName()
		}
	}
	return place
}

// On is decide.World's.
func (w *planWorld) On(told uint32, speaker string) uint32 {
	teller := w.Teller(told)
	teller.Speaker = speaker
	return w.of.tellers.of(teller)
}

func (w *planWorld) on(told uint32, speaker milestone.Party) uint32 {
	return w.On(told, string(speaker))
}

// Record is decide.World's.
func (w *planWorld) Record() figures.Record {
	p, ok := w.of.book.Now().Plan(w.plan)
	if !ok {
		return figures.Record{}
	}
	return p.Record()
}

// correcting is what corrections are decided by, beside all other facts.
func (d *decision) correcting(r *request.Request, c *request.Command, p *workingPlan) decide.Correcting {
	if _, settles := c.OfMilestone.(milestone.SettleReview); settles {
		return settling(r)
	}
	if !c.Corrects() {
		return decide.Correcting{}
	}
	return decide.Correcting{
		Approver: r.Approver, Reviewer: r.Reviewer, Local: r.Local, SingleUser: r.SingleUser,
		MaySpeakFor: r.MaySpeakFor, Organisation: r.Organisation,
		Changes: func(change decide.Change) { d.changes = append(d.changes, change) },
		Read: func(stated milestone.Command, asAt civil.Date) decide.Reading {
			settings := p.at(asAt)
			return decide.Reading{RatingSchemes: settings.RatingSchemes, PlanEnd: settings.PeriodEnd, Command: c.Instead(stated, *settings, asAt)}
		},
	}
}

// settling is what decides whether the sender of a request may settle what somebody stated.
func settling(r *request.Request) decide.Correcting {
	return decide.Correcting{Local: r.Local, SingleUser: r.SingleUser, MaySpeakFor: r.MaySpeakFor, Organisation: r.Organisation}
}

// offered says whether a candidate was offered by the sender of a request, or a party for which the sender may speak.
func (d *decision) offered(r *request.Request, p *workingPlan, candidate string) bool {
	facts := decide.Facts{Kept: d.kept, Caller: callerOf(r), Correcting: settling(r)}
	return slices.ContainsFunc(p.stored, func(s plan.Statement) bool {
		e, offers := s.Event.(plan.CandidateOffered)
		return offers && e.Candidate == candidate && facts.Stated(d.world.Teller(s.By))
	})
}

// validate decides a request and answers what it would come to, by everything that is known and pending. Nothing of it is kept, so
// nothing of it waits: what it rests on may still fail.
func (l *loop) validate(w *waiter) {
	now, err := l.time()
	if err != nil {
		w.answer(answer{err: errClockUnsteady})
		return
	}
	d := l.decision
	d.begin(time.UnixMicro(max(now.UnixMicro(), l.last)), l.gathering.number, l.position)
	if err := d.decide(w.request); err != nil {
		l.answerWhenKnown(w, &Decided{Err: err, Position: l.position})
		return
	}
	w.answer(answer{outcome: &outcome{position: l.position, events: d.events, notices: d.notices, changes: d.changes, dry: true}})
}

// dryReceipt says what a request would come to.
func (o *outcome) dryReceipt(requestID string) *milepostv1.Receipt {
	receipt := &milepostv1.Receipt{RequestId: requestID, Position: o.position}
	for i := range o.events {
		e := &o.events[i]
		event := &milepostv1.EventReceipt{Type: codec.TypeName(e.kind), Ref: e.ref}
		if e.ref != "" {
			event.Milestone, event.Revision = projections.FormatID(e.ofMilestone), e.revision
		}
		receipt.Events = append(receipt.Events, event)
	}
	return receipt
}

// corrections are what the corrections of an outcome change.
func (o *outcome) corrections() (ms []*milepostv1.CorrectionEffect) {
	for _, c := range o.changes {
		ms = append(ms, &milepostv1.CorrectionEffect{
			Ref: c.Ref, Statements: uint32(c.Statements), Before: stands(&c.Before), After: stands(&c.After),
			Waits: c.Waits, WaitsBecause: c.Because, Tied: c.Tied,
		})
	}
	return ms
}

func stands(s *decide.Stands) *milepostv1.CorrectedFigures {
	m := &milepostv1.CorrectedFigures{Exists: s.Exists, Title: s.Title, Overdue: s.Overdue, NoDate: s.NoDate}
	for _, d := range []struct {
		into *string
		day  civil.Date
	}{{&m.FirstForecast, s.First.Due}, {&m.Due, s.InForce()}, {&m.Actual, s.Actual}} {
		if d.day != 0 {
			*d.into = d.day.String()
		}
	}
	if s.Slip.Known {
		days := int32(s.Slip.Days)
		m.SlipDays = &days
	}
	return m
}

// PlanRecorded is decide.World's.
func (w *planWorld) PlanRecorded() []plan.Statement {
	p, _ := w.of.plan(w.plan)
	return p.recorded()
}

// draftOfPlan drafts an effect of a command that is about the plan itself.
func (d *decision) draftOfPlan(r *request.Request, c *request.Command, asAt civil.Date, e decide.Effect) error {
	kind, payload, err := codec.EncodePlan(e.Event)
	if err != nil {
		return err
	}
	p, _ := d.plan(r.Plan)
	d.draft(r, c, asAt, eventstore.Draft{Type: kind, Payload: payload})
	d.planNew = p.with(plan.Statement{Position: d.position, AsAt: asAt, By: d.by, Event: e.Event}, d.batch)
	return nil
}

// Promised is decide.World's.
func (w *planWorld) Promised(id milestone.ID) figures.Promises {
	return w.of.registerOf(w.plan).Promises(id, baseline.Everything)
}

// Tolerances is decide.World's.
func (w *planWorld) Tolerances(day civil.Date) []figures.Tolerance {
	return baseline.Tolerances(w.of.registerOf(w.plan).TiersAsAt(day, baseline.Everything))
}
