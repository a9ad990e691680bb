package projections

import (
	"time"
)

// RecordedAfter is when the ledger accepted the first request that the book knows after a position. False: there
// is none, and whoever has come to that position has all of it.
func (b *Book) RecordedAfter(position uint64) (time.Time, bool) {
	i, n := b.requests.search(func(end requestEnd) bool { return end.last > position })
	if i == n {
		return time.Time{}, false
	}
	return time.UnixMicro(b.requests.at(i).recordedAt), true
}
