package decide

import (
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
)

// byRef returns a milestone as the world knows it, with what the command has come to so far.
func (d *decision) byRef(ref string) Milestone {
	d.lay()
	m := d.world.ByRef(ref)
	if d.changed == nil {
		return m
	}
	if m.Exists() {
		ref = m.AddedAs()
	}
	if c, ok := d.changed[ref]; ok {
		return c
	}
	return m
}

// byID is byRef for an id. It does not find a milestone that the command itself begins, which has none yet.
func (d *decision) byID(id milestone.ID) (Milestone, bool) {
	d.lay()
	m, ok := d.world.ByID(id)
	if ok && d.changed != nil {
		if c, ok := d.changed[m.AddedAs()]; ok {
			return c, true
		}
	}
	return m, ok
}

// own is the number of who told the effects of the command that is being decided: the caller.
const own = ^uint32(0)

// lay puts the effects so far over the world. Most commands come to one step, ask nothing after it, and pay nothing for this.
func (d *decision) lay() {
	for ; d.laid < len(d.effects); d.laid++ {
		e := d.effects[d.laid]
		if d.changed == nil {
			d.changed = map[string]*changed{}
		}
		c, ok := d.changed[e.Ref]
		if !ok {
			c = &changed{Milestone: d.world.ByRef(e.Ref), ref: e.Ref, asAt: d.facts.AsAt}
			d.changed[e.Ref] = c
		}
		c.events = append(c.events, e.Event)
	}
}

// changed is a milestone with effects of the command that is being decided.
type changed struct {
	Milestone                   // as the world knows it
	ref       string            // that it was added with
	asAt      civil.Date        // of the events
	events    []milestone.Event // in the order in which they were decided
	state     *milestone.State  // on that day, with the first of the events; nil before anybody asked
	folded    int               // how many those are
}

// Exists is true: an effect is the first event of a milestone, or another one.
func (c *changed) Exists() bool { return true }

// AddedAs is the reference of the effects.
func (c *changed) AddedAs() string { return c.ref }

// At folds only what was added since it was asked last. The events are the last ones of their day, because they have the
// highest positions.
func (c *changed) At(day civil.Date) *milestone.State {
	if day != c.asAt {
		s := milestone.FoldAsAt(c.Statements(), day)
		return &s
	}
	if c.state != nil && c.folded == len(c.events) {
		return c.state
	}
	if c.state == nil {
		c.state = c.Milestone.At(day)
	}
	s := *c.state // the one that somebody was given stays as it is
	for _, e := range c.events[c.folded:] {
		s = milestone.Evolve(s, e, day)
	}
	c.state, c.folded = &s, len(c.events)
	return c.state
}

// Newest is the state at the day of the events, unless the world has statements for later days: those come after them.
func (c *changed) Newest() *milestone.State {
	if c.Milestone.Newest().LastAsAt.After(c.asAt) {
		return c.At(civil.Last)
	}
	return c.At(c.asAt)
}

// Told is Statements by number.
func (c *changed) Told() (int, milestone.Told) {
	all := milestone.List(c.Statements())
	return len(all), all
}

// Statements gives the events the positions after those that the world knows of this milestone. They are not the ones that
// will be recorded, and are in the same order.
func (c *changed) Statements() []milestone.Statement {
	known := c.Milestone.Statements()
	all := append(make([]milestone.Statement, 0, len(known)+len(c.events)), known...)
	var last uint64
	if len(known) > 0 {
		last = known[len(known)-1].Position
	}
	for i, e := range c.events {
		all = append(all, milestone.Statement{Position: last + uint64(i) + 1, AsAt: c.asAt, By: own, Event: e})
	}
	return all
}
