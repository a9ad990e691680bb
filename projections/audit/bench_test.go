package audit_test

import (
	"bytes"
	"fmt"
	"testing"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
	"milepost.dev/eventstore"
	"milepost.dev/eventstore/memory"
	"milepost.dev/internal/codec"
	"milepost.dev/projections"
	"milepost.dev/projections/audit"
	"milepost.dev/projections/status"
)

// BenchmarkOneMilestone reads the trail of one milestone of so many statements, a page of 1,000 after another, and beside it what a watch of every change
// asks: after each event a trail that begins there, and the status after it, as a caller has it who catches up. The time for one event is to
// stay as it is when there are ten times as many.
func BenchmarkOneMilestone(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		store, book := memory.New(), projections.NewBook()
		store.MaxMessage = 1 << 30
		statedOfOne(b, store, book, n)
		p, _ := book.Now().Plan("hubs")
		records := audit.NewRecords(store, book)
		if p.View().Newest(p.Milestones()[0]).Title == "" { // as a server has it that was asked before
			b.Fatal("there is no milestone")
		}
		entries := func(b *testing.B, each int, also func(projections.Event)) {
			for b.Loop() {
				events := p.Events(0)
				for len(events) > 0 {
					trail := &audit.Trail{Plan: p, Ledger: records, Names: byID{}}
					page := events[:min(each, len(events))]
					for _, e := range page {
						if _, err := trail.Entry(b.Context(), e); err != nil {
							b.Fatal(err)
						}
						also(e)
					}
					events = events[len(page):]
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/event")
		}
		b.Run(fmt.Sprint("trail/statements=", n), func(b *testing.B) { entries(b, 1000, func(projections.Event) {}) })
		b.Run(fmt.Sprint("one by one/statements=", n), func(b *testing.B) { entries(b, 1, func(projections.Event) {}) })
		b.Run(fmt.Sprint("watched/statements=", n), func(b *testing.B) {
			replay := p.View().Replay(p.Milestones()[0])
			entries(b, 1, func(e projections.Event) {
				if e.Milestone != nil {
					known, _ := book.KnownAt(e.Position)
					status.Along(replay, known, e.Milestone, civil.Last)
				}
			})
		})
	}
}

// statedOfOne are statements about one milestone, each in a request of its own, one in seven of them of the month before.
func statedOfOne(b *testing.B, store *memory.Log, book *projections.Book, n int) {
	ledger, err := eventstore.TakeOver(b.Context(), store, &eventstore.Chain{}, &ledgerv1.Opening{Origin: make([]byte, 16)}, book.Apply)
	if err != nil {
		b.Fatal(err)
	}
	january, _ := civil.Parse("2017-01-01")
	id := [16]byte{1}
	var requests []eventstore.Request
	tell := func(d eventstore.Draft) {
		requests = append(requests, eventstore.Request{
			Actor: string(bytes.Repeat([]byte{7}, 32)), ID: fmt.Sprint(len(requests), book.Position()), Content: "0123456789abcdef",
			RecordedAt: int64(book.Position() + 1), Drafts: []eventstore.Draft{d},
		})
	}
	tell(draftOf(b, 20170101)(codec.EncodePlan(plan.Registered{Name: "hubs", TimeZone: "Europe/London"})))
	for i := range n {
		var e milestone.Event = milestone.Slipped{Delivery: date(fmt.Sprintf("2018-%02d", 1+i%12)), From: january, Days: 31, Reason: "no steel"}
		switch {
		case i == 0:
			e = milestone.Added{Ref: "A", Title: "The hub opens"}
		case i%3 == 0:
			e = milestone.ProgressReported{Status: fmt.Sprint("status ", i%5)}
		}
		day := i / 20
		if i%7 == 6 {
			day = max(0, day-30)
		}
		tell(draftOf(b, january.AddDays(day).Number())(codec.EncodeMilestone(id, e)))
		if len(requests) == 100 || i == n-1 {
			commit, err := ledger.Append(b.Context(), requests)
			if err != nil {
				b.Fatal(err)
			}
			if err := book.Apply(commit); err != nil {
				b.Fatal(err)
			}
			requests = nil
		}
	}
}

func draftOf(b *testing.B, asAt int32) func(ledgerv1.EventType, []byte, error) eventstore.Draft {
	return func(kind ledgerv1.EventType, payload []byte, err error) eventstore.Draft {
		if err != nil {
			b.Fatal(err)
		}
		return eventstore.Draft{Type: kind, Payload: payload, Plan: "hubs", AsAt: asAt, EventID: [16]byte{7}}
	}
}
