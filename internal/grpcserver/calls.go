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
	from    string // the address of the caller; empty where access.OriginOf has to say
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

// unary is all of what a unary call passes through: each interceptor more costs a call some objects.
func (c *calls) unary(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	x, this, ctx := begun(ctx)
	x.received()
	started := c.began(x)
	this.isAbout(req)
	if m, ok := req.(interface{ GetRequestId() string }); ok {
		this.request = m.GetRequestId()
	}
	c.sayOpen(ctx)
	resp, err := c.answer(ctx, x, this, req, info, handler)
	if err != nil {
		resp = nil
	}
	err = c.finish(ctx, info.FullMethod, this, started, err)
	x.leave(isBrief(resp, err))
	return resp, err
}

// answer lets the handler answer a call whose message and caller are as they must be. A panic becomes an error: one call that goes wrong
// takes no other with it.
func (c *calls) answer(ctx context.Context, x *arrival, this *call, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (answer any, err error) {
	c.running.Add(1)
	defer func() {
		c.running.Add(-1)
		if p := recover(); p != nil {
			answer, err = nil, panicked(p)
		}
	}()
	if !x.justKnown(c.clock.Now()) {
		if err := c.authenticate(ctx, info.FullMethod, this); err != nil {
			return nil, err
		}
	}
	if err := c.shapes.checkKnown(req); err != nil {
		return nil, err
	}
	return handler(ctx, req)
}

func (c *calls) stream(srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	x, this, ctx := begun(ss.Context())
	defer x.leave(true)
	started := c.began(x)
	this.stream = true
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	this.end = end
	sayOpen(c.access, ss.SetHeader)
	err := c.serve(ctx, x, this, srv, ss, info, handler)
	if gone, ok := errors.AsType[*ended](context.Cause(ctx)); ok && err != nil {
		err = gone // and not that the handler's context was ended
	}
	return c.finish(ctx, info.FullMethod, this, started, err)
}

// serve is answer for a stream.
func (c *calls) serve(ctx context.Context, x *arrival, this *call, srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) (err error) {
	c.running.Add(1)
	defer func() {
		c.running.Add(-1)
		if p := recover(); p != nil {
			err = panicked(p)
		}
	}()
	if err := c.authenticate(ctx, info.FullMethod, this); err != nil {
		return err
	}
	if !open(info.FullMethod) {
		defer c.rights.enter(ctx, this)()
	}
	return handler(srv, &checkedStream{ServerStream: ss, ctx: ctx, arrival: x, shapes: &c.shapes})
}

// begun is the call of a handler's context, which begins now, and the context with it. X is nil of a call that did not come through admission.
func begun(ctx context.Context) (x *arrival, this *call, with context.Context) {
	if x = arrived(ctx); x != nil {
		return x, &x.call, ctx
	}
	this = &call{}
	return nil, this, context.WithValue(ctx, callKey{}, this)
}

// began is when a call came: before its message did.
func (c *calls) began(x *arrival) time.Time {
	if x == nil {
		return c.clock.Now()
	}
	return x.started
}

// panicked is what was recovered from, with where it was.
func panicked(p any) error { return fmt.Errorf("panic: %v\n%s", p, debug.Stack()) }

// finish makes the status of a call, tells of it, and logs it.
func (c *calls) finish(ctx context.Context, method string, this *call, started time.Time, err error) error {
	if err == nil {
		c.tell(ctx, this, logs.Call{Method: method, Duration: c.clock.Now().Sub(started)}, nil)
		return nil
	}
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
	this.mu.Lock()
	end.Actor, end.Plan = this.caller.Name, this.plan
	this.mu.Unlock()
	end.Request, end.Stream, end.Address = this.request, this.stream, this.from
	if end.Address == "" {
		from := access.OriginOf(ctx)
		end.Address, end.Path = from.Address, from.Path
	}
	c.ended(end)
	if !c.log.Enabled(ctx, end.Level()) || end.Actor == "" && end.Code != codes.OK && !c.strangers.logs(ctx, c.clock.Elapsed(), c.log) {
		return
	}
	if id, ok := c.partyOf(end.Actor); ok {
		end.Party = id
	}
	if end.Level() >= slog.LevelWarn {
		end.Err = err
	}
	end.Log(ctx, c.log)
}

// open are the calls that need no credentials: a load balancer has none.
func open(method string) bool { return strings.HasPrefix(method, "/grpc.health.v1.Health/") }

func (c *calls) authenticate(ctx context.Context, method string, this *call) error {
	if open(method) {
		return nil
	}
	caller, err := c.access.Authenticate(ctx)
	if err != nil {
		caller = access.Caller{} // whom admission may have known
	}
	this.isBy(caller)
	return err
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
