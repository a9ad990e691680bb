// Package memory keeps a log and its kept values in memory: for tests, and for trying things out. It
// can be told to fail in every way in which a real store may fail.
package memory

import (
	"bytes"
	"context"
	"sync"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/eventstore"
)

// Outcome is what becomes of one append.
type Outcome int

// The ways in which an append may end. A number that is not the next is refused whatever the outcome.
const (
	Deliver        Outcome = iota // stored and answered
	LoseRequest                   // not stored; ErrUnknown
	LoseAnswer                    // stored; ErrUnknown
	Delay                         // ErrUnknown; on its way, and stored once a Load has missed it
	ConflictStored                // stored; ErrConflict
	Conflict                      // not stored; ErrConflict
)

// Limit is the most bytes that a message may have, unless Log.MaxMessage says otherwise.
const Limit = 1 << 20

// Log is an eventstore.Log in memory.
type Log struct {
	// OnAppend, where set, decides what becomes of each append. It is called without any lock
	// held, so it may use the log. Set it before the log is shared.
	OnAppend func(number uint64, data []byte) Outcome
	// MaxMessage is the limit of a message; 0 means Limit.
	MaxMessage int

	mu       sync.Mutex
	messages [][]byte      // guarded by mu; only ever appended to
	delayed  *delayed      // guarded by mu
	grown    chan struct{} // closed with the next message; nil where nobody waits for it; guarded by mu
}

type delayed struct {
	number uint64
	data   []byte
}

var _ eventstore.Log = (*Log)(nil)

// New returns an empty log.
func New() *Log { return &Log{} }

// Append implements eventstore.Log.
func (l *Log) Append(ctx context.Context, number uint64, data []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(data) > l.Limit() {
		return &eventstore.TooLarge{What: "commit", Size: len(data), Limit: l.Limit()}
	}
	outcome := Deliver
	if l.OnAppend != nil {
		outcome = l.OnAppend(number, data)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch outcome {
	case LoseRequest:
		return eventstore.ErrUnknown
	case Conflict:
		return eventstore.ErrConflict
	case Delay:
		l.delayed = &delayed{number, bytes.Clone(data)}
		return eventstore.ErrUnknown
	}
	stored := l.store(number, data)
	switch {
	case outcome == LoseAnswer:
		return eventstore.ErrUnknown
	case outcome == ConflictStored, !stored:
		return eventstore.ErrConflict
	}
	return nil
}

// store keeps a message if its number is the next. The lock is held.
func (l *Log) store(number uint64, data []byte) bool {
	if number != uint64(len(l.messages))+1 {
		return false
	}
	l.messages = append(l.messages, bytes.Clone(data))
	if l.grown != nil {
		close(l.grown)
		l.grown = nil
	}
	return true
}

// Load implements eventstore.Log.
func (l *Log) Load(ctx context.Context, number uint64) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if number == 0 || number > uint64(len(l.messages)) {
		if d := l.delayed; d != nil {
			l.delayed = nil
			l.store(d.number, d.data)
		}
		return nil, eventstore.ErrNotYet
	}
	if l.messages[number-1] == nil {
		return nil, missing(number)
	}
	return bytes.Clone(l.messages[number-1]), nil
}

// Read implements eventstore.Log.
func (l *Log) Read(ctx context.Context, from uint64, yield func(uint64, []byte) error) error {
	messages, _ := l.now(false)
	return hand(ctx, messages, from, yield)
}

// Tail implements eventstore.Log.
func (l *Log) Tail(ctx context.Context, from uint64, yield func(uint64, []byte) error) error {
	for {
		messages, grown := l.now(true)
		if err := hand(ctx, messages, from, yield); err != nil {
			return err
		}
		from = uint64(len(messages)) + 1
		select {
		case <-grown:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// now returns the messages that there are and, where somebody will wait, what is closed with the next one.
func (l *Log) now(wait bool) (messages [][]byte, grown <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if wait && l.grown == nil {
		l.grown = make(chan struct{})
	}
	return l.messages[:len(l.messages):len(l.messages)], l.grown
}

// hand gives each message from a number on to yield.
func hand(ctx context.Context, messages [][]byte, from uint64, yield func(uint64, []byte) error) error {
	for number := max(from, 1); number <= uint64(len(messages)); number++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if messages[number-1] == nil {
			return missing(number)
		}
		if err := yield(number, bytes.Clone(messages[number-1])); err != nil {
			return err
		}
	}
	return nil
}

func missing(number uint64) error {
	return &eventstore.Damage{Commit: number, Reason: "the commit is missing"}
}

// Limit implements eventstore.Log.
func (l *Log) Limit() int {
	if l.MaxMessage > 0 {
		return l.MaxMessage
	}
	return Limit
}

// Durability implements eventstore.Log.
func (l *Log) Durability() ledgerv1.Durability { return ledgerv1.Durability_DURABILITY_MEMORY }

// Kind implements eventstore.Log.
func (l *Log) Kind() ledgerv1.StoreKind { return ledgerv1.StoreKind_STORE_KIND_MEMORY }

// Messages returns a copy of all there is, for a test that will damage it.
func (l *Log) Messages() [][]byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	messages := make([][]byte, len(l.messages))
	for i, m := range l.messages {
		messages[i] = bytes.Clone(m)
	}
	return messages
}

// Of returns a log that holds the messages as they are, however damaged. A nil message is one that is
// gone.
func Of(messages [][]byte) *Log {
	return &Log{messages: messages}
}
