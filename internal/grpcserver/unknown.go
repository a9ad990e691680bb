package grpcserver

import (
	"fmt"
	"strings"
	"sync"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
)

// shapes knows where messages hold other messages. Every request passes here and nearly none has anything
// unknown, so what can be known of its type is worked out once. The zero value is ready, and safe for
// concurrent use.
type shapes struct {
	of sync.Map // protoreflect.MessageDescriptor -> *shape
}

// shape is where messages of a type hold other messages.
type shape struct {
	fields []protoreflect.FieldDescriptor // that are no part of a oneof
	oneofs []protoreflect.OneofDescriptor
}

func (s *shapes) shape(m protoreflect.MessageDescriptor) *shape {
	if known, ok := s.of.Load(m); ok {
		return known.(*shape)
	}
	made := &shape{}
	for i := range m.Fields().Len() {
		f := m.Fields().Get(i)
		if f.ContainingOneof() == nil && (f.Message() != nil && !f.IsMap() || f.IsMap() && f.MapValue().Message() != nil) {
			made.fields = append(made.fields, f)
		}
	}
	for i := range m.Oneofs().Len() {
		if o := m.Oneofs().Get(i); !o.IsSynthetic() {
			made.oneofs = append(made.oneofs, o)
		}
	}
	s.of.Store(m, made)
	return made
}

// checkKnown refuses a message of ours that has fields this server does not know, at any depth. A newer
// client said something with them: to leave it out in silence would lose a fact, or answer another question.
func (s *shapes) checkKnown(m any) error {
	message, ok := m.(proto.Message)
	if !ok || isKnown(m) {
		return nil
	}
	reflected := message.ProtoReflect()
	if !strings.HasPrefix(string(reflected.Descriptor().FullName()), "milepost.") || !s.hasUnknown(reflected) {
		return nil
	}
	var found domain.Refusals
	findUnknown(reflected, "", &found)
	if len(found) == 0 {
		return nil
	}
	return found
}

// isKnown looks without reflection at the requests that nearly all are: one date each. False: it has to be looked at otherwise.
func isKnown(m any) bool {
	switch m := m.(type) {
	case *milepostv1.SubmitRequest:
		if len(m.GetCommands()) != 1 || len(m.ProtoReflect().GetUnknown()) > 0 {
			return false
		}
		c := m.Commands[0]
		stated := c.GetDeliveryDateStated()
		return stated != nil && len(c.ProtoReflect().GetUnknown()) == 0 && len(stated.ProtoReflect().GetUnknown()) == 0
	case *milepostv1.PushRequest:
		return m.Request != nil && len(m.More) == 0 && len(m.ProtoReflect().GetUnknown()) == 0 && isKnown(m.Request)
	}
	return false
}

// hasUnknown says whether a message, or one that it holds, has anything unknown.
func (s *shapes) hasUnknown(m protoreflect.Message) bool {
	if len(m.GetUnknown()) > 0 {
		return true
	}
	shape := s.shape(m.Descriptor())
	for _, f := range shape.fields {
		if m.Has(f) && s.holdsUnknown(f, m.Get(f)) {
			return true
		}
	}
	for _, o := range shape.oneofs {
		if f := m.WhichOneof(o); f != nil && f.Message() != nil && s.hasUnknown(m.Get(f).Message()) {
			return true
		}
	}
	return false
}

func (s *shapes) holdsUnknown(f protoreflect.FieldDescriptor, v protoreflect.Value) (found bool) {
	switch {
	case f.IsMap():
		v.Map().Range(func(_ protoreflect.MapKey, v protoreflect.Value) bool {
			found = s.hasUnknown(v.Message())
			return !found
		})
	case f.IsList():
		for i := 0; i < v.List().Len() && !found; i++ {
			found = s.hasUnknown(v.List().Get(i).Message())
		}
	default:
		found = s.hasUnknown(v.Message())
	}
	return found
}

// maxUnknown is how many unknown fields are named.
const maxUnknown = 20

func findUnknown(m protoreflect.Message, path string, found *domain.Refusals) {
	for b := m.GetUnknown(); len(b) > 0 && len(*found) < maxUnknown; {
		number, _, n := protowire.ConsumeField(b)
		if n < 0 {
			break
		}
		b = b[n:]
		*found = append(*found, domain.Refuse(domain.Invalid, RuleUnknownField, below(path, fmt.Sprint(number)),
			"%s has a field number %d that this server does not know, so that what it says would be lost. Use a client of the server's version, or update the server.",
			m.Descriptor().Name(), number))
	}
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.Message() == nil:
		case f.IsList():
			for i := range v.List().Len() {
				findUnknown(v.List().Get(i).Message(), fmt.Sprintf("%s[%d]", below(path, string(f.Name())), i), found)
			}
		case f.IsMap():
			if f.MapValue().Message() != nil {
				v.Map().Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
					findUnknown(v.Message(), fmt.Sprintf("%s[%q]", below(path, string(f.Name())), k.String()), found)
					return true
				})
			}
		default:
			findUnknown(v.Message(), below(path, string(f.Name())), found)
		}
		return len(*found) < maxUnknown
	})
}

func below(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
