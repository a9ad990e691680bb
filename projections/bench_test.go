package projections_test

import (
	"fmt"
	"runtime"
	"testing"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/eventstore"
	"milepost.dev/internal/codec"
	"milepost.dev/projections"
	"milepost.dev/projections/status"
)

// BenchmarkApply folds dated statements about a thousand milestones into a book, and says how much memory
// each takes, its reason of forty letters included.
func BenchmarkApply(b *testing.B) {
	const milestones, each = 1000, 100
	l := newLedger(b, func(*eventstore.Commit) error { return nil })
	commits := []*eventstore.Commit{}
	for n := range milestones * each / 500 {
		var drafts []eventstore.Draft
		for i := range 500 {
			k := n*500 + i
			id := [16]byte{1, byte(k % milestones), byte(k % milestones >> 8)}
			var e milestone.Event = milestone.Slipped{
				Delivery: date(fmt.Sprintf("20%02d-%02d-%02d", 20+k%30, 1+k%12, 1+k%28)), From: january, Days: 1 + k%300,
				Reason: fmt.Sprintf("the builder has no steel before %8d", k),
			}
			if k < milestones {
				e = milestone.Added{Ref: fmt.Sprint("M", k), Title: "The hub opens"}
			}
			drafts = append(drafts, l.draft(codec.EncodeMilestone(id, e)))
		}
		commits = append(commits, l.append(drafts...))
	}
	b.ReportAllocs()
	var book *projections.Book
	before := heap()
	for b.Loop() {
		book = projections.NewBook()
		for _, c := range commits {
			clone := *c
			clone.Number++
			if err := book.Apply(&clone); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(heap()-before)/(milestones*each), "live-B/event")
	b.ReportMetric(float64(b.N)*milestones*each/b.Elapsed().Seconds(), "events/s")
	runtime.KeepAlive(book)
	runtime.KeepAlive(commits)
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// BenchmarkCount counts a plan of a thousand milestones, each of which slipped: a portfolio does so for every plan.
func BenchmarkCount(b *testing.B) {
	const milestones = 1000
	book := projections.NewBook()
	l := newLedger(b, book.Apply)
	drafts := []eventstore.Draft{l.registered()}
	for k := range milestones {
		id := [16]byte{1, byte(k), byte(k >> 8)}
		for _, e := range []milestone.Event{
			milestone.Added{Ref: fmt.Sprint("M", k), Title: "The hub opens"},
			milestone.ForecastGiven{Delivery: date("2027-03-31")},
			milestone.Slipped{Delivery: date("2027-06-30"), Days: 91},
		} {
			drafts = append(drafts, l.draft(codec.EncodeMilestone(id, e)))
		}
	}
	if err := book.Apply(l.append(drafts...)); err != nil {
		b.Fatal(err)
	}
	p, _ := book.Now().Plan("hubs")
	b.ReportAllocs()
	for b.Loop() {
		if c := status.Count(p, civil.Last); c.Milestones != milestones || c.Slipped != milestones {
			b.Fatalf("%+v", c)
		}
	}
}

// BenchmarkFigures works out the figures of a plan of five thousand milestones, each with a date a month for a year.
func BenchmarkFigures(b *testing.B) {
	const milestones = 5000
	book := projections.NewBook()
	l := newLedger(b, book.Apply)
	if err := book.Apply(l.append(l.registered())); err != nil {
		b.Fatal(err)
	}
	for month := range 12 {
		var drafts []eventstore.Draft
		for k := range milestones {
			id := [16]byte{1, byte(k), byte(k >> 8)}
			if month == 0 {
				drafts = append(drafts, l.draft(codec.EncodeMilestone(id, milestone.Added{Ref: fmt.Sprint("M", k), Title: "The hub opens"})))
			}
			e := milestone.Slipped{Delivery: date(fmt.Sprintf("2027-%02d-15", 1+month)), Days: 31}
			drafts = append(drafts, l.draft(codec.EncodeMilestone(id, e)))
		}
		if err := book.Apply(l.append(drafts...)); err != nil {
			b.Fatal(err)
		}
	}
	v := book.Now()
	p, _ := v.Plan("hubs")
	b.ReportAllocs()
	for b.Loop() {
		var counts figures.Counts
		for _, m := range p.Milestones() {
			counts.Add(v.Figures(m, civil.Last))
		}
		if counts.Slipped != milestones {
			b.Fatalf("%+v", counts)
		}
	}
}
