package service

import (
	"context"
	"errors"
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
	"milepost.dev/projections"
)

// Bounds that no deployment has had a reason to change.
const (
	maxWaiting    = 4096             // requests in the service at once
	maxWaitingFor = 64 << 20         // bytes of them, as they were sent
	maxPushed     = 8192             // places for requests of streams, beside those
	placeOf       = 16 << 10         // bytes of such a request that take one place
	resolveWithin = 30 * time.Second // to find out about an append, before the process must leave
	saveEvery     = 250_000          // records between two saved folds
	lookEvery     = time.Second      // whether there is memory to give back
	burstOf       = 10_000           // records that leave some
	futureBy      = 5 * time.Second  // that a ledger may be ahead of the clock
)

// Parties finds and makes the ids that stand for names.
type Parties interface {
	// Resolve returns the party id of a name, raw, and makes one where the name is new. The name is
	// durable when it returns.
	Resolve(ctx context.Context, name string) (string, error)
	// Display is the name of a party id, or words that stand for a forgotten one.
	Display(id string) string
	// RequestKey is the key under which the content of requests is digested.
	RequestKey() []byte
}

// Config is what a service is made of.
type Config struct {
	Store    eventstore.Log
	Follower *Follower // already fed what the store held, or not: the rest is read from the store
	Parties  Parties
	Clock    *clock.Guard
	IDs      *clock.IDs
	Entropy  io.Reader // for the identity of a new ledger
	Log      *slog.Logger
	Software string // version, kept with every take-over
	// AcceptFuture starts although the ledger's last record is later than the clock says.
	AcceptFuture bool
	// SaveEvery is how many records come between two saved folds; 250,000 where 0.
	SaveEvery uint64
	// Appending is told of every commit; nil where nobody is.
	Appending Appending
	// MaySave is asked before a fold is saved, and says why not; nil where it always may be.
	MaySave func() error
}

// Service decides requests and makes them durable. Its methods may be called by any goroutine.
type Service struct {
	commits *commits
	book    *projections.Book
	parties Parties
	clock   *clock.Guard
	ids     *clock.IDs // owned by the loop
	log     *slog.Logger

	durability string   // as receipts name it
	digests    *digests // of what requests say

	room      int    // bytes of requests in one commit
	folds     string // directory; empty where none are kept
	saveEvery uint64
	appending Appending // never nil
	maySave   func() error

	slots     chan struct{}       // one for each request in the service, until it is answered
	bytes     atomic.Int64        // of them, as they were sent
	pushed    *semaphore.Weighted // places, of which each request of a stream takes some by its size, and waits for them
	queue     chan *waiter        // has room for all of them
	toAppend  chan appendOrder
	toResolve chan struct{}
	appended  chan appendResult
	saved     chan *indexFile

	behind     uint64 // where the ledger ends that a poison record keeps the book from reading; 0 where none does
	closing    atomic.Bool
	closeOnce  sync.Once
	closeErr   error         // of Close
	stop       chan struct{} // closed to end the loop
	done       chan struct{} // closed when the loop has ended
	turning    sync.Mutex    // held by who answers what the loop no longer takes
	stopped    atomic.Pointer[failure]
	unknown    atomic.Bool // an append got no clear answer, and it is being found out
	background sync.WaitGroup
	appender   sync.WaitGroup
	loop       *loop
	ledger     *eventstore.Ledger
}

type failure struct{ err error }

