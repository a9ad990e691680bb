package projections

import (
	"bytes"
	"encoding/binary"
	"fmt"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/internal/codec"
)

// fact is one statement about a milestone as the book keeps it: 32 bytes without a pointer, so that a million of them cost
// whoever collects garbage nothing. The event is made when somebody asks for it.
type fact struct {
	position uint64
	words    address    // what the table of dates does not say: in the book's arena
	asAt     civil.Date // the day that it is about
	by       uint32     // who told it, for whom: the index of a teller, which has room for more of the kind
	date     uint32     // the number of its date in the table, from 1 on; 0 where words is a payload
	read     uint16     // the number of what its date was read with, among the plan's, from 1 on; 0 where that is not known
	kind     kind
}

// kind is an EventType, and marks that say what would otherwise be found out by making the event.
type kind uint16

const (
	typeBits      = 12
	unread   kind = 1 << (typeBits + iota - 1) // figures do not go by it
	parties                                    // it names parties
)

func (f *fact) eventType() ledgerv1.EventType { return ledgerv1.EventType(f.kind & (1<<typeBits - 1)) }

func (f *fact) marked(with kind) bool { return f.kind&with != 0 }

// stored is a statement as it is in the ledger or in a saved fold.
type stored struct {
	position uint64
	asAt     civil.Date
	by       uint32
	kind     ledgerv1.EventType
	payload  []byte
}

// date is a delivery date as the events of one kind state it, without what its words were read with. What beside it tells one
// such event from another, the arena has.
type date struct {
	bare   milestone.Event // without a reason, and without what it was compared with
	kind   ledgerv1.EventType
	stored string // its bytes
}

// dates are the dates that were ever stated, each once for each kind of event. A programme states some thousands of dates; there are few
// of them beside the statements.
type dates struct {
	all     long[date]
	numbers map[string]uint32 // by the kind and the stored bytes; for the one that adds
	key     []byte            // the list is used again
}

// mostNumbers bounds what is remembered of dates. Beyond it dates are entered again, which costs memory and nothing else.
const mostNumbers = 1 << 16

// number returns the number of a date, and false where the date cannot be read.
func (d *dates) number(decoder *codec.Decoder, kind ledgerv1.EventType, bytes []byte) (uint32, bool) {
	d.key = append(binary.AppendUvarint(d.key[:0], uint64(kind)), bytes...)
	if n, ok := d.numbers[string(d.key)]; ok {
		return n, true
	}
	ok := d.enter(decoder, kind, bytes)
	return uint32(d.all.len()), ok
}

// enter gives a date the next number, and is false where the date cannot be read.
func (d *dates) enter(decoder *codec.Decoder, kind ledgerv1.EventType, bytes []byte) bool {
	delivery, ok := decoder.Delivery(bytes)
	if !ok {
		return false
	}
	e := (&codec.Dated{}).Event(kind, delivery)
	if e == nil {
		return false
	}
	d.all.append(date{bare: e, kind: kind, stored: string(bytes)})
	if len(d.numbers) >= mostNumbers {
		clear(d.numbers)
	}
	d.key = append(binary.AppendUvarint(d.key[:0], uint64(kind)), bytes...)
	d.numbers[string(d.key)] = uint32(d.all.len())
	return true
}

func (d *dates) at(number uint32) date { return d.all.at(int(number) - 1) }

// dated keeps an event that states a date. False: it is another event, or one that only package codec can read.
func (b *Book) dated(planID string, s *stored) (f fact, id milestone.ID, ok bool) {
	parts, ok := codec.TakeApart(s.kind, s.payload)
	if !ok {
		return f, id, false
	}
	f = fact{position: s.position, asAt: s.asAt, by: s.by, kind: kind(s.kind)}
	if f.read, ok = b.planEntry(planID).readWith(parts.Read); !ok {
		return f, id, false
	}
	if f.date, ok = b.dates.number(b.decoder, s.kind, parts.Date); !ok {
		return f, id, false
	}
	if parts.From != 0 || parts.Days != 0 || len(parts.Reason) > 0 {
		b.scratch = binary.AppendUvarint(b.scratch[:0], uint64(parts.From))
		b.scratch = binary.AppendVarint(b.scratch, int64(parts.Days))
		f.words = b.arena.add(append(b.scratch, parts.Reason...))
	}
	return f, parts.Milestone, true
}

