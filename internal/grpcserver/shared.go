package grpcserver

import (
	"sync"
	"time"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/projections/status"
)

// shared holds the changes that were made a moment ago. Many watch one plan, and each of them is sent the same:
// it is worked out once for all who are as far. It is safe for concurrent use.
type shared struct {
	mu    sync.Mutex
	at    map[uint64]*sharedChange // by position; guarded by mu
	order [sharedChanges]uint64    // the positions in at, the oldest at next; guarded by mu
	next  int                      // guarded by mu
}

const (
	sharedChanges = 1024
	// sharedFor is how long a change is given to others: a name in it may be forgotten meanwhile.
	sharedFor = time.Second
)

// sharedChange is one event with what it led to. All but once belongs to whom once lets in, and to all after it.
type sharedChange struct {
	today civil.Date
	made  time.Duration // by the clock's Elapsed
	once  sync.Once

	change *milepostv1.Change // with the status; nil where err is not
	row    status.Row         // zero for an event of the plan
	err    error
}

// get returns the change of an event, which fill makes where nobody did just now.
func (s *shared) get(position uint64, today civil.Date, now time.Duration, fill func(*sharedChange)) *sharedChange {
	s.mu.Lock()
	c, ok := s.at[position]
	if !ok || c.today != today || now-c.made > sharedFor {
		if s.at == nil {
			s.at = map[uint64]*sharedChange{}
		}
		c = &sharedChange{today: today, made: now}
		if !ok {
			delete(s.at, s.order[s.next])
			s.order[s.next] = position
			s.next = (s.next + 1) % sharedChanges
		}
		s.at[position] = c
	}
	s.mu.Unlock()
	c.once.Do(func() { fill(c) })
	return c
}
