// Command campaign puts a milepost server through every fault there is, many times, and adds what came of it to
// docs/faults.md. `make fault` runs it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"

	"milepost.dev/internal/rig/fault"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "campaign:", err)
		os.Exit(1)
	}
}

func run() error {
	kills := flag.Int("kills", 30, "how often a process is killed")
	cuts := flag.Int("cuts", 15, "how often the power is cut")
	each := flag.Int("each", 4, "how often each other fault happens")
	only := flag.String("only", "", "only faults whose name contains this")
	seed := flag.Uint64("seed", 0, "where the choices begin; by the clock where 0")
	record := flag.String("record", "", "the page to add the counts to; none where empty")
	flag.Parse()
	if *seed == 0 {
		*seed = uint64(time.Now().Unix()) % 10_000_000
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	dir, err := os.MkdirTemp("", "milepost-fault-")
	if err != nil {
		return err
	}
	binary, err := fault.Build(ctx, dir, fault.ServerPatches()...)
	if err != nil {
		return err
	}
	command := fmt.Sprintf("go run ./internal/rig/fault/campaign -seed %d -kills %d -cuts %d -each %d", *seed, *kills, *cuts, *each)
	if *only != "" {
		command += fmt.Sprintf(" -only %q", *only)
	}
	fmt.Fprintln(os.Stderr, command)

	var tallies []fault.Tally
	times := func(f fault.Fault) int {
		switch {
		case !strings.Contains(f.Name, *only):
			return 0
		case strings.HasPrefix(f.Name, "kill"):
			return (*kills + 3) / 4
		case strings.HasPrefix(f.Name, "power cut"):
			return (*cuts + 2) / 3
		}
		return *each
	}
	broken := fault.Campaign(ctx, fault.All(), times, binary, dir, *seed, os.Stderr, func(t fault.Tally) error {
		tallies = append(tallies, t)
		return nil
	})
	if *record != "" {
		err = fault.Record(*record, time.Now().UTC().Format(time.DateOnly), command, tallies)
	}
	if broken != nil {
		return errors.Join(err, fmt.Errorf("what was left of it is in %s: %w", dir, broken))
	}
	return errors.Join(err, os.RemoveAll(dir))
}
