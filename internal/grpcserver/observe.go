package grpcserver

import (
	"sync"
	"sync/atomic"
	"time"

	"milepost.dev/projections"
)

// Following is how far those who watch have come.
type Following struct {
	Watchers, Most int
	// Behind is how many positions the one that is furthest back has not been sent yet, and Since when the
	// ledger accepted the first of them; zero where nobody is behind.
	Behind uint64
	Since  time.Time
}

// Following says how far those who watch have come. It looks at each of them.
func (s *Server) Following() Following { return s.marks.following() }

// Running is how many calls are under way; a watch is one.
func (s *Server) Running() int { return int(s.calls.running.Load()) }

// marks are the positions up to which each of those who watch was sent everything.
type marks struct {
	book *projections.Book
	most int

	mu sync.Mutex
	of map[*atomic.Uint64]struct{} // guarded by mu
}

func newMarks(book *projections.Book, most int) *marks {
	return &marks{book: book, most: most, of: map[*atomic.Uint64]struct{}{}}
}

// enter gives somebody who begins to watch after a position a mark of its own, and how to give it back.
func (m *marks) enter(after uint64) (mark *atomic.Uint64, leave func()) {
	mark = &atomic.Uint64{}
	mark.Store(after)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.of[mark] = struct{}{}
	return mark, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.of, mark)
	}
}

func (m *marks) following() Following {
	position := m.book.Position()
	f := Following{Most: m.most}
	m.mu.Lock()
	f.Watchers = len(m.of)
	last := position
	for mark := range m.of {
		last = min(last, mark.Load())
	}
	m.mu.Unlock()
	if f.Behind = position - last; f.Behind > 0 {
		f.Since, _ = m.book.RecordedAfter(last)
	}
	return f
}

// Backup is how far a backup has come since the server started: everything up to Position was read, and after it
// what is kept beside the ledger. At is zero before the first.
type Backup struct {
	Position uint64
	At       time.Time
}

// Backup is the last one that was read to its end.
func (s *Server) Backup() Backup { return s.backups.last() }

// backups remember who has read the ledger to which position. There are as many callers as may read it.
type backups struct {
	mu     sync.Mutex
	read   map[string]uint64 // by caller; guarded by mu
	newest Backup            // guarded by mu
}

func newBackups() *backups { return &backups{read: map[string]uint64{}} }

// ledger notes that a caller was sent every commit up to a position.
func (b *backups) ledger(caller string, position uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.read[caller] = position
}

// directory notes that a caller was sent what is kept beside the ledger: with it a backup is whole.
func (b *backups) directory(caller string, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if position, ok := b.read[caller]; ok {
		b.newest = Backup{Position: position, At: now}
	}
}

func (b *backups) last() Backup {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.newest
}
