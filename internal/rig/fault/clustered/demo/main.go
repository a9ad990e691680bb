// Command demo shows a ledger that three nodes share on three NATS servers, all of them on this machine: it kills one of each under
// load, and prints what was lost. `make demo-cluster` runs it.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"time"

	"milepost.dev/internal/rig/fault/clustered"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	dir, err := os.MkdirTemp("", "milepost-demo-cluster-")
	if err != nil {
		return err
	}
	c, err := clustered.Build(ctx, dir)
	if err != nil {
		return err
	}
	c.Seed = uint64(time.Now().UnixNano()) % 1_000_000_000
	if err := clustered.Show(ctx, c, os.Stdout); err != nil {
		return fmt.Errorf("%w (the files are in %s)", err, dir)
	}
	return os.RemoveAll(dir)
}
