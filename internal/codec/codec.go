// Package codec turns the domain's events into the payloads of stored records, and back. A stored event
// is a contract: what was ever written decodes to the same event for ever, and testdata keeps a sample
// of each to prove it. table.go says how an event is entered.
package codec

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
)

// Event is a decoded payload: an event of a plan or, with the milestone it is about, of a milestone.
type Event struct {
	Milestone   [16]byte // its ULID; zero for an event of a plan
	OfMilestone milestone.Event
	OfPlan      plan.Event
}

// UnknownEvent is a record of a type that this version does not know: a poison record.
type UnknownEvent struct{ Type ledgerv1.EventType }

// Error names the type.
func (e *UnknownEvent) Error() string {
	return fmt.Sprintf("event type %d is not known to this version", int32(e.Type))
}

// BadPayload is a record whose payload is not what its type says: a poison record.
type BadPayload struct {
	Type ledgerv1.EventType
	Err  error // what is wrong with it
}

// Error says what is wrong.
func (e *BadPayload) Error() string {
	return fmt.Sprintf("the payload of a %s cannot be read: %v", TypeName(e.Type), e.Err)
}

// Unwrap returns what is wrong.
func (e *BadPayload) Unwrap() error { return e.Err }

// TypeName returns the name of an event as its EventName gives it: "MilestoneSlipped". It is empty for
// a type that is not known.
func TypeName(t ledgerv1.EventType) string {
	if e := find(t); e != nil {
		return e.name
	}
	return ""
}

// EncodeMilestone returns the stored type and payload of an event of a milestone. The same event always
// gives the same bytes.
func EncodeMilestone(id [16]byte, event milestone.Event) (ledgerv1.EventType, []byte, error) {
	if t, payload, ok := encodeStated(id, event); ok {
		return t, payload, nil
	}
	return encodeMilestone(id, event)
}

// encodeMilestone is EncodeMilestone by protobuf.
func encodeMilestone(id [16]byte, event milestone.Event) (ledgerv1.EventType, []byte, error) {
	w := writer{about: aMilestone, id: id}
	return w.encode(event)
}

// EncodePlan returns the stored type and payload of an event of a plan. The same event always gives
// the same bytes.
func EncodePlan(event plan.Event) (ledgerv1.EventType, []byte, error) {
	w := writer{about: aPlan}
	return w.encode(event)
}

func (w *writer) encode(event named) (ledgerv1.EventType, []byte, error) {
	if event == nil {
		return 0, nil, errNoEvent
	}
	entry := byName[event.EventName()]
	if entry == nil || entry.about&w.about == 0 {
		return 0, nil, fmt.Errorf("%T has no stored form", event)
	}
	m := entry.encode(w, event)
	if m == nil {
		return 0, nil, fmt.Errorf("%T has no stored form", event)
	}
	if w.err != nil {
		return 0, nil, fmt.Errorf("a %s cannot be stored: %w", entry.name, w.err)
	}
	b, err := marshal.Marshal(m)
	if err != nil {
		return 0, nil, fmt.Errorf("a %s cannot be stored: %w", entry.name, err)
	}
	return entry.stored, b, nil
}

// Decode reads a payload. Its errors are *UnknownEvent and *BadPayload. Fields that a later version
// added are passed over; a kind, a day or an id that makes no sense is refused, and never guessed at.
func Decode(t ledgerv1.EventType, payload []byte) (Event, error) {
	entry := find(t)
	if entry == nil {
		return Event{}, &UnknownEvent{Type: t}
	}
	if e, ok := plain(t, payload); ok {
		return e, nil
	}
	event, id, err := entry.decode(payload)
	if err != nil {
		return Event{}, &BadPayload{Type: t, Err: err}
	}
	if entry.about == aPlan || entry.about&aPlan != 0 && len(id) == 0 {
		return Event{OfPlan: event}, nil
	}
	if len(id) != len(milestone.ID{}) {
		return Event{}, &BadPayload{Type: t, Err: errNoMilestone}
	}
	return Event{Milestone: [16]byte(id), OfMilestone: event}, nil
}

var (
	errNoEvent     = errors.New("there is no event to store")
	errNoMilestone = errors.New("it does not name its milestone by 16 bytes")
)

// Without maps in any event, a message has one order of its fields. The option keeps that promise, should
// a map ever be added.
var marshal = proto.MarshalOptions{Deterministic: true}
