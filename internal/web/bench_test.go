//go:build unix

package web_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/node"
)

// BenchmarkPages makes pages over the whole stack, each after something was said of its plan, so that nothing of it can be remembered: the list of a
// plan of 5,000, and the portfolio of 200 plans, the board and the trend of plans of 60.
func BenchmarkPages(b *testing.B) {
	s := serve(b, node.Config{})
	for i := range 200 {
		s.reportedPlan(fmt.Sprintf("plan-%03d", i), 60, 2)
	}
	s.reportedPlan("board", 60, 24)
	s.reportedPlan("large", 5000, 1)
	said := 0
	for _, of := range []struct{ name, plan, path string }{
		{"list-of-5000", "large", "/plans/large/milestones"},
		{"list-of-60", "board", "/plans/board/milestones"},
		{"board-of-60", "board", "/plans/board"},
		{"portfolio-of-200", "plan-001", "/"},
		{"trend-of-12-over-24", "board", "/plans/board/trend?window=24"},
	} {
		b.Run(of.name, func(b *testing.B) {
			before := processors(b)
			for b.Loop() {
				said++
				s.submit(fmt.Sprint("said-", said), of.plan, stated(fmt.Sprintf("M-%04d", said%60), "2026-06-01", time.Date(2027, 1, 1+said%600, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), "again"))
				if status, _, _ := s.get(of.path); status != http.StatusOK {
					b.Fatal(status)
				}
			}
			b.ReportMetric(float64((processors(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
		})
	}
}

// BenchmarkViewers has twenty viewers look at the board and the list of a plan, of whose dates ten change at once: each is made once, and sent to ten.
func BenchmarkViewers(b *testing.B) {
	s := serve(b, node.Config{})
	s.reportedPlan("board", 60, 2)
	ctx, cancel := context.WithCancel(b.Context())
	var looking sync.WaitGroup
	defer looking.Wait()
	defer cancel()
	const viewers = 10 // of each page
	shown := make(chan uint64, 2*viewers)
	for i := range 2 * viewers {
		path := []string{"/plans/board", "/plans/board/milestones"}[i%2]
		looking.Go(func() { s.look(ctx, path, shown) })
	}
	until := func(position uint64) {
		for n := 0; n < 2*viewers; {
			if at := <-shown; at >= position {
				n++
			}
		}
	}
	said := 0
	state := func() uint64 {
		said++
		var commands []*pb.Command
		for i := range 10 {
			commands = append(commands, stated(fmt.Sprintf("M-%04d", (10*said+i)%60), "2026-06-01", time.Date(2027, 1, 1+(said+i)%600, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), "again"))
		}
		return s.submit(fmt.Sprint("said-", said), "board", commands...)
	}
	until(state())
	before := processors(b)
	for b.Loop() {
		until(state())
	}
	b.ReportMetric(float64((processors(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
}

// look opens the stream of a page as a browser does that shows nothing yet, and hands on the position of each frame.
func (s *served) look(ctx context.Context, path string, shown chan<- uint64) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.at+"/live"+path, nil)
	if err != nil {
		s.t.Error(err)
		return
	}
	answer, err := s.http.Do(request) // which unpacks it
	if err != nil {
		s.t.Error(err)
		return
	}
	defer answer.Body.Close()
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		if id, ok := strings.CutPrefix(lines.Text(), "id: "); ok {
			position, _ := strconv.ParseUint(id, 10, 64)
			shown <- position
		}
	}
}

// A trend of 12 lines over 24 reports, each told late, takes 12 KB as a file.
func TestATrendIsSmall(t *testing.T) {
	s := serve(t, node.Config{})
	s.reportedPlan("board", 60, 24)
	if _, _, drawing := s.get("/plans/board/trend.svg?window=24"); len(drawing) > 12<<10 || strings.Count(drawing, `<g class="line`) != 12 {
		t.Errorf("%d lines take %d bytes", strings.Count(drawing, `<g class="line`), len(drawing))
	}
}

// processors is the processors' time that this process took: of the server, and of what asks it.
func processors(tb testing.TB) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// reportedPlan is a plan that was reported for so many months, in each of which a few dates moved.
func (s *served) reportedPlan(plan string, milestones, months int) {
	s.t.Helper()
	first := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	due := func(i, month int) string {
		return first.AddDate(2, i%36, i%28+31*((month+i)/6)).Format(time.DateOnly)
	}
	name := func(i int) string { return fmt.Sprintf("M-%04d", i) }
	for from := 0; from < milestones; from += 250 {
		var commands []*pb.Command
		if from == 0 {
			commands = append(commands, &pb.Command{AsAt: "2024-01-01", Command: &pb.Command_PlanRegistered{PlanRegistered: &pb.PlanRegistered{Name: "Plan " + plan}}})
		}
		for i := from; i < min(milestones, from+250); i++ {
			commands = append(commands, &pb.Command{AsAt: "2024-01-01", Command: &pb.Command_MilestoneAdded{MilestoneAdded: &pb.MilestoneAdded{
				Ref: name(i), Title: fmt.Sprintf("Milestone %d of the plan opens its doors", i), Workstream: []string{"Estates", "Digital", "Workforce", "Prevention"}[i%4],
			}}}, stated(name(i), "2024-01-01", due(i, 0), ""))
		}
		s.submit(fmt.Sprint("begin-", plan, from), plan, commands...)
	}
	for month := 1; month < months; month++ {
		var commands []*pb.Command
		for i := range milestones {
			commands = append(commands, stated(name(i), first.AddDate(0, month, 0).Format(time.DateOnly), due(i, month), "The builder is late"))
		}
		s.submit(fmt.Sprint("report-", plan, month), plan, commands...)
	}
}
