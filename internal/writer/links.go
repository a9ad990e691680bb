package writer

import (
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/period"
	"milepost.dev/internal/request"
)

// predecessor is what a command about a dependency has to be told of the milestone that it names.
func (d *decision) predecessor(plan string, m *workingMilestone, cmd milestone.Command, asAt civil.Date) milestone.Predecessor {
	var on string
	switch cmd := cmd.(type) {
	case milestone.LinkDependency:
		on = cmd.On
	case milestone.UnlinkDependency:
		on = cmd.On
	default:
		return milestone.Predecessor{}
	}
	other := d.milestone(milestoneName{plan, on})
	if other.revision() == 0 {
		return milestone.Predecessor{}
	}
	return milestone.Predecessor{
		Exists: true, ID: other.id, Itself: other.id == m.id,
		Waits: d.waits(plan, other, m.id, asAt),
	}
}

// waits says whether a milestone waits for another, itself or through others, on a day or by what was stated for a later
// one: no day may ever see a circle. Each milestone is looked at once.
func (d *decision) waits(plan string, m *workingMilestone, forID milestone.ID, asAt civil.Date) bool {
	seen := map[milestone.ID]bool{m.id: true}
	for toAsk := []*workingMilestone{m}; len(toAsk) > 0; {
		next := toAsk[len(toAsk)-1]
		toAsk = toAsk[:len(toAsk)-1]
		for _, on := range next.waitsFor(asAt) {
			if on == forID {
				return true
			}
			if other := d.milestoneByID(plan, on); other != nil && !seen[on] {
				seen[on] = true
				toAsk = append(toAsk, other)
			}
		}
	}
	return false
}

// waitsFor are the milestones that this one waits for on a day, or will by what was stated for a later one.
func (m *workingMilestone) waitsFor(asAt civil.Date) (on []milestone.ID) {
	for _, l := range m.at(asAt).Known().DependsOn {
		on = append(on, l.On)
	}
	if !m.newest().LastAsAt.After(asAt) {
		return on
	}
	for _, s := range m.all() {
		if e, ok := s.Event.(milestone.DependencyLinked); ok && s.AsAt.After(asAt) {
			on = append(on, e.On)
		}
	}
	return on
}

// milestoneByID returns what is known and pending of a milestone, or nil where the plan has none of this id.
func (d *decision) milestoneByID(plan string, id milestone.ID) *workingMilestone {
	if p, ok := d.book.Now().Plan(plan); ok {
		if m, ok := p.FindID(id); ok {
			return d.milestone(milestoneName{plan, m.Ref})
		}
	}
	for _, pending := range []map[milestoneName]*workingMilestone{d.touched, d.milestones} {
		for _, m := range pending {
			if m.id == id {
				return m
			}
		}
	}
	return nil
}

// addOccurrences begins the occurrences of a milestone that are not there yet, each with its first date. Those that
// are have dates of their own by now.
func (d *decision) addOccurrences(r *request.Request, c *request.Command, cmd milestone.DefineRecurrence, facts milestone.Facts) error {
	series := d.milestone(milestoneName{r.Plan, c.Ref})
	state := series.at(facts.AsAt)
	defined := state.Known().Recurrence
	if defined == nil {
		return nil // a later definition came before
	}
	for _, day := range milestone.Occurrences(defined.RRule, defined.Start, defined.End) {
		add := state.AddOccurrence(series.id, c.Ref, day)
		if of := d.milestone(milestoneName{r.Plan, add.Ref}).newest().Known().Of; of != nil && of.Series == series.id {
			continue
		}
		if refused := milestone.Check(add); len(refused) > 0 {
			return refused[0] // the reference has no room for the day
		}
		for _, cmd := range []milestone.Command{add, milestone.StateDate{Delivery: period.OfDay(day), Reason: cmd.Words}} {
			if err := d.state(r, c, add.Ref, cmd, facts); err != nil {
				return err
			}
		}
	}
	return nil
}
