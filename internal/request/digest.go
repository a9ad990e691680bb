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

// Content is what tells a retry from another request under the same id.
type Content struct {
	V1 string // keyed digest of the request as it was sent
	V2 string // the same with each name in it replaced by its party id, so that a forgotten name cannot be guessed at
}

// Kept is the digest of the request as it was sent where that may be kept beside V2: where the request names nobody. A digest of names
// outlives them, and whoever has the key could test a guess at one that was forgotten.
func (c Content) Kept() string {
	if c.V1 != c.V2 {
		return ""
	}
	return c.V1
}

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

// namesIn are the fields that hold the name of a party. A test compares them with those for which Read and the writer
// ask for parties.
var namesIn = map[protoreflect.FullName]bool{
	"milepost.v1.SubmitRequest.on_behalf_of": true,
	"milepost.v1.OwnerChanged.owner":         true,
	"milepost.v1.OwnerChanged.from":          true,
	"milepost.v1.OwnerChanged.shared_by":     true,
	"milepost.v1.ReviewSettled.owner":        true,
	"milepost.v1.PartiesMerged.keep":         true,
	"milepost.v1.PartiesMerged.merge":        true,
	"milepost.v1.StatementCorrected.speaker": true,
	"milepost.v1.Tier.approvers":             true,
	"milepost.v1.RoleGranted.holder":         true,
	"milepost.v1.RoleWithdrawn.holder":       true,
}

// ofTheRun are the fields that say how a request came, and not what it says: what is sent again in another run is the same request.
var ofTheRun = map[protoreflect.FullName]bool{"milepost.v1.SubmitRequest.import_id": true}

// writing is a digest's text as it is written.
type writing struct {
	text  []byte
	party func(name string) (string, error) // puts an id in place of a name; nil where names stay
	names bool                              // a name was met
	err   error                             // of party, the first
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
	isName  bool              // of a party
}

type cardinality int

const (
	single   cardinality = iota
	optional             // nil where it is not said: behind a pointer, or bytes
	list
	mapped
)

// NewDigests makes digests under a key. Under another one no request is known again.
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
		if ofTheRun[t.Descriptor().Fields().Get(i).FullName()] {
			continue
		}
		*s = append(*s, known.field(t, t.Descriptor().Fields().Get(i)))
	}
	slices.SortFunc(*s, func(a, b shapeField) int { return cmp.Compare(a.number, b.number) })
	return s
}

// field finds out where a field is by setting it and looking what has changed.
func (known shapes) field(t protoreflect.MessageType, f protoreflect.FieldDescriptor) shapeField {
	at := shapeField{number: uint64(f.Number()), kind: f.Kind(), isName: namesIn[f.FullName()]}
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

// Of is the content of a request. The parties of its names are those that party answers with: they are there already,
// since the request was read before. An error is one of party's.
func (d *Digests) Of(request *milepostv1.SubmitRequest, party func(name string) (string, error)) (Content, error) {
	m := d.macs.Get().(*mac)
	defer d.macs.Put(m)
	if text, ok := appendDate(m.text[:0], request); ok {
		m.text = text
		digest := m.digest(text)
		return Content{V1: digest, V2: digest}, nil
	}
	w := writing{text: m.text[:0]}
	d.request.append(&w, reflect.ValueOf(request).Elem())
	m.text = w.text
	c := Content{V1: m.digest(w.text)}
	c.V2 = c.V1
	if !w.names { // most: nothing is replaced, and so nothing is written again
		return c, nil
	}
	w = writing{text: m.text[:0], party: party}
	d.request.append(&w, reflect.ValueOf(request).Elem())
	m.text = w.text
	c.V2 = m.digest(w.text)
	return c, w.err
}

func (m *mac) digest(text []byte) string {
	m.Reset()
	m.Write(text)
	return string(m.Sum(m.sum[:0])[:eventstore.ContentSize])
}

// append writes what is set of a message.
func (s *shape) append(w *writing, m reflect.Value) {
	for i := range *s {
		f := &(*s)[i]
		v := m.Field(f.index)
		switch {
		case f.wrapper != nil:
			if !v.IsNil() && v.Elem().Type() == f.wrapper {
				f.appendField(w, v.Elem().Elem().Field(0))
			}
		case f.how == list:
			for i := range v.Len() {
				f.appendField(w, v.Index(i))
			}
		case f.how == mapped:
			f.appendEntries(w, v)
		case f.how == optional:
			if !v.IsNil() {
				f.appendField(w, reflect.Indirect(v))
			}
		case f.kind == protoreflect.BytesKind:
			if v.Len() > 0 {
				f.appendField(w, v)
			}
		case !v.IsZero():
			f.appendField(w, v)
		}
	}
}

// appendEntries writes a map in order of its keys.
func (f *shapeField) appendEntries(w *writing, m reflect.Value) {
	if m.Len() == 0 {
		return
	}
	keys := m.MapKeys()
	name := func(key reflect.Value) string { return protoreflect.ValueOf(key.Interface()).MapKey().String() }
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(name(a), name(b)) })
	for _, key := range keys {
		w.text = binary.AppendUvarint(w.text, f.number)
		w.text = appendText(w.text, name(key))
		f.appendField(w, m.MapIndex(key))
	}
}

func appendText(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

// appendField writes one value with its number and its length before it.
func (f *shapeField) appendField(w *writing, v reflect.Value) {
	w.text = binary.AppendUvarint(w.text, f.number)
	if f.kind == protoreflect.StringKind {
		text := v.String()
		if f.isName {
			text = w.name(text)
		}
		w.text = appendText(w.text, text)
		return
	}
	// How long it is shows when it is written; then it makes way for its length.
	start := len(w.text)
	f.appendValue(w, v)
	var length [binary.MaxVarintLen64]byte
	n := binary.PutUvarint(length[:], uint64(len(w.text)-start))
	w.text = slices.Insert(w.text, start, length[:n]...)
}

// name is what is written for a name. A text that is blank names nobody, and stays.
func (w *writing) name(name string) string {
	if strings.TrimSpace(name) == "" {
		return name
	}
	w.names = true
	if w.party == nil || w.err != nil {
		return name
	}
	id, err := w.party(name)
	w.err = err
	return id
}

func (f *shapeField) appendValue(w *writing, v reflect.Value) {
	switch f.kind {
	case protoreflect.MessageKind, protoreflect.GroupKind:
		if !v.IsNil() { // in a list or a oneof nil means an empty one
			f.message.append(w, v.Elem())
		}
	case protoreflect.BytesKind:
		w.text = append(w.text, v.Bytes()...)
	case protoreflect.BoolKind:
		if v.Bool() {
			w.text = append(w.text, 1)
		} else {
			w.text = append(w.text, 0)
		}
	case protoreflect.Uint32Kind, protoreflect.Uint64Kind, protoreflect.Fixed32Kind, protoreflect.Fixed64Kind:
		w.text = binary.AppendUvarint(w.text, v.Uint())
	case protoreflect.FloatKind, protoreflect.DoubleKind:
		w.text = binary.BigEndian.AppendUint64(w.text, math.Float64bits(v.Float()))
	default: // enums and the signed integers
		w.text = binary.AppendVarint(w.text, v.Int())
	}
}
