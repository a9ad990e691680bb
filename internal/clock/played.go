package clock

import (
	"sync"
	"time"
)

// Played is the clock of a demonstration: it runs like another one, from a time of its own, and jumps ahead
// where what it shows would take too long. All of it goes along, so that its two times agree; whoever
// shows what it says has to say that it is not the time of the world.
type Played struct {
	base  Clock
	start time.Time     // what it showed
	ran   time.Duration // what base had run by then

	mu    sync.Mutex
	ahead time.Duration // guarded by mu
}

// NewPlayed begins at a time.
func NewPlayed(base Clock, start time.Time) *Played {
	return &Played{base: base, start: start.Round(0), ran: base.Elapsed()}
}

// Now is the time that is played.
func (p *Played) Now() time.Time { return p.start.Add(p.Elapsed()) }

// Elapsed is how long it has been played, with all jumps.
func (p *Played) Elapsed() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.base.Elapsed() - p.ran + p.ahead
}

// Reach lets the time come that is given; it does nothing where that is past.
func (p *Played) Reach(at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if short := at.Sub(p.start) - (p.base.Elapsed() - p.ran + p.ahead); short > 0 {
		p.ahead += short
	}
}
