package request

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"math"
	"reflect"
	"slices"
	"strings"
	"sync"

	"google.golang.org/protobuf/reflect/protoreflect"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/eventstore"
)

// Digests makes the keyed digests by which a retry is told from another request under the same id. A digest
// must come out the same for ever, so it does not rest on protobuf's own encoding, which may change
// from one release of the library to the next: every field that is present is written by number, in
// order, with its length.
//
// Every request passes here, so where its fields are is worked out once, and they are read where they are: protobuf's
// own reflection took as long as deciding. It is safe for concurrent use.
type Digests struct {
	request *shape
	macs    sync.Pool // of *mac
}

// mac is a keyed hash and room for what goes into it.
type mac struct {
	hash.Hash
	text []byte
	sum  [sha256.Size]byte
}

// shape is where a generated message keeps its fields, by number.
type shape []shapeField

type shapeField struct {
	number  uint64
	index   int          // in the struct
	wrapper reflect.Type // of a field of a oneof: what the struct holds when it is set; else nil
	how     cardinality
	kind    protoreflect.Kind // of the value, of a map's values, or of a list's items
	message *shape            // of these, where they are messages
}

type cardinality int

const (
	single   cardinality = iota
	optional             // nil where it is not said: behind a pointer, or bytes
	list
	mapped
)

// NewDigests makes digests under a key, which must not change as long as the ledger lives.
func NewDigests(key []byte) *Digests {
	d := &Digests{request: shapes{}.of((*milepostv1.SubmitRequest)(nil).ProtoReflect().Type())}
	d.macs.New = func() any { return &mac{Hash: hmac.New(sha256.New, key)} }
	return d
}

// shapes are those that are known already.
type shapes map[protoreflect.FullName]*shape

func (known shapes) of(t protoreflect.MessageType) *shape {
	name := t.Descriptor().FullName()
	if s, ok := known[name]; ok {
		return s
	}
	s := &shape{}
	known[name] = s // before its fields: a message may hold others of its type
	for i := range t.Descriptor().Fields().Len() {
		*s = append(*s, known.field(t, t.Descriptor().Fields().Get(i)))
	}
	slices.SortFunc(*s, func(a, b shapeField) int { return cmp.Compare(a.number, b.number) })
	return s
}

// field finds out where a field is by setting it and looking what has changed.
func (known shapes) field(t protoreflect.MessageType, f protoreflect.FieldDescriptor) shapeField {
	at := shapeField{number: uint64(f.Number()), kind: f.Kind()}
	m := t.New()
	value := m.NewField(f)
	of := f
	switch {
	case f.IsMap():
		at.how, of = mapped, f.MapValue()
		at.kind = of.Kind()
		value.Map().Set(f.MapKey().Default().MapKey(), value.Map().NewValue())
		if f.MapValue().Message() != nil {
			at.message = known.of(value.Map().NewValue().Message().Type())
		}
	case f.IsList():
		at.how = list
		item := value.List().NewElement()
		value.List().Append(item)
		if f.Message() != nil {
			at.message = known.of(item.Message().Type())
		}
	case f.Message() != nil:
		at.message = known.of(value.Message().Type())
	case !f.HasPresence():
		value = something(f.Kind())
	case f.ContainingOneof() == nil || f.ContainingOneof().IsSynthetic():
		at.how = optional
	}
	m.Set(f, value)
	fields := reflect.ValueOf(m.Interface()).Elem()
	for i := range fields.NumField() {
		if fields.Type().Field(i).IsExported() && !fields.Field(i).IsZero() {
			at.index = i
		}
	}
	if f.ContainingOneof() != nil && !f.ContainingOneof().IsSynthetic() {
		at.wrapper = fields.Field(at.index).Elem().Type()
	}
	return at
}

