package frozen

import (
	"fmt"

	"google.golang.org/protobuf/types/descriptorpb"
)

// Lost names everything that was promised and is not there any more, or is something else.
func Lost(promised, now *descriptorpb.FileDescriptorSet) (lost []string) {
	was, is := describe(promised), describe(now)
	for _, name := range was.order {
		switch described, ok := is.by[name]; {
		case !ok:
			lost = append(lost, name+" is gone")
		case described != was.by[name]:
			lost = append(lost, fmt.Sprintf("%s was %s and is %s", name, was.by[name], described))
		}
	}
	return lost
}

// descriptions say in words what each message, field, value and call is, as far as its bytes and its
// JSON depend on it.
type descriptions struct {
	by    map[string]string
	order []string
}

func (d *descriptions) add(name, format string, args ...any) {
	d.by[name] = fmt.Sprintf(format, args...)
	d.order = append(d.order, name)
}

func describe(set *descriptorpb.FileDescriptorSet) *descriptions {
	d := &descriptions{by: map[string]string{}}
	for _, file := range set.File {
		scope := file.GetPackage()
		for _, m := range file.MessageType {
			d.message(scope, m)
		}
		for _, e := range file.EnumType {
			d.enum(scope, e)
		}
		for _, s := range file.Service {
			for _, m := range s.Method {
				d.add(scope+"."+s.GetName()+"."+m.GetName(), "(%s, streams %t) -> (%s, streams %t)",
					m.GetInputType(), m.GetClientStreaming(), m.GetOutputType(), m.GetServerStreaming())
			}
		}
	}
	return d
}

func (d *descriptions) message(scope string, m *descriptorpb.DescriptorProto) {
	scope += "." + m.GetName()
	d.add(scope, "a message")
	for _, f := range m.Field {
		oneof := ""
		if f.OneofIndex != nil && !f.GetProto3Optional() {
			oneof = m.OneofDecl[f.GetOneofIndex()].GetName()
		}
		d.add(fmt.Sprintf("%s field %d", scope, f.GetNumber()), "%s: %s %s %s, oneof %q, optional %t", f.GetName(),
			f.GetLabel(), f.GetType(), f.GetTypeName(), oneof, f.GetProto3Optional())
	}
	for _, nested := range m.NestedType {
		d.message(scope, nested)
	}
	for _, e := range m.EnumType {
		d.enum(scope, e)
	}
}

func (d *descriptions) enum(scope string, e *descriptorpb.EnumDescriptorProto) {
	for _, v := range e.Value {
		d.add(fmt.Sprintf("%s.%s value %d", scope, e.GetName(), v.GetNumber()), "%s", v.GetName())
	}
}
