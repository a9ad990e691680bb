package grpcserver

import (
	"context"
	"io"
	"log/slog"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/access"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/writer"
)

// reporter is the other end of a stream: it sends as fast as it may, and reads answers when it is told to.
type reporter struct {
	grpc.ServerStream
	ctx      context.Context
	requests int // to send
	sent     int
	read     chan *milepostv1.PushResponse
}

func (r *reporter) Context() context.Context { return r.ctx }

func (r *reporter) SendHeader(metadata.MD) error { return nil }

func (r *reporter) Recv() (*milepostv1.PushRequest, error) {
	if r.sent == r.requests {
		return nil, io.EOF
	}
	r.sent++
	return &milepostv1.PushRequest{Request: &milepostv1.SubmitRequest{RequestId: strconv.Itoa(r.sent), Plan: "p"}}, nil
}

func (r *reporter) Send(m *milepostv1.PushResponse) error {
	r.read <- m
	return nil
}

// atOnce is a write side that accepts everything.
type atOnce struct{ Submitter }

func (atOnce) Push(access.Caller) writer.Take {
	return func(_ context.Context, m *milepostv1.SubmitRequest) writer.Ticket {
		return func(context.Context) (*milepostv1.SubmitResponse, error) {
			return &milepostv1.SubmitResponse{Receipt: &milepostv1.Receipt{RequestId: m.RequestId}}, nil
		}
	}
}

// Who reads no answers is not read from either, beyond the window; and who reads again gets all of them.
func TestAReporterWhoReadsNoAnswersIsSlowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		caller := access.Caller{Name: "ann", Roles: map[string][]access.Role{"p": {access.Reporter}}}
		stream := &reporter{
			ctx:      context.WithValue(t.Context(), callKey{}, &call{caller: caller}),
			requests: 10 * pushWindow, read: make(chan *milepostv1.PushResponse),
		}
		var receiving sync.WaitGroup
		server := &commandServer{
			submitter: atOnce{}, closing: make(chan struct{}), receiving: &receiving,
			calls: &calls{clock: clock.System(), log: slog.New(slog.DiscardHandler)},
		}
		ended := make(chan error, 1)
		go func() { ended <- server.Push(stream) }()
		synctest.Wait() // until everybody waits for the reporter
		// One is in the answerer's hands, and one in the receiver's.
		if stream.sent != pushWindow+2 {
			t.Errorf("%d requests were taken, and no answer was read", stream.sent)
		}
		for n := 1; n <= stream.requests; n++ {
			if m := <-stream.read; m.RequestId != strconv.Itoa(n) {
				t.Fatalf("answer %d is that of request %s", n, m.RequestId)
			}
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
		receiving.Wait()
	})
}
