package eventstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
)

// Ledger is the one writer of a log. It belongs to one goroutine.
//
// What it promises: a commit is appended after the commit that this writer believes to be last, or not
// at all (the fence); Append answers only when the commit is durable; and a commit whose fate is not
// known is found out before anything else is appended.
type Ledger struct {
	log   Log
	chain *Chain
	// unresolved holds the exact bytes of an append that got no clear answer; nil otherwise.
	unresolved []byte
}

// Bounds of finding out.
const (
	// appendWithin is how long one attempt may take before its outcome is unknown. A slow disk may
	// need seconds for one fsync.
	appendWithin = 10 * time.Second
	// resolveWithin is how long a take-over tries to find out about its own opening.
	resolveWithin = 30 * time.Second
	// retryAfter is the pause between two attempts to find out.
	retryAfter = 50 * time.Millisecond
)

// Replay reads every commit after the chain's last one, checks it, and hands it to apply in order.
func Replay(ctx context.Context, log Log, chain *Chain, apply func(*Commit) error) error {
	return Follow(chain, func(yield func(uint64, []byte) error) error {
		return log.Read(ctx, chain.Commit+1, yield)
	}, apply)
}

// Follow is Replay for any walk over messages that begins with the one after the chain's last.
func Follow(chain *Chain, walk func(yield func(number uint64, data []byte) error) error, apply func(*Commit) error) error {
	return follow(chain, walk, chain.Next, apply)
}

// FollowExamined is Follow for a walk over messages that were examined.
func FollowExamined(chain *Chain, walk func(yield func(number uint64, e *Examined) error) error, apply func(*Commit) error) error {
	return follow(chain, walk, chain.NextExamined, apply)
}

func follow[M any](chain *Chain, walk func(yield func(uint64, M) error) error, next func(M) (*Commit, error), apply func(*Commit) error) error {
	return chain.locate(walk(func(number uint64, message M) error {
		if number != chain.Commit+1 {
			return &Damage{Commit: chain.Commit + 1, Reason: fmt.Sprintf("commit %d stands in its place", number)}
		}
		commit, err := next(message)
		if err != nil {
			return err
		}
		return apply(commit)
	}))
}

// locate gives the damage that a log found the position that a log cannot know: everything up to the
// chain is whole, so it begins with the next record.
func (c *Chain) locate(err error) error {
	var damage *Damage
	if !errors.As(err, &damage) || damage.Position != 0 {
		return err
	}
	located := *damage
	located.Position = c.Position + 1
	return &located
}

// TakeOver makes the caller the writer of the log: it reads to the end, and appends an opening with the
// term raised by one. Only when that is stored may anything be decided; whoever wrote before is fenced.
// The ledger keeps its origin, whatever the opening says, unless the opening says that it was restored.
// In an empty log an origin of nil is an error. What the log is kept in is written into the opening.
func TakeOver(ctx context.Context, log Log, chain *Chain, opening *ledgerv1.Opening, apply func(*Commit) error) (*Ledger, error) {
	if err := Replay(ctx, log, chain, apply); err != nil {
		return nil, err
	}
	if chain.Origin != nil && opening.RestoredFrom == nil {
		opening.Origin = chain.Origin
	}
	opening.Store = log.Kind()
	data, err := chain.buildOpening(log.Durability(), opening)
	if err != nil {
		return nil, err
	}
	l := &Ledger{log: log, chain: chain}
	commit, err := l.append(ctx, data)
	if errors.Is(err, ErrUnknown) {
		bounded, cancel := context.WithTimeout(ctx, resolveWithin)
		commit, err = l.Resolve(bounded)
		cancel()
	}
	if err != nil {
		return nil, err
	}
	return l, apply(commit)
}

// Append makes the requests durable in one commit, and returns it as it is stored.
//
// ErrUnknown means that nobody knows whether it is stored: the caller MUST drop what it decided on top
// of it and call Resolve before it decides anything. *Misplaced is fatal. Any other error means that
// nothing was stored.
func (l *Ledger) Append(ctx context.Context, requests []Request) (*Commit, error) {
	if l.unresolved != nil {
		return nil, ErrUnknown
	}
	data, err := l.chain.build(l.log.Durability(), requests)
	if err != nil {
		return nil, err
	}
	return l.append(ctx, data)
}

func (l *Ledger) append(ctx context.Context, data []byte) (*Commit, error) {
	if len(data) > l.log.Limit() {
		return nil, &TooLarge{What: "commit", Size: len(data), Limit: l.log.Limit()}
	}
	checked, err := l.chain.check(data)
	if err != nil {
		return nil, fmt.Errorf("eventstore: this commit would damage the ledger and was not stored: %w", err)
	}
	attempt, cancel := context.WithTimeout(ctx, appendWithin)
	defer cancel()
	var misplaced *Misplaced
	switch err := l.log.Append(attempt, checked.commit.Number, data); {
	case err == nil:
		l.chain.advance(checked)
		return checked.commit, nil
	case errors.Is(err, ErrConflict), errors.Is(err, ErrUnknown):
		l.unresolved = data
		return nil, ErrUnknown
	case errors.As(err, &misplaced):
		l.unresolved = data // so that nothing can follow
		return nil, err
	default:
		return nil, err
	}
}

// Resolve finds out what became of the append that answered ErrUnknown. It publishes the very same
// bytes under the very same number until the log holds a commit there, and compares: its own was
// committed, once; another's is ErrFenced. When ctx ends first it answers ErrUnresolved.
//
// The number in the log's refusal and the absence of a message prove nothing, so neither is believed.
func (l *Ledger) Resolve(ctx context.Context) (*Commit, error) {
	number := l.chain.Commit + 1
	if l.unresolved == nil {
		return nil, fmt.Errorf("eventstore: nothing to resolve at commit %d", number)
	}
	for {
		switch stored, err := l.load(ctx, number); {
		case err == nil && bytes.Equal(stored, l.unresolved):
			l.unresolved = nil
			return l.chain.Next(stored)
		case err == nil:
			return nil, ErrFenced
		case ctx.Err() != nil:
			return nil, ErrUnresolved
		case !errors.Is(err, ErrNotYet) && !errors.Is(err, ErrUnknown):
			return nil, l.chain.locate(err)
		}
		attempt, cancel := context.WithTimeout(ctx, appendWithin)
		err := l.log.Append(attempt, number, l.unresolved)
		cancel()
		if err != nil && ctx.Err() == nil && !errors.Is(err, ErrConflict) && !errors.Is(err, ErrUnknown) {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, ErrUnresolved
		case <-time.After(retryAfter):
		}
	}
}

func (l *Ledger) load(ctx context.Context, number uint64) ([]byte, error) {
	attempt, cancel := context.WithTimeout(ctx, appendWithin)
	defer cancel()
	return l.log.Load(attempt, number)
}

// Recycle takes back a commit that Append answered and nobody has any part of but its bytes: a later one is read into it.
func (l *Ledger) Recycle(commit *Commit) { l.chain.Recycle(commit) }

// Chain returns a copy of where the ledger stands.
func (l *Ledger) Chain() *Chain { return l.chain.Clone() }

// Term is the writer's own.
func (l *Ledger) Term() uint64 { return l.chain.Term }

// RecordedAt is when the last request was accepted, in microseconds since 1970; 0 before the first.
func (l *Ledger) RecordedAt() int64 { return l.chain.RecordedAt }

// Room is how many bytes of requests, by their Size, one commit may hold.
func (l *Ledger) Room() int { return l.log.Limit() - frameSize }
