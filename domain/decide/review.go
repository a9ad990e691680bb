package decide

import (
	"slices"

	"milepost.dev/domain/milestone"
)

// settle states what a person made of an item, and what follows from it for the parts of the milestone, or for the other one that
// it turned out to be.
func (d *decision) settle(ref string, cmd milestone.SettleReview) error {
	if id, ok := milestone.ElsewhereOf(cmd.Item); ok {
		return d.settleElsewhere(ref, cmd, id)
	}
	if err := d.allowed(ref, cmd); err != nil {
		return err
	}
	before := len(d.effects)
	if err := d.step(ref, cmd); err != nil {
		return err
	}
	whole := d.byRef(ref).At(d.facts.AsAt)
	if cmd.Outcome == milestone.Accepted {
		if len(d.effects) > before {
			if err := d.carryOn(ref, cmd, whole); err != nil {
				return err
			}
		}
		return d.merge(ref, cmd, whole)
	}
	for _, p := range cmd.Parts {
		var follows []milestone.Command
		if cmd.Outcome == milestone.Split {
			follows = d.part(ref, whole, p)
		}
		if !p.Delivery.IsZero() {
			follows = append(follows, milestone.StateDate{Delivery: p.Delivery, Reason: cmd.Reason})
		}
		if err := d.steps(p.Ref, follows...); err != nil {
			return err
		}
	}
	return nil
}

// settleElsewhere states whether a milestone took the place of one that was cancelled in another plan (R8). What that one promised is stated
// with it, so that the figures are the same for all, whoever may read the other plan. That plan goes on counting it as cancelled.
func (d *decision) settleElsewhere(ref string, cmd milestone.SettleReview, id milestone.ID) error {
	m := d.byRef(ref)
	e, asked := d.world.Elsewhere(m, id, d.facts.AsAt)
	switch {
	case m.Gone():
		return neverWas(ref)
	case !asked:
		return milestone.ElsewhereUnknown(cmd.Item, d.facts.AsAt)
	case cmd.Outcome != milestone.Accepted && cmd.Outcome != milestone.Rejected:
		return milestone.ElsewhereOutcome()
	case cmd.Outcome == milestone.Rejected && (d.added(ref) || e.Added.same(d.facts.Caller)):
		return milestone.SettlesOwn()
	}
	for _, event := range m.At(d.facts.AsAt).Elsewhere(e.ElsewhereReplaced, cmd) {
		d.effects = append(d.effects, Effect{Ref: m.AddedAs(), Event: event})
	}
	return nil
}

// part begins one of the milestones that a milestone is split into, with all that the whole one knows of where it comes from; or
// gives the whole one the words of its own part.
func (d *decision) part(ref string, whole *milestone.State, p milestone.Part) []milestone.Command {
	if p.Ref == ref {
		return []milestone.Command{milestone.Amend{Ref: ref, Title: &p.Title}}
	}
	follows := []milestone.Command{milestone.Add{
		Ref: p.Ref, Title: p.Title, Workstream: whole.Workstream, Attributes: whole.Attributes, PartsOf: []milestone.ID{d.byRef(ref).ID()},
	}}
	if whole.Owner != "" {
		follows = append(follows, milestone.ChangeOwner{To: whole.Owner, Effective: d.facts.AsAt})
	}
	return append(follows, sources(whole)...)
}

// merge gives another milestone what was stated of this one, where a person accepts that it is the other, and cancels this
// one.
func (d *decision) merge(ref string, cmd milestone.SettleReview, s *milestone.State) error {
	other := ""
	for _, i := range s.Items() {
		if i.Item == cmd.Item && i.Field == milestone.FieldRef {
			other = i.Proposed
		}
	}
	if other == "" || other == ref || s.Phase == milestone.PhaseCancelled {
		return nil
	}
	follows := []milestone.Command{milestone.Amend{Ref: other, Title: &s.Title, Workstream: &s.Workstream, Attributes: s.Attributes}}
	if s.Words.Text != "" {
		follows = append(follows, milestone.StateDate{Delivery: s.Words, Reason: cmd.Reason})
	}
	if s.Owner != "" {
		follows = append(follows, milestone.ChangeOwner{To: s.Owner, Effective: s.OwnerSince, Reason: cmd.Reason})
	}
	for _, follow := range append(follows, sources(s)...) {
		if err := d.step(other, follow); err != nil {
			return err
		}
	}
	same := milestone.Replace{Old: []string{ref}, New: []string{other}}
	if _, closed := d.closed(same); !closed {
		if err := d.replace(same); err != nil {
			return err
		}
	}
	return d.step(ref, milestone.Cancel{Reason: "It is the milestone " + other + "."})
}

// carryOn states that a milestone took the place of the one that was cancelled about when it was added.
func (d *decision) carryOn(ref string, cmd milestone.SettleReview, s *milestone.State) error {
	for _, i := range s.Items() {
		if i.Item == cmd.Item && i.Field == milestone.FieldReplaces && i.Proposed != "" {
			return d.replace(milestone.Replace{Old: []string{i.Proposed}, New: []string{ref}, Reason: cmd.Reason})
		}
	}
	return nil
}

// sources states again where a milestone was read.
func sources(s *milestone.State) (follows []milestone.Command) {
	for _, source := range s.Known().Sources {
		follows = append(follows, milestone.StateSource(source.Sourced))
	}
	return follows
}

// allowed says whether the caller may settle an item that rests on what others told: a disagreement, by nobody who spoke about the
// day (R11); whether a milestone took the place of another, by nobody who added one of the two (R8).
func (d *decision) allowed(ref string, cmd milestone.SettleReview) error {
	m := d.byRef(ref)
	if day, ok := milestone.DisagreementOf(cmd.Item); ok {
		for _, s := range m.Statements() {
			if delivery, dated := milestone.Stated(s.Event); dated && delivery.Due() != 0 && s.AsAt == day && d.mine(s, true) {
				return milestone.SettlesOwn()
			}
		}
		if !slices.Contains(d.standing(m, day), cmd.Delivery.Due()) {
			return milestone.SettledByNone(day)
		}
		return nil
	}
	if cmd.Outcome != milestone.Rejected {
		return nil
	}
	for _, i := range m.At(d.facts.AsAt).Items() {
		if i.Item == cmd.Item && i.Field == milestone.FieldReplaces && (d.added(ref) || d.added(i.Proposed)) {
			return milestone.SettlesOwn()
		}
	}
	return nil
}

// added says whether the caller added a milestone.
func (d *decision) added(ref string) bool {
	for _, s := range d.world.ByRef(ref).Statements() {
		if _, begins := s.Event.(milestone.Added); begins && d.mine(s, false) {
			return true
		}
	}
	return false
}

// mine says whether a statement is the caller's own or, where that is asked too, was told for the same party.
func (d *decision) mine(s milestone.Statement, speaker bool) bool {
	t := d.teller(s.By)
	return t.same(d.facts.Caller) || speaker && t.Speaker == d.facts.Caller.Speaker
}

// same says whether two tellers are one: two tokens of one person are, under whatever name.
func (t Teller) same(other Teller) bool {
	return t.Actor == other.Actor || t.Person != "" && t.Person == other.Person
}
