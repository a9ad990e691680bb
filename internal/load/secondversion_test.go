//go:build unix

package load_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"milepost.dev/domain/civil"
	"milepost.dev/internal/client"
	"milepost.dev/internal/load"
	"milepost.dev/internal/reading/dates"
	"milepost.dev/internal/reading/documents"
)

// The second version of a large plan takes at most twice the time of the processors and twice the memory of the first: of program and
// server together, in one process and one run, so that the machine does not matter. It is not parallel, so that nothing else is counted.
func TestTheSecondVersionCostsAtMostTwiceTheFirst(t *testing.T) {
	rows := 3000
	if testing.Short() {
		rows = 1500
	}
	c := server(t)
	first := costOf(t, c, "2026-01-15", largePlan(rows, false))
	second := costOf(t, c, "2026-02-15", largePlan(rows, true))
	t.Logf("%d rows: first %v, second %v", rows, first, second)
	if second.cpu > 2*first.cpu {
		t.Errorf("%v of the processors, and %v for the first", second.cpu, first.cpu)
	}
	if second.live > 2*first.live {
		t.Errorf("%d bytes in use, and %d with the first", second.live, first.live)
	}
}

// BenchmarkSecondVersion reports what the second version of a plan of 100,000 rows costs as a multiple of the first.
func BenchmarkSecondVersion(b *testing.B) {
	for b.Loop() {
		c := server(b)
		first := costOf(b, c, "2026-01-15", largePlan(100_000, false))
		second := costOf(b, c, "2026-02-15", largePlan(100_000, true))
		b.ReportMetric(second.cpu.Seconds()/first.cpu.Seconds(), "times-cpu")
		b.ReportMetric(float64(second.live)/float64(first.live), "times-memory")
	}
}

// cost is what an import took of the processors, and the bytes that were in use when its last row was sent.
type cost struct {
	cpu  time.Duration
	live uint64
}

func costOf(t testing.TB, c *client.Client, dated string, document []byte) (all cost) {
	t.Helper()
	day, err := civil.Parse(dated)
	if err != nil {
		t.Fatal(err)
	}
	stream := c.Push(t.Context())
	defer stream.Close()
	before := processors(t)
	l := load.Load{Service: c, Stream: stream, Plan: "large", Name: "A large plan", Sent: func(done, rows int) {
		if done == rows {
			all.cpu = processors(t) - before // without the collection that follows
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			all.live = m.HeapAlloc
		}
	}}
	result, err := l.Run(t.Context(), bytes.NewReader(document), documents.Options{Name: "large.csv", Settings: dates.Settings{Dated: day}})
	if err != nil || len(result.Refused) > 0 || result.Unsure > 0 || all.live == 0 {
		t.Fatalf("%v, %+v, %d unsure", err, result.Refused, result.Unsure)
	}
	return all
}

// processors is the time that this process has had of the processors.
func processors(t testing.TB) time.Duration {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// largePlan is a plan of so many rows, always the same; or its next version, in which a row stands on top, one date in twenty has moved, one
// title in fifty is reworded and one owner in a hundred is another one.
func largePlan(rows int, next bool) []byte {
	r := rand.New(rand.NewPCG(7, 7))
	words := make([]string, 5000)
	for i := range words {
		for range 2 + r.IntN(3) {
			words[i] += string("bcdfghklmnprst"[r.IntN(14)]) + string("aeiou"[r.IntN(5)])
		}
	}
	var b bytes.Buffer
	b.WriteString("Workstream,Milestone,Owner,Delivery date\n")
	if next {
		b.WriteString("Section 0,Buy the land,Estates office,1 June 2027\n")
	}
	for i := range rows {
		title := make([]string, 7)
		for k := range title {
			title[k] = words[r.IntN(len(words))]
		}
		owner, day := fmt.Sprint("Office ", r.IntN(200)), fmt.Sprintf("%d May %d", 1+r.IntN(28), 2026+r.IntN(4))
		if next && i%20 == 0 {
			day = "1 December 2029"
		}
		if next && i%50 == 7 {
			title[6] = "anew"
		}
		if next && i%100 == 11 {
			owner = "Another office"
		}
		fmt.Fprintf(&b, "Section %d,Open %s,%s,%s\n", i/50, strings.Join(title, " "), owner, day)
	}
	return b.Bytes()
}
