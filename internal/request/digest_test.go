package request

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"pgregory.net/rapid"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
	"milepost.dev/eventstore"
)

// A digest that is stored is compared with for ever.
func TestADigestIsWhatItWas(t *testing.T) {
	key := []byte("0123456789abcdef0123456789abcdef")
	request := &milepostv1.SubmitRequest{RequestId: "r1", Plan: "hubs", Commands: []*milepostv1.Command{
		{AsAt: "2017-02-01", Command: &milepostv1.Command_DeliveryDateStated{
			DeliveryDateStated: &milepostv1.DeliveryDateStated{Ref: "A1", DeliveryDate: "2017-06"},
		}},
		{AsAt: "2017-01-01", Command: &milepostv1.Command_MilestoneAdded{MilestoneAdded: &milepostv1.MilestoneAdded{Ref: "A2"}}},
	}}
	request.Commands[0].ExpectedRevision = proto.Uint64(300)
	request.Commands[1].GetMilestoneAdded().Attributes = map[string]string{"b": "2", "a": "1"}
	const want = "8f5a636b607c9e079b7709ceb2d40d46"
	for range 2 { // the second time with what the first left behind
		got, err := NewDigests(key).Of(request, nobody)
		if err != nil || hex.EncodeToString([]byte(got.V1)) != want || got.V2 != got.V1 {
			t.Errorf("the digests are %x, and were %s twice: %v", got, want, err)
		}
	}
	request.OnBehalfOf = "Treasury"
	request.Commands = append(request.Commands, &milepostv1.Command{Command: &milepostv1.Command_OwnerChanged{
		OwnerChanged: &milepostv1.OwnerChanged{Ref: "A1", Owner: "Estates", From: " "},
	}})
	got, err := NewDigests(key).Of(request, func(name string) (string, error) { return strings.Repeat(name[:1], 32), nil })
	const v1, v2 = "a8bf2ca5198b9af48e51eda4e7fb5023", "17714651e436deb1e22e8faac4d8e956"
	if err != nil || hex.EncodeToString([]byte(got.V1)) != v1 || hex.EncodeToString([]byte(got.V2)) != v2 {
		t.Errorf("the digests are %x, and were %s and %s: %v", got, v1, v2, err)
	}
}

// A request that is sent again in another run of push is the same request. The run itself is 16 bytes in hexadecimal, or none.
func TestTheRunIsNoContent(t *testing.T) {
	digests := NewDigests([]byte("0123456789abcdef0123456789abcdef"))
	request := &milepostv1.SubmitRequest{RequestId: "r1", Plan: "hubs", Commands: []*milepostv1.Command{
		{Command: &milepostv1.Command_MilestoneAdded{MilestoneAdded: &milepostv1.MilestoneAdded{Ref: "A2"}}},
	}}
	without, err := digests.Of(request, nobody)
	if err != nil {
		t.Fatal(err)
	}
	for id, accepted := range map[string]bool{
		"": true, "00112233445566778899aabbccddeeff": true, "0011": false, "00112233445566778899aabbccddeef": false, "the run of june the thirtieth...": false,
	} {
		request.ImportId = id
		if with, err := digests.Of(request, nobody); err != nil || with != without {
			t.Errorf("import %q: %x, and %x without it: %v", id, with, without, err)
		}
		read, err := Read(request, Settings{}, nobody)
		if (err == nil) != accepted || err == nil && hex.EncodeToString([]byte(read.Import)) != id {
			t.Errorf("import %q: %v, %v", id, read, err)
		}
		if refusals, _ := errors.AsType[domain.Refusals](err); !accepted && (len(refusals) != 1 || refusals[0].Rule != RuleImportMalformed) {
			t.Errorf("import %q: %v", id, err)
		}
	}
}

// nobody is asked for in a request without names.
func nobody(name string) (string, error) {
	return "", fmt.Errorf("there is nobody by the name of %q", name)
}

// What names a party is replaced by its id, whatever it is written like, and nothing else is. Which fields these are is
// what Read says, which asks for the parties of a command; the writer asks for on_behalf_of.
func TestNamesAreReplaced(t *testing.T) {
	digests := NewDigests([]byte("0123456789abcdef0123456789abcdef"))
	kinds := (&milepostv1.Command{}).ProtoReflect().Descriptor().Oneofs().ByName("command").Fields()
	for i := range kinds.Len() {
		fields := kinds.Get(i).Message().Fields()
		for j := range fields.Len() {
			command := &milepostv1.Command{}
			message := command.ProtoReflect().Mutable(kinds.Get(i)).Message()
			fill(message, "")
			if f := fields.Get(j); corrects(f) && f.Name() == "owner" {
				message.Clear(fields.ByName("delivery_date"))
				message.Set(f, value(f))
			}
			if f := fields.Get(j); dimension(f) {
				fill(message.Mutable(f).Message(), "")
			}
			request := &milepostv1.SubmitRequest{RequestId: "1", Plan: planOf(kinds.Get(i)), OnBehalfOf: "the chair", Commands: []*milepostv1.Command{command}}
			want := []string{"the chair"}
			ask := func(asked *[]string) func(string) (string, error) {
				return func(name string) (string, error) {
					*asked = append(*asked, name)
					return strings.Repeat(string(name[len(name)-1]), eventstore.PartySize), nil
				}
			}
			if _, err := Read(request, Settings{}, ask(&want)); err != nil {
				t.Fatal(err)
			}
			var got []string
			if _, err := digests.Of(request, ask(&got)); err != nil {
				t.Fatal(err)
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s: %q are replaced, and %q are asked for", kinds.Get(i).Name(), got, want)
			}
		}
	}
}

