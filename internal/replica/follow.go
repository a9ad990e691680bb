package replica

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
	"milepost.dev/eventstore"
	"milepost.dev/internal/codec"
	"milepost.dev/internal/parties"
)

// Names are what party ids stand for, kept beside the ledger.
type Names interface {
	// Learn makes the name of a party known that another process kept. It answers *parties.Missing where none is kept.
	Learn(ctx context.Context, id string) error
	// Hide takes names out of memory that the ledger says are forgotten.
	Hide(ids iter.Seq[string])
	// Completed is told that, as the ledger says, everything is kept under a key: the ones before it are destroyed.
	Completed(ctx context.Context, key parties.EpochID) error
}

// Bounds of following.
const (
	// nameWithin is how long the names may come later than the commit that names them.
	nameWithin = 10 * time.Second
	// askAgain is the pause before what got no clear answer is asked for again.
	askAgain = 100 * time.Millisecond
)

// Follow owns the replica until ctx ends: it reads what is appended to the log by another process, as it comes, and
// saves the fold when enough has come. Before a commit is shown, the parties in it have their names.
//
// It returns ctx's error, *eventstore.Damage where the log is not what was read before, or *parties.Missing. A record
// that cannot be read does not end it: the book stops there, and the rest is still checked.
func (r *Replica) Follow(ctx context.Context, log eventstore.Log) error {
	for {
		err := r.settle(ctx)
		if err == nil {
			err = r.tail(ctx, log)
		}
		if !errors.Is(err, eventstore.ErrUnknown) {
			return err
		}
		if err := pause(ctx); err != nil {
			return err
		}
	}
}

// tail follows until there is no clear answer.
func (r *Replica) tail(ctx context.Context, log eventstore.Log) error {
	return eventstore.Follow(r.chain, func(yield func(uint64, []byte) error) error {
		return log.Tail(ctx, r.chain.Commit+1, yield)
	}, func(c *eventstore.Commit) error {
		if err := r.Take(ctx, c); err != nil {
			return err
		}
		r.keepSaved()
		return nil
	})
}

// settle adds the commit whose names could not be read before.
func (r *Replica) settle(ctx context.Context) error {
	if r.owed == nil {
		return nil
	}
	c := r.owed
	r.owed = nil
	return r.Take(ctx, c)
}

// keepSaved begins a save where one is due, and ends the one before.
func (r *Replica) keepSaved() {
	select {
	case s := <-r.saved:
		r.EndSave(s)
	default:
	}
	if r.SaveDue() {
		r.BeginSave(r.chain.Clone())
	}
}

// Know hands over the directory in which the names of parties are looked up from now on, before a commit that names
// them is shown.
func (r *Replica) Know(names Names) { r.names = names }

// Take adds a commit that another process wrote. Where the names in it cannot be read it answers eventstore.ErrUnknown: the chain has
// the commit already, so it is added first of all when the replica goes on, whoever owns it then.
func (r *Replica) Take(ctx context.Context, c *eventstore.Commit) error {
	if r.names != nil {
		bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), nameWithin)
		err := r.learn(bounded, c)
		cancel()
		if errors.As(err, new(*parties.Missing)) {
			return err
		}
		if err != nil {
			r.owed = c
			return fmt.Errorf("%w: %w", eventstore.ErrUnknown, err)
		}
	}
	return r.apply(c)
}

// learn asks for the names of the parties in a commit.
func (r *Replica) learn(ctx context.Context, c *eventstore.Commit) error {
	for party := range speakers(c) {
		if err := r.learnOne(ctx, party); err != nil {
			return err
		}
	}
	for i := range c.Records {
		decoded, err := codec.Decode(c.Records[i].Type, c.Records[i].Payload)
		if err != nil {
			continue // the book says so
		}
		if epoch, ok := decoded.OfPlan.(plan.EpochBegun); ok {
			r.names.Hide(func(yield func(string) bool) {
				for _, party := range epoch.Forgotten {
					if !yield(string(party)) {
						return
					}
				}
			})
		}
		if epoch, ok := decoded.OfPlan.(plan.EpochComplete); ok {
			if err := r.askUntil(ctx, func() error { return r.names.Completed(ctx, epoch.Key) }); err != nil {
				return err
			}
		}
		for _, party := range append(milestone.Parties(decoded.OfMilestone), plan.Parties(decoded.OfPlan)...) {
			if err := r.learnOne(ctx, string(party)); err != nil {
				return err
			}
		}
	}
	return nil
}

// learnOne waits until ctx ends for a name that comes after its commit, and for a store that gives no answer.
func (r *Replica) learnOne(ctx context.Context, id string) error {
	return r.askUntil(ctx, func() error { return r.names.Learn(ctx, id) })
}

// askUntil repeats a question about names until ctx ends.
func (r *Replica) askUntil(ctx context.Context, ask func() error) error {
	for {
		err := ask()
		if err == nil {
			return nil
		}
		if pause(ctx) == nil {
			continue
		}
		var missing *parties.Missing
		if errors.As(err, &missing) {
			return err
		}
		return fmt.Errorf("names could not be read within %s: %w", nameWithin, err)
	}
}

func pause(ctx context.Context) error {
	select {
	case <-time.After(askAgain):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
