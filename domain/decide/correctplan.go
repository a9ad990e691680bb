package decide

import (
	"slices"

	"milepost.dev/domain"
	"milepost.dev/domain/correction"
	"milepost.dev/domain/plan"
)

// planTarget is what a correction touches of the plan itself.
type planTarget struct {
	log   correction.Log
	event correction.Corrected
	told  []plan.Statement // those that are corrected
}

// targetOfPlan adds a statement about the plan itself to what is corrected. What the plan is, and what was decided of it, stays:
// a request or an import that states such a thing is corrected without it.
func (d *decision) targetOfPlan(t *planTarget, cmd correction.Correct, position uint64) error {
	recorded := d.world.PlanRecorded()
	i := slices.IndexFunc(recorded, func(s plan.Statement) bool { return s.Position == position })
	switch {
	case i < 0:
		return targetUnknown(cmd)
	case !plan.Correctable(recorded[i].Event) && cmd.Of == correction.OfStatement:
		return targetNot(position, recorded[i].Event.EventName()+", which is not corrected. State what holds of the plan now")
	case !plan.Correctable(recorded[i].Event):
		return nil
	case cmd.Replacement != nil || cmd.Speaker != "":
		return domain.Refuse(domain.Refused, correction.RuleReplacement, "replacement",
			"A statement about the plan itself is read as never said, and not as another one. Correct it to nothing, and state what holds.")
	}
	if len(t.told) == 0 {
		t.event = corrected(cmd)
		t.log, _ = plan.Corrections(recorded)
	}
	t.told = append(t.told, recorded[i])
	t.event.Targets = append(t.event.Targets, position)
	return nil
}

// freshOfPlan is fresh for what is corrected of the plan itself: what is read as never said already is left out, and what waits to be.
func (d *decision) freshOfPlan(_ correction.Correct, t *planTarget) error {
	same := func(c *correction.Correction) bool { return c.Pending() && slices.Equal(c.Targets, t.event.Targets) }
	for i := range t.log.All {
		if same(&t.log.All[i]) {
			t.event.Targets, t.told = nil, nil
			return nil
		}
	}
	t.told = slices.DeleteFunc(t.told, func(s plan.Statement) bool { return t.log.Standing(s.Position) != nil })
	t.event.Targets = slices.DeleteFunc(t.event.Targets, func(p uint64) bool { return t.log.Standing(p) != nil })
	t.event.Over = 0
	return nil
}

// judgePlan judges what is corrected of the plan itself.
func (d *decision) judgePlan(v *verdict, t *planTarget) {
	for _, s := range t.told {
		d.judgeTeller(v, s.By, s.Position)
		if moreMoney(s.Event, nil, true) {
			v.add(WaitsMoney)
		}
	}
}
