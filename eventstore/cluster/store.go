// Package cluster keeps the ledger on NATS servers that somebody else runs: three with JetStream, most often. Any number of
// processes have it open, and one of them writes. Beside the servers each process has a directory of its own, for what it remembers.
package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/eventstore"
	"milepost.dev/eventstore/dirlock"
	"milepost.dev/eventstore/jetstream"
)

// Options of a store.
type Options struct {
	Connect Connect
	// System is how to reach the system account, and Monitors are the monitoring addresses of the servers: by either it is found out
	// whether they sync every write. Both may be empty.
	System   Connect
	Monitors []string
	// AcceptUnsynced opens a store although its servers are not known to sync every write; receipts say so.
	AcceptUnsynced bool
	// Rejoin opens a directory that remembers another ledger: what it remembers is put aside.
	Rejoin bool
	// Logger gets what there is to warn of; nil means nobody.
	Logger *slog.Logger
	// Check is called for each commit that is there, in order. An error of it stops the start.
	Check func(number uint64, data []byte) error
}

// Bounds of a cluster.
const (
	// openWithin is how long a start waits for servers that do not answer, or elect a leader.
	openWithin = time.Minute
	// reachWithin and aliveWithin are how long the stream's leader and the server itself may take to answer whether they are there, and
	// reachTimes is how often the leader may not before another server is asked.
	reachWithin = 600 * time.Millisecond
	aliveWithin = 300 * time.Millisecond
	reachTimes  = 3
	// watchEvery is how often it is looked whether the streams are still set up as they must be.
	watchEvery = 2 * time.Second
)

// Empty is an account without a ledger. Nothing was made: it may be the wrong account, or servers that lost what they had.
type Empty struct{ Stream string }

func (e *Empty) Error() string {
	return fmt.Sprintf("there is no ledger in this account of the NATS servers (no stream %s). If one is to begin here, make it once with `milepost cluster init`; if there was one, this is the wrong account, or the servers lost it", e.Stream)
}

// Store is an open ledger on a cluster.
type Store struct {
	conn      *connection
	log       *log
	kept      *kept
	claim     *jetstream.Claim
	lock      *dirlock.Lock
	memory    *memory
	logger    *slog.Logger
	options   Options
	health    atomic.Pointer[Health] // nil before the first look
	looks     int                    // of the goroutine that watches
	missing   int                    // of them, how many in a row found no stream
	unreached atomic.Int32           // times in a row that the leader of the ledger's stream did not answer
	short     atomic.Int32           // looks in a row that found the ledger to end too soon

	stop    chan struct{} // closed to end the watch
	running sync.WaitGroup
	lost    chan struct{} // closed when failure is set
	failure atomic.Pointer[failure]
	once    sync.Once
	closing error // of Close; written once
}

type failure struct{ err error }

// Open opens the ledger and reads all of it. It makes no stream: it answers *Empty where there is none, *jetstream.Drift for one
// that is set up otherwise, *Unsynced where the servers may lose what they acknowledged, *Behind or *Forked where the ledger is not
// the one that the directory remembers.
func Open(ctx context.Context, dir string, o Options) (*Store, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if err := dirlock.Make(dir); err != nil {
		return nil, fmt.Errorf("make the data directory: %w", err)
	}
	if exists(filepath.Join(dir, "ledger")) {
		return nil, fmt.Errorf("%s is the data directory of a ledger of its own: give a node of a cluster another one with --data", dir)
	}
	lock, err := dirlock.Take(dir)
	if held, ok := errors.AsType[*dirlock.Held](err); ok {
		return nil, fmt.Errorf("the data directory %s is in use by %s: stop that one, or give this one another --data", held.Dir, held.Holder())
	}
	if err != nil {
		return nil, err
	}
	s := &Store{lock: lock, logger: o.Logger, options: o, stop: make(chan struct{}), lost: make(chan struct{})}
	if err := s.open(ctx, dir, o); err != nil {
		return nil, errors.Join(err, s.Close(context.WithoutCancel(ctx)))
	}
	s.running.Go(s.watch)
	return s, nil
}

