package writer

import (
	"context"
	"sync/atomic"
)

// underway is the appends whose outcome this writer does not have yet. Other processes may have read what they store.
type underway struct {
	last    atomic.Pointer[settlement] // of the newest append; nil before the first
	ongoing []*settlement              // not settled, oldest first: two at most; of the loop
}

// settlement is the outcome of one append. A nil settlement is that of none.
type settlement struct {
	done   chan struct{}
	failed bool // nobody will find it out here; written before done is closed
}

// newest is the append that was begun last. Those before it are settled before it is.
func (u *underway) newest() *settlement { return u.last.Load() }

// begin notes that an append is about to be sent.
func (u *underway) begin() {
	s := &settlement{done: make(chan struct{})}
	u.ongoing = append(u.ongoing, s)
	u.last.Store(s)
}

// end notes that the oldest append is in the book, or was found not to be stored.
func (u *underway) end() {
	if len(u.ongoing) > 0 {
		close(u.ongoing[0].done)
		u.ongoing = append(u.ongoing[:0], u.ongoing[1:]...)
	}
}

// fail notes that nothing that is under way will be settled.
func (u *underway) fail() {
	for _, s := range u.ongoing {
		s.failed = true
		close(s.done)
	}
	u.ongoing = nil
}

// wait returns nil when the append is settled.
func (s *settlement) wait(ctx context.Context) error {
	if s == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, proveWithin)
	defer cancel()
	select {
	case <-s.done:
		if s.failed {
			return errNotProved
		}
		return nil
	case <-ctx.Done():
		return errNotProved
	}
}
