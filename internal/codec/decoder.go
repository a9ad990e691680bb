package codec

import (
	"google.golang.org/protobuf/proto"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/period"
)

// Decoder is Decode for who reads a whole ledger. Most events state a date, and most dates were stated before:
// it reads those events without an object for each part, and gives the same Delivery to all that were
// written alike. What it does not know by heart it leaves to Decode, and so everything that is wrong too.
//
// It belongs to one goroutine.
type Decoder struct {
	deliveries map[string]period.Delivery // by their bytes
}

// maxDeliveries bounds what a Decoder remembers: a programme states some thousands of dates, each in a few forms.
const maxDeliveries = 1 << 15

// NewDecoder returns one that has read nothing yet.
func NewDecoder() *Decoder { return &Decoder{deliveries: map[string]period.Delivery{}} }

// Decode answers as the function Decode does.
func (d *Decoder) Decode(t ledgerv1.EventType, payload []byte) (Event, error) {
	if s, ok := TakeApart(t, payload); ok {
		if date, ok := d.Delivery(s.Date); ok {
			return Event{Milestone: s.Milestone, OfMilestone: s.Event(t, date)}, nil
		}
	}
	return Decode(t, payload)
}

// Delivery reads the Date of a Dated. It is false where Decode would refuse the event that has it.
func (d *Decoder) Delivery(b []byte) (period.Delivery, bool) {
	if known, ok := d.deliveries[string(b)]; ok {
		return known, true
	}
	var m ledgerv1.DeliveryDate
	if proto.Unmarshal(b, &m) != nil {
		return period.Delivery{}, false
	}
	var r reader
	read := r.delivery(&m)
	if r.err != nil {
		return period.Delivery{}, false
	}
	if len(d.deliveries) >= maxDeliveries {
		clear(d.deliveries)
	}
	d.deliveries[string(b)] = read
	return read, true
}
