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
	case d.facts.Stated(e.Added) || d.told(m, func(e milestone.Event) bool { _, begins := e.(milestone.Added); return begins }):
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
// day (R11); whether a milestone took the place of another, by nobody who added one of the two (R8); and any item, by nobody who stated what it
// rests on, or who may speak for a party that did (A1).
func (d *decision) allowed(ref string, cmd milestone.SettleReview) error {
	m := d.byRef(ref)
	if day, ok := milestone.DisagreementOf(cmd.Item); ok {
		for _, s := range m.Statements() {
			if delivery, dated := milestone.Stated(s.Event); dated && delivery.Due() != 0 && s.AsAt == day && (d.mine(s, true) || d.facts.Stated(d.teller(s.By))) {
				return milestone.SettlesOwn()
			}
		}
		if !slices.Contains(d.standing(m, day), cmd.Delivery.Due()) {
			return milestone.SettledByNone(day)
		}
		return nil
	}
	items := m.At(d.facts.AsAt).Items()
	at := slices.IndexFunc(items, func(i milestone.Item) bool { return i.Item == cmd.Item })
	if at < 0 {
		return nil // which its own rules refuse
	}
	item := items[at]
	if cmd.Outcome == milestone.Rejected && item.Field == milestone.FieldReplaces && (d.added(ref) || d.added(item.Proposed)) {
		return milestone.SettlesOwn()
	}
	if d.told(m, item.RestsOn) {
		return milestone.SettlesOwn()
	}
	return nil
}

// told says whether the caller, or a party for which the caller may speak, stated one of some events of a milestone.
func (d *decision) told(m Milestone, of func(milestone.Event) bool) bool {
	if !d.facts.knowsCaller() {
		return false
	}
	return slices.ContainsFunc(m.Statements(), func(s milestone.Statement) bool { return of(s.Event) && d.facts.Stated(d.teller(s.By)) })
}

// knowsCaller says whether it is known who states the command: a server without credentials knows nobody as another person.
func (f *Facts) knowsCaller() bool { return f.Caller.Actor != "" && !f.Correcting.Local }

// Stated says whether what somebody told counts as the caller's own: it was told by the same actor or person, or for a party for which the
// caller speaks or may speak. It is false where it is not known who the caller is.
func (f *Facts) Stated(by Teller) bool {
	if !f.knowsCaller() {
		return false
	}
	kept := func(party string) string {
		if f.Kept == nil || party == "" {
			return party
		}
		return string(f.Kept(milestone.Party(party)))
	}
	mine := []string{kept(f.Caller.Actor), kept(f.Caller.Person), kept(f.Caller.Speaker), kept(f.Correcting.Organisation)}
	for _, party := range []string{by.Actor, by.Person, by.Speaker} {
		switch {
		case party == "":
		case slices.Contains(mine, kept(party)):
			return true
		case f.Correcting.MaySpeakFor != nil && (f.Correcting.MaySpeakFor(party) || f.Correcting.MaySpeakFor(kept(party))):
			return true
		}
	}
	return false
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
