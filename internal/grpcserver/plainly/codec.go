package plainly

import (
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/mem"

	pb "milepost.dev/api/milepost/v1"
)

// Codec is gRPC's codec for protobuf, with the messages of this package read and written by hand.
type Codec struct{ otherwise encoding.CodecV2 }

// NewCodec returns it. It is safe for concurrent use.
func NewCodec() *Codec { return &Codec{encoding.GetCodecV2(proto.Name)} }

// Name is that of gRPC's own: on the wire there is no difference.
func (*Codec) Name() string { return proto.Name }

// usual is how many bytes a receipt does not reach.
const usual = 512

// receipt is the bytes of one receipt and the list that gRPC takes them in, in one piece of memory.
type receipt struct {
	list  [1]mem.Buffer
	bytes [usual]byte
}

// Marshal writes a message.
func (c *Codec) Marshal(v any) (mem.BufferSlice, error) {
	switch m := v.(type) {
	case *pb.SubmitResponse:
		one := &receipt{}
		if b, ok := AppendSubmit(one.bytes[:0], m); ok {
			one.list[0] = mem.SliceBuffer(b)
			return one.list[:], nil
		}
	case *pb.PushResponse:
		if len(m.More) == 0 {
			one := &receipt{}
			if b, ok := AppendPush(one.bytes[:0], m); ok {
				one.list[0] = mem.SliceBuffer(b)
				return one.list[:], nil
			}
			break
		}
		pool := mem.DefaultBufferPool()
		room := pool.Get(usual * (1 + len(m.More)))
		b, ok := AppendPush((*room)[:0], m)
		if ok && len(b) > 0 && &b[0] == &(*room)[0] { // else it outgrew the room, which may be larger than was asked for
			*room = b
			return mem.BufferSlice{mem.NewBuffer(room, pool)}, nil
		}
		pool.Put(room)
		if ok {
			return mem.BufferSlice{mem.SliceBuffer(b)}, nil
		}
	}
	return c.otherwise.Marshal(v)
}

// Unmarshal reads a message into an empty one.
func (c *Codec) Unmarshal(data mem.BufferSlice, v any) error {
	switch m := v.(type) {
	case *pb.SubmitRequest:
		if read(data, func(b []byte) bool { return ReadSubmit(b, m) }) {
			return nil
		}
	case *pb.PushRequest:
		if read(data, func(b []byte) bool { return ReadPush(b, m) }) {
			return nil
		}
	}
	return c.otherwise.Unmarshal(data, v)
}

func read(data mem.BufferSlice, into func([]byte) bool) bool {
	if len(data) == 1 { // as nearly all come
		return into(data[0].ReadOnlyData())
	}
	whole := data.MaterializeToBuffer(mem.DefaultBufferPool())
	defer whole.Free()
	return into(whole.ReadOnlyData())
}
