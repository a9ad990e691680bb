package milestone_test

import (
	"testing"

	"milepost.dev/domain/civil"
	. "milepost.dev/domain/milestone"
)

// BenchmarkInOrder is what every decision on a late report begins with: a long history in order, and a
// hundred reports that came late.
func BenchmarkInOrder(b *testing.B) {
	day, _ := civil.Parse("2017-01-02")
	var statements []Statement
	for i := range 10_100 {
		asAt := day.AddDays(i / 30)
		if i >= 10_000 {
			asAt = day
		}
		statements = append(statements, Statement{Position: uint64(i + 1), AsAt: asAt})
	}
	for b.Loop() {
		allInOrder(statements)
	}
}
