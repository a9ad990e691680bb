package clustered

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/rig/fault"
)

// Moments are what goes wrong with two nodes at one moment, and with the clock of one.
func Moments() []Fault {
	return []Fault{
		of("the same new name", "two nodes are told the same new name at the same moment, 334 times, while the writer is paused now and then: one party each", 0, sameNames),
		{
			Name: "clock of a node", What: "the clock of one node is set a day ahead or back while it runs, and put right", Inject: clockOff,
			Needs: func(c *Config) error {
				if c.MilepostClock == "" {
					return errors.New("the milepost whose clock can be set was not built")
				}
				c.Milepost = c.MilepostClock
				return nil
			},
		},
	}
}

// names is how many names are new at once in each time: 30 times make ten thousand.
const names = 334

// sameNames has two callers of different nodes speak for somebody new at the same moment.
func sameNames(ctx context.Context, w *World) error {
	paused, stop := context.WithCancel(ctx)
	defer stop()
	var pausing sync.WaitGroup
	pausing.Go(func() {
		for paused.Err() == nil {
			i := w.writer(paused)
			if i < 0 || pause(paused, time.Duration(500+w.random.IntN(2500))*time.Millisecond) != nil {
				continue
			}
			w.nodes[i].pause()
			_ = pause(paused, time.Duration(w.random.IntN(2000))*time.Millisecond)
			w.nodes[i].resume()
		}
	})
	round := w.now()
	const together = 16
	var mu sync.Mutex
	var failed error
	var all []*fault.Operation
	for first := 0; first < names && failed == nil; first += together {
		var both sync.WaitGroup
		for n := first; n < min(names, first+together); n++ {
			at := n % Nodes
			for side := range 2 {
				o := &fault.Operation{Kind: fault.Other, Request: &milepostv1.SubmitRequest{
					RequestId: fmt.Sprintf("name-%d-%d-%d", round, n, side), Plan: planID, OnBehalfOf: fmt.Sprintf("Somebody %d %d", round, n),
					Commands: []*milepostv1.Command{{AsAt: asAt, Command: &milepostv1.Command_OwnerChanged{OwnerChanged: &milepostv1.OwnerChanged{
						Ref: unread, Owner: fmt.Sprintf("Owner %d %d %d", round, n, side),
					}}}},
				}}
				all = append(all, o)
				both.Go(func() {
					if err := w.load.persistAt(ctx, (at+side)%Nodes, o); err != nil {
						mu.Lock()
						failed = errors.Join(failed, err)
						mu.Unlock()
					}
				})
			}
		}
		both.Wait()
	}
	stop()
	pausing.Wait()
	for _, n := range w.nodes {
		n.resume()
	}
	w.load.add(all)
	return failed
}

// clockOff sets the clock of a node, and puts it right after a while.
func clockOff(ctx context.Context, w *World) error {
	i := w.random.IntN(Nodes)
	by := []time.Duration{24 * time.Hour, -24 * time.Hour}[w.random.IntN(2)]
	w.say("the clock of node %d, which says that it is %s, is set by %s", i, w.nodes[i].tells(ctx).Node.Role, by)
	if err := os.WriteFile(w.nodes[i].clock, []byte(by.String()), 0o600); err != nil {
		return err
	}
	err := pause(ctx, 2*lasting)
	return errors.Join(err, os.WriteFile(w.nodes[i].clock, []byte("0s"), 0o600))
}
