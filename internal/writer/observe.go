package writer

import (
	"context"

	"milepost.dev/eventstore"
)

// Appending is told of a commit of so many requests before it is made durable, and what it returns is told what
// came of it: the commit, or an error and no commit. Both are called by the one goroutine that appends, which
// waits for them. The context that it returns goes on to the store.
type Appending func(ctx context.Context, requests int) (context.Context, func(*eventstore.Commit, error))

func noAppending(ctx context.Context, _ int) (context.Context, func(*eventstore.Commit, error)) {
	return ctx, func(*eventstore.Commit, error) {}
}

// Queue is what waits of Submit's requests; those of streams are not in it.
type Queue struct {
	Requests, MostRequests int
	Bytes, MostBytes       int64 // of the requests as they were sent
}

// Queue is what waits at the moment, and how much may.
func (w *Writer) Queue() Queue {
	requests, most := w.Waiting()
	return Queue{Requests: requests, MostRequests: most, Bytes: w.bytes.Load(), MostBytes: maxWaitingFor}
}
