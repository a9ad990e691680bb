package parties

import (
	"context"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"
)

// keepAtOnce is how many names of one request are on their way to the store at once.
const keepAtOnce = 16

// proposal is a party that requests name and that is not kept. It is there as long as one of them is under way, so that all
// of them mean the same party, and then as if it had never been: unless one of them was accepted.
type proposal struct {
	party  Party
	folded string
	held   int // how many namings have it; guarded by the directory's mu

	mu   sync.Mutex // held by who keeps it; the directory's is taken after it
	kept bool       // guarded by mu
}

// Naming is the names of one request, from when it is read until it is answered. It belongs to one goroutine at a time.
type Naming struct {
	of       *Directory
	proposed []*proposal
	left     bool
}

// Begin makes a naming without names. Leave ends it.
func (d *Directory) Begin() *Naming { return &Naming{of: d} }

// Party returns the id of a name. Another case or spacing of a name that is known is the same party. One that is new is
// proposed: it has an id from now on, and is kept nowhere before Keep. A name that cannot be kept is a *domain.Refusal.
func (n *Naming) Party(name string) (id string, err error) {
	if id, ok := n.of.exactly(name); ok {
		return id, nil
	}
	clean, err := Clean(name)
	if err != nil {
		return "", err
	}
	folded := Fold(clean)
	d := n.of
	d.mu.Lock()
	defer d.mu.Unlock()
	if id, ok := d.folded[folded]; ok {
		return id, nil
	}
	p, ok := d.proposed[folded]
	if !ok {
		party, again := d.unsure[folded] // the store may have kept it, with that salt
		if !again {
			salt, err := d.salt()
			if err != nil {
				return "", err
			}
			party = newParty(salt, clean)
		}
		p = &proposal{party: party, folded: folded}
		d.proposed[folded] = p
	}
	for _, has := range n.proposed {
		if has == p {
			return p.party.ID, nil
		}
	}
	p.held++
	n.proposed = append(n.proposed, p)
	return p.party.ID, nil
}

// New is how many of the names are new.
func (n *Naming) New() int { return len(n.proposed) }

// Keep brings the new names to the store, for a request that is accepted; they are durable, and parties, when it returns nil. Otherwise
// it is not known which of them are kept, and it may be called again. It is not ended by a caller who leaves.
func (n *Naming) Keep(ctx context.Context) error {
	if len(n.proposed) == 0 {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	var all errgroup.Group
	all.SetLimit(keepAtOnce)
	for _, p := range n.proposed {
		all.Go(func() error { return n.of.keep(ctx, p) })
	}
	return all.Wait()
}

// Leave gives the names up that were not kept. It may be called more than once.
func (n *Naming) Leave() {
	if len(n.proposed) == 0 || n.left {
		return
	}
	n.left = true
	d := n.of
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, p := range n.proposed {
		if p.held--; p.held == 0 && d.proposed[p.folded] == p {
			delete(d.proposed, p.folded)
		}
	}
}

// Display is Directory.Display, and knows the names that this naming proposed, after Leave too.
func (n *Naming) Display(id string) string {
	for _, p := range n.proposed {
		if p.party.ID == id {
			return p.party.Name
		}
	}
	return n.of.Display(id)
}

// keep puts a proposed name into the store, unless that was done. Where the store gives no clear answer the name may be kept
// all the same: its salt is held, so that the next attempt makes the same party and not a second one of that name.
func (d *Directory) keep(ctx context.Context, p *proposal) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.kept {
		return nil
	}
	d.mu.RLock()
	_, again := d.unsure[p.folded]
	full := len(d.unsure) >= maxUnsure
	d.mu.RUnlock()
	if full && !again {
		if err := d.settleOne(ctx); err != nil {
			return err
		}
	}
	err := d.put(ctx, p.party)
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil {
		d.unsure[p.folded] = p.party
		return fmt.Errorf("keep a party's name: %w", err)
	}
	d.add(p.party)
	p.kept = true
	if d.proposed[p.folded] == p {
		delete(d.proposed, p.folded)
	}
	return nil
}
