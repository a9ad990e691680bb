package grpcserver_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/eventstore"
	"milepost.dev/internal/grpcserver"
)

// screen is what somebody who watches has before them.
type screen struct {
	t         *testing.T
	shown     map[string]*milepostv1.MilestoneStatus
	resume    uint64 // where to go on when the connection breaks; 0: from the beginning
	conflated int    // times that changes were left out
}

func newScreen(t *testing.T) *screen {
	return &screen{t: t, shown: map[string]*milepostv1.MilestoneStatus{}}
}

// step takes one message.
func (s *screen) step(stream watchStream) *milepostv1.WatchResponse {
	s.t.Helper()
	m := next(s.t, stream)
	status := m.GetState()
	if change := m.GetChange(); change != nil {
		status = change.Status
	}
	if m.GetConflated() != nil {
		s.conflated++
	}
	if m.GetState() == nil {
		s.resume = m.Position
	}
	switch {
	case m.Left:
		delete(s.shown, status.Ref)
	case status != nil:
		s.shown[status.Ref] = status
	}
	return m
}

// take takes messages until all up to a position is there.
func (s *screen) take(stream watchStream, position uint64) {
	s.t.Helper()
	for {
		if m := s.step(stream); m.Position >= position && m.GetState() == nil {
			return
		}
	}
}

// shows compares the screen with what a question is answered.
func (s *screen) shows(w *world, m *milepostv1.ListStatusRequest) {
	s.t.Helper()
	m.Plan = "hubs"
	answer, err := w.queries().ListStatus(s.t.Context(), m)
	if err != nil {
		s.t.Fatal(err)
	}
	if len(answer.Milestones) != len(s.shown) {
		s.t.Errorf("%d milestones are shown, and %d are answered", len(s.shown), len(answer.Milestones))
	}
	for _, want := range answer.Milestones {
		if !proto.Equal(s.shown[want.Ref], want) {
			s.t.Errorf("shown is  %v\nand it is %v", s.shown[want.Ref], want)
		}
	}
}

// months are as many statements about a milestone, a month from one to the next.
func months(ref string, n int) []*milepostv1.Command {
	var commands []*milepostv1.Command
	for i := range n {
		commands = append(commands, stated(ref, "2017-05-01", fmt.Sprintf("%d-%02d", 2018+i/12, i%12+1)))
	}
	return commands
}

func TestTooManyChangesBecomeTheLatestState(t *testing.T) {
	w := newWorld(t)
	w.hubs()
	w.start()
	after := w.book.Position()
	w.submit(append(months("M3", 200), months("M1", 100)...)...)
	w.submit(stated("M2", "2017-03-01", "2020-01"))
	end := w.book.Position()

	stream, leave := w.watch(&milepostv1.WatchRequest{After: &after})
	var got []string
	for range 5 {
		m := next(t, stream)
		got = append(got, line(m))
		if m.GetConflated() != nil && m.GetConflated().Changes != 301 {
			t.Errorf("left out are %d changes", m.GetConflated().Changes)
		}
	}
	for i, want := range []string{
		fmt.Sprint(after, " conflated"), fmt.Sprint(after, " state M3 2034-08-31"), fmt.Sprint(after, " state M1 2026-04-30"),
		fmt.Sprint(after, " state M2 2020-01-31"), fmt.Sprint(end, " caught up"),
	} {
		if got[i] != want {
			t.Errorf("message %d is %q, want %q", i, got[i], want)
		}
	}
	leave()

	// Who asks for each change gets each, and so does who resumes within the bound.
	for _, m := range []*milepostv1.WatchRequest{{After: &after, EveryChange: true}, {After: new(after + 100)}} {
		stream, leave := w.watch(m)
		for position := *m.After + 1; position <= end; position++ {
			if m := next(t, stream); m.GetChange() == nil || m.Position != position {
				t.Fatalf("%s at position %d", line(m), position)
			}
		}
		leave()
	}
}

// However slowly somebody reads, and wherever the connection breaks, the screen ends as the plan does.
func TestASlowWatcherEndsWithTheLatestState(t *testing.T) {
	w := newWorld(t)
	w.hubs()
	w.start()
	random := rand.New(rand.NewPCG(1, 2))
	conflated := 0
	for _, watched := range []*milepostv1.WatchRequest{{}, {State: "planned"}, {Workstream: "Estates"}, {Owner: "ada  LOVELACE"}} {
		s := newScreen(t)
		stream, leave := w.watch(proto.CloneOf(watched))
		for range 12 {
			var commands []*milepostv1.Command
			for range random.IntN(40) * random.IntN(20) {
				commands = append(commands, anything(random))
			}
			// Something at the end that every filter lets pass: it is how the end is known.
			end := fmt.Sprint("END", w.book.Position())
			w.submit(append(commands, added(end), owned(end, "2017-03-01", "Ada Lovelace"), amended(end, "Estates"))...)
			if random.IntN(3) > 0 {
				s.take(stream, w.book.Position())
				s.shows(w, &milepostv1.ListStatusRequest{State: watched.State, Workstream: watched.Workstream, Owner: watched.Owner})
				continue
			}
			for range 1 + random.IntN(3) {
				s.step(stream)
			}
			leave()
			again := proto.CloneOf(watched)
			if s.resume > 0 {
				again.After = &s.resume
			} else {
				clear(s.shown) // it begins anew
			}
			stream, leave = w.watch(again)
		}
		conflated += s.conflated
		leave()
	}
	if conflated < 5 {
		t.Errorf("changes were left out %d times: this test shows little", conflated)
	}
}

