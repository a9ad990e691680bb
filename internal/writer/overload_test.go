package writer

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/eventstore/memory"
)

// A ledger that does not answer lets requests wait up to a bound, by number and by size. Whoever comes then is
// told to come again, and when; also when the callers of those that wait have long gone, because what they
// sent is still held. When the ledger answers there is room again, and nothing that was turned away is in it.
func TestAFullQueueTurnsAway(t *testing.T) {
	for name, fill := range map[string]struct {
		request func(i int) *milepostv1.SubmitRequest
		most    int
	}{
		"by number": {func(i int) *milepostv1.SubmitRequest {
			return submission(fmt.Sprint("r", i), added(fmt.Sprint("B", i)))
		}, maxWaiting},
		"by size": {func(i int) *milepostv1.SubmitRequest {
			// Of a milestone that is not there: refused when the append in flight is known.
			var commands []*milepostv1.Command
			for n := range 200 {
				c := stated(fmt.Sprint("none", n), "2017-01-01", "2018")
				c.GetDeliveryDateStated().Reason = strings.Repeat("long ", 400)
				commands = append(commands, c)
			}
			return submission(fmt.Sprint("r", i), commands...)
		}, maxWaitingFor / (390 << 10)},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s, g := w.gated()
			w.queued(s, submission("stuck", added("A2")))
			<-g.arrived

			gone, leave := context.WithCancel(t.Context())
			leave()
			var err error
			let := 0
			for ; let <= maxWaiting; let++ {
				if err = submitAndLeave(gone, s, fill.request(let)); !errors.Is(err, context.Canceled) {
					break
				}
			}
			var full *Unavailable
			if !errors.As(err, &full) || !full.Overloaded || full.RetryAfter <= 0 || full.Rule != RuleTooManyWaiting {
				t.Fatalf("after %d: %v", let, err)
			}
			if let > fill.most || let < fill.most/2 {
				t.Errorf("%d waited, and at most %d should", let, fill.most)
			}
			if _, err := s.Submit(t.Context(), ann, fill.request(let)); !errors.As(err, &full) {
				t.Errorf("a caller who waits: %v", err)
			}

			opened := make(chan struct{})
			go func() { // the ledger answers again
				defer close(opened)
				g.outcome <- memory.Deliver
				for range g.arrived {
					g.outcome <- memory.Deliver
				}
			}()
			if a := <-w.queued(s, submission("after", added("A3"))); a.err != nil { // it came after all of them
				t.Error(a.err)
			}
			if now, most := s.Waiting(); now != 0 || most != maxWaiting || s.bytes.Load() != 0 {
				t.Errorf("%d requests of %d bytes wait, when all were answered", now, s.bytes.Load())
			}
			if answer := w.mustSubmit(s, submission(fmt.Sprint("r", let), added("A4"))); answer.Replayed {
				t.Error("what was turned away is in the ledger")
			}
			closed(t, s)
			close(g.arrived)
			<-opened
		})
	}
}

// submitAndLeave is Submit for a caller who leaves as soon as the request is in the queue.
func submitAndLeave(gone context.Context, s *Writer, m *milepostv1.SubmitRequest) error {
	size, caller := proto.Size(m), ann
	if err := s.enter(size); err != nil {
		return err
	}
	q, err := s.readAndEnqueue(context.WithoutCancel(gone), &caller, m, size, place{entered: s, size: size})
	if err != nil {
		s.leave(size)
		return err
	}
	_, err = s.await(gone, q)
	return err
}
