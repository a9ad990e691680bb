// Command soak lets people of every kind use one server for hours, with an oracle all along, and says what memory, descriptors,
// goroutines and the latency of a command were at its start and at its end. `make soak` runs it. Ended, it goes on the next time.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"milepost.dev/internal/rig/fault"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}

func run() error {
	s := fault.Soak{}
	flag.DurationVar(&s.For, "for", 4*time.Hour, "how long in all, over as many runs as it takes")
	flag.DurationVar(&s.Epoch, "epoch", 0, "how long until everything is proved; a twelfth of it all, and ten minutes at most, where 0")
	flag.DurationVar(&s.Pace, "pace", 0, "a caller's pause between two operations; where 0 such that each makes 200 in an epoch: every one of them is proved")
	flag.StringVar(&s.Dir, "dir", ".soak", "where the ledger and the samples are kept; removed when all is as it should be")
	flag.Parse()
	if s.Epoch == 0 {
		s.Epoch = min(s.For/12, 10*time.Minute).Round(time.Second)
	}
	if s.Pace == 0 {
		s.Pace = s.Epoch / 200
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return err
	}
	at, err := os.MkdirTemp("", "milepost-soak-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(at)
	if s.Binary, err = fault.Build(ctx, at, fault.SoakPatches()...); err != nil {
		return err
	}
	log, err := os.OpenFile(filepath.Join(s.Dir, "server.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	s.Log = log
	v, err := s.Run(ctx, func(sample fault.Sample) { fmt.Println(sample) })
	if err != nil {
		return fmt.Errorf("%w\nwhat was left of it is in %s; it goes on there the next time, unless it was broken", err, s.Dir)
	}
	fmt.Printf("at the start  %s\nat the end    %s\nwhen everybody has gone  %s\nstarted anew             %s\n", v.First, v.Last, v.Settled.Held(), v.Fresh.Held())
	for _, wrong := range v.Wrong {
		fmt.Println("WRONG:", wrong)
	}
	if len(v.Wrong) > 0 {
		return fmt.Errorf("%d things are not as they were; the ledger and the samples are in %s", len(v.Wrong), s.Dir)
	}
	fmt.Println("Nothing was lost, doubled or answered wrongly, and the end is as the start was.")
	return os.RemoveAll(s.Dir)
}
