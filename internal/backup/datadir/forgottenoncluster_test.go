package datadir_test

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/eventstore/cluster"
	"milepost.dev/internal/backup/datadir"
	"milepost.dev/internal/client"
	"milepost.dev/internal/load/returns"
	"milepost.dev/internal/node"
	"milepost.dev/internal/parties/keyfile"
	"milepost.dev/internal/rig/demo"
	"milepost.dev/internal/rig/natstest"
)

// startSingle starts a server of one person: on a data directory, or as a node of a ledger on NATS servers.
func startSingle(t *testing.T, data string, o *cluster.Options, state string) *server {
	t.Helper()
	n, err := node.Start(context.Background(), node.Config{
		Data: data, Cluster: o, Listen: "127.0.0.1:0", User: "test", Software: "test", SingleUser: true, Log: slog.New(slog.DiscardHandler), Local: node.Local{State: state},
	})
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, data: data, node: n}
	t.Cleanup(s.stop)
	if s.conn, err = grpc.NewClient(n.GRPCAddr(), grpc.WithTransportCredentials(insecure.NewCredentials()), client.WithToken(n.LocalToken())); err != nil {
		t.Fatal(err)
	}
	return s
}

// forgets forgets a name, once there is a server that writes.
func (s *server) forgets(name string) *milepostv1.ForgetResponse {
	s.t.Helper()
	for {
		answer, err := milepostv1.NewNamesServiceClient(s.conn).Forget(s.t.Context(), &milepostv1.ForgetRequest{Name: name, Reason: "it was asked for"})
		if status.Code(err) == codes.Unavailable {
			select {
			case <-time.After(50 * time.Millisecond):
			case <-s.t.Context().Done():
			}
			continue
		}
		if err != nil || !answer.Forgotten {
			s.t.Fatalf("%s: %v, %v", name, answer, err)
		}
		return answer
	}
}

// plays states a year of a programme.
func (s *server) plays() {
	s.t.Helper()
	service := client.Over(s.conn, client.Config{})
	for _, beat := range demo.Year(demo.Seed) {
		if beat.Plan.ID != demo.Plan {
			continue
		}
		push := returns.Push{Service: service, Plan: beat.Plan.ID, Name: beat.Plan.Name}
		if _, err := push.Run(s.t.Context(), bytes.NewReader(beat.Return.CSV)); err != nil {
			s.t.Fatal(err)
		}
	}
}

// people are those whose names a server knows.
func (s *server) people() map[string]bool {
	s.t.Helper()
	answer, err := milepostv1.NewAuditServiceClient(s.conn).ListParties(s.t.Context(), &milepostv1.ListPartiesRequest{})
	if err != nil {
		s.t.Fatal(err)
	}
	known := map[string]bool{}
	for _, p := range answer.Parties {
		known[p.Name] = true
	}
	return known
}

// A ledger with a plan of a year, of which a person was forgotten, moves to NATS servers and back, and a person is forgotten at each
// place. No forgotten name comes back, all others stay, and what was forgotten at one place stands in no file of the next. It answers
// the same, gives the first receipts, and is proved at both ends.
func TestForgettingMovesToAClusterAndBack(t *testing.T) {
	if testing.Short() {
		t.Skip("three servers")
	}
	t.Parallel() // it mostly waits
	data, dir := t.TempDir(), filepath.Join(t.TempDir(), "backup")
	alone := startSingle(t, data, nil, "")
	first := alone.grow("first", 12)
	alone.plays()
	alone.forgets("Owner 3")
	taken := alone.backup(dir)
	hubs, year, origin := alone.answersAt(taken.Position), alone.answersOf(demo.Plan, "2025-03-31", taken.Position), alone.provedBut(1).Origin
	alone.stop()

	servers := natstest.Start(t, natstest.Options{})
	o := &cluster.Options{Connect: cluster.Connect{URLs: servers.URLs()}, Monitors: servers.Monitors()}
	moving := into("")
	moving.Cluster, moving.OldData = o, data
	if _, err := datadir.Restore(t.Context(), dir, moving); err != nil {
		t.Fatal(err)
	}
	state := t.TempDir()
	a := startSingle(t, t.TempDir(), o, state)
	b := startSingle(t, t.TempDir(), o, state)
	places := []string{servers.Dir(0), servers.Dir(1), servers.Dir(2), a.data, b.data}
	nowhere := func(name string) {
		t.Helper()
		for _, place := range places {
			if below(t, place, name) {
				t.Errorf("%s stands in %s", name, place)
			}
		}
		for _, s := range []*server{a, b} {
			if s.people()[name] {
				t.Errorf("%s is known", name)
			}
		}
	}
	receipts := func(s *server) {
		t.Helper()
		for i, receipt := range first {
			if i == 3 || i == 5 { // they name who was forgotten, so nobody can tell that they are the same
				continue
			}
			if answer := s.again(requestOf("first", i)); !answer.Replayed || !proto.Equal(answer.Receipt, receipt) {
				t.Fatalf("request %d has the receipt %v and had %v", i, answer.Receipt, receipt)
			}
		}
	}
	receipts(b)
	nowhere("Owner 3")
	same(t, "the answers on the cluster", hubs, a.answersAt(taken.Position))
	same(t, "the answers about a year on the cluster", year, b.answersOf(demo.Plan, "2025-03-31", taken.Position))
	if answer := b.forgets("Owner 5"); len(answer.NodesAway) > 0 {
		t.Errorf("away are %q", answer.NodesAway)
	}
	if !a.people()["Owner 4"] || !b.people()["Owner 4"] || a.people()["Owner 5"] || b.people()["Owner 5"] {
		t.Error("another than Owner 5 was forgotten")
	}
	b.again(requestOf("second", 1))
	if p := a.provedBut(2); p.Origin != origin {
		t.Errorf("the ledger is %s", p.Origin)
	}
	keys, err := keyfile.In(a.data).All()
	if err != nil || len(keys) != 1 || keys[0] != theKey(t, b.data) {
		t.Errorf("the nodes have different keys, %v", err)
	}
	back := filepath.Join(t.TempDir(), "back")
	taken = a.backup(filepath.Join(t.TempDir(), "second"))
	hubs, year = a.answersAt(taken.Position), a.answersOf(demo.Plan, "2025-03-31", taken.Position)
	again := filepath.Join(t.TempDir(), "third")
	b.backup(again)
	a.stop()
	b.stop()

	if _, err := datadir.Restore(t.Context(), again, into(back)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Owner 3", "Owner 5"} {
		if below(t, back, name) {
			t.Errorf("%s stands in the restored directory before a server was started on it", name)
		}
	}
	alone = startSingle(t, back, nil, "")
	same(t, "the answers at home", hubs, alone.answersAt(taken.Position))
	same(t, "the answers about a year at home", year, alone.answersOf(demo.Plan, "2025-03-31", taken.Position))
	receipts(alone)
	if p := alone.provedBut(2); p.Origin != origin {
		t.Errorf("the ledger is %s", p.Origin)
	}
	alone.forgets("Owner 6")
	known := alone.people()
	for name, want := range map[string]bool{"Owner 3": false, "Owner 4": true, "Owner 5": false, "Owner 6": false, "Owner 7": true} {
		if known[name] != want {
			t.Errorf("%s is known: %v", name, known[name])
		}
	}
	alone.provedBut(3)
}

func theKey(t *testing.T, data string) any {
	t.Helper()
	keys, err := keyfile.In(data).All()
	if err != nil || len(keys) != 1 {
		t.Fatal(keys, err)
	}
	return keys[0]
}
