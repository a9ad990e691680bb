package codec

import (
	"slices"

	"google.golang.org/protobuf/proto"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
)

// entry is all that the codec knows about the events of one stored type. The files of this package hold an entry for
// each: what a milestone is (words.go), its dates (dates.go), its life (life.go) and so on.
type entry struct {
	stored ledgerv1.EventType
	name   string // as the domain's EventName gives it
	about  about
	encode encodeFunc
	decode decodeFunc
	// sample is an event with every field said. testdata keeps the bytes that were once made of it, and those
	// bytes mean this sample for ever: change neither.
	sample Event
}

// encodeFunc returns the message for an event, or nil for an event that is not of the entry's Go type.
type encodeFunc func(*writer, named) proto.Message

// decodeFunc reads a payload, and returns the id of its milestone as it is stored.
type decodeFunc func(payload []byte) (event named, milestone []byte, err error)

// about says what an event may be about.
type about uint8

const (
	aMilestone about = 1 << iota
	aPlan
)

// named is a milestone.Event or a plan.Event.
type named interface{ EventName() string }

// table has an entry for each type that was ever stored.
var table = slices.Concat(
	planEvents, baselineEvents, wordEvents, dateEvents, lifeEvents, linkEvents, reviewEvents, sourceEvents, fundingEvents, measureEvents,
	correctionEvents,
)

// byType and byName are the entries by the number and by the name of their type.
var (
	byType = func() (entries []*entry) {
		for _, e := range table {
			entries = append(entries, make([]*entry, max(0, int(e.stored)+1-len(entries)))...)
			entries[e.stored] = e
		}
		return entries
	}()
	byName = func() map[string]*entry {
		entries := map[string]*entry{}
		for _, e := range table {
			entries[e.name] = e
		}
		return entries
	}()
)

// find returns nil for a type that has no entry.
func find(t ledgerv1.EventType) *entry {
	if t < 0 || int(t) >= len(byType) {
		return nil
	}
	return byType[t]
}

// milestoneEvent is the entry of an event that is always about a milestone: how it becomes a message, what a
// message means, and a sample.
func milestoneEvent[E milestone.Event, M any, P pointer[M]](
	t ledgerv1.EventType, write func(*writer, E) P, read func(*reader, P) E, sample E,
) *entry {
	return newEntry(t, aMilestone, encoding(write), decoding(read), ofMilestone(sample))
}

// planEvent is the entry of an event that is always about the plan.
func planEvent[E plan.Event, M any, P pointer[M]](
	t ledgerv1.EventType, write func(*writer, E) P, read func(*reader, P) E, sample E,
) *entry {
	return newEntry(t, aPlan, encoding(write), decoding(read), ofPlan(sample))
}

// sharedEvent is the entry of an event that may be about a milestone or about the plan.
func sharedEvent[E named, M any, P pointer[M]](
	t ledgerv1.EventType, write func(*writer, E) P, read func(*reader, P) E, sample Event,
) *entry {
	return newEntry(t, aMilestone|aPlan, encoding(write), decoding(read), sample)
}

func newEntry(t ledgerv1.EventType, about about, encode encodeFunc, decode decodeFunc, sample Event) *entry {
	return &entry{stored: t, name: sample.named().EventName(), about: about, encode: encode, decode: decode, sample: sample}
}

func encoding[E named, P proto.Message](write func(*writer, E) P) encodeFunc {
	return func(w *writer, event named) proto.Message {
		e, ok := event.(E)
		if !ok {
			return nil
		}
		return write(w, e)
	}
}

func decoding[E named, M any, P pointer[M]](read func(*reader, P) E) decodeFunc {
	return func(payload []byte) (event named, id []byte, err error) {
		var d struct { // one object: for all the compiler knows, both outlive this function
			r reader
			m M
		}
		m := P(&d.m)
		d.r.unmarshal(payload, m)
		event = read(&d.r, m) // before d.r.err is looked at
		return event, milestoneOf(m), d.r.err
	}
}

// milestoneOf is the id of the milestone that a message is about, as it is stored.
func milestoneOf(m proto.Message) []byte {
	if m, ok := m.(interface{ GetMilestone() []byte }); ok {
		return m.GetMilestone()
	}
	return nil
}

// pointer is a pointer to a message.
type pointer[M any] interface {
	*M
	proto.Message
}

// sampled is the milestone that samples are about.
const sampled = "\x01\x5f\xc6\x2a\x80\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\xff"

func ofMilestone(e milestone.Event) Event {
	return Event{Milestone: [16]byte([]byte(sampled)), OfMilestone: e}
}

func ofPlan(e plan.Event) Event { return Event{OfPlan: e} }

// day is a day of a sample.
func day(iso string) civil.Date {
	d, _ := civil.Parse(iso)
	return d
}

func ptr[T any](v T) *T { return &v }

// named is the event, whatever it is about.
func (e Event) named() named {
	if e.OfPlan != nil {
		return e.OfPlan
	}
	return e.OfMilestone
}
