package decide

import (
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
)

// predecessor is what milestone.Decide has to be told of the milestone that a command about a dependency names.
func (d *decision) predecessor(m Milestone, cmd milestone.Command) milestone.Predecessor {
	var on string
	switch cmd := cmd.(type) {
	case milestone.LinkDependency:
		on = cmd.On
	case milestone.UnlinkDependency:
		on = cmd.On
	default:
		return milestone.Predecessor{}
	}
	other := d.byRef(on)
	if !other.Exists() {
		return milestone.Predecessor{}
	}
	return milestone.Predecessor{
		Exists: true, ID: other.ID(), Itself: other.ID() == m.ID(), Waits: d.waits(other, m.ID()),
	}
}

// waits says whether a milestone waits for another, itself or through others, on the command's day or by what was stated for a
// later one: no day may ever see a circle. That refuses a little more than it has to, because two links of
// different days may never hold together, and it never refuses too little. Each milestone is looked at once.
func (d *decision) waits(m Milestone, forID milestone.ID) bool {
	seen := map[milestone.ID]bool{m.ID(): true}
	for toAsk := []Milestone{m}; len(toAsk) > 0; {
		next := toAsk[len(toAsk)-1]
		toAsk = toAsk[:len(toAsk)-1]
		for _, on := range waitsFor(next, d.facts.AsAt) {
			if on == forID {
				return true
			}
			if seen[on] {
				continue
			}
			if other, ok := d.byID(on); ok {
				seen[on] = true
				toAsk = append(toAsk, other)
			}
		}
	}
	return false
}

// waitsFor are the milestones that this one waits for on a day, or will by what was stated for a later one.
func waitsFor(m Milestone, asAt civil.Date) (on []milestone.ID) {
	for _, l := range m.At(asAt).Known().DependsOn {
		on = append(on, l.On)
	}
	if !m.Newest().LastAsAt.After(asAt) {
		return on
	}
	for _, s := range m.Statements() {
		if e, ok := s.Event.(milestone.DependencyLinked); ok && s.AsAt.After(asAt) {
			on = append(on, e.On)
		}
	}
	return on
}
