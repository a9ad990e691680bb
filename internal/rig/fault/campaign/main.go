// Command campaign puts a milepost server through every fault there is, many times. `make fault` runs it, and keeps what came of
// each world in docs/faults.tsv: where it is ended it goes on the next time.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"milepost.dev/internal/rig/fault"
	"milepost.dev/internal/rig/patch"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "campaign:", err)
		os.Exit(1)
	}
}

// wanted is what was asked for.
type wanted struct {
	kills, cuts, each    int
	parallel             int
	only                 string
	seed                 uint64
	record, age, release bool
}

func flags() (w wanted) {
	flag.IntVar(&w.kills, "kills", 30, "how often a process is killed")
	flag.IntVar(&w.cuts, "cuts", 15, "how often the power is cut")
	flag.IntVar(&w.each, "each", 4, "how often each other fault happens")
	flag.IntVar(&w.parallel, "parallel", 2*runtime.NumCPU(), "how many worlds there are at a time; where other programs use the machine as well, fewer")
	flag.StringVar(&w.only, "only", "", "only faults whose name contains this")
	flag.Uint64Var(&w.seed, "seed", 0, "where the choices begin; by the clock where 0")
	flag.BoolVar(&w.record, "record", false, "keep what came of each world in docs/faults.tsv and docs/faults.md, and make no world that was counted with this code")
	flag.BoolVar(&w.age, "age", false, "only say how many counts are of this code")
	flag.BoolVar(&w.release, "release", false, "only say so, and fail where a fault has none of this code")
	flag.Parse()
	if w.seed == 0 {
		w.seed = uint64(time.Now().Unix()) % 10_000_000
	}
	return w
}

func run() error {
	w := flags()
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
	file, page := filepath.Join(root, "docs", "faults.tsv"), filepath.Join(root, "docs", "faults.md")
	counts, err := fault.Counts(file)
	if err != nil {
		return err
	}
	if w.age || w.release {
		return w.say(counts, digest)
	}
	var counted []fault.Count
	for _, c := range counts {
		if w.record && c.Digest == digest {
			counted = append(counted, c)
		}
	}
	made := w.campaign(ctx, counted, func(c fault.Count) error {
		if !w.record {
			return nil
		}
		c.Digest, c.Day = digest, time.Now().UTC().Format(time.DateOnly)
		if err := c.Keep(file); err != nil {
			return err
		}
		counts = append(counts, c)
		return fault.Show(page, counts)
	})
	if w.record {
		made = errors.Join(made, fault.Show(page, counts))
	}
	return made
}

// say prints how old the counts are.
func (w wanted) say(counts []fault.Count, digest string) error {
	now, before := fault.Age(counts, digest)
	fmt.Printf("fault counts: %d of this code (digest %s), %d of older code\n", now, digest, before)
	var missing []string
	for _, f := range fault.All() {
		if n, _ := fault.Age(fault.Of(counts, f.Name), digest); n == 0 {
			missing = append(missing, f.Name)
		}
	}
	if len(missing) > 0 && w.release {
		return fmt.Errorf("not counted with this code: %s. Run make fault", strings.Join(missing, ", "))
	}
	return nil
}

// campaign makes the worlds that are left to make.
func (w wanted) campaign(ctx context.Context, counted []fault.Count, done func(fault.Count) error) error {
	dir, err := os.MkdirTemp("", "milepost-fault-")
	if err != nil {
		return err
	}
	var binaries fault.Binaries
	for as, patches := range map[*string][]patch.Patch{&binaries.Shipped: nil, &binaries.Patched: fault.ServerPatches()} {
		at, err := os.MkdirTemp(dir, "binary-")
		if err != nil {
			return err
		}
		if *as, err = fault.Build(ctx, at, patches...); err != nil {
			return err
		}
	}
	if strings.Contains(fault.Upgrades()[0].Name, w.only) && w.times(fault.Upgrades()[0]) > 0 {
		if binaries.Before, err = fault.BuildBefore(ctx, dir); err != nil {
			fmt.Fprintln(os.Stderr, err) // that what needs it is left out is said as well
		}
	}
	fmt.Fprintf(os.Stderr, "go run ./internal/rig/fault/campaign -seed %d -kills %d -cuts %d -each %d -only %q -parallel %d\n", w.seed, w.kills, w.cuts, w.each, w.only, w.parallel)
	campaign := fault.Campaign{
		Faults: fault.All(), Times: w.times, Counted: counted, Binaries: binaries, Dir: dir, Seed: w.seed, Parallel: w.parallel, Progress: os.Stderr, Done: done,
	}
	if err := campaign.Run(ctx); err != nil {
		return fmt.Errorf("what was left of it is in %s: %w", dir, err)
	}
	return os.RemoveAll(dir)
}

// times is how often a fault is to happen.
func (w wanted) times(f fault.Fault) int {
	switch {
	case !strings.Contains(f.Name, w.only):
		return 0
	case strings.HasPrefix(f.Name, "kill"):
		return (w.kills + 3) / 4
	case strings.HasPrefix(f.Name, "power cut"):
		return (w.cuts + 2) / 3
	}
	return w.each
}
