package fault

import (
	"context"
	"fmt"
	"sync"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	milepostv1 "milepost.dev/api/milepost/v1"
)

// watcher follows the plan across every restart, and holds the stream to its word: each change once, in
// order, none left out.
type watcher struct {
	w        *World
	plan     string // empty: every plan
	overHTTP bool

	mu      sync.Mutex
	after   uint64   // guarded by mu: where to resume
	changes []uint64 // guarded by mu: positions, in the order in which they came
	wrong   error    // guarded by mu
}

// run follows until ctx ends.
func (v *watcher) run(ctx context.Context) error {
	for ctx.Err() == nil {
		s, err := v.w.server(ctx)
		if err != nil {
			break
		}
		if err := v.follow(ctx, s); err != nil {
			return err
		}
		if v.w.pause(ctx, s) != nil {
			break
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.wrong
}

func (v *watcher) follow(ctx context.Context, s *Server) error {
	after := v.at()
	m := &milepostv1.WatchRequest{Plan: v.plan, After: &after, EveryChange: true}
	if v.overHTTP {
		return v.tolerable(overHTTP{s}.watch(ctx, m, v.saw))
	}
	stream, err := milepostv1.NewWatchServiceClient(s.Conn).Watch(ctx, m)
	if err != nil {
		return v.tolerable(err)
	}
	for {
		m, err := stream.Recv()
		if err != nil {
			return v.tolerable(err)
		}
		v.saw(m)
	}
}

// saw notes a message of the stream.
func (v *watcher) saw(m *milepostv1.WatchResponse) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if m.GetChange() != nil {
		if m.Position <= v.after && v.wrong == nil {
			v.wrong = brokenf("SHOWN TWICE: a watcher that had seen position %d was sent %d", v.after, m.Position)
		}
		v.changes = append(v.changes, m.Position)
	}
	v.after = max(v.after, m.Position)
}

// tolerable is what may end a stream: the watcher asks again from where it was. A damaged record is not sent, and
// comes when the ledger is whole again.
func (v *watcher) tolerable(err error) error {
	switch status.Code(err) {
	case codes.DataLoss, codes.Unavailable, codes.Canceled, codes.DeadlineExceeded, codes.ResourceExhausted, codes.Unknown:
		return nil
	}
	if err == nil { // over HTTP it ends after some time, and everybody asks again
		return nil
	}
	return fmt.Errorf("watch: %w", err)
}

func (v *watcher) at() uint64 {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.after
}

// catchUpWithin bounds how long a watcher may be behind once nothing is happening any more.
const catchUpWithin = 2 * time.Minute

// reach waits until the watcher has seen everything up to a position.
func (v *watcher) reach(ctx context.Context, position uint64) error {
	ctx, cancel := context.WithTimeout(ctx, catchUpWithin)
	defer cancel()
	for v.at() < position {
		select {
		case <-time.After(pauseFor):
		case <-ctx.Done():
			return fmt.Errorf("the watcher had seen position %d of %d, %s after everything came to rest", v.at(), position, catchUpWithin)
		}
	}
	return nil
}
