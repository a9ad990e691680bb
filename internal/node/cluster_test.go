package node

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/eventstore/cluster"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/grpcserver"
	"milepost.dev/internal/oracle"
	"milepost.dev/internal/rig/natstest"
)

// several are nodes of one ledger on three NATS servers.
type several struct {
	t       *testing.T
	servers *natstest.Cluster
	configs []Config
	nodes   []*Node
}

// startSeveral starts nodes of a ledger that was begun just now.
func startSeveral(t *testing.T, count int) *several {
	t.Helper()
	s := layOut(t, count)
	for i := range count {
		s.start(i)
	}
	return s
}

// layOut begins a ledger, and starts no node of it yet. Its test runs beside others of the kind: nodes and servers mostly wait, for a
// leader or for one that is gone.
func layOut(t *testing.T, count int) *several {
	t.Helper()
	if testing.Short() {
		t.Skip("three servers")
	}
	t.Parallel()
	s := &several{t: t, servers: natstest.Start(t, natstest.Options{}), nodes: make([]*Node, count)}
	o := cluster.Options{Connect: cluster.Connect{URLs: s.servers.URLs()}, Monitors: s.servers.Monitors()}
	if _, err := InitCluster(t.Context(), o, cluster.Placing{}, "test", clock.System(), clock.Entropy()); err != nil {
		t.Fatal(err)
	}
	state := t.TempDir()
	for i := range count {
		s.configs = append(s.configs, Config{
			Listen: "127.0.0.1:0", User: "test", Software: "test", Data: t.TempDir(), Cluster: &o, Local: Local{State: state},
			Log: slog.New(slog.NewTextHandler(logTo{t, i}, &slog.HandlerOptions{Level: slog.LevelInfo})),
		})
	}
	t.Cleanup(func() {
		for i := range s.nodes {
			s.stop(i)
		}
	})
	return s
}

// logTo writes what a node says into the test's log.
type logTo struct {
	t    *testing.T
	node int
}

func (l logTo) Write(b []byte) (int, error) {
	if l.t.Context().Err() == nil && !strings.Contains(string(b), "msg=call") {
		l.t.Logf("node %d: %s", l.node, strings.TrimSpace(string(b)))
	}
	return len(b), nil
}

func (s *several) start(i int) {
	s.t.Helper()
	n, err := Start(s.t.Context(), s.configs[i])
	if err != nil {
		s.t.Fatal(err)
	}
	s.nodes[i] = n
}

func (s *several) stop(i int) {
	s.t.Helper()
	if s.nodes[i] == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := s.nodes[i].Close(ctx); err != nil {
		s.t.Errorf("close node %d: %v", i, err)
	}
	s.nodes[i] = nil
}

// submit sends to one node until there is an answer: callers do the same.
func (s *several) submit(i int, m *milepostv1.SubmitRequest) *milepostv1.SubmitResponse {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	client := milepostv1.NewCommandServiceClient(connect(s.t, s.nodes[i]))
	for {
		answer, err := client.Submit(ctx, m)
		if err == nil {
			return answer
		}
		if c := status.Code(err); c != codes.Unavailable || ctx.Err() != nil {
			s.t.Fatalf("through node %d: %v", i, err)
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}

// writes is the node that writes, once one does.
func (s *several) writes() int {
	s.t.Helper()
	for s.t.Context().Err() == nil {
		for i, n := range s.nodes {
			if n != nil && n.Readiness().Node.Role == "writing" {
				return i
			}
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-s.t.Context().Done():
		}
	}
	return -1
}

// agree checks every answer of every node against the ledger.
func (s *several) agree() {
	s.t.Helper()
	for i, n := range s.nodes {
		if n == nil {
			continue
		}
		report, err := oracle.NewServer(connect(s.t, n)).Check(s.t.Context(), time.Now(), nil)
		if err != nil {
			s.t.Fatalf("node %d: %v", i, err)
		}
		if report.Different > 0 {
			s.t.Errorf("node %d: %d of %d answers differ: %s", i, report.Different, report.Compared, strings.Join(report.Differences, "; "))
		}
	}
}

// Three nodes share a ledger: commands and questions may be sent to any of them, whoever writes; and another takes over when the
// writer leaves or is gone. Nothing that was acknowledged is lost, or there twice.
func TestNodesShareALedger(t *testing.T) {
	s := startSeveral(t, 3)
	began := time.Now()
	s.submit(0, registration())
	t.Logf("the first acknowledgement after %s", time.Since(began))
	first := map[int]uint64{}
	for i := range 9 {
		answer := s.submit(i%3, report(i))
		if answer.Replayed && i > 0 {
			t.Logf("request %d was sent again", i)
		}
		first[i] = answer.Receipt.Position
		// What was acknowledged is known at the node that was asked, and everywhere to who asks for what is current.
		for at := range 3 {
			listed, err := milepostv1.NewQueryServiceClient(connect(t, s.nodes[at])).ListStatus(t.Context(), &milepostv1.ListStatusRequest{
				Plan: "hubs", ReadAt: &milepostv1.ReadAt{Current: at != i%3}, PageSize: 100,
			})
			if err != nil {
				t.Fatal(err)
			}
			if len(listed.Milestones) != i+1 {
				t.Errorf("after request %d node %d knows %d milestones", i, at, len(listed.Milestones))
			}
		}
	}
	s.agree()

	writer := s.writes()
	began = time.Now()
	s.stop(writer)
	other := (writer + 1) % 3
	answer := s.submit(other, report(9))
	t.Logf("the first acknowledgement after %s, of which the server took a part to stop", time.Since(began))
	first[9] = answer.Receipt.Position
	for i := range 9 {
		if again := s.submit(other, report(i)); !again.Replayed || again.Receipt.Position != first[i] {
			t.Errorf("request %d: position %d, and first %d", i, again.Receipt.Position, first[i])
		}
	}
	s.start(writer)
	if r := s.nodes[writer].Readiness(); !r.Ready() || r.Commands.State != grpcserver.CommandsFollowing {
		t.Errorf("it says %+v", r)
	}
	last := report(10)
	last.OnBehalfOf = "Estates office"
	s.submit(writer, last)
	s.agree()
}

// While servers under the ledger stop, lose everything, and come again, one after the other, callers of every node get an answer to
// each request, once.
func TestServersUnderNodesComeAndGo(t *testing.T) {
	s := startSeveral(t, 2)
	s.submit(0, registration())
	const each = 60
	var callers sync.WaitGroup
	var mu sync.Mutex
	var gap time.Duration
	last := time.Now()
	positions := map[uint64]string{}
	for i := range s.nodes {
		callers.Go(func() {
			for k := range each {
				id := i*each + k
				answer := s.submit(i, report(id))
				mu.Lock()
				gap, last = max(gap, time.Since(last)), time.Now()
				if other, taken := positions[answer.Receipt.Position]; taken {
					t.Errorf("position %d is of both %s and %d", answer.Receipt.Position, other, id)
				}
				positions[answer.Receipt.Position] = fmt.Sprint(id)
				mu.Unlock()
			}
		})
	}
	for i := range natstest.Members {
		leader := s.servers.LeaderOf("$G", "MILEPOST_LEDGER")
		if leader < 0 {
			leader = i
		}
		s.servers.Stop(leader)
		if i == 1 {
			s.servers.Wipe(leader)
		}
		s.servers.Run(leader)
	}
	callers.Wait()
	t.Logf("the longest time without an acknowledgement was %s", gap)
	if len(positions) != 2*each {
		t.Errorf("%d requests have a position", len(positions))
	}
	s.agree()
}
