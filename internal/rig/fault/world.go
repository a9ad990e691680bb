package fault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/rig/fault/disk"
)

// Config says what a world is made of.
type Config struct {
	Seed   uint64
	Binary string    // as Build made it
	Dir    string    // for all that the world writes
	Data   string    // the data directory; below Dir where empty
	Ground Ground    // that it lies on
	Log    io.Writer // what the server says; nobody reads it where nil
	// Wide worlds have a lot to say, and fill several of the store's files.
	Wide    bool
	Callers int // 6 where 0
}

// World is a server on a data directory, and those who use it.
type World struct {
	Config
	Random  *rand.Rand // of the one goroutine that injects faults
	History *History
	Disk    *disk.Disk // nil on another ground

	clear   func() error // takes the ground away; nil where it stays
	started time.Time
	rest    atomic.Bool
	said    atomic.Int64 // requests of ballast
	doubts  atomic.Int64 // commands of which nobody said what became of them
	callers *errgroup.Group
	alive   context.Context // of the callers; ends when one of them cannot go on
	watcher *watcher
	watched chan error         // what the watcher ended with
	unwatch context.CancelFunc // ends the watcher

	mu      sync.Mutex
	current *Server       // guarded by mu: the one that serves; nil while none does
	changed chan struct{} // guarded by mu: closed when current changes
	limits  []string      // for the next start
	args    []string      // the same
}

// NewWorld starts a server and those who use it.
func NewWorld(ctx context.Context, c Config) (*World, error) {
	w := &World{
		Config: c, Random: rand.New(rand.NewPCG(c.Seed, 1)), History: newHistory(),
		started: time.Now(), changed: make(chan struct{}),
	}
	if w.Data == "" {
		w.Data = filepath.Join(c.Dir, "data")
	}
	if err := errors.Join(w.setClock(0), w.prepare()); err != nil {
		return nil, err
	}
	if err := w.Up(ctx); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	if err := w.populate(ctx); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

func (w *World) populate(ctx context.Context) error {
	s, err := w.server(ctx)
	if err != nil {
		return err
	}
	if _, err := milepostv1.NewCommandServiceClient(s.Conn).Submit(ctx, begin()); err != nil {
		return err
	}
	callers := w.Callers
	if callers == 0 {
		callers = 6
	}
	watching, stop := context.WithCancel(ctx)
	w.watcher, w.watched, w.unwatch = &watcher{w: w}, make(chan error, 1), stop
	go func() { w.watched <- w.watcher.run(watching) }() // ends with Rest or Close
	w.callers, w.alive = errgroup.WithContext(ctx)
	for i := range callers {
		c := &caller{w: w, number: i, random: rand.New(rand.NewPCG(w.Seed, uint64(i)+100)), seen: map[string]uint64{}}
		w.callers.Go(func() error { return c.run(w.alive) })
	}
	a := &auditor{w: w, random: rand.New(rand.NewPCG(w.Seed, 99))}
	w.callers.Go(func() error { return a.run(w.alive) })
	return nil
}

// now is how long the world has been there.
func (w *World) now() time.Duration { return time.Since(w.started) }

func (w *World) resting() bool { return w.rest.Load() }

// launch says how the next server is run.
func (w *World) launch() Launch {
	return Launch{
		Binary: w.Binary, Data: w.Data, Log: w.Log, Limits: w.limits, Args: w.args,
		Env: []string{clockFile + "=" + w.clockPath()},
	}
}

func (w *World) clockPath() string { return filepath.Join(w.Dir, "clock") }

// setClock moves the wall clock of the server by so much from the machine's.
func (w *World) setClock(by time.Duration) error {
	return os.WriteFile(w.clockPath(), []byte(by.String()), 0o600)
}

// Up starts the server and lets people at it.
func (w *World) Up(ctx context.Context) error {
	s, err := Start(ctx, w.launch())
	if err != nil {
		return err
	}
	w.publish(s)
	return nil
}

// Down kills the server, where one is up.
func (w *World) Down() {
	if s := w.publish(nil); s != nil {
		s.Kill()
	}
}

// publish makes s the server that people use, and returns the one before.
func (w *World) publish(s *Server) (before *Server) {
	w.mu.Lock()
	defer w.mu.Unlock()
	before, w.current = w.current, s
	close(w.changed)
	w.changed = make(chan struct{})
	return before
}

// Server is the one that serves; nil while none does.
func (w *World) Server() *Server {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.current
}

// server waits until one serves.
func (w *World) server(ctx context.Context) (*Server, error) {
	for {
		w.mu.Lock()
		s, changed := w.current, w.changed
		w.mu.Unlock()
		if s != nil {
			return s, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// pauseFor is how long a caller waits before it asks the same server again.
const pauseFor = 20 * time.Millisecond

// pause waits a little, or until another server serves.
func (w *World) pause(ctx context.Context, was *Server) error {
	w.mu.Lock()
	s, changed := w.current, w.changed
	w.mu.Unlock()
	if s != was {
		return nil
	}
	select {
	case <-changed:
	case <-time.After(pauseFor):
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// answersWithin bounds how long a server that is well may take for the answers that a fault waits for.
const answersWithin = time.Minute

// Answers waits until so many more operations have been answered, or the server is gone.
func (w *World) Answers(ctx context.Context, more int) error {
	s := w.Server()
	if s == nil {
		return errors.New("nobody can be answered while no server is up")
	}
	select {
	case <-w.History.After(more):
		return nil
	case <-s.exited:
		return &Refused{Status: s.cmd.ProcessState.ExitCode(), Said: s.Said()}
	case <-w.alive.Done():
		return w.callers.Wait()
	case <-time.After(answersWithin):
		return fmt.Errorf("%d operations were not answered within %s: %s", more, answersWithin, s.Said())
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Rest lets every caller bring its operation to its end, and answers what went wrong with any of them. A
// server must be up.
func (w *World) Rest(ctx context.Context) error {
	w.rest.Store(true)
	if err := w.callers.Wait(); err != nil {
		return err
	}
	last := uint64(0)
	for _, o := range w.History.Operations() {
		for _, e := range o.Receipt.GetEvents() {
			last = max(last, e.Position)
		}
	}
	err := w.watcher.reach(ctx, last)
	w.unwatch()
	return errors.Join(err, <-w.watched)
}

// Close ends everything, whatever state it is in.
func (w *World) Close() error {
	w.rest.Store(true)
	w.Down()
	if w.unwatch != nil {
		w.unwatch()
	}
	if w.clear != nil {
		return w.clear()
	}
	return nil
}
