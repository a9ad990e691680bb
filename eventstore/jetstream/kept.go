package jetstream

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"

	"milepost.dev/eventstore"
)

// Kept is an eventstore.Kept in a stream: a subject a key, whose last message is the value.
type Kept struct {
	js     natsjs.JetStream
	stream natsjs.Stream
	// outside: a message takes a round trip to another machine, so many are read at once.
	outside bool
	// mu keeps a Put and its erasing together; there is one writing process.
	mu sync.Mutex
}

var (
	_ eventstore.Kept     = (*Kept)(nil)
	_ eventstore.Replacer = (*Kept)(nil)
)

// OpenKept opens the stream of kept values, and makes it where there is none. The ledger MUST be opened
// first: this stream without a ledger is taken as the trace of one that was lost.
func OpenKept(ctx context.Context, conn *nats.Conn, o Options) (*Kept, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	js, err := natsjs.New(conn)
	if err != nil {
		return nil, fmt.Errorf("jetstream: %w", err)
	}
	stream, err := openStream(ctx, js, o, KeptConfig(o.Replicas), func() error { return nil })
	if err != nil {
		return nil, err
	}
	return &Kept{js: js, stream: stream, outside: o.Outside}, nil
}

func subjectOf(key string) (string, error) {
	if key == "" || len(key) > eventstore.MaxKey {
		return "", fmt.Errorf("eventstore: a key of %d bytes; it has 1 to %d", len(key), eventstore.MaxKey)
	}
	return keptSubjects + hex.EncodeToString([]byte(key)), nil
}

// KeyOf is the key whose value is kept under a subject.
func KeyOf(subject string) (string, error) {
	name, ok := strings.CutPrefix(subject, keptSubjects)
	key, err := hex.DecodeString(name)
	if !ok || err != nil {
		return "", fmt.Errorf("the subject %q names no kept value", subject)
	}
	return string(key), nil
}

// Put implements eventstore.Kept.
func (k *Kept) Put(ctx context.Context, key string, value []byte) error {
	return k.put(ctx, key, value, k.stream.SecureDeleteMsg)
}

// Replace implements eventstore.Replacer.
func (k *Kept) Replace(ctx context.Context, key string, value []byte) error {
	return k.put(ctx, key, value, k.stream.DeleteMsg)
}

// put keeps a value, and takes those before it away in some way.
func (k *Kept) put(ctx context.Context, key string, value []byte, remove func(context.Context, uint64) error) error {
	subject, err := subjectOf(key)
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	ack, err := k.js.PublishMsg(ctx, &nats.Msg{Subject: subject, Data: value}, natsjs.WithExpectStream(KeptStream))
	if err != nil {
		return fmt.Errorf("keep a value: %w", err)
	}
	return k.removeBefore(ctx, subject, ack.Sequence, remove)
}

// Create stores a value under a key that has none, and answers false where it has one already.
func (k *Kept) Create(ctx context.Context, key string, value []byte) (created bool, err error) {
	subject, err := subjectOf(key)
	if err != nil {
		return false, err
	}
	_, err = k.js.PublishMsg(ctx, &nats.Msg{Subject: subject, Data: value}, natsjs.WithExpectStream(KeptStream),
		natsjs.WithExpectLastSequencePerSubject(0), natsjs.WithRetryAttempts(0))
	if isWrongSequence(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("keep a value: %w", err)
	}
	return true, nil
}

// Erase implements eventstore.Kept.
func (k *Kept) Erase(ctx context.Context, key string) error {
	subject, err := subjectOf(key)
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.removeBefore(ctx, subject, ^uint64(0), k.stream.SecureDeleteMsg)
}

// removeBefore takes away every message of a subject before a number: also one that an earlier Put was
// interrupted over.
func (k *Kept) removeBefore(ctx context.Context, subject string, end uint64, remove func(context.Context, uint64) error) error {
	for next := uint64(1); ; {
		m, err := k.stream.GetMsg(ctx, next, natsjs.WithGetMsgSubject(subject))
		switch {
		case errors.Is(err, natsjs.ErrMsgNotFound):
			return nil
		case err != nil:
			return fmt.Errorf("look for a value to erase: %w", err)
		case m.Sequence >= end:
			return nil
		}
		if err := remove(ctx, m.Sequence); err != nil {
			return fmt.Errorf("erase a value: %w", err)
		}
		next = m.Sequence + 1
	}
}

