package grpcserver

import (
	"context"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"

	"milepost.dev/internal/access"
	"milepost.dev/internal/access/places"
	"milepost.dev/internal/observe/logs"
)

// methodHTTP is what a request over HTTP is counted under that is refused before it is known which call it is.
const methodHTTP = "/http"

// withinProcess is the address of a caller who is in this process, as calls over Dial have it.
type withinProcess struct{}

func (withinProcess) Network() string { return "bufconn" }
func (withinProcess) String() string  { return "bufconn" }

// Know finds out who makes a request over HTTP, by its authorization headers, as a call of it over Dial will. Who cannot be
// told is counted and logged as a call is, and the error is a status of the API. The context is the request's, with its access.Origin.
func (s *Server) Know(ctx context.Context, authorization []string) (access.Caller, error) {
	started := s.calls.clock.Now()
	ctx = fromHTTP(ctx, authorization)
	caller, err := s.access.Authenticate(ctx)
	if err != nil {
		return access.Caller{}, s.calls.finish(ctx, methodHTTP, &call{}, started, err)
	}
	return caller, nil
}

// fromHTTP is the context of a call over Dial that a request over HTTP would make.
func fromHTTP(ctx context.Context, authorization []string) context.Context {
	md, _ := metadata.FromOutgoingContext(ctx)
	md = md.Copy()
	if len(authorization) > 0 {
		md.Set("authorization", authorization...)
	}
	return peer.NewContext(metadata.NewIncomingContext(ctx, md), &peer.Peer{Addr: withinProcess{}})
}

// Refused counts and logs a request over HTTP that was refused before it came to a call, as a call is. By is its caller; the zero
// Caller where nobody found out who it is. The context is the request's, with its access.Origin.
func (s *Server) Refused(ctx context.Context, by access.Caller, code codes.Code, rule string, took time.Duration) {
	this := &call{}
	this.isBy(by)
	s.calls.tell(fromHTTP(ctx, nil), this, logs.Call{Method: methodHTTP, Code: code, Rule: rule, Duration: took}, nil)
}

// Places says how the places are used that are shared out among callers, by what they are for.
func (s *Server) Places() map[string]places.Count {
	a := s.admission
	connections := a.connections.Count()
	return map[string]places.Count{
		"grpc-connections": connections.Known, "grpc-health-connections": connections.Health,
		"calls": a.open.Count(), "health-calls": a.health.Count(), "pushes": a.pushing.Count(), "slow-calls": a.slow.Count(),
		"watches": s.watching.Count(),
	}
}

// Strangers says how many connections there are of those who have not proved who they are, and how many such were closed.
func (s *Server) Strangers() (open int, closed uint64) {
	c := s.admission.connections.Count()
	return c.Strangers, c.Closed
}
