package yardstick

import (
	"context"
	"errors"
	"io"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	pb "milepost.dev/api/milepost/v1"
)

const pushWindow = 512

type pushStream = grpc.BidiStreamingServer[pb.PushRequest, pb.PushResponse]

// frozen is the command service behind the interceptors.
type frozen struct {
	pb.UnimplementedCommandServiceServer
	calls     *calls
	receiving *sync.WaitGroup
}

// Submit checks what the caller may do, and answers at once.
func (s *frozen) Submit(ctx context.Context, m *pb.SubmitRequest) (*pb.SubmitResponse, error) {
	by := callerOf(ctx)
	for _, n := range needsOf(m) {
		if err := by.check(n.role, n.plan); err != nil {
			return nil, err
		}
	}
	return receiptOf(m), nil
}

type ticket func(context.Context) (*pb.SubmitResponse, error)

type taken struct {
	requestID string
	ticket    ticket
	follows   bool
}

type pushing struct {
	*frozen
	stream pushStream
	window chan taken
	read   error // set before window is closed
}

// Push has a goroutine that reads, and a window between it and the answers.
func (s *frozen) Push(stream pushStream) error {
	ctx, cancel := context.WithCancel(stream.Context())
	defer cancel()
	if err := stream.SendHeader(metadata.Pairs("milepost-push-together", "256")); err != nil {
		return err
	}
	p := &pushing{frozen: s, stream: stream, window: make(chan taken, pushWindow)}
	s.receiving.Go(func() { p.receive(ctx) })
	return p.answer(ctx)
}

func (p *pushing) receive(ctx context.Context) {
	defer close(p.window)
	for {
		m, err := p.stream.Recv()
		if err != nil {
			p.read = err
			return
		}
		more := m.GetMore()
		m.More = nil
		for i := -1; i < len(more); i++ {
			if i >= 0 {
				m.Request = more[i]
			}
			t := taken{requestID: m.GetRequest().GetRequestId(), follows: i+1 < len(more)}
			if err := p.check(m); err != nil {
				t.ticket = func(context.Context) (*pb.SubmitResponse, error) { return nil, err }
			} else {
				request := m.Request
				t.ticket = func(context.Context) (*pb.SubmitResponse, error) { return receiptOf(request), nil }
			}
			select {
			case p.window <- t:
			case <-ctx.Done():
				p.read = ctx.Err()
				return
			}
		}
	}
}

func (p *pushing) check(m *pb.PushRequest) error {
	if err := p.calls.shapes.checkKnown(m); err != nil {
		return err
	}
	this, _ := p.stream.Context().Value(callKey{}).(*call)
	for _, n := range needsOf(m.Request) {
		this.mu.Lock()
		err := this.caller.check(n.role, n.plan)
		if this.needs == nil {
			this.needs = map[need]struct{}{}
		}
		this.needs[n] = struct{}{}
		this.mu.Unlock()
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *pushing) answer(ctx context.Context) error {
	var held *pb.PushResponse
	flush := func() error {
		if held == nil {
			return nil
		}
		sent := held
		held = nil
		return p.stream.Send(sent)
	}
	for {
		var t taken
		var more bool
		select {
		case t, more = <-p.window:
		case <-ctx.Done():
			return ctx.Err()
		}
		if !more {
			if errors.Is(p.read, io.EOF) {
				return flush()
			}
			return p.read
		}
		response, err := t.ticket(ctx)
		if err != nil {
			return err
		}
		answer := &pb.PushResponse{RequestId: t.requestID, Answer: &pb.PushResponse_Accepted{Accepted: response}}
		if held == nil {
			held = answer
		} else {
			held.More = append(held.More, answer)
		}
		if !t.follows {
			if err := flush(); err != nil {
				return err
			}
		}
	}
}
