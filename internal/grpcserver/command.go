package grpcserver

import (
	"context"
	"errors"
	"sync"
	"time"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/access"
	"milepost.dev/internal/writer"
)

// Submitter is the write side.
type Submitter interface {
	// Submit decides a request of a caller who may report on its plan, and answers when what it came
	// to is durable. Where ctx ends first, the outcome is not known.
	Submit(ctx context.Context, caller access.Caller, m *milepostv1.SubmitRequest) (*milepostv1.SubmitResponse, error)
	// Push begins a stream of such requests. They are decided in the order in which they are taken, and
	// once one of them is *writer.Unavailable nothing that was taken after it is decided.
	Push(caller access.Caller) writer.Take
}

type commandServer struct {
	milepostv1.UnimplementedCommandServiceServer
	submitter Submitter
	calls     *calls
	closing   <-chan struct{}
	receiving *sync.WaitGroup // the goroutines that read streams
}

// Submit is the one way in for facts.
func (s *commandServer) Submit(ctx context.Context, m *milepostv1.SubmitRequest) (*milepostv1.SubmitResponse, error) {
	caller := callerOf(ctx)
	if statesDate(m) { // as nearly all do
		if err := caller.Check(access.Reporter, m.GetPlan()); err != nil {
			return nil, err
		}
	} else {
		for _, n := range needsOf(m, caller) {
			if err := caller.Check(n.role, n.plan); err != nil {
				return nil, err
			}
		}
	}
	answer, err := s.submitter.Submit(ctx, caller, m)
	if errors.Is(err, context.DeadlineExceeded) {
		// The reporter may have more time than the server gives. What it must know is that it may,
		// and should, send the same again.
		return nil, &writer.Unavailable{
			Rule: writer.RuleUnknown, RetryAfter: time.Second,
			Sentence: "There was no answer in time, and it is not known yet whether this is in the ledger. Send the very same request again, with the same request id: it makes no second event.",
		}
	}
	return answer, err
}
