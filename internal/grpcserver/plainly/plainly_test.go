package plainly

import (
	"testing"

	"google.golang.org/grpc/encoding"
	grpcproto "google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	pb "milepost.dev/api/milepost/v1"
)

var text = rapid.OneOf(rapid.Just(""), rapid.StringN(0, 20, 80), rapid.Just("2027-03-31"), rapid.StringMatching(`[a-z ]{130,300}`))

func request(t *rapid.T) *pb.SubmitRequest {
	c := &pb.Command{AsAt: text.Draw(t, "as at"), Source: text.Draw(t, "source"), Command: &pb.Command_DeliveryDateStated{DeliveryDateStated: &pb.DeliveryDateStated{
		Ref: text.Draw(t, "ref"), DeliveryDate: text.Draw(t, "date"), Reason: text.Draw(t, "reason"),
	}}}
	if rapid.Bool().Draw(t, "expects") {
		c.ExpectedRevision = proto.Uint64(rapid.Uint64().Draw(t, "revision"))
	}
	m := &pb.SubmitRequest{
		RequestId: text.Draw(t, "id"), Plan: text.Draw(t, "plan"), OnBehalfOf: text.Draw(t, "behalf"), ImportId: text.Draw(t, "import"), Commands: []*pb.Command{c},
	}
	switch rapid.IntRange(0, 12).Draw(t, "also") { // what is left to protobuf
	case 0:
		m.StrictRefs = true
	case 1:
		m.ValidateOnly = true
	case 2:
		m.Commands = append(m.Commands, c)
	case 3:
		m.Commands = nil
	case 4:
		c.Command = &pb.Command_MilestoneSlipped{MilestoneSlipped: &pb.MilestoneSlipped{Ref: "A", DeliveryDate: "2028"}}
	case 5:
		c.Command = nil
	}
	return m
}

func encoded(t *rapid.T, m proto.Message) []byte {
	data, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return damagedOrNot(t, data)
}

// damagedOrNot is data with a few bytes changed, left out or put in.
func damagedOrNot(t *rapid.T, data []byte) []byte {
	data = append([]byte(nil), data...)
	for range rapid.IntRange(0, 3).Draw(t, "changes") {
		at := rapid.IntRange(0, len(data)).Draw(t, "at")
		switch rapid.IntRange(0, 3).Draw(t, "how") {
		case 0:
			if at < len(data) {
				data[at] = rapid.Byte().Draw(t, "byte")
			}
		case 1:
			data = data[:at]
		case 2:
			data = append(data[:at:at], append(rapid.SliceOfN(rapid.Byte(), 1, 4).Draw(t, "more"), data[at:]...)...)
		case 3: // something that a later client says
			data = protowire.AppendString(protowire.AppendTag(data, 99, protowire.BytesType), "later")
		}
	}
	return data
}

// same compares what the codec reads with what protobuf reads of the same bytes.
func same(t *rapid.T, data []byte, mine, theirs proto.Message) {
	wrong := proto.Unmarshal(data, theirs)
	err := NewCodec().Unmarshal(mem.BufferSlice{mem.SliceBuffer(data)}, mine)
	if (err != nil) != (wrong != nil) {
		t.Fatalf("%x: %v, where protobuf says %v", data, err, wrong)
	}
	if err == nil && !proto.Equal(mine, theirs) {
		t.Fatalf("%x is read as\n%v, where protobuf reads\n%v", data, mine, theirs)
	}
}

func TestReadsAsProtobufDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		same(t, encoded(t, request(t)), &pb.SubmitRequest{}, &pb.SubmitRequest{})
		push := &pb.PushRequest{Request: request(t)}
		for range rapid.IntRange(0, 3).Draw(t, "more") {
			push.More = append(push.More, request(t))
		}
		same(t, encoded(t, push), &pb.PushRequest{}, &pb.PushRequest{})
		same(t, rapid.SliceOf(rapid.Byte()).Draw(t, "anything"), &pb.PushRequest{}, &pb.PushRequest{})
	})
}

