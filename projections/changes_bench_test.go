package projections_test

import (
	"fmt"
	"testing"

	"milepost.dev/domain/milestone"
	"milepost.dev/eventstore"
	"milepost.dev/internal/codec"
	"milepost.dev/projections"
	"milepost.dev/projections/changes"
	"milepost.dev/projections/status"
)

// BenchmarkChanges compares a plan of 5,000 milestones as at two days, between which one in four moved, beside what two answers
// about status cost.
func BenchmarkChanges(b *testing.B) {
	const milestones, reports = 5000, 12
	book := projections.NewBook()
	l := newLedger(b, book.Apply)
	on := func(day int, d eventstore.Draft) eventstore.Draft {
		d.AsAt = january.AddDays(day).Number()
		return d
	}
	drafts := []eventstore.Draft{on(0, l.registered())}
	for k := range milestones {
		id := [16]byte{1, byte(k), byte(k >> 8)}
		drafts = append(drafts, on(0, l.draft(codec.EncodeMilestone(id, milestone.Added{Ref: fmt.Sprint("M", k), Title: "The hub opens"}))),
			on(0, l.draft(codec.EncodeMilestone(id, milestone.ForecastGiven{Delivery: date("2027-03-31")}))))
		for r := range reports {
			var e milestone.Event = milestone.Reconfirmed{Delivery: date(fmt.Sprintf("2027-%02d-28", r+1))}
			if k%4 == 0 || r < reports/2 {
				drafts = append(drafts, on(30*(r+1), l.draft(codec.EncodeMilestone(id, e))))
			}
		}
	}
	if err := book.Apply(l.append(drafts...)); err != nil {
		b.Fatal(err)
	}
	p, _ := book.Now().Plan("hubs")
	was, is := changes.End{Plan: p, AsAt: january.AddDays(200)}, changes.End{Plan: p, AsAt: january.AddDays(380)}
	b.Run("two answers about status", func(b *testing.B) {
		for b.Loop() {
			if len(status.List(p, was.AsAt)) != milestones || len(status.List(p, is.AsAt)) != milestones {
				b.Fatal("milestones are missing")
			}
		}
	})
	b.Run("what changed", func(b *testing.B) {
		for b.Loop() {
			if n := len(changes.List(was, is)); n != milestones/4 {
				b.Fatal(n, "changed")
			}
		}
	})
}
