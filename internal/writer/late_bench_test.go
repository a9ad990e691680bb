package writer

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	milepostv1 "milepost.dev/api/milepost/v1"
)

// BenchmarkLate compares what a date costs that is stated about an earlier day with what it costs about the last day, on a
// milestone of so many statements. Both are measured in turns in one run. The days are any of the year before.
func BenchmarkLate(b *testing.B) {
	for _, statements := range []int{100, 1000, 10_000} {
		b.Run(fmt.Sprint("statements=", statements), func(b *testing.B) {
			var inOrder, late []float64
			for b.Loop() {
				for range 5 {
					o, l := lateRound(b, statements)
					inOrder, late = append(inOrder, o), append(late, l)
				}
			}
			slices.Sort(inOrder)
			slices.Sort(late)
			ordered, behind := inOrder[len(inOrder)/2], late[len(late)/2]
			b.ReportMetric(ordered, "in-order-cpu-us")
			b.ReportMetric(behind, "late-cpu-us")
			b.ReportMetric(behind/ordered, "times")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// lateRound returns the microseconds that the processors work for a statement in order and for a late one.
func lateRound(b *testing.B, statements int) (inOrder, late float64) {
	const each = 400
	w := newWorld(b)
	w.folds = ""
	s := w.open()
	defer closed(b, s)
	first := time.Date(2017, 1, 1, 0, 0, 0, 0, time.UTC)
	n := 0
	say := func(day int) *milepostv1.SubmitRequest {
		n++
		due := first.AddDate(1, 0, n%3000)
		return submission(fmt.Sprint("r", n), stated("M", first.AddDate(0, 0, day).Format(time.DateOnly), due.Format(time.DateOnly)))
	}
	if _, err := s.Submit(b.Context(), ann, submission("begin", registered(), added("M"))); err != nil {
		b.Fatal(err)
	}
	pushAll(b, s, statements, func(i int) *milepostv1.SubmitRequest { return say(i * 364 / statements) })
	before := cpu(b)
	pushAll(b, s, each, func(int) *milepostv1.SubmitRequest { return say(364) })
	between := cpu(b)
	pushAll(b, s, each, func(i int) *milepostv1.SubmitRequest { return say(i * 211 % 360) })
	after := cpu(b)
	perEvent := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 / each }
	return perEvent(between - before), perEvent(after - between)
}

// pushAll pushes so many requests over one stream, of which some hundred wait at a time, and waits for their receipts.
func pushAll(b *testing.B, s *Writer, n int, request func(i int) *milepostv1.SubmitRequest) {
	take, tickets, done := s.Push(ann), make(chan Ticket, 128), make(chan error, 1)
	go func() {
		var err error
		for t := range tickets {
			if _, failed := t(context.Background()); err == nil {
				err = failed
			}
		}
		done <- err
	}()
	for i := range n {
		tickets <- take(b.Context(), request(i))
	}
	close(tickets)
	if err := <-done; err != nil {
		b.Fatal(err)
	}
}
