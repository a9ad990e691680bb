package grpcserver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/access"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/observe/logs"
)

// calls is what every call passes through, from the outside in: it is counted, timed, and logged with
// what came of it; a panic becomes an error; it is found out who calls; and a message with parts that this server does not
// know is refused. Before that admission let it in by its headers, and gave it its deadline.
type calls struct {
	access   access.Authenticator
	partyOf  func(name string) (id string, ok bool)
	clock    clock.Clock
	log      *slog.Logger
	incident func() string
	ended    func(logs.Call) // never nil
	running  atomic.Int64
	shapes   shapes
	rights   *rights
	// strangers bounds what is logged of calls that nobody known makes.
	strangers fewLines
}

// call is one call on its way. It belongs to the call's goroutine, but for what mu guards.
type call struct {
	request string // the reporter's request id
	stream  bool
	end     context.CancelCauseFunc // ends a stream before its caller does

	mu     sync.Mutex
	plan   string            // that it is about; guarded by mu
	caller access.Caller     // as the credentials are now; guarded by mu
	needs  map[need]struct{} // what a stream goes on with; guarded by mu
}

func (c *call) by() access.Caller {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.caller
}

func (c *call) isBy(caller access.Caller) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.caller = caller
}

type callKey struct{}

// callerOf is who makes the call of a handler's context, as the credentials are now.
func callerOf(ctx context.Context) access.Caller {
	if c, ok := ctx.Value(callKey{}).(*call); ok {
		return c.by()
	}
	return access.Caller{}
}

func (c *calls) unary() []grpc.UnaryServerInterceptor {
	return []grpc.UnaryServerInterceptor{c.finishUnary, c.checkUnary}
}

func (c *calls) stream() []grpc.StreamServerInterceptor {
	return []grpc.StreamServerInterceptor{c.finishStream, c.checkStream}
}

func (c *calls) finishUnary(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	x, leave := arrived(ctx)
	defer leave()
	x.received()
	started := c.began(x)
	this := &call{}
	this.isAbout(req)
	if m, ok := req.(interface{ GetRequestId() string }); ok {
		this.request = m.GetRequestId()
	}
	ctx = context.WithValue(ctx, callKey{}, this)
	sayOpen(c.access, func(md metadata.MD) error { return grpc.SetHeader(ctx, md) })
	resp, err := counted(c, func() (any, error) { return handler(ctx, req) })
	return resp, c.finish(ctx, info.FullMethod, this, started, err)
}

func (c *calls) finishStream(srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	x, leave := arrived(ss.Context())
	defer leave()
	started := c.began(x)
	this := &call{stream: true}
	ctx, end := context.WithCancelCause(context.WithValue(ss.Context(), callKey{}, this))
	defer end(nil)
	this.end = end
	sayOpen(c.access, ss.SetHeader)
	_, err := counted(c, func() (any, error) {
		return nil, handler(srv, &checkedStream{ServerStream: ss, ctx: ctx, arrival: x, shapes: &c.shapes})
	})
	if gone, ok := errors.AsType[*ended](context.Cause(ctx)); ok && err != nil {
		err = gone // and not that the handler's context was ended
	}
	return c.finish(ctx, info.FullMethod, this, started, err)
}

// began is when a call came: before its message did.
func (c *calls) began(x *arrival) time.Time {
	if x == nil {
		return c.clock.Now()
	}
	return x.started
}

// counted runs a call, and makes an error of a panic: one call that goes wrong takes no other with it.
func counted(c *calls, run func() (any, error)) (answer any, err error) {
	c.running.Add(1)
	defer c.running.Add(-1)
	defer func() {
		if p := recover(); p != nil {
			answer, err = nil, panicked(p)
		}
	}()
	return run()
}

// panicked is what was recovered from, with where it was.
func panicked(p any) error { return fmt.Errorf("panic: %v\n%s", p, debug.Stack()) }

// finish makes the status of a call, tells of it, and logs it.
func (c *calls) finish(ctx context.Context, method string, this *call, started time.Time, err error) error {
	incident := ""
	s := toStatus(err, func() string { incident = c.incident(); return incident })
	end := logs.Call{Method: method, Code: s.Code(), Duration: c.clock.Now().Sub(started), Incident: incident}
	if s.Code() != codes.OK {
		end.Rule = ruleOf(s)
	}
	c.tell(ctx, this, end, err)
	return s.Err()
}

// tell tells of a call that has ended, and logs it. Err is why it failed, for the log alone.
func (c *calls) tell(ctx context.Context, this *call, end logs.Call, err error) {
	caller, from := this.by(), access.OriginOf(ctx)
	end.Actor, end.Request, end.Stream, end.Plan = caller.Name, this.request, this.stream, this.about()
	end.Address, end.Path = from.Address, from.Path
	c.ended(end)
	if !c.log.Enabled(ctx, end.Level()) || caller.Name == "" && end.Code != codes.OK && !c.strangers.logs(ctx, c.clock.Elapsed(), c.log) {
		return
	}
	if id, ok := c.partyOf(caller.Name); ok {
		end.Party = id
	}
	if end.Level() >= slog.LevelWarn {
		end.Err = err
	}
	end.Log(ctx, c.log)
}

// open are the calls that need no credentials: a load balancer has none.
func open(method string) bool { return strings.HasPrefix(method, "/grpc.health.v1.Health/") }

func (c *calls) authenticate(ctx context.Context, method string) error {
	if open(method) {
		return nil
	}
	caller, err := c.access.Authenticate(ctx)
	if err != nil {
		return err
	}
	ctx.Value(callKey{}).(*call).isBy(caller)
	return nil
}

// authenticateMessage is authenticate for a call whose message is there.
func (c *calls) authenticateMessage(ctx context.Context, method string) error {
	x, _ := ctx.Value(arrivalKey{}).(*arrival)
	if caller, ok := x.justKnown(c.clock.Now()); ok {
		ctx.Value(callKey{}).(*call).isBy(caller)
		return nil
	}
	return c.authenticate(ctx, method)
}

func (c *calls) checkUnary(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	if err := c.authenticateMessage(ctx, info.FullMethod); err != nil {
		return nil, err
	}
	if err := c.shapes.checkKnown(req); err != nil {
		return nil, err
	}
	return handler(ctx, req)
}

func (c *calls) checkStream(srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	if err := c.authenticate(ss.Context(), info.FullMethod); err != nil {
		return err
	}
	if this := ss.Context().Value(callKey{}).(*call); !open(info.FullMethod) {
		defer c.rights.enter(ss.Context(), this)()
	}
	return handler(srv, ss)
}

// checkedStream checks what it receives, and carries the call.
type checkedStream struct {
	grpc.ServerStream
	ctx     context.Context
	arrival *arrival
	shapes  *shapes
}

func (s *checkedStream) Context() context.Context { return s.ctx }

func (s *checkedStream) RecvMsg(m any) error {
	err := s.ServerStream.RecvMsg(m)
	s.arrival.received()
	if err != nil {
		return err
	}
	if this, ok := s.ctx.Value(callKey{}).(*call); ok {
		this.isAbout(m)
	}
	if _, ok := m.(*milepostv1.PushRequest); ok {
		return nil // Push checks each one, so that a bad one is refused and the stream goes on
	}
	return s.shapes.checkKnown(m)
}

// incidents makes ids that a person can read out on the telephone.
func incidents(entropy io.Reader) func() string {
	return func() string {
		b := make([]byte, 4)
		if _, err := io.ReadFull(entropy, b); err != nil {
			return "unnumbered"
		}
		return fmt.Sprintf("%x", b)
	}
}
