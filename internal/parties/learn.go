package parties

import (
	"context"
	"encoding/hex"
	"fmt"
)

// Learn makes a party known whose name another process kept, or forgot. A process that follows the ledger calls it for
// each party that a commit names, before it shows the commit. It answers *Missing where neither a name nor the word
// that it was forgotten is kept.
func (d *Directory) Learn(ctx context.Context, id string) error {
	if d.knows(id) {
		return nil
	}
	name := hex.EncodeToString([]byte(id))
	for _, key := range []string{name, forgottenKey + name} {
		value, ok, err := d.kept.Get(ctx, key)
		if err != nil {
			return fmt.Errorf("read the directory of parties: %w", err)
		}
		if ok {
			return d.learnt(ctx, key, value)
		}
	}
	return &Missing{ID: id}
}

// learnt takes in a value that another process kept, maybe under a key that this one has not seen.
func (d *Directory) learnt(ctx context.Context, key string, value []byte) error {
	if under, sealed := sealedUnder(value); sealed && !d.sealing.has(under) {
		if err := d.sealing.load(); err != nil {
			return err
		}
		if !d.sealing.has(under) && d.sharing != nil {
			if err := d.sharing.Fetch(ctx); err != nil {
				return err
			}
		}
		if !d.sealing.has(under) {
			return &Damage{Key: key, Reason: keyMissing(under)}
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.read(key, value)
}

func (d *Directory) knows(id string) bool {
	d.mu.RLock()
	defer d.mu.RUnlock()
	_, named := d.byID[id]
	return named || d.erased[id]
}

// Missing is a party that the ledger names and the directory does not know.
type Missing struct{ ID string }

// Error returns the sentence.
func (e *Missing) Error() string {
	return fmt.Sprintf("the ledger names party %s, and the directory of names beside it has neither its name nor the word that it was forgotten", Short(e.ID))
}
