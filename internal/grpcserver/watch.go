package grpcserver

import (
	"container/heap"
	"context"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/internal/access/places"
	"milepost.dev/internal/wire"
	"milepost.dev/internal/wire/questions"
	"milepost.dev/projections"
	"milepost.dev/projections/audit"
	"milepost.dev/projections/status"
)

// lookEvery is how often a watcher that has just looked looks again. The ledger may move thousands of times
// a second, and nobody's eyes do.
const lookEvery = 20 * time.Millisecond

// conflateBeyond is how many changes may be due at once before a watcher gets the latest state of what
// changed in their place.
const conflateBeyond = 256

// watchServer streams changes from the book. A watcher has no queue: it reads the book from where it is, as
// fast as its connection takes it, and waits where there is nothing more. So a slow one holds no memory.
type watchServer struct {
	milepostv1.UnimplementedWatchServiceServer
	reader
	names   Names
	ledger  audit.Ledger
	health  Readiness
	closing <-chan struct{}
	places  *places.Places // streams, by caller
	shared  shared
	replays replays
	marks   *marks
}

// watcher is one stream. It belongs to the stream's goroutine.
type watcher struct {
	*watchServer
	stream grpc.ServerStreamingServer[milepostv1.WatchResponse]
	scope  scope
	only   *projections.Milestone // nil: the whole plan
	every  bool                   // each change, and no conflating
	sent   uint64                 // everything up to this position was sent
	mark   *atomic.Uint64         // the same, for those who look from outside

	filter questions.Filter
	shown  map[milestone.ID]bool // whether the filter wants it, as the caller was told last
	// Up to doubt the caller may have been shown more than is in shown: it resumed, and may have lost the
	// connection among states that were ahead of the position that it resumed from.
	doubt uint64
	// ahead are milestones whose latest state was sent in place of changes, when it was looked last: up to which position.
	ahead map[milestone.ID]uint64
}

// Watch sends the state, what changed since, and then what changes. A state carries position 0, so that
// whoever loses the connection among the states begins again; caught_up carries the first position to
// resume from.
func (s *watchServer) Watch(m *milepostv1.WatchRequest, stream grpc.ServerStreamingServer[milepostv1.WatchResponse]) error {
	ctx := stream.Context()
	scope, err := readScope(ctx, m)
	if err != nil {
		return err
	}
	place, ok := s.places.Take(callerOf(ctx).Name, 1)
	if !ok {
		return unavailable(RuleTooManyWatching, 5*time.Second, true,
			"You watch on as many streams as one caller may at the moment: this server has %d for all. Close some, or try again later.", s.places.Count().Most)
	}
	defer place.Leave()
	if err := s.reach(ctx, m.GetAfter()); err != nil {
		return err
	}
	view := s.book.Now()
	w := &watcher{
		watchServer: s, stream: stream, scope: scope, every: m.EveryChange,
		shown: map[milestone.ID]bool{}, ahead: map[milestone.ID]uint64{},
	}
	if w.only, err = scope.milestone(view, m.Milestone); err != nil {
		return err
	}
	if w.filter, err = questions.ReadFilter(s.names, m); err != nil {
		return err
	}
	begin := view.Position
	if m.After != nil {
		begin = *m.After
	}
	var leave func()
	w.mark, leave = s.marks.enter(begin)
	defer leave()
	if m.After == nil {
		err = w.sendState(view)
	} else {
		err = w.resume(*m.After)
	}
	if err != nil {
		return err
	}
	return w.follow(ctx)
}

