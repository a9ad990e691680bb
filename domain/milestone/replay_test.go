package milestone_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	. "milepost.dev/domain/milestone"
)

// TestAReplayIsTheFoldOfEachBeginning: whatever was told in whatever order, a replay says after each statement, of the day that it is about and of
// others, what a fold from the first statement says; and so does one that begins in the middle, with a history that knows more or less.
func TestAReplayIsTheFoldOfEachBeginning(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		told, day := List{}, 0
		late := rapid.IntRange(0, 9).Draw(t, "late of ten")
		most := rapid.IntRange(1, 400).Draw(t, "statements")
		far := rapid.IntRange(1, 400).Draw(t, "days that one is late at most")
		for len(told) < most {
			asAt := day
			if rapid.IntRange(0, 9).Draw(t, "is late") < late {
				asAt = rapid.IntRange(max(0, day-far), day).Draw(t, "day")
			} else {
				day += rapid.IntRange(0, 2).Draw(t, "days")
				asAt = day
			}
			told = append(told, Statement{Position: uint64(len(told) + 1), AsAt: historyBegins.AddDays(asAt), Event: anything(t)})
		}
		from := rapid.IntRange(0, most).Draw(t, "begins with")
		known := rapid.IntRange(0, most).Draw(t, "known to the history")
		r := (&History{}).Extend(known, told).Replay(from, told)
		step := rapid.IntRange(1, 9).Draw(t, "step")
		for n := from; n <= most; n += step {
			r.Reach(n, told)
			asked := []int{rapid.IntRange(-1, day+1).Draw(t, "asked")}
			if n > 0 {
				asked = append(asked, historyBegins.DaysUntil(told[n-1].AsAt))
			}
			for _, on := range asked {
				on := historyBegins.AddDays(on)
				if got, want := r.At(on, told), FoldAsAt(told[:n], on); !reflect.DeepEqual(got, want) {
					t.Fatalf("after %d of %d statements on %s it is\n%+v\nand not\n%+v", n, most, on, got, want)
				}
			}
		}
	})
}

// counted counts how many statements are asked for.
type counted struct {
	List
	asked *int
}

func (c counted) Statement(i int) Statement {
	*c.asked++
	return c.List[i]
}

// TestAReplayReadsAStatementAFewTimes: gone through one by one, ten times as many statements are read ten times as often and no more, whether
// they come in order or some of them a little late. A fold from the first one for each would read them a hundred times as often.
func TestAReplayReadsAStatementAFewTimes(t *testing.T) {
	read := func(n int) (asked int) {
		told := make(List, n)
		var r Replay
		for i := range told {
			day := i / 4
			if i%5 == 4 {
				day = max(0, day-15)
			}
			told[i] = Statement{Position: uint64(i + 1), AsAt: historyBegins.AddDays(day), Event: ProgressReported{Status: fmt.Sprint(i % 7)}}
			known := counted{told[:i+1], &asked}
			r.Reach(i+1, known)
			_ = r.At(told[i].AsAt, known)
		}
		return asked
	}
	few, many := read(1_000), read(10_000)
	if many > 11*few || few > 1_000*200 {
		t.Errorf("1,000 statements are read %d times, and 10,000 %d times", few, many)
	}
}

// BenchmarkReplay asks after each statement where the milestone stood on the day that it is about. The time for one statement is to
// stay as it is when there are ten times as many.
func BenchmarkReplay(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		for name, late := range map[string]int{"in order": 0, "one in five a month late": 30} {
			told := make(List, n)
			for i := range told {
				asAt := i
				if i%5 == 4 {
					asAt = max(0, i-late)
				}
				told[i] = Statement{Position: uint64(i + 1), AsAt: historyBegins.AddDays(asAt / 10), Event: ProgressReported{Status: fmt.Sprint(i % 7)}}
			}
			b.Run(fmt.Sprintf("%s/statements=%d", name, n), func(b *testing.B) {
				began := time.Now()
				for b.Loop() {
					var r Replay
					for i := range told {
						r.Reach(i+1, told)
						_ = r.At(told[i].AsAt, told)
					}
				}
				b.ReportMetric(float64(time.Since(began).Nanoseconds())/float64(n)/float64(b.N), "ns/statement")
			})
		}
	}
}
