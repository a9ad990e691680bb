package clock_test

import (
	"testing"
	"time"

	"milepost.dev/internal/clock"
)

func TestPlayedRunsAndJumpsAhead(t *testing.T) {
	base := clock.NewManual(noon)
	start := time.Date(2024, 4, 30, 8, 0, 0, 0, time.UTC)
	p := clock.NewPlayed(base, start)
	guard := clock.NewGuard(p, clock.Tolerance)
	base.Advance(time.Minute)
	if got := p.Now(); !got.Equal(start.Add(time.Minute)) {
		t.Errorf("after a minute it shows %s", got)
	}
	p.Reach(start.AddDate(0, 1, 0))
	p.Reach(start)
	base.Advance(time.Second)
	if got, want := p.Now(), start.AddDate(0, 1, 0).Add(time.Second); !got.Equal(want) {
		t.Errorf("it shows %s, want %s", got, want)
	}
	if _, err := guard.Check(); err != nil {
		t.Errorf("a jump is no moved hand: %v", err)
	}
}
