package projections

import (
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
)

// Replay says of a milestone what State says of the view until one position after another: what an audit trail asks of each of its
// events. Each answer goes on from the one before, so that a milestone of any number of statements is gone through in a time that
// grows as their number. A correction that begins to count reads all of them anew. It is for one goroutine.
type Replay struct {
	view View
	of   *Milestone

	states   *milestone.Replay
	recorded int    // how many facts were read
	facts    []fact // as they are read
	counting int    // corrections that count
	reading  *reading
}

// Replay begins with the first statement about a milestone that is asked for.
func (v View) Replay(m *Milestone) *Replay { return &Replay{view: v, of: m.original()} }

// State is the milestone as it stood on a day, by all that the view knows up to a position.
func (r *Replay) State(position uint64, asAt civil.Date) milestone.State {
	v := r.view.Until(position)
	recorded := v.recorded(r.of)
	if len(recorded) <= few {
		return v.State(r.of, asAt)
	}
	if !r.readOn(recorded, v.Position) {
		r.states = r.begin(recorded, v.Position)
	}
	known := told{v.book, r.of, r.facts}
	r.states.Reach(len(r.facts), known)
	return r.states.At(asAt, known)
}

// readOn reads the facts that follow those that were read. False: what was read is not a beginning of them.
func (r *Replay) readOn(recorded []fact, position uint64) bool {
	if r.states == nil || len(recorded) < r.recorded {
		return false
	}
	switch c := r.of.corrections.Load(); {
	case c == nil:
		r.facts = recorded
	case r.reading == nil || len(c.counting(position)) != r.counting:
		return false
	default:
		r.facts = r.reading.add(r.facts, recorded[r.recorded:])
	}
	r.recorded = len(recorded)
	return true
}

// begin reads facts from the first one. Of one that nobody ever corrected, the states along the way are kept once there are many.
func (r *Replay) begin(recorded []fact, position uint64) *milestone.Replay {
	r.recorded, r.facts, r.reading = len(recorded), recorded, nil
	if c := r.of.corrections.Load(); c != nil {
		counting := c.counting(position)
		r.counting, r.reading = len(counting), readingOf(r.of, counting, c.events.all())
		r.facts = r.reading.add(make([]fact, 0, len(recorded)), recorded)
		return &milestone.Replay{}
	}
	if len(recorded) <= many {
		return &milestone.Replay{}
	}
	h := r.view.book.history(r.of, r.view.recorded(r.of))
	if h == nil { // another view knows more, and so does its history
		h = r.of.history.Load()
	}
	return h.Replay(len(recorded), told{r.view.book, r.of, recorded})
}
