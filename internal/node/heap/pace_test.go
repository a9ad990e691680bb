package heap

import (
	"context"
	"runtime/metrics"
	"testing"
)

func TestASmallHeapHasRoomAndALargeOneIsHeldBack(t *testing.T) {
	for _, c := range []struct{ live, room uint64 }{
		{0, 160}, {20, 160}, {250, 160}, {2000, 1000},
	} {
		got := uint64(percent(c.live<<20)) * max(c.live, 4) / 100
		if got < c.room*98/100 || got > c.room*102/100 {
			t.Errorf("with %d MB alive there is room for %d MB, want %d", c.live, got, c.room)
		}
	}
}

// What was set for the process is as it was when nobody paces it any more.
func TestPaceSetsAndSetsBack(t *testing.T) {
	percent := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	read := func() uint64 {
		metrics.Read(percent)
		return percent[0].Value.Uint64()
	}
	usual := read()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	paced := make(chan struct{})
	go func() { defer close(paced); Pace(ctx) }()
	for read() == usual { // a test's heap is small, so that there is room for more than itself
		if t.Context().Err() != nil {
			t.Fatal("nothing was set")
		}
	}
	cancel()
	<-paced
	if now := read(); now != usual {
		t.Errorf("%d %% is left, and %d %% was set before", now, usual)
	}
}

// What a storm of calls left is given back once little is allocated for a while, and nothing is where it is not worth it.
func TestARestingProcessGivesMemoryBack(t *testing.T) {
	const looks = int(quietFor / lookEvery)
	for _, c := range []struct {
		name                string
		perLook, held, live uint64
		gives               bool
	}{
		{"busy", 10 << 20, 300 << 20, 50 << 20, false},
		{"at rest", 100 << 10, 300 << 20, 50 << 20, true},
		{"at rest with little to give", 100 << 10, 100 << 20, 50 << 20, false},
	} {
		var r resting
		var allocated uint64 = 1 << 40 // of long before
		gave := 0
		for range 3 * looks {
			allocated += c.perLook
			if r.gives(allocated, c.held, c.live) {
				gave++
			}
		}
		if (gave > 0) != c.gives || gave > 2 {
			t.Errorf("%s: it gives memory back %d times in fifteen seconds", c.name, gave)
		}
	}
}
