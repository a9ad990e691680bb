package audit

import (
	"context"
	"fmt"
	"sync"

	"milepost.dev/eventstore"
	"milepost.dev/projections"
)

// Records is the Ledger of a store: it hands out stored records by position. It keeps the commit it read last, because who asks for
// one record mostly asks for the next one too.
type Records struct {
	store eventstore.Log
	book  *projections.Book

	mu   sync.Mutex
	last *eventstore.Commit // guarded by mu
}

// NewRecords returns a reader of the records in a store, up to where the book has got.
func NewRecords(store eventstore.Log, book *projections.Book) *Records {
	return &Records{store: store, book: book}
}

// Record returns the record at a position that the book has reached.
func (r *Records) Record(ctx context.Context, position uint64) (eventstore.Record, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.last == nil || position < r.last.First || position > r.last.Last {
		number := r.book.CommitOf(position)
		data, err := r.store.Load(ctx, number)
		if err != nil {
			return eventstore.Record{}, fmt.Errorf("read the record at position %d: %w", position, err)
		}
		if r.last, err = eventstore.Decode(number, data); err != nil {
			r.last = nil
			return eventstore.Record{}, err
		}
	}
	if position < r.last.First || position > r.last.Last {
		return eventstore.Record{}, &eventstore.Damage{Position: position, Commit: r.last.Number, Reason: "the commit does not hold the record it should"}
	}
	return r.last.Records[position-r.last.First], nil
}
