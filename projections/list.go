package projections

import (
	"sort"
	"sync/atomic"
)

// list grows at its end and nowhere else. One goroutine appends; any number read at the same time
// without a lock, and what they have read never changes under them.
type list[T any] struct {
	items atomic.Pointer[[]T] // at full capacity; replaced by a larger copy when it is full
	n     atomic.Int64        // how many of them readers may see
}

// append is for the one writer.
func (l *list[T]) append(v T) {
	n := int(l.n.Load())
	items := l.items.Load()
	if items == nil || n == len(*items) {
		larger := make([]T, grown(n))
		if items != nil {
			copy(larger, *items)
		}
		items = &larger
		l.items.Store(items)
	}
	(*items)[n] = v
	l.n.Store(int64(n + 1)) // only now is it there for readers
}

// grown is the next length after n. There are as many lists as milestones, and what they have to spare is
// memory that nobody uses.
func grown(n int) int {
	if n < 32 {
		return max(4, n+n/2)
	}
	return n + n/4
}

// all returns what there is. It must not be changed.
func (l *list[T]) all() []T {
	n := l.n.Load() // before items: items never gets shorter, so it holds at least n
	if n == 0 {
		return nil
	}
	return (*l.items.Load())[:n:n]
}

// pieceOf is how many items are in a piece of a long list.
const pieceOf = 1024

// long is a list that grows without being copied: there is one of them, and it has an item for each request. As
// with list, one goroutine appends and any number read.
type long[T any] struct {
	pieces atomic.Pointer[[]*[pieceOf]T]
	n      atomic.Int64 // how many items readers may see
}

// append is for the one writer.
func (l *long[T]) append(v T) {
	n := int(l.n.Load())
	if n%pieceOf == 0 {
		var pieces []*[pieceOf]T
		if before := l.pieces.Load(); before != nil {
			pieces = *before
		}
		pieces = append(pieces, new([pieceOf]T)) // beyond what any reader has seen of it
		l.pieces.Store(&pieces)
	}
	(*l.pieces.Load())[n/pieceOf][n%pieceOf] = v
	l.n.Store(int64(n + 1)) // only now is it there for readers
}

// len is how many there are, each of which at may be asked for from now on.
func (l *long[T]) len() int { return int(l.n.Load()) }

func (l *long[T]) at(i int) T { return (*l.pieces.Load())[i/pieceOf][i%pieceOf] }

// search returns the index of the first item for which f is true, as it is for all that follow it, and how many
// items there were to search: the same number where it is true for none.
func (l *long[T]) search(f func(T) bool) (i, n int) {
	n = l.len()
	return sort.Search(n, func(i int) bool { return f(l.at(i)) }), n
}
