// Package embedded keeps the ledger in a directory: a NATS server inside this process, which nothing
// outside it can reach, and which syncs every commit before it answers.
package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	natsd "github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"milepost.dev/eventstore"
	"milepost.dev/eventstore/dirlock"
	"milepost.dev/eventstore/jetstream"
)

// Options of a server. The zero value is what a product runs with.
type Options struct {
	// Logger gets what the server has to warn of; nil means nobody.
	Logger *slog.Logger
	// Check is called for each commit that is there, in order, before the server opens the store. An
	// error of it stops the start and leaves every file as it was. It is also the fastest way there
	// is to read the whole ledger.
	Check func(number uint64, data []byte) error
	// CheckExamined is Check for who wants to know what there is to know of each commit alone: it is found out on several
	// processors.
	CheckExamined func(number uint64, commit *eventstore.Examined) error
	// UnsafeNoSync acknowledges before anything is on the disk. For tests only: a loss of power loses
	// up to two minutes of receipts.
	UnsafeNoSync bool
}

const (
	// maxPayload bounds a commit. A group of requests of 512 KiB each fits in it several times, and
	// the server warns above 8 MiB.
	maxPayload = 4 << 20
	// formatFile says that the directory held a ledger once, also when the ledger is gone.
	formatFile = "FORMAT"
	format     = "milepost data 1\n"
)

// Server is an open data directory.
type Server struct {
	log  *log
	kept *kept
	own  *ownership

	dir      string
	logger   *slog.Logger
	conn     *nats.Conn
	server   *natsd.Server
	stop     chan struct{}  // closed to end the watch
	watching sync.WaitGroup // of the watch over the directory
	once     sync.Once
	closed   chan struct{} // closed when all is shut down and the lock is given back
}

func newServer(dir string, held *dirlock.Lock, logger *slog.Logger) *Server {
	return &Server{
		own: newOwnership(dir, held, logger), dir: dir, logger: logger,
		stop: make(chan struct{}), closed: make(chan struct{}),
	}
}

// Open opens a data directory, and makes it where there is none. It answers *Locked when another process
// has it, *eventstore.Damage or *jetstream.Drift when the ledger in it is not what was written, *HalfBuilt
// when a Build of it was interrupted, *Moved when its ledger goes on elsewhere, and then has changed nothing.
func Open(ctx context.Context, dir string, o Options) (*Server, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if err := errors.Join(checkBuilt(dir), checkMoved(dir)); err != nil {
		return nil, err
	}
	if err := makeDirs(dir); err != nil {
		return nil, err
	}
	held, err := Lock(dir)
	if err != nil {
		return nil, err
	}
	s := newServer(dir, held, o.Logger)
	if err := s.open(ctx, dir, o); err != nil {
		return nil, errors.Join(err, s.Close(context.WithoutCancel(ctx)))
	}
	s.watching.Go(func() { s.own.watch(s.stop) })
	return s, nil
}

func (s *Server) open(ctx context.Context, dir string, o Options) error {
	if err := checkFormat(dir); err != nil {
		return err
	}
	if err := putBack(dir); err != nil {
		return err
	}
	summary, err := inspect(dir, o.CheckExamined != nil, func(number uint64, r *prepared) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if o.CheckExamined != nil {
			if err := o.CheckExamined(number, r.examined); err != nil {
				return err
			}
		}
		if o.Check != nil {
			return o.Check(number, r.body)
		}
		return nil
	})
	if err != nil {
		return locate(dir, err)
	}
	// The names as well: what the server makes of a damaged record is to drop what follows, or to ask for all memory.
	names, err := InspectKept(dir, func(string, []byte) error { return ctx.Err() })
	if err != nil {
		return err
	}
	for _, t := range []*Torn{summary.Torn, names.Torn} {
		if t != nil {
			o.Logger.Warn("the last write was cut short and never acknowledged; it is cut off",
				"file", t.File, "offset", t.Offset, "bytes", t.Bytes)
		}
	}
	if t := names.Torn; t != nil {
		if err := t.cutOff(); err != nil {
			return err
		}
	}
	if summary.Unmarked != "" && summary.Commits > 0 {
		o.Logger.Warn("nothing shows how far the ledger was acknowledged, so an end that was cut off would not be noticed; from now on it is shown",
			"reason", summary.Unmarked, "commits", summary.Commits)
	}
	if summary.File != "" {
		if err := writeAgain(summary); err != nil {
			return err
		}
	}
	if err := protect(dir); err != nil {
		return err
	}
	if err := s.start(ctx, serverOptions(dir, o), o.Logger); err != nil {
		return err
	}
	if err := stillThere(dir); err != nil {
		return err
	}
	if err := s.openStreams(ctx, dir, summary, o); err != nil {
		return err
	}
	if err := unprotect(dir); err != nil {
		return err
	}
	if err := markFormat(dir); err != nil {
		return err
	}
	return s.own.check() // all of it was found by its path
}

