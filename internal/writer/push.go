package writer

import (
	"context"
	"errors"

	"golang.org/x/sync/semaphore"
	"google.golang.org/protobuf/proto"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/access"
)

// Take puts the next request of a stream into the queue, and waits where the writer is full. What is wrong
// with the request is for the ticket to say.
type Take func(ctx context.Context, m *milepostv1.SubmitRequest) Ticket

// Ticket answers one request that was taken, as Submit would. It is asked once.
type Ticket func(ctx context.Context) (*milepostv1.SubmitResponse, error)

// lane is one stream of requests, which are decided in the order in which they were taken. Once one of
// them cannot be answered, none that was taken after it is decided: its reporter will send all of them
// again, and a later fact that overtook an earlier one would turn their order round.
type lane struct {
	places *semaphore.Weighted // of the writer
	broken bool                // owned by the loop
}

// answered is told of each answer, by the loop.
func (l *lane) answered(places int64, err error) {
	if err != nil {
		var unavailable *Unavailable
		l.broken = l.broken || errors.As(err, &unavailable)
	}
	l.places.Release(places)
}

// Push begins a stream of requests of a caller. Take belongs to one goroutine; its tickets may be used by
// another. A ticket whose error is *Unavailable ends the stream: nothing that was taken after it is decided.
func (w *Writer) Push(caller access.Caller) Take {
	l := &lane{places: w.pushed}
	var ended error // what could not even be taken, and so everything behind it
	return func(ctx context.Context, m *milepostv1.SubmitRequest) Ticket {
		if ended != nil {
			return refusedTicket(ended)
		}
		refused := func(err error) Ticket {
			var unavailable *Unavailable
			if errors.As(err, &unavailable) || ctx.Err() != nil {
				ended = err
			}
			return refusedTicket(err)
		}
		if err := w.open(); err != nil {
			return refused(err)
		}
		size := proto.Size(m)
		places := min(1+int64(size)/placeOf, maxPushed)
		if err := w.pushed.Acquire(ctx, places); err != nil {
			return refused(err)
		}
		q, err := w.readAndEnqueue(ctx, &caller, m, size, place{lane: l, places: places})
		if err != nil {
			w.pushed.Release(places)
			return refused(w.provedAsRead(ctx, err))
		}
		return func(ctx context.Context) (*milepostv1.SubmitResponse, error) { return w.await(ctx, q) }
	}
}

func refusedTicket(err error) Ticket {
	return func(context.Context) (*milepostv1.SubmitResponse, error) { return nil, err }
}
