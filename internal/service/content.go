package service

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"math"
	"slices"
	"strings"
	"sync"

	"google.golang.org/protobuf/reflect/protoreflect"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/eventstore"
)

// digests makes the keyed digests by which a retry is told from another request under the same id. A digest
// must come out the same for ever, so it does not rest on protobuf's own encoding, which may change
// from one release of the library to the next: every field that is present is written by number, in
// order, with its length.
//
// Every request passes here, so what can be known of a message's type beforehand is worked out once. It is
// safe for concurrent use.
type digests struct {
	fields map[protoreflect.FullName][]protoreflect.FieldDescriptor // of each message in a request, by number
	macs   sync.Pool                                                // of *mac
}

// mac is a keyed hash and room for what goes into it.
type mac struct {
	hash.Hash
	text []byte
	sum  [sha256.Size]byte
}

func newDigests(key []byte) *digests {
	d := &digests{fields: map[protoreflect.FullName][]protoreflect.FieldDescriptor{}}
	d.macs.New = func() any { return &mac{Hash: hmac.New(sha256.New, key)} }
	d.learn((*milepostv1.SubmitRequest)(nil).ProtoReflect().Descriptor())
	return d
}

// learn puts the fields of a message, and of those in it, in order.
func (d *digests) learn(m protoreflect.MessageDescriptor) {
	if _, ok := d.fields[m.FullName()]; ok {
		return
	}
	var fields []protoreflect.FieldDescriptor
	for i := range m.Fields().Len() {
		fields = append(fields, m.Fields().Get(i))
	}
	slices.SortFunc(fields, func(a, b protoreflect.FieldDescriptor) int { return int(a.Number() - b.Number()) })
	d.fields[m.FullName()] = fields
	for _, f := range fields {
		if f.IsMap() {
			f = f.MapValue()
		}
		if f.Message() != nil {
			d.learn(f.Message())
		}
	}
}

// of is the digest of a request.
func (d *digests) of(request *milepostv1.SubmitRequest) string {
	m := d.macs.Get().(*mac)
	defer d.macs.Put(m)
	m.Reset()
	m.text = d.canonical(m.text[:0], request.ProtoReflect())
	m.Write(m.text)
	return string(m.Sum(m.sum[:0])[:eventstore.ContentSize])
}

func (d *digests) canonical(b []byte, m protoreflect.Message) []byte {
	for _, f := range d.fields[m.Descriptor().FullName()] {
		if !m.Has(f) {
			continue
		}
		value := m.Get(f)
		switch {
		case f.IsMap():
			b = d.entries(b, f, value.Map())
		case f.IsList():
			list := value.List()
			for i := range list.Len() {
				b = d.field(b, f, f, list.Get(i))
			}
		default:
			b = d.field(b, f, f, value)
		}
	}
	return b
}

// entries writes a map in order of its keys.
func (d *digests) entries(b []byte, f protoreflect.FieldDescriptor, m protoreflect.Map) []byte {
	type entry struct {
		key   string
		value protoreflect.Value
	}
	entries := make([]entry, 0, m.Len())
	m.Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
		entries = append(entries, entry{k.String(), v})
		return true
	})
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.key, b.key) })
	for _, e := range entries {
		b = binary.AppendUvarint(b, uint64(f.Number()))
		b = binary.AppendUvarint(b, uint64(len(e.key)))
		b = append(b, e.key...)
		b = d.field(b, f, f.MapValue(), e.value)
	}
	return b
}

// field writes one value of a field, of the type of another, with its length before it.
func (d *digests) field(b []byte, f, of protoreflect.FieldDescriptor, v protoreflect.Value) []byte {
	b = binary.AppendUvarint(b, uint64(f.Number()))
	if of.Kind() == protoreflect.StringKind {
		text := v.String()
		b = binary.AppendUvarint(b, uint64(len(text)))
		return append(b, text...)
	}
	// How long it is shows when it is written; then it makes way for its length.
	start := len(b)
	b = d.value(b, of, v)
	var length [binary.MaxVarintLen64]byte
	n := binary.PutUvarint(length[:], uint64(len(b)-start))
	return slices.Insert(b, start, length[:n]...)
}

func (d *digests) value(b []byte, f protoreflect.FieldDescriptor, v protoreflect.Value) []byte {
	switch f.Kind() {
	case protoreflect.MessageKind, protoreflect.GroupKind:
		return d.canonical(b, v.Message())
	case protoreflect.BytesKind:
		return append(b, v.Bytes()...)
	case protoreflect.BoolKind:
		if v.Bool() {
			return append(b, 1)
		}
		return append(b, 0)
	case protoreflect.EnumKind:
		return binary.AppendVarint(b, int64(v.Enum()))
	case protoreflect.Uint32Kind, protoreflect.Uint64Kind, protoreflect.Fixed32Kind, protoreflect.Fixed64Kind:
		return binary.AppendUvarint(b, v.Uint())
	case protoreflect.FloatKind, protoreflect.DoubleKind:
		return binary.BigEndian.AppendUint64(b, math.Float64bits(v.Float()))
	default: // the signed integers
		return binary.AppendVarint(b, v.Int())
	}
}
