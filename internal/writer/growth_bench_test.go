package writer

import (
	"fmt"
	"testing"
	"time"

	milepostv1 "milepost.dev/api/milepost/v1"
)

// BenchmarkGrowth is what a pushed statement makes the processors work on a ledger of so many, gRPC and the disk of the ledger
// aside: it must not grow with the ledger. Two in a hundred are late by 40 days, and folds are saved as they come due.
func BenchmarkGrowth(b *testing.B) {
	sizes := []int{100_000, 1_000_000, 3_000_000}
	if testing.Short() {
		sizes = sizes[:1]
	}
	const milestones = 10_000
	for b.Loop() {
		w := newWorld(b)
		s := w.open()
		n := 0
		first := time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)
		say := func(int) *milepostv1.SubmitRequest {
			n++
			day := n / 3000
			if n%50 == 0 {
				day = max(0, day-40)
			}
			due := first.AddDate(12, 0, n*7919%3000).Format(time.DateOnly)
			c := stated(fmt.Sprint("M", n*31%milestones), first.AddDate(0, 0, day).Format(time.DateOnly), due)
			c.GetDeliveryDateStated().Reason = "the builder waits for steel"
			return submission(fmt.Sprint("r", n), c)
		}
		for from := 0; from < milestones; from += 500 {
			var cs []*milepostv1.Command
			if from == 0 {
				cs = append(cs, registered())
			}
			for m := from; m < from+500; m++ {
				cs = append(cs, added(fmt.Sprint("M", m)))
			}
			if _, err := s.Submit(b.Context(), ann, submission(fmt.Sprint("begin", from), cs...)); err != nil {
				b.Fatal(err)
			}
		}
		for _, size := range sizes {
			measured := min(size/2, 250_000) // of a large ledger, with one save
			pushAll(b, s, size-n-measured, say)
			before := cpu(b)
			pushAll(b, s, measured, say)
			b.ReportMetric(float64((cpu(b)-before).Nanoseconds())/1e3/float64(measured), fmt.Sprintf("cpu-us-at-%.1fM", float64(size)/1e6))
		}
		closed(b, s)
	}
	b.ReportMetric(0, "ns/op")
}
