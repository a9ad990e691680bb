package request

import (
	"bytes"
	"reflect"
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	milepostv1 "milepost.dev/api/milepost/v1"
)

// What is written by hand is what is written of every other request.
func TestADateIsDigestedAsEveryRequest(t *testing.T) {
	digests := NewDigests([]byte("0123456789abcdef0123456789abcdef"))
	text := rapid.OneOf(rapid.Just(""), rapid.Just(" "), rapid.String(), rapid.StringMatching(`[a-z ]{120,300}`))
	rapid.Check(t, func(t *rapid.T) {
		stated := &milepostv1.DeliveryDateStated{Ref: text.Draw(t, "ref"), DeliveryDate: text.Draw(t, "date"), Reason: text.Draw(t, "reason")}
		c := &milepostv1.Command{AsAt: text.Draw(t, "as at"), Source: text.Draw(t, "source"), Command: &milepostv1.Command_DeliveryDateStated{DeliveryDateStated: stated}}
		if rapid.Bool().Draw(t, "expects") {
			c.ExpectedRevision = proto.Uint64(rapid.Uint64().Draw(t, "revision"))
		}
		m := &milepostv1.SubmitRequest{
			RequestId: text.Draw(t, "id"), Plan: text.Draw(t, "plan"), ImportId: text.Draw(t, "import"), Commands: []*milepostv1.Command{c},
			OnBehalfOf: rapid.SampledFrom([]string{"", "", " ", "Ann"}).Draw(t, "behalf"),
		}
		switch rapid.IntRange(0, 9).Draw(t, "also") {
		case 0:
			m.StrictRefs = true
		case 1:
			m.ValidateOnly = true
		case 2:
			m.Commands = append(m.Commands, c)
		case 3:
			c.Command = &milepostv1.Command_MilestoneSlipped{MilestoneSlipped: &milepostv1.MilestoneSlipped{Ref: stated.Ref}}
		}
		by, ok := appendDate(nil, m)
		if !ok {
			if len(by) > 0 {
				t.Fatal("something was written of a request that is left to others")
			}
			return
		}
		w := writing{}
		digests.request.append(&w, reflect.ValueOf(m).Elem())
		if !bytes.Equal(by, w.text) || w.names {
			t.Fatalf("%v is written as\n%x, and otherwise as\n%x, with names: %v", m, by, w.text, w.names)
		}
	})
	if _, ok := appendDate(nil, &milepostv1.SubmitRequest{RequestId: "r", Plan: "hubs", Commands: []*milepostv1.Command{{Command: &milepostv1.Command_DeliveryDateStated{
		DeliveryDateStated: &milepostv1.DeliveryDateStated{Ref: "A", DeliveryDate: "2028"},
	}}}}); !ok {
		t.Error("a date is left to the others")
	}
}

// A field that is added to one of these messages has to be digested by hand too: without it two requests that differ would be one.
func TestEveryFieldOfADateIsDigested(t *testing.T) {
	for m, want := range map[proto.Message][]int{
		&milepostv1.SubmitRequest{}: {1, 2, 3, 4, 20, 21, 30}, &milepostv1.Command{}: {1, 2, 3}, &milepostv1.DeliveryDateStated{}: {1, 2, 3},
	} {
		var has []int
		fields := m.ProtoReflect().Descriptor().Fields()
		for i := range fields.Len() {
			if f := fields.Get(i); f.ContainingOneof() == nil || f.HasOptionalKeyword() { // the kinds of command are one each
				has = append(has, int(f.Number()))
			}
		}
		slices.Sort(has)
		if !slices.Equal(has, want) {
			t.Errorf("%s has the fields %v, and appendDate knows of %v", m.ProtoReflect().Descriptor().Name(), has, want)
		}
	}
}
