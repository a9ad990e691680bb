package fault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/rig/fault/disk"
)

// Config says what a world is made of.
type Config struct {
	Seed    uint64
	Binary  string    // as Build made it
	Before  string    // of the version before, where a fault needs it (BuildBefore)
	Shipped bool      // Binary is what everybody gets, and not patched
	Dir     string    // for all that the world writes
	Data    string    // the data directory; below Dir where empty
	Ground  Ground    // that it lies on
	Log     io.Writer // what the server says; nobody reads it where nil
	// Wide worlds have a lot to say, and fill several of the store's files.
	Wide bool
	// Full worlds have a second plan, and people of every other kind: see takePart.
	Full bool
	// Credentials: the server has a credentials file, and people send tokens.
	Credentials bool
	Callers     int // 6 where 0
	// Epoch counts the worlds on one ledger, of which each has plans of its own; 0 where it is the only one.
	Epoch int
	Pace  time.Duration // a caller's pause between two operations; 5 ms where 0
}

// World is a server on a data directory, and those who use it.
type World struct {
	Config
	Random  *rand.Rand // of the one goroutine that injects faults
	History *History
	Disk    *disk.Disk // nil on another ground

	clear    func() error // takes the ground away; nil where it stays
	started  time.Time
	rest     sync.Once
	rested   chan struct{}   // closed by rest
	said     atomic.Int64    // requests of ballast
	doubts   atomic.Int64    // commands of which nobody said what became of them
	begun    map[string]bool // ids of requests that were there before anybody called
	from     uint64          // the last position before this world
	callers  *errgroup.Group
	alive    context.Context // of the callers; ends when one of them cannot go on
	watchers []*watcher
	watched  *errgroup.Group
	unwatch  context.CancelFunc // ends the watchers

	mu      sync.Mutex
	current *Server       // guarded by mu: the one that serves; nil while none does
	changed chan struct{} // guarded by mu: closed when current changes
	limits  []string      // for the next start
	args    []string      // the same
}

// NewWorld starts a server and those who use it.
func NewWorld(ctx context.Context, c Config) (*World, error) {
	w := newWorld(c)
	if err := errors.Join(w.setClock(0), w.prepare(), w.writeCredentials()); err != nil {
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

func newWorld(c Config) *World {
	w := &World{
		Config: c, Random: rand.New(rand.NewPCG(c.Seed, 1)), History: newHistory(), begun: map[string]bool{}, rested: make(chan struct{}),
		started: time.Now(), changed: make(chan struct{}),
	}
	if w.Data == "" {
		w.Data = filepath.Join(c.Dir, "data")
	}
	return w
}

func (w *World) populate(ctx context.Context) error {
	s, err := w.server(ctx)
	if err != nil {
		return err
	}
	for _, plan := range w.plans() {
		w.begun[beginning+plan] = true
		if _, err := milepostv1.NewCommandServiceClient(s.Conn).Submit(ctx, begin(plan)); err != nil {
			return err
		}
	}
	callers := w.Callers
	if callers == 0 {
		callers = 6
	}
	w.watch(ctx)
	w.callers, w.alive = errgroup.WithContext(ctx)
	for i := range callers {
		c := w.newCaller(i)
		w.callers.Go(func() error { return c.run(w.alive) })
	}
	a := &auditor{w: w, random: rand.New(rand.NewPCG(w.Seed, 99))}
	w.callers.Go(func() error { return a.run(w.alive) })
	if w.Full {
		w.takePart()
	}
	return nil
}

// newCaller is somebody who has a number of their own, and chooses by it.
func (w *World) newCaller(number int) *caller {
	return &caller{w: w, number: number, random: rand.New(rand.NewPCG(w.Seed, uint64(number)+100)), seen: map[string]uint64{}}
}

// watch lets the watchers begin.
func (w *World) watch(ctx context.Context) {
	w.watchers = []*watcher{{w: w, plan: w.plan(0)}}
	if w.Full {
		w.watchers = append(w.watchers, &watcher{w: w, from: w.from, after: w.from}, &watcher{w: w, plan: w.plan(1), overHTTP: true})
	}
	ctx, w.unwatch = context.WithCancel(ctx)
	w.watched = &errgroup.Group{}
	for _, v := range w.watchers {
		w.watched.Go(func() error { return v.run(ctx) }) // ends with Rest or Close
	}
}

// takePart lets those in who are in full worlds alone.
func (w *World) takePart() {
	for i, part := range []func(context.Context, *caller) error{stateTwins, stateTwins, readTwins, push, stateOthers} {
		c := w.newCaller(20 + i)
		w.callers.Go(func() error { return part(w.alive, c) })
	}
	if w.Credentials {
		c := w.newCaller(40)
		w.callers.Go(func() error { return intrude(w.alive, c) })
	}
}

// now is how long the world has been there.
func (w *World) now() time.Duration { return time.Since(w.started) }

func (w *World) comeToRest() { w.rest.Do(func() { close(w.rested) }) }

func (w *World) resting() bool {
	select {
	case <-w.rested:
		return true
	default:
		return false
	}
}

// launch says how the next server is run.
func (w *World) launch() Launch {
	l := Launch{
		Binary: w.Binary, Data: w.Data, Log: w.Log, Limits: w.limits, Args: w.args,
		Env: []string{ClockFile + "=" + w.clockPath()},
	}
	if w.Credentials {
		l.Token, l.Args = tokenOfAll, append(slices.Clone(l.Args), "--credentials", w.credentialsPath())
	}
	return l
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

// Rest lets every caller bring its operation to its end, and answers what went wrong with any of them. A server must be up; one that
// leaves meanwhile, because it does not know what became of a commit, is started again, as whoever runs it would.
func (w *World) Rest(ctx context.Context) error {
	w.comeToRest()
	rested := make(chan error, 1)
	go func() { rested <- w.settle(ctx) }() // ends with the callers, who end with ctx at the latest
	for {
		var exited chan struct{}
		if s := w.Server(); s != nil {
			exited = s.exited
		}
		select {
		case err := <-rested:
			return err
		case <-exited:
			w.Down()
			if err := w.Up(ctx); err != nil {
				return err
			}
		}
	}
}

// settle waits for the callers, and then for the watchers to see all that these have receipts for.
func (w *World) settle(ctx context.Context) error {
	if err := w.callers.Wait(); err != nil {
		return err
	}
	var errs []error
	for _, v := range w.watchers {
		errs = append(errs, v.reach(ctx, w.lastOf(v.plan)))
	}
	w.unwatch()
	return errors.Join(append(errs, w.watched.Wait())...)
}

// lastOf is the last position that anybody has a receipt for in a plan, or in every plan.
func (w *World) lastOf(plan string) (last uint64) {
	for _, o := range w.History.Operations() {
		if plan != "" && plan != o.Plan {
			continue
		}
		for _, e := range o.Receipt.GetEvents() {
			last = max(last, e.Position)
		}
	}
	return last
}

// Close ends everything, whatever state it is in.
func (w *World) Close() error {
	w.comeToRest()
	w.Down()
	if w.unwatch != nil {
		w.unwatch()
	}
	if w.clear != nil {
		return w.clear()
	}
	return nil
}
