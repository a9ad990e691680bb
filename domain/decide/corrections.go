package decide

import (
	"slices"

	"milepost.dev/domain"
	"milepost.dev/domain/correction"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
)

// decideCorrection states what an approver decides of a correction that waits, for all that was corrected with it.
func (d *decision) decideCorrection(cmd correction.Decide) error {
	waiting, err := d.waiting(cmd)
	if err != nil {
		return err
	}
	for _, w := range waiting {
		if w.c.Decided != 0 {
			if w.c.Refused == cmd.Refuse {
				continue
			}
			return domain.Refuse(domain.Refused, correction.RuleDecided, "position",
				"The correction at position %d was decided otherwise, at position %d. Correct the statement again.", w.c.Position, w.c.Decided)
		}
		byProposer, err := d.mayDecide(w)
		if err != nil {
			return err
		}
		if err := w.fresh(cmd); err != nil {
			return err
		}
		var e milestone.Event = correction.Approved{Correction: w.c.Position, Reason: cmd.Reason, ByProposer: byProposer}
		if cmd.Refuse {
			e = correction.Refused{Correction: w.c.Position, Reason: cmd.Reason}
		}
		effect := Effect{Event: e, OfPlan: w.m == nil}
		if w.m != nil {
			effect.Ref = w.m.AddedAs()
		}
		d.effects = append(d.effects, effect)
	}
	return nil
}

// waiting is a correction that is to be decided.
type waiting struct {
	m   Milestone           // nil where it is of the plan itself
	by  func(uint64) uint32 // who told the statement at a position, by number
	log correction.Log
	c   *correction.Correction
}

// waiting finds the correction at a position, and those of other milestones that were stated by the same command.
func (d *decision) waiting(cmd correction.Decide) (all []waiting, err error) {
	place, ok := d.world.Place(cmd.Position)
	if !ok {
		return nil, correctionUnknown(cmd)
	}
	first, ok := d.waitingAt(place)
	switch {
	case !ok:
		return nil, correctionUnknown(cmd)
	case !first.c.Waits:
		return nil, domain.Refuse(domain.Refused, correction.RuleDecided, "position",
			"The correction at position %d waits for nobody: it counts since then.", cmd.Position)
	case first.c.Of == correction.OfStatement:
		return []waiting{first}, nil
	}
	began := d.world.Began(first.c.Targets[0])
	for _, p := range d.world.Together(cmd.Position) {
		w, ok := d.waitingAt(p)
		if ok && w.c.Of == first.c.Of && w.c.Import == first.c.Import && (w.c.Of == correction.OfImport || d.world.Began(w.c.Targets[0]) == began) {
			all = append(all, w)
		}
	}
	return all, nil
}

func (d *decision) waitingAt(p Place) (w waiting, ok bool) {
	if p.Ref == "" {
		recorded := d.world.PlanRecorded()
		w.log, _ = plan.Corrections(recorded)
		w.by = func(position uint64) uint32 {
			i := slices.IndexFunc(recorded, func(s plan.Statement) bool { return s.Position == position })
			return recorded[max(i, 0)].By
		}
	} else {
		w.m = d.world.ByRef(p.Ref)
		recorded := w.m.Recorded()
		w.log, _ = milestone.Corrections(recorded)
		w.by = func(position uint64) uint32 {
			s, _ := at(recorded, position)
			return s.By
		}
	}
	w.c = w.log.At(p.Position)
	return w, w.c != nil
}

// mayDecide refuses who is not another person than the one who corrected, and than those who told what is corrected; or who has
// not the role for it. By proposer: it is the same person, on a server that is for one (B3, C5).
func (d *decision) mayDecide(w waiting) (byProposer bool, err error) {
	f := &d.facts.Correcting
	if f.Local && !f.SingleUser {
		return false, domain.Refuse(domain.Refused, correction.RuleNoApprover, "",
			"A correction is decided by another person than the one who corrected, and a server without credentials knows nobody by name. Start it with `serve --credentials`, or with `serve --single-user` where one person answers for everything.")
	}
	if !f.Approver && !(w.c.Kind == correction.MisreadDocument && f.Reviewer) {
		return false, domain.Refuse(domain.Denied, correction.RuleApproverOnly, "",
			"To decide a correction takes the role approver for this plan. Ask somebody who has it.")
	}
	own := !d.another(d.tellerAt(w, w.c.Position))
	for _, target := range w.c.Targets {
		own = own || !d.another(d.tellerAt(w, target))
	}
	if !own {
		return false, nil
	}
	if f.SingleUser {
		return true, nil
	}
	return false, domain.Refuse(domain.Refused, correction.RuleOwn, "",
		"This correction is your own, or corrects what you or the party that you speak for stated. Another approver has to decide it.")
}

func (d *decision) tellerAt(w waiting, position uint64) Teller {
	return d.world.Teller(w.by(position))
}

// another says whether who decides is another person than somebody, and neither speaks for the other, nor may. One person may have
// several actors, and be an actor too. The same organisation is allowed.
func (d *decision) another(other Teller) bool {
	f, decides := &d.facts.Correcting, d.kept(d.facts.Caller)
	other = d.kept(other)
	if decides.is(other.Actor) || decides.is(other.Person) || decides.is(other.Speaker) || other.is(decides.Speaker) {
		return false
	}
	for _, party := range []string{other.Actor, other.Person, other.Speaker} {
		colleague := party == d.keptParty(f.Organisation) && !other.is(party)
		if party != "" && !colleague && f.MaySpeakFor != nil && f.MaySpeakFor(party) {
			return false
		}
	}
	return true
}

// kept names a teller by the parties that were kept where several turned out to be one.
func (d *decision) kept(t Teller) Teller {
	return Teller{Actor: d.keptParty(t.Actor), Speaker: d.keptParty(t.Speaker), Person: d.keptParty(t.Person)}
}

func (d *decision) keptParty(party string) string {
	if d.facts.Kept == nil || party == "" {
		return party
	}
	return string(d.facts.Kept(milestone.Party(party)))
}

// is says whether a party is the actor, or the person who answers for the actor.
func (t Teller) is(party string) bool { return party != "" && (party == t.Actor || party == t.Person) }

// fresh refuses to approve a correction of what was corrected otherwise meanwhile (C7).
func (w *waiting) fresh(cmd correction.Decide) error {
	if cmd.Refuse {
		return nil
	}
	for _, position := range w.c.Targets {
		standing := w.log.Standing(position)
		switch {
		case standing == nil && (w.c.Over == 0 || w.c.Of != correction.OfStatement):
		case standing != nil && w.c.Of == correction.OfStatement && standing.Position == w.c.Over:
		case standing != nil && w.c.Of != correction.OfStatement && standing.Removes():
		default:
			now := uint64(0)
			if standing != nil {
				now = standing.Position
			}
			return staleTarget(position, w.c.Over, now)
		}
	}
	return nil
}

func correctionUnknown(cmd correction.Decide) error {
	return domain.Refuse(domain.NotFound, correction.RuleUnknown, "position",
		"There is no correction of this plan at position %d. `milepost corrections` lists them.", cmd.Position)
}
