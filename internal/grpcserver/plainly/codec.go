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

// Marshal writes a message.
func (c *Codec) Marshal(v any) (mem.BufferSlice, error) {
	const usual = 512 // bytes, which a receipt does not reach
	switch m := v.(type) {
	case *pb.SubmitResponse:
		if b, ok := AppendSubmit(make([]byte, 0, usual), m); ok {
			return mem.BufferSlice{mem.SliceBuffer(b)}, nil
		}
	case *pb.PushResponse:
		if b, ok := AppendPush(make([]byte, 0, usual*(1+len(m.More))), m); ok {
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
