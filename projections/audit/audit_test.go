package audit_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/period"
	"milepost.dev/domain/plan"
	"milepost.dev/eventstore"
	"milepost.dev/eventstore/memory"
	"milepost.dev/internal/codec"
	"milepost.dev/projections"
	"milepost.dev/projections/audit"
)

func date(iso string) period.Delivery {
	d, err := period.ReadISO(iso)
	if err != nil {
		return period.Keep(iso)
	}
	return d
}

// kept is the payload that internal/codec keeps of each type, with every field said.
func kept(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "internal", "codec", "testdata", "v1", name+".hex"))
	if err != nil {
		t.Fatal(err)
	}
	payload, err := hex.DecodeString(strings.Join(strings.Fields(string(text)), ""))
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

// lives are what may have been said of a milestone before: some events only change one that was put off, or met.
var lives = [][]milestone.Event{
	{},
	{milestone.Held{}},
	{milestone.Achieved{Actual: date("2017-01-31")}},
	{milestone.Cancelled{}},
	{milestone.DependencyLinked{On: milestone.ID{0: 1, 15: 0x7f}}},
}

type byID struct{}

func (byID) Display(id string) string { return fmt.Sprintf("party %x", id) }

// Every event changes something in the trail, and every word that it holds is told: among what it changed, or as
// the reason.
func TestEveryEventShows(t *testing.T) {
	for number, constant := range ledgerv1.EventType_name {
		kind := ledgerv1.EventType(number)
		if kind == ledgerv1.EventType_EVENT_TYPE_UNSPECIFIED {
			continue
		}
		t.Run(strings.TrimPrefix(constant, "EVENT_TYPE_"), func(t *testing.T) {
			payload := kept(t, codec.TypeName(kind))
			var shown []string
			for _, before := range lives {
				entry := trail(t, kind, payload, before)
				if len(entry.Before)+len(entry.After) == 0 {
					continue
				}
				shown = append(shown, entry.Reason)
				if entry.Milestone != nil {
					shown = append(shown, entry.Milestone.Ref)
				}
				for _, side := range []map[string]string{entry.Before, entry.After} {
					shown = slices.AppendSeq(slices.AppendSeq(shown, maps.Keys(side)), maps.Values(side))
				}
			}
			if shown == nil {
				t.Fatal("it changes nothing that the trail shows, whatever was said before")
			}
			all := strings.Join(shown, "\n")
			for _, said := range words(t, codec.TypeName(kind), payload) {
				if !strings.Contains(all, said) {
					t.Errorf("%q is in the event, and the trail does not tell it:\n%s", said, all)
				}
			}
		})
	}
}

// trail is the entry of an event, after a plan and a milestone with some life.
func trail(t *testing.T, kind ledgerv1.EventType, payload []byte, life []milestone.Event) audit.Entry {
	t.Helper()
	event, err := codec.Decode(kind, payload)
	if err != nil {
		t.Fatal(err)
	}
	var drafts []eventstore.Draft
	draft := func(kind ledgerv1.EventType, payload []byte, err error) {
		if err != nil {
			t.Fatal(err)
		}
		drafts = append(drafts, eventstore.Draft{
			Type: kind, Payload: payload, Plan: "hubs", AsAt: 20170201, EventID: [16]byte{byte(len(drafts))},
		})
	}
	if kind != ledgerv1.EventType_EVENT_TYPE_PLAN_REGISTERED {
		draft(codec.EncodePlan(plan.Registered{Name: "hubs", TimeZone: "Europe/London"}))
	}
	if kind == ledgerv1.EventType_EVENT_TYPE_PLAN_REOPENED {
		draft(codec.EncodePlan(plan.Closed{Reason: "the programme ended"}))
	}
	if e, ok := event.OfPlan.(plan.CandidateSettled); ok {
		draft(codec.EncodePlan(plan.CandidateOffered{Candidate: e.Candidate, Title: "The hub opens in June"}))
	}
	if event.OfMilestone != nil && kind != ledgerv1.EventType_EVENT_TYPE_MILESTONE_ADDED {
		draft(codec.EncodeMilestone(event.Milestone, milestone.Added{Ref: "A", Title: "A"}))
		for _, e := range life {
			draft(codec.EncodeMilestone(event.Milestone, e))
		}
	}
	draft(kind, payload, nil)

	store, book := memory.New(), projections.NewBook()
	ledger, err := eventstore.TakeOver(t.Context(), store, &eventstore.Chain{}, &ledgerv1.Opening{Origin: make([]byte, 16)}, book.Apply)
	if err != nil {
		t.Fatal(err)
	}
	commit, err := ledger.Append(t.Context(), []eventstore.Request{{
		Actor: string(bytes.Repeat([]byte{7}, 32)), ID: "1", Content: "0123456789abcdef", RecordedAt: 1, Drafts: drafts,
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := book.Apply(commit); err != nil {
		t.Fatal(err)
	}
	p, ok := book.Now().Plan("hubs")
	if !ok {
		t.Fatal("there is no plan")
	}
	events := p.Events(0)
	trail := &audit.Trail{Plan: p, Ledger: audit.NewRecords(store, book), Names: byID{}}
	entry, err := trail.Entry(t.Context(), events[len(events)-1])
	if err != nil {
		t.Fatal(err)
	}
	return entry
}

// words are the texts that an event holds, but for what dates were read as.
func words(t *testing.T, name string, payload []byte) (found []string) {
	if strings.HasPrefix(name, "Funding") && name != "FundingConfirmed" && name != "FundingReprofiled" && name != "FundingWithdrawn" {
		name = "FundingStated"
	}
	if name == "BaselineApproved" || name == "BaselineRefused" {
		name = "BaselineDecided"
	}
	kind, err := protoregistry.GlobalTypes.FindMessageByName(protoreflect.FullName("milepost.ledger.v1." + name))
	if err != nil {
		t.Fatal(err)
	}
	m := kind.New()
	if err := proto.Unmarshal(payload, m.Interface()); err != nil {
		t.Fatal(err)
	}
	var walk func(protoreflect.Message)
	walk = func(m protoreflect.Message) {
		switch m := m.Interface().(type) {
		case *ledgerv1.DeliveryDate:
			found = append(found, m.GetText())
			return
		case *ledgerv1.Attribute:
			if m.GetValue() == "" { // an empty value is none
				return
			}
		}
		m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
			switch {
			case f.IsList() && f.Message() != nil:
				for i := range v.List().Len() {
					walk(v.List().Get(i).Message())
				}
			case f.Message() != nil:
				walk(v.Message())
			case f.Kind() == protoreflect.StringKind && !f.IsList():
				found = append(found, v.String())
			}
			return true
		})
	}
	walk(m)
	return found
}
