package writer

import (
	"time"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/decide"
	"milepost.dev/internal/request"
)

// pendingTeller marks the number of who told a statement that the book does not know yet.
const pendingTeller = 1 << 31

// tellers number who told what is pending.
type tellers struct {
	all    []decide.Teller
	number map[decide.Teller]uint32
}

// of returns the number of who sent a request.
func (t *tellers) of(caller decide.Teller) uint32 {
	if t.number == nil {
		t.number = map[decide.Teller]uint32{}
	}
	n, ok := t.number[caller]
	if !ok {
		n = pendingTeller | uint32(len(t.all))
		t.all = append(t.all, caller)
		t.number[caller] = n
	}
	return n
}

// callerOf is who sends a request.
func callerOf(r *request.Request) decide.Teller {
	t := decide.Teller{Actor: r.Actor, Speaker: r.Actor, Person: r.Person}
	if r.OnBehalfOf != "" {
		t.Speaker = r.OnBehalfOf
	}
	return t
}

// Teller is decide.World's.
func (w *planWorld) Teller(by uint32) decide.Teller {
	if by&pendingTeller != 0 {
		return w.of.tellers.all[by&^pendingTeller]
	}
	view := w.of.book.Now()
	actor, speaker := view.Teller(by)
	return decide.Teller{Actor: actor, Speaker: speaker, Person: view.Person(by)}
}

// ToldOn is decide.World's: what is pending was told today.
func (w *planWorld) ToldOn(position uint64) civil.Date {
	view := w.of.book.Now()
	p, ok := w.of.plan(w.plan)
	if !ok {
		return 0
	}
	if position > view.Position {
		return civil.OfTime(w.of.now, p.location)
	}
	return civil.OfTime(time.UnixMicro(view.RecordedAt(position)), p.location)
}

// Began is decide.World's. What one request after another says is pending until all of it is durable, and of those only the one that
// is being decided is told apart.
func (w *planWorld) Began(position uint64) uint64 {
	switch {
	case position > w.of.begins:
		return w.of.begins + 1
	case position > w.of.book.Position():
		return position
	}
	return w.of.book.Began(position)
}

// AnyCancelled is decide.World's.
func (w *planWorld) AnyCancelled() bool {
	if p, ok := w.of.bookPlan(w.plan); ok && p.AnyCancelled() {
		return true
	}
	return w.of.cancelled[w.plan]
}

// Alike is decide.World's.
func (w *planWorld) Alike(title string) []string { return w.of.titles(w.plan).alike(title) }
