package projections

import (
	"reflect"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/figures"
	"milepost.dev/domain/funding"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/period"
)

// Replay says of a milestone what State, Figures and Delivery say of the view until one position after another: what an audit trail and a
// watch ask of each of its events. Each answer goes on from the one before, so that a milestone of any number of statements is gone
// through in a time that grows as their number. A correction that begins to count reads all of them anew; so do figures where
// something is decided about the plan that they go by. It is for one goroutine.
type Replay struct {
	view View
	of   *Milestone

	states   *milestone.Replay
	recorded int    // how many facts were read
	facts    []fact // as they are read
	counting int    // corrections that count
	reading  *reading

	figures *figures.Follow // nil: they are not followed
	figured int             // how many facts it was given
	by      decided         // what it goes by
}

// decided is what figures as at a day go by beside the statements about the milestone, as it was known at a position.
type decided struct {
	day      civil.Date
	promised figures.Promises
	accepted int
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
	r.reach(recorded, v.Position)
	known := told{v.book, r.of, r.facts}
	r.states.Reach(len(r.facts), known)
	return r.states.At(asAt, known)
}

// Figures are what the dates come to as at a day, by all that the view knows up to the end of a request.
func (r *Replay) Figures(end uint64, asAt civil.Date) figures.Figures {
	v := r.view.Until(end)
	recorded := v.recorded(r.of)
	if len(recorded) <= many || r.of.linked.Load() {
		return v.Figures(r.of, asAt)
	}
	r.reach(recorded, v.Position)
	record := v.record(r.of)
	by := decided{asAt, record.Promised, 0}
	for _, s := range r.of.entry.accepted.all() {
		if s.position <= v.Position {
			by.accepted++
		}
	}
	if r.figures == nil || r.figured > len(r.facts) || !reflect.DeepEqual(by, r.by) {
		r.figures, r.figured, r.by = figures.NewFollow(asAt, record), 0, by
	}
	known := true
	v.book.told(r.of, r.facts[r.figured:], civil.Last, unread, func(told []milestone.Statement) { known = r.figures.Add(told) })
	if r.figured = len(r.facts); !known { // linked meanwhile
		r.figures = nil
		return v.Figures(r.of, asAt)
	}
	if record.Lines != nil {
		record.Lines = func(day civil.Date) []funding.Line { return r.State(end, day).Funding }
	}
	return r.figures.Figures(record)
}

// Delivery is the date that a statement states which is known at a position.
func (r *Replay) Delivery(known, position uint64) period.Delivery {
	v := r.view.Until(known)
	if recorded := v.recorded(r.of); len(recorded) > few {
		r.reach(recorded, v.Position)
		f, ok := find(r.facts, position)
		if !ok {
			return period.Delivery{}
		}
		d, _ := milestone.Stated(v.book.event(r.of, &f))
		return d
	}
	return v.Delivery(r.of, position)
}

// KnownTo lets it answer of a view that knows more than the one that it began with.
func (r *Replay) KnownTo(v View) { r.view = v }

// reach reads what is known at a position.
func (r *Replay) reach(recorded []fact, position uint64) {
	if !r.readOn(recorded, position) {
		r.states, r.figures = r.begin(recorded, position), nil
	}
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
