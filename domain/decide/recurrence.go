package decide

import (
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/period"
)

// recur defines a recurrence, and begins the occurrences that do not exist yet, each with its first date. The others have
// dates of their own by now, and are left alone.
func (d *decision) recur(ref string, cmd milestone.DefineRecurrence) error {
	if err := d.step(ref, cmd); err != nil {
		return err
	}
	series := d.byRef(ref)
	ref = series.AddedAs() // or a series that goes by another reference now would begin all its occurrences again
	state := series.At(d.facts.AsAt)
	defined := state.Known().Recurrence
	if defined == nil {
		return nil
	}
	for _, day := range milestone.Occurrences(defined.RRule, defined.Start, defined.End) {
		add := state.AddOccurrence(series.ID(), ref, day)
		if of := d.byRef(add.Ref).Newest().Known().Of; of != nil && of.Series == series.ID() {
			continue
		}
		first := milestone.StateDate{Delivery: period.OfDay(day), Reason: cmd.Words}
		if err := d.steps(add.Ref, add, first); err != nil {
			return err
		}
	}
	return nil
}
