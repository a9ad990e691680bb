package plainly

import (
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"

	pb "milepost.dev/api/milepost/v1"
)

// AppendSubmit appends an answer to b. False: it is not one for this package, and b is as it was.
func AppendSubmit(b []byte, m *pb.SubmitResponse) ([]byte, bool) {
	if m == nil || !isPlain(m) {
		return b, false
	}
	return appendAnswer(b, m), true
}

// AppendPush is AppendSubmit for a message of a stream.
func AppendPush(b []byte, m *pb.PushResponse) ([]byte, bool) {
	if m == nil {
		return b, false
	}
	from := len(b)
	b, ok := appendPushed(b, m)
	for i := 0; ok && i < len(m.More); i++ {
		one := m.More[i]
		if one == nil || len(one.More) > 0 {
			return b[:from], false
		}
		b = protowire.AppendTag(b, 4, protowire.BytesType)
		b, ok = appendSized(b, func(b []byte) ([]byte, bool) { return appendPushed(b, one) })
	}
	if !ok {
		return b[:from], false
	}
	return b, true
}

// appendPushed appends the answer to one request, without those that follow it.
func appendPushed(b []byte, m *pb.PushResponse) ([]byte, bool) {
	accepted, ok := m.Answer.(*pb.PushResponse_Accepted)
	if !ok || accepted == nil || accepted.Accepted == nil || len(m.ProtoReflect().GetUnknown()) > 0 || !utf8.ValidString(m.RequestId) || !isPlain(accepted.Accepted) {
		return b, false
	}
	b = appendText(b, 1, m.RequestId)
	b = protowire.AppendTag(b, 2, protowire.BytesType)
	return appendSized(b, func(b []byte) ([]byte, bool) { return appendAnswer(b, accepted.Accepted), true })
}

// isPlain says whether an answer is a receipt of events and no more.
func isPlain(m *pb.SubmitResponse) bool {
	r := m.Receipt
	if r == nil || len(m.Notices) > 0 || len(m.Corrections) > 0 || len(m.ProtoReflect().GetUnknown()) > 0 || len(r.ProtoReflect().GetUnknown()) > 0 {
		return false
	}
	valid := utf8.ValidString(r.RequestId) && utf8.ValidString(r.Durability) && utf8.ValidString(r.CommitDigest)
	for _, e := range r.Events {
		valid = valid && e != nil && len(e.ProtoReflect().GetUnknown()) == 0 && utf8.ValidString(e.EventId) && utf8.ValidString(e.Type) &&
			utf8.ValidString(e.Ref) && utf8.ValidString(e.Milestone) && utf8.ValidString(e.LeafHash)
	}
	return valid
}

func appendAnswer(b []byte, m *pb.SubmitResponse) []byte {
	b = protowire.AppendTag(b, 1, protowire.BytesType)
	b, _ = appendSized(b, func(b []byte) ([]byte, bool) { return appendReceipt(b, m.Receipt), true })
	if m.Replayed {
		b = appendNumber(b, 2, 1)
	}
	return b
}

func appendReceipt(b []byte, r *pb.Receipt) []byte {
	b = appendText(b, 1, r.RequestId)
	b = appendNumber(b, 2, r.Position)
	for _, e := range r.Events {
		b = protowire.AppendTag(b, 3, protowire.BytesType)
		b, _ = appendSized(b, func(b []byte) ([]byte, bool) { return appendEvent(b, e), true })
	}
	b = appendText(b, 4, r.Durability)
	b = appendNumber(b, 5, r.Commit)
	return appendText(b, 6, r.CommitDigest)
}

func appendEvent(b []byte, e *pb.EventReceipt) []byte {
	b = appendText(b, 1, e.EventId)
	b = appendNumber(b, 2, e.Position)
	b = appendText(b, 3, e.Type)
	b = appendText(b, 4, e.Ref)
	b = appendText(b, 5, e.Milestone)
	b = appendNumber(b, 6, e.Revision)
	return appendText(b, 7, e.LeafHash)
}

// appendSized appends a message behind its length, which is known when it is there. Two bytes are left for it: it is mostly between 128 and
// 16,383, and moved where it is not.
func appendSized(b []byte, message func([]byte) ([]byte, bool)) ([]byte, bool) {
	const room = 2
	from := len(b)
	b, ok := message(append(b, 0, 0))
	size := len(b) - from - room
	if n := protowire.SizeVarint(uint64(size)); n != room {
		body := append([]byte(nil), b[from+room:]...)
		return append(protowire.AppendVarint(b[:from], uint64(size)), body...), ok
	}
	protowire.AppendVarint(b[:from], uint64(size))
	return b, ok
}

func appendText(b []byte, n protowire.Number, text string) []byte {
	if text == "" {
		return b
	}
	return protowire.AppendString(protowire.AppendTag(b, n, protowire.BytesType), text)
}

func appendNumber(b []byte, n protowire.Number, v uint64) []byte {
	if v == 0 {
		return b
	}
	return protowire.AppendVarint(protowire.AppendTag(b, n, protowire.VarintType), v)
}
