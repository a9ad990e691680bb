package heap

import "testing"

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
