package milestone

import (
	"reflect"
	"slices"
	"sort"

	"milepost.dev/domain/civil"
)

// Replay answers where a milestone stood after one number of statements after another: an audit trail asks it of every event.
// Where a History is made of all statements that there are, a Replay moves on with them, and is changed in place. It is for one
// goroutine. A statement costs about as much as a block of statements, however many came before it. One that comes late costs
// more where it changes what holds after it for good: those states are worked out again when they are asked for.
//
// What it answers is what FoldAsAt says of the first so many statements. The zero Replay has reached none.
type Replay struct {
	count  int
	latest civil.Date // the last day that any of them is about
	blocks []block    // as those of a History
	// right is the last block whose state before it is worked out, as that of all blocks before it is.
	right int
}

// Replay returns a Replay that has reached the first n statements. It takes over what the history knows of them, which may know
// of later ones too.
func (h *History) Replay(n int, told Told) *Replay {
	r := &Replay{blocks: make([]block, 0, len(h.blocks)+1)}
	inPlace := true
	for _, b := range h.blocks {
		early := b.order
		if i := slices.IndexFunc(b.order, func(i uint32) bool { return int(i) >= n }); i >= 0 {
			early = slices.DeleteFunc(slices.Clone(b.order), func(i uint32) bool { return int(i) >= n })
		}
		if len(early) > 0 {
			r.add(block{first: told.AsAt(int(early[0])), order: slices.Clip(early), before: b.before}, inPlace)
			r.count += len(early)
			r.latest = told.AsAt(int(early[len(early)-1]))
		}
		inPlace = inPlace && len(early) == len(b.order)
	}
	r.Reach(n, told)
	return r
}

// add adds a block to the end; known: the state before it is right.
func (r *Replay) add(b block, known bool) {
	if known {
		r.right = len(r.blocks)
	}
	r.blocks = append(r.blocks, b)
}

// Reach takes in what follows of the first n statements, which begin with those that it has reached.
func (r *Replay) Reach(n int, told Told) {
	for ; r.count < n; r.count++ {
		day := told.AsAt(r.count)
		last := len(r.blocks) - 1
		switch {
		case last >= 0 && day.Before(r.latest):
			r.late(day, told)
			continue
		case last < 0:
			r.add(block{first: day}, true)
		case len(r.blocks[last].order) >= blockOf:
			r.add(block{first: day}, false)
		}
		b := &r.blocks[len(r.blocks)-1]
		b.order = append(b.order, uint32(r.count))
		r.latest = day
	}
}

// late puts a statement into its place among the others.
func (r *Replay) late(day civil.Date, told Told) {
	k := max(r.block(day), 0)
	b := &r.blocks[k]
	at := sort.Search(len(b.order), func(i int) bool { return told.AsAt(int(b.order[i])).After(day) })
	b.order = slices.Insert(b.order, at, uint32(r.count))
	b.first = min(b.first, day)
	split := len(b.order) > 2*blockOf
	if split {
		half := len(b.order) / 2
		second := block{first: told.AsAt(int(b.order[half])), order: slices.Clone(b.order[half:])}
		b.order = b.order[:half]
		r.blocks = slices.Insert(r.blocks, k+1, second)
	}
	if r.right > k {
		r.refold(k, split, told)
	}
}

// refold works out what a block leads to that a late statement was put into, and those after it as far as that is known. Where
// one ends soon as it did before, all states behind it stay; else they are worked out when they are asked for.
func (r *Replay) refold(k int, split bool, told Told) {
	known := r.right
	if split {
		known++
		r.right = k
		r.settle(k+1, told)
		k++
	}
	for tries := 0; k < known && tries < triesToMeet; tries++ {
		was := r.blocks[k+1].before
		r.right = k
		r.settle(k+1, told)
		if k++; reflect.DeepEqual(r.blocks[k].before, was) {
			r.right = known
			return
		}
	}
}

// settle works out the state before a block, and before those in front of it.
func (r *Replay) settle(k int, told Told) {
	for ; r.right < k; r.right++ {
		s := r.fold(r.right, civil.Last, told)
		r.blocks[r.right+1].before = &s
	}
}

// fold is the state that a block leads to, up to a day.
func (r *Replay) fold(k int, day civil.Date, told Told) (s State) {
	if before := r.blocks[k].before; before != nil {
		s = *before
	}
	for _, i := range r.blocks[k].order {
		if told.AsAt(int(i)).After(day) {
			break
		}
		next := told.Statement(int(i))
		s.take(&next)
	}
	return s
}

// block returns the last block that begins on a day or before it; -1 where none does.
func (r *Replay) block(day civil.Date) int {
	return sort.Search(len(r.blocks), func(k int) bool { return r.blocks[k].first.After(day) }) - 1
}

// At is the state as it stood on a day, by the statements that it has reached.
func (r *Replay) At(day civil.Date, told Told) State {
	k := r.block(day)
	if k < 0 {
		return State{}
	}
	r.settle(k, told)
	return r.fold(k, day, told)
}
