package projections_test

import (
	"fmt"
	"runtime"
	"testing"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/eventstore"
	"milepost.dev/internal/codec"
	"milepost.dev/projections"
)

// BenchmarkMilestones says what a milestone takes of memory beside its statements: once it was added and has a date, once something was
// decided about it, and once its figures were asked for on two days.
func BenchmarkMilestones(b *testing.B) {
	const milestones = 100_000
	for b.Loop() {
		before := heap()
		book := projections.NewBook()
		l := newLedger(b, book.Apply)
		apply(b, book, l.append(l.registered()))
		for from := 0; from < milestones; from += 1000 {
			var drafts []eventstore.Draft
			for k := from; k < from+1000; k++ {
				id := [16]byte{1, byte(k), byte(k >> 8), byte(k >> 16)}
				drafts = append(drafts, l.draft(codec.EncodeMilestone(id, milestone.Added{Ref: fmt.Sprint("M-", k), Title: fmt.Sprint("The hub of district ", k, " opens")})))
				drafts = append(drafts, l.draft(codec.EncodeMilestone(id, milestone.ForecastGiven{Delivery: date(fmt.Sprintf("20%02d-%02d-%02d", 20+k/7%30, 1+k%12, 1+k/3%28))})))
			}
			apply(b, book, l.append(drafts...))
		}
		report := func(unit string) {
			b.ReportMetric(float64(heap()-before)/milestones, unit)
		}
		report("B/milestone")
		v := book.Now()
		p, _ := v.Plan("hubs")
		for _, m := range p.Milestones() {
			v.Newest(m)
		}
		report("B/milestone-decided-on")
		for _, m := range p.Milestones() {
			v.Figures(m, civil.Last)
			v.Figures(m, january)
		}
		report("B/milestone-asked-about")
		runtime.KeepAlive(book)
		runtime.KeepAlive(l)
	}
	b.ReportMetric(0, "ns/op")
}
