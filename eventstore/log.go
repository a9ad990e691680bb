package eventstore

import (
	"context"
	"errors"
	"fmt"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
)

// Log is where the bytes of commits are kept: a sequence of messages numbered densely from 1, to which
// one writer appends. It checks nothing of what the bytes say; Chain does.
//
// An implementation MUST be safe for concurrent readers beside the one goroutine that appends.
type Log interface {
	// Append stores data as message number, and only as that one.
	//
	// When it returns nil the message MUST be durable as Durability says, and Load and Read MUST
	// find it. An implementation MUST NOT store it under another number, and answers *Misplaced when
	// the store says that it did. It answers *TooLarge when data is above Limit and nothing was
	// sent; ErrConflict when the store said that number is not the next; ErrUnknown when there was
	// no clear answer in time. The last two prove nothing: the message may be stored, be about to be
	// stored, or never be. Ledger finds out which. Any other error means that nothing was sent.
	Append(ctx context.Context, number uint64, data []byte) error

	// Load returns message number from the authority: never from a replica that may lag. It
	// answers ErrNotYet when the log does not reach so far, ErrUnknown when there was no clear
	// answer, and *Damage (with no position: a log knows none) when the message is gone or cannot
	// be read.
	Load(ctx context.Context, number uint64) ([]byte, error)

	// Read calls yield for each message from number on, in order and without a gap, up to the last
	// one there was when Read was called. It stops at the first error of yield and returns it; a
	// gap or an unreadable message is a *Damage. The bytes belong to yield.
	Read(ctx context.Context, from uint64, yield func(number uint64, data []byte) error) error

	// Tail is a Read without an end: it waits for the messages that are still to come, and calls yield for each. It
	// returns the first error of yield, a *Damage as Read does, that of ctx when ctx ends, and ErrUnknown when there
	// is no clear answer; then the caller may begin again where it was.
	Tail(ctx context.Context, from uint64, yield func(number uint64, data []byte) error) error

	// Limit is the most bytes that one message may have.
	Limit() int

	// Durability says what holds when Append returns.
	Durability() ledgerv1.Durability

	// Kind says what the log is kept in. Every opening names it.
	Kind() ledgerv1.StoreKind
}

var (
	// ErrConflict: the store says that another message has this number, or that the number is not
	// the next one.
	ErrConflict = errors.New("eventstore: the log is not where the writer expected it")
	// ErrUnknown: no clear answer; the message may or may not be stored.
	ErrUnknown = errors.New("eventstore: the log gave no clear answer")
	// ErrNotYet: the log does not reach so far.
	ErrNotYet = errors.New("eventstore: the log does not reach so far")
	// ErrFenced: another writer has taken over. Fatal: everything undecided must be dropped.
	ErrFenced = errors.New("eventstore: another writer has taken over this ledger")
	// ErrUnresolved: an append stayed unknown past the bound. Fatal: leave, start again, and read.
	ErrUnresolved = errors.New("eventstore: it could not be found out whether a commit was stored")
)

// TooLarge is an append above a bound. Nothing was stored.
type TooLarge struct {
	What        string // "record", "request" or "commit"
	Size, Limit int    // bytes
}

func (e *TooLarge) Error() string {
	return fmt.Sprintf("eventstore: a %s of %d bytes is above the limit of %d", e.What, e.Size, e.Limit)
}

// Misplaced is a store that put a message elsewhere than it was told to. Fatal: the store does not do
// what the ledger rests on.
type Misplaced struct {
	Want, Have uint64 // numbers
	Stream     string // that said so
}

func (e *Misplaced) Error() string {
	return fmt.Sprintf("eventstore: a commit sent as number %d was stored as number %d of %q", e.Want, e.Have, e.Stream)
}

// Damage is a ledger that is not what was written. Nothing from Position on can be trusted.
type Damage struct {
	Position uint64 // the first position that is wrong or missing; 0 where only a Chain could say
	Commit   uint64 // the number of the commit in which it shows
	Reason   string
}

func (e *Damage) Error() string {
	if e.Position == 0 {
		return fmt.Sprintf("the ledger is damaged at commit %d: %s", e.Commit, e.Reason)
	}
	return fmt.Sprintf("the ledger is damaged at position %d (commit %d): %s", e.Position, e.Commit, e.Reason)
}
