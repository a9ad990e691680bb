package grpcserver

import (
	"context"
	"sync"
	"time"

	"milepost.dev/internal/access"
)

// lookAtRights is how often it is looked whether the callers of open streams still have the right to them.
const lookAtRights = time.Second

// RuleCallerChanged ends a stream whose caller is recorded under another name or organisation from now on.
const RuleCallerChanged = "caller-changed"

// need is a role that a stream goes on with.
type need struct {
	role access.Role
	plan string
}

// rights are the open streams, and what they need. Credentials may be withdrawn, or expire, while a stream is open.
type rights struct {
	access access.Authenticator

	mu   sync.Mutex
	open map[*call]context.Context // guarded by mu
}

func newRights(a access.Authenticator) *rights {
	return &rights{access: a, open: map[*call]context.Context{}}
}

// enter looks after a stream until it is left.
func (r *rights) enter(ctx context.Context, this *call) (leave func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open[this] = ctx
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.open, this)
	}
}

// run looks again and again, until stop is closed.
func (r *rights) run(stop <-chan struct{}) {
	tick := time.NewTicker(lookAtRights)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			r.look()
		case <-stop:
			return
		}
	}
}

func (r *rights) look() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for this, ctx := range r.open {
		if err := this.lookAgain(ctx, r.access); err != nil {
			this.end(&ended{err})
		}
	}
}

// ended is why a stream of somebody whose right is gone was ended.
type ended struct{ err error }

func (e *ended) Error() string { return e.err.Error() }
func (e *ended) Unwrap() error { return e.err }

// lookAgain finds out who calls, and whether they may still have what they were given.
func (c *call) lookAgain(ctx context.Context, a access.Authenticator) error {
	now, err := a.Authenticate(ctx)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Name != c.caller.Name || now.Organisation != c.caller.Organisation || now.Person != c.caller.Person {
		return unavailable(RuleCallerChanged, time.Second, false,
			"From now on what you state is recorded under another name or organisation. Open the stream again.")
	}
	c.caller = now
	for n := range c.needs {
		if err := now.Check(n.role, n.plan); err != nil {
			return err
		}
	}
	return nil
}

// require checks that the caller has a role for a plan. A stream ends when the caller loses it.
func require(ctx context.Context, role access.Role, plan string) error {
	this, ok := ctx.Value(callKey{}).(*call)
	if !ok {
		return access.Caller{}.Check(role, plan)
	}
	this.mu.Lock()
	defer this.mu.Unlock()
	if err := this.caller.Check(role, plan); err != nil {
		return err
	}
	if this.stream {
		if this.needs == nil {
			this.needs = map[need]struct{}{}
		}
		this.needs[need{role, plan}] = struct{}{}
	}
	return nil
}
