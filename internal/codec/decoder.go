package codec

import (
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
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
	if s, ok := d.stated(t, payload); ok {
		if e := s.event(t); e != nil {
			return Event{Milestone: [16]byte(s.milestone), OfMilestone: e}, nil
		}
	}
	return Decode(t, payload)
}

// stated is an event that states a date, as it is stored.
type stated struct {
	milestone []byte
	delivery  period.Delivery
	from      civil.Date
	days      int
	reason    string
}

// event is the event of a type that states dates; nil for any other.
func (s *stated) event(t ledgerv1.EventType) milestone.Event {
	switch t {
	case ledgerv1.EventType_EVENT_TYPE_FORECAST_GIVEN:
		return milestone.ForecastGiven{Delivery: s.delivery, Reason: s.reason}
	case ledgerv1.EventType_EVENT_TYPE_MILESTONE_SLIPPED:
		return milestone.Slipped{Delivery: s.delivery, From: s.from, Days: s.days, Reason: s.reason}
	case ledgerv1.EventType_EVENT_TYPE_MILESTONE_RECOVERED:
		return milestone.Recovered{Delivery: s.delivery, From: s.from, Days: s.days, Reason: s.reason}
	case ledgerv1.EventType_EVENT_TYPE_FORECAST_RECONFIRMED:
		return milestone.Reconfirmed{Delivery: s.delivery, Reason: s.reason}
	case ledgerv1.EventType_EVENT_TYPE_FORECAST_RESTATED:
		return milestone.Restated{Delivery: s.delivery, Reason: s.reason}
	default:
		return nil
	}
}

// stated reads a payload of one of those types. False: it is something else, or not plain.
func (d *Decoder) stated(t ledgerv1.EventType, payload []byte) (s stated, ok bool) {
	const milestoneField, deliveryField = 1, 2
	reasonField, moved := protowire.Number(3), false
	switch t {
	case ledgerv1.EventType_EVENT_TYPE_MILESTONE_SLIPPED, ledgerv1.EventType_EVENT_TYPE_MILESTONE_RECOVERED:
		reasonField, moved = 5, true
	case ledgerv1.EventType_EVENT_TYPE_FORECAST_GIVEN, ledgerv1.EventType_EVENT_TYPE_FORECAST_RECONFIRMED,
		ledgerv1.EventType_EVENT_TYPE_FORECAST_RESTATED:
	default:
		return s, false
	}
	var last protowire.Number
	dated := false
	for len(payload) > 0 {
		number, kind, n := protowire.ConsumeTag(payload)
		if n < 0 || number <= last { // plain payloads have each field once, in order
			return s, false
		}
		last, payload = number, payload[n:]
		var text []byte
		var v uint64
		switch kind {
		case protowire.BytesType:
			text, n = protowire.ConsumeBytes(payload)
		case protowire.VarintType:
			v, n = protowire.ConsumeVarint(payload)
		default:
			return s, false
		}
		if n < 0 {
			return s, false
		}
		payload = payload[n:]
		isText := kind == protowire.BytesType
		switch {
		case number == milestoneField && isText:
			s.milestone = text
		case number == deliveryField && isText:
			s.delivery, dated = d.delivery(text)
		case number == reasonField && isText && utf8.Valid(text):
			s.reason = string(text)
		case number == 3 && moved && !isText:
			if s.from, ok = civil.FromNumber(int32(v)); !ok {
				return s, false
			}
		case number == 4 && moved && !isText:
			s.days = int(protowire.DecodeZigZag(v & 0xffffffff))
		default:
			return s, false
		}
	}
	return s, dated && len(s.milestone) == 16
}

// delivery is a stated date, the same for the same bytes. False: it is not what Decode takes.
func (d *Decoder) delivery(b []byte) (period.Delivery, bool) {
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
