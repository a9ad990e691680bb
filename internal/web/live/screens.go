package live

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"milepost.dev/internal/client"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/web/page"
)

// Config is what screens need. Everything must be set but what says otherwise.
type Config struct {
	// Pages makes the pages.
	Pages *page.Pages
	// API is the connection over which screens hear of changes, each as its visitor.
	API *client.Client
	// Wall tells the time of the world, by which a browser that does not read is given up.
	Wall clock.Clock
	Log  *slog.Logger
	// Screens bounds how many different pages are kept up to date at once, Watching how many browsers look at
	// them; 256 and 1,000 where 0.
	Screens, Watching int
	// Beat is how often a page is looked at again to which nothing happened; 15 s where 0.
	Beat time.Duration
}

// mostFollowing bounds how many pages hear of changes at once: customers watch too, and the server takes only so many.
// A page beyond shows changes with its next beat.
const mostFollowing = 400

// Screens are the pages that somebody looks at. All who look at the same page as the same visitor share one screen,
// so that a thousand browsers cost as much as one of them. It is safe for concurrent use.
type Screens struct {
	Config
	ctx     context.Context // ends with Close
	stop    context.CancelFunc
	running sync.WaitGroup // a goroutine for each screen

	following chan struct{} // a place for each page that hears of changes
	packer    packer

	mu       sync.Mutex // owns all below, and viewers of each screen
	open     map[screenKey]*screen
	watching int
}

// screenKey is what two browsers have to have in common to be shown the same.
type screenKey struct{ token, address string }

// screen is one page that is kept up to date by one goroutine, as long as somebody looks at it. It keeps the
// newest frame and nothing else: a slow browser is sent the newest when it is ready, and misses only what nobody
// can see any longer.
type screen struct {
	end     context.CancelFunc
	packer  *packer
	viewers int

	mu     sync.Mutex // owns all below
	newest *shot      // nil until the first is made
	shots  uint64     // that were made
	err    error      // why there will be no more
	moved  chan struct{}
}

// New returns screens that nobody looks at yet. Close ends them.
func New(c Config) *Screens {
	if c.Screens == 0 {
		c.Screens = 256
	}
	if c.Watching == 0 {
		c.Watching = 1000
	}
	if c.Beat == 0 {
		c.Beat = 15 * time.Second
	}
	ctx, stop := context.WithCancel(context.Background())
	return &Screens{Config: c, ctx: ctx, stop: stop, open: map[screenKey]*screen{}, following: make(chan struct{}, mostFollowing)}
}

var (
	errTooMany = &page.Problem{Status: http.StatusServiceUnavailable, Title: "Too many are watching", Sentence: "More pages are open than this server keeps up to date. This one tries again by itself.", Again: true}
	errClosing = &page.Problem{Status: http.StatusServiceUnavailable, Title: "The server is closing", Sentence: "This page comes back by itself.", Again: true}
)

// look joins those who look at a page, and starts run where nobody did. Each look needs a leave.
func (s *Screens) look(key screenKey, run func(context.Context, *screen) error) (*screen, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		return nil, errClosing
	}
	sc, there := s.open[key]
	if s.watching >= s.Watching || !there && len(s.open) >= s.Screens {
		return nil, errTooMany
	}
	if !there {
		ctx, end := context.WithCancel(s.ctx)
		sc = &screen{end: end, packer: &s.packer, moved: make(chan struct{})}
		s.open[key] = sc
		s.running.Go(func() {
			err := run(ctx, sc)
			s.mu.Lock()
			if s.open[key] == sc {
				delete(s.open, key) // the next to look begins anew
			}
			s.mu.Unlock()
			sc.fail(err)
		})
	}
	sc.viewers++
	s.watching++
	return sc, nil
}

func (s *Screens) leave(key screenKey, sc *screen) {
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

// Close ends all streams, and waits until nothing makes a page any more or ctx ends. Browsers come back by
// themselves; a stream that is asked for afterwards is refused.
func (s *Screens) Close(ctx context.Context) error {
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
func (sc *screen) show(f *page.Frame) {
	sc.mu.Lock()
	defer sc.mu.Unlock()
	if sc.newest != nil && sc.newest.Shows(f) {
		return
	}
	sc.shots++
	sc.newest = newShot(f, sc.shots, sc.packer)
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
func (sc *screen) see() (newest *shot, moved <-chan struct{}, err error) {
	sc.mu.Lock()
	defer sc.mu.Unlock()
	return sc.newest, sc.moved, sc.err
}