// Get implements eventstore.Kept. Direct gets are off in the stream's configuration, so the leader answers.
func (k *Kept) Get(ctx context.Context, key string) ([]byte, bool, error) {
	subject, err := subjectOf(key)
	if err != nil {
		return nil, false, err
	}
	m, err := k.stream.GetLastMsgForSubject(ctx, subject)
	switch {
	case errors.Is(err, natsjs.ErrMsgNotFound):
		return nil, false, nil
	case err != nil:
		return nil, false, fmt.Errorf("read a kept value: %w", err)
	}
	return m.Data, true, nil
}

// All implements eventstore.Kept. It holds them all in memory, as whoever calls it does.
func (k *Kept) All(ctx context.Context, yield func(string, []byte) error) error {
	values, err := k.load(ctx)
	if err != nil {
		return err
	}
	for key, v := range values {
		if err := yield(key, v.data); err != nil {
			return err
		}
	}
	return nil
}

// keptValue is a value, and the sequence of the message that holds it.
type keptValue struct {
	data     []byte
	sequence uint64
}

func (k *Kept) load(ctx context.Context) (map[string]keptValue, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	info, err := k.stream.Info(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the kept values: %w", err)
	}
	if k.outside {
		values, err := k.consume(ctx, info.State)
		if err != nil || values != nil {
			return values, err
		}
	}
	values, found := map[string]keptValue{}, uint64(0)
	for next := info.State.FirstSeq; next <= info.State.LastSeq; {
		m, err := k.stream.GetMsg(ctx, next, natsjs.WithGetMsgSubject(keptSubjects+">"))
		if errors.Is(err, natsjs.ErrMsgNotFound) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read the kept values: %w", err)
		}
		key, err := KeyOf(m.Subject)
		if err != nil {
			return nil, fmt.Errorf("read the kept values: %w", err)
		}
		values[key] = keptValue{m.Data, m.Sequence}
		found++
		next = m.Sequence + 1
	}
	if found != info.State.Msgs {
		// The server passes over a message that it cannot read.
		return nil, fmt.Errorf("read the kept values: %d of %d messages of %s can be read", found, info.State.Msgs, KeptStream)
	}
	return values, nil
}

// consume reads all values at once, from whichever server has the consumer, up to the last one that the leader has. It answers nil where
// not all of them came, or others too: that server may be behind, also in removing. Then they are asked for one by one, of the leader.
func (k *Kept) consume(ctx context.Context, state natsjs.StreamState) (map[string]keptValue, error) {
	values := map[string]keptValue{}
	if state.Msgs == 0 {
		return values, nil
	}
	last, err := k.stream.GetLastMsgForSubject(ctx, keptSubjects+">")
	if err != nil {
		return nil, ctx.Err()
	}
	consumer, err := k.stream.CreateConsumer(ctx, natsjs.ConsumerConfig{
		DeliverPolicy: natsjs.DeliverAllPolicy, AckPolicy: natsjs.AckNonePolicy, MemoryStorage: true, Replicas: 1, InactiveThreshold: time.Minute,
	})
	if err != nil {
		return nil, ctx.Err()
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = k.stream.DeleteConsumer(ctx, consumer.CachedInfo().Name) // else the server forgets it by itself
	}()
	messages, err := consumer.Messages(natsjs.PullHeartbeat(heartbeat))
	if err != nil {
		return nil, ctx.Err()
	}
	defer messages.Stop()
	found := uint64(0)
	for {
		waiting, cancel := context.WithTimeout(ctx, stallAfter)
		m, err := messages.Next(natsjs.NextContext(waiting))
		cancel()
		if err != nil {
			return nil, ctx.Err()
		}
		meta, err := m.Metadata()
		if err != nil {
			return nil, ctx.Err()
		}
		key, err := KeyOf(m.Subject())
		if err != nil {
			return nil, fmt.Errorf("read the kept values: %w", err)
		}
		values[key] = keptValue{m.Data(), meta.Sequence.Stream}
		if meta.Sequence.Stream <= state.LastSeq {
			found++
		}
		if meta.Sequence.Stream >= last.Sequence {
			break
		}
	}
	if found != state.Msgs {
		return nil, ctx.Err()
	}
	return values, nil
}