func (s *Store) open(ctx context.Context, dir string, o Options) (err error) {
	if s.memory, err = openMemory(dir, o.Logger); err != nil {
		return err
	}
	if s.conn, err = o.Connect.open(o.Logger); err != nil {
		return err
	}
	streams, err := s.openStreams(ctx, o)
	if err != nil {
		return err
	}
	s.log.durability = streams.durability()
	h := Health{Answers: true}
	if !streams.synced {
		h.Unsynced = "they were not known to when this server started"
	}
	s.health.Store(&h)
	return s.read(ctx, o)
}

// openStreams opens what `milepost cluster init` made. It waits for servers that elect a leader.
func (s *Store) openStreams(ctx context.Context, o Options) (found set, err error) {
	err = s.conn.patiently(ctx, func(ctx context.Context) error {
		found, err = look(ctx, s.conn.Conn, o)
		if err != nil {
			return err
		}
		streams := jetstream.Options{Replicas: found.replicas, Synced: found.synced, AcceptUnsynced: true, Outside: true}
		ledger, err := jetstream.Open(ctx, s.conn.Conn, streams)
		if err != nil {
			return err
		}
		names, err := jetstream.OpenKept(ctx, s.conn.Conn, streams)
		if err != nil {
			return err
		}
		s.log, s.kept = &log{Log: ledger, conn: s.conn}, &kept{Kept: names, conn: s.conn}
		s.claim, err = jetstream.OpenClaim(ctx, s.conn.Conn, streams, s.conn)
		return err
	})
	if missing, ok := errors.AsType[*jetstream.Missing](err); ok {
		return found, &Empty{Stream: missing.Stream}
	}
	return found, err
}

// read reads the ledger, and compares it with what this process remembers of it.
func (s *Store) read(ctx context.Context, o Options) error {
	remembered, err := s.memory.recall(o.Rejoin)
	if err != nil {
		return err
	}
	seen := Mark{}
	// The stream may lose its leader meanwhile: reading goes on where it was.
	err = s.conn.patiently(ctx, func(context.Context) error {
		return s.log.Read(ctx, seen.Number+1, func(number uint64, data []byte) error {
			if err := remembered.compare(number, data); err != nil {
				return &refused{err}
			}
			if o.Check != nil {
				if err := o.Check(number, data); err != nil {
					return &refused{err}
				}
			}
			seen.Number = number
			return nil
		})
	})
	if r, ok := errors.AsType[*refused](err); ok {
		err = r.err
	}
	switch {
	case errors.As(err, new(*Forked)):
		return s.unlessAnother(ctx, remembered, err)
	case err != nil:
		return err
	case seen.Number == 0:
		return &Empty{Stream: jetstream.LedgerStream}
	case seen.Number < remembered.Number:
		return s.unlessAnother(ctx, remembered, &Behind{Ends: seen.Number, Seen: remembered.Number})
	}
	return nil
}

// refused is an answer to a commit that was read: reading it again changes nothing.
type refused struct{ err error }

func (r *refused) Error() string { return r.err.Error() }
func (r *refused) Unwrap() error { return r.err }

// unlessAnother answers *OtherLedger where the ledger began as another one than the directory remembers, and what was found otherwise.
func (s *Store) unlessAnother(ctx context.Context, remembered Mark, found error) error {
	data, err := s.log.Load(ctx, 1)
	if err != nil {
		return found
	}
	first, err := eventstore.Decode(1, data)
	if err != nil || first.Opening == nil || bytes.Equal(first.Opening.Origin, remembered.Origin) {
		return found
	}
	return &OtherLedger{Seen: remembered.Origin, Here: first.Opening.Origin}
}

// set is how the streams are set up.
type set struct {
	replicas int
	synced   bool
}

