package parties

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"
)

// revised is a Kept that processes share: a value is replaced only where it is still the one that was read, so that a process that was
// paused while another took over does not put an old value in the place of a new one. eventstore.Revised says more.
type revised interface {
	GetRevised(ctx context.Context, key string) (value []byte, revision uint64, err error)
	AllRevised(ctx context.Context, yield func(key string, value []byte, revision uint64) error) error
	Revise(ctx context.Context, key string, value []byte, revision uint64, erase bool) (kept bool, err error)
}

// errRevised: another value is kept than was read.
var errRevised = errors.New("another process keeps names here")

func replaced(kept bool, err error) error {
	if err == nil && !kept {
		return errRevised
	}
	return err
}

// reviseAtOnce is how many values are on their way to a shared store at once.
const reviseAtOnce = 64

// putNew keeps the name of a new party where processes share the store.
func (d *Directory) putNew(ctx context.Context, p Party) error {
	put := func(revision uint64) error {
		return d.sealing.putBy(ctx, func(ctx context.Context, key string, value []byte) error {
			return replaced(d.revised.Revise(ctx, key, value, revision, false))
		}, d.random, p.key(), p.value())
	}
	err := put(0)
	if !errors.Is(err, errRevised) {
		return err
	}
	// An earlier attempt, to which there was no clear answer, kept it: maybe under an older key. Nobody else knows this party.
	_, revision, err := d.revised.GetRevised(ctx, p.key())
	if err != nil {
		return err
	}
	return put(revision)
}

// rewriting is a value that is to be kept under the current key, in the place of what is kept now.
type rewriting struct {
	key   string
	plain []byte
	keptNow
}

// writeAgainShared is WriteAgain where processes share the store. It goes by what this process knows: so a name is kept even where the
// key is lost that it was kept under, and what no commit names, and no request of this process either, is left as it is. A process that
// was replaced kept that, and nobody can read it once its key is destroyed.
func (d *Directory) writeAgainShared(ctx context.Context, retire bool) (written int, err error) {
	seen, err := d.keptNow(ctx)
	if err != nil {
		return 0, err
	}
	var owed []rewriting
	for key, plain := range d.counted(true) {
		now, ok := seen[key]
		if !ok { // what was read may be a little older than what there is
			now.value, now.revision, err = d.revised.GetRevised(ctx, key)
			if err != nil {
				return 0, err
			}
		}
		if d.sealing.isCurrent(now.value) || now.revision == 0 && !d.isParty(key) {
			continue
		}
		if key == requestKey && retire {
			if plain, err = d.makeRequestKey(); err != nil {
				return 0, err
			}
		}
		owed = append(owed, rewriting{key: key, plain: plain, keptNow: now})
	}
	if err := d.reviseAll(ctx, owed); err != nil {
		return 0, fmt.Errorf("keep names under another key: %w", err)
	}
	return len(owed), d.readBack(ctx)
}

// keptNow is a value as it is stored, and its revision.
type keptNow struct {
	value    []byte
	revision uint64
}

func (d *Directory) keptNow(ctx context.Context) (map[string]keptNow, error) {
	all := map[string]keptNow{}
	err := d.revised.AllRevised(ctx, func(key string, value []byte, revision uint64) error {
		all[key] = keptNow{value, revision}
		return nil
	})
	return all, err
}

func (d *Directory) reviseAll(ctx context.Context, owed []rewriting) error {
	var all errgroup.Group
	all.SetLimit(reviseAtOnce)
	for _, r := range owed {
		all.Go(func() error {
			err := d.revise(ctx, r)
			if err == nil && r.key == requestKey {
				d.mu.Lock()
				d.requestKey = slices.Clone(r.plain[1:])
				d.mu.Unlock()
			}
			return err
		})
	}
	return all.Wait()
}

// revise keeps a value under the current key. Where another one is kept than was read it looks again, and gives way to one under a key
// that is not here: another process has taken over, and begun an epoch of its own.
func (d *Directory) revise(ctx context.Context, r rewriting) error {
	for again := false; ; again = true {
		under, sealed := sealedUnder(r.value)
		err := d.sealing.putBy(ctx, func(ctx context.Context, key string, value []byte) error {
			return replaced(d.revised.Revise(ctx, key, value, r.revision, r.revision > 0 && !sealed))
		}, d.random, r.key, r.plain)
		if !errors.Is(err, errRevised) || again {
			return err
		}
		if r.value, r.revision, err = d.revised.GetRevised(ctx, r.key); err != nil {
			return err
		}
		if d.sealing.isCurrent(r.value) {
			return nil
		}
		if under, sealed = sealedUnder(r.value); sealed && !d.sealing.has(under) {
			return errRevised
		}
	}
}

// readBack proves that everything that counts is kept under the current key, and is what this process knows.
func (d *Directory) readBack(ctx context.Context) error {
	seen, err := d.keptNow(ctx)
	if err != nil {
		return err
	}
	for key, want := range d.counted(false) {
		now := seen[key]
		if !d.isKept(key, now.value, want) { // or what was read is a little older than what there is
			now.value, now.revision, err = d.revised.GetRevised(ctx, key)
			if err != nil {
				return err
			}
			if !d.isKept(key, now.value, want) {
				return &Damage{Key: key, Reason: "it was kept under another key, and is not what was read back"}
			}
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	clear(d.under)
	if id := d.sealing.currentID(); id != nil {
		d.under[*id] = true
	}
	return nil
}

// isKept says whether a value is stored under the current key.
func (d *Directory) isKept(key string, stored, want []byte) bool {
	plain, readable, err := d.sealing.open(key, stored)
	return err == nil && readable && d.sealing.isCurrent(stored) && bytes.Equal(plain, want)
}

// counted is what is to be kept, by what it is kept as: the request key, and the names that stay, which commits name; with pending those
// too that requests of this process name, and that may be kept already.
func (d *Directory) counted(pending bool) map[string][]byte {
	d.mu.RLock()
	defer d.mu.RUnlock()
	all := make(map[string][]byte, len(d.byID)+1)
	add := func(p Party) {
		if !d.erased[p.ID] {
			all[p.key()] = p.value()
		}
	}
	for _, p := range d.byID {
		add(p)
	}
	if pending {
		for _, p := range d.unsure {
			add(p)
		}
		for _, p := range d.proposed {
			add(p.party)
		}
	}
	if d.requestKey != nil {
		all[requestKey] = append([]byte{version}, d.requestKey...)
	}
	return all
}

// isParty says whether a key is that of a name that is known to be kept, or of the request key.
func (d *Directory) isParty(key string) bool {
	if key == requestKey {
		return true
	}
	id, ok := forgottenID(forgottenKey + key)
	d.mu.RLock()
	defer d.mu.RUnlock()
	_, known := d.byID[id]
	return ok && known
}
