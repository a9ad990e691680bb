package replica

import (
	"context"
	"errors"
	"fmt"
	"time"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/milestone"
	"milepost.dev/eventstore"
	"milepost.dev/internal/codec"
	"milepost.dev/internal/parties"
)

// Names are what party ids stand for, kept beside the ledger.
type Names interface {
	// Learn makes the name of a party known that another process kept. It answers *parties.Missing where none is kept.
	Learn(ctx context.Context, id string) error
}

// Bounds of following.
const (
	// nameWithin is how long a name may come later than the commit that names it.
	nameWithin = 10 * time.Second
	// askAgain is the pause before what got no clear answer is asked for again.
	askAgain = 100 * time.Millisecond
)

// Follow owns the replica until ctx ends: it reads what is appended to the log by another process, as it comes, and
// saves the fold when enough has come. Before a commit is shown, the parties in it have their names.
//
// It returns ctx's error, *eventstore.Damage where the log is not what was read before, or *parties.Missing. A record
// that cannot be read does not end it: the book stops there, and the rest is still checked.
func (r *Replica) Follow(ctx context.Context, log eventstore.Log, names Names) error {
	for {
		err := eventstore.Follow(r.chain, func(yield func(uint64, []byte) error) error {
			return log.Tail(ctx, r.chain.Commit+1, yield)
		}, func(c *eventstore.Commit) error {
			if err := r.learn(ctx, c, names); err != nil {
				return err
			}
			if err := r.Apply(c); err != nil {
				return err
			}
			r.keepSaved()
			return nil
		})
		if !errors.Is(err, eventstore.ErrUnknown) {
			return err
		}
		if err := pause(ctx); err != nil {
			return err
		}
	}
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

// learn asks for the names of the parties in a commit.
func (r *Replica) learn(ctx context.Context, c *eventstore.Commit, names Names) error {
	for i := range c.Entries {
		if err := learnOne(ctx, names, c.Entries[i].Actor); err != nil {
			return err
		}
	}
	for i := range c.Records {
		record := &c.Records[i]
		for _, id := range [...]string{record.OnBehalfOf, record.Person} {
			if err := learnOne(ctx, names, id); err != nil {
				return err
			}
		}
		if record.Type != ledgerv1.EventType_EVENT_TYPE_OWNER_CHANGED {
			continue
		}
		decoded, err := codec.Decode(record.Type, record.Payload)
		if err != nil {
			continue // the book says so
		}
		if changed, ok := decoded.OfMilestone.(milestone.OwnerChanged); ok {
			if err := learnOne(ctx, names, string(changed.To)); err != nil {
				return err
			}
		}
	}
	return nil
}

// learnOne waits for a name that comes after its commit, and for a store that gives no answer.
func learnOne(ctx context.Context, names Names, id string) error {
	if id == "" {
		return nil
	}
	bounded, cancel := context.WithTimeout(ctx, nameWithin)
	defer cancel()
	for {
		err := names.Learn(bounded, id)
		if err == nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		if pause(bounded) == nil {
			continue
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var missing *parties.Missing
		if errors.As(err, &missing) {
			return err
		}
		return fmt.Errorf("the name of a party could not be read within %s: %w", nameWithin, err)
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
