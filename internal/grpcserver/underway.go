package grpcserver

import (
	"sync"
	"time"
)

// underWay are the calls that may last too long: unary ones until they are answered, and streams until their first message is there. One
// goroutine looks at all of them a few times a second, where a timer for each took more than the rest of admission. It holds no more
// calls than there are places.
type underWay struct {
	every time.Duration // between two looks
	most  int           // looks that a unary call may last
	slow  int           // looks after which a message is long in coming

	mu          sync.Mutex
	first, last *arrival      // in the order in which they came; guarded by mu
	waits       bool          // nobody looks, since there was nobody to look at; guarded by mu
	begin       chan struct{} // has room for one
}

// mostBetween is how often it is looked, so that a call may last so much longer than its deadline.
const mostBetween = 250 * time.Millisecond

func newUnderWay(deadline time.Duration) *underWay {
	every := max(time.Millisecond, min(mostBetween, deadline/4))
	return &underWay{every: every, most: int((deadline + every - 1) / every), slow: int((slowAfter + every - 1) / every), waits: true, begin: make(chan struct{}, 1)}
}

// deadline is how long a call may last.
func (u *underWay) deadline() time.Duration { return time.Duration(u.most) * u.every }

// enter looks after a call from now on.
func (u *underWay) enter(x *arrival) {
	u.mu.Lock()
	defer u.mu.Unlock()
	x.listed, x.before = true, u.last
	if u.last == nil {
		u.first = x
	} else {
		u.last.after = x
	}
	u.last = x
	if u.waits {
		u.waits = false
		u.begin <- struct{}{} // there is room: it is taken before waits is true again
	}
}

// leave looks after it no more. It may be called again.
func (u *underWay) leave(x *arrival) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !x.listed {
		return
	}
	if x.before == nil {
		u.first = x.after
	} else {
		x.before.after = x.after
	}
	if x.after == nil {
		u.last = x.before
	} else {
		x.after.before = x.before
	}
	x.listed, x.before, x.after = false, nil, nil
}

// left is how long a call may still last.
func (u *underWay) left(x *arrival) time.Duration {
	u.mu.Lock()
	defer u.mu.Unlock()
	return time.Duration(max(0, u.most-x.looks)) * u.every
}

// run looks until stop is closed.
func (u *underWay) run(stop <-chan struct{}) {
	for {
		select {
		case <-u.begin:
		case <-stop:
			return
		}
		if !u.look(stop) {
			return
		}
	}
}

// look looks until there is nobody left to look at; false: until stop was closed.
func (u *underWay) look(stop <-chan struct{}) bool {
	tick := time.NewTicker(u.every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-stop:
			return false
		}
		ended, overdue, late, none := u.due()
		for _, x := range overdue {
			x.overdue.Store(true)
			x.cancel()
		}
		for _, x := range append(ended, overdue...) {
			u.leave(x)
			x.isOver()
		}
		for _, x := range late {
			x.isLate()
		}
		if none {
			return true
		}
	}
}

// due are the calls that have ended, those that have lasted too long, and those whose message is long in coming.
func (u *underWay) due() (ended, overdue, late []*arrival, none bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for x := u.first; x != nil; x = x.after {
		x.looks++
		switch {
		case x.asked.Err() != nil:
			ended = append(ended, x)
		case x.looks > u.most && !x.call.stream:
			overdue = append(overdue, x)
		case x.looks > u.slow:
			late = append(late, x)
		}
	}
	none = u.first == nil
	u.waits = none
	return ended, overdue, late, none
}