// reach waits until the book has read a position, and refuses one that the ledger does not have. Whoever follows the
// ledger may learn of a position later than a caller who comes from the server that writes: there it is waited for.
func (s *watchServer) reach(ctx context.Context, after uint64) error {
	if s.book.Position() >= after {
		return nil
	}
	if s.book.Stopped() != nil {
		return s.waitFor(ctx, after) // which says where it stopped
	}
	report := s.health.Readiness()
	if after <= report.ReadModels.LedgerPosition || report.Commands.State == CommandsFollowing {
		err := s.waitFor(ctx, after)
		if err == nil || s.book.Stopped() != nil || ctx.Err() != nil || after <= s.health.Readiness().ReadModels.LedgerPosition {
			return err
		}
		if s.writer != nil && report.Commands.State == CommandsFollowing {
			return err // where the ledger ends, only the server that writes knows
		}
	}
	last := max(s.book.Position(), report.ReadModels.LedgerPosition)
	return domain.Refuse(domain.Refused, RuleAfterEnd, "after",
		"Position %d is beyond the end of this ledger: the last one is %d. If it was given here, the ledger has lost something since: begin again without after. If it came from another server, ask that one.", after, last)
}

// reached notes up to where everything was sent.
func (w *watcher) reached(position uint64) {
	w.sent = position
	w.mark.Store(position)
}

// about says whether a milestone is one that the caller watches, whatever its state.
func (w *watcher) about(m *projections.Milestone) bool { return w.only == nil || m.ID == w.only.ID }

// passes says whether a milestone is to be sent as it stands now, and whether that takes it out of what the
// filter wants. It remembers what the caller is shown.
func (w *watcher) passes(row status.Row) (send, left bool) {
	if w.filter.All() {
		return true, false
	}
	was, told := w.shown[row.Milestone.ID]
	wanted := w.filter.Wants(row)
	w.shown[row.Milestone.ID] = wanted
	if !wanted && (was || !told && w.sent < w.doubt) {
		return true, true
	}
	return wanted, false
}

// resume begins after a position: with a filter, it finds out what the caller was shown by then.
func (w *watcher) resume(after uint64) error {
	w.sent = after
	if w.filter.All() {
		return nil
	}
	view, ok := w.book.KnownAt(after)
	if !ok {
		return nil // Watch waited for it
	}
	for plan := range w.scope.plans(view) {
		for _, row := range status.List(plan, w.today(plan.Location)) {
			if w.filter.Wants(row) {
				w.shown[row.Milestone.ID] = true
			}
		}
	}
	w.doubt = w.book.Position()
	return nil
}

