package projections

import (
	"bytes"
	"time"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
)

// Loss is a restore from a backup that did not hold all that had been committed. Receipts for positions
// that were lost are void: the numbers were given to others.
type Loss struct {
	Position   uint64 // the last one that was restored
	LastKnown  uint64 // the last one that is known to have been committed; not above Position where nobody knew
	RestoredAt int64  // microseconds since 1970
	Previous   []byte // the origin before
}

// LossOf is the loss that an opening admits to, after the last position before it. A restore under the old
// identity lost nothing that anybody knew of, and is none.
func LossOf(o *ledgerv1.Opening, position uint64) (Loss, bool) {
	from := o.GetRestoredFrom()
	if from == nil || bytes.Equal(from.Origin, o.Origin) {
		return Loss{}, false
	}
	return Loss{Position: position, LastKnown: from.LastPosition, RestoredAt: o.OpenedAt, Previous: from.Origin}, true
}

// Time is when it was restored.
func (l Loss) Time() time.Time { return time.UnixMicro(l.RestoredAt).UTC() }

// Losses are what the ledger lost before the view's position, the oldest first.
func (v View) Losses() []Loss {
	all := v.book.losses.all()
	n := 0
	for n < len(all) && all[n].Position <= v.Position {
		n++
	}
	return all[:n:n]
}
