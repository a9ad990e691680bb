// Package clock is where time and randomness come in: the clock, the guard that stops commands when
// the clock cannot be trusted, and the ids that are made of both. All of it is injected, so that a
// test decides what time it is.
package clock

import (
	"sync"
	"sync/atomic"
	"time"
)

// Clock tells the time in two ways. An implementation MUST be safe for concurrent use.
type Clock interface {
	// Now is the time on the wall. Somebody can set it, and it may go backwards.
	Now() time.Time
	// Elapsed is how long the clock has run since some fixed moment. Nobody can set it; it MUST
	// NOT go backwards.
	Elapsed() time.Duration
}

// System returns the machine's clock.
func System() Clock { return newSystem(sinceBoot) }

func newSystem(sinceBoot func() (time.Duration, bool)) *system {
	s := &system{started: time.Now(), sinceBoot: sinceBoot}
	s.looked.Store(&looked{})
	s.look()
	return s
}

type system struct {
	started   time.Time
	sinceBoot func() (time.Duration, bool) // with the time that the machine was asleep; false where the system does not tell

	mu     sync.Mutex             // held while the system is asked
	looked atomic.Pointer[looked] // what it said last; never nil
}

// looked is what the system said when it was asked.
type looked struct {
	after  time.Duration // since the clock was made, by Go's monotonic reading
	wall   time.Time     // without that reading
	offset time.Duration // of what the system said over after; it only grows, as the machine sleeps
}

// Bounds of what is taken for known without asking the system again: to ask costs more than all else that a commit does with the clock.
const (
	askAgain = time.Second
	// awry is how far the wall clock may leave the monotonic one meanwhile. Where it does, the machine was asleep or somebody moved
	// the hands of its clock, and which of the two only the system can tell.
	awry = 10 * time.Millisecond
)

func (s *system) Now() time.Time { return time.Now() }

// Elapsed counts, where the system lets us ask for it, the time that the machine was asleep: the wall
// clock goes on then too, and a laptop that was closed over lunch has no wrong clock.
func (s *system) Elapsed() time.Duration {
	now, last := time.Now(), s.looked.Load()
	after := now.Sub(s.started) // stands still while the machine is asleep
	since := after - last.after
	if drift := now.Round(0).Sub(last.wall) - since; since > askAgain || drift.Abs() > awry {
		last = s.look()
	}
	return after + last.offset
}

// look asks the system. Go's reading is taken last, so that what comes in between is not taken for sleep.
func (s *system) look() *looked {
	s.mu.Lock()
	defer s.mu.Unlock()
	ran, ok := s.sinceBoot()
	now := time.Now()
	l := &looked{after: now.Sub(s.started), wall: now.Round(0), offset: s.looked.Load().offset}
	if ok {
		l.offset = max(l.offset, ran-l.after)
	}
	s.looked.Store(l)
	return l
}

// Manual is a clock that stands still until it is told otherwise. It is meant for tests.
type Manual struct {
	mu      sync.Mutex
	now     time.Time     // guarded by mu
	elapsed time.Duration // guarded by mu
}

// NewManual returns a clock that shows now.
func NewManual(now time.Time) *Manual { return &Manual{now: now.Round(0)} }

// Now is what the clock was last told, or has advanced to.
func (m *Manual) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

// Elapsed is the sum of all that Advance was given.
func (m *Manual) Elapsed() time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.elapsed
}

// Advance lets time pass, on the wall and otherwise.
func (m *Manual) Advance(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d)
	m.elapsed += d
}

// Set moves the hands of the wall clock, as a person or a bad time server does. No time passes.
func (m *Manual) Set(now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = now.Round(0)
}
