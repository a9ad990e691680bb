package eventstore

import (
	"errors"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
)

// The stored messages are read here field by field and not by the generated code. Every record of the ledger
// passes here at every start, and every one that is written twice: once into bytes, and once out of them again,
// to hold a writer to the rules of every reader. The generated code copies each field into an object of its
// own; this one points into the bytes that it was given.
//
// What a message means is as the protos say: unknown fields and fields of another type are passed over, and
// of a field that stands twice the last holds. A test compares the two for anything that bytes can be.

// wire walks over the fields of one message.
type wire struct {
	rest []byte

	number protowire.Number
	kind   protowire.Type
	varint uint64 // of a field of kind VarintType
	bytes  []byte // of a field of kind BytesType; they belong to the message
	bad    bool   // the bytes are no message
}

// next moves to the next field. It answers false at the end, and where the bytes are no message.
func (w *wire) next() bool {
	if len(w.rest) == 0 || w.bad {
		return false
	}
	number, kind, n := protowire.ConsumeTag(w.rest)
	if n < 0 || number > protowire.MaxValidNumber {
		w.bad = true
		return false
	}
	w.rest = w.rest[n:]
	w.number, w.kind = number, kind
	switch kind {
	case protowire.VarintType:
		w.varint, n = protowire.ConsumeVarint(w.rest)
	case protowire.BytesType:
		w.bytes, n = protowire.ConsumeBytes(w.rest)
	default:
		n = protowire.ConsumeFieldValue(number, kind, w.rest)
	}
	if n < 0 {
		w.bad = true
		return false
	}
	w.rest = w.rest[n:]
	return true
}

func (w *wire) isVarint(n protowire.Number) bool {
	return w.number == n && w.kind == protowire.VarintType
}

func (w *wire) isBytes(n protowire.Number) bool {
	return w.number == n && w.kind == protowire.BytesType
}

// isText is isBytes for a field that is text, which has to be UTF-8.
func (w *wire) isText(n protowire.Number) bool {
	if !w.isBytes(n) {
		return false
	}
	w.bad = w.bad || !utf8.Valid(w.bytes)
	return true
}

var errNoMessage = errors.New("eventstore: the bytes are no message")

// storedCommit is a ledgerv1.Commit.
type storedCommit struct {
	term, first uint64
	previous    []byte
	entries     [][]byte // ledgerv1.Entry each
	records     [][]byte
	opening     *ledgerv1.Opening
	durability  ledgerv1.Durability
}

func readCommit(data []byte) (c storedCommit, err error) {
	entries, records := 0, 0
	for w := (wire{rest: data}); w.next(); {
		switch {
		case w.isBytes(4):
			entries++
		case w.isBytes(5):
			records++
		}
	}
	c.entries, c.records = make([][]byte, 0, entries), make([][]byte, 0, records)
	w := wire{rest: data}
	for w.next() {
		switch {
		case w.isVarint(1):
			c.term = w.varint
		case w.isVarint(2):
			c.first = w.varint
		case w.isBytes(3):
			c.previous = w.bytes
		case w.isBytes(4):
			c.entries = append(c.entries, w.bytes)
		case w.isBytes(5):
			c.records = append(c.records, w.bytes)
		case w.isBytes(6):
			if c.opening == nil {
				c.opening = &ledgerv1.Opening{}
			}
			if err := (proto.UnmarshalOptions{Merge: true}).Unmarshal(w.bytes, c.opening); err != nil {
				return c, errNoMessage
			}
		case w.isVarint(7):
			c.durability = ledgerv1.Durability(int32(w.varint))
		}
	}
	if w.bad {
		return c, errNoMessage
	}
	return c, nil
}

// storedEntry is a ledgerv1.Entry.
type storedEntry struct {
	actor, request, content, contentV2 []byte
	last                               uint64
	recordedAt                         int64
}

func readEntry(data []byte) (e storedEntry, ok bool) {
	w := wire{rest: data}
	for w.next() {
		switch {
		case w.isBytes(1):
			e.actor = w.bytes
		case w.isText(2):
			e.request = w.bytes
		case w.isBytes(3):
			e.content = w.bytes
		case w.isVarint(4):
			e.last = w.varint
		case w.isVarint(5):
			e.recordedAt = int64(w.varint)
		case w.isBytes(6):
			e.contentV2 = w.bytes
		}
	}
	return e, !w.bad
}

// storedRecord is a ledgerv1.Record.
type storedRecord struct {
	position, planNumber                              uint64
	eventID, plan, planPrevious                       []byte
	asAt                                              int32
	recordedAt                                        int64
	actor, onBehalfOf, requestID, source, payloadText []byte
	kind                                              ledgerv1.EventType
	person, credential, run                           []byte
}

func readRecord(data []byte) (r storedRecord, ok bool) {
	w := wire{rest: data}
	for w.next() {
		switch {
		case w.isVarint(1):
			r.position = w.varint
		case w.isBytes(2):
			r.eventID = w.bytes
		case w.isText(3):
			r.plan = w.bytes
		case w.isVarint(4):
			r.planNumber = w.varint
		case w.isBytes(5):
			r.planPrevious = w.bytes
		case w.isVarint(6):
			r.asAt = int32(w.varint)
		case w.isVarint(7):
			r.recordedAt = int64(w.varint)
		case w.isBytes(8):
			r.actor = w.bytes
		case w.isBytes(9):
			r.onBehalfOf = w.bytes
		case w.isText(10):
			r.requestID = w.bytes
		case w.isText(11):
			r.source = w.bytes
		case w.isVarint(12):
			r.kind = ledgerv1.EventType(int32(w.varint))
		case w.isBytes(13):
			r.payloadText = w.bytes
		case w.isBytes(14):
			r.person = w.bytes
		case w.isBytes(15):
			r.credential = w.bytes
		case w.isBytes(16):
			r.run = w.bytes
		}
	}
	return r, !w.bad
}

// The same the other way. Fields are written in order of number and empty ones left out, as protobuf does.

func appendBytes[T string | []byte](b []byte, n protowire.Number, v T) []byte {
	if len(v) == 0 {
		return b
	}
	b = protowire.AppendTag(b, n, protowire.BytesType)
	b = protowire.AppendVarint(b, uint64(len(v)))
	return append(b, v...)
}

func appendVarint(b []byte, n protowire.Number, v uint64) []byte {
	if v == 0 {
		return b
	}
	return protowire.AppendVarint(protowire.AppendTag(b, n, protowire.VarintType), v)
}

// appendMessage writes a message that may be empty, as one of a repeated field.
func appendMessage(b []byte, n protowire.Number, message []byte) []byte {
	b = protowire.AppendTag(b, n, protowire.BytesType)
	b = protowire.AppendVarint(b, uint64(len(message)))
	return append(b, message...)
}

func (c *storedCommit) append(b []byte) []byte {
	b = appendVarint(b, 1, c.term)
	b = appendVarint(b, 2, c.first)
	b = appendBytes(b, 3, c.previous)
	for _, e := range c.entries {
		b = appendMessage(b, 4, e)
	}
	for _, r := range c.records {
		b = appendMessage(b, 5, r)
	}
	return appendVarint(b, 7, uint64(c.durability))
}

func (e *storedEntry) append(b []byte) []byte {
	b = appendBytes(b, 1, e.actor)
	b = appendBytes(b, 2, e.request)
	b = appendBytes(b, 3, e.content)
	b = appendVarint(b, 4, e.last)
	b = appendVarint(b, 5, uint64(e.recordedAt))
	return appendBytes(b, 6, e.contentV2)
}
