package clustered

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/rig/fault"
)

const (
	planID     = "hubs"
	unread     = "N" // a milestone of which nobody asks how it stands
	refs       = 5
	asAt       = "2020-01-01"
	callWithin = 5 * time.Second
	// againWithin is the patience of a caller who got no answer once: else all of them wait for a node that is paused, and what is measured is
	// how long they do.
	againWithin = time.Second
	pace        = 15 * time.Millisecond
)

func quickly() grpc.ConnectParams {
	return grpc.ConnectParams{Backoff: backoff.Config{BaseDelay: 50 * time.Millisecond, Multiplier: 1.5, MaxDelay: 500 * time.Millisecond}, MinConnectTimeout: time.Second}
}

// Load is callers of all nodes, who state and ask until they are told to stop.
type Load struct {
	w       *World
	stop    chan struct{}
	abandon context.CancelFunc
	running sync.WaitGroup

	mu         sync.Mutex
	operations []*fault.Operation // guarded by mu
	accepted   []time.Duration    // when each request was acknowledged; guarded by mu
	failed     error              // guarded by mu
	seen       [Nodes]atomic.Uint64
}

// Start begins with registering the plan.
func (w *World) Start(ctx context.Context, callers int) (*Load, error) {
	l := &Load{w: w, stop: make(chan struct{})}
	ctx, l.abandon = context.WithCancel(ctx)
	w.load = l
	begin := &milepostv1.SubmitRequest{RequestId: "begin", Plan: planID, Commands: []*milepostv1.Command{{
		AsAt: asAt, Command: &milepostv1.Command_PlanRegistered{PlanRegistered: &milepostv1.PlanRegistered{}},
	}}}
	for i := range refs {
		begin.Commands = append(begin.Commands, &milepostv1.Command{AsAt: asAt, Command: &milepostv1.Command_MilestoneAdded{MilestoneAdded: &milepostv1.MilestoneAdded{Ref: fmt.Sprint("M", i)}}})
	}
	begin.Commands = append(begin.Commands, &milepostv1.Command{AsAt: asAt, Command: &milepostv1.Command_MilestoneAdded{MilestoneAdded: &milepostv1.MilestoneAdded{Ref: unread}}})
	first := &caller{l: l, random: rand.New(rand.NewPCG(w.Seed, 99))}
	if err := first.persist(ctx, &fault.Operation{Kind: fault.Ballast, Request: begin}); err != nil {
		return nil, err
	}
	for i := range callers {
		c := &caller{l: l, number: i + 1, random: rand.New(rand.NewPCG(w.Seed, uint64(i)+100)), known: map[string]uint64{}}
		l.running.Go(func() {
			if err := c.run(ctx); err != nil {
				l.mu.Lock()
				defer l.mu.Unlock()
				if l.failed == nil {
					l.failed = err
				}
			}
		})
	}
	return l, nil
}

// Stop lets every caller bring what it began to its end, and answers what there was.
func (l *Load) Stop() ([]*fault.Operation, error) {
	close(l.stop)
	l.running.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.operations, l.failed
}

// Abandon lets every caller give up what it has no answer to, and answers what there was.
func (l *Load) Abandon() ([]*fault.Operation, error) {
	l.abandon()
	operations, err := l.Stop()
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	return operations, err
}

// add notes what was asked beside the callers.
func (l *Load) add(operations []*fault.Operation) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.operations = append(l.operations, operations...)
}

// persistAt asks one node until the outcome is known.
func (l *Load) persistAt(ctx context.Context, at int, o *fault.Operation) error {
	c := &caller{l: l}
	for {
		within, cancel := context.WithTimeout(ctx, callWithin)
		known, err := c.ask(within, at, o)
		cancel()
		if known || err != nil {
			return err
		}
		if err := pause(ctx, 30*time.Millisecond); err != nil {
			return err
		}
	}
}

// count is how many requests were acknowledged.
func (l *Load) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.accepted)
}

// Acknowledged is when each request was, from the beginning of the world.
func (l *Load) Acknowledged() []time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]time.Duration(nil), l.accepted...)
}

func (w *World) now() time.Duration { return time.Since(w.began) }

// caller is one reporter, who asks any node.
type caller struct {
	l      *Load
	number int
	random *rand.Rand
	known  map[string]uint64 // the revision that it last saw of each milestone
	turn   int
}

func (c *caller) run(ctx context.Context) error {
	for {
		select {
		case <-c.l.stop:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pace):
		}
		o := c.choose()
		o.Called = c.l.w.now()
		c.l.mu.Lock()
		c.l.operations = append(c.l.operations, o)
		c.l.mu.Unlock()
		if err := c.persist(ctx, o); err != nil {
			return fmt.Errorf("%s: %w", o, err)
		}
		o.Returned = c.l.w.now()
		if o.Outcome == fault.Accepted && o.Revision > 0 {
			c.known[o.Ref] = o.Revision
		}
		if o.Kind != fault.Read && o.Outcome == fault.Accepted {
			c.l.mu.Lock()
			c.l.accepted = append(c.l.accepted, o.Returned)
			c.l.mu.Unlock()
		}
	}
}

