package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/eventstore"
	"milepost.dev/eventstore/jetstream"
)

// Bounds of one call.
const (
	// appendWithin is how long an append may take before its outcome is unknown, and another server is asked.
	appendWithin = 2 * time.Second
	// tryAppend is how long one attempt of it may take. The answer to what is under way is lost with the leader that would have given
	// it, also where that only hands over; so the same bytes are sent again under the same number, which stores them once.
	tryAppend = 500 * time.Millisecond
)

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
	within, cancel := context.WithTimeout(ctx, appendWithin)
	defer cancel()
	for {
		err := l.try(within, number, data)
		if !errors.Is(err, eventstore.ErrUnknown) && !errors.Is(err, eventstore.ErrConflict) {
			return err
		}
		stored, loaded := l.look(within, number)
		switch {
		case loaded == nil && bytes.Equal(stored, data):
			return nil
		case loaded == nil:
			return eventstore.ErrConflict
		}
		select {
		case <-within.Done():
			l.conn.Reconnect()
			return err
		case <-time.After(lookAgain):
		}
	}
}

// lookAgain is the pause between two attempts.
const lookAgain = 20 * time.Millisecond

// try is one attempt of an append.
func (l *log) try(ctx context.Context, number uint64, data []byte) error {
	attempt, cancel := l.conn.Attempt(ctx, tryAppend)
	defer cancel()
	err := l.Log.Append(attempt, number, data)
	if err != nil && attempt.Err() != nil && errors.Is(err, attempt.Err()) {
		return fmt.Errorf("%w: %w", eventstore.ErrUnknown, err)
	}
	return err
}

// look asks what is stored under a number.
func (l *log) look(ctx context.Context, number uint64) ([]byte, error) {
	attempt, cancel := l.conn.Attempt(ctx, tryAppend)
	defer cancel()
	return l.Log.Load(attempt, number)
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
		l.conn.Reconnect()
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

// Revise implements eventstore.Revised. It is repeated, as Put is, but where another value is there.
func (k *kept) Revise(ctx context.Context, key string, value []byte, revision uint64, erase bool) (done bool, err error) {
	err = k.again(ctx, func(ctx context.Context) error {
		done, err = k.Kept.Revise(ctx, key, value, revision, erase)
		return err
	})
	return done, err
}

// GetRevised implements eventstore.Revised.
func (k *kept) GetRevised(ctx context.Context, key string) (value []byte, revision uint64, err error) {
	err = k.again(ctx, func(ctx context.Context) error {
		value, revision, err = k.Kept.GetRevised(ctx, key)
		return err
	})
	return value, revision, err
}

const (
	// keptWithin bounds what is repeated.
	keptWithin = 10 * time.Second
	// tryKept is how long the attempts after the first may take: what was asked while the servers elected a leader is never answered, and
	// how soon it is asked again is how soon a node can take over. After shortTries they may take longer, for servers that are slow.
	tryKept    = time.Second
	shortTries = 6
)

// again repeats f until it succeeds. As those of an append, its first attempts are short: requests wait for a name that is kept, and the
// answer may be lost with the leader that would have given it. Later ones are longer, for servers that are slow.
func (k *kept) again(ctx context.Context, f func(ctx context.Context) error) error {
	ctx, done := context.WithTimeout(ctx, keptWithin)
	defer done()
	for tries, within := 1, tryAppend; ; tries, within = tries+1, tryKept {
		if tries > shortTries {
			within = appendWithin
		}
		attempt, cancel := k.conn.Attempt(ctx, within)
		err := f(attempt)
		late := errors.Is(attempt.Err(), context.DeadlineExceeded)
		cancel()
		if err == nil || ctx.Err() != nil {
			return err
		}
		if late && tries > 1 {
			k.conn.Reconnect()
		}
		select {
		case <-time.After(lookAgain):
		case <-ctx.Done():
			return err
		}
	}
}
