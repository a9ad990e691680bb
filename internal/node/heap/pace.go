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

	liveBytes   = "/gc/heap/live:bytes"
	allocated   = "/gc/heap/allocs:bytes"               // since the start
	taken       = "/memory/classes/total:bytes"         // of the system
	given       = "/memory/classes/heap/released:bytes" // back to it
	quietFor    = 5 * time.Second
	quietBytes  = 40 << 20 // in that time
	worthGiving = 64 << 20 // beyond what is alive
)

// Pace keeps to that rule until ctx ends, and then goes back to Go's. It concerns the whole process, so it is for
// the command that is run and for nobody else.
func Pace(ctx context.Context) {
	const usual = 100
	set := usual
	defer func() { debug.SetGCPercent(usual) }()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	live := []metrics.Sample{{Name: liveBytes}, {Name: allocated}, {Name: taken}, {Name: given}}
	var rest resting
	for {
		metrics.Read(live)
		if rest.gives(live[1].Value.Uint64(), live[2].Value.Uint64()-live[3].Value.Uint64(), live[0].Value.Uint64()) {
			debug.FreeOSMemory()
		}
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

// resting is how long a process has had little to do.
type resting struct {
	allocated uint64 // when it was looked at last
	looks     int    // since then
}

// gives says whether memory is to be given back to the system: after a time in which little was allocated, where the process holds
// much more than what is alive. What a storm of calls left behind would stay otherwise, as long as those that follow are few.
func (r *resting) gives(allocated, held, live uint64) bool {
	if r.looks++; r.looks < int(quietFor/lookEvery) {
		return false
	}
	quiet := allocated-r.allocated < quietBytes
	r.looks, r.allocated = 0, allocated
	return quiet && held > live+worthGiving
}

// percent is by how much a heap may grow of which so many bytes are alive.
func percent(live uint64) int {
	const atLeast = 4 << 20 // before the first collection nothing is known to be
	live = max(live, atLeast)
	return int(max(leastRoom, live/2) * 100 / live)
}