// sendState sends what the caller begins with.
func (w *watcher) sendState(view projections.View) error {
	for plan := range w.scope.plans(view) {
		for _, row := range status.List(plan, w.today(plan.Location)) {
			if !w.about(row.Milestone) {
				continue
			}
			if send, _ := w.passes(row); !send {
				continue
			}
			if err := w.stream.Send(&milepostv1.WatchResponse{
				Message: &milepostv1.WatchResponse_State{State: wire.Status(row, w.names)}, Plan: w.scope.named(plan),
			}); err != nil {
				return err
			}
		}
	}
	w.sent = view.Position
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
			if err := w.sendCaughtUp(); err != nil {
				return err
			}
		}
		if stopped := w.book.Stopped(); stopped != nil && w.sent >= w.book.Position() {
			return stopped
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

func (w *watcher) sendCaughtUp() error {
	return w.stream.Send(&milepostv1.WatchResponse{
		Position: w.sent,
		Message: &milepostv1.WatchResponse_CaughtUp{CaughtUp: &milepostv1.CaughtUp{
			At: w.clock.Now().UTC().Format(time.RFC3339Nano), Clock: w.of,
		}},
	})
}

// sendChanges sends the events up to a position or, of a plan in which there are too many of them, what they led to.
func (w *watcher) sendChanges(ctx context.Context, position uint64) error {
	view, ok := w.book.KnownAt(position)
	if !ok {
		return nil
	}
	due := w.due(view)
	before := w.ahead
	w.ahead = map[milestone.ID]uint64{}
	conflated, one := false, due[:0]
	for _, d := range due {
		if w.every || len(d.events) <= conflateBeyond {
			one = append(one, d)
			continue
		}
		announced, err := w.conflate(ctx, d)
		if err != nil {
			return err
		}
		conflated = conflated || announced
	}
	if err := w.sendEach(ctx, one, before); err != nil {
		return err
	}
	w.reached(max(w.sent, position))
	if !conflated {
		return nil
	}
	return w.sendCaughtUp()
}

// due are the events of a plan that were not sent yet, in order of position. There is at least one.
type due struct {
	plan   projections.Plan
	events []projections.Event
	trail  *audit.Trail
}

func (w *watcher) due(view projections.View) (all []due) {
	for plan := range w.scope.plans(view) {
		if events := plan.Events(w.sent); len(events) > 0 {
			all = append(all, due{plan, events, &audit.Trail{Plan: plan, Ledger: w.ledger, Names: w.names}})
		}
	}
	return all
}

// sendEach sends the events of several plans one by one, in order of position, but those that a state sent before was
// ahead of.
func (w *watcher) sendEach(ctx context.Context, all inOrder, before map[milestone.ID]uint64) error {
	heap.Init(&all)
	for len(all) > 0 {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		d := &all[0]
		e := d.events[0]
		if e.Milestone == nil || e.Position > before[e.Milestone.ID] {
			if err := w.sendChange(ctx, d.trail, e, e.Position); err != nil {
				return err
			}
		}
		w.reached(e.Position)
		if d.events = d.events[1:]; len(d.events) > 0 {
			heap.Fix(&all, 0)
		} else {
			heap.Pop(&all)
		}
	}
	return nil
}

// inOrder is a heap of plans, of which the one whose next event was first is first.
type inOrder []due

// Len, Less, Swap, Push and Pop implement heap.Interface.
func (o inOrder) Len() int           { return len(o) }
func (o inOrder) Less(i, j int) bool { return o[i].events[0].Position < o[j].events[0].Position }
func (o inOrder) Swap(i, j int)      { o[i], o[j] = o[j], o[i] }
func (o *inOrder) Push(d any)        { *o = append(*o, d.(due)) }
func (o *inOrder) Pop() any {
	last := (*o)[len(*o)-1]
	*o = (*o)[:len(*o)-1]
	return last
}

// sendChange sends one event where the caller watches what it is about, with a position to resume from.
func (w *watcher) sendChange(ctx context.Context, trail *audit.Trail, e projections.Event, resume uint64) error {
	if e.Milestone == nil && w.only != nil || e.Milestone != nil && !w.about(e.Milestone) {
		return nil
	}
	today := w.today(trail.Plan.Location)
	c := w.shared.get(e.Position, today, w.clock.Elapsed(), func(c *sharedChange) { w.makeChange(ctx, trail, e, today, c) })
	if c.err != nil {
		return c.err
	}
	left := false
	if c.row.Milestone != nil {
		var send bool
		if send, left = w.passes(c.row); !send {
			return nil
		}
	}
	return w.stream.Send(&milepostv1.WatchResponse{
		Position: resume, Message: &milepostv1.WatchResponse_Change{Change: c.change}, Left: left, Plan: w.scope.named(trail.Plan),
	})
}

// changeWithin bounds how long the ledger may take to give one record.
const changeWithin = 10 * time.Second

// makeChange works out one change for all who watch; so it does not end with the call of one of them.
func (w *watcher) makeChange(ctx context.Context, trail *audit.Trail, e projections.Event, today civil.Date, c *sharedChange) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), changeWithin)
	defer cancel()
	change := &milepostv1.Change{}
	if e.Milestone != nil {
		// As after the request that the event came with: a request is never half known.
		after, _ := w.book.KnownAt(e.Position)
		if row, ok := w.replays.row(after, e.Milestone, today); ok {
			c.row, change.Status = row, wire.Status(row, w.names)
		}
	}
	if change.Event, c.err = wire.AuditEntry(ctx, trail, e); c.err == nil {
		c.change = change
	}
}
