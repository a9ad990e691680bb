package yardstick

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"

	pb "milepost.dev/api/milepost/v1"
)

// calls is what every call passes through.
type calls struct {
	auth    *local
	running atomic.Int64
	ended   atomic.Int64
	shapes  shapes
}

type call struct {
	request string
	stream  bool
	end     context.CancelCauseFunc

	mu     sync.Mutex
	plan   string            // guarded by mu
	caller caller            // guarded by mu
	needs  map[need]struct{} // guarded by mu
}

type callKey struct{}

func (c *call) by() caller {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.caller
}

func callerOf(ctx context.Context) caller {
	if c, ok := ctx.Value(callKey{}).(*call); ok {
		return c.by()
	}
	return caller{}
}

func (c *call) isAbout(message any) {
	if push, ok := message.(*pb.PushRequest); ok {
		message = push.GetRequest()
	}
	m, ok := message.(interface{ GetPlan() string })
	if !ok {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.plan == "" {
		c.plan = m.GetPlan()
	}
}

func (c *calls) finishUnary(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	x, leave := arrived(ctx)
	defer leave()
	x.received()
	started := x.began()
	this := &call{}
	this.isAbout(req)
	if m, ok := req.(interface{ GetRequestId() string }); ok {
		this.request = m.GetRequestId()
	}
	ctx = context.WithValue(ctx, callKey{}, this)
	resp, err := counted(c, func() (any, error) { return handler(ctx, req) })
	return resp, c.finish(ctx, info.FullMethod, this, started, err)
}

func (c *calls) finishStream(srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	x, leave := arrived(ss.Context())
	defer leave()
	started := x.began()
	this := &call{stream: true}
	ctx, end := context.WithCancelCause(context.WithValue(ss.Context(), callKey{}, this))
	defer end(nil)
	this.end = end
	_, err := counted(c, func() (any, error) {
		return nil, handler(srv, &checkedStream{ServerStream: ss, ctx: ctx, arrival: x, shapes: &c.shapes})
	})
	return c.finish(ctx, info.FullMethod, this, started, err)
}

func (x *arrival) began() time.Time {
	if x == nil {
		return time.Now()
	}
	return x.started
}

func counted(c *calls, run func() (any, error)) (answer any, err error) {
	c.running.Add(1)
	defer c.running.Add(-1)
	defer func() {
		if p := recover(); p != nil {
			answer, err = nil, fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return run()
}

// ending is what is told of a call that has ended.
type ending struct {
	method, actor, request, plan, address string
	code                                  codes.Code
	took                                  time.Duration
	stream                                bool
}

func (c *calls) finish(ctx context.Context, method string, this *call, started time.Time, err error) error {
	s := status.New(codes.OK, "")
	if err != nil {
		s = status.Convert(err)
	}
	end := ending{method: method, code: s.Code(), took: time.Since(started)}
	by := this.by()
	end.actor, end.request, end.stream = by.name, this.request, this.stream
	this.mu.Lock()
	end.plan = this.plan
	this.mu.Unlock()
	if p, ok := peer.FromContext(ctx); ok && p.Addr != nil {
		end.address = p.Addr.String()
	}
	c.tell(end)
	return s.Err()
}

func (c *calls) tell(end ending) {
	if end.took >= 0 && end.method != "" {
		c.ended.Add(1)
	}
}

func (c *calls) authenticate(ctx context.Context) error {
	by, err := c.auth.authenticate(ctx)
	if err != nil {
		return err
	}
	this := ctx.Value(callKey{}).(*call)
	this.mu.Lock()
	defer this.mu.Unlock()
	this.caller = by
	return nil
}

func (c *calls) checkUnary(ctx context.Context, req any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	if err := c.authenticate(ctx); err != nil {
		return nil, err
	}
	if err := c.shapes.checkKnown(req); err != nil {
		return nil, err
	}
	return handler(ctx, req)
}

func (c *calls) checkStream(srv any, ss grpc.ServerStream, _ *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	if err := c.authenticate(ss.Context()); err != nil {
		return err
	}
	return handler(srv, ss)
}

type checkedStream struct {
	grpc.ServerStream
	ctx     context.Context
	arrival *arrival
	shapes  *shapes
}

// Context carries the call.
func (s *checkedStream) Context() context.Context { return s.ctx }

// RecvMsg notes that the first message is there.
func (s *checkedStream) RecvMsg(m any) error {
	err := s.ServerStream.RecvMsg(m)
	s.arrival.received()
	if err != nil {
		return err
	}
	if this, ok := s.ctx.Value(callKey{}).(*call); ok {
		this.isAbout(m)
	}
	return nil
}

func ofEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
