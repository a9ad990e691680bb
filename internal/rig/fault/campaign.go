package fault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Tally is what came of one world.
type Tally struct {
	Fault    string
	Seed     uint64
	Injected int
	Proof    Proof
}

// Round makes a world, lets one fault happen to it a number of times, and proves that nothing was broken. Where
// something was, the world's files stay in dir, with what the server said.
func Round(ctx context.Context, f Fault, times int, runs Runs, dir string, seed uint64, log func(detail string)) (_ Tally, err error) {
	said, err := os.Create(filepath.Join(dir, "server.log"))
	if err != nil {
		return Tally{}, err
	}
	defer said.Close()
	t := Tally{Fault: f.Name, Seed: seed}
	full, credentials := kindOf(seed)
	w, err := NewWorld(ctx, Config{
		Seed: seed, Binary: runs.Binary, Before: runs.Before, Shipped: runs.Shipped, Dir: dir, Ground: f.Ground,
		Wide: !full, Full: full && !f.plain(), Credentials: credentials && !f.plain(), Log: said,
	})
	if err != nil {
		return t, fmt.Errorf("%s, seed %d: begin: %w", f.Name, seed, err)
	}
	defer func() {
		if err != nil && w.Disk != nil { // what the disk held goes with it
			err = errors.Join(err, w.Disk.CopyTo(filepath.Join(dir, "disk")))
		}
		err = errors.Join(err, w.Close())
	}()
	for range times {
		detail, err := f.Inject(ctx, w)
		if err != nil {
			return t, fmt.Errorf("%s, seed %d, number %d: %w", f.Name, seed, t.Injected+1, err)
		}
		t.Injected++
		log(detail)
	}
	if t.Proof, err = w.Prove(ctx); err != nil {
		return t, fmt.Errorf("%s, seed %d, after %d: %w", f.Name, seed, t.Injected, err)
	}
	return t, nil
}

// kindOf draws the kind of a world: half of them are full, and half of those have a credentials file. The others are wide.
func kindOf(seed uint64) (full, credentials bool) {
	random := rand.New(rand.NewPCG(seed, 2))
	full = random.IntN(2) == 0
	return full, full && random.IntN(2) == 0
}

// most faults that happen to one world before it is proved.
const most = 12

// Runs are the binaries of one world.
type Runs struct {
	Binary  string
	Before  string // of the version before; empty where it was not built
	Shipped bool   // Binary is what everybody gets
}

// Binaries are the servers that a campaign runs: the one that everybody gets, the patched one, and that of the version before, which
// is empty where it could not be built.
type Binaries struct{ Shipped, Patched, Before string }

// of is what a world runs.
func (b Binaries) of(p planned) Runs {
	if p.shipped {
		return Runs{b.Shipped, b.Before, true}
	}
	return Runs{b.Patched, b.Before, false}
}

// onlyPatched are the faults that a server as shipped cannot be put through: its clock cannot be set, and it saves its fold too seldom.
var onlyPatched = []string{"clock", "saved fold"}

func (f Fault) asShipped() bool {
	return !slices.ContainsFunc(onlyPatched, func(word string) bool { return strings.Contains(f.Name, word) })
}

// planned is a world that a campaign is to make.
type planned struct {
	fault   Fault
	shipped bool
	times   int
}

// plan is the worlds that are left to make, where each fault is to happen a number of times, a quarter of them as shipped, and
// some have been counted.
func plan(faults []Fault, times func(Fault) int, counts []Count) (worlds []planned) {
	for _, f := range faults {
		left, shipped := times(f), 0
		if f.asShipped() {
			shipped = (left + 3) / 4
		}
		for _, c := range counts {
			if c.Fault != f.Name {
				continue
			}
			left -= c.Times
			if c.Shipped {
				shipped -= c.Times
			}
		}
		for left > 0 {
			w := planned{fault: f, shipped: shipped > 0, times: min(left, most)}
			if w.shipped {
				w.times = min(w.times, shipped)
				shipped -= w.times
			}
			left -= w.times
			worlds = append(worlds, w)
		}
	}
	return worlds
}

// Campaign lets each fault happen a number of times, less what was counted, in worlds of their own.
type Campaign struct {
	Faults   []Fault
	Times    func(Fault) int
	Counted  []Count
	Binaries Binaries
	Dir      string // for the files of each world
	Seed     uint64 // the first world's is the next
	// Parallel is how many worlds there are at a time, and 1 where it is less. A world mostly waits: for disks and bounds, and for people
	// who pause between what they do. Too many slow each other down until a server is late by its own bounds.
	Parallel int
	Progress io.Writer
	Done     func(Count) error // is told what came of each world, one after the other
}

// Run makes the worlds. It goes on after one that was broken, whose files it keeps, and answers all of that in the end.
func (c Campaign) Run(ctx context.Context) error {
	r := &running{Campaign: c}
	var worlds errgroup.Group // ends with the worlds, which end with ctx
	worlds.SetLimit(max(1, c.Parallel))
	seed := c.Seed
	for _, p := range plan(c.Faults, c.Times, c.Counted) {
		if err := errors.Join(p.fault.Ground.Available(), p.fault.available(c.Binaries.Before)); err != nil {
			r.say("LEFT OUT: %s: %v\n", p.fault.Name, err)
			continue
		}
		if ctx.Err() != nil || r.failed() {
			break
		}
		seed++
		own := seed
		worlds.Go(func() error {
			r.tell(r.world(ctx, p, own))
			return nil
		})
	}
	_ = worlds.Wait() // what went wrong is kept beside it
	return errors.Join(append(r.broken, ctx.Err())...)
}

// running is a campaign that runs.
type running struct {
	Campaign
	mu     sync.Mutex
	broken []error // guarded by mu: what was found, and what could not be kept
	ended  bool    // guarded by mu: something could not be kept
}

func (r *running) failed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ended
}

func (r *running) say(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fmt.Fprintf(r.Progress, format, args...)
}

// tell keeps an error that ends the campaign.
func (r *running) tell(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.broken, r.ended = append(r.broken, err), true
	}
}

// world makes one world and hands on what came of it.
func (r *running) world(ctx context.Context, p planned, seed uint64) error {
	dir := filepath.Join(r.Dir, fmt.Sprintf("%s-%d", filepath.Base(p.fault.Name), seed))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	t, err := Round(ctx, p.fault, p.times, r.Binaries.of(p), dir, seed, func(string) {})
	if ctx.Err() != nil {
		return nil // it was ended, and not broken
	}
	as := "patched"
	if p.shipped {
		as = "shipped"
	}
	c := Count{
		Fault: p.fault.Name, Shipped: p.shipped, Seed: seed, Times: t.Injected,
		Operations: t.Proof.Operations, Receipts: t.Proof.Accepted, Doubted: t.Proof.InDoubt,
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		fmt.Fprintf(r.Progress, "BROKEN: %s: %v\n", as, err)
		r.broken, c.Broken = append(r.broken, err), err.Error()
		return r.Done(c)
	}
	fmt.Fprintf(r.Progress, "%-26s %s, seed %-6d %3d times: %6d operations, %5d accepted, %4d in doubt and found out; nothing lost, nothing doubled\n",
		p.fault.Name, as, seed, t.Injected, t.Proof.Operations, t.Proof.Accepted, t.Proof.InDoubt)
	return errors.Join(r.Done(c), os.RemoveAll(dir))
}
