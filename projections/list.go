package projections

import "sync/atomic"

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
