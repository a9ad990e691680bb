package clock

import (
	"testing"
	"time"
)

// The system is asked how long the machine has run once a second, and at once where the wall clock says that the machine was asleep.
func TestTheSystemIsAskedWhereItHasToBe(t *testing.T) {
	asked, asleep, started := 0, time.Duration(0), time.Now()
	s := newSystem(func() (time.Duration, bool) {
		asked++
		return time.Hour + time.Since(started) + asleep, true
	})
	before := s.Elapsed()
	for range 1000 {
		now := s.Elapsed()
		if now < before {
			t.Fatalf("it went from %v to %v", before, now)
		}
		before = now
	}
	if most := 2 + int(time.Since(started)/askAgain); asked > most {
		t.Errorf("the system was asked %d times", asked)
	}

	// The machine slept for an hour: the wall clock has gone on, and Go's monotonic reading has not.
	asleep = time.Hour
	last := *s.looked.Load()
	last.wall = last.wall.Add(-time.Hour)
	s.looked.Store(&last)
	if slept := s.Elapsed() - before; slept < time.Hour || slept > time.Hour+time.Minute {
		t.Errorf("%v passed while the machine slept for an hour", slept)
	}

	// Somebody moved the hands of the wall clock: no time has passed by that.
	before = s.Elapsed()
	last = *s.looked.Load()
	last.wall = last.wall.Add(-time.Hour)
	s.looked.Store(&last)
	if passed := s.Elapsed() - before; passed > time.Minute {
		t.Errorf("%v passed while the hands were moved", passed)
	}
}