// readWith returns the number of what a date was read with, among the plan's. False: there are too many.
func (p *planEntry) readWith(with milestone.ReadWith) (uint16, bool) {
	if with == (milestone.ReadWith{}) {
		return 0, true
	}
	all := p.reads.all()
	for n := len(all); n > 0; n-- { // there are few, and the last one is mostly the one
		if all[n-1] == with {
			return uint16(n), true
		}
	}
	if len(all) == mostReads {
		return 0, false
	}
	p.reads.append(with)
	return uint16(len(all) + 1), true
}

// mostReads bounds what is kept of what dates of a plan were read with: its settings change some times in its life. Beyond it,
// events are kept whole.
const mostReads = 1 << 10

// read is what the date of a fact was read with; nil where that is not known, or the date says it itself.
func (p *planEntry) read(f *fact) *milestone.ReadWith {
	if f.read == 0 {
		return nil
	}
	return &p.reads.all()[f.read-1]
}

// other keeps any other event about a milestone, which is given beside its payload.
func (b *Book) other(s *stored, e codec.Event) fact {
	f := fact{position: s.position, asAt: s.asAt, by: s.by, kind: kind(s.kind)}
	f.words = b.arena.add(withoutMilestone(s.payload, e.Milestone))
	if !figures.Reads(e.OfMilestone) {
		f.kind |= unread
	}
	if len(milestone.Parties(e.OfMilestone)) > 0 {
		f.kind |= parties
	}
	return f
}

// milestoneHead is how the payload of an event about a milestone begins: field 1, bytes, sixteen of them. Then come
// the milestone's own.
const milestoneHead = "\x0a\x10"

// withoutMilestone takes that beginning off a payload. One that begins otherwise stays as it is: to name the milestone twice
// does no harm.
func withoutMilestone(payload []byte, id milestone.ID) []byte {
	if rest, ok := bytes.CutPrefix(payload, []byte(milestoneHead)); ok {
		if rest, ok = bytes.CutPrefix(rest, id[:]); ok {
			return rest
		}
	}
	return payload
}

// bare is the event of a fact for those who go by the date that was stated, and neither by the reason nor by what the date was
// compared with when it was recorded. Of an event that states no date it is the whole event.
func (b *Book) bare(m *Milestone, f *fact) milestone.Event {
	if f.date != 0 {
		return b.dates.at(f.date).bare
	}
	return b.event(m, f)
}

// event makes the event of a fact.
func (b *Book) event(m *Milestone, f *fact) milestone.Event {
	if m = m.original(); f.position == m.first {
		return m.added
	}
	if f.date != 0 {
		bare := b.dates.at(f.date).bare
		if f.words == 0 && f.read == 0 {
			return bare
		}
		parts := apart(b.arena.at(f.words))
		if with := m.entry.read(f); with != nil {
			parts.Read = *with
		}
		delivery, _ := milestone.Stated(bare)
		return parts.Event(f.eventType(), delivery)
	}
	e, err := codec.Decode(f.eventType(), b.payload(m, f))
	if err != nil {
		// unreachable: it was read by the same function before it was kept, and what is kept does not change.
		panic(fmt.Sprintf("projections: the statement at position %d cannot be read again: %v", f.position, err))
	}
	return e.OfMilestone
}

// apart reads the words of a dated fact.
func apart(words []byte) codec.Dated {
	if len(words) == 0 {
		return codec.Dated{}
	}
	from, n := binary.Uvarint(words)
	days, m := binary.Varint(words[n:])
	return codec.Dated{From: civil.Date(from), Days: int(days), Reason: words[n+m:]}
}

// payload returns the payload of an event that states no date.
func (b *Book) payload(m *Milestone, f *fact) []byte {
	words := b.arena.at(f.words)
	payload := make([]byte, 0, len(milestoneHead)+len(m.ID)+len(words))
	return append(append(append(payload, milestoneHead...), m.ID[:]...), words...)
}
