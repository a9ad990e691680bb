package writer

import (
	"context"

	"milepost.dev/eventstore"
	"milepost.dev/internal/parties"
)

// appendOrder is what the appender is to make durable.
type appendOrder struct {
	requests []eventstore.Request
	names    []*parties.Naming  // new ones in them
	spent    *eventstore.Commit // one that nobody has any part of any more; nil where there is none
	chain    bool               // a save is due: say where the ledger stands afterwards
}

// appendResult is what the appender says of one append, or of having found out about one.
type appendResult struct {
	commit     *eventstore.Commit
	chain      *eventstore.Chain // after it, where it was asked for
	recordedAt int64
	unnamed    error // why the names could not be kept: then nothing was appended
	err        error
}

// appendAll is the appender: the goroutine that owns the ledger. It ends when toAppend is closed.
func (w *Writer) appendAll(ctx context.Context, ledger *eventstore.Ledger) {
	for {
		var r appendResult
		select {
		case order, open := <-w.toAppend:
			if !open {
				return
			}
			// A name is durable before the commit that names it.
			if r.unnamed = keep(ctx, order.names); r.unnamed != nil {
				break
			}
			if order.spent != nil {
				ledger.Recycle(order.spent)
			}
			within, ended := w.appending(ctx, len(order.requests))
			r.commit, r.err = ledger.Append(within, order.requests)
			ended(r.commit, r.err)
			if r.err == nil && order.chain {
				r.chain = ledger.Chain()
			}
		case <-w.toResolve:
			bounded, cancel := context.WithTimeout(ctx, w.within)
			r.commit, r.err = ledger.Resolve(bounded)
			cancel()
		}
		r.recordedAt = ledger.RecordedAt()
		w.appended <- r
	}
}

// keep keeps the new names of the requests of a batch.
func keep(ctx context.Context, of []*parties.Naming) error {
	for _, names := range of {
		if err := names.Keep(ctx); err != nil {
			return err
		}
	}
	return nil
}
