package yardstick

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/tap"

	pb "milepost.dev/api/milepost/v1"
)

const (
	pushMethod = pb.CommandService_Push_FullMethodName
	slowAfter  = time.Second
	deadline   = 30 * time.Second
)

// admission lets calls in by their headers.
type admission struct {
	calls               *calls
	connections         *connections
	open, pushing, slow *places
	streams             map[string]bool
}

func newAdmission(through *calls) *admission {
	return &admission{
		calls: through, connections: &connections{all: map[netip.AddrPort]*connection{}},
		open: newPlaces(8192), pushing: newPlaces(512), slow: newPlaces(128), streams: map[string]bool{},
	}
}

func (a *admission) learn(services map[string]grpc.ServiceInfo) {
	for service, info := range services {
		for _, m := range info.Methods {
			a.streams["/"+service+"/"+m.Name] = m.IsClientStream || m.IsServerStream
		}
	}
}

// arrival is a call that was let in, until its handler has it.
type arrival struct {
	of      *admission
	ctx     context.Context
	cancel  context.CancelFunc
	method  string
	caller  string
	started time.Time
	place   place
	unless  func() bool

	mu    sync.Mutex
	timer *time.Timer // guarded by mu
	slow  place       // guarded by mu
	whole bool        // guarded by mu
}

type arrivalKey struct{}

func (a *admission) in(ctx context.Context, info *tap.Info) (context.Context, error) {
	method, started := info.FullMethodName, time.Now()
	var from *connection
	if p, ok := peer.FromContext(ctx); ok {
		from = a.connections.find(p.Addr)
	}
	by, place, err := a.admit(ctx, method, from)
	if err != nil {
		return nil, err
	}
	if _, known := a.streams[method]; !known {
		place.leave()
		return ctx, nil
	}
	x := &arrival{of: a, method: method, caller: by.name, started: started, place: place}
	if a.streams[method] {
		ctx, x.cancel = context.WithCancel(ctx)
	} else {
		ctx, x.cancel = context.WithTimeout(ctx, deadline)
	}
	x.ctx = context.WithValue(ctx, arrivalKey{}, x)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.timer = time.AfterFunc(slowAfter, x.late)
	x.unless = context.AfterFunc(ctx, x.lost)
	return x.ctx, nil
}

func (a *admission) admit(ctx context.Context, method string, from *connection) (caller, place, error) {
	by, err := a.calls.auth.authenticate(ctx)
	if err != nil {
		return by, place{}, err
	}
	from.isKnown()
	taken, ok := a.open.take(by.name, 1)
	if ok && method == pushMethod {
		taken.leave()
		taken, ok = a.pushing.take(by.name, 1)
	}
	if !ok {
		return by, taken, status.Error(codes.ResourceExhausted, "too many calls")
	}
	return by, taken, nil
}

func arrived(ctx context.Context) (x *arrival, leave func()) {
	x, ok := ctx.Value(arrivalKey{}).(*arrival)
	if !ok || !x.unless() {
		return x, func() {}
	}
	return x, func() {
		x.received()
		x.place.leave()
	}
}

func (x *arrival) received() {
	if x == nil {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.whole {
		return
	}
	x.whole = true
	x.timer.Stop()
	x.slow.leave()
}

func (x *arrival) late() {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.whole {
		return
	}
	var ok bool
	if x.slow, ok = x.of.slow.take(x.caller, 1); !ok {
		x.cancel()
	}
}

func (x *arrival) lost() {
	x.received()
	x.place.leave()
}
