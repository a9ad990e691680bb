package parties

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"milepost.dev/domain"
)

// Forget erases a party's name and salt. What the party said stays in the ledger, under an id that
// nobody can find the name of. The name, should it come again, is a new party.
//
// When it returns an error the name may be there still: forget it again. An id that has no name is a
// *domain.Refusal.
func (d *Directory) Forget(ctx context.Context, id string) error {
	d.mu.RLock()
	var erase []Party
	if p, ok := d.byID[id]; ok {
		folded := Fold(p.Name)
		for _, p := range d.byID { // a name that was kept twice is forgotten twice
			if Fold(p.Name) == folded {
				erase = append(erase, p)
			}
		}
	}
	d.mu.RUnlock()
	if len(erase) == 0 {
		return &domain.Refusal{
			Class: domain.NotFound, Rule: RuleUnknown,
			Message: fmt.Sprintf("There is no name for party %s. It was forgotten before, or never known here.", Short(id)),
		}
	}
	var errs []error
	for _, p := range erase {
		// That it was asked for comes first: a name that is gone without it counts as lost.
		err := d.kept.Put(ctx, forgottenKey+p.key(), []byte{version})
		if err == nil {
			err = d.kept.Erase(ctx, p.key())
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("forget party %s: %w", Short(p.ID), err))
			continue
		}
		d.mu.Lock()
		d.remove(p)
		d.mu.Unlock()
	}
	return errors.Join(errs...)
}

func (d *Directory) remove(p Party) {
	delete(d.byID, p.ID)
	d.erased[p.ID] = true
	if folded := Fold(p.Name); d.folded[folded] == p.ID {
		delete(d.folded, folded)
		delete(d.written, p.Name)
	}
}

// Beside proves that the directory is the one of a ledger that names these parties, and whether it has records at all.
func (d *Directory) Beside(hasRecords bool, named iter.Seq[string]) error {
	if d.Fresh() && hasRecords {
		return errors.New("the ledger has records, and the directory of names beside it is empty: without it no retry can be recognised. Restore the whole data directory")
	}
	if lost := d.Lost(named); len(lost) > 0 {
		return fmt.Errorf("the directory of names beside the ledger is damaged: the names of %d parties are gone, and nobody asked to forget them (the first is party %s). Without them a retry would be taken for a new request. Restore the whole data directory",
			len(lost), Short(lost[0]))
	}
	return d.keyLost()
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
