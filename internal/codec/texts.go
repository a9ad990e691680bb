package codec

import (
	"iter"
	"strconv"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
)

// Texts yields every text of a stored event, with the field that it stands in ("reason", "readings[1].label"). Of an event that
// cannot be read it yields none.
func Texts(t ledgerv1.EventType, payload []byte) iter.Seq2[string, string] {
	return func(yield func(field, text string) bool) {
		e := find(t)
		if e == nil {
			return
		}
		event, id, err := e.decode(payload)
		if err != nil {
			return
		}
		w := writer{about: aPlan}
		if len(id) == len(w.id) {
			w.about, w.id = aMilestone, [16]byte(id)
		}
		if m := e.encode(&w, event); m != nil {
			textsOf("", m, yield)
		}
	}
}

// textsOf yields the texts of a message, and answers false once yield has enough.
func textsOf(path string, m proto.Message, yield func(field, text string) bool) bool {
	more := true
	m.ProtoReflect().Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		name := path + string(f.Name())
		switch {
		case f.IsMap(): // no stored event has one
		case f.IsList():
			for i := range v.List().Len() {
				more = more && textOf(name+"["+strconv.Itoa(i)+"]", f, v.List().Get(i), yield)
			}
		default:
			more = textOf(name, f, v, yield)
		}
		return more
	})
	return more
}

func textOf(name string, f protoreflect.FieldDescriptor, v protoreflect.Value, yield func(field, text string) bool) bool {
	switch f.Kind() {
	case protoreflect.StringKind:
		return yield(name, v.String())
	case protoreflect.MessageKind:
		return textsOf(name+".", v.Message().Interface(), yield)
	}
	return true
}
