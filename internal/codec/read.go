package codec

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/money"
	"milepost.dev/domain/period"
)

// reader makes the parts of an event of those of a message, and keeps the first thing that is wrong with them.
type reader struct{ err error }

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *reader) unmarshal(payload []byte, m proto.Message) {
	if err := proto.Unmarshal(payload, m); err != nil {
		r.fail(err)
	}
}

func (r *reader) day(n int32) civil.Date {
	d, ok := civil.FromNumber(n)
	if !ok {
		r.fail(fmt.Errorf("the calendar has no day %d", n))
	}
	return d
}

func (r *reader) delivery(m *ledgerv1.DeliveryDate) period.Delivery {
	if m == nil {
		r.fail(errors.New("it states no date"))
		return period.Delivery{}
	}
	d := period.Delivery{Text: m.Text, Review: m.Review, Reader: m.Reader, Settings: m.Settings}
	if len(m.Readings) > 0 {
		d.Readings = make([]period.Reading, len(m.Readings))
	}
	for i, reading := range m.Readings {
		if reading.Kind < ledgerv1.Reading_KIND_IN || reading.Kind > ledgerv1.Reading_KIND_UNKNOWN {
			r.fail(fmt.Errorf("there is no kind of date %d", reading.Kind))
		}
		d.Readings[i] = period.Reading{
			Kind: period.Kind(reading.Kind), Start: r.day(reading.Start), End: r.day(reading.End), Due: r.day(reading.Due),
			Approx: reading.Approx, Uncertain: reading.Uncertain, RRule: reading.Rrule, Label: reading.Label,
		}
	}
	return d
}

func (r *reader) attributes(ms []*ledgerv1.Attribute) []milestone.Attribute {
	if len(ms) == 0 {
		return nil
	}
	attributes := make([]milestone.Attribute, len(ms))
	for i, m := range ms {
		attributes[i] = milestone.Attribute{Name: m.Name, Value: m.Value}
		if i > 0 && ms[i-1].Name >= m.Name {
			r.fail(fmt.Errorf("attribute %q is not in order of name", m.Name))
		}
	}
	return attributes
}

func (r *reader) party(b []byte) milestone.Party {
	if len(b) != 0 && len(b) != partySize {
		r.fail(fmt.Errorf("a party id has %d bytes and not %d", partySize, len(b)))
	}
	return milestone.Party(b)
}

func (r *reader) money(m *ledgerv1.Money) money.Amount {
	return money.Amount{Currency: m.GetCurrencyCode(), Units: m.GetUnits(), Nanos: m.GetNanos()}
}

func (r *reader) percent(p *uint32) *int {
	if p == nil {
		return nil
	}
	if *p > 100 {
		r.fail(fmt.Errorf("%d is no percentage", *p))
	}
	percent := int(*p)
	return &percent
}

func (r *reader) parties(ids [][]byte) (all []milestone.Party) {
	for _, id := range ids {
		all = append(all, r.party(id))
	}
	return all
}
