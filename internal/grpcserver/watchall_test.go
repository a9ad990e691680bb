package grpcserver_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/plan"
	"milepost.dev/internal/access"
)

// watchAll watches every plan that the token may read.
func (w *world) watchAll(token string, m *milepostv1.WatchRequest) watchStream {
	w.t.Helper()
	ctx := w.t.Context()
	if token != "" {
		ctx = withToken(w.t, token)
	}
	ctx, cancel := context.WithCancel(ctx)
	w.t.Cleanup(cancel)
	stream, err := milepostv1.NewWatchServiceClient(w.dial()).Watch(ctx, m)
	if err != nil {
		w.t.Fatal(err)
	}
	return stream
}

// in states facts about a plan.
func (w *world) in(plan string, commands ...*milepostv1.Command) uint64 {
	w.t.Helper()
	w.clock.Advance(time.Minute)
	answer, err := w.writer.Submit(w.t.Context(), access.Caller{Name: "ann"},
		&milepostv1.SubmitRequest{RequestId: fmt.Sprint("r", w.clock.Now().UnixNano()), Plan: plan, Commands: commands})
	if err != nil {
		w.t.Fatal(err)
	}
	return answer.Receipt.Position
}

func lines(t *testing.T, s watchStream, n int) (got []string) {
	t.Helper()
	for range n {
		m := next(t, s)
		got = append(got, line(m)+" of "+m.Plan)
	}
	return got
}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	for i := range want {
		if i >= len(got) || got[i] != want[i] {
			t.Fatalf("message %d of %q, want %q", i, got, want)
		}
	}
}

// Who watches all plans begins with the state of each, and hears of each as it happens, of a plan that is new as well.
func TestAllPlansAreWatched(t *testing.T) {
	w := newWorld(t)
	w.in("hubs", registered(), added("M1"))
	w.in("wards", registered(), added("M1"))
	w.start()
	stream := w.watchAll("", &milepostv1.WatchRequest{})
	same(t, lines(t, stream, 3), "0 state M1  of hubs", "0 state M1  of wards", "4 caught up of ")
	w.in("wards", stated("M1", "2017-02-10", "2017-07-31"))
	w.in("hubs", stated("M1", "2017-02-10", "2017-08-31"))
	w.in("beds", registered(), added("B1"))
	want := []string{
		"5 ForecastGiven M1 2017-07-31 of wards", "6 ForecastGiven M1 2017-08-31 of hubs",
		"7 PlanRegistered   of beds", "8 MilestoneAdded B1  of beds",
	}
	same(t, lines(t, stream, 4), want...)

	// They come in the order of the ledger, however many plans are behind, and wherever somebody resumes.
	for after := range uint64(4) {
		stream := w.watchAll("", &milepostv1.WatchRequest{After: new(4 + after)})
		same(t, lines(t, stream, len(want)-int(after)), want[after:]...)
	}
	// One plan alone is not named.
	one, _ := w.watch(&milepostv1.WatchRequest{After: new(uint64(4))})
	same(t, lines(t, one, 1), "6 ForecastGiven M1 2017-08-31 of ")
}

// Everybody hears of what they may read, and of nothing else.
func TestWhoWatchesAllPlansIsToldOfTheirs(t *testing.T) {
	w := newWorld(t)
	var err error
	if w.config.Access, err = access.Parse([]byte(`{"tokens": [
		{"sha256": "` + sum("hubs") + `", "actor": "ann", "roles": {"hubs": ["viewer"], "later": ["viewer"]}},
		{"sha256": "` + sum("all") + `", "actor": "bea", "roles": {"*": ["viewer"]}},
		{"sha256": "` + sum("none") + `", "actor": "cyd", "roles": {"another": ["viewer"]}}
	]}`)); err != nil {
		t.Fatal(err)
	}
	w.in("hubs", registered(), added("M1"))
	w.in("wards", registered(), added("W1"))
	w.start()
	all, hers, none := w.watchAll("all", &milepostv1.WatchRequest{}), w.watchAll("hubs", &milepostv1.WatchRequest{}), w.watchAll("none", &milepostv1.WatchRequest{})
	same(t, lines(t, all, 3), "0 state M1  of hubs", "0 state W1  of wards", "4 caught up of ")
	same(t, lines(t, hers, 2), "0 state M1  of hubs", "4 caught up of ")
	same(t, lines(t, none, 1), "4 caught up of ")
	w.in("wards", added("W2"))
	w.in("later", registered())
	w.in("hubs", added("M2"))
	same(t, lines(t, all, 3), "5 MilestoneAdded W2  of wards", "6 PlanRegistered   of later", "7 MilestoneAdded M2  of hubs")
	same(t, lines(t, hers, 2), "6 PlanRegistered   of later", "7 MilestoneAdded M2  of hubs")

	resumed := w.watchAll("hubs", &milepostv1.WatchRequest{After: new(uint64(4))})
	same(t, lines(t, resumed, 2), "6 PlanRegistered   of later", "7 MilestoneAdded M2  of hubs")
	_, err = w.watchAll("hubs", &milepostv1.WatchRequest{Plan: "wards"}).Recv()
	info(t, err, codes.PermissionDenied, access.RuleDenied)
	_, err = w.watchAll("all", &milepostv1.WatchRequest{Milestone: "M1"}).Recv()
	info(t, err, codes.InvalidArgument, plan.RuleUnknown)
}

// A plan in which too much happened is conflated by itself, and the others are told change by change; who loses the
// connection in between misses nothing.
func TestEachPlanIsConflatedByItself(t *testing.T) {
	w := newWorld(t)
	w.in("hubs", registered(), added("M1"), added("M2"))
	start := w.in("wards", registered(), added("W1"))
	w.in("wards", stated("W1", "2017-02-10", "2017-07-31"))
	w.in("hubs", months("M1", 300)...)
	end := w.in("wards", stated("W1", "2017-03-10", "2017-08-31"))
	w.start()
	want := []string{
		fmt.Sprint(start, " conflated of hubs"), fmt.Sprint(start, " state M1 2042-12-31 of hubs"),
		fmt.Sprint(start+1, " ForecastGiven W1 2017-07-31 of wards"), fmt.Sprint(end, " MilestoneSlipped W1 2017-08-31 of wards"),
		fmt.Sprint(end, " caught up of "),
	}
	same(t, lines(t, w.watchAll("", &milepostv1.WatchRequest{After: &start}), 5), want...)
	// Resumed at each position that was told: whatever was conflated by then is there already, or comes.
	for _, after := range []uint64{start + 1, start + 250} {
		stream, seen := w.watchAll("", &milepostv1.WatchRequest{After: &after}), map[string]bool{}
		for m := next(t, stream); ; m = next(t, stream) {
			if status := m.GetChange().GetStatus(); status != nil {
				seen[m.Plan+" "+status.Ref+" "+status.Forecast] = true
			} else if m.GetState() != nil {
				seen[m.Plan+" "+m.GetState().Ref+" "+m.GetState().Forecast] = true
			}
			if m.GetState() == nil && m.Position >= end {
				break
			}
		}
		if !seen["hubs M1 2042-12-31"] || !seen["wards W1 2017-08-31"] {
			t.Errorf("after position %d came %v", after, seen)
		}
	}
	every := w.watchAll("", &milepostv1.WatchRequest{After: &start, EveryChange: true})
	for position := start + 1; position <= end; position++ {
		if m := next(t, every); m.GetChange() == nil || m.Position != position {
			t.Fatalf("%s at position %d", line(m), position)
		}
	}
}
