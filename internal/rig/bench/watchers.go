package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"google.golang.org/grpc"

	pb "milepost.dev/api/milepost/v1"
)

// changesPerS is how fast a plan changes that many watch: faster than any programme does.
const changesPerS = 50

// watchers has many watch one plan while it changes, beside one that never reads.
func (b *bench) watchers(ctx context.Context, c *child) error {
	b.say("%d watchers, and one that never reads", b.Watchers)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w := &watching{sent: map[string]time.Time{}}
	result := &Watching{Watchers: b.Watchers, Before: float64(c.rss()) / 1e6}
	streams := make([]grpc.ServerStreamingClient[pb.WatchResponse], b.Watchers+1)
	for i := range streams {
		var err error
		request := &pb.WatchRequest{Plan: planID(0), Milestone: ref(0)} // begins with one state, and not with all
		if i == b.Watchers {
			request = &pb.WatchRequest{Plan: planID(0)}
		}
		if streams[i], err = pb.NewWatchServiceClient(c.conns[i%len(c.conns)]).Watch(ctx, request); err != nil {
			return err
		}
	}
	for _, s := range streams[:b.Watchers] {
		for caughtUp := false; !caughtUp; {
			m, err := s.Recv()
			if err != nil {
				return fmt.Errorf("watch: %w", err)
			}
			caughtUp = m.GetCaughtUp() != nil
		}
	}
	says := statements("w-", 5, 1, 1)
	changes := max(10, int(2*changesPerS*b.For.Seconds()))
	var reading sync.WaitGroup
	failed := make(chan error, b.Watchers)
	for _, s := range streams[:b.Watchers] {
		reading.Go(func() { failed <- w.read(s, changes) })
	}
	started := time.Now()
	tick := time.NewTicker(time.Second / changesPerS)
	defer tick.Stop()
	var submits []time.Duration
	for range changes {
		<-tick.C
		m := says.next()
		w.sending(m.RequestId)
		sent := time.Now()
		if _, err := c.commands(1).Submit(ctx, m); err != nil {
			return err
		}
		submits = append(submits, time.Since(sent))
	}
	result.ChangesS = float64(changes) / time.Since(started).Seconds()
	reading.Wait()
	took := time.Since(started)
	for range b.Watchers {
		if err := <-failed; err != nil {
			return err
		}
	}
	result.Deliveries = float64(len(w.times)) / took.Seconds()
	result.P50, result.P99, result.SubmitP50 = quantile(w.times, 0.5), quantile(w.times, 0.99), quantile(submits, 0.5)
	result.After = float64(c.rss()) / 1e6
	b.report.Watchers = result
	return nil
}

// watching is what watchers have seen.
type watching struct {
	mu    sync.Mutex
	sent  map[string]time.Time // when each request was sent, by its id
	times []time.Duration
}

func (w *watching) sending(requestID string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent[requestID] = time.Now()
}

var errLeftOut = errors.New("bench: a watcher that reads was sent the latest state in place of changes")

// read reads so many changes.
func (w *watching) read(s grpc.ServerStreamingClient[pb.WatchResponse], changes int) error {
	for range changes {
		m, err := s.Recv()
		if err != nil {
			return err
		}
		if m.GetChange() == nil {
			return errLeftOut
		}
		seen := time.Now()
		w.mu.Lock()
		w.times = append(w.times, seen.Sub(w.sent[m.GetChange().GetEvent().GetRequestId()]))
		w.mu.Unlock()
	}
	return nil
}
