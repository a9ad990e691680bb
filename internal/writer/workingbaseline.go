package writer

import (
	"strconv"

	"milepost.dev/domain/baseline"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
	"milepost.dev/eventstore"
	"milepost.dev/internal/codec"
	"milepost.dev/internal/request"
)

// registerOf is what is known and pending of the baselines of a plan. It is made of the book when it is needed first, and goes on with
// what is decided; what a decision added that is not kept is taken back.
func (d *decision) registerOf(id string) *baseline.Register {
	r, ok := d.registers[id]
	if !ok {
		r = &baseline.Register{}
		if p, ok := d.book.Now().Plan(id); ok {
			for _, s := range p.ToldOfBaselines() {
				r.Add(s)
			}
		}
		d.registers[id] = r
	}
	return r
}

// takeBack forgets what a request that was not kept added to a register.
func (d *decision) takeBack() {
	if d.unkept != nil {
		d.unkept.Forget(d.begins)
		d.unkept = nil
	}
}

// decideBaseline decides a command about the baselines of a plan.
func (d *decision) decideBaseline(r *request.Request, c *request.Command, cmd baseline.Command) error {
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
	settings := request.SettingsOf(*p.at(asAt), today).Of(asAt)
	if read, ok := request.PlanDates(cmd, settings).(baseline.Command); ok {
		cmd = read
	}
	register := d.registerOf(r.Plan)
	events, err := baseline.Decide(register, cmd, d.baselineFacts(r, p, cmd, asAt, today))
	if err != nil {
		return err
	}
	if asAt.After(today) {
		return asAtInFuture(asAt, today)
	}
	for _, e := range events {
		if err := d.draftBaseline(r, c, asAt, register, e); err != nil {
			return err
		}
	}
	return nil
}

// draftBaseline drafts an event about baselines, and makes it known to the commands that follow.
func (d *decision) draftBaseline(r *request.Request, c *request.Command, asAt civil.Date, register *baseline.Register, e baseline.Event) error {
	kind, payload, err := codec.EncodePlan(e)
	if err != nil {
		return err
	}
	draft := eventstore.Draft{Type: kind, Payload: payload}
	switch e.(type) {
	case baseline.Approved, baseline.Refused, baseline.TiersSet:
		draft.Credential = r.Credential
	}
	d.draft(r, c, asAt, draft)
	d.unkept = register
	register.Add(baseline.Statement{Position: d.position, AsAt: asAt, By: baselineTeller(r), Event: e})
	return nil
}

// baselineTeller is who sends a request.
func baselineTeller(r *request.Request) baseline.Teller {
	return baseline.Teller{Actor: r.Actor, Speaker: string(speakerOf(r)), Person: r.Person}
}

// baselineFacts are what the domain has to be told.
func (d *decision) baselineFacts(r *request.Request, p *workingPlan, cmd baseline.Command, asAt, today civil.Date) baseline.Facts {
	f := baseline.Facts{
		AsAt: asAt, Today: today, Caller: baselineTeller(r), Approver: r.Approver, Local: r.Local, SingleUser: r.SingleUser,
		Organisation: r.Organisation, SpeaksFor: r.MaySpeakFor, First: d.firstForecast, Ref: d.refOf(r.Plan), Registrar: d.registrar(r, p),
		Kept: func(party string) string { return string(d.kept(milestone.Party(party))) },
	}
	if propose, ok := cmd.(baseline.Propose); ok {
		if m := d.milestone(milestoneName{r.Plan, propose.Ref}); m.Exists() && !m.Gone() {
			f.Milestone = m.ID()
		}
	}
	return f
}

// firstForecast is the due day of a milestone's first forecast, by everything known and pending.
func (d *decision) firstForecast(id milestone.ID) civil.Date {
	m, ok := d.world.ByID(id)
	if !ok {
		return 0
	}
	if w, ok := m.(*workingMilestone); ok && len(w.pending) == 0 && w.stored != nil {
		return w.view.Figures(w.stored, civil.Last).First.Due
	}
	return figures.Of(m.Statements(), civil.Last, figures.Record{}).First.Due
}

func (d *decision) refOf(id string) func(milestone.ID) string {
	return func(of milestone.ID) string {
		if m, ok := d.world.ByID(of); ok {
			return m.Newest().Ref
		}
		return ""
	}
}

// registrar is who registered a plan.
func (d *decision) registrar(r *request.Request, p *workingPlan) baseline.Teller {
	for _, s := range p.all() {
		if _, registers := s.Event.(plan.Registered); !registers {
			continue
		}
		if s.Position > d.book.Position() {
			return baselineTeller(r) // it is pending: who registers a plan states no tiers of it in the same breath
		}
		view := d.book.Now()
		actor, speaker := view.Teller(s.By)
		return baseline.Teller{Actor: actor, Speaker: speaker, Person: view.Person(s.By)}
	}
	return baseline.Teller{}
}

// proposeCancellation proposes that a milestone whose date is baselined is not to be: until somebody else approves that, it counts as
// open (B8).
func (d *decision) proposeCancellation(r *request.Request, c *request.Command, today civil.Date, ref string) error {
	register := d.registerOf(r.Plan)
	id := milestone.ID(d.milestone(milestoneName{r.Plan, ref}).ID())
	for _, e := range register.GiveUp(id, "cancel-"+strconv.FormatUint(d.position, 10)) {
		if err := d.draftBaseline(r, c, today, register, e); err != nil {
			return err
		}
	}
	return nil
}
