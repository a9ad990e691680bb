package codec

import (
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/period"
)

// Dated is a stored event that states a delivery date, taken apart and not made: most dates were stated before, so that who
// keeps many such events need keep each date once.
type Dated struct {
	Milestone [16]byte
	Date      []byte // the delivery date as it is stored, without what it was read with; a part of the payload
	Read      milestone.ReadWith
	From      civil.Date // as the event has it; zero for an event that has none
	Days      int
	Reason    []byte // a part of the payload; valid UTF-8
}

// layout says by which numbers a payload has what is beside the milestone and the date; 0 where it has no such field.
type layout struct{ from, days, reason protowire.Number }

// layoutOf returns the layout of an event that states a date, and false for any other event.
func layoutOf(t ledgerv1.EventType) (layout, bool) {
	switch t {
	case ledgerv1.EventType_EVENT_TYPE_MILESTONE_SLIPPED, ledgerv1.EventType_EVENT_TYPE_MILESTONE_RECOVERED:
		return layout{from: 3, days: 4, reason: 5}, true
	case ledgerv1.EventType_EVENT_TYPE_FORECAST_WITHDRAWN:
		return layout{from: 3, reason: 4}, true
	case ledgerv1.EventType_EVENT_TYPE_FORECAST_GIVEN, ledgerv1.EventType_EVENT_TYPE_FORECAST_RECONFIRMED,
		ledgerv1.EventType_EVENT_TYPE_FORECAST_RESTATED, ledgerv1.EventType_EVENT_TYPE_FORECAST_AWAITED,
		ledgerv1.EventType_EVENT_TYPE_DELIVERY_DATE_UNREAD:
		return layout{reason: 3}, true
	default:
		return layout{}, false
	}
}

// TakeApart reads the payload of an event that states a delivery date. It is false for every other event, and for a payload
// with something that it does not know by heart: Decode reads those, and says what is wrong with them. The date itself is
// not looked at; Decoder.Delivery does that.
func TakeApart(t ledgerv1.EventType, payload []byte) (d Dated, ok bool) {
	const milestoneField, deliveryField = 1, 2
	at, ok := layoutOf(t)
	if !ok {
		return d, false
	}
	var last protowire.Number
	named, dated := false, false
	for len(payload) > 0 {
		number, kind, n := protowire.ConsumeTag(payload)
		if n < 0 || number <= last { // plain payloads have each field once, in order
			return d, false
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
			return d, false
		}
		if n < 0 {
			return d, false
		}
		payload = payload[n:]
		isText := kind == protowire.BytesType
		switch {
		case number == milestoneField && isText && len(text) == len(d.Milestone):
			d.Milestone, named = [16]byte(text), true
		case number == deliveryField && isText:
			d.Date, d.Read = withoutReader(text)
			dated = true
		case number == at.reason && isText && utf8.Valid(text):
			d.Reason = text
		case number == at.from && !isText:
			if d.From, ok = civil.FromNumber(int32(v)); !ok {
				return d, false
			}
		case number == at.days && !isText:
			d.Days = int(protowire.DecodeZigZag(v & 0xffffffff))
		default:
			return d, false
		}
	}
	return d, named && dated
}

// withoutReader takes off a stored delivery date what its words were read with, which stands at its end: the same words are read with
// other settings in each plan.
func withoutReader(date []byte) ([]byte, milestone.ReadWith) {
	const readerField, settingsField = 4, 5
	var with milestone.ReadWith
	end := len(date)
	for rest := date; len(rest) > 0; {
		at := len(date) - len(rest)
		number, kind, n := protowire.ConsumeTag(rest)
		if n < 0 {
			return date, milestone.ReadWith{}
		}
		rest = rest[n:]
		if kind == protowire.VarintType && (number == readerField || number == settingsField) {
			v, n := protowire.ConsumeVarint(rest)
			if n < 0 {
				return date, milestone.ReadWith{}
			}
			rest, end = rest[n:], min(end, at)
			if number == readerField {
				with.Reader = uint32(v)
			} else {
				with.Settings = v
			}
			continue
		}
		if n = protowire.ConsumeFieldValue(number, kind, rest); n < 0 || end < len(date) { // damaged, or written in another order
			return date, milestone.ReadWith{}
		}
		rest = rest[n:]
	}
	return date[:end], with
}

// Event puts together what TakeApart took apart. It returns nil for a type that TakeApart is false for.
func (d *Dated) Event(t ledgerv1.EventType, date period.Delivery) milestone.Event {
	date = d.Read.Of(date)
	switch t {
	case ledgerv1.EventType_EVENT_TYPE_FORECAST_GIVEN:
		return milestone.ForecastGiven{Delivery: date, Reason: string(d.Reason)}
	case ledgerv1.EventType_EVENT_TYPE_MILESTONE_SLIPPED:
		return milestone.Slipped{Delivery: date, From: d.From, Days: d.Days, Reason: string(d.Reason)}
	case ledgerv1.EventType_EVENT_TYPE_MILESTONE_RECOVERED:
		return milestone.Recovered{Delivery: date, From: d.From, Days: d.Days, Reason: string(d.Reason)}
	case ledgerv1.EventType_EVENT_TYPE_FORECAST_RECONFIRMED:
		return milestone.Reconfirmed{Delivery: date, Reason: string(d.Reason)}
	case ledgerv1.EventType_EVENT_TYPE_FORECAST_RESTATED:
		return milestone.Restated{Delivery: date, Reason: string(d.Reason)}
	case ledgerv1.EventType_EVENT_TYPE_FORECAST_WITHDRAWN:
		return milestone.Withdrawn{Delivery: date, From: d.From, Reason: string(d.Reason)}
	case ledgerv1.EventType_EVENT_TYPE_FORECAST_AWAITED:
		return milestone.Awaited{Delivery: date, Reason: string(d.Reason)}
	case ledgerv1.EventType_EVENT_TYPE_DELIVERY_DATE_UNREAD:
		return milestone.Unread{Delivery: date, Reason: string(d.Reason)}
	default:
		return nil
	}
}
