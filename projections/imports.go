package projections

import (
	"math"
	"slices"
	"sort"
)

// importStart is a position from which on statements came with a run of push or import, up to the next one. A request that came with the
// same run as the one before it adds nothing, so that an import of any length takes a few bytes.
type importStart struct {
	position uint64
	run      uint32 // its number in runs, from 1 on; 0 for statements that came with none
}

// cameWith notes the run that the record at a position came with; empty for none.
func (b *Book) cameWith(run string, position uint64) {
	if run == b.lastRun {
		return
	}
	b.lastRun = run
	number := uint32(0)
	if run != "" {
		var known bool
		if number, known = b.runIndex[run]; !known {
			b.runs.append(run)
			number = uint32(len(b.runs.all()))
			b.runIndex[run] = number
		}
	}
	b.imports.append(importStart{position, number})
}

// cameFrom goes on after what a saved fold says of runs.
func (b *Book) cameFrom(at importStart) {
	b.imports.append(at)
	b.lastRun = ""
	if at.run > 0 {
		b.lastRun = b.runs.all()[at.run-1]
	}
}

// Imported are the events of the plan that came with one run of push or import, by its id of 16 bytes, in order; none where the
// plan knows of none.
func (p Plan) Imported(run string) (events []Event) {
	number := uint32(slices.Index(p.view.book.runs.all(), run) + 1)
	if number == 0 {
		return nil
	}
	starts := p.view.book.imports.all()
	at := p.entry.events.all()
	for i, start := range starts {
		if start.run != number {
			continue
		}
		end := uint64(math.MaxUint64)
		if i+1 < len(starts) {
			end = starts[i+1].position
		}
		first := sort.Search(len(at), func(n int) bool { return at[n].position() >= start.position })
		for _, e := range at[first:] {
			if e.position() >= end || e.position() > p.view.Position {
				break
			}
			events = append(events, p.event(e))
		}
	}
	return events
}

// event is an event of the plan as readers see it.
func (p Plan) event(e event) Event {
	of := Event{Position: e.position()}
	if e.milestone > 0 {
		of.Milestone = p.entry.milestones.all()[e.milestone-1].at(p.view.Position)
	}
	return of
}
