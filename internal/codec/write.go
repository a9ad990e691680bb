package codec

import (
	"fmt"

	"google.golang.org/protobuf/proto"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/money"
	"milepost.dev/domain/period"
)

// partySize is the length of a party id: it is a SHA-256.
const partySize = 32

// writer makes the parts of a message, and keeps the first thing that cannot be stored.
type writer struct {
	about about
	id    [16]byte // of the milestone
	err   error
}

// milestone is the id of the milestone; nil for an event of the plan.
func (w *writer) milestone() []byte {
	if w.about == aPlan {
		return nil
	}
	return w.id[:]
}

func (w *writer) fail(format string, args ...any) {
	if w.err == nil {
		w.err = fmt.Errorf(format, args...)
	}
}

func (w *writer) delivery(d period.Delivery) *ledgerv1.DeliveryDate {
	m := &ledgerv1.DeliveryDate{Text: d.Text, Review: d.Review, Reader: d.Reader, Settings: d.Settings}
	for _, r := range d.Readings {
		// The two count the kinds alike; a test holds them to it.
		if r.Kind < period.In || r.Kind > period.Unknown {
			w.fail("there is no kind of date %d", r.Kind)
		}
		m.Readings = append(m.Readings, &ledgerv1.Reading{
			Kind: ledgerv1.Reading_Kind(r.Kind), Start: r.Start.Number(), End: r.End.Number(), Due: r.Due.Number(),
			Approx: r.Approx, Uncertain: r.Uncertain, Rrule: r.RRule, Label: r.Label,
		})
	}
	return m
}

func (w *writer) attributes(attributes []milestone.Attribute) []*ledgerv1.Attribute {
	var ms []*ledgerv1.Attribute
	for i, a := range attributes {
		if i > 0 && attributes[i-1].Name >= a.Name {
			w.fail("attribute %q is not in order of name", a.Name)
		}
		ms = append(ms, &ledgerv1.Attribute{Name: a.Name, Value: a.Value})
	}
	return ms
}

func (w *writer) party(p milestone.Party) []byte {
	if p == "" {
		return nil
	}
	if len(p) != partySize {
		w.fail("a party id has %d bytes and not %d", partySize, len(p))
	}
	return []byte(p)
}

func (w *writer) parties(all []milestone.Party) (ids [][]byte) {
	for _, p := range all {
		ids = append(ids, w.party(p))
	}
	return ids
}

func (w *writer) money(a money.Amount) *ledgerv1.Money {
	if a.IsZero() {
		return nil
	}
	return &ledgerv1.Money{CurrencyCode: a.Currency, Units: a.Units, Nanos: a.Nanos}
}

func (w *writer) percent(p *int) *uint32 {
	if p == nil {
		return nil
	}
	if *p < 0 || *p > 100 {
		w.fail("%d is no percentage", *p)
	}
	return proto.Uint32(uint32(*p))
}

func (w *writer) days(n int) int32 {
	if n != int(int32(n)) {
		w.fail("%d days are more than any calendar has", n)
	}
	return int32(n)
}
