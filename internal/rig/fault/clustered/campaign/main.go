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
	parallel := flag.Int("parallel", 1, "how many worlds run beside each other; they wait most of the time, and what is late by its own bound counts as broken")
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
	run := &campaign{
		root: root, dir: dir, digest: digest, file: file, page: page, counts: counts, built: c, record: *record, strict: *strict, keep: *keep, slots: *parallel,
	}
	worlds, err := run.worlds(ctx, choice{only: *only, short: *short, each: *each, world: *world})
	if err != nil {
		return err
	}
	return run.all(ctx, worlds)
}
