// Package audit answers who said what, when, for whom, and what it changed.
package audit

import (
	"context"
	"sort"
	"strconv"
	"strings"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
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
	// What it changed, by name, as it stood on the event's own as-at day before and after it.
	Before, After map[string]string
}

// Trail reads a plan's entries for a list of its events.
type Trail struct {
	Plan   projections.Plan
	Ledger Ledger
	Names  Names
}

// Entry is the entry of one event.
func (t Trail) Entry(ctx context.Context, e projections.Event) (Entry, error) {
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
	statements := t.Plan.View().Statements(e.Milestone)
	i := sort.Search(len(statements), func(i int) bool { return statements[i].Position >= e.Position })
	before := t.values(milestone.FoldAsAt(statements[:i], asAt))
	after := t.values(milestone.FoldAsAt(statements[:i+1], asAt))
	entry.Reason, entry.NoReason = milestone.Why(statements[i].Event), milestone.NoReason(statements[i].Event)
	entry.Before, entry.After = differing(before, after)
	return entry, nil
}

// values are what can be told of a state in words, by name.
func (t Trail) values(s milestone.State) map[string]string {
	v := map[string]string{
		"title": s.Title, "workstream": s.Workstream, "status": s.Status, "words": s.Note,
		"delivery_date": s.Words.Text, "actual": s.Actual.Text, "achieved_words": s.AchievedWords,
		"next_steps": s.NextSteps,
	}
	if s.Exists {
		v["state"] = s.Phase.String()
	}
	if s.Forecast.Known {
		v["forecast"] = s.Forecast.Delivery.Due().String()
	}
	if s.Owner != "" {
		v["owner"], v["owner_since"] = t.Names.Display(string(s.Owner)), s.OwnerSince.String()
	}
	if s.NotReported != 0 {
		v["not_reported"] = strings.TrimSuffix(s.NotReported.String()+", "+s.Further.NotReportedIn, ", ")
	}
	if f := s.Further; f != nil {
		further(v, f, t.ref)
		reviewed(v, s)
	}
	if s.Percent != nil {
		v["percent"] = strconv.Itoa(*s.Percent)
	}
	for _, a := range s.Attributes {
		v["attribute "+a.Name] = a.Value
	}
	lines(v, s.Funding)
	return v
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
