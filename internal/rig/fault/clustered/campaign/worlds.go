package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"milepost.dev/internal/rig/fault"
	"milepost.dev/internal/rig/fault/clustered"
)

// campaign is worlds that are put through faults, some of them beside each other.
type campaign struct {
	root, dir, digest, file, page string
	built                         clustered.Config
	record, strict, keep          bool
	slots                         int // worlds at once

	mu     sync.Mutex
	counts []fault.Count // guarded by mu
	broken int           // guarded by mu
}

// choice is which worlds there are to be.
type choice struct {
	only        string
	short       bool
	each, world int
}

// world is one of them.
type world struct {
	fault clustered.Fault
	times int
	seed  uint64
	built clustered.Config
}

// worlds are those that are still to be made.
func (c *campaign) worlds(ctx context.Context, of choice) (all []world, err error) {
	seed := uint64(time.Now().UnixNano()) % 1_000_000_000
	for _, f := range clustered.All() {
		if !slices.ContainsFunc(strings.Split(of.only, ","), func(part string) bool { return strings.Contains(f.Name, part) }) || of.short && !f.Short() || f.Patient && of.only == "" {
			continue
		}
		if f.ClockSet() && c.built.MilepostClock == "" {
			if err := c.built.BuildClock(ctx); err != nil {
				return nil, err
			}
		}
		if f.Needs != nil {
			trial := c.built
			if err := f.Needs(&trial); err != nil {
				fmt.Printf("%s: left out: %v\n", f.Name, err)
				continue
			}
		}
		left := of.each
		for _, counted := range fault.Of(c.counts, f.Name) {
			if c.record && counted.Digest == c.digest && counted.Broken == "" {
				left -= counted.Times
			}
		}
		for ; left > 0; seed++ {
			times := min(left, of.world)
			if f.Ends {
				times = 1
			}
			left -= times
			all = append(all, world{fault: f, times: times, seed: seed, built: c.built})
		}
	}
	return all, nil
}

// all makes the worlds, and returns when all of them have ended.
func (c *campaign) all(ctx context.Context, worlds []world) error {
	next := make(chan world)
	var running sync.WaitGroup
	var failed error
	for slot := range max(c.slots, 1) {
		running.Go(func() {
			for w := range next {
				if err := c.one(ctx, w, slot); err != nil {
					c.mu.Lock()
					failed = err
					c.mu.Unlock()
				}
			}
		})
	}
	for _, w := range worlds {
		if ctx.Err() != nil {
			break
		}
		next <- w
	}
	close(next)
	running.Wait()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case failed != nil:
		return failed
	case c.broken > 0:
		return fmt.Errorf("%d worlds are broken: their files are in %s", c.broken, c.dir)
	}
	return nil
}

// one makes a world, and keeps what came of it.
func (c *campaign) one(ctx context.Context, w world, slot int) error {
	made := w.built
	made.Seed, made.Dir, made.Slot, made.Slots = w.seed, filepath.Join(c.dir, fmt.Sprint(w.seed)), slot, max(c.slots, 1)
	if err := os.Mkdir(made.Dir, 0o700); err != nil {
		return err
	}
	r, err := clustered.Round(ctx, w.fault, w.times, made, func(said string) { fmt.Println(" ", said) })
	if ctx.Err() != nil {
		return ctx.Err()
	}
	why := ""
	if err != nil {
		why = err.Error()
	} else if late := w.fault.Late(r); late != "" && c.strict {
		why = late
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	fmt.Printf("%s, seed %d: %d times, %d operations, %d acknowledged, %d in doubt, to position %d. %s\n", w.fault.Name, w.seed, r.Times, r.Operations, r.Accepted, r.Doubted, r.Positions, why)
	if why != "" {
		c.broken++
	} else if !c.keep {
		if err := os.RemoveAll(made.Dir); err != nil {
			return err
		}
	}
	if !c.record {
		return nil
	}
	row := fault.Count{Digest: c.digest, Day: time.Now().UTC().Format(time.DateOnly), Fault: w.fault.Name, Shipped: !w.fault.ClockSet(), Seed: w.seed, Times: r.Times, Operations: r.Operations, Receipts: r.Accepted, Doubted: r.Doubted, Broken: why}
	if err := row.Keep(c.file); err != nil {
		return err
	}
	c.counts = append(c.counts, row)
	return clustered.ShowCounts(c.page, c.counts)
}
