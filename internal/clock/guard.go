package clock

import (
	"fmt"
	"time"
)

// Tolerance is how far the wall clock may leave the monotonic one before commands stop.
const Tolerance = 5 * time.Second

// Guard notices when somebody moves the hands of the clock. What the ledger accepts carries the time
// on the wall for ever, so it is better to accept nothing than to record a wrong time.
//
// It compares how far the wall clock has come since the guard was made with how much time has passed.
// It is safe for concurrent use.
type Guard struct {
	clock     Clock
	tolerance time.Duration
	wall      time.Time     // what the wall said when the guard was made
	elapsed   time.Duration // and what the clock had run by then
}

// NewGuard begins to watch a clock, which is taken to be right at this moment.
func NewGuard(clock Clock, tolerance time.Duration) *Guard {
	return &Guard{clock: clock, tolerance: tolerance, wall: clock.Now().Round(0), elapsed: clock.Elapsed()}
}

// Now is the time on the wall, whether or not it can be trusted.
func (g *Guard) Now() time.Time { return g.clock.Now() }

// Check returns the time on the wall and, where it cannot be trusted, an *Unsteady. The error goes
// away when the two clocks agree again.
func (g *Guard) Check() (now time.Time, err error) {
	now = g.clock.Now()
	// Round(0) strips Go's monotonic reading, by which Sub would otherwise compare.
	drift := now.Round(0).Sub(g.wall) - (g.clock.Elapsed() - g.elapsed)
	if drift.Abs() > g.tolerance {
		return now, &Unsteady{Drift: drift, Tolerance: g.tolerance}
	}
	return now, nil
}

// Unsteady says that the wall clock was moved. It is worth a retry: the clock may be put right.
type Unsteady struct {
	Drift     time.Duration // above 0: the wall clock is ahead of the time that has passed
	Tolerance time.Duration
}

// Error returns the sentence.
func (e *Unsteady) Error() string {
	ahead := "ahead of"
	if e.Drift < 0 {
		ahead = "behind"
	}
	return fmt.Sprintf("The server's clock was moved: it is %s %s the time that has passed since the server started, and %s are allowed. "+
		"Nothing is accepted until it agrees again. Put the clock right; where it is right now, start the server again.",
		e.Drift.Abs().Round(time.Millisecond), ahead, e.Tolerance)
}
