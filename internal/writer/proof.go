package writer

import (
	"context"
	"errors"
	"sync"
	"time"

	"milepost.dev/eventstore"
)

// proveWithin is how long a proof may take before who waits is told to ask again.
const proveWithin = 10 * time.Second

// proof shows that this process still writes, by storing its term again. Those who ask while a store is under way share the next
// one: a store proves nothing of the time before it began. A nil proof is that of the only process there is.
type proof struct {
	office Office
	term   uint64
	ctx    context.Context // of the stores
	cancel context.CancelFunc

	mu      sync.Mutex
	next    *round // whom the next store is for; nil where nobody waits; guarded by mu
	running bool   // guarded by mu
	closed  bool   // guarded by mu
	stores  sync.WaitGroup
}

// round is one store, and who waits for it.
type round struct {
	done chan struct{}
	err  error // written before done is closed
}

func newProof(ctx context.Context, office Office, term uint64) *proof {
	if office == nil {
		return nil
	}
	p := &proof{office: office, term: term}
	p.ctx, p.cancel = context.WithCancel(context.WithoutCancel(ctx))
	return p
}

// prove returns nil when this process wrote at some moment since the call.
func (p *proof) prove(ctx context.Context) error {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return eventstore.ErrUnresolved
	}
	if p.next == nil {
		p.next = &round{done: make(chan struct{})}
	}
	r := p.next
	if !p.running {
		p.running = true
		p.stores.Go(p.run)
	}
	p.mu.Unlock()
	select {
	case <-r.done:
		return r.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// run stores for as long as somebody waits.
func (p *proof) run() {
	for {
		p.mu.Lock()
		r := p.next
		p.next = nil
		p.running = r != nil
		p.mu.Unlock()
		if r == nil {
			return
		}
		bounded, cancel := context.WithTimeout(p.ctx, proveWithin)
		r.err = p.office.Store(bounded, p.term)
		cancel()
		close(r.done)
	}
}

// close ends what is under way: whoever waits is told that nothing is proved.
func (p *proof) close() {
	if p == nil {
		return
	}
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.cancel()
	p.stores.Wait()
}

// Prove returns nil when this process wrote at some moment since the call, and everything that anybody can have read by the time of
// the call is in the book. Otherwise it answers *Unavailable: another process may have taken over.
//
// Other nodes read a commit as soon as it is stored, and may show it before its writer has heard that it is: the answer to an append can
// be lost with the server that would have given it. So whatever was being appended at the time of the call is waited for.
func (w *Writer) Prove(ctx context.Context) error {
	if w.proof == nil {
		return nil
	}
	newest := w.underway.newest()
	if err := w.proveOffice(ctx); err != nil {
		return err
	}
	return newest.wait(ctx)
}

// proveOffice returns nil when this process wrote at some moment since the call.
func (w *Writer) proveOffice(ctx context.Context) error {
	switch err := w.proof.prove(ctx); {
	case err == nil:
		return nil
	case errors.Is(err, eventstore.ErrFenced), errors.Is(err, eventstore.ErrUnresolved):
		return errNotProved
	default:
		return err
	}
}

// proved is an answer that is true only of whoever writes, once this process has proved that it does. What was accepted needs no
// proof, because it is stored; and neither does an answer that says nothing but to ask again. The loop decided it, on everything that
// was being appended.
func (w *Writer) proved(ctx context.Context, dry bool, err error) error {
	if w.proof == nil || err == nil && !dry || errors.As(err, new(*Unavailable)) || ctx.Err() != nil {
		return err
	}
	if unproved := w.proveOffice(ctx); unproved != nil {
		return unproved
	}
	return err
}

// provedAsRead is proved for a request that was refused before the loop saw it, by what is in the book.
func (w *Writer) provedAsRead(ctx context.Context, err error) error {
	if w.proof == nil || errors.As(err, new(*Unavailable)) || ctx.Err() != nil {
		return err
	}
	if unproved := w.Prove(ctx); unproved != nil {
		return unproved
	}
	return err
}
