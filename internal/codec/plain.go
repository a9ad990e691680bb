package codec

import (
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
)

// plain is Decode for what is reported most beside dates: the same event in a fifth of the time, for a book that keeps
// payloads and reads them each time that somebody asks. What it does not know by heart it leaves to protobuf, and so
// everything that is wrong too.
func plain(t ledgerv1.EventType, payload []byte) (e Event, ok bool) {
	f := fields{rest: payload}
	switch t {
	case ledgerv1.EventType_EVENT_TYPE_PROGRESS_REPORTED:
		var p milestone.ProgressReported
		for f.next() {
			switch {
			case f.number == 1 && f.isID():
				e.Milestone = [16]byte(f.bytes)
			case f.number == 2 && !f.isBytes && f.v < uint64(len(percents)):
				p.Percent = percents[f.v]
			case f.number == 3 && f.isText():
				p.Status = string(f.bytes)
			case f.number == 4 && f.isText():
				p.Words = string(f.bytes)
			case f.number == 5 && f.isText():
				p.NextSteps = string(f.bytes)
			default:
				return e, false
			}
		}
		e.OfMilestone = p
	case ledgerv1.EventType_EVENT_TYPE_OWNER_CHANGED:
		var o milestone.OwnerChanged
		for f.next() {
			switch {
			case f.number == 1 && f.isID():
				e.Milestone = [16]byte(f.bytes)
			case f.number == 2 && f.isParty():
				o.From = milestone.Party(f.bytes)
			case f.number == 3 && f.isParty():
				o.To = milestone.Party(f.bytes)
			case f.number == 4 && !f.isBytes:
				if o.Effective, ok = civil.FromNumber(int32(f.v)); !ok {
					return e, false
				}
			case f.number == 5 && f.isText():
				o.Reason = string(f.bytes)
			default:
				return e, false
			}
		}
		e.OfMilestone = o
	default:
		return e, false
	}
	return e, f.named && !f.bad
}

// percents are shared by all events: nobody writes to them.
var percents = func() (all [101]*int) {
	for n := range all {
		all[n] = &n
	}
	return all
}()

// fields reads a payload that has each field once, in order.
type fields struct {
	rest    []byte
	number  protowire.Number
	isBytes bool
	bytes   []byte
	v       uint64
	named   bool // the milestone was read
	bad     bool
}

// next reads a field, and is false at the end and where the payload is written in another way.
func (f *fields) next() bool {
	if len(f.rest) == 0 {
		return false
	}
	number, kind, n := protowire.ConsumeTag(f.rest)
	if n < 0 || number <= f.number {
		f.bad = true
		return false
	}
	f.number, f.rest = number, f.rest[n:]
	switch kind {
	case protowire.BytesType:
		f.isBytes = true
		f.bytes, n = protowire.ConsumeBytes(f.rest)
	case protowire.VarintType:
		f.isBytes = false
		f.v, n = protowire.ConsumeVarint(f.rest)
	default:
		n = -1
	}
	if n < 0 {
		f.bad = true
		return false
	}
	f.rest = f.rest[n:]
	return true
}

func (f *fields) isID() bool {
	f.named = f.isBytes && len(f.bytes) == len(milestone.ID{})
	return f.named
}

func (f *fields) isText() bool  { return f.isBytes && utf8.Valid(f.bytes) }
func (f *fields) isParty() bool { return f.isBytes && (len(f.bytes) == 0 || len(f.bytes) == partySize) }
