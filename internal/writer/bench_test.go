package writer

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	milepostv1 "milepost.dev/api/milepost/v1"
)

// BenchmarkPush is all that the writer does for a pushed request, on a ledger in memory: gRPC and the disk
// aside.
func BenchmarkPush(b *testing.B) {
	w := newWorld(b)
	w.folds = ""
	s := w.open()
	defer closed(b, s)
	begin := []*milepostv1.Command{registered()}
	for i := range 900 {
		begin = append(begin, added(fmt.Sprint("M", i)))
	}
	if _, err := s.Submit(b.Context(), ann, submission("begin", begin...)); err != nil {
		b.Fatal(err)
	}
	requests := make([]*milepostv1.SubmitRequest, b.N)
	for i := range requests {
		c := stated(fmt.Sprint("M", i%900), "2017-02-01", fmt.Sprintf("20%02d-%02d-01", 20+i/900%70, 1+i%12))
		c.GetDeliveryDateStated().Reason = strings.Repeat("steel ", 20)
		requests[i] = submission(fmt.Sprint("r", i), c)
	}
	take := s.Push(ann)
	tickets := make(chan Ticket, 512)
	done := make(chan error, 1)
	b.ReportAllocs()
	worked := cpu(b)
	b.ResetTimer()
	go func() {
		for t := range tickets {
			if _, err := t(b.Context()); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for _, m := range requests {
		tickets <- take(b.Context(), m)
	}
	close(tickets)
	if err := <-done; err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64((cpu(b)-worked).Nanoseconds())/float64(b.N), "cpu-ns/op")
}

// cpu is how much the processors have worked for this process: a machine that others use changes it little.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
