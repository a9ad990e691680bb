package grpcserver

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc/metadata"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/access"
	"milepost.dev/internal/access/places"
)

// arrival is a call that was let in. It is the context of the call, with everything that the server notes of the call in one piece of
// memory: contexts and timers of their own for a value, a deadline and a bound on slow messages took more than deciding what the call says.
type arrival struct {
	of      *admission
	asked   context.Context // of gRPC; once the call is let in one that cancel ends
	cancel  context.CancelFunc
	method  string
	headers metadata.MD
	started time.Time
	call    call
	place   places.Place
	overdue atomic.Bool // it took longer than it may

	// Guarded by mu of admission.underWay.
	before, after *arrival
	listed        bool
	looks         int // that have passed since it came

	mu       sync.Mutex
	slow     places.Place // guarded by mu
	late     bool         // its message is long in coming, and that was seen; guarded by mu
	whole    bool         // the first message is there, or never comes; guarded by mu
	handled  bool         // its handler has it; guarded by mu
	answered bool         // and has answered; guarded by mu
}

type arrivalKey struct{}

// Deadline is when the call is ended, to within the time between two looks; zero of a stream that its caller gave no deadline.
func (x *arrival) Deadline() (time.Time, bool) {
	theirs, ok := x.asked.Deadline()
	if x.call.stream {
		return theirs, ok
	}
	// By the clock that contexts go by.
	within, done := context.WithTimeout(context.Background(), x.of.underWay.left(x))
	defer done()
	ours, _ := within.Deadline()
	if ok && theirs.Before(ours) {
		return theirs, true
	}
	return ours, true
}

// Done is closed when the call is over.
func (x *arrival) Done() <-chan struct{} { return x.asked.Done() }

// Err says why it is.
func (x *arrival) Err() error {
	err := x.asked.Err()
	if err != nil && x.overdue.Load() {
		return context.DeadlineExceeded
	}
	return err
}

// Value has the call itself and its headers, beside what gRPC keeps.
func (x *arrival) Value(key any) any {
	switch key.(type) {
	case arrivalKey:
		return x
	case callKey:
		return &x.call
	case access.HeadersKey:
		return x.headers
	}
	return x.asked.Value(key)
}

// arrived is the call of a handler's context, which has it from now on. Leave must be called at its end. Nil: it did not come through
// admission, or had ended before its handler began.
func arrived(ctx context.Context) *arrival {
	x, ok := ctx.Value(arrivalKey{}).(*arrival)
	if !ok {
		return nil
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.answered { // and was noted as lost
		return nil
	}
	x.handled = true
	return x
}

// leave gives the place of the call back. Its context is left to gRPC, which ends it when the status of the call is written: if it ended here,
// a stream's goroutine that still receives could write the status first, as a call that its caller canceled. Where the answer is brief
// gRPC waits for nobody to take it, and so nobody has to look after the call any more.
func (x *arrival) leave(brief bool) {
	if x == nil {
		return
	}
	x.received()
	x.place.Leave()
	x.mu.Lock()
	x.answered = true
	x.mu.Unlock()
	if brief {
		x.of.underWay.leave(x)
	}
}

// isBrief says whether an answer is surely below what gRPC takes of one before the other side has read any of it: a receipt of few events, or a
// refusal.
func isBrief(answer any, err error) bool {
	const few = 64
	m, ok := answer.(*milepostv1.SubmitResponse)
	return err != nil || ok && len(m.GetReceipt().GetEvents()) <= few && len(m.GetNotices()) <= few && len(m.GetCorrections()) <= few
}

// justKnown says whether admission found out a moment ago who calls: credentials that are withdrawn while a message is on
// its way count as soon as they do for an open stream.
func (x *arrival) justKnown(now time.Time) bool {
	return x != nil && now.Sub(x.started) <= lookAtRights && !open(x.method)
}

// received notes that the first message of the call is there, or that nobody waits for it.
func (x *arrival) received() {
	if x == nil {
		return
	}
	x.mu.Lock()
	first := !x.whole
	if first {
		x.whole = true
		x.slow.Leave()
	}
	x.mu.Unlock()
	if first && x.call.stream {
		x.of.underWay.leave(x) // it may last as long as its caller wants
	}
}

// isLate finds a place for a call whose message is long in coming, or ends it.
func (x *arrival) isLate() {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.whole || x.late {
		return
	}
	x.late = true
	var ok bool
	if x.slow, ok = x.of.slow.Take(x.call.by().Name, 1); !ok {
		x.cancel()
	}
}

// isOver notes that the call has ended, and tells of one whose message never was whole: its caller left, or took too long.
func (x *arrival) isOver() {
	x.mu.Lock()
	lost := !x.handled
	if lost {
		x.handled, x.answered = true, true
	}
	x.mu.Unlock()
	if !lost {
		return
	}
	x.received()
	x.place.Leave()
	x.of.unreceived.Add(1)
	_ = x.of.calls.finish(x, x.of.named(x.method), &x.call, x.started, x.Err())
}
