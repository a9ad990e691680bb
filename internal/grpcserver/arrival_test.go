package grpcserver

import (
	"context"
	"testing"
	"time"

	"google.golang.org/grpc/metadata"

	"milepost.dev/internal/access"
)

// underWayWith is a call that is looked after, as admission lets it in.
func underWayWith(t *testing.T, within time.Duration, stream bool) *arrival {
	t.Helper()
	a := &admission{underWay: newUnderWay(within)}
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		a.underWay.run(stop)
	}()
	t.Cleanup(func() { close(stop); <-done })
	x := &arrival{of: a, headers: metadata.Pairs("authorization", "Bearer x"), handled: true}
	x.call.stream, x.call.from = stream, "192.0.2.1:7"
	x.asked, x.cancel = context.WithCancel(t.Context())
	a.underWay.enter(x)
	return x
}

// A call is a context like every other: it has a deadline, ends at it and says why, and what was derived from it ends too.
func TestACallEndsAtItsDeadline(t *testing.T) {
	t.Parallel()
	const within = 40 * time.Millisecond
	x := underWayWith(t, within, false)
	if deadline, ok := x.Deadline(); !ok || time.Until(deadline) > within {
		t.Errorf("its deadline is %s, %v", deadline, ok)
	}
	if x.Err() != nil || arrived(context.WithValue(x, testKey{}, 1)) != x || x.Value(callKey{}) != &x.call {
		t.Error("it is not the call of its handler")
	}
	if md, ok := x.Value(access.HeadersKey{}).(metadata.MD); !ok || len(md) != 1 {
		t.Errorf("its headers are %v", md)
	}
	derived, cancel := context.WithCancel(context.WithValue(x, testKey{}, 1))
	defer cancel()
	<-derived.Done()
	<-x.Done()
	if err := x.Err(); err != context.DeadlineExceeded {
		t.Errorf("it ended with %v", err)
	}
}

type testKey struct{}

// A stream whose first message is there may last, and a call with a brief answer is looked after no more.
func TestWhatLastsIsNotLookedAfter(t *testing.T) {
	t.Parallel()
	stream, unary := underWayWith(t, time.Hour, true), underWayWith(t, time.Hour, false)
	if _, ok := stream.Deadline(); ok {
		t.Error("a stream has a deadline")
	}
	stream.received()
	unary.leave(true)
	for name, x := range map[string]*arrival{"a stream": stream, "an answered call": unary} {
		if u := x.of.underWay; x.listed || u.first != nil || u.last != nil {
			t.Errorf("%s is still looked after", name)
		}
	}
}
