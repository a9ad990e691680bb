// Package places shares out what a server has a bounded number of: connections, calls, streams, bytes that are being
// read. One holder, or many, cannot take what another needs: whoever asks may hold at most as many places as would be
// free for others. A single holder so gets half of them, two a third each, and whoever holds none gets one as long as
// any is free.
package places

import (
	"sync"
)

// Places are a bounded number of places, shared out by holder. It is safe for concurrent use, and its methods return
// at once.
type Places struct {
	most int

	mu      sync.Mutex
	by      map[string]int // guarded by mu; only those who hold any
	taken   int            // guarded by mu
	refused uint64         // guarded by mu
}

// New makes places of which none is taken.
func New(most int) *Places { return &Places{most: most, by: map[string]int{}} }

// Place is what was taken. Its zero value holds nothing.
type Place struct {
	of     *Places
	holder string
	n      int
}

// Take takes n places for a holder, or says that there is no room for it. What was taken is given back with Leave.
func (p *Places) Take(holder string, n int) (Place, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if free := p.most - p.taken; p.by[holder]+n > free {
		p.refused++
		return Place{}, false
	}
	p.by[holder] += n
	p.taken += n
	return Place{p, holder, n}, true
}

// Leave gives the places back. It must be called once.
func (t Place) Leave() {
	if t.of == nil {
		return
	}
	t.of.mu.Lock()
	defer t.of.mu.Unlock()
	t.of.taken -= t.n
	if t.of.by[t.holder] -= t.n; t.of.by[t.holder] == 0 {
		delete(t.of.by, t.holder)
	}
}

// Count is how places are used.
type Count struct {
	Most, Taken int
	Refused     uint64 // since they were made
}

// Count says how the places are used.
func (p *Places) Count() Count {
	p.mu.Lock()
	defer p.mu.Unlock()
	return Count{Most: p.most, Taken: p.taken, Refused: p.refused}
}

// Room says whether a holder may have one place more.
func (p *Places) Room(holder string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.by[holder]+1 <= p.most-p.taken
}