// Open reads what the store holds, takes over as its writer, and begins to decide. When it returns,
// everything that was ever acknowledged is in the book.
func Open(ctx context.Context, c Config) (*Service, error) {
	f := c.Follower
	if err := f.read(ctx, c.Store); err != nil {
		return nil, err
	}
	if poison := f.Book.Stopped(); poison != nil {
		return stoppedAt(c, poison)
	}
	now, err := c.Clock.Check()
	if err != nil {
		return nil, err
	}
	if ahead := time.UnixMicro(f.chain.RecordedAt).Sub(now); ahead > futureBy && !c.AcceptFuture {
		return nil, fmt.Errorf("the ledger's last record is %s later than this machine's clock says it is: set the clock right, or start with --accept-future-ledger", ahead.Round(time.Second))
	}
	opening := &ledgerv1.Opening{OpenedAt: max(now.UnixMicro(), f.chain.RecordedAt), Software: c.Software}
	if f.chain.Origin == nil {
		opening.Origin = make([]byte, 16)
		if _, err := io.ReadFull(c.Entropy, opening.Origin); err != nil {
			return nil, fmt.Errorf("make the identity of a new ledger: %w", err)
		}
	}
	ledger, err := eventstore.TakeOver(ctx, c.Store, f.chain, opening, f.apply)
	if err != nil {
		return nil, err
	}
	s := &Service{
		commits: newCommits(c.Store), book: f.Book, parties: c.Parties, clock: c.Clock, ids: c.IDs, log: c.Log,
		durability: durabilityName(c.Store.Durability()), digests: newDigests(c.Parties.RequestKey()),
		room: ledger.Room(), folds: f.dir, saveEvery: c.SaveEvery, ledger: ledger,
		slots: make(chan struct{}, maxWaiting), pushed: semaphore.NewWeighted(maxPushed), queue: make(chan *waiter, maxWaiting+maxPushed),
		toAppend: make(chan appendOrder), toResolve: make(chan struct{}), appended: make(chan appendResult, 1),
		saved: make(chan *indexFile, 1), stop: make(chan struct{}), done: make(chan struct{}),
	}
	if s.saveEvery == 0 {
		s.saveEvery = saveEvery
	}
	if s.appending = c.Appending; s.appending == nil {
		s.appending = noAppending
	}
	if s.maySave = c.MaySave; s.maySave == nil {
		s.maySave = func() error { return nil }
	}
	working := newWorking(s.book)
	s.loop = &loop{
		s: s, working: working, decision: newDecision(working, s.ids), index: f.index, accepted: map[requestKey]*acceptance{},
		last: ledger.RecordedAt(), position: s.book.Position(), burst: s.book.Position(), unsaved: f.unsaved(),
	}
	s.appender.Go(func() { s.appendAll(context.WithoutCancel(ctx), ledger) })
	s.background.Go(func() {
		defer close(s.toAppend)
		s.loop.run(s.stop)
		close(s.done)
		s.turnAway()
	})
	return s, nil
}

// stoppedAt is the service of a ledger with a record that this version cannot read. It decides nothing, for
// nobody can say what the record would change, and takes nothing over; what came before can be asked for.
func stoppedAt(c Config, poison *projections.Poison) (*Service, error) {
	c.Log.Error("a record cannot be read: questions are answered up to it, and no command is taken", "position", poison.Position, "reason", poison.Err)
	s := &Service{
		commits: newCommits(c.Store), book: c.Follower.Book, parties: c.Parties, clock: c.Clock, log: c.Log,
		behind: c.Follower.chain.Position, stop: make(chan struct{}), done: make(chan struct{}),
	}
	s.stopped.Store(&failure{err: poison})
	s.background.Go(func() {
		defer close(s.done)
		<-s.stop
	})
	if disk := c.Follower.index.disk; disk != nil {
		return s, disk.close()
	}
	return s, nil
}

// Wait returns when the loop has ended: nil after Close, or what stopped it. A service that decides nothing
// for a record that cannot be read goes on answering until Close.
func (s *Service) Wait() error {
	<-s.done
	if s.loop == nil {
		return nil
	}
	if f := s.stopped.Load(); f != nil {
		return f.err
	}
	return nil
}

// Failure says why nothing is decided at the moment, or for good; nil where all is well.
func (s *Service) Failure() error {
	if f := s.stopped.Load(); f != nil {
		return f.err
	}
	if s.unknown.Load() {
		return errUnknownOutcome
	}
	return nil
}

// Waiting is how many requests are in the service at the moment, and how many it takes.
func (s *Service) Waiting() (now, most int) { return len(s.slots), cap(s.slots) }

// Position is where the ledger ends, as far as this service has read it: where the book is, or further, where
// a record that cannot be read stopped the book.
func (s *Service) Position() uint64 { return max(s.behind, s.book.Position()) }

// Book is what questions are answered from.
func (s *Service) Book() *projections.Book { return s.book }

// Close lets nobody in, brings what was taken to its end, saves the fold, and waits for all of it. It may
// be called more than once.
func (s *Service) Close() error {
	s.closeOnce.Do(func() { s.closeErr = s.close() })
	return s.closeErr
}

func (s *Service) close() error {
	s.closing.Store(true)
	close(s.stop)
	<-s.done
	s.appender.Wait()
	s.background.Wait()
	if s.loop == nil {
		return nil
	}
	select {
	case saved := <-s.saved: // a save that ended after the loop
		if err := s.loop.index.thaw(saved); err != nil {
			s.log.Warn("an old index of requests could not be closed", "reason", err)
		}
	default:
	}
	var err error
	if s.folds != "" && s.stopped.Load() == nil && s.loop.unsaved > 0 {
		frozen, disk := s.loop.index.freeze()
		err = s.loop.index.thaw(s.saveFold(s.book.Now(), s.ledger.Chain(), disk, frozen))
	}
	return errors.Join(err, s.loop.index.close())
}
