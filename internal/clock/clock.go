// Package clock is where time and randomness come in: the clock, the guard that stops commands when
// the clock cannot be trusted, and the ids that are made of both. All of it is injected, so that a
// test decides what time it is.
package clock

import (
	"sync"
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
func System() Clock { return &system{started: time.Now()} }

type system struct{ started time.Time }

func (s *system) Now() time.Time { return time.Now() }

// Elapsed counts, where the system lets us ask for it, the time that the machine was asleep: the wall
// clock goes on then too, and a laptop that was closed over lunch has no wrong clock.
func (s *system) Elapsed() time.Duration {
	if d, ok := sinceBoot(); ok {
		return d
	}
	return time.Since(s.started) // by Go's monotonic reading
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
