package milestone

import (
	"reflect"
	"slices"
	"sort"

	"milepost.dev/domain/civil"
)

// Told is a milestone's statements, numbered from 0 in order of position.
type Told interface {
	// Statement returns one of them. It need say no more than what a State is made of.
	Statement(i int) Statement
	// AsAt returns the day that one of them is about.
	AsAt(i int) civil.Date
	// By returns the number of who told one of them, as its By.
	By(i int) uint32
}

// List is statements that are there already, as Told.
type List []Statement

func (l List) Statement(i int) Statement { return l[i] }
func (l List) AsAt(i int) civil.Date     { return l[i].AsAt }
func (l List) By(i int) uint32           { return l[i].By }

// History keeps the states of a milestone along the way, in order of (as-at day, position): a fold of many statements need
// begin only a few before its end, and one that comes late is folded with those after it. What it answers is what
// FoldAsAt says of the statements.
//
// It is a value: Extend returns another one and leaves the older as it was, so any number of goroutines may ask it.
// The zero History is that of no statements.
type History struct {
	count  int
	blocks []*block // each begins not before the last statement of the one before it
	newest State
}

// block is some statements that follow each other in order of (as-at day, position). Histories share it, so that nobody writes
// to it but the extension that made it.
type block struct {
	first  civil.Date // the day that the first of them is about
	order  []uint32   // their numbers
	before *State     // what all blocks before it lead to; never written to
}

const (
	blockOf = 32 // statements of a block that nothing was put into late; it has up to twice as many
	// triesToMeet bounds the blocks after a late statement of which it is asked whether they end as they did before.
	triesToMeet = 4
)

// Len is how many statements it knows: the first so many.
func (h *History) Len() int { return h.count }

// Newest is the state that all of them lead to. It MUST NOT be written to.
func (h *History) Newest() *State { return &h.newest }

// At is the state as it stood on a day: what the statements for it and for earlier days lead to. The statements are those
// that it was made of.
func (h *History) At(day civil.Date, told Told) (s State) {
	k := h.block(day)
	if k < 0 {
		return s
	}
	if b := h.blocks[k]; b.before != nil {
		s = *b.before
	}
	for _, i := range h.blocks[k].order {
		if told.AsAt(int(i)).After(day) {
			break
		}
		next := told.Statement(int(i))
		s.take(&next)
	}
	return s
}

// block returns the last block that begins on a day or before it; -1 where none does.
func (h *History) block(day civil.Date) int {
	return sort.Search(len(h.blocks), func(k int) bool { return h.blocks[k].first.After(day) }) - 1
}

// Extend returns the history of the first n statements, which begin with those that it knows.
func (h *History) Extend(n int, told Told) *History {
	if n == h.count {
		return h
	}
	e := extension{History: History{count: h.count, blocks: slices.Clone(h.blocks), newest: h.newest}, told: told, own: -1}
	for ; e.count < n; e.count++ {
		s := told.Statement(e.count)
		if len(e.blocks) > 0 && s.AsAt.Before(e.newest.LastAsAt) {
			e.late(s.AsAt)
		} else {
			e.next(&s)
		}
	}
	return &e.History
}

// extension is a history while it is made of an older one.
type extension struct {
	History
	told Told
	own  int // the block that no older history shares; -1 where each is shared
}

// next adds a statement that comes after all others.
func (e *extension) next(s *Statement) {
	last := len(e.blocks) - 1
	if last < 0 || len(e.blocks[last].order) >= blockOf {
		before := e.newest
		last++
		e.blocks, e.own = append(e.blocks, &block{first: s.AsAt, order: make([]uint32, 0, blockOf), before: &before}), last
	}
	if e.own != last {
		b := *e.blocks[last]
		b.order = append(make([]uint32, 0, blockOf), b.order...)
		e.blocks[last], e.own = &b, last
	}
	b := e.blocks[last]
	b.order = append(b.order, uint32(e.count))
	e.newest.take(s)
}

// late puts a statement into its place among the others. Its position is the highest, so it is the last of its day.
func (e *extension) late(day civil.Date) {
	k := max(e.block(day), 0)
	b := *e.blocks[k]
	at := sort.Search(len(b.order), func(i int) bool { return e.told.AsAt(int(b.order[i])).After(day) })
	order := make([]uint32, 0, len(b.order)+1)
	b.order = append(append(append(order, b.order[:at]...), uint32(e.count)), b.order[at:]...)
	b.first = min(b.first, day)
	e.own = -1
	e.blocks[k] = &b
	if len(b.order) > 2*blockOf {
		half := len(b.order) / 2
		e.blocks = slices.Insert(e.blocks, k+1, &block{first: e.told.AsAt(int(b.order[half])), order: b.order[half:]})
		b.order = b.order[:half:half]
	}
	e.refold(k)
}

// refold works out again what a block and those after it lead to, up to one that begins as it did before: from there on
// nothing is changed.
func (e *extension) refold(k int) {
	var s State
	if before := e.blocks[k].before; before != nil {
		s = *before
	}
	for tries := 0; ; k++ {
		for _, i := range e.blocks[k].order {
			next := e.told.Statement(int(i))
			s.take(&next)
		}
		if k+1 == len(e.blocks) {
			e.newest = s
			return
		}
		following := *e.blocks[k+1]
		if following.before != nil && tries < triesToMeet {
			if tries++; reflect.DeepEqual(&s, following.before) {
				return
			}
		}
		before := s
		following.before = &before
		e.blocks[k+1] = &following
	}
}
