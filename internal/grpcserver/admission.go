package grpcserver

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/tap"

	"milepost.dev/internal/access"
	"milepost.dev/internal/access/places"
)

// Bounds of who is let in. Every one of them is for all callers together, and no caller can take what another needs:
// package places says how they are shared out.
const (
	maxConnections = 2048
	maxStrangers   = 128 // connections of those who have not proved who they are
	maxForHealth   = 64  // connections of those who only ask for health
	maxHealthCalls = 512 // at once, by address
	maxPushing     = 512 // streams of requests
	maxSlow        = 128 // calls of which the message is still on its way after slowAfter
	slowAfter      = time.Second
	proveWithin    = 10 * time.Second // from the first byte of a connection to a call of somebody who is known
	maxRefusals    = 16               // calls of a stranger on one connection
	maxAsks        = 1000             // for health, on one that stays for that
	// An old connection is told to go, and cut off when its streams have had time to end. A watch over HTTP ends before
	// that by itself, after an hour.
	oldAfter = time.Hour
	oldGrace = 65 * time.Minute
)

// Rules of who is let in, in the words of domain.Refusal's Rule.
const (
	RuleTooManyConnections = "too-many-connections"
	RuleTooManyPushing     = "too-many-pushing"
)

// admission lets calls in by their headers, before a byte of a message is read: by who makes them, and by how many places
// that caller has.
type admission struct {
	calls       *calls
	connections *places.Connections
	open        *places.Places // calls, by caller
	health      *places.Places // calls for health, by address
	pushing     *places.Places // streams of requests, by caller
	slow        *places.Places // calls whose message is long in coming, by caller
	streams     map[string]bool
	underWay    *underWay
	unreceived  atomic.Uint64 // calls that ended before their message was whole
}

func newAdmission(c Config, through *calls) *admission {
	b := c.Connections
	b.Known, b.Strangers, b.Health = orDefault(b.Known, maxConnections), orDefault(b.Strangers, maxStrangers), orDefault(b.Health, maxForHealth)
	b.Within, b.Refusals, b.Asks = orDefault(b.Within, proveWithin), orDefault(b.Refusals, maxRefusals), orDefault(b.Asks, maxAsks)
	return &admission{
		calls: through, connections: places.NewConnections(b), open: places.New(orDefault(c.Calls, maxCalls)),
		health: places.New(maxHealthCalls), pushing: places.New(maxPushing), slow: places.New(maxSlow),
		streams: map[string]bool{}, underWay: newUnderWay(orDefault(c.Deadline, callDeadline)),
	}
}

// learn notes which methods there are, and which of them are streams.
func (a *admission) learn(services map[string]grpc.ServiceInfo) {
	for service, info := range services {
		for _, m := range info.Methods {
			a.streams["/"+service+"/"+m.Name] = m.IsClientStream || m.IsServerStream
		}
	}
}

// in is the tap of the server. It runs on the connection's own goroutine, and waits for nothing but, for a second at most, an
// issuer of tokens whose keys are not known yet.
func (a *admission) in(ctx context.Context, info *tap.Info) (context.Context, error) {
	method := info.FullMethodName
	stream, known := a.streams[method]
	x := &arrival{of: a, method: method, started: a.calls.clock.Now(), headers: info.Header, asked: ctx}
	x.call.stream = stream
	connection := a.connection(ctx)
	x.call.from = connection.Address()
	caller, place, err := a.admit(x, method, connection)
	x.call.caller = caller
	if err != nil {
		return nil, a.calls.finish(ctx, a.named(method), &x.call, x.started, err)
	}
	if !known {
		place.Leave()
		return ctx, nil // gRPC says that there is no such method
	}
	x.place = place
	x.asked, x.cancel = context.WithCancel(ctx)
	a.underWay.enter(x)
	return x, nil
}

// named is the method where the server has it: what strangers make up is no name of a metric.
func (a *admission) named(method string) string {
	if _, known := a.streams[method]; known {
		return method
	}
	return "/unknown"
}

func (a *admission) connection(ctx context.Context) *places.Connection {
	p, ok := peer.FromContext(ctx)
	if !ok {
		return nil
	}
	return a.connections.Of(p.Addr)
}

// admit says who calls, and takes a place for the call.
func (a *admission) admit(ctx context.Context, method string, connection *places.Connection) (access.Caller, places.Place, error) {
	if open(method) {
		connection.AsksForHealth()
		place, ok := a.health.Take(addressOf(ctx), 1)
		if !ok {
			return access.Caller{}, place, tooManyCalls(maxHealthCalls)
		}
		return access.Caller{}, place, nil
	}
	caller, err := a.calls.access.Authenticate(ctx)
	if err != nil {
		if _, unasked := errors.AsType[*access.Unavailable](err); !unasked { // else it may be somebody known
			connection.Refused()
		}
		return caller, places.Place{}, err
	}
	if !connection.KnownAs(caller.Name) {
		return caller, places.Place{}, unavailable(RuleTooManyConnections, 5*time.Second, true,
			"%q has as many connections as one caller may have at the moment. Use those that are open: one is enough for a thousand calls.", caller.Name)
	}
	place, ok := a.open.Take(caller.Name, 1)
	if !ok {
		return caller, place, tooManyCalls(a.open.Count().Most)
	}
	if method != pushMethod {
		return caller, place, nil
	}
	pushing, ok := a.pushing.Take(caller.Name, 1)
	place.Leave() // a stream of requests takes one of its own
	if !ok {
		return caller, pushing, unavailable(RuleTooManyPushing, 5*time.Second, true,
			"%q pushes on as many streams as one caller may at the moment. Send more requests on those that are open.", caller.Name)
	}
	return caller, pushing, nil
}

func tooManyCalls(most int) error {
	return unavailable(RuleTooManyCalls, time.Second, true,
		"The server answers at most %d calls at once, and no caller more than its share of them. It did not look at this one: send the very same again in a moment.", most)
}

// addressOf is what those are told apart by who do not say who they are.
func addressOf(ctx context.Context) string {
	p, ok := peer.FromContext(ctx)
	if !ok || p.Addr == nil {
		return ""
	}
	return places.Host(p.Addr.String())
}
