// Command campaign puts a ledger on three NATS servers through every fault, many times, and keeps what came of each world in
// docs/faults-cluster.tsv: where it is ended it goes on the next time. `make fault-cluster` runs it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"milepost.dev/internal/rig/fault"
	"milepost.dev/internal/rig/fault/clustered"
	"milepost.dev/internal/rig/patch"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "campaign:", err)
		os.Exit(1)
	}
}

func run() error {
	each := flag.Int("each", 30, "how often each fault is to happen, over several worlds")
	world := flag.Int("world", 3, "how often in one world")
	only := flag.String("only", "", "only faults whose name contains this; several with commas between them")
	record := flag.Bool("record", false, "keep what came of each world, and make none that was counted with this code")
	strict := flag.Bool("strict", true, "a fault that takes longer than promised counts as broken; not on a machine that does other work")
	keep := flag.Bool("keep", false, "keep the files of every world")
	plant := flag.String("plant", "", "run a milepost with the defects whose name contains this, such as \"not proved\" or \"not waited for\": worlds have to be broken")
	callers := flag.Int("callers", 0, "how many callers state and ask at once (default 6)")
	natsBefore := flag.String("nats-before", "", "a nats-server of the minor version before, for the upgrade of NATS")
	milepostBefore := flag.String("milepost-before", "", "a milepost of the version before, for the upgrade of milepost")
	short := flag.Bool("short", false, "only the few faults that a check has time for")
	show := flag.Bool("show", false, "only put the sums of what was counted into docs/faults.md")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	root, err := patch.ModuleRoot(ctx)
	if err != nil {
		return err
	}
	digest, err := fault.CodeDigest(root)
	if err != nil {
		return err
	}
	file := filepath.Join(root, "docs", "faults-cluster.tsv")
	counts, err := fault.Counts(file)
	if err != nil {
		return err
	}
	page := filepath.Join(root, "docs", "faults.md")
	if *show {
		return clustered.ShowCounts(page, counts)
	}
	dir, err := os.MkdirTemp("", "milepost-clustered-")
	if err != nil {
		return err
	}
	fmt.Println("files are in", dir)
	var patches []patch.Patch
	if *plant != "" {
		*record = false
		if patches = clustered.Plants(*plant); len(patches) == 0 {
			return fmt.Errorf("no defect has %q in its name", *plant)
		}
	}
	c, err := clustered.Build(ctx, dir, patches...)
	if err != nil {
		return err
	}
	c.MilepostBefore, c.NATSBefore, c.Callers = *milepostBefore, *natsBefore, *callers
	built := c
	broken := 0
	for _, f := range clustered.All() {
		if !slices.ContainsFunc(strings.Split(*only, ","), func(part string) bool { return strings.Contains(f.Name, part) }) || *short && !f.Short() || f.Patient && *only == "" {
			continue
		}
		if f.ClockSet() && built.MilepostClock == "" {
			if err := built.BuildClock(ctx); err != nil {
				return err
			}
		}
		if f.Needs != nil {
			trial := built
			if err := f.Needs(&trial); err != nil {
				fmt.Printf("%s: left out: %v\n", f.Name, err)
				continue
			}
		}
		left := *each
		for _, counted := range fault.Of(counts, f.Name) {
			if *record && counted.Digest == digest && counted.Broken == "" {
				left -= counted.Times
			}
		}
		for seed := uint64(time.Now().UnixNano()) % 1_000_000_000; left > 0 && ctx.Err() == nil; seed++ {
			times := min(left, *world)
			if f.Ends {
				times = 1
			}
			left -= times
			c := built
			c.Seed, c.Dir = seed, filepath.Join(dir, fmt.Sprint(seed))
			if err := os.Mkdir(c.Dir, 0o700); err != nil {
				return err
			}
			r, err := clustered.Round(ctx, f, times, c, func(said string) { fmt.Println(" ", said) })
			if ctx.Err() != nil {
				return ctx.Err()
			}
			why := ""
			if err != nil {
				why = err.Error()
			} else if late := f.Late(r); late != "" && *strict {
				why = late
			}
			fmt.Printf("%s, seed %d: %d times, %d operations, %d acknowledged, %d in doubt, to position %d. %s\n", f.Name, seed, r.Times, r.Operations, r.Accepted, r.Doubted, r.Positions, why)
			if why != "" {
				broken++
			} else if !*keep {
				if err := os.RemoveAll(c.Dir); err != nil {
					return err
				}
			}
			if *record {
				row := fault.Count{Digest: digest, Day: time.Now().UTC().Format(time.DateOnly), Fault: f.Name, Shipped: !f.ClockSet(), Seed: seed, Times: r.Times, Operations: r.Operations, Receipts: r.Accepted, Doubted: r.Doubted, Broken: why}
				if err := row.Keep(file); err != nil {
					return err
				}
				counts = append(counts, row)
				if err := clustered.ShowCounts(page, counts); err != nil {
					return err
				}
			}
		}
	}
	if broken > 0 {
		return fmt.Errorf("%d worlds are broken: their files are in %s", broken, dir)
	}
	return nil
}
