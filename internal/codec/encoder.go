package codec

import (
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/period"
)

// stated is an event that states a date, in its parts.
type stated struct {
	delivery period.Delivery
	from     civil.Date
	days     int
	reason   string
}

// encodeStated writes an event that states a date, as most do, without a message for each of its parts: the same
// bytes in a quarter of the time. What is not plain it leaves to protobuf, and so everything that cannot be stored.
func encodeStated(id [16]byte, event milestone.Event) (t ledgerv1.EventType, payload []byte, ok bool) {
	var s stated
	moved := false
	switch e := event.(type) {
	case milestone.ForecastGiven:
		t, s.delivery, s.reason = ledgerv1.EventType_EVENT_TYPE_FORECAST_GIVEN, e.Delivery, e.Reason
	case milestone.Reconfirmed:
		t, s.delivery, s.reason = ledgerv1.EventType_EVENT_TYPE_FORECAST_RECONFIRMED, e.Delivery, e.Reason
	case milestone.Restated:
		if e.Rule != "" || e.From != 0 || e.Days != 0 {
			return 0, nil, false
		}
		t, s.delivery, s.reason = ledgerv1.EventType_EVENT_TYPE_FORECAST_RESTATED, e.Delivery, e.Reason
	case milestone.Slipped:
		t, s.delivery, s.reason = ledgerv1.EventType_EVENT_TYPE_MILESTONE_SLIPPED, e.Delivery, e.Reason
		moved, s.from, s.days = true, e.From, e.Days
	case milestone.Recovered:
		t, s.delivery, s.reason = ledgerv1.EventType_EVENT_TYPE_MILESTONE_RECOVERED, e.Delivery, e.Reason
		moved, s.from, s.days = true, e.From, e.Days
	default:
		return 0, nil, false
	}
	var room [256]byte
	delivery, ok := appendDelivery(room[:0], s.delivery)
	if !ok || !utf8.ValidString(s.reason) || s.days != int(int32(s.days)) {
		return 0, nil, false
	}
	const frames = 64 // more than all tags, lengths and numbers take
	b := make([]byte, 0, frames+len(id)+len(delivery)+len(s.reason))
	b = appendField(b, 1, id[:])
	b = appendField(b, 2, delivery)
	reason := protowire.Number(3)
	if moved {
		reason = 5
		b = appendDay(b, 3, s.from)
		b = appendNumber(b, 4, protowire.EncodeZigZag(int64(s.days)))
	}
	if s.reason != "" {
		b = appendField(b, reason, s.reason)
	}
	return t, b, true
}

// appendDelivery writes what a DeliveryDate holds. False: it is not plain.
func appendDelivery(b []byte, d period.Delivery) ([]byte, bool) {
	if !utf8.ValidString(d.Text) {
		return b, false
	}
	if d.Text != "" {
		b = appendField(b, 1, d.Text)
	}
	for i := range d.Readings {
		r := &d.Readings[i]
		if r.Kind < period.In || r.Kind > period.Unknown || !utf8.ValidString(r.RRule) || !utf8.ValidString(r.Label) {
			return b, false
		}
		var room [96]byte
		b = appendField(b, 2, appendReading(room[:0], r))
	}
	for _, reason := range d.Review {
		if !utf8.ValidString(reason) {
			return b, false
		}
		b = appendField(b, 3, reason)
	}
	b = appendNumber(b, 4, uint64(d.Reader))
	return appendNumber(b, 5, d.Settings), true
}

func appendReading(b []byte, r *period.Reading) []byte {
	b = appendNumber(b, 1, uint64(r.Kind)) // the two count the kinds alike; a test holds them to it
	b = appendDay(b, 2, r.Start)
	b = appendDay(b, 3, r.End)
	b = appendDay(b, 4, r.Due)
	b = appendNumber(b, 5, protowire.EncodeBool(r.Approx))
	b = appendNumber(b, 6, protowire.EncodeBool(r.Uncertain))
	if r.RRule != "" {
		b = appendField(b, 7, r.RRule)
	}
	if r.Label != "" {
		b = appendField(b, 8, r.Label)
	}
	return b
}

// appendField writes a field of text, of bytes or of a message, which may be empty.
func appendField[T string | []byte](b []byte, n protowire.Number, v T) []byte {
	b = protowire.AppendTag(b, n, protowire.BytesType)
	return append(protowire.AppendVarint(b, uint64(len(v))), v...)
}

// appendNumber writes a number, and leaves out 0, as protobuf does.
func appendNumber(b []byte, n protowire.Number, v uint64) []byte {
	if v == 0 {
		return b
	}
	return protowire.AppendVarint(protowire.AppendTag(b, n, protowire.VarintType), v)
}

func appendDay(b []byte, n protowire.Number, d civil.Date) []byte {
	return appendNumber(b, n, uint64(int64(d.Number())))
}
