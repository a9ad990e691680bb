package yardstick

import (
	"strings"
	"sync"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// shapes knows where messages hold other messages.
type shapes struct {
	of sync.Map // protoreflect.MessageDescriptor -> *shape
}

type shape struct {
	fields []protoreflect.FieldDescriptor
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

func (s *shapes) checkKnown(m any) error {
	message, ok := m.(proto.Message)
	if !ok {
		return nil
	}
	reflected := message.ProtoReflect()
	if !strings.HasPrefix(string(reflected.Descriptor().FullName()), "milepost.") || !s.hasUnknown(reflected) {
		return nil
	}
	return status.Error(codes.InvalidArgument, "unknown fields")
}

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
