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

	"google.golang.org/protobuf/proto"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
	"milepost.dev/domain/milestone"
	"milepost.dev/eventstore"
	"milepost.dev/internal/access"
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

	slots     chan struct{} // one for each request in the service, until it is answered
	bytes     atomic.Int64  // of them, as they were sent
	pushed    *places       // of the requests of streams
	queue     chan *waiter  // has room for all of them
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
		slots: make(chan struct{}, maxWaiting), pushed: newPlaces(maxPushed), queue: make(chan *waiter, maxWaiting+maxPushed),
		toAppend: make(chan appendOrder), toResolve: make(chan struct{}), appended: make(chan appendResult, 1),
		saved: make(chan *indexFile, 1), stop: make(chan struct{}), done: make(chan struct{}),
	}
	if s.saveEvery == 0 {
		s.saveEvery = saveEvery
	}
	if s.appending = c.Appending; s.appending == nil {
		s.appending = noAppending
	}
	working := newWorking(s.book)
	s.loop = &loop{
		s: s, working: working, decision: newDecision(working, s.ids), index: f.index, accepted: map[requestKey]*acceptance{},
		last: ledger.RecordedAt(), position: s.book.Position(), burst: s.book.Position(), unsaved: f.unsaved(),
	}
	s.appender.Go(func() { s.appendAll(context.WithoutCancel(ctx), ledger) })
	s.background.Go(func() {
		defer close(s.done)
		if err := s.loop.run(s.stop); err == nil {
			s.turnAway()
		}
		close(s.toAppend)
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

// turnAway answers those who came while the loop ended.
func (s *Service) turnAway() {
	for {
		select {
		case w := <-s.queue:
			w.answer(answer{err: errClosing})
		default:
			return
		}
	}
}

// Submit decides a request and answers when what it came to is durable. It answers a request that was
// accepted before with its first receipt.
//
// Its errors are *Decided (a refusal, with the position it was decided at), domain.Refusals (bad input),
// *Unavailable (send it again), *eventstore.TooLarge, and that of ctx; then the outcome is not known.
func (s *Service) Submit(ctx context.Context, caller access.Caller, m *milepostv1.SubmitRequest) (*milepostv1.SubmitResponse, error) {
	if err := s.open(); err != nil {
		return nil, err
	}
	size := proto.Size(m)
	leave, err := s.enter(size)
	if err != nil {
		return nil, err
	}
	r, err := s.read(ctx, caller, m, size)
	if err != nil {
		leave()
		return nil, err
	}
	w := &waiter{request: r, reply: make(chan answer, 1), leave: leave}
	s.queue <- w // which has room for as many as there are places
	return s.await(ctx, w)
}

// open says whether requests are taken.
func (s *Service) open() error {
	switch {
	case s.stopped.Load() != nil:
		return errLedgerStopped
	case s.closing.Load():
		return errClosing
	}
	return nil
}

// read makes a request of a message of so many bytes: it looks nothing up but the parties.
func (s *Service) read(ctx context.Context, caller access.Caller, m *milepostv1.SubmitRequest, size int) (*request, error) {
	if size > eventstore.MaxRequest {
		return nil, domain.Refusals{refuse(domain.Invalid, RuleRequestTooLarge, "",
			"The request is %d bytes long, and at most %d are taken. Send it in several requests.", size, eventstore.MaxRequest)}
	}
	r, err := readRequest(m, s.planSettings(m.Plan), func(name string) (string, error) { return s.party(ctx, name) })
	if err != nil {
		return nil, err
	}
	if r.actor, err = s.party(ctx, caller.Name); err != nil {
		return nil, err
	}
	behalf := m.OnBehalfOf
	if behalf == "" {
		behalf = caller.Organisation
	}
	if behalf != "" {
		if r.onBehalfOf, err = s.party(ctx, behalf); err != nil {
			return nil, err
		}
	}
	r.content, r.key = s.digests.of(m), keyOf(r.actor, r.id)
	return r, nil
}

// await waits for the loop's word on a request in the queue.
func (s *Service) await(ctx context.Context, w *waiter) (*milepostv1.SubmitResponse, error) {
	select {
	case a := <-w.reply:
		return s.answer(ctx, w.request, a)
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-s.done:
	}
	select { // the loop may have answered before it ended
	case a := <-w.reply:
		return s.answer(ctx, w.request, a)
	default:
	}
	if s.stopped.Load() != nil {
		return nil, errLedgerStopped
	}
	return nil, errClosing
}

// enter takes a place in the service, by number and by size, or says that there is none. It comes first: a
// request that waits costs memory, and a name in it a write to the disk.
func (s *Service) enter(size int) (leave func(), err error) {
	select {
	case s.slots <- struct{}{}:
	default:
		return nil, errTooManyWaiting
	}
	if s.bytes.Add(int64(size)) > maxWaitingFor {
		s.bytes.Add(-int64(size))
		<-s.slots
		return nil, errTooManyWaiting
	}
	return func() { s.bytes.Add(-int64(size)); <-s.slots }, nil
}

// party is Parties.Resolve. A name that could not be kept, for no fault of the caller's, may be sent again.
func (s *Service) party(ctx context.Context, name string) (string, error) {
	id, err := s.parties.Resolve(ctx, name)
	if err == nil {
		return id, nil
	}
	var refusal *domain.Refusal
	if errors.As(err, &refusal) || ctx.Err() != nil {
		return id, err
	}
	s.log.Warn("a name could not be kept", "reason", err)
	return "", errNameNotKept
}

func (s *Service) answer(ctx context.Context, r *request, a answer) (*milepostv1.SubmitResponse, error) {
	if a.err != nil {
		return nil, s.byName(a.err)
	}
	if a.before == 0 {
		return &milepostv1.SubmitResponse{Receipt: a.outcome.receipt(r.id, s.durability), Replayed: a.replayed}, nil
	}
	commit, err := s.commits.load(ctx, a.before)
	if errors.Is(err, eventstore.ErrUnknown) && ctx.Err() == nil {
		s.log.Warn("a receipt could not be read", "commit", a.before, "reason", err)
		return nil, errReceiptNotRead
	}
	if err != nil {
		return nil, err
	}
	for i := range commit.Entries {
		entry := &commit.Entries[i]
		if entry.Actor != r.actor || entry.Request != r.id {
			continue
		}
		if entry.Content != r.content {
			return nil, requestIDReused(r.id)
		}
		receipt, err := s.receipt(commit, entry)
		return &milepostv1.SubmitResponse{Receipt: receipt, Replayed: true}, err
	}
	return nil, requestIDReused(r.id)
}

// byName puts names into a refusal that says which owner was expected: the domain knows parties by id alone.
func (s *Service) byName(err error) error {
	var decided *Decided
	var refusal *domain.Refusal
	if !errors.As(err, &decided) || !errors.As(err, &refusal) || refusal.Rule != milestone.RuleOwnerFromStale {
		return err
	}
	named := *refusal
	named.Expected, named.Actual = s.parties.Display(refusal.Expected), s.parties.Display(refusal.Actual)
	return &Decided{Err: &named, Position: decided.Position}
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
