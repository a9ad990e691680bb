package cluster

import (
	"context"
	"errors"
	"time"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/eventstore"
	"milepost.dev/eventstore/jetstream"
)

// appendWithin is how long one attempt may take before its outcome is unknown, and another server is asked. The answer to what is
// under way is lost with the leader that would have given it, and nothing is gained by waiting for it.
const appendWithin = 2 * time.Second

// log is the ledger's log, with the bounds of a cluster.
type log struct {
	*jetstream.Log
	conn       *connection
	durability ledgerv1.Durability
}

// Durability implements eventstore.Log.
func (l *log) Durability() ledgerv1.Durability { return l.durability }

// Append implements eventstore.Log.
func (l *log) Append(ctx context.Context, number uint64, data []byte) error {
	attempt, cancel := context.WithTimeout(ctx, appendWithin)
	defer cancel()
	err := l.Log.Append(attempt, number, data)
	l.ifSilent(err)
	if err != nil && ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, eventstore.ErrUnknown) {
		return eventstore.ErrUnknown
	}
	return err
}

// Load implements eventstore.Log.
func (l *log) Load(ctx context.Context, number uint64) ([]byte, error) {
	attempt, cancel := context.WithTimeout(ctx, appendWithin)
	defer cancel()
	data, err := l.Log.Load(attempt, number)
	l.ifSilent(err)
	return data, err
}

// ifSilent asks another server next time where this one gave no answer.
func (l *log) ifSilent(err error) {
	if errors.Is(err, eventstore.ErrUnknown) && errors.Is(err, context.DeadlineExceeded) {
		l.conn.reconnect()
	}
}

// Tail implements eventstore.Log.
func (l *log) Tail(ctx context.Context, from uint64, yield func(uint64, []byte) error) error {
	err := l.Log.Tail(ctx, from, yield)
	if ctx.Err() == nil {
		l.ifSilent(err)
	}
	return err
}

// kept is the values beside the ledger, with the same bounds.
type kept struct {
	*jetstream.Kept
	conn *connection
}

// Put implements eventstore.Kept. It is repeated until ctx ends: to store the same value twice changes nothing.
func (k *kept) Put(ctx context.Context, key string, value []byte) error {
	return k.again(ctx, func(ctx context.Context) error { return k.Kept.Put(ctx, key, value) })
}

// Get implements eventstore.Kept.
func (k *kept) Get(ctx context.Context, key string) (value []byte, ok bool, err error) {
	err = k.again(ctx, func(ctx context.Context) error {
		value, ok, err = k.Kept.Get(ctx, key)
		return err
	})
	return value, ok, err
}

// All implements eventstore.Kept.
func (k *kept) All(ctx context.Context, yield func(string, []byte) error) error {
	return k.Kept.All(ctx, yield)
}

// keptWithin bounds what is repeated.
const keptWithin = 10 * time.Second

func (k *kept) again(ctx context.Context, f func(ctx context.Context) error) error {
	ctx, done := context.WithTimeout(ctx, keptWithin)
	defer done()
	for {
		attempt, cancel := context.WithTimeout(ctx, appendWithin)
		err := f(attempt)
		silent := attempt.Err() != nil
		cancel()
		if err == nil || ctx.Err() != nil {
			return err
		}
		if silent {
			k.conn.reconnect()
		}
		select {
		case <-time.After(tryAgain):
		case <-ctx.Done():
			return err
		}
	}
}
