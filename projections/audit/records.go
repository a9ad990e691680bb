package audit

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"milepost.dev/eventstore"
	"milepost.dev/projections"
)

// Records is the Ledger of a store: it hands out stored records by position. It keeps the commits it read last, because who asks for
// one record mostly asks for the next one too, and many ask for the newest ones at once. It is safe for concurrent use.
type Records struct {
	store eventstore.Log
	book  *projections.Book

	mu    sync.Mutex
	kept  []*eventstore.Commit // the one that was used last is last; guarded by mu
	holds int                  // bytes in all, as they are stored; guarded by mu
}

// recordsKept bounds how many bytes of commits are kept in all. A commit with more is kept alone.
const recordsKept = 4 << 20

// NewRecords returns a reader of the records in a store, up to where the book has got.
func NewRecords(store eventstore.Log, book *projections.Book) *Records {
	return &Records{store: store, book: book}
}

// Record returns the record at a position that the book has reached. No store is asked while another caller waits for one.
func (r *Records) Record(ctx context.Context, position uint64) (eventstore.Record, error) {
	commit := r.find(position)
	if commit == nil {
		number := r.book.CommitOf(position)
		data, err := r.store.Load(ctx, number)
		if err != nil {
			return eventstore.Record{}, fmt.Errorf("read the record at position %d: %w", position, err)
		}
		if commit, err = eventstore.Decode(number, data); err != nil {
			return eventstore.Record{}, err
		}
		if position < commit.First || position > commit.Last {
			return eventstore.Record{}, &eventstore.Damage{Position: position, Commit: commit.Number, Reason: "the commit does not hold the record it should"}
		}
		r.keep(commit)
	}
	return commit.Records[position-commit.First], nil
}

// find is the commit of a position; nil where it is not kept.
func (r *Records) find(position uint64) *eventstore.Commit {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := len(r.kept) - 1; i >= 0; i-- {
		if c := r.kept[i]; c.First <= position && position <= c.Last {
			r.kept = append(slices.Delete(r.kept, i, i+1), c)
			return c
		}
	}
	return nil
}

// keep keeps a commit, and lets go of those that were used least lately where there are too many.
func (r *Records) keep(c *eventstore.Commit) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if slices.ContainsFunc(r.kept, func(k *eventstore.Commit) bool { return k.Number == c.Number }) {
		return // another caller was as fast
	}
	r.kept, r.holds = append(r.kept, c), r.holds+len(c.Bytes)
	for len(r.kept) > 1 && r.holds > recordsKept {
		r.holds -= len(r.kept[0].Bytes)
		r.kept = slices.Delete(r.kept, 0, 1)
	}
}
