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
