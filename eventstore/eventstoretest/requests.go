package eventstoretest

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"

	"pgregory.net/rapid"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/eventstore"
)

// Opening is one with which a writer takes over a new ledger.
func Opening() *ledgerv1.Opening {
	return &ledgerv1.Opening{Origin: []byte("origin of a test"), OpenedAt: 1, Software: "test"}
}

// Party is a party id made of a few letters.
func Party(name string) string {
	id := make([]byte, eventstore.PartySize)
	copy(id, name)
	return string(id)
}

// Request is an accepted request with an event for each payload, all in one plan.
func Request(id, plan string, payloads ...string) eventstore.Request {
	r := eventstore.Request{
		Actor: Party("actor"), ID: id, Content: fmt.Sprintf("%-16.16s", id),
		RecordedAt: 1_700_000_000_000_000,
	}
	for i, payload := range payloads {
		d := eventstore.Draft{
			Plan: plan, AsAt: 20170331, Source: "test",
			Type: ledgerv1.EventType_EVENT_TYPE_MILESTONE_SLIPPED, Payload: []byte(payload),
		}
		copy(d.EventID[:], id)
		binary.BigEndian.PutUint64(d.EventID[8:], uint64(i))
		r.Drafts = append(r.Drafts, d)
	}
	return r
}

// Commits draws groups of requests as a writer might gather them: several plans, requests with many
// events and with none, one request and many to a commit.
func Commits() *rapid.Generator[[][]eventstore.Request] {
	return rapid.Custom(func(t *rapid.T) [][]eventstore.Request {
		number, now := 0, int64(1)
		request := rapid.Custom(func(t *rapid.T) eventstore.Request {
			number++
			now += rapid.Int64Range(0, 1000).Draw(t, "later")
			payloads := rapid.SliceOfN(rapid.StringN(0, 12, 40), 0, 4).Draw(t, "payloads")
			r := Request(fmt.Sprintf("r%d", number), rapid.SampledFrom([]string{"a", "b", "other"}).Draw(t, "plan"), payloads...)
			r.RecordedAt = now
			r.Actor = Party(rapid.SampledFrom([]string{"ann", "bob"}).Draw(t, "actor"))
			if rapid.Bool().Draw(t, "for another") {
				r.OnBehalfOf = Party("chair")
			}
			if rapid.Bool().Draw(t, "by a person") {
				r.Person, r.Import = Party("person"), "one run of import"[:eventstore.ImportSize]
			}
			if rapid.Bool().Draw(t, "of a later version") {
				r.Content, r.ContentV2 = "", r.Content
			}
			return r
		})
		return rapid.SliceOfN(rapid.SliceOfN(request, 1, 4), 1, 6).Draw(t, "commits")
	})
}

// lossy is a log between which and its writer answers are lost.
type lossy struct {
	eventstore.Log
	// next is what becomes of the appends to come, in order; after them all is well.
	next []loss
}

type loss int

const (
	none     loss = iota
	request       // it never arrives
	answer        // it is stored, and nobody says so
	conflict      // it is stored, and refused
)

func (l *lossy) Append(ctx context.Context, number uint64, data []byte) error {
	now := none
	if len(l.next) > 0 {
		now, l.next = l.next[0], slices.Clone(l.next[1:])
	}
	if now == request {
		return eventstore.ErrUnknown
	}
	err := l.Log.Append(ctx, number, data)
	switch {
	case err != nil || now == none:
		return err
	case now == answer:
		return eventstore.ErrUnknown
	default:
		return eventstore.ErrConflict
	}
}
