package page

import (
	"slices"
	"sync"

	pb "milepost.dev/api/milepost/v1"
)

// memo keeps where the milestones of a plan stand, for pages of the same visitor that speak for the same position and day: a list with another
// filter, the board beside it, a file of what is shown. What was answered for a position is answered so for ever. It is safe for concurrent use.
type memo struct {
	mu    sync.Mutex
	kept  []remembered // guarded by mu; used last is last
	holds int          // guarded by mu: milestones in all
}

// stood is what an answer depends on. The visitor is a part of it, so that nobody is shown what another may see.
type stood struct {
	token, plan, asAt string
	position          uint64
}

type remembered struct {
	stood
	milestones []*pb.MilestoneStatus
}

// memoHolds bounds how many milestones are kept in all; a plan with more is kept alone.
const memoHolds = 40_000

// find is what was remembered; nil where it was not.
func (m *memo) find(key stood) []*pb.MilestoneStatus {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := slices.IndexFunc(m.kept, func(r remembered) bool { return r.stood == key })
	if i < 0 {
		return nil
	}
	found := m.kept[i]
	m.kept = append(slices.Delete(m.kept, i, i+1), found)
	return slices.Clone(found.milestones) // pages put them into an order of their own
}

// keep remembers an answer, and forgets those that were used least lately where there are too many.
func (m *memo) keep(key stood, milestones []*pb.MilestoneStatus) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(milestones) == 0 || slices.ContainsFunc(m.kept, func(r remembered) bool { return r.stood == key }) {
		return
	}
	m.kept, m.holds = append(m.kept, remembered{key, slices.Clone(milestones)}), m.holds+len(milestones)
	for len(m.kept) > 1 && m.holds > memoHolds {
		m.holds -= len(m.kept[0].milestones)
		m.kept = slices.Delete(m.kept, 0, 1)
	}
}
