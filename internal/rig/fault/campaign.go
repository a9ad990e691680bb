package fault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
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
	w, err := NewWorld(ctx, Config{
		Seed: seed, Binary: runs.Binary, Before: runs.Before, Shipped: runs.Shipped, Dir: dir, Ground: f.Ground,
		Wide: seed%2 == 0, Full: seed%2 == 1 && !f.plain(), Credentials: seed%4 == 3 && !f.plain(), Log: said,
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

// Campaign lets each fault happen a number of times, less what was counted, in worlds of their own, and hands the count of each to done. It
// goes on after a world that was broken, whose files it keeps below dir, and answers all of that in the end.
func Campaign(ctx context.Context, faults []Fault, times func(Fault) int, counted []Count, binaries Binaries, dir string, seed uint64, progress io.Writer, done func(Count) error) error {
	var broken []error
	for _, p := range plan(faults, times, counted) {
		f := p.fault
		if err := errors.Join(f.Ground.Available(), f.available(binaries.Before)); err != nil {
			fmt.Fprintf(progress, "LEFT OUT: %s: %v\n", f.Name, err)
			continue
		}
		seed++
		if err := ctx.Err(); err != nil {
			return errors.Join(append(broken, err)...)
		}
		world := filepath.Join(dir, fmt.Sprintf("%s-%d", filepath.Base(f.Name), seed))
		if err := os.MkdirAll(world, 0o700); err != nil {
			return err
		}
		as := "patched"
		if p.shipped {
			as = "shipped"
		}
		t, err := Round(ctx, f, p.times, binaries.of(p), world, seed, func(string) {})
		if ctx.Err() != nil {
			continue // it was ended, and not broken
		}
		c := Count{
			Fault: f.Name, Shipped: p.shipped, Seed: seed, Times: t.Injected,
			Operations: t.Proof.Operations, Receipts: t.Proof.Accepted, Doubted: t.Proof.InDoubt,
		}
		if err != nil {
			fmt.Fprintf(progress, "BROKEN: %s: %v\n", as, err)
			broken = append(broken, err)
			c.Broken = err.Error()
			if err := done(c); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(progress, "%-26s %s, seed %-6d %3d times: %6d operations, %5d accepted, %4d in doubt and found out; nothing lost, nothing doubled\n",
			f.Name, as, seed, t.Injected, t.Proof.Operations, t.Proof.Accepted, t.Proof.InDoubt)
		if err := errors.Join(done(c), os.RemoveAll(world)); err != nil {
			return err
		}
	}
	return errors.Join(broken...)
}
