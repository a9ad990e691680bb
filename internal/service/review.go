package service

import (
	"strings"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/milestone"
)

// settled is read but for its owner: what stands in that place only says whether there is one.
func settlement(m *milepostv1.ReviewSettled) milestone.SettleReview {
	c := milestone.SettleReview{
		Item: m.GetItem(), Owner: milestone.Party(strings.TrimSpace(m.GetOwner())), Text: m.GetText(), Reason: m.GetReason(),
	}
	if o := m.GetOutcome(); o > 0 && o <= milepostv1.ReviewOutcome_REVIEW_OUTCOME_PAIRED {
		c.Outcome = milestone.Outcome(o) // the two count alike; a test holds them to it
	}
	c.Delivery = said(m.GetDeliveryDate())
	for _, p := range m.GetParts() {
		c.Parts = append(c.Parts, milestone.Part{Ref: p.GetRef(), Title: p.GetTitle(), Delivery: said(p.GetDeliveryDate())})
	}
	return c
}

// settleParts states what the parts of an item come to: to split a milestone gives it and those that it becomes their
// own words, and all that it knows of where they come from; to pair gives each its date.
func (d *decision) settleParts(r *request, c *command, cmd milestone.SettleReview, facts milestone.Facts) error {
	whole := d.milestone(milestoneName{r.plan, c.ref}).at(facts.AsAt)
	if cmd.Outcome == milestone.Accepted {
		return d.settleSame(r, c, cmd, whole, facts)
	}
	for _, p := range cmd.Parts {
		var follows []milestone.Command
		if cmd.Outcome == milestone.Split {
			follows = split(whole, c.ref, p, facts)
		}
		if !p.Delivery.IsZero() {
			follows = append(follows, milestone.StateDate{Delivery: p.Delivery, Reason: cmd.Reason})
		}
		for _, cmd := range follows {
			if refused := milestone.Check(cmd); len(refused) > 0 {
				return refused[0] // a part whose reference cannot be one
			}
			if err := d.state(r, c, p.Ref, cmd, facts); err != nil {
				return err
			}
		}
	}
	return nil
}

// settleSame gives another milestone what was stated of this one, where a person says that it is the other, and ends this
// one.
func (d *decision) settleSame(r *request, c *command, cmd milestone.SettleReview, s *milestone.State, facts milestone.Facts) error {
	other := ""
	for _, i := range s.Items() {
		if i.Item == cmd.Item && i.Field == milestone.FieldRef {
			other = i.Proposed
		}
	}
	if other == "" || other == c.ref || s.Phase == milestone.PhaseCancelled {
		return nil
	}
	follows := []milestone.Command{milestone.Amend{Ref: other, Title: &s.Title, Workstream: &s.Workstream, Attributes: s.Attributes}}
	if s.Words.Text != "" {
		follows = append(follows, milestone.StateDate{Delivery: s.Words, Reason: cmd.Reason})
	}
	if s.Owner != "" {
		follows = append(follows, milestone.ChangeOwner{To: s.Owner, Effective: s.OwnerSince, Reason: cmd.Reason})
	}
	for _, source := range s.Known().Sources {
		follows = append(follows, milestone.StateSource(source.Sourced))
	}
	for _, cmd := range follows {
		if err := d.state(r, c, other, cmd, facts); err != nil {
			return err
		}
	}
	return d.state(r, c, c.ref, milestone.Cancel{Reason: "It is the milestone " + other + "."}, facts)
}

// split is what begins a part of a milestone, or gives the milestone itself the words of one.
func split(whole *milestone.State, ref string, p milestone.Part, facts milestone.Facts) (follows []milestone.Command) {
	if p.Ref == ref {
		return []milestone.Command{milestone.Amend{Ref: ref, Title: &p.Title}}
	}
	follows = []milestone.Command{milestone.Add{Ref: p.Ref, Title: p.Title, Workstream: whole.Workstream, Attributes: whole.Attributes}}
	if whole.Owner != "" {
		follows = append(follows, milestone.ChangeOwner{To: whole.Owner, Effective: facts.AsAt})
	}
	for _, source := range whole.Known().Sources {
		follows = append(follows, milestone.StateSource(source.Sourced))
	}
	return follows
}

// resolveCorrection puts a party where an item is corrected to an owner.
func (r *reader) resolveCorrection(c *command, name string, party func(name string) (string, error)) error {
	settle, ok := c.ofMilestone.(milestone.SettleReview)
	if !ok || settle.Owner == "" {
		return nil
	}
	r.path = c.path
	id, err := party(name)
	if err != nil {
		if err := r.keep(err, "owner"); err != nil {
			return err
		}
	}
	settle.Owner = milestone.Party(id)
	c.ofMilestone = settle
	return nil
}
