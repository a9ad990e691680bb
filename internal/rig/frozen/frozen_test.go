package frozen_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/known/anypb"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	nodev1 "milepost.dev/api/milepost/node/v1"
	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/rig/frozen"
)

// code is what the generated Go code says today.
func code() *descriptorpb.FileDescriptorSet {
	return &descriptorpb.FileDescriptorSet{File: []*descriptorpb.FileDescriptorProto{
		protodesc.ToFileDescriptorProto(ledgerv1.File_milepost_ledger_v1_ledger_proto),
		protodesc.ToFileDescriptorProto(ledgerv1.File_milepost_ledger_v1_events_proto),
		protodesc.ToFileDescriptorProto(milepostv1.File_milepost_v1_command_proto),
		protodesc.ToFileDescriptorProto(milepostv1.File_milepost_v1_query_proto),
		protodesc.ToFileDescriptorProto(milepostv1.File_milepost_v1_watch_proto),
		protodesc.ToFileDescriptorProto(milepostv1.File_milepost_v1_audit_proto),
		protodesc.ToFileDescriptorProto(milepostv1.File_milepost_v1_identity_proto),
		protodesc.ToFileDescriptorProto(milepostv1.File_milepost_v1_names_proto),
		protodesc.ToFileDescriptorProto(nodev1.File_milepost_node_v1_node_proto), // nodes of two versions share a ledger
		protodesc.ToFileDescriptorProto(anypb.File_google_protobuf_any_proto),    // which the others import
	}}
}

// TestNothingPromisedIsLost compares every image with every later one and with the code.
func TestNothingPromisedIsLost(t *testing.T) {
	images, err := frozen.Images()
	if err != nil {
		t.Fatal(err)
	}
	for i, image := range images {
		if want := fmt.Sprintf("%04d.binpb", i+1); image.Name != want {
			t.Errorf("%s stands where %s was expected: an image is never removed", image.Name, want)
		}
		for _, later := range append(images[i+1:], frozen.Image{Name: "the code", Files: code()}) {
			for _, lost := range frozen.Lost(image.Files, later.Files) {
				t.Errorf("%s promised more than %s keeps: %s", image.Name, later.Name, lost)
			}
		}
	}
}

// TestLossIsFound takes things away and changes them, one at a time.
func TestLossIsFound(t *testing.T) {
	record := func(set *descriptorpb.FileDescriptorSet) *descriptorpb.DescriptorProto {
		for _, m := range set.File[0].MessageType {
			if m.GetName() == "Record" {
				return m
			}
		}
		t.Fatal("there is no record")
		return nil
	}
	for _, test := range []struct {
		name   string
		change func(*descriptorpb.FileDescriptorSet)
		lost   string
	}{
		{"nothing", func(*descriptorpb.FileDescriptorSet) {}, "[]"},
		{"a field is removed", func(set *descriptorpb.FileDescriptorSet) {
			r := record(set)
			r.Field = r.Field[1:]
		}, "[milepost.ledger.v1.Record field 1 is gone]"},
		{"a field has another type", func(set *descriptorpb.FileDescriptorSet) {
			record(set).Field[0].Type = descriptorpb.FieldDescriptorProto_TYPE_SINT64.Enum()
		}, `[milepost.ledger.v1.Record field 1 was position: LABEL_OPTIONAL TYPE_UINT64 , oneof "", optional false and is position: LABEL_OPTIONAL TYPE_SINT64 , oneof "", optional false]`},
		{"an event has another number", func(set *descriptorpb.FileDescriptorSet) {
			types := set.File[0].EnumType[len(set.File[0].EnumType)-1]
			types.Value[1].Number = proto.Int32(99)
		}, "[milepost.ledger.v1.EventType value 1 is gone]"},
		{"a call streams", func(set *descriptorpb.FileDescriptorSet) {
			set.File[2].Service[0].Method[0].ClientStreaming = proto.Bool(true)
		}, "[milepost.v1.CommandService.Submit was (.milepost.v1.SubmitRequest, streams false) -> (.milepost.v1.SubmitResponse, streams false) and is (.milepost.v1.SubmitRequest, streams true) -> (.milepost.v1.SubmitResponse, streams false)]"},
		{"a field is added", func(set *descriptorpb.FileDescriptorSet) {
			r := record(set)
			r.Field = append(r.Field, &descriptorpb.FieldDescriptorProto{Name: proto.String("more"), Number: proto.Int32(99)})
		}, "[]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			changed := code()
			test.change(changed)
			if lost := fmt.Sprint(frozen.Lost(code(), changed)); lost != test.lost {
				t.Errorf("got\n  %s\nwant\n  %s", lost, test.lost)
			}
		})
	}
}

// TestReservedNumbersWait holds new events to the numbers that were kept for them, and the list of these to the one that
// ledger.proto shows to whoever adds an event there.
func TestReservedNumbersWait(t *testing.T) {
	for _, wrong := range frozen.Misplaced(ledgerv1.EventType_name) {
		t.Error(wrong)
	}
	other := map[int32]string{159: "EVENT_TYPE_ANYTHING", 180: "EVENT_TYPE_BASELINE_PROPOSED", 181: "EVENT_TYPE_SOMETHING_ELSE"}
	if wrong := fmt.Sprint(frozen.Misplaced(other)); wrong != "[EVENT_TYPE_SOMETHING_ELSE has number 181, which is kept for baselines]" {
		t.Errorf("of %v it says %s", other, wrong)
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "api", "milepost", "ledger", "v1", "ledger.proto"))
	if err != nil {
		t.Fatal(err)
	}
	var list strings.Builder
	last := int32(159)
	for _, r := range frozen.Reserved {
		if r.First != last+1 || r.Last < r.First {
			t.Errorf("%s have %d to %d, and what is before them ends at %d", r.Kind, r.First, r.Last, last)
		}
		last = r.Last
		fmt.Fprintf(&list, "//   %d to %d: %s\n", r.First, r.Last, r.Kind)
	}
	if !strings.Contains(string(text), list.String()) {
		t.Errorf("ledger.proto does not list the ranges as they are here:\n%s", list.String())
	}
}
