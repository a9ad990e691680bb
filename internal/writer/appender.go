package writer

import (
	"context"

	"milepost.dev/eventstore"
)

// appendOrder is what the appender is to make durable.
type appendOrder struct {
	requests []eventstore.Request
	chain    bool // a save is due: say where the ledger stands afterwards
}

// appendResult is what the appender says of one append, or of having found out about one.
type appendResult struct {
	commit     *eventstore.Commit
	chain      *eventstore.Chain // after it, where it was asked for
	recordedAt int64
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
			within, ended := w.appending(ctx, len(order.requests))
			r.commit, r.err = ledger.Append(within, order.requests)
			ended(r.commit, r.err)
			if r.err == nil && order.chain {
				r.chain = ledger.Chain()
			}
		case <-w.toResolve:
			bounded, cancel := context.WithTimeout(ctx, resolveWithin)
			r.commit, r.err = ledger.Resolve(bounded)
			cancel()
		}
		r.recordedAt = ledger.RecordedAt()
		w.appended <- r
	}
}