func answer(t *rapid.T) *pb.SubmitResponse {
	m := &pb.SubmitResponse{Replayed: rapid.Bool().Draw(t, "replayed"), Receipt: &pb.Receipt{
		RequestId: text.Draw(t, "id"), Position: rapid.Uint64().Draw(t, "position"), Durability: text.Draw(t, "durability"),
		Commit: rapid.Uint64().Draw(t, "commit"), CommitDigest: text.Draw(t, "digest"),
	}}
	for range rapid.IntRange(0, 3).Draw(t, "events") {
		m.Receipt.Events = append(m.Receipt.Events, &pb.EventReceipt{
			EventId: text.Draw(t, "event"), Position: rapid.Uint64().Draw(t, "position"), Type: text.Draw(t, "type"), Ref: text.Draw(t, "ref"),
			Milestone: text.Draw(t, "milestone"), Revision: rapid.Uint64().Draw(t, "revision"), LeafHash: text.Draw(t, "leaf"),
		})
	}
	switch rapid.IntRange(0, 8).Draw(t, "also") {
	case 0:
		m.Notices = []*pb.Notice{{Code: "c", Message: "m"}}
	case 1:
		m.Receipt = nil
	case 2:
		m.Corrections = []*pb.CorrectionEffect{{Ref: "A"}}
	}
	return m
}

func pushed(t *rapid.T) *pb.PushResponse {
	m := &pb.PushResponse{RequestId: text.Draw(t, "id"), Answer: &pb.PushResponse_Accepted{Accepted: answer(t)}}
	if rapid.IntRange(0, 4).Draw(t, "refused") == 0 {
		m.Answer = &pb.PushResponse_Refused{Refused: &pb.Refusal{Code: 9, Message: "no"}}
	}
	return m
}

func TestWritesWhatProtobufReads(t *testing.T) {
	otherwise := encoding.GetCodecV2(grpcproto.Name)
	rapid.Check(t, func(t *rapid.T) {
		push := pushed(t)
		for range rapid.IntRange(0, 3).Draw(t, "more") {
			push.More = append(push.More, pushed(t))
		}
		for _, m := range []proto.Message{answer(t), push} {
			data, err := NewCodec().Marshal(m)
			want, wrong := otherwise.Marshal(m)
			if (err != nil) != (wrong != nil) {
				t.Fatalf("%v: %v, where protobuf says %v", m, err, wrong)
			}
			if err != nil {
				continue
			}
			read := m.ProtoReflect().New().Interface()
			if err := proto.Unmarshal(data.Materialize(), read); err != nil || !proto.Equal(read, m) || data.Len() != want.Len() {
				t.Fatalf("%v is written as\n%x, which is %v: %v. Protobuf writes\n%x", m, data.Materialize(), read, err, want.Materialize())
			}
		}
	})
}

// What was written stays as it is while other messages are written: gRPC sends it later.
func TestMessagesOnTheirWayShareNoMemory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var sent []*pb.PushResponse
		var onTheWay []mem.BufferSlice
		for range rapid.IntRange(2, 6).Draw(t, "messages") {
			m := pushed(t)
			for range rapid.IntRange(0, 5).Draw(t, "more") {
				m.More = append(m.More, pushed(t))
			}
			data, err := NewCodec().Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			sent, onTheWay = append(sent, m), append(onTheWay, data)
		}
		for i, m := range sent {
			read := &pb.PushResponse{}
			if err := proto.Unmarshal(onTheWay[i].Materialize(), read); err != nil || !proto.Equal(read, m) {
				t.Fatalf("message %d of %d became %v: %v", i, len(sent), read, err)
			}
			onTheWay[i].Free()
		}
	})
}

// The commonest messages are the ones that are read and written here.
func TestTheCommonestMessagesAreOnesForThisPackage(t *testing.T) {
	m := &pb.SubmitRequest{RequestId: "r", Plan: "hubs", Commands: []*pb.Command{{AsAt: "2027-01-01", Command: &pb.Command_DeliveryDateStated{
		DeliveryDateStated: &pb.DeliveryDateStated{Ref: "A", DeliveryDate: "2028", Reason: "late"},
	}}}}
	data, err := proto.Marshal(&pb.PushRequest{Request: m, More: []*pb.SubmitRequest{m, m}})
	if err != nil {
		t.Fatal(err)
	}
	if !ReadPush(data, &pb.PushRequest{}) {
		t.Error("a pushed date is left to protobuf")
	}
	objects := testing.AllocsPerRun(100, func() { ReadPush(data, &pb.PushRequest{}) })
	if objects > 7 { // one for each request, the text, and a list that grows
		t.Errorf("three requests are read into %.0f objects", objects)
	}
	if _, ok := AppendSubmit(nil, &pb.SubmitResponse{Receipt: &pb.Receipt{RequestId: "r", Events: []*pb.EventReceipt{{Ref: "A"}}}}); !ok {
		t.Error("a receipt is left to protobuf")
	}
}
