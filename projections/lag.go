package projections

import (
	"sort"
	"time"
)

// RecordedAfter is when the ledger accepted the first request that the book knows after a position. False: there
// is none, and whoever has come to that position has all of it.
func (b *Book) RecordedAfter(position uint64) (time.Time, bool) {
	ends := b.requests.all()
	i := sort.Search(len(ends), func(i int) bool { return ends[i].last > position })
	if i == len(ends) {
		return time.Time{}, false
	}
	return time.UnixMicro(ends[i].recordedAt), true
}
