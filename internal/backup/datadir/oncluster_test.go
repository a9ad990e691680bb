package datadir_test

import (
	"context"
	"errors"
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
	"milepost.dev/eventstore/embedded"
	"milepost.dev/internal/backup"
	"milepost.dev/internal/backup/datadir"
	"milepost.dev/internal/client"
	"milepost.dev/internal/node"
	"milepost.dev/internal/rig/natstest"
)

// startOn starts a node of a ledger on NATS servers.
func startOn(t *testing.T, o *cluster.Options) *server {
	t.Helper()
	return startIn(t, o, t.TempDir())
}

// startIn starts one in a directory, which it may have had before.
func startIn(t *testing.T, o *cluster.Options, data string) *server {
	t.Helper()
	n, err := node.Start(context.Background(), node.Config{
		Data: data, Cluster: o, Listen: "127.0.0.1:0", User: "test", Software: "test", Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, node: n}
	t.Cleanup(s.stop)
	if s.conn, err = grpc.NewClient(n.GRPCAddr(), grpc.WithTransportCredentials(insecure.NewCredentials()), client.WithToken(n.LocalToken())); err != nil {
		t.Fatal(err)
	}
	return s
}

// again sends a request until whoever takes over answers.
func (s *server) again(m *milepostv1.SubmitRequest) *milepostv1.SubmitResponse {
	s.t.Helper()
	for {
		answer, err := s.submit(m)
		if status.Code(err) == codes.Unavailable {
			select {
			case <-time.After(50 * time.Millisecond):
			case <-s.t.Context().Done():
			}
			continue
		}
		if err != nil {
			s.t.Fatal(err)
		}
		return answer
	}
}

// A ledger moves from one machine to NATS servers and back: it answers the same, gives the first receipts, keeps its identity, and is
// proved at both ends. On the directory that it left no server starts again.
func TestALedgerMovesToAClusterAndBack(t *testing.T) {
	if testing.Short() {
		t.Skip("three servers")
	}
	t.Parallel() // it mostly waits
	data, dir := t.TempDir(), filepath.Join(t.TempDir(), "backup")
	alone := start(t, data)
	first := alone.grow("first", 12)
	taken := alone.backup(dir)
	want, origin := alone.answersAt(taken.Position), alone.proved().Origin
	alone.stop()

	servers := natstest.Start(t, natstest.Options{})
	o := &cluster.Options{Connect: cluster.Connect{URLs: servers.URLs()}, Monitors: servers.Monitors()}
	moving := into("")
	moving.Cluster, moving.OldData = o, data
	interrupted, cancel := context.WithCancel(t.Context())
	moving.Progress = func(commit uint64) {
		if commit == 5 {
			cancel()
		}
	}
	if _, err := datadir.Restore(interrupted, dir, moving); err == nil {
		t.Fatal("the restore was not interrupted")
	}
	if _, err := cluster.Open(t.Context(), t.TempDir(), *o); !errors.As(err, new(*cluster.Empty)) {
		t.Fatalf("a node starts on half a ledger: %v", err)
	}
	moving.Progress = nil
	moved, err := datadir.Restore(t.Context(), dir, moving)
	if err != nil {
		t.Fatal(err)
	}
	if moved.Origin != origin || moved.Lost || moved.Position != taken.Position {
		t.Errorf("it moved as %+v", moved)
	}
	if _, err := datadir.Restore(t.Context(), dir, moving); !errors.As(err, new(*datadir.NotNew)) {
		t.Errorf("a second time: %v", err)
	}
	if _, err := embedded.Open(t.Context(), data, embedded.Options{}); !errors.As(err, new(*embedded.Moved)) {
		t.Errorf("a server starts on the directory that the ledger left: %v", err)
	}

	own := t.TempDir() // which has the keys of the names
	among := startIn(t, o, own)
	for i, receipt := range first {
		if answer := among.again(requestOf("first", i)); !answer.Replayed || !proto.Equal(answer.Receipt, receipt) {
			t.Fatalf("request %d has the receipt %v and had %v", i, answer.Receipt, receipt)
		}
	}
	same(t, "the answers on the cluster", want, among.answersAt(taken.Position))
	second := among.again(requestOf("second", 1)).Receipt
	if second.Durability != "quorum" {
		t.Errorf("the receipt says %q", second.Durability)
	}
	if p := among.proved(); p.Origin != origin {
		t.Errorf("the ledger is %s", p.Origin)
	}

	// What one server keeps is enough to go on with, where the others lost theirs.
	among.stop()
	for i := range natstest.Members {
		servers.Stop(i)
	}
	for i := range natstest.Members {
		of := filepath.Join(t.TempDir(), "of-a-server")
		kept, err := backup.Take(t.Context(), of, datadir.OpenMember(servers.Dir(i), "$G", own), backup.Options{Now: time.Now()})
		if err != nil {
			t.Fatalf("server n%d: %v", i, err)
		}
		if kept.Origin != origin || kept.Position < second.Position {
			t.Errorf("server n%d has the ledger to position %d", i, kept.Position)
		}
		if i > 0 {
			continue
		}
		anew := natstest.Start(t, natstest.Options{})
		chosen := into("")
		chosen.Cluster, chosen.Expect = &cluster.Options{Connect: cluster.Connect{URLs: anew.URLs()}, Monitors: anew.Monitors()}, second.Position
		if restored, err := datadir.Restore(t.Context(), of, chosen); err != nil || restored.Lost || restored.Origin != origin {
			t.Fatalf("restored from server n%d: %+v, %v", i, restored, err)
		}
		again := startOn(t, chosen.Cluster)
		if answer := again.again(requestOf("second", 1)); !answer.Replayed || !proto.Equal(answer.Receipt, second) {
			t.Errorf("the last request has the receipt %v and had %v", answer.Receipt, second)
		}
		same(t, "the answers from one server's store", want, again.answersAt(taken.Position))
		again.stop()
	}
	for i := range natstest.Members {
		servers.Run(i)
	}
	o.Monitors = servers.Monitors() // they have other addresses now
	among = startIn(t, o, own)
	back := filepath.Join(t.TempDir(), "back")
	taken = among.backup(filepath.Join(t.TempDir(), "second"))
	whole := among.answersAt(taken.Position)
	again := filepath.Join(t.TempDir(), "third")
	among.backup(again)
	among.stop()

	if _, err := datadir.Restore(t.Context(), again, into(back)); err != nil {
		t.Fatal(err)
	}
	alone = start(t, back)
	same(t, "the answers at home", whole, alone.answersAt(taken.Position))
	for i, receipt := range first {
		if answer, err := alone.submit(requestOf("first", i)); err != nil || !answer.Replayed || !proto.Equal(answer.Receipt, receipt) {
			t.Fatalf("request %d has the receipt %v and had %v; %v", i, answer.GetReceipt(), receipt, err)
		}
	}
	if answer, err := alone.submit(requestOf("second", 1)); err != nil || !answer.Replayed || !proto.Equal(answer.Receipt, second) {
		t.Errorf("the receipt of the cluster is %v now, and was %v; %v", answer.GetReceipt(), second, err)
	}
	if p := alone.proved(); p.Origin != origin {
		t.Errorf("the ledger is %s", p.Origin)
	}
}
