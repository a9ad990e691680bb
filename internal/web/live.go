package web

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	pb "milepost.dev/api/milepost/v1"
)

// livePrefix begins the address of every page's stream.
const livePrefix = "/live"

const (
	// apart is the least time between two makings of one page: what happens meanwhile is in the next.
	apart = 200 * time.Millisecond
	// mostFollowing is how many pages hear of changes at once: customers watch too, and the server takes only so many. What
	// changes the others shows with the next beat.
	mostFollowing = 400
)

// frame is the living part of a page, as made from the knowledge of one position.
type frame struct {
	position uint64
	html     []byte
	same     string // what it has to differ in to be worth sending: a digest of what it shows but the time it was made, and the day
}

// is says whether two frames show the same, of the same position.
func (f *frame) is(g *frame) bool { return f.position == g.position && f.same == g.same }

// screens are the pages that somebody looks at. All who look at the same page as the same visitor share one,
// so that a thousand browsers cost as much as one of them.
type screens struct {
	most, mostWatching int
	ctx                context.Context // ends with close
	stop               context.CancelFunc
	running            sync.WaitGroup // a goroutine for each screen

	following chan struct{} // a place for each page that hears of changes

	mu       sync.Mutex // owns all below, and viewers of each screen
	open     map[screenKey]*screen
	watching int
}

// screenKey is what two browsers have to have in common to be shown the same.
type screenKey struct{ token, address string }

// screen is one page that is kept up to date by one goroutine, as long as somebody looks at it. It keeps the
// newest frame and nothing else: whoever is slow gets the newest when they are ready, and misses no more than
// what nobody can see any longer.
type screen struct {
	end     context.CancelFunc
	viewers int

	mu     sync.Mutex // owns all below
	newest *frame     // nil until the first is made
	err    error      // why there will be no more
	moved  chan struct{}
}

func newScreens(most, watching int) *screens {
	ctx, stop := context.WithCancel(context.Background())
	return &screens{most: most, mostWatching: watching, ctx: ctx, stop: stop, open: map[screenKey]*screen{}, following: make(chan struct{}, mostFollowing)}
}

var (
	errTooMany = &problem{status: http.StatusServiceUnavailable, Title: "Too many are watching", Sentence: "More pages are open than this server keeps up to date. This one tries again by itself.", Again: true}
	errClosing = &problem{status: http.StatusServiceUnavailable, Title: "The server is closing", Sentence: "This page comes back by itself.", Again: true}
)

// look joins those who look at a page, and begins to make it where nobody did. Whoever looks must leave.
func (s *screens) look(key screenKey, run func(context.Context, *screen) error) (*screen, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		return nil, errClosing
	}
	sc, there := s.open[key]
	if s.watching >= s.mostWatching || !there && len(s.open) >= s.most {
		return nil, errTooMany
	}
	if !there {
		ctx, end := context.WithCancel(s.ctx)
		sc = &screen{end: end, moved: make(chan struct{})}
		s.open[key] = sc
		s.running.Go(func() {
			err := run(ctx, sc)
			s.mu.Lock()
			if s.open[key] == sc {
				delete(s.open, key) // whoever comes now begins anew
			}
			s.mu.Unlock()
			sc.fail(err)
		})
	}
	sc.viewers++
	s.watching++
	return sc, nil
}

func (s *screens) leave(key screenKey, sc *screen) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watching--
	if sc.viewers--; sc.viewers == 0 {
		if s.open[key] == sc {
			delete(s.open, key)
		}
		sc.end()
	}
}

func (s *screens) close(ctx context.Context) error {
	s.mu.Lock()
	s.stop() // under the lock, so that no screen is opened behind it
	s.mu.Unlock()
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.running.Wait()
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// show puts a frame up, where it shows anything that the one before did not.
func (sc *screen) show(f *frame) {
	sc.mu.Lock()
	defer sc.mu.Unlock()
	if sc.newest != nil && sc.newest.is(f) {
		return
	}
	sc.newest = f
	close(sc.moved)
	sc.moved = make(chan struct{})
}

func (sc *screen) fail(err error) {
	sc.mu.Lock()
	defer sc.mu.Unlock()
	if err == nil || errors.Is(err, context.Canceled) {
		err = errClosing
	}
	sc.err = err
	close(sc.moved)
	sc.moved = make(chan struct{})
}

// see looks at the newest frame. The channel is closed when there is another, or an error.
func (sc *screen) see() (newest *frame, moved <-chan struct{}, err error) {
	sc.mu.Lock()
	defer sc.mu.Unlock()
	return sc.newest, sc.moved, sc.err
}

// keep makes a page again and again, until nobody looks at it or it cannot be made.
func (p *shown) keep(ctx context.Context, sc *screen, q question) error {
	// What follows the changes ends with this function, which waits for it.
	ctx, cancel := context.WithCancel(ctx)
	var following sync.WaitGroup
	defer following.Wait()
	defer cancel()
	changed := make(chan struct{}, 1) // one is enough: a page is made from all there is
	var heard chan struct{}           // closed when nothing follows the changes any more
	beat := time.NewTicker(p.Beat)
	defer beat.Stop()
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-pause.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		h, f, err := p.frame(ctx, q)
		if err != nil {
			return err
		}
		sc.show(f)
		if heard == nil || isClosed(heard) {
			ended := make(chan struct{})
			heard = ended
			following.Go(func() {
				defer close(ended)
				p.follow(ctx, h.follows, f.position, changed)
			})
		}
		select {
		case <-changed:
		case <-beat.C: // the day may have ended, or what followed the changes has
		case <-ctx.Done():
			return ctx.Err()
		}
		pause.Reset(apart)
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// follow tells of every change of a plan, or of all plans, behind a position. It ends with the context, or where the server
// does not let it go on; the next beat shows why.
func (p *shown) follow(ctx context.Context, plan string, after uint64, changed chan<- struct{}) {
	select {
	case p.screens.following <- struct{}{}:
		defer func() { <-p.screens.following }()
	default:
		return // there is no place
	}
	for m, err := range p.API.Watch(ctx, &pb.WatchRequest{Plan: plan, After: &after}) {
		if err != nil {
			if ctx.Err() == nil {
				p.Log.Warn("a page no longer hears of changes, and looks for itself", "every", p.Beat, "err", err)
			}
			return
		}
		if m.GetPosition() <= after {
			continue
		}
		select {
		case changed <- struct{}{}:
		default: // it was told already, and has not looked since
		}
	}
}

// frame makes the living part of a page as it is now.
func (p *shown) frame(ctx context.Context, q question) (heading, *frame, error) {
	ctx, cancel := context.WithTimeout(ctx, madeWithin)
	defer cancel()
	a := p.ask(ctx, q)
	h, view, err := p.view(a)
	if err != nil {
		return h, nil, err
	}
	layout := layoutView{heading: h, Times: p.times(a), View: view}
	if err := layout.draw(p.template); err != nil {
		return h, nil, err
	}
	return h, layout.Frame, nil
}

// oneLineEnd is HTML in which nothing but a line feed ends a line. In an event stream a carriage return does
// too, and what stands behind it in somebody's title would be taken for a message of ours.
func oneLineEnd(html []byte) []byte {
	return bytes.ReplaceAll(html, []byte("\r"), []byte("&#13;"))
}
