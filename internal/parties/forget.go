package parties

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"

	"milepost.dev/domain/plan"
)

// Told is what the ledger tells of names that were forgotten, and of the key that the others are kept under.
type Told struct {
	Forgotten         iter.Seq[string] // party ids, raw; nil: nobody
	Epoch             EpochID          // that was begun last
	Begun, Complete   bool             // whether one was, and whether everything is kept under its key
	RetiresRequestKey bool             // with it the request key is replaced
	// Unread: a record of the ledger cannot be read, so that this is not all that it tells.
	Unread bool
}

// ToldBy is what a ledger tells, by what it holds of no plan.
func ToldBy(ledger plan.State) Told {
	epoch := ledger.Epoch()
	return Told{
		Forgotten: func(yield func(string) bool) {
			for p := range ledger.AllForgotten() {
				if !yield(string(p)) {
					return
				}
			}
		},
		Epoch: epoch.Key, Begun: epoch.Begun, Complete: epoch.Complete, RetiresRequestKey: epoch.RetiresRequestKey,
	}
}

func (t Told) forgotten() map[string]bool {
	all := map[string]bool{}
	if t.Forgotten != nil {
		for id := range t.Forgotten {
			all[id] = true
		}
	}
	return all
}

// Alike are the parties whose names fold to that of one, itself among them, in order: should a name ever have come to be kept twice,
// it is forgotten twice. None where no name is kept.
func (d *Directory) Alike(id string) (ids []string) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	p, ok := d.byID[id]
	if !ok {
		return nil
	}
	folded := Fold(p.Name)
	for _, other := range d.byID {
		if Fold(other.Name) == folded {
			ids = append(ids, other.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// Hide takes names out of memory, so that this process shows them nowhere and gives them to no backup. What they are kept as
// stays until Purge.
func (d *Directory) Hide(ids iter.Seq[string]) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hide(ids)
}

// hide is Hide for whoever holds mu.
func (d *Directory) hide(ids iter.Seq[string]) {
	for id := range ids {
		if p, ok := d.byID[id]; ok {
			d.remove(p)
		}
		d.erased[id] = true
	}
}

func (d *Directory) remove(p Party) {
	delete(d.byID, p.ID)
	if folded := Fold(p.Name); d.folded[folded] == p.ID {
		delete(d.folded, folded)
		delete(d.written, p.Name)
	}
}

// Beside proves that the directory is the one of a ledger that names these parties and tells this of forgetting, and whether it has
// records at all. It hides the names that the ledger says are forgotten: a backup may have brought them back.
func (d *Directory) Beside(hasRecords bool, named iter.Seq[string], told Told) error {
	if d.Fresh() && hasRecords {
		return errors.New("the ledger has records, and the directory of names beside it is empty: without it no retry can be recognised. Restore the whole data directory")
	}
	forgotten := told.forgotten()
	d.mu.Lock()
	for id := range d.erased {
		if !forgotten[id] && !told.Unread {
			d.mu.Unlock()
			return &Damage{Key: forgottenKey + Short(id), Reason: "the name is marked as forgotten, and the ledger does not say that anybody asked for it: somebody took it out of the store. Restore the whole data directory"}
		}
	}
	d.hide(maps.Keys(forgotten))
	d.mu.Unlock()
	if err := d.keyLost(); err != nil {
		return err
	}
	lost := d.Lost(named)
	if len(lost) == 0 {
		return nil
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	for _, id := range lost {
		key := Party{ID: id}.key()
		if under, ok := d.unreadable[key]; ok {
			return &Damage{Key: key, Reason: keyMissing(under)}
		}
	}
	return fmt.Errorf("the directory of names beside the ledger is damaged: the names of %d parties are gone, and nobody asked to forget them (the first is party %s). Without them a retry would be taken for a new request. Restore the whole data directory",
		len(lost), Short(lost[0]))
}

// Readable answers a *Damage where something is kept under a key that is not here.
func (d *Directory) Readable() error {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for key, under := range d.unreadable {
		if id, ok := forgottenID(forgottenKey + key); !ok || !d.erased[id] {
			return &Damage{Key: key, Reason: keyMissing(under)}
		}
	}
	return nil
}

// Lost answers those of the parties that a ledger names of which there is neither a name nor the word that it
// was forgotten. There must be none: whoever loses a reporter's name takes the next retry for a new request.
func (d *Directory) Lost(named iter.Seq[string]) []string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	var lost []string
	for id := range named {
		if _, ok := d.byID[id]; !ok && !d.erased[id] {
			lost = append(lost, id)
		}
	}
	return lost
}

// Purge erases what is kept of forgotten names, and destroys every key but the one that names are kept under. All other names MUST
// have been written again by then. It may be repeated.
func (d *Directory) Purge(ctx context.Context, forgotten iter.Seq[string]) error {
	for id := range forgotten {
		if d.isPurged(id) {
			continue
		}
		key := Party{ID: id}.key()
		// That it was asked for comes first: a name that is gone without it counts as lost.
		err := d.kept.Put(ctx, forgottenKey+key, []byte{version})
		if err == nil {
			err = d.kept.Erase(ctx, key)
		}
		if err != nil {
			return fmt.Errorf("erase the name of party %s: %w", Short(id), err)
		}
		d.mu.Lock()
		d.purged[id] = true
		d.mu.Unlock()
	}
	for _, id := range d.sealing.others() {
		if err := d.sealing.destroy(id); err != nil {
			return err
		}
	}
	if id := d.sealing.currentID(); d.sharing != nil && id != nil {
		return d.sealing.complete(*id) // none of them is taken from another process again
	}
	return nil
}

// isPurged says whether nothing of a party is kept but the word that it was forgotten, as far as this process knows.
func (d *Directory) isPurged(id string) bool {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.purged[id]
}
