package grpcserver

import (
	"context"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
	"milepost.dev/internal/access"
	"milepost.dev/internal/answers"
	"milepost.dev/internal/service"
	"milepost.dev/projections"
	"milepost.dev/projections/audit"
	"milepost.dev/projections/status"
)

// lookEvery is how often a watcher that has just looked looks again. The ledger may move thousands of times
// a second, and nobody's eyes do.
const lookEvery = 20 * time.Millisecond

// watchServer streams changes from the book. A watcher has no queue: it reads the book from where it is, as
// fast as its connection takes it, and waits where there is nothing more. So a slow one holds no memory
// and misses nothing.
type watchServer struct {
	milepostv1.UnimplementedWatchServiceServer
	reader
	names    Names
	ledger   audit.Ledger
	closing  <-chan struct{}
	most     int64
	watching atomic.Int64
}

// watcher is one stream. It belongs to the stream's goroutine.
type watcher struct {
	*watchServer
	stream grpc.ServerStreamingServer[milepostv1.WatchResponse]
	plan   string
	only   *projections.Milestone // nil: the whole plan
	sent   uint64                 // everything up to this position was sent
}

// Watch sends the state, what changed since, and then what changes. A state carries position 0, so that
// whoever loses the connection among the states begins again; caught_up carries the first position to
// resume from.
func (s *watchServer) Watch(m *milepostv1.WatchRequest, stream grpc.ServerStreamingServer[milepostv1.WatchResponse]) error {
	ctx := stream.Context()
	if err := callerOf(ctx).Check(access.Viewer, m.Plan); err != nil {
		return err
	}
	defer s.watching.Add(-1)
	if s.watching.Add(1) > s.most {
		return unavailable(RuleTooManyWatching, 5*time.Second, true,
			"%d others are watching, and that is all this server takes. Try again later.", s.most)
	}
	if err := s.waitFor(ctx, m.GetAfter()); err != nil {
		return err
	}
	view := s.book.Now()
	plan, ok := view.Plan(m.Plan)
	if !ok {
		return refuse(domain.NotFound, service.RulePlanUnknown, "plan",
			"There is no plan %q. Check its id: `milepost plans` lists them.", m.Plan)
	}
	w := &watcher{watchServer: s, stream: stream, plan: m.Plan}
	if m.Milestone != "" {
		var err error
		if w.only, err = (known{plan: plan, view: view}).milestone(m.Milestone); err != nil {
			return err
		}
	}
	if m.After != nil {
		w.sent = *m.After
	} else if err := w.sendState(plan); err != nil {
		return err
	}
	return w.follow(ctx)
}

func (w *watcher) sendState(plan projections.Plan) error {
	today := w.today(plan.Location)
	for _, row := range status.List(plan, today) {
		if w.only != nil && row.Milestone != w.only {
			continue
		}
		if err := w.stream.Send(&milepostv1.WatchResponse{
			Message: &milepostv1.WatchResponse_State{State: answers.Status(row, w.names)},
		}); err != nil {
			return err
		}
	}
	w.sent = plan.View().Position
	return nil
}

// follow sends changes until the caller leaves or the server closes.
func (w *watcher) follow(ctx context.Context) error {
	pause := time.NewTimer(0)
	defer pause.Stop()
	caughtUp := false
	for {
		select {
		case <-pause.C:
		case <-ctx.Done():
			return ctx.Err()
		case <-w.closing:
			return w.closed()
		}
		position, moved := w.book.Changed()
		if err := w.sendChanges(ctx, position); err != nil {
			return err
		}
		if !caughtUp {
			caughtUp = true
			if err := w.stream.Send(&milepostv1.WatchResponse{
				Position: w.sent,
				Message: &milepostv1.WatchResponse_CaughtUp{CaughtUp: &milepostv1.CaughtUp{
					At: w.clock.Now().UTC().Format(time.RFC3339Nano), Clock: w.of,
				}},
			}); err != nil {
				return err
			}
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		case <-w.closing:
			return w.closed()
		}
		pause.Reset(lookEvery)
	}
}

func (w *watcher) closed() error {
	return unavailable(RuleClosing, 2*time.Second, false,
		"The server is closing. Watch again from position %d when it is back.", w.sent)
}

// sendChanges sends the events up to a position.
func (w *watcher) sendChanges(ctx context.Context, position uint64) error {
	view, ok := w.book.KnownAt(position)
	if !ok {
		return nil
	}
	plan, ok := view.Plan(w.plan)
	if !ok {
		return nil
	}
	trail := audit.Trail{Plan: plan, Ledger: w.ledger, Names: w.names}
	today := w.today(plan.Location)
	for _, e := range plan.Events(w.sent) {
		if w.only != nil && e.Milestone != w.only {
			continue
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		entry, err := answers.AuditEntry(ctx, trail, e)
		if err != nil {
			return err
		}
		change := &milepostv1.Change{Event: entry}
		if e.Milestone != nil {
			// As after the request that the event came with: a request is never half known.
			after, _ := w.book.KnownAt(e.Position)
			if row, ok := status.Of(after, e.Milestone, today); ok {
				change.Status = answers.Status(row, w.names)
			}
		}
		if err := w.stream.Send(&milepostv1.WatchResponse{
			Position: e.Position, Message: &milepostv1.WatchResponse_Change{Change: change},
		}); err != nil {
			return err
		}
		w.sent = e.Position
	}
	w.sent = max(w.sent, position)
	return nil
}
