package grpcserver_test

import (
	"context"
	"testing"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/access"
	"milepost.dev/internal/writer"
)

// stuck is a write side that answers when it is let, or when its caller is cut off.
type stuck struct{ came, let chan struct{} }

func (s stuck) Submit(ctx context.Context, _ access.Caller, _ *milepostv1.SubmitRequest) (*milepostv1.SubmitResponse, error) {
	s.came <- struct{}{}
	select {
	case <-s.let:
		return &milepostv1.SubmitResponse{}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s stuck) Push(caller access.Caller) writer.Take {
	return func(_ context.Context, m *milepostv1.SubmitRequest) writer.Ticket {
		return func(ctx context.Context) (*milepostv1.SubmitResponse, error) { return s.Submit(ctx, caller, m) }
	}
}

// A server that is stopped waits for the calls under way, for as long as it is given; then it leaves, and says
// how many it cut off.
func TestStopSaysWhatItCutOff(t *testing.T) {
	w := newWorld(t)
	write := stuck{came: make(chan struct{}), let: make(chan struct{})}
	w.config.Submitter = write
	w.start()
	client := w.commands()
	answers := make(chan error, 3)
	for range cap(answers) {
		go func() {
			_, err := client.Submit(t.Context(), &milepostv1.SubmitRequest{Plan: "hubs"})
			answers <- err
		}()
		<-write.came
	}
	bound, over := context.WithCancel(t.Context())
	type count struct{ underWay, cutOff int }
	stopped := make(chan count, 1)
	go func() {
		underWay, cutOff := w.server.Stop(bound)
		stopped <- count{underWay, cutOff}
	}()
	<-w.server.Closing()
	write.let <- struct{}{}
	if err := <-answers; err != nil {
		t.Errorf("a call that ended in time: %v", err)
	}
	over()
	if got, want := <-stopped, (count{3, 2}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	for range 2 {
		if err := <-answers; err == nil {
			t.Error("a call that was cut off was answered")
		}
	}
}
