package projections_test

import (
	"fmt"
	"testing"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/projections"
)

// BenchmarkPastDay compares the states of milestones on a past day with their current ones, in turns in one run, for
// milestones of so many statements. folded is the same past day folded from the first of a list of statements.
func BenchmarkPastDay(b *testing.B) {
	for _, each := range []int{30, 100} {
		b.Run(fmt.Sprint("statements=", each), func(b *testing.B) {
			book, milestones := bookOf(b, 10_000*each, 10_000), 0
			v := book.Now()
			lists := listsOf(book)
			for p := range v.Plans() {
				milestones = len(p.Milestones())
			}
			asAt := january.AddDays(each / 2)
			var now, past, folded []float64
			for b.Loop() {
				for range 3 {
					now = append(now, states(v, civil.Last))
					past = append(past, states(v, asAt))
					before := cpu()
					for _, l := range lists {
						milestone.FoldAsAt(l, asAt)
					}
					folded = append(folded, float64((cpu() - before).Nanoseconds()))
				}
			}
			b.ReportMetric(median(now)/float64(milestones), "now-cpu-ns")
			b.ReportMetric(median(past)/float64(milestones), "past-cpu-ns")
			b.ReportMetric(median(folded)/float64(milestones), "folded-cpu-ns")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// states asks for all states on a day, and returns the nanoseconds that it took.
func states(v projections.View, asAt civil.Date) float64 {
	before := cpu()
	for p := range v.Plans() {
		for _, m := range p.Milestones() {
			v.State(m, asAt)
		}
	}
	return float64((cpu() - before).Nanoseconds())
}
