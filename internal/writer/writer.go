package writer

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/eventstore"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/parties"
	"milepost.dev/internal/replica"
	"milepost.dev/internal/request"
	"milepost.dev/internal/writer/quota"
	"milepost.dev/projections"
)

// Bounds that no deployment has had a reason to change.
const (
	maxWaiting    = 4096             // requests in the writer at once
	maxWaitingFor = 64 << 20         // bytes of them, as they were sent
	maxPushed     = 8192             // places for requests of streams, beside those
	placeOf       = 16 << 10         // bytes of such a request that take one place
	resolveWithin = 30 * time.Second // to find out about an append, where Config says nothing else
	lookEvery     = time.Second      // whether there is memory to give back
	burstOf       = 10_000           // records that leave some
	futureBy      = 5 * time.Second  // that a ledger may be ahead of the clock
)

// Parties finds the ids that stand for names, and makes new ones for the requests that are accepted.
type Parties interface {
	// Begin begins the names of one request.
	Begin() *parties.Naming
	// Find is the party id of a name, raw. It makes none.
	Find(name string) (id string, ok bool)
	// RequestKey is the key under which the content of requests is digested.
	RequestKey() []byte
	Epochs
}

// Config is what a writer is made of.
type Config struct {
	Store    eventstore.Log
	Replica  *replica.Replica // which the writer owns from now on, until it is closed
	Parties  Parties
	Clock    *clock.Guard
	IDs      *clock.IDs
	Entropy  io.Reader // for the identity of a new ledger
	Log      *slog.Logger
	Software string // version, kept with every take-over
	// AcceptFuture starts although the ledger's last record is later than the clock says.
	AcceptFuture bool
	// Usage is what was accepted of each caller and for each plan: the replica tells it of every commit. Where nil, nobody
	// has a quota.
	Usage *quota.Usage
	// Room says why the ledger's disk has too little room for more, as a *NoRoom, and nil where it has enough. It is asked once for all
	// requests that are taken together. Where nil, nobody looks.
	Room func() *NoRoom
	// Appending is told of every commit; nil where nobody is.
	Appending Appending
	// Office is kept where several processes may write, one after the other; nil where this is the only one.
	Office Office
	// TookOver is called when the writer has taken over with a term and nothing is decided yet; nil where there is nothing to do. Its error
	// is that of Open.
	TookOver func(ctx context.Context, term uint64) error
	// ResolveWithin is how long it may take to find out about an append before the writer stops; 30 s where 0.
	ResolveWithin time.Duration
}

// Office says who may answer, where several processes may write.
type Office interface {
	// Store stores the term of a writer that took over or, again, of one that proves that it still writes. When it returns nil, no
	// writer of a higher term had stored its own at some moment since the call. It answers eventstore.ErrFenced where one has,
	// and eventstore.ErrUnresolved when ctx ends first.
	Store(ctx context.Context, term uint64) error
}

// Writer decides requests and makes them durable. Its methods may be called by any goroutine.
type Writer struct {
	commits *commits
	replica *replica.Replica // owned by the loop
	book    *projections.Book
	parties Parties
	clock   *clock.Guard
	ids     *clock.IDs // owned by the loop
	log     *slog.Logger

	durability string           // as receipts name it
	digesting  sync.RWMutex     // held for reading from when a request is digested until it is in the queue
	digests    *request.Digests // of what requests say; guarded by digesting
	changing   sync.Mutex       // held by who changes the key of names
	starting   sync.Mutex       // held while it is looked whether a change may begin
	changes    sync.WaitGroup   // of keys, that are under way
	running    context.Context  // of them; ended by Close
	endRunning context.CancelFunc

	room      int       // bytes of requests in one commit
	appending Appending // never nil
	usage     *quota.Usage
	noRoom    func() *NoRoom // never nil
	term      uint64
	proof     *proof        // nil where no other process may write
	underway  underway      // what is being appended, where another process may write
	within    time.Duration // to find out about an append

	slots     chan struct{}       // one for each request of Submit, until it is answered
	bytes     atomic.Int64        // of them, as they were sent
	pushed    *semaphore.Weighted // places, of which each request of a stream takes some by its size, and waits for them
	queue     chan *waiter        // has room for all of them
	waiters   sync.Pool           // of *waiter that were answered
	toAppend  chan appendOrder
	toResolve chan struct{}
	appended  chan appendResult

	closing    atomic.Bool
	closeOnce  sync.Once
	stop       chan struct{} // closed to end the loop
	done       chan struct{} // closed when the loop has ended
	turning    sync.Mutex    // held by who answers what the loop no longer takes
	stopped    atomic.Pointer[failure]
	unknown    atomic.Bool // an append got no clear answer, and it is being found out
	background sync.WaitGroup
	appender   sync.WaitGroup
	loop       *loop
}

// failure is why the writer stopped, and what callers are told.
type failure struct {
	err  error
	told *Unavailable
}

