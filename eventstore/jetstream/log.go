// Package jetstream keeps the ledger, and the values beside it that can be erased, in NATS JetStream:
// the server inside this process, or a cluster.
package jetstream

import (
	"context"
	"errors"
	"fmt"
	"math"
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

// stallAfter is how long a reader waits for the next message before it asks for it by number.
const stallAfter = 5 * time.Second

// heartbeat is how often a server says that it is there while a reader waits: a reader that hears nothing for twice as long
// asks again, of whichever server is there.
const heartbeat = 500 * time.Millisecond

// Log is an eventstore.Log in a stream.
type Log struct {
	js         natsjs.JetStream
	stream     natsjs.Stream
	limit      int
	durability ledgerv1.Durability
	stall      time.Duration
	pull       []natsjs.PullMessagesOpt // how a reader asks
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

// Read implements eventstore.Log.
//
// A consumer is fast and is trusted for nothing: it numbers what it delivers, not what there is, it
// passes over a record with a wrong checksum in silence, and it may stop. So each message's own number
// is checked, and where one does not come it is asked for by number. That tells a consumer that lost
// its way from a message that is gone.
func (l *Log) Read(ctx context.Context, from uint64, yield func(uint64, []byte) error) error {
	last, err := l.last(ctx)
	if err != nil {
		return err
	}
	for next := max(from, 1); next <= last; next++ {
		next, err = l.consume(ctx, next, last, yield)
		if err != nil || next > last {
			return err
		}
		data, err := l.Load(ctx, next)
		if errors.Is(err, eventstore.ErrNotYet) {
			err = &eventstore.Damage{Commit: next, Reason: fmt.Sprintf("the log ended there, and had reached to %d", last)}
		}
		if err != nil {
			return err
		}
		if err := yield(next, data); err != nil {
			return err
		}
	}
	return nil
}

// tailAgain is the pause before a tail asks again for what did not come.
const tailAgain = 50 * time.Millisecond

// Tail implements eventstore.Log. A consumer that waits is trusted for no more than one that reads: where it brings
// nothing for a while, Read looks whether there is something.
func (l *Log) Tail(ctx context.Context, from uint64, yield func(uint64, []byte) error) error {
	for next := max(from, 1); ; {
		err := l.Read(ctx, next, func(number uint64, data []byte) error {
			next = number + 1
			return yield(number, data)
		})
		if err != nil {
			return err
		}
		before := next
		if next, err = l.consume(ctx, next, math.MaxUint64, yield); err != nil {
			return err
		}
		if next > before {
			continue
		}
		select {
		case <-time.After(tailAgain):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// consume hands on messages from next to last for as long as they come one after the other. It returns
// the number of the first that did not come, and an error only of yield or of ctx.
func (l *Log) consume(ctx context.Context, next, last uint64, yield func(uint64, []byte) error) (uint64, error) {
	consumer, err := l.stream.CreateConsumer(ctx, natsjs.ConsumerConfig{
		DeliverPolicy: natsjs.DeliverByStartSequencePolicy, OptStartSeq: next,
		AckPolicy: natsjs.AckNonePolicy, MemoryStorage: true, Replicas: 1, InactiveThreshold: time.Minute,
	})
	if err != nil {
		return next, ctx.Err()
	}
	defer l.forget(ctx, consumer)
	messages, err := consumer.Messages(l.pull...)
	if err != nil {
		return next, ctx.Err()
	}
	defer messages.Stop()

	waiting, cancel := context.WithCancel(ctx)
	defer cancel()
	watchdog := time.AfterFunc(l.stall, cancel)
	defer watchdog.Stop()
	for next <= last {
		watchdog.Reset(l.stall)
		m, err := messages.Next(natsjs.NextContext(waiting))
		if err != nil {
			return next, ctx.Err()
		}
		watchdog.Stop()
		if meta, err := m.Metadata(); err != nil || meta.Sequence.Stream != next {
			return next, ctx.Err()
		}
		if err := yield(next, m.Data()); err != nil {
			return next, err
		}
		next++
	}
	return next, nil
}

// forget removes a consumer, also when the reader was cancelled. Where that fails the server forgets it
// by itself.
func (l *Log) forget(ctx context.Context, consumer natsjs.Consumer) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_ = l.stream.DeleteConsumer(ctx, consumer.CachedInfo().Name)
}

// Replication is how the servers of a cluster stand to the ledger, as the leader of its stream sees them.
type Replication struct {
	Leader   string // name of the server; empty where there is only one
	Replicas int    // on how many servers each commit is to be stored
	Current  int    // of them, how many have everything, the leader among them
	Lag      uint64 // commits that the one lacks which is furthest back
	Unheard  time.Duration
	Offline  []string // names of those that the leader does not reach
}

// Inspect answers what is wrong with the stream: *Missing, *Drift, or ErrUnknown where its leader gives no answer.
func (l *Log) Inspect(ctx context.Context) error {
	_, err := l.Look(ctx)
	return err
}

// Look is Inspect, and answers how the servers stand to it.
func (l *Log) Look(ctx context.Context) (Replication, error) {
	info, err := l.stream.Info(ctx)
	if errors.Is(err, natsjs.ErrStreamNotFound) {
		return Replication{}, &Missing{Stream: LedgerStream}
	}
	if err != nil {
		return Replication{}, unknown(err)
	}
	return replicationOf(info), CheckOutside(LedgerConfig(info.Config.Replicas), info.Config)
}

func replicationOf(info *natsjs.StreamInfo) Replication {
	r := Replication{Replicas: info.Config.Replicas, Current: 1}
	if info.Cluster == nil {
		return r
	}
	r.Leader = info.Cluster.Leader
	for _, peer := range info.Cluster.Replicas {
		switch {
		case peer.Offline:
			r.Offline = append(r.Offline, peer.Name)
		case peer.Current:
			r.Current++
		}
		r.Lag, r.Unheard = max(r.Lag, peer.Lag), max(r.Unheard, peer.Active)
	}
	return r
}
