package replica

import (
	"slices"

	"github.com/bits-and-blooms/bloom/v3"

	"milepost.dev/internal/request"
)

// filters say of nearly every key that is not in the files of the index that it is not. A lookup costs one or two looks
// into memory for each of them, and each has twice the room of the one before, so that there are few whatever the ledger holds.
//
// They are never changed: with returns others.
type filters []*filter

type filter struct {
	bits       *bloom.BloomFilter
	keys, room uint
}

const (
	leastRoom = 1 << 16 // keys of the first filter
	// wrongly is how often a filter sends somebody to the files for a key that is not there. It costs 13 bits a key.
	wrongly = 0.002
)

// mayHold is false where the key was never added.
func (fs filters) mayHold(k request.Key) bool {
	for _, f := range fs {
		if f.bits.Test(k[:]) {
			return true
		}
	}
	return false
}

// newFilter returns one that has room for so many keys.
func newFilter(keys uint) *filter {
	room := max(keys, leastRoom)
	return &filter{bits: bloom.NewWithEstimates(room, wrongly), room: room}
}

// add is for who makes a filter.
func (f *filter) add(k request.Key) {
	f.bits.Add(k[:])
	f.keys++
}

// with returns filters that hold the keys too. Only the last filter is copied.
func (fs filters) with(keys map[request.Key]uint64) filters {
	next := slices.Clone(fs)
	last, n := len(next)-1, uint(len(keys))
	switch {
	case last >= 0 && next[last].keys+n <= next[last].room:
		next[last] = &filter{bits: next[last].bits.Copy(), keys: next[last].keys, room: next[last].room}
	case last >= 0:
		next = append(next, newFilter(max(n, 2*next[last].room)))
	default:
		next = append(next, newFilter(n))
	}
	for k := range keys {
		next[len(next)-1].add(k)
	}
	return next
}
