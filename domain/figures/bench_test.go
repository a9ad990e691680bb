package figures_test

import (
	"testing"

	. "milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/internal/rig/spectext"
)

// usual is the milestone that most are: a few dates in order, by one speaker, between reports of other things.
func usual() []milestone.Statement {
	h := &history{}
	h.tell(0, firstDay, 1, milestone.Added{Ref: "A", Title: "The hub opens"})
	for i, words := range []string{"2017-06", "2017-06", "2017-09", "2017-10-15", "2017-10-15"} {
		h.tell(0, firstDay.AddDays(30*i), 1, milestone.ForecastGiven{Delivery: spectext.Reading(words)})
		h.statements = append(h.statements, milestone.Statement{
			Position: uint64(len(h.statements) + 1), AsAt: firstDay.AddDays(30 * i), By: 1, Event: milestone.ProgressReported{Words: "in hand"},
		})
	}
	h.tell(0, firstDay.AddDays(240), 1, milestone.Achieved{Actual: spectext.Reading("2017-10-20")})
	return h.statements
}

// TestOfAllocatesNothing holds what a list of thousands of milestones rests on.
func TestOfAllocatesNothing(t *testing.T) {
	statements := usual()
	if n := testing.AllocsPerRun(100, func() { Of(statements, firstDay.AddDays(300), Record{}) }); n != 0 {
		t.Errorf("the figures of a usual milestone take %v allocations", n)
	}
}

func BenchmarkOf(b *testing.B) {
	statements := usual()
	b.ReportAllocs()
	for b.Loop() {
		Of(statements, firstDay.AddDays(300), Record{})
	}
}

// BenchmarkFold is what the state of the same milestone takes, to compare it with.
func BenchmarkFold(b *testing.B) {
	statements := usual()
	b.ReportAllocs()
	for b.Loop() {
		milestone.FoldAsAt(statements, firstDay.AddDays(300))
	}
}
