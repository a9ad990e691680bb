package decide

import (
	"slices"

	"milepost.dev/domain/milestone"
)

// replace states that milestones took the place of others: an event for each of both sides, so that the history of each tells of
// it.
func (d *decision) replace(cmd milestone.Replace) error {
	old, err := d.named("old", cmd.Old)
	if err != nil {
		return err
	}
	taking, err := d.named("new", cmd.New)
	if err != nil {
		return err
	}
	for i, id := range taking {
		if slices.Contains(old, id) {
			return milestone.ReplacedByItself(cmd.New[i])
		}
	}
	if ref, ok := d.closed(cmd); ok {
		return milestone.ReplacedByClosed(ref)
	}
	if d.tied(slices.Concat(old, taking)) > milestone.MaxLineage {
		return milestone.ReplacedTooMany()
	}
	for _, ref := range cmd.New {
		d.replaced(ref, milestone.Replaced{Old: old, Reason: cmd.Reason})
	}
	for _, ref := range cmd.Old {
		d.replaced(ref, milestone.Replaced{New: taking, Reason: cmd.Reason})
	}
	return nil
}

// closed finds a milestone that was met or cancelled and would take the place of an open one, which would owe nothing any more.
func (d *decision) closed(cmd milestone.Replace) (ref string, ok bool) {
	isClosed := func(ref string) bool {
		phase := d.byRef(ref).Newest().Phase
		return phase == milestone.PhaseAchieved || phase == milestone.PhaseCancelled
	}
	for _, old := range cmd.Old {
		if isClosed(old) {
			continue
		}
		for _, ref := range cmd.New {
			if isClosed(ref) {
				return ref, true
			}
		}
	}
	return "", false
}

func (d *decision) replaced(ref string, e milestone.Replaced) {
	m := d.byRef(ref)
	for _, e := range m.At(d.facts.AsAt).Replacement(e) {
		d.effects = append(d.effects, Effect{Ref: m.Newest().Ref, Event: e})
	}
}

// named returns the ids of the milestones of a list of references, each once.
func (d *decision) named(field string, refs []string) (ids []milestone.ID, err error) {
	for _, ref := range refs {
		m := d.byRef(ref)
		if !m.Exists() {
			return nil, milestone.ReplacedUnknown(field, ref)
		}
		if id := m.ID(); !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// tied counts the milestones that took each other's place, or would by this command, whatever the day: figures ask about all of
// them. It stops counting beyond the bound.
func (d *decision) tied(ids []milestone.ID) int {
	seen := map[milestone.ID]bool{}
	for len(ids) > 0 && len(seen) <= milestone.MaxLineage {
		id := ids[len(ids)-1]
		ids = ids[:len(ids)-1]
		if seen[id] {
			continue
		}
		seen[id] = true
		m, ok := d.byID(id)
		if !ok {
			continue
		}
		ids = append(ids, d.ties(m)...)
	}
	return len(seen)
}

// ties are the milestones that took the place of one, or whose place it took.
func (d *decision) ties(m Milestone) (ids []milestone.ID) {
	if m.Newest().Further == nil {
		return nil // most milestones
	}
	for _, s := range m.Statements() {
		switch e := s.Event.(type) {
		case milestone.Replaced:
			ids = append(append(ids, e.Old...), e.New...)
		case milestone.Added:
			ids = append(ids, e.PartsOf...)
		case milestone.ReviewSettled:
			if e.Outcome != milestone.Split {
				continue
			}
			for _, ref := range e.Parts() {
				if part := d.byRef(ref); part.Exists() {
					ids = append(ids, part.ID())
				}
			}
		}
	}
	return ids
}
