// Package jetstream keeps the ledger, and the values beside it that can be erased, in NATS JetStream:
// the server inside this process, or a cluster.
package jetstream

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/eventstore"
)

// Options say what is expected of the server.
type Options struct {
	// Replicas of the streams; 0 means 3. Three or more make a quorum.
	Replicas int
	// Synced says that the server was started to sync every write before it answers. Nothing in the
	// protocol can confirm that, so only whoever started the server may say so.
	Synced bool
	// AcceptUnsynced opens with fewer than three replicas on a server that is not known to sync:
	// what was acknowledged in its last two minutes may be lost with the power.
	AcceptUnsynced bool
	// Outside opens streams on servers that somebody else runs: none is made, and what an operator may choose is let be. A reader
	// notices sooner that the server it reads from is gone.
	Outside bool
}

func (o Options) withDefaults() (Options, error) {
	if o.Replicas == 0 {
		o.Replicas = 3
	}
	if o.Replicas < 3 && !o.Synced && !o.AcceptUnsynced {
		return o, fmt.Errorf("jetstream: %d replicas on a server that is not known to sync every write: receipts could be lost; use three, or accept that", o.Replicas)
	}
	return o, nil
}

// headerRoom is more than the headers of a message take.
const headerRoom = 256

// Log is an eventstore.Log in a stream.
type Log struct {
	js         natsjs.JetStream
	stream     natsjs.Stream
	limit      int
	durability ledgerv1.Durability
	stall      time.Duration
	pull       []natsjs.PullMessagesOpt // how a reader asks

	mu    sync.Mutex
	calm  context.Context    // ends when readers are hurried; guarded by mu
	hurry context.CancelFunc // ends it; guarded by mu
}

var _ eventstore.Log = (*Log)(nil)

// Open opens the ledger's stream, and makes it where there is none. It answers *Drift for a stream that
// is set up otherwise, and *eventstore.Damage for one that is gone.
func Open(ctx context.Context, conn *nats.Conn, o Options) (*Log, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	js, err := natsjs.New(conn)
	if err != nil {
		return nil, fmt.Errorf("jetstream: %w", err)
	}
	stream, err := openStream(ctx, js, o, LedgerConfig(o.Replicas), func() error { return orphaned(ctx, js) })
	if err != nil {
		return nil, err
	}
	l := &Log{js: js, stream: stream, limit: int(conn.MaxPayload()) - headerRoom, durability: ledgerv1.Durability_DURABILITY_UNSYNCED, stall: stallAfter}
	l.calm, l.hurry = context.WithCancel(context.Background())
	l.pull = []natsjs.PullMessagesOpt{natsjs.PullMaxBytes(max(16<<20, 4*l.limit))}
	if o.Outside {
		l.pull = append(l.pull, natsjs.PullHeartbeat(heartbeat))
	}
	switch {
	case o.Replicas >= 3 && o.AcceptUnsynced && !o.Synced:
		l.durability = ledgerv1.Durability_DURABILITY_QUORUM_UNSYNCED
	case o.Replicas >= 3:
		l.durability = ledgerv1.Durability_DURABILITY_QUORUM
	case o.Synced:
		l.durability = ledgerv1.Durability_DURABILITY_FSYNC
	}
	return l, nil
}

// Limit implements eventstore.Log.
func (l *Log) Limit() int { return l.limit }

// Durability implements eventstore.Log.
func (l *Log) Durability() ledgerv1.Durability { return l.durability }

// Kind implements eventstore.Log.
func (l *Log) Kind() ledgerv1.StoreKind { return ledgerv1.StoreKind_STORE_KIND_JETSTREAM }

// Append implements eventstore.Log.
//
// The client's own retry is off: the ledger repeats, and it looks first.
func (l *Log) Append(ctx context.Context, number uint64, data []byte) error {
	if len(data) > l.limit {
		return &eventstore.TooLarge{What: "commit", Size: len(data), Limit: l.limit}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	ack, err := l.js.PublishMsg(ctx, &nats.Msg{Subject: LedgerSubject, Data: data},
		natsjs.WithExpectStream(LedgerStream), natsjs.WithExpectLastSequence(number-1), natsjs.WithRetryAttempts(0))
	switch {
	case err == nil && (ack.Stream != LedgerStream || ack.Sequence != number || ack.Duplicate):
		return &eventstore.Misplaced{Want: number, Have: ack.Sequence, Stream: ack.Stream}
	case err == nil:
		return nil
	case isWrongSequence(err):
		return eventstore.ErrConflict
	default:
		// Also a refusal of another kind, such as a disk that is full: part of the message may
		// have been written.
		return unknown(err)
	}
}

// isWrongSequence says whether a publish was refused because another message is the last.
func isWrongSequence(err error) bool {
	refused, ok := errors.AsType[*natsjs.APIError](err)
	return ok && (refused.ErrorCode == natsjs.JSErrCodeStreamWrongLastSequence ||
		refused.ErrorCode == natsjs.JSErrCodeStreamWrongLastSequenceConstant)
}

func unknown(err error) error { return fmt.Errorf("%w: %w", eventstore.ErrUnknown, err) }

// Last is the number of the last commit, as the stream's leader tells it.
func (l *Log) Last(ctx context.Context) (uint64, error) { return l.last(ctx) }

// last is the number of the last message, as the stream's leader tells it.
func (l *Log) last(ctx context.Context) (uint64, error) {
	info, err := l.stream.Info(ctx)
	if err != nil {
		return 0, unknown(err)
	}
	return info.State.LastSeq, nil
}

// Load implements eventstore.Log. Direct gets are off in the stream's configuration, so the leader
// answers.
func (l *Log) Load(ctx context.Context, number uint64) ([]byte, error) {
	m, err := l.stream.GetMsg(ctx, number)
	if errors.Is(err, natsjs.ErrMsgNotFound) {
		last, err := l.last(ctx)
		if err != nil {
			return nil, err
		}
		if number > last {
			return nil, eventstore.ErrNotYet
		}
		// It may have come between the two questions.
		m, err = l.stream.GetMsg(ctx, number)
		if errors.Is(err, natsjs.ErrMsgNotFound) {
			return nil, &eventstore.Damage{Commit: number, Reason: fmt.Sprintf("the commit is missing or unreadable in a log that reaches to %d", last)}
		}
		if err != nil {
			return nil, unknown(err)
		}
		return m.Data, nil
	}
	if err != nil {
		return nil, unknown(err)
	}
	return m.Data, nil
}
