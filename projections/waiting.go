package projections

import "context"

func (b *Book) moveTo(position uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.position.Store(position)
	close(b.changed)
	b.changed = make(chan struct{})
}

// Position is the last position that the book answers for.
func (b *Book) Position() uint64 { return b.position.Load() }

// Stopped is the record that stopped the book, or nil.
func (b *Book) Stopped() *Poison { return b.stopped.Load() }

// Changed returns a channel that is closed when the book moves past the position it is at now, or stops.
func (b *Book) Changed() (position uint64, moved <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.position.Load(), b.changed
}

// Wait returns when the book has reached position, or with the error of ctx, or with the *Poison that stopped
// the book before it.
func (b *Book) Wait(ctx context.Context, position uint64) error {
	for {
		at, moved := b.Changed()
		if at >= position {
			return nil
		}
		if p := b.stopped.Load(); p != nil {
			return p
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