// something is a value of a kind that is not its default.
func something(k protoreflect.Kind) protoreflect.Value {
	switch k {
	case protoreflect.StringKind:
		return protoreflect.ValueOfString("x")
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes([]byte("x"))
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(true)
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(1)
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		return protoreflect.ValueOfUint32(1)
	case protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		return protoreflect.ValueOfUint64(1)
	case protoreflect.FloatKind:
		return protoreflect.ValueOfFloat32(1)
	case protoreflect.DoubleKind:
		return protoreflect.ValueOfFloat64(1)
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind:
		return protoreflect.ValueOfInt32(1)
	default:
		return protoreflect.ValueOfInt64(1)
	}
}

// Of is the digest of a request.
func (d *Digests) Of(request *milepostv1.SubmitRequest) string {
	m := d.macs.Get().(*mac)
	defer d.macs.Put(m)
	m.Reset()
	m.text = d.request.append(m.text[:0], reflect.ValueOf(request).Elem())
	m.Write(m.text)
	return string(m.Sum(m.sum[:0])[:eventstore.ContentSize])
}

// append writes what is set of a message.
func (s *shape) append(b []byte, m reflect.Value) []byte {
	for i := range *s {
		f := &(*s)[i]
		v := m.Field(f.index)
		switch {
		case f.wrapper != nil:
			if !v.IsNil() && v.Elem().Type() == f.wrapper {
				b = f.appendField(b, v.Elem().Elem().Field(0))
			}
		case f.how == list:
			for i := range v.Len() {
				b = f.appendField(b, v.Index(i))
			}
		case f.how == mapped:
			b = f.appendEntries(b, v)
		case f.how == optional:
			if !v.IsNil() {
				b = f.appendField(b, reflect.Indirect(v))
			}
		case f.kind == protoreflect.BytesKind:
			if v.Len() > 0 {
				b = f.appendField(b, v)
			}
		case !v.IsZero():
			b = f.appendField(b, v)
		}
	}
	return b
}

// appendEntries writes a map in order of its keys.
func (f *shapeField) appendEntries(b []byte, m reflect.Value) []byte {
	if m.Len() == 0 {
		return b
	}
	keys := m.MapKeys()
	name := func(key reflect.Value) string { return protoreflect.ValueOf(key.Interface()).MapKey().String() }
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(name(a), name(b)) })
	for _, key := range keys {
		b = binary.AppendUvarint(b, f.number)
		b = appendText(b, name(key))
		b = f.appendField(b, m.MapIndex(key))
	}
	return b
}

func appendText(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

// appendField writes one value with its number and its length before it.
func (f *shapeField) appendField(b []byte, v reflect.Value) []byte {
	b = binary.AppendUvarint(b, f.number)
	if f.kind == protoreflect.StringKind {
		return appendText(b, v.String())
	}
	// How long it is shows when it is written; then it makes way for its length.
	start := len(b)
	b = f.appendValue(b, v)
	var length [binary.MaxVarintLen64]byte
	n := binary.PutUvarint(length[:], uint64(len(b)-start))
	return slices.Insert(b, start, length[:n]...)
}

func (f *shapeField) appendValue(b []byte, v reflect.Value) []byte {
	switch f.kind {
	case protoreflect.MessageKind, protoreflect.GroupKind:
		if v.IsNil() { // in a list or a oneof, where it means an empty one
			return b
		}
		return f.message.append(b, v.Elem())
	case protoreflect.BytesKind:
		return append(b, v.Bytes()...)
	case protoreflect.BoolKind:
		if v.Bool() {
			return append(b, 1)
		}
		return append(b, 0)
	case protoreflect.Uint32Kind, protoreflect.Uint64Kind, protoreflect.Fixed32Kind, protoreflect.Fixed64Kind:
		return binary.AppendUvarint(b, v.Uint())
	case protoreflect.FloatKind, protoreflect.DoubleKind:
		return binary.BigEndian.AppendUint64(b, math.Float64bits(v.Float()))
	default: // enums and the signed integers
		return binary.AppendVarint(b, v.Int())
	}
}
