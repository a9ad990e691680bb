package service

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"math"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/eventstore"
)

// contentDigest is the keyed digest by which a retry is told from another request under the same id. It
// must come out the same for ever, so it does not rest on protobuf's own encoding, which may change
// from one release of the library to the next: every field that is present is written by number, in
// order, with its length.
func contentDigest(key []byte, request *milepostv1.SubmitRequest) string {
	mac := hmac.New(sha256.New, key)
	mac.Write(canonical(nil, request.ProtoReflect()))
	return string(mac.Sum(nil)[:eventstore.ContentSize])
}

func canonical(b []byte, m protoreflect.Message) []byte {
	type present struct {
		field protoreflect.FieldDescriptor
		value protoreflect.Value
	}
	var fields []present
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		fields = append(fields, present{f, v})
		return true
	})
	slices.SortFunc(fields, func(a, b present) int { return int(a.field.Number() - b.field.Number()) })
	for _, p := range fields {
		switch {
		case p.field.IsMap():
			type entry struct {
				key   string
				value protoreflect.Value
			}
			var entries []entry
			p.value.Map().Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
				entries = append(entries, entry{k.String(), v})
				return true
			})
			slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.key, b.key) })
			for _, e := range entries {
				b = field(b, p.field, []byte(e.key))
				b = field(b, p.field, scalar(p.field.MapValue(), e.value))
			}
		case p.field.IsList():
			for i := range p.value.List().Len() {
				b = field(b, p.field, scalar(p.field, p.value.List().Get(i)))
			}
		default:
			b = field(b, p.field, scalar(p.field, p.value))
		}
	}
	return b
}

func field(b []byte, f protoreflect.FieldDescriptor, value []byte) []byte {
	b = binary.AppendUvarint(b, uint64(f.Number()))
	b = binary.AppendUvarint(b, uint64(len(value)))
	return append(b, value...)
}

func scalar(f protoreflect.FieldDescriptor, v protoreflect.Value) []byte {
	switch f.Kind() {
	case protoreflect.MessageKind, protoreflect.GroupKind:
		return canonical(nil, v.Message())
	case protoreflect.StringKind:
		return []byte(v.String())
	case protoreflect.BytesKind:
		return v.Bytes()
	case protoreflect.BoolKind:
		if v.Bool() {
			return []byte{1}
		}
		return []byte{0}
	case protoreflect.EnumKind:
		return binary.AppendVarint(nil, int64(v.Enum()))
	case protoreflect.Uint32Kind, protoreflect.Uint64Kind, protoreflect.Fixed32Kind, protoreflect.Fixed64Kind:
		return binary.AppendUvarint(nil, v.Uint())
	case protoreflect.FloatKind, protoreflect.DoubleKind:
		return binary.BigEndian.AppendUint64(nil, math.Float64bits(v.Float()))
	default: // the signed integers
		return binary.AppendVarint(nil, v.Int())
	}
}