// Open reads what the store holds beyond the replica, takes over as its writer, and begins to decide. When it returns,
// everything that was ever acknowledged is in the book. It answers *projections.Poison where a record cannot be read:
// nobody can say what that record would change, so nothing is taken over.
func Open(ctx context.Context, c Config) (*Writer, error) {
	if err := c.Replica.CatchUp(ctx, c.Store); err != nil {
		return nil, err
	}
	book, chain := c.Replica.Book(), c.Replica.Chain()
	if poison := book.Stopped(); poison != nil {
		return nil, poison
	}
	now, err := c.Clock.Check()
	if err != nil {
		return nil, err
	}
	if ahead := time.UnixMicro(chain.RecordedAt).Sub(now); ahead > futureBy && !c.AcceptFuture {
		return nil, fmt.Errorf("the ledger's last record is %s later than this machine's clock says it is: set the clock right, or start with --accept-future-ledger", ahead.Round(time.Second))
	}
	opening := &ledgerv1.Opening{OpenedAt: max(now.UnixMicro(), chain.RecordedAt), Software: c.Software}
	if chain.Origin == nil {
		opening.Origin = make([]byte, 16)
		if _, err := io.ReadFull(c.Entropy, opening.Origin); err != nil {
			return nil, fmt.Errorf("make the identity of a new ledger: %w", err)
		}
	}
	ledger, err := eventstore.TakeOver(ctx, c.Store, chain, opening, func(commit *eventstore.Commit) error { return c.Replica.Take(ctx, commit) })
	if err != nil {
		return nil, err
	}
	within := cmp.Or(c.ResolveWithin, resolveWithin)
	if c.Office != nil {
		bounded, cancel := context.WithTimeout(ctx, within)
		err := c.Office.Store(bounded, ledger.Term())
		cancel()
		if err != nil {
			return nil, fmt.Errorf("take office as the writer: %w", err)
		}
	}
	if c.TookOver != nil {
		if err := c.TookOver(ctx, ledger.Term()); err != nil {
			return nil, err
		}
	}
	w := &Writer{
		term: ledger.Term(), proof: newProof(ctx, c.Office, ledger.Term()), within: within,
		commits: newCommits(c.Store), replica: c.Replica, book: book, parties: c.Parties, clock: c.Clock, ids: c.IDs, log: c.Log,
		durability: durabilityName(c.Store.Durability()), digests: request.NewDigests(c.Parties.RequestKey()),
		room: ledger.Room(), appending: c.Appending, usage: c.Usage, noRoom: c.Room,
		slots: make(chan struct{}, maxWaiting), pushed: semaphore.NewWeighted(maxPushed), queue: make(chan *waiter, maxWaiting+maxPushed),
		toAppend: make(chan appendOrder), toResolve: make(chan struct{}), appended: make(chan appendResult, 1),
		stop: make(chan struct{}), done: make(chan struct{}),
	}
	if w.noRoom == nil {
		w.noRoom = func() *NoRoom { return nil }
	}
	if w.appending == nil {
		w.appending = noAppending
	}
	w.running, w.endRunning = context.WithCancel(context.WithoutCancel(ctx))
	working := newWorking(book)
	w.loop = &loop{
		w: w, working: working, decision: newDecision(working, w.ids), accepted: map[request.Key]*acceptance{},
		last: ledger.RecordedAt(), position: book.Position(), burst: book.Position(),
	}
	w.appender.Go(func() { w.appendAll(context.WithoutCancel(ctx), ledger) })
	w.background.Go(func() {
		defer close(w.toAppend)
		w.loop.run(w.stop)
		close(w.done)
		w.turnAway()
	})
	return w, nil
}

// Term is the one that it took over with.
func (w *Writer) Term() uint64 { return w.term }

// Done is closed when the loop has ended: after Close, or because something stopped it.
func (w *Writer) Done() <-chan struct{} { return w.done }

// Wait returns when the loop has ended: nil after Close, or what stopped it.
func (w *Writer) Wait() error {
	<-w.done
	if f := w.stopped.Load(); f != nil {
		return f.err
	}
	return nil
}

// Failure says why nothing is decided at the moment, or for good; nil where all is well.
func (w *Writer) Failure() error {
	if f := w.stopped.Load(); f != nil {
		return f.err
	}
	if w.unknown.Load() {
		return errUnknownOutcome
	}
	return nil
}

// Waiting is how many requests of Submit have no answer yet, and how many may wait. Those of streams are bounded by
// places of their own.
func (w *Writer) Waiting() (now, most int) { return len(w.slots), cap(w.slots) }

// Close lets nobody in, brings what was taken to its end, and waits for all of it. The replica belongs to the caller
// again then. It may be called more than once.
func (w *Writer) Close() {
	w.closeOnce.Do(func() {
		w.starting.Lock()
		w.closing.Store(true)
		w.starting.Unlock()
		w.endRunning()
		w.changes.Wait()
		close(w.stop)
		<-w.done
		w.appender.Wait()
		w.background.Wait()
		w.proof.close()
	})
}
