package writer

import (
	"milepost.dev/domain/milestone"
	"milepost.dev/internal/request"
)

// settleParts states what the parts of an item come to: to split a milestone gives it and those that it becomes their
// own words, and all that it knows of where they come from; to pair gives each its date.
func (d *decision) settleParts(r *request.Request, c *request.Command, cmd milestone.SettleReview, facts milestone.Facts) error {
	whole := d.milestone(milestoneName{r.Plan, c.Ref}).at(facts.AsAt)
	if cmd.Outcome == milestone.Accepted {
		return d.settleSame(r, c, cmd, whole, facts)
	}
	for _, p := range cmd.Parts {
		var follows []milestone.Command
		if cmd.Outcome == milestone.Split {
			follows = split(whole, c.Ref, p, facts)
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
func (d *decision) settleSame(r *request.Request, c *request.Command, cmd milestone.SettleReview, s *milestone.State, facts milestone.Facts) error {
	other := ""
	for _, i := range s.Items() {
		if i.Item == cmd.Item && i.Field == milestone.FieldRef {
			other = i.Proposed
		}
	}
	if other == "" || other == c.Ref || s.Phase == milestone.PhaseCancelled {
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
	return d.state(r, c, c.Ref, milestone.Cancel{Reason: "It is the milestone " + other + "."}, facts)
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
