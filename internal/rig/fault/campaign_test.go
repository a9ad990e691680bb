package fault

import (
	"context"
	"io"
	"path/filepath"
	"slices"
	"testing"
)

// TestWorldsBesideEachOtherAreCountedOnceEach: each world of a campaign has a seed of its own and is told of once, however many there are
// at a time; one that is broken ends no other, and one that was ended is not counted.
func TestWorldsBesideEachOtherAreCountedOnceEach(t *testing.T) {
	nothing := filepath.Join(t.TempDir(), "no binary")
	var told []Count
	c := Campaign{
		Faults: Processes(), Times: func(Fault) int { return 30 }, Counted: []Count{{Fault: "kill", Times: 12, Shipped: true}},
		Binaries: Binaries{Shipped: nothing, Patched: nothing}, Dir: t.TempDir(), Seed: 100, Parallel: 4, Progress: io.Discard,
		Done: func(c Count) error { told = append(told, c); return nil },
	}
	if err := c.Run(t.Context()); err == nil {
		t.Error("worlds without a server are whole")
	}
	var seeds []uint64
	for _, c := range told {
		seeds = append(seeds, c.Seed)
		if c.Broken == "" {
			t.Errorf("%+v is not broken", c)
		}
	}
	slices.Sort(seeds)
	// 18 kills are left, patched; of the other two 8 as shipped each, and 22 patched.
	if want := []uint64{101, 102, 103, 104, 105, 106, 107, 108}; !slices.Equal(seeds, want) {
		t.Errorf("the seeds %d, want %d", seeds, want)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	told = nil
	if err := c.Run(ended); err == nil || len(told) > 0 {
		t.Errorf("ended before it began: %v, %v", err, told)
	}
}
