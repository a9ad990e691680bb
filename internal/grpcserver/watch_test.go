package grpcserver_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/plan"
	"milepost.dev/eventstore"
	"milepost.dev/internal/grpcserver"
)

type watchStream = grpc.ServerStreamingClient[milepostv1.WatchResponse]

func (w *world) watch(m *milepostv1.WatchRequest) (watchStream, context.CancelFunc) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	w.t.Cleanup(cancel)
	m.Plan = "hubs"
	stream, err := milepostv1.NewWatchServiceClient(w.dial()).Watch(ctx, m)
	if err != nil {
		w.t.Fatal(err)
	}
	return stream, cancel
}

func next(t *testing.T, s watchStream) *milepostv1.WatchResponse {
	t.Helper()
	m, err := s.Recv()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// line is a message as a person would note it.
func line(m *milepostv1.WatchResponse) string {
	switch {
	case m.GetState() != nil:
		return fmt.Sprint(m.Position, " state ", m.GetState().Ref, " ", m.GetState().Forecast)
	case m.GetChange() != nil:
		return fmt.Sprint(m.Position, " ", m.GetChange().Event.Event, " ", m.GetChange().Event.Ref, " ", m.GetChange().Status.GetForecast())
	case m.GetCaughtUp() != nil:
		return fmt.Sprint(m.Position, " caught up")
	case m.GetConflated() != nil:
		return fmt.Sprint(m.Position, " conflated")
	}
	return "nothing"
}

func TestWatchBeginsWithTheStateAndGoesOn(t *testing.T) {
	w := newWorld(t)
	w.submit(registered())
	w.submit(added("M1"), stated("M1", "2017-01-10", "2017-06-30"), added("M2"))
	w.start()
	stream, _ := w.watch(&milepostv1.WatchRequest{})
	for _, want := range []string{"0 state M1 2017-06-30", "0 state M2 ", "4 caught up"} {
		if got := line(next(t, stream)); got != want {
			t.Fatalf("%q, want %q", got, want)
		}
	}
	w.submit(stated("M1", "2017-02-10", "2017-07-31"), stated("M2", "2017-02-10", "2017-08-31"))
	w.submit(stated("M1", "2017-03-10", "2017-09-30"))
	for _, want := range []string{"5 MilestoneSlipped M1 2017-07-31", "6 ForecastGiven M2 2017-08-31", "7 MilestoneSlipped M1 2017-09-30"} {
		if got := line(next(t, stream)); got != want {
			t.Fatalf("%q, want %q", got, want)
		}
	}
}

func TestWatchResumesWithoutAGapOrARepeat(t *testing.T) {
	w := newWorld(t)
	w.hubs()
	w.start()
	end := w.book.Position()
	for after := range end + 1 {
		stream, leave := w.watch(&milepostv1.WatchRequest{After: &after})
		for position := after + 1; position <= end; position++ {
			if m := next(t, stream); m.Position != position || m.GetChange().GetEvent().GetPosition() != position {
				t.Fatalf("after %d: %s, want position %d", after, line(m), position)
			}
		}
		if m := next(t, stream); m.GetCaughtUp() == nil || m.Position != end {
			t.Fatalf("after %d: %s, want caught up at %d", after, line(m), end)
		}
		leave()
	}
}

func TestWatchOneMilestone(t *testing.T) {
	w := newWorld(t)
	w.hubs()
	w.start()
	stream, _ := w.watch(&milepostv1.WatchRequest{Milestone: "M1"})
	if got := line(next(t, stream)); got != "0 state M1 2017-12-31" {
		t.Fatal(got)
	}
	next(t, stream)
	w.submit(stated("M2", "2017-05-01", "2018-03-31"))
	w.submit(stated("M1", "2017-05-01", "2018-03-31"))
	if got := line(next(t, stream)); got != "17 MilestoneSlipped M1 2018-03-31" {
		t.Error(got)
	}
	stream, _ = w.watch(&milepostv1.WatchRequest{Milestone: "M9"})
	if _, err := stream.Recv(); err == nil {
		t.Error("a milestone that is not there is watched")
	}
}

func TestWatchersAreToldThatTheServerCloses(t *testing.T) {
	w := newWorld(t)
	w.hubs()
	w.start()
	after := w.book.Position()
	stream, _ := w.watch(&milepostv1.WatchRequest{After: &after})
	next(t, stream)
	go w.stop()
	_, err := stream.Recv()
	info(t, err, codes.Unavailable, grpcserver.RuleClosing)
}

func TestWatchersAreBounded(t *testing.T) {
	w := newWorld(t)
	w.hubs()
	w.config.Watching = 1
	w.start()
	first, _ := w.watch(&milepostv1.WatchRequest{})
	next(t, first)
	second, _ := w.watch(&milepostv1.WatchRequest{})
	_, err := second.Recv()
	info(t, err, codes.ResourceExhausted, grpcserver.RuleTooManyWatching)
	none, _ := w.watch(&milepostv1.WatchRequest{})
	_, err = none.Recv()
	info(t, err, codes.ResourceExhausted, grpcserver.RuleTooManyWatching)
}

func TestWatchOfNoPlan(t *testing.T) {
	w := newWorld(t).start()
	stream, _ := w.watch(&milepostv1.WatchRequest{})
	_, err := stream.Recv()
	info(t, err, codes.NotFound, plan.RuleUnknown)
}

func TestTheAuditorGetsTheLedgerAsItIsStored(t *testing.T) {
	w := newWorld(t)
	w.hubs()
	w.start()
	client := milepostv1.NewAuditServiceClient(w.dial())
	stream, err := client.ReadCommits(t.Context(), &milepostv1.ReadCommitsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	chain := &eventstore.Chain{}
	var got [][]byte
	for {
		m, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := chain.Next(m.Commit); err != nil {
			t.Fatalf("commit %d: %v", len(got)+1, err)
		}
		got = append(got, m.Commit)
	}
	stored := w.log.Messages()
	if len(got) != len(stored) || chain.Position != w.book.Position() {
		t.Fatalf("%d commits up to position %d, stored are %d", len(got), chain.Position, len(stored))
	}
	for i := range got {
		if !bytes.Equal(got[i], stored[i]) {
			t.Errorf("commit %d is not as stored", i+1)
		}
	}
	names, err := client.ListParties(t.Context(), &milepostv1.ListPartiesRequest{})
	if err != nil || len(names.Parties) != 3 || names.Parties[0].Name != "Ada Lovelace" || len(names.Parties[0].Id) != 32 || len(names.Parties[0].Salt) != 16 {
		t.Errorf("parties %v, %v", names, err)
	}
	again, _ := client.ListParties(t.Context(), &milepostv1.ListPartiesRequest{})
	if !proto.Equal(names, again) {
		t.Error("the names are in another order")
	}
}

// Nobody waits for a position that a server which writes does not have; one that follows may get it in a moment.
func TestWatchFromBeyondTheEnd(t *testing.T) {
	w := newWorld(t)
	w.hubs()
	w.start()
	end := w.book.Position()
	beyond := end + 1
	stream, _ := w.watch(&milepostv1.WatchRequest{After: &beyond})
	_, err := stream.Recv()
	if info(t, err, codes.FailedPrecondition, grpcserver.RuleAfterEnd); !strings.Contains(err.Error(), fmt.Sprint("the last one is ", end)) {
		t.Errorf("%v", err)
	}
	follows := newWorld(t)
	follows.hubs()
	follows.report.Commands = grpcserver.CommandsReport{State: grpcserver.CommandsFollowing}
	follows.start()
	stream, _ = follows.watch(&milepostv1.WatchRequest{After: &beyond})
	follows.submit(added("M9"))
	if m := next(t, stream); m.GetCaughtUp() == nil || m.Position != beyond {
		t.Errorf("%s", line(m))
	}
}