func serverOptions(dir string, o Options) *natsd.Options {
	return &natsd.Options{
		ServerName: "milepost", DontListen: true, NoSigs: true,
		MaxPayload: maxPayload, JetStream: true,
		StoreDir: filepath.Join(dir, "ledger"), SyncAlways: !o.UnsafeNoSync,
		// The disk is the limit. The server's own guess is taken from what is free at the start.
		JetStreamMaxStore: 1 << 60, JetStreamMaxMemory: 256 << 20,
	}
}

// start runs the server until Close.
func (s *Server) start(ctx context.Context, o *natsd.Options, log *slog.Logger) error {
	server, err := natsd.NewServer(o)
	if err != nil {
		return fmt.Errorf("embedded: %w", err)
	}
	s.server = server
	warnings := &logger{log: log}
	server.SetLoggerV2(warnings, false, false, false)
	server.Start() // returns when the streams are recovered, and cannot be interrupted
	if err := ctx.Err(); err != nil {
		return err
	}
	if !server.ReadyForConnections(10*time.Second) || !server.JetStreamEnabled() {
		return fmt.Errorf("embedded: the server did not start: %s", warnings.last())
	}
	s.conn, err = nats.Connect("", nats.InProcessServer(server), nats.Name("milepost"),
		nats.MaxReconnects(-1), nats.ReconnectWait(20*time.Millisecond),
		// Nothing is kept back to be sent later: an append that was not sent is repeated by the
		// ledger.
		nats.ReconnectBufSize(-1))
	if err != nil {
		return fmt.Errorf("embedded: %w", err)
	}
	return nil
}

func (s *Server) openStreams(ctx context.Context, dir string, seen Summary, o Options) error {
	// A stream is made with several flushes, and a poor disk takes seconds for one.
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	streams := jetstream.Options{Replicas: 1, Synced: !o.UnsafeNoSync, AcceptUnsynced: o.UnsafeNoSync}
	ledger, err := jetstream.Open(ctx, s.conn, streams)
	if err != nil {
		return err
	}
	names, err := jetstream.OpenKept(ctx, s.conn, streams)
	if err != nil {
		return err
	}
	if err := sameEnd(ctx, ledger, seen); err != nil {
		return err
	}
	files, _, err := newFilesOf(keptDir(dir))
	if err != nil {
		return err
	}
	s.kept = &kept{names, files, s.own}
	s.log, err = openLog(ledger, s.own, seen)
	return err
}

// sameEnd proves that what the server serves ends as what was inspected.
func sameEnd(ctx context.Context, log *jetstream.Log, seen Summary) error {
	if seen.Commits > 0 {
		last, err := log.Load(ctx, seen.Commits)
		if err != nil {
			return fmt.Errorf("embedded: the server does not serve the last commit that was there: %w", err)
		}
		if !bytes.Equal(last, seen.Last) {
			return &eventstore.Damage{Commit: seen.Commits, Reason: "the server serves another commit than its files hold"}
		}
	}
	_, err := log.Load(ctx, seen.Commits+1)
	if errors.Is(err, eventstore.ErrNotYet) {
		return nil
	}
	if err == nil {
		return &eventstore.Damage{Commit: seen.Commits + 1, Reason: "the server serves a commit that its files did not hold"}
	}
	return err
}

// Log returns the ledger's log.
func (s *Server) Log() eventstore.Log { return s.log }

// Kept returns the values beside it.
func (s *Server) Kept() eventstore.Kept { return s.kept }

// Check looks whether the data directory is still the one that was opened, and nobody else writes it. It answers
// *Replaced.
func (s *Server) Check() error { return s.own.check() }

// Lost is closed when the data directory was found to be another one; Failure says how.
func (s *Server) Lost() <-chan struct{} { return s.own.gone }

// Failure is *Replaced once the data directory was found to be another one, and nil until then. It looks at
// nothing, and so answers at once.
func (s *Server) Failure() error {
	if lost := s.own.lost.Load(); lost != nil {
		return lost
	}
	return nil
}

// Close shuts the server down and waits for it. When ctx ends first it answers ctx.Err(); the server goes
// on shutting down, the directory stays locked until it has, and Close may be called again.
//
// A server whose directory was replaced is left as it is, with its lock, for the end of the process: while it
// shuts down it would write its index by the path, into what is somebody else's.
func (s *Server) Close(ctx context.Context) error {
	s.once.Do(func() {
		go func() { // ends when the server has, and closed says so
			defer close(s.closed)
			close(s.stop)
			s.watching.Wait()
			if s.conn != nil {
				s.conn.Close()
			}
			if errors.As(s.own.check(), new(*Replaced)) {
				return
			}
			if s.server != nil {
				s.server.Shutdown()
				s.server.WaitForShutdown()
			}
			// Where the start did not succeed, the server may have deleted what it could not open.
			if err := putBack(s.dir); err != nil {
				s.logger.Error("the next start tries again", "reason", err)
			}
			if err := s.own.close(); err != nil {
				s.logger.Warn("how far the ledger was acknowledged could not be flushed", "reason", err)
			}
		}()
	})
	select {
	case <-s.closed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
