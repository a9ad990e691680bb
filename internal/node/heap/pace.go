// Package heap decides how much a process may allocate before its garbage is collected.
//
// Go's own rule is that the heap may double. A server that has just started holds 20 MB, and takes thousands of
// requests a second through the same memory: it would collect ten times a second, and a fifth of its work would
// be that. With a million events it holds 250 MB, and may well collect before it holds 500. So there is room
// for a sum, whatever is alive, and from then on for half of what is. The sum is also about what a server keeps
// beyond what is alive when it comes to rest, since a little of what it allocated last is still needed everywhere.
package heap

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	leastRoom = 160 << 20
	lookEvery = 100 * time.Millisecond // what is alive may grow meanwhile, but not by much
	liveBytes = "/gc/heap/live:bytes"
)

// Pace keeps to that rule until ctx ends, and then goes back to Go's. It concerns the whole process, so it is for
// the command that is run and for nobody else.
func Pace(ctx context.Context) {
	const usual = 100
	set := usual
	defer func() { debug.SetGCPercent(usual) }()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	live := []metrics.Sample{{Name: liveBytes}}
	for {
		metrics.Read(live)
		// To set it stops the world for a moment, so it is left where it is nearly right.
		if wanted := percent(live[0].Value.Uint64()); wanted < set*9/10 || wanted > set*11/10 {
			debug.SetGCPercent(wanted)
			set = wanted
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return
		}
	}
}

// percent is by how much a heap may grow of which so many bytes are alive.
func percent(live uint64) int {
	const atLeast = 4 << 20 // before the first collection nothing is known to be
	live = max(live, atLeast)
	return int(max(leastRoom, live/2) * 100 / live)
}
