package plainly

import (
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"

	pb "milepost.dev/api/milepost/v1"
)

// stated is a request that states a delivery date, in one piece of memory.
type stated struct {
	request  pb.SubmitRequest
	command  pb.Command
	kind     pb.Command_DeliveryDateStated
	fact     pb.DeliveryDateStated
	commands [1]*pb.Command
	revision uint64
}

// ReadSubmit reads a request into m, which is empty. False: m is still empty, and protobuf has to read it.
func ReadSubmit(data []byte, m *pb.SubmitRequest) bool {
	r := &stated{}
	text, ok := textOf(data)
	if !ok || !r.read(data, text, m) {
		m.Reset()
		return false
	}
	return true
}

// ReadPush is ReadSubmit for a message of a stream.
func ReadPush(data []byte, m *pb.PushRequest) bool {
	text, ok := textOf(data)
	if !ok {
		return false
	}
	f := fields{data: data, text: text, list: 2}
	for f.next() {
		r := &stated{}
		if f.kind != protowire.BytesType || f.number > 2 || !r.read(f.bytes, f.said, &r.request) {
			f.bad = true
			break
		}
		if f.number == 1 {
			m.Request = &r.request
		} else {
			m.More = append(m.More, &r.request)
		}
	}
	if f.bad || m.Request == nil {
		m.Reset()
		return false
	}
	return true
}

// textOf is all of a message as a string, of which every text in it is a part. A long message is left to protobuf: a few of its words
// would keep all of it in memory.
func textOf(data []byte) (string, bool) {
	const long = 256 << 10
	if len(data) > long {
		return "", false
	}
	return string(data), true
}

// read reads a request into m, which may be r's own.
func (r *stated) read(data []byte, text string, m *pb.SubmitRequest) bool {
	f := fields{data: data, text: text}
	for f.next() {
		switch {
		case f.isText(1):
			m.RequestId = f.said
		case f.isText(2):
			m.Plan = f.said
		case f.isText(3):
			m.OnBehalfOf = f.said
		case f.isText(21):
			m.ImportId = f.said
		case f.is(4, protowire.BytesType):
			if !r.readCommand(f.bytes, f.said) {
				return false
			}
			r.commands[0] = &r.command
			m.Commands = r.commands[:]
		default:
			return false
		}
	}
	return !f.bad && m.Commands != nil
}

func (r *stated) readCommand(data []byte, text string) bool {
	f := fields{data: data, text: text}
	for f.next() {
		switch {
		case f.isText(1):
			r.command.AsAt = f.said
		case f.isText(2):
			r.command.Source = f.said
		case f.is(3, protowire.VarintType):
			r.revision = f.varint
			r.command.ExpectedRevision = &r.revision
		case f.is(13, protowire.BytesType):
			if !r.readFact(f.bytes, f.said) {
				return false
			}
			r.kind.DeliveryDateStated = &r.fact
			r.command.Command = &r.kind
		default:
			return false
		}
	}
	return !f.bad && r.command.Command != nil
}

func (r *stated) readFact(data []byte, text string) bool {
	f := fields{data: data, text: text}
	for f.next() {
		switch {
		case f.isText(1):
			r.fact.Ref = f.said
		case f.isText(2):
			r.fact.DeliveryDate = f.said
		case f.isText(3):
			r.fact.Reason = f.said
		default:
			return false
		}
	}
	return !f.bad
}

// fields walks over the fields of one message, whose bytes are also at hand as a string.
type fields struct {
	data []byte
	text string
	at   int

	number protowire.Number
	kind   protowire.Type
	varint uint64
	bytes  []byte // of a field of kind BytesType, and the same as a string
	said   string
	last   protowire.Number
	list   protowire.Number // the field that may stand again; 0 where none may
	bad    bool             // the bytes are no message, or not one for this package
}

// next moves to the next field. They have to stand in the order of their numbers, as protobuf writes them: so none stands twice.
func (f *fields) next() bool {
	if f.bad || f.at >= len(f.data) {
		return false
	}
	number, kind, n := protowire.ConsumeTag(f.data[f.at:])
	if n < 0 || number < f.last || number == f.last && number != f.list {
		f.bad = true
		return false
	}
	f.at += n
	f.last, f.number, f.kind = number, number, kind
	switch kind {
	case protowire.VarintType:
		f.varint, n = protowire.ConsumeVarint(f.data[f.at:])
	case protowire.BytesType:
		f.bytes, n = protowire.ConsumeBytes(f.data[f.at:])
		if n >= 0 {
			f.said = f.text[f.at+n-len(f.bytes) : f.at+n]
		}
	default:
		n = -1
	}
	if n < 0 {
		f.bad = true
		return false
	}
	f.at += n
	return true
}

func (f *fields) is(n protowire.Number, kind protowire.Type) bool {
	return f.number == n && f.kind == kind
}

// isText is is for a text, which has to be UTF-8.
func (f *fields) isText(n protowire.Number) bool {
	return f.is(n, protowire.BytesType) && utf8.ValidString(f.said)
}
