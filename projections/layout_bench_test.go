package projections_test

import (
	"fmt"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"milepost.dev/domain/milestone"
	"milepost.dev/eventstore"
	"milepost.dev/internal/codec"
	"milepost.dev/projections"
)

// BenchmarkLayout compares what statements cost as the book keeps them with what they cost as a list of events for each
// milestone, which is what the book was before: live bytes of an event, and how long a collection takes. Both are measured
// in one run, in turns.
func BenchmarkLayout(b *testing.B) {
	for _, events := range []int{100_000, 1_000_000} {
		b.Run(fmt.Sprintf("events=%d", events), func(b *testing.B) {
			if events > 100_000 && testing.Short() {
				b.Skip("the larger book is left out by -short")
			}
			var bookBytes, listBytes, bookTimes, listTimes []float64
			for b.Loop() {
				before := heap()
				book := bookOf(b, events, events/100)
				bookBytes = append(bookBytes, float64(heap()-before)/float64(events))
				bookTimes = append(bookTimes, collection())
				before = heap()
				lists := listsOf(book)
				listBytes = append(listBytes, float64(heap()-before)/float64(events))
				listTimes = append(listTimes, collection()-bookTimes[len(bookTimes)-1])
				runtime.KeepAlive(lists)
				runtime.KeepAlive(book)
			}
			b.ReportMetric(median(bookBytes), "B/event")
			b.ReportMetric(median(listBytes), "list-B/event")
			b.ReportMetric(median(bookTimes), "collection-cpu-ms")
			b.ReportMetric(median(listTimes), "list-collection-cpu-ms")
			b.ReportMetric(median(listTimes)/median(bookTimes), "times-sooner")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// collection is how much collecting garbage makes the processors work, in milliseconds: what else they do meanwhile changes
// that little.
func collection() float64 {
	var worked []float64
	for range 7 {
		before := cpu()
		runtime.GC()
		worked = append(worked, float64((cpu()-before).Microseconds())/1e3)
	}
	return median(worked)
}

func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func median(all []float64) float64 {
	all = slices.Sorted(slices.Values(all))
	return all[len(all)/2]
}

// bookOf is a book of so many events about some milestones, a day for each round of them: dates with a reason of some words.
func bookOf(b *testing.B, events, milestones int) *projections.Book {
	book := projections.NewBook()
	l := newLedger(b, book.Apply)
	for from := 0; from < events; from += 1000 {
		var drafts []eventstore.Draft
		if from == 0 {
			drafts = append(drafts, l.registered())
		}
		for k := from; k < from+1000; k++ {
			id := [16]byte{1, byte(k % milestones), byte(k % milestones >> 8)}
			var e milestone.Event = milestone.Slipped{
				Delivery: date(fmt.Sprintf("20%02d-%02d-%02d", 20+k/7%30, 1+k%12, 1+k/3%28)), From: january, Days: 1 + k%300,
				Reason: fmt.Sprintf("no steel before the %7d", k),
			}
			if k < milestones {
				e = milestone.Added{Ref: fmt.Sprint("M", k), Title: "The hub opens"}
			}
			d := l.draft(codec.EncodeMilestone(id, e))
			d.AsAt = january.AddDays(k / milestones).Number()
			drafts = append(drafts, d)
		}
		apply(b, book, l.append(drafts...))
	}
	return book
}

// listsOf are all statements of a book as lists of events.
func listsOf(book *projections.Book) (lists [][]milestone.Statement) {
	v := book.Now()
	for p := range v.Plans() {
		for _, m := range p.Milestones() {
			lists = append(lists, v.Statements(m))
		}
	}
	return lists
}
