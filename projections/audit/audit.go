// Package audit answers who said what, when, for whom, and what it changed.
package audit

import (
	"context"
	"encoding/hex"
	"sort"

	"milepost.dev/domain"
	"milepost.dev/domain/baseline"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/correction"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
	"milepost.dev/eventstore"
	"milepost.dev/internal/codec"
	"milepost.dev/projections"
)

// Ledger hands out stored records. What only the trail shows is not kept in memory.
type Ledger interface {
	// Record returns the record at a position that was applied.
	Record(ctx context.Context, position uint64) (eventstore.Record, error)
}

// Names shows parties by name.
type Names interface {
	// Display is the name of a party id, or words that stand for a forgotten one.
	Display(id string) string
}

// Entry is one event with everything that answers who said so.
type Entry struct {
	Record    eventstore.Record
	Event     string
	Milestone *projections.Milestone // nil for an event of the plan
	Reason    string
	NoReason  bool // as milestone.NoReason has it
	// Days are those that a slip or a recovery was recorded with, where Measured.
	Days     int
	Measured bool
	// Standing is the correction by which it is read otherwise.
	Standing Standing
	// What it changed, by name, as it stood on the event's own as-at day before and after it.
	Before, After map[string]string
}

// Trail reads a plan's entries for a list of its events. It is for one goroutine, and quickest where the events come in order of
// position: what it worked out for one, it goes on from.
type Trail struct {
	Plan   projections.Plan
	Ledger Ledger
	Names  Names

	of map[*projections.Milestone]*life
}

// life is what the trail knows of a milestone.
type life struct {
	states *projections.Replay
	read   map[uint64]*correction.Correction // the correction that holds for each statement that one holds for
}

// lifeOf is what it knows of a milestone of which it was asked for an event.
func (t *Trail) lifeOf(m *projections.Milestone) *life {
	l, known := t.of[m]
	if !known {
		if t.of == nil {
			t.of = map[*projections.Milestone]*life{}
		}
		view := t.Plan.View()
		log := view.Corrections(m)
		l = &life{view.Replay(m), log.Read()}
		t.of[m] = l
	}
	return l
}

// Entry is the entry of one event.
func (t *Trail) Entry(ctx context.Context, e projections.Event) (Entry, error) {
	record, err := t.Ledger.Record(ctx, e.Position)
	if err != nil {
		return Entry{}, err
	}
	entry := Entry{Record: record, Event: codec.TypeName(record.Type), Milestone: e.Milestone}
	asAt, _ := civil.FromNumber(record.AsAt)
	if e.Milestone == nil {
		t.planEntry(&entry, e.Position, asAt)
		return entry, nil
	}
	view, life := t.Plan.View(), t.lifeOf(e.Milestone)
	before, after := life.states.State(e.Position-1, asAt), life.states.State(e.Position, asAt)
	s, _ := view.StatementRecorded(e.Milestone, e.Position)
	entry.Reason = domain.Why(s.Event)
	entry.NoReason = milestone.NoReason(s.Event.EventName(), entry.Reason)
	entry.Days, entry.Measured = milestone.RecordedDays(s.Event)
	entry.Before, entry.After = differing(before.Told(t.party, t.ref), after.Told(t.party, t.ref))
	entry.Standing = t.standing(e, life)
	if e, ok := s.Event.(correction.Event); ok {
		t.correction(&entry, e)
	}
	return entry, nil
}

// planEntry tells of an event of the plan itself.
func (t *Trail) planEntry(entry *Entry, position uint64, asAt civil.Date) {
	if s, ok := t.Plan.StatementAt(position); ok {
		if e, ok := s.Event.(baseline.Event); ok {
			entry.Reason = e.Why()
			entry.Before, entry.After = differing(nil, baseline.Told(e, t.party, t.ref))
			return
		}
	}
	statements := t.Plan.Recorded()
	i := sort.Search(len(statements), func(i int) bool { return statements[i].Position >= position })
	before, after := plan.AsAt(plan.AsRead(statements[:i]), asAt).Told(), plan.AsAt(plan.AsRead(statements[:i+1]), asAt).Told()
	entry.Reason = domain.Why(statements[i].Event)
	entry.Before, entry.After = differing(before, after)
	entry.Standing = t.standingOfPlan(statements, position)
	switch e := statements[i].Event.(type) {
	case correction.Event:
		t.correction(entry, e)
	case plan.PartiesMerged:
		for _, other := range e.Merged { // by the names under which they were known, which stay
			entry.Before[t.party(other)], entry.After[t.party(other)] = "", t.party(e.Kept)
		}
	case plan.RoleGranted:
		until := "without end"
		if !e.Until.IsZero() {
			until = "until " + e.Until.String()
		}
		entry.After[e.Role+" of "+e.Of+": "+t.party(e.Holder)] = until
	case plan.ToBeForgotten:
		entry.After["the name of "+t.party(e.Party)] = "to be forgotten"
	case plan.EpochBegun:
		entry.After["the names' key"] = hex.EncodeToString(e.Key[:])
		for _, p := range e.Forgotten {
			entry.After["the name of "+t.party(p)] = "forgotten"
		}
	case plan.EpochComplete:
		entry.After["the names' key"] = hex.EncodeToString(e.Key[:]) + ", for all names"
	case plan.RoleWithdrawn:
		entry.After[e.Role+" of "+e.Of+": "+t.party(e.Holder)] = "withdrawn"
	}
}

// party is how people know a party.
func (t *Trail) party(p milestone.Party) string { return t.Names.Display(string(p)) }

// ref is how people know a milestone of the plan.
func (t *Trail) ref(id milestone.ID) string {
	if m, ok := t.Plan.FindID(id); ok {
		return m.Ref
	}
	return projections.FormatID(id)
}

// differing leaves out what is the same on both sides, and what is empty.
func differing(before, after map[string]string) (b, a map[string]string) {
	b, a = map[string]string{}, map[string]string{}
	for name, value := range before {
		if value != after[name] && value != "" {
			b[name] = value
		}
	}
	for name, value := range after {
		if value != before[name] && value != "" {
			a[name] = value
		}
	}
	return b, a
}