func (c *caller) choose() *fault.Operation {
	c.turn++
	o := &fault.Operation{Caller: c.number, Ref: fmt.Sprint("M", c.random.IntN(refs))}
	switch n := c.random.IntN(10); {
	case n < 3:
		o.Kind = fault.Read
		return o
	case n < 6:
		o.Kind = fault.Slip
	}
	o.Date = time.Date(2021, 1, 1+c.random.IntN(20000), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	const reason = "The builder has no steel before July."
	command := &milepostv1.Command{AsAt: asAt}
	if o.Kind == fault.Slip {
		command.Command = &milepostv1.Command_MilestoneSlipped{MilestoneSlipped: &milepostv1.MilestoneSlipped{Ref: o.Ref, DeliveryDate: o.Date, Reason: reason}}
	} else {
		command.Command = &milepostv1.Command_DeliveryDateStated{DeliveryDateStated: &milepostv1.DeliveryDateStated{Ref: o.Ref, DeliveryDate: o.Date, Reason: reason}}
	}
	if known, ok := c.known[o.Ref]; ok && c.random.IntN(3) == 0 {
		o.Expected, command.ExpectedRevision = &known, &known
	}
	o.Request = &milepostv1.SubmitRequest{
		RequestId: fmt.Sprintf("%d-%d", c.number, c.turn), Plan: planID,
		OnBehalfOf: fmt.Sprint("Office ", c.random.IntN(4+c.turn/20)), Commands: []*milepostv1.Command{command},
	}
	return o
}

// persist asks one node after the other until the outcome is known: the very same request again.
func (c *caller) persist(ctx context.Context, o *fault.Operation) error {
	for patience := callWithin; ; patience = againWithin {
		at := c.random.IntN(Nodes)
		within, cancel := context.WithTimeout(ctx, patience)
		known, err := c.ask(within, at, o)
		cancel()
		if known || err != nil {
			return err
		}
		if err := pause(ctx, 30*time.Millisecond); err != nil {
			return err
		}
	}
}

// ask asks one node, and answers whether the outcome is known. An error is an answer that nobody may get.
func (c *caller) ask(ctx context.Context, at int, o *fault.Operation) (known bool, err error) {
	conn := c.l.w.nodes[at].conn
	if o.Kind == fault.Read {
		if err := c.glance(ctx, at, conn); err != nil {
			return false, err
		}
		answer, err := milepostv1.NewQueryServiceClient(conn).GetMilestone(ctx, &milepostv1.GetMilestoneRequest{
			Plan: planID, Milestone: o.Ref, ReadAt: &milepostv1.ReadAt{Current: true},
		})
		if err != nil {
			return false, unlessAgain(err)
		}
		o.Outcome, o.Date, o.Revision = fault.Accepted, lastTold(answer.Moves), answer.Status.Revision
		return true, nil
	}
	answer, err := milepostv1.NewCommandServiceClient(conn).Submit(ctx, o.Request)
	switch status.Code(err) {
	case codes.OK:
		o.Outcome, o.Receipt = fault.Accepted, answer.Receipt
		for _, e := range answer.Receipt.Events {
			o.Revision = e.Revision
		}
		return true, nil
	case codes.Aborted, codes.FailedPrecondition:
		o.Outcome = fault.Declined
		return true, nil
	}
	o.Doubted = true
	return false, unlessAgain(err)
}

// glance asks a node where it is: it may be behind, and never goes back.
func (c *caller) glance(ctx context.Context, at int, conn *grpc.ClientConn) error {
	before := c.l.seen[at].Load()
	answer, err := milepostv1.NewQueryServiceClient(conn).ListPlans(ctx, &milepostv1.ListPlansRequest{})
	if err != nil {
		return unlessAgain(err)
	}
	position := answer.GetSpokenFor().GetPosition()
	if position < before {
		return fmt.Errorf("node %d answers at position %d after it answered at %d", at, position, before)
	}
	for !c.l.seen[at].CompareAndSwap(before, max(before, position)) {
		before = c.l.seen[at].Load()
	}
	return nil
}

// unlessAgain is an error unless it says to ask again. A node that starts does not know who calls: its token is another one.
func unlessAgain(err error) error {
	switch status.Code(err) {
	case codes.OK, codes.Unavailable, codes.DeadlineExceeded, codes.Canceled, codes.ResourceExhausted, codes.Unauthenticated:
		return nil
	}
	return err
}

func lastTold(moves []*milepostv1.Move) (date string) {
	var last uint64
	for _, m := range moves {
		if m.GetTo() != "" && m.GetPosition() >= last {
			last, date = m.GetPosition(), m.GetTo()
		}
	}
	return date
}
