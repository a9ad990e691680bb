package parties

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Names are kept under the key of an epoch. Forgetting somebody begins another epoch, step by step, so that nothing that ends the
// process at any of them loses a name that is to stay:
//
//	NewEpoch     a new key is durable
//	             the ledger says that the epoch has begun, with which key, and who is forgotten
//	UseEpoch     new names are kept under the new key; the forgotten ones are shown nowhere
//	WriteAgain   all others are kept under it too, and were read back
//	             the ledger says that the epoch is complete
//	Purge        the forgotten ones are erased, and the old key is destroyed
//
// A start looks at what the ledger says, and goes on from there: Settle.

// NewEpoch makes a key for an epoch that is about to begin. When it returns, the key is durable, and nothing is kept under it yet.
func (d *Directory) NewEpoch() (EpochID, error) { return d.sealing.add(d.random) }

// DropEpoch destroys the key of an epoch that did not begin, under which nothing is kept.
func (d *Directory) DropEpoch(id EpochID) error {
	if d.sealing.keys == nil {
		return nil
	}
	return d.sealing.destroy(id)
}

// HasEpoch says whether this process has a key.
func (d *Directory) HasEpoch(id EpochID) bool { return d.sealing.keys == nil || d.sealing.has(id) }

// UseEpoch keeps names under another key from now on, and hides those who are forgotten. When it returns nothing is on its way to the
// store under an older key.
func (d *Directory) UseEpoch(id EpochID, forgotten []string) {
	d.sealing.use(id)
	d.Hide(slices.Values(forgotten))
}

// WriteAgain keeps everything under the current key that is kept under another one or under none, but for what was forgotten, and
// reads it back. With retire the request key is not kept: another takes its place, unless that was done already under the
// current key. It answers how many values it wrote. It may be repeated, and names may be kept meanwhile.
func (d *Directory) WriteAgain(ctx context.Context, retire bool) (written int, err error) {
	if d.revised != nil {
		return d.writeAgainShared(ctx, retire)
	}
	again, sealed := map[string][]byte{}, map[string]bool{}
	err = d.each(ctx, func(key string, stored, plain []byte) error {
		if !d.sealing.isCurrent(stored) || key == requestKey && retire && d.sealing.keys == nil {
			again[key] = bytes.Clone(plain)
			_, sealed[key] = sealedUnder(stored)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	for _, key := range slices.Sorted(maps.Keys(again)) {
		if key == requestKey {
			if retire {
				if again[key], err = d.makeRequestKey(); err != nil {
					return written, err
				}
			}
			err = d.keepRequestKey(ctx, again[key])
		} else if sealed[key] {
			err = d.sealing.replace(ctx, d.kept, d.random, key, again[key])
		} else {
			err = d.sealing.put(ctx, d.kept, d.random, key, again[key])
		}
		if err != nil {
			return written, fmt.Errorf("keep names under another key: %w", err)
		}
		written++
	}
	err = d.each(ctx, func(key string, stored, plain []byte) error {
		want, was := again[key]
		if !d.sealing.isCurrent(stored) || was && !bytes.Equal(want, plain) {
			return &Damage{Key: key, Reason: "it was kept under another key, and is not what was read back"}
		}
		delete(again, key)
		return nil
	})
	if err == nil && len(again) > 0 {
		err = &Damage{Key: slices.Sorted(maps.Keys(again))[0], Reason: "it was kept under another key, and is not there when it is read back"}
	}
	return written, err
}

// each calls yield with every value that can be read, as it is stored and as it is without a key. What says that somebody was
// forgotten, and what is kept of them still, are left out.
func (d *Directory) each(ctx context.Context, yield func(key string, stored, plain []byte) error) error {
	return d.kept.All(ctx, func(key string, stored []byte) error {
		if _, marker := forgottenID(key); marker || d.isErased(key) || strings.HasPrefix(key, nodeKey) {
			return nil
		}
		plain, readable, err := d.sealing.open(key, stored)
		if err != nil || !readable {
			return err
		}
		if key != requestKey {
			if _, err := readParty(key, plain); err != nil {
				return err
			}
		}
		return yield(key, stored, plain)
	})
}

func (d *Directory) isErased(key string) bool {
	id, ok := forgottenID(forgottenKey + key)
	d.mu.RLock()
	defer d.mu.RUnlock()
	return ok && d.erased[id]
}

// Unfinished is what a start finds of an epoch that was begun and is not complete.
type Unfinished int

// What is left to do.
const (
	// Nothing is.
	Nothing Unfinished = iota
	// Complete: everything is kept under the new key, and the ledger has to say so before Purge.
	Complete
	// BeginAgain: the new key is nowhere, so that another epoch has to begin.
	BeginAgain
)

// Settle brings the directory to where the ledger says that it is, for a process that writes. It makes the first key where there is
// none, keeps under it what an older milepost or a restore kept without one, and goes on with what was interrupted. Beside MUST have
// been asked before.
func (d *Directory) Settle(ctx context.Context, told Told) (Unfinished, error) {
	left := Nothing
	if err := d.sealing.load(); err != nil { // another process may have added one while this one followed
		return left, err
	}
	if d.sharing != nil {
		return d.settleShared(ctx, told)
	}
	switch {
	case told.Begun && !told.Complete && d.HasEpoch(told.Epoch):
		left = Complete
	case told.Begun && !told.Complete:
		left = BeginAgain
	}
	if err := d.choose(told); err != nil {
		return left, err
	}
	return d.goOn(ctx, told, left)
}

// goOn keeps everything under the current key, and cleans up where nothing is left to do.
func (d *Directory) goOn(ctx context.Context, told Told, left Unfinished) (Unfinished, error) {
	retire := left == Complete && told.RetiresRequestKey
	if retire || d.isUnderOthers() {
		if _, err := d.WriteAgain(ctx, retire); err != nil {
			return left, err
		}
	}
	if left != Nothing {
		return left, nil
	}
	return left, d.Purge(ctx, slices.Values(d.unpurged(told)))
}

// choose makes a key current: the one that the ledger names, else the oldest, else a new one. A newer one that the ledger does not
// name was made for an epoch that never began.
func (d *Directory) choose(told Told) error {
	if d.sealing.keys == nil {
		return nil
	}
	if told.Begun && d.sealing.has(told.Epoch) {
		d.sealing.use(told.Epoch)
		return nil
	}
	if d.sealing.isChosen() {
		return nil
	}
	if there := d.sealing.others(); len(there) > 0 {
		d.sealing.use(there[0])
		return nil
	}
	id, err := d.sealing.add(d.random)
	if err == nil {
		d.sealing.use(id)
	}
	return err
}

// isUnderOthers says whether something was found under another key than the current one, or under none.
func (d *Directory) isUnderOthers() bool {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for id := range d.under {
		if !d.sealing.isCurrentID(id) {
			return true
		}
	}
	return false
}

// unpurged are the forgotten parties of which something may be kept still: those without the word that they were forgotten, and
// those of which a value was found beside it.
func (d *Directory) unpurged(told Told) (ids []string) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for id := range told.forgotten() {
		if d.purged[id] {
			continue
		}
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}
