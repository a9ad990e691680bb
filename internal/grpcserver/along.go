package grpcserver

import (
	"sync"

	"milepost.dev/domain/civil"
	"milepost.dev/projections"
	"milepost.dev/projections/status"
)

// replays are those of the milestones that somebody was told of a moment ago: the next change of one goes on from there. It is safe for
// concurrent use; a replay that is taken out belongs to whoever took it.
type replays struct {
	mu  sync.Mutex
	all []*replay // the one that was used last is last; guarded by mu
}

// mostReplays bounds how many milestones of many statements are gone through at once without beginning anew.
const mostReplays = 16

type replay struct {
	of      *projections.Milestone // as Milestone.ID and Plan say, whatever its reference
	reached int
	along   *projections.Replay
}

// row is the status of a milestone in a view.
func (r *replays) row(v projections.View, m *projections.Milestone, today civil.Date) (status.Row, bool) {
	m = v.Milestone(m)
	known, _ := v.Revision(m)
	if known < projections.WorthReplaying {
		return status.Of(v, m, today)
	}
	along := r.take(m, known)
	if along == nil {
		along = v.Replay(m)
	}
	along.KnownTo(v)
	row, ok := status.Along(along, v, m, today)
	r.put(&replay{m, known, along})
	return row, ok
}

// take takes out the replay of a milestone that comes nearest to so many statements; nil where there is none.
func (r *replays) take(m *projections.Milestone, known int) *projections.Replay {
	r.mu.Lock()
	defer r.mu.Unlock()
	best := -1
	for i, other := range r.all {
		if other.of.ID == m.ID && other.of.Plan == m.Plan && other.reached <= known && (best < 0 || other.reached > r.all[best].reached) {
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	found := r.all[best].along
	r.all = append(r.all[:best], r.all[best+1:]...)
	return found
}

func (r *replays) put(p *replay) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.all = append(r.all, p); len(r.all) > mostReplays {
		r.all = append(r.all[:0], r.all[1:]...)
	}
}