func (f set) durability() ledgerv1.Durability {
	switch {
	case f.replicas >= 3 && f.synced:
		return ledgerv1.Durability_DURABILITY_QUORUM
	case f.replicas >= 3:
		return ledgerv1.Durability_DURABILITY_QUORUM_UNSYNCED
	case f.synced:
		return ledgerv1.Durability_DURABILITY_FSYNC
	}
	return ledgerv1.Durability_DURABILITY_UNSYNCED
}

// look finds out how many replicas the ledger has, and whether every write is synced.
func look(ctx context.Context, conn *nats.Conn, o Options) (found set, err error) {
	js, err := natsjs.New(conn)
	if err != nil {
		return found, fmt.Errorf("jetstream: %w", err)
	}
	stream, err := js.Stream(ctx, jetstream.LedgerStream)
	if errors.Is(err, natsjs.ErrStreamNotFound) {
		return found, &jetstream.Missing{Stream: jetstream.LedgerStream}
	}
	if err != nil {
		return found, fmt.Errorf("look for the stream %s: %w", jetstream.LedgerStream, err)
	}
	found.replicas = stream.CachedInfo().Config.Replicas
	found.synced, err = o.synced(ctx)
	if err != nil && o.AcceptUnsynced {
		return found, nil
	}
	return found, err
}

// watch looks whether the streams are still what they must be, until Close.
func (s *Store) watch() {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		if err := s.inspect(); err != nil {
			s.logger.Error("the ledger or its streams are not what they must be", "reason", err)
			s.failure.Store(&failure{err})
			close(s.lost)
			return
		}
		select {
		case <-tick.C:
		case <-s.stop:
			return
		}
	}
}

// Log returns the ledger's log.
func (s *Store) Log() eventstore.Log { return s.log }

// Kept returns the values beside it.
func (s *Store) Kept() eventstore.Kept { return s.kept }

// Claim is the term of whoever may answer.
func (s *Store) Claim() *jetstream.Claim { return s.claim }

// Remember notes the last commit that this process has read. It is on the disk within a second.
func (s *Store) Remember(m Mark) { s.memory.note(m) }

// Connected says whether there is a connection to a server at the moment.
func (s *Store) Connected() bool { return s.conn.IsConnected() }

// Reconnects is how often the connection to the servers was given up or lost.
func (s *Store) Reconnects() uint64 { return s.conn.Stats().Reconnects }

// Check looks whether the directory is still this process's.
func (s *Store) Check() error {
	_, err := s.lock.Check()
	return err
}

// Lost is closed when the streams were found to be changed or gone; Failure says how.
func (s *Store) Lost() <-chan struct{} { return s.lost }

// Failure is nil until Lost is closed.
func (s *Store) Failure() error {
	if f := s.failure.Load(); f != nil {
		return f.err
	}
	return nil
}

// Close ends the connection, and writes down what was read. It may be called more than once.
func (s *Store) Close(context.Context) error {
	s.once.Do(func() {
		close(s.stop)
		s.running.Wait()
		if s.conn != nil {
			s.conn.Close()
		}
		if s.memory != nil {
			s.closing = s.memory.close()
		}
		s.closing = errors.Join(s.closing, s.lock.Close())
	})
	return s.closing
}

// Reaches says whether the leader of the ledger's stream answers this process. Where it does not, and the server that this process is
// connected to answers nothing either, another one is asked next time; and in any case after a few times, because a server that was cut off
// from the others answers for itself.
func (s *Store) Reaches(ctx context.Context) error {
	asked, cancel := s.conn.Attempt(ctx, reachWithin)
	defer cancel()
	err := s.log.Log.Inspect(asked)
	if err == nil || ctx.Err() != nil || asked.Err() == nil {
		s.unreached.Store(0)
		return err
	}
	pinged, cancel := context.WithTimeout(ctx, aliveWithin)
	defer cancel()
	if s.conn.FlushWithContext(pinged) != nil || s.unreached.Add(1)%reachTimes == 0 {
		s.conn.Reconnect()
	}
	return err
}

// Hurry has this process look at once whether there are commits that it has not read.
func (s *Store) Hurry() { s.log.Log.Hurry() }
