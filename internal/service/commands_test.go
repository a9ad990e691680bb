package service

import (
	"reflect"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	milepostv1 "milepost.dev/api/milepost/v1"
)

// value is something that a field of a command may hold, by its name.
func value(f protoreflect.FieldDescriptor) protoreflect.Value {
	switch f.Name() {
	case "delivery_date", "actual_date", "start_date":
		return protoreflect.ValueOfString("2017-03-31")
	case "effective", "period_start":
		return protoreflect.ValueOfString("2017-02-03")
	case "period_end":
		return protoreflect.ValueOfString("2019-02-03")
	case "from":
		if f.ContainingMessage().Name() != "OwnerChanged" {
			return protoreflect.ValueOfString("2017-01-31")
		}
	case "amount", "of":
		return protoreflect.ValueOfString("12.34")
	case "currency":
		return protoreflect.ValueOfString("EUR")
	case "time_zone":
		return protoreflect.ValueOfString("Europe/Paris")
	}
	switch f.Kind() {
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(true)
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(2)
	case protoreflect.Uint32Kind:
		return protoreflect.ValueOfUint32(77)
	default:
		return protoreflect.ValueOfString("the " + string(f.Name()))
	}
}

// fill sets every field of a command but one.
func fill(m protoreflect.Message, but protoreflect.Name) {
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		switch f := fields.Get(i); {
		case f.Name() == but:
		case f.IsMap():
			m.Mutable(f).Map().Set(protoreflect.ValueOfString("risk").MapKey(), protoreflect.ValueOfString("high"))
		default:
			m.Set(f, value(f))
		}
	}
}

// What a reporter writes into a field is never dropped on the way to the domain: a command without it is
// read as another one.
func TestEveryFieldOfEveryCommandIsRead(t *testing.T) {
	kinds := (&milepostv1.Command{}).ProtoReflect().Descriptor().Oneofs().ByName("command").Fields()
	read := func(kind protoreflect.FieldDescriptor, but protoreflect.Name) any {
		m := &milepostv1.Command{}
		fill(m.ProtoReflect().Mutable(kind).Message(), but)
		r, err := readRequest(&milepostv1.SubmitRequest{RequestId: "1", Plan: "hubs", Commands: []*milepostv1.Command{m}},
			planSettings{}, func(name string) (string, error) { return name, nil })
		if err != nil {
			return err.Error() // a field that is needed was read, for it was missed
		}
		c := r.commands[0]
		return []any{c.ref, c.ofMilestone, c.ofPlan}
	}
	for i := range kinds.Len() {
		kind := kinds.Get(i)
		whole := read(kind, "")
		if refused, ok := whole.(string); ok {
			t.Fatalf("%s: %s", kind.Name(), refused)
		}
		fields := kind.Message().Fields()
		for j := range fields.Len() {
			if name := fields.Get(j).Name(); reflect.DeepEqual(read(kind, name), whole) {
				t.Errorf("%s.%s is read by nobody", kind.Name(), name)
			}
		}
	}
	base := &milepostv1.Command{AsAt: "2017-03-31", Source: "minute 7", ExpectedRevision: proto.Uint64(3)}
	c, err := (&reader{}).command(0, base)
	if err != nil || c.asAt.String() != "2017-03-31" || c.source != "minute 7" || *c.expected != 3 {
		t.Errorf("%+v, %v", c, err)
	}
}