// Of two spellings of one party the second is another content as it was sent, and the same once parties stand for names.
// Another party is another content in both.
func TestOnePartyInTwoSpellings(t *testing.T) {
	digests := NewDigests([]byte("0123456789abcdef0123456789abcdef"))
	party := func(name string) (string, error) {
		return strings.Repeat(strings.ToLower(name[:1]), eventstore.PartySize), nil
	}
	of := func(owner string) Content {
		c, err := digests.Of(&milepostv1.SubmitRequest{RequestId: "1", Plan: "hubs", Commands: []*milepostv1.Command{{
			Command: &milepostv1.Command_OwnerChanged{OwnerChanged: &milepostv1.OwnerChanged{Ref: "A", Owner: owner}},
		}}}, party)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	estates, shouted, treasury := of("Estates"), of("ESTATES"), of("Treasury")
	if estates.V1 == shouted.V1 || estates.V2 != shouted.V2 || estates.V2 == treasury.V2 || estates.V1 == estates.V2 {
		t.Errorf("%x, %x and %x", estates, shouted, treasury)
	}
	if _, err := digests.Of(&milepostv1.SubmitRequest{OnBehalfOf: "Treasury"}, nobody); err == nil {
		t.Error("a name without a party has a digest")
	}
}

// What it is a digest of is said once more here, in the plainest way there is, and compared for anything.
func TestADigestIsOfEveryField(t *testing.T) {
	key := []byte("0123456789abcdef0123456789abcdef")
	fast := NewDigests(key)
	rapid.Check(t, func(t *rapid.T) {
		request := &milepostv1.SubmitRequest{}
		fillAny(t, request.ProtoReflect(), 3)
		mac := hmac.New(sha256.New, key)
		said := proto.CloneOf(request)
		said.ImportId = ""
		mac.Write(canonical(nil, said.ProtoReflect()))
		got, err := fast.Of(request, func(name string) (string, error) { return name, nil })
		if want := string(mac.Sum(nil)[:eventstore.ContentSize]); err != nil || got != (Content{want, want}) {
			t.Fatalf("%x and %x of %v, %v", got, want, request, err)
		}
	})
}

// fillAny sets some fields of a message to anything.
func fillAny(t *rapid.T, m protoreflect.Message, depth int) {
	fields := m.Descriptor().Fields()
	if fields.Len() == 0 {
		return
	}
	for range rapid.IntRange(0, 6).Draw(t, "fields") {
		f := fields.Get(rapid.IntRange(0, fields.Len()-1).Draw(t, "field"))
		switch {
		case f.IsMap():
			for range rapid.IntRange(0, 3).Draw(t, "entries") {
				key := protoreflect.ValueOfString(rapid.StringN(0, 5, 20).Draw(t, "key")).MapKey()
				m.Mutable(f).Map().Set(key, anyValue(t, m, f.MapValue(), depth))
			}
		case f.IsList():
			for range rapid.IntRange(0, 3).Draw(t, "items") {
				if list := m.Mutable(f).List(); f.Message() != nil {
					fillAny(t, list.AppendMutable().Message(), depth-1)
				} else {
					list.Append(anyValue(t, m, f, depth))
				}
			}
		case f.Message() != nil:
			if depth > 0 {
				fillAny(t, m.Mutable(f).Message(), depth-1)
			}
		default:
			m.Set(f, anyValue(t, m, f, depth))
		}
	}
}

func anyValue(t *rapid.T, m protoreflect.Message, f protoreflect.FieldDescriptor, depth int) protoreflect.Value {
	switch f.Kind() {
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(rapid.StringN(0, 40, 300).Draw(t, "text"))
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(rapid.Bool().Draw(t, "bool"))
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(protoreflect.EnumNumber(rapid.IntRange(0, 3).Draw(t, "enum")))
	case protoreflect.Uint32Kind:
		return protoreflect.ValueOfUint32(rapid.Uint32().Draw(t, "number"))
	case protoreflect.Uint64Kind:
		return protoreflect.ValueOfUint64(rapid.Uint64().Draw(t, "number"))
	case protoreflect.Int32Kind:
		return protoreflect.ValueOfInt32(rapid.Int32().Draw(t, "number"))
	case protoreflect.Int64Kind:
		return protoreflect.ValueOfInt64(rapid.Int64().Draw(t, "number"))
	}
	t.Fatalf("%s is of a kind that this test does not fill: %s", f.FullName(), f.Kind())
	return protoreflect.Value{}
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

// A request that names somebody is written and hashed twice, and one that names nobody once.
func BenchmarkContent(b *testing.B) {
	digests := NewDigests([]byte("0123456789abcdef0123456789abcdef"))
	party := func(string) (string, error) { return strings.Repeat("p", eventstore.PartySize), nil }
	for name, behalf := range map[string]string{"nobody": "", "somebody": "Programme Office"} {
		request := &milepostv1.SubmitRequest{RequestId: "r1", Plan: "hubs", OnBehalfOf: behalf, Commands: []*milepostv1.Command{{
			AsAt: "2017-02-01", Command: &milepostv1.Command_DeliveryDateStated{DeliveryDateStated: &milepostv1.DeliveryDateStated{
				Ref: "A1", DeliveryDate: "2017-06-30", Reason: strings.Repeat("steel ", 20),
			}},
		}}}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := digests.Of(request, party); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