func anything(random *rand.Rand) *milepostv1.Command {
	ref := fmt.Sprint("M", 1+random.IntN(5))
	switch random.IntN(50) {
	case 0:
		return achieved(ref)
	case 1, 2, 3, 4, 5:
		return owned(ref, "2017-03-01", []string{"Ada Lovelace", "Grace Hopper"}[random.IntN(2)])
	case 6, 7, 8, 9, 10:
		return amended(ref, []string{"Estates", "Access"}[random.IntN(2)])
	default:
		return stated(ref, "2017-05-01", fmt.Sprintf("%d-%02d", 2018+random.IntN(9), 1+random.IntN(12)))
	}
}

func amended(ref, workstream string) *milepostv1.Command {
	return &milepostv1.Command{AsAt: "2017-03-01", Command: &milepostv1.Command_MilestoneAmended{
		MilestoneAmended: &milepostv1.MilestoneAmended{Ref: ref, Workstream: &workstream},
	}}
}

func achieved(ref string) *milepostv1.Command {
	return &milepostv1.Command{AsAt: "2017-03-01", Command: &milepostv1.Command_MilestoneAchieved{
		MilestoneAchieved: &milepostv1.MilestoneAchieved{Ref: ref, ActualDate: "2017-03-01"},
	}}
}

// A milestone that is none of those asked for any more is named once, and then no more until it is again.
func TestAFilteredWatchSaysWhatLeaves(t *testing.T) {
	w := newWorld(t)
	w.hubs()
	w.start()
	stream, leave := w.watch(&milepostv1.WatchRequest{State: "planned", Owner: "Ada Lovelace"})
	expect := func(want ...string) {
		t.Helper()
		for _, want := range want {
			m := next(t, stream)
			if got := fmt.Sprint(line(m), " left=", m.Left); got != want {
				t.Fatalf("%q, want %q", got, want)
			}
		}
	}
	expect("0 state M1 2017-12-31 left=false", "15 caught up left=false")
	w.submit(stated("M2", "2017-05-01", "2018-01"))
	w.submit(owned("M2", "2017-05-01", "Ada Lovelace"))
	w.submit(owned("M1", "2017-05-01", "Grace Hopper"))
	w.submit(stated("M1", "2017-05-01", "2018-01"))
	w.submit(achieved("M2"))
	expect("17 OwnerChanged M2 2018-01-31 left=false", "18 OwnerChanged M1 2017-12-31 left=true",
		"20 MilestoneAchieved M2 2018-01-31 left=true")
	leave()
	// The same from any position on.
	stream, leave = w.watch(&milepostv1.WatchRequest{State: "planned", Owner: "Ada Lovelace", After: new(uint64(17))})
	expect("18 OwnerChanged M1 2017-12-31 left=true", "20 MilestoneAchieved M2 2018-01-31 left=true", "21 caught up left=false") // with the question about the date of a later day
	leave()
	stream, _ = w.watch(&milepostv1.WatchRequest{State: "on fire"})
	if _, err := stream.Recv(); err == nil {
		t.Error("milestones in a state that there is none of are watched")
	}
}

// A record that cannot be read ends the stream with its position, after all that came before it.
func TestWatchersAreToldOfAPoisonRecord(t *testing.T) {
	w := newWorld(t)
	w.hubs()
	book := w.book
	chain := &eventstore.Chain{}
	for _, data := range w.log.Messages() {
		if _, err := chain.Next(data); err != nil {
			t.Fatal(err)
		}
	}
	w.start()
	after := book.Position()
	stream, _ := w.watch(&milepostv1.WatchRequest{After: &after})
	if m := next(t, stream); m.GetCaughtUp() == nil {
		t.Fatal(line(m))
	}
	err := book.Apply(&eventstore.Commit{
		Number: chain.Commit + 1, First: after + 1, Last: after + 1,
		Records: []eventstore.Record{{Position: after + 1, Plan: "hubs", Type: ledgerv1.EventType(9999)}},
	})
	if err == nil {
		t.Fatal("an event that nobody knows was applied")
	}
	_, err = stream.Recv()
	if i := info(t, err, codes.DataLoss, grpcserver.RulePoison); i.Metadata["position"] != fmt.Sprint(after+1) {
		t.Errorf("%v", i)
	}
	late, _ := w.watch(&milepostv1.WatchRequest{After: new(after + 1)})
	_, err = late.Recv()
	info(t, err, codes.DataLoss, grpcserver.RulePoison)
}
