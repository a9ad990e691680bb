package writer

import (
	"milepost.dev/eventstore"
	"milepost.dev/internal/parties"
	"milepost.dev/internal/request"
	"milepost.dev/internal/writer/quota"
)

// batch is what becomes one commit, and who waits for it.
type batch struct {
	number   uint64
	requests []eventstore.Request
	keys     []request.Key     // of requests
	names    []*parties.Naming // new ones, of requests: they are kept before the batch is
	charges  []quota.Charge    // of requests, until it is durable
	size     int
	waiting  []waiting
}

func (l *loop) newBatch() *batch {
	l.batches++
	b := l.spare
	if l.spare = nil; b == nil {
		b = &batch{}
	}
	b.number = l.batches
	return b
}

// mostKept is the most requests that there is room for in a batch that is used again.
const mostKept = 4096

// empty makes a batch ready to be used again. Its lists are as long as many requests come together, which is about as many each time.
func (b *batch) empty() *batch {
	if cap(b.requests) > mostKept || cap(b.waiting) > mostKept {
		return nil
	}
	clear(b.requests)
	clear(b.names)
	clear(b.charges)
	clear(b.waiting)
	*b = batch{requests: b.requests[:0], keys: b.keys[:0], names: b.names[:0], charges: b.charges[:0], waiting: b.waiting[:0]}
	return b
}
