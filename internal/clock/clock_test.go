package clock_test

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"

	"milepost.dev/internal/clock"
)

var noon = time.Date(2017, 6, 1, 12, 0, 0, 0, time.UTC)

func TestGuardFollowsAClockThatOnlyRuns(t *testing.T) {
	c := clock.NewManual(noon)
	g := clock.NewGuard(c, clock.Tolerance)
	for range 100 {
		c.Advance(time.Hour)
		now, err := g.Check()
		if err != nil || !now.Equal(c.Now()) {
			t.Fatalf("Check() = %v, %v", now, err)
		}
	}
}

func TestGuardStopsAtAClockThatWasMoved(t *testing.T) {
	for _, tt := range []struct {
		name string
		move time.Duration
		stop bool
	}{
		{"a little ahead", 5 * time.Second, false},
		{"ahead", 5*time.Second + 1, true},
		{"a little behind", -5 * time.Second, false},
		{"behind", -5*time.Second - 1, true},
		{"a year ahead", 365 * 24 * time.Hour, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := clock.NewManual(noon)
			g := clock.NewGuard(c, clock.Tolerance)
			c.Advance(time.Minute)
			c.Set(c.Now().Add(tt.move))
			_, err := g.Check()
			var unsteady *clock.Unsteady
			if errors.As(err, &unsteady) != tt.stop {
				t.Fatalf("Check() error = %v, want stopped %v", err, tt.stop)
			}
			if tt.stop && unsteady.Drift != tt.move {
				t.Errorf("Drift = %v, want %v", unsteady.Drift, tt.move)
			}
			c.Set(noon.Add(time.Minute))
			if _, err := g.Check(); err != nil {
				t.Errorf("the clock agrees again, but Check() = %v", err)
			}
		})
	}
}

func TestSystemClockAgreesWithItself(t *testing.T) {
	c := clock.System()
	g := clock.NewGuard(c, time.Second)
	before := c.Elapsed()
	for range 1000 {
		if _, err := g.Check(); err != nil {
			t.Fatal(err)
		}
	}
	if after := c.Elapsed(); after < before {
		t.Errorf("Elapsed went from %v to %v", before, after)
	}
}

func TestIDsOnlyRise(t *testing.T) {
	ids := clock.NewIDs(clock.Seeded(1))
	var last [16]byte
	for i := range 10_000 {
		at := noon.Add(time.Duration(i%7-3) * time.Millisecond) // a clock that jumps back and forth
		id := ids.New(at)
		if bytes.Compare(id[:], last[:]) <= 0 {
			t.Fatalf("id %d %v is not after %v", i, ulid.ULID(id), ulid.ULID(last))
		}
		last = id
	}
	if got := ulid.Time(ulid.ULID(last).Time()); !got.Equal(noon.Add(3 * time.Millisecond)) {
		t.Errorf("the last id is of %v", got.UTC())
	}
}

func TestIDsGoOnWhenAMillisecondIsFull(t *testing.T) {
	ids := clock.NewIDs(io.MultiReader(bytes.NewReader(full), clock.Seeded(1)))
	first, second := ids.New(noon), ids.New(noon)
	if bytes.Compare(first[:], second[:]) >= 0 {
		t.Errorf("%v is not after %v", ulid.ULID(second), ulid.ULID(first))
	}
}

// full is the greatest random part there is, so that nothing can follow it.
var full = bytes.Repeat([]byte{0xff}, 10)

func TestSeededIsTheSameAgain(t *testing.T) {
	a, b := make([]byte, 100), make([]byte, 100)
	_, _ = io.ReadFull(clock.Seeded(7), a)
	_, _ = io.ReadFull(clock.Seeded(7), b)
	if !bytes.Equal(a, b) {
		t.Error("one seed gave two sequences")
	}
}
