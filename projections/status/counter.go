package status

import (
	"sync"

	"milepost.dev/domain/civil"
	"milepost.dev/projections"
)

// Counter counts plans, and remembers of each what it counted last: a portfolio asks for all plans, of which hardly any has changed since.
// What was told of a plan up to one position, and the day, decide what is counted. It is safe for concurrent use; the zero Counter is ready.
type Counter struct {
	kept sync.Map // plan id -> counted: as many as there are plans
}

// counted are the counts of a plan up to its event at a position, as at a day.
type counted struct {
	asAt   civil.Date
	counts Counts
}

// Count is what stands out in a plan on a day, as the function Count has it.
func (c *Counter) Count(p projections.Plan, asAt civil.Date) Counts {
	if found, ok := c.kept.Load(p.ID); ok {
		if known := found.(*counted); known.asAt == asAt && known.counts.Position == p.LastPosition() {
			return known.counts
		}
	}
	made := &counted{asAt, Count(p, asAt)}
	c.kept.Store(p.ID, made)
	return made.counts
}
