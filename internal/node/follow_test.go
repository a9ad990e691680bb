package node

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/eventstore"
	"milepost.dev/eventstore/embedded"
	"milepost.dev/internal/client"
	"milepost.dev/internal/grpcserver"
	"milepost.dev/internal/lead"
	"milepost.dev/internal/oracle"
	"milepost.dev/internal/parties/keyfile"
)

// shared is one store that several nodes of a test have open.
type shared struct{ *embedded.Server }

func (shared) Close(context.Context) error { return nil }

// sharedStore starts a store, and gives the way in which each node opens it.
func sharedStore(t *testing.T) func(ctx context.Context, feed func(uint64, []byte) error) (Store, error) {
	t.Helper()
	server, err := embedded.Open(t.Context(), t.TempDir(), embedded.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return func(ctx context.Context, feed func(uint64, []byte) error) (Store, error) {
		return shared{server}, server.Log().Read(ctx, 1, feed)
	}
}

// report is a request that adds a milestone, gives it a date, and an owner that nobody has named before.
func report(i int) *milepostv1.SubmitRequest {
	ref := fmt.Sprint("M", i)
	return &milepostv1.SubmitRequest{RequestId: fmt.Sprint("r", i), Plan: "hubs", Commands: []*milepostv1.Command{
		{Command: &milepostv1.Command_MilestoneAdded{MilestoneAdded: &milepostv1.MilestoneAdded{Ref: ref}}},
		{Command: &milepostv1.Command_DeliveryDateStated{DeliveryDateStated: &milepostv1.DeliveryDateStated{Ref: ref, DeliveryDate: "2017-06"}}},
		{Command: &milepostv1.Command_OwnerChanged{OwnerChanged: &milepostv1.OwnerChanged{Ref: ref, Owner: fmt.Sprint("Owner ", i)}}},
	}}
}

func registration() *milepostv1.SubmitRequest {
	return &milepostv1.SubmitRequest{RequestId: "begin", Plan: "hubs", Commands: []*milepostv1.Command{
		{Command: &milepostv1.Command_PlanRegistered{PlanRegistered: &milepostv1.PlanRegistered{}}},
	}}
}

// connect is a connection to a node.
func connect(t *testing.T, n *Node) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient(n.GRPCAddr(), grpc.WithTransportCredentials(insecure.NewCredentials()), client.WithToken(n.LocalToken()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// While one process writes, another that only follows gives every answer as it follows from the ledger at the position
// that it names, names of people included; and it takes no command.
func TestAFollowerAnswersWhileAnotherWrites(t *testing.T) {
	open := sharedStore(t)
	config := Config{Listen: "127.0.0.1:0", User: "test", Software: "test", Open: open, Keys: keyfile.In(t.TempDir())}
	config.Data = t.TempDir()
	writing, commands := startNode(t, config)
	defer writing.Close(context.Background())
	if _, err := commands.Submit(t.Context(), registration()); err != nil {
		t.Fatal(err)
	}

	config.Data, config.Follow, config.SaveEvery = t.TempDir(), true, 20
	following, refusing := startNode(t, config)
	defer following.Close(context.Background())

	const requests = 200
	var load sync.WaitGroup
	load.Go(func() {
		for i := range requests {
			if _, err := commands.Submit(t.Context(), report(i)); err != nil {
				t.Errorf("request %d: %v", i, err)
				return
			}
		}
	})
	check := func() uint64 {
		t.Helper()
		report, err := oracle.NewServer(connect(t, following)).Check(t.Context(), time.Now(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if report.Different > 0 {
			t.Fatalf("%d of %d answers differ: %s", report.Different, report.Compared, strings.Join(report.Differences, "; "))
		}
		return report.Proof.Position
	}
	var seen []uint64
	for range 5 {
		seen = append(seen, check())
	}
	load.Wait()
	end := writing.replica.Position()
	if err := following.replica.Book().Wait(t.Context(), end); err != nil {
		t.Fatal(err)
	}
	if at := check(); at != end || !slices.IsSorted(seen) {
		t.Errorf("it answered at %v and at %d of %d", seen, at, end)
	}

	named, err := milepostv1.NewQueryServiceClient(connect(t, following)).ListStatus(t.Context(), &milepostv1.ListStatusRequest{Plan: "hubs", PageSize: requests})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range named.Milestones {
		if want := "Owner " + strings.TrimPrefix(m.Ref, "M"); m.Owner != want {
			t.Errorf("the owner of %s is shown as %q", m.Ref, m.Owner)
		}
	}

	_, err = refusing.Submit(t.Context(), report(requests))
	if status.Code(err) != codes.FailedPrecondition {
		t.Errorf("a command: %v", err)
	}
	if r := following.Readiness(); !r.Ready() || r.Commands.State != grpcserver.CommandsFollowing {
		t.Errorf("it says %+v", r)
	}
	if writing.replica.Position() != end {
		t.Error("the follower wrote something")
	}
	if err := following.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(config.Data, "folds", "fold.list")); err != nil {
		t.Errorf("the fold of a follower: %v", err)
	}
}

// turn is a lead that the test gives and takes.
type turn struct {
	mu      sync.Mutex
	write   bool          // guarded by mu
	changed chan struct{} // guarded by mu
}

var _ lead.Lead = (*turn)(nil)

func newTurn(write bool) *turn { return &turn{write: write, changed: make(chan struct{})} }

func (l *turn) May() (bool, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.write, l.changed
}

func (l *turn) set(write bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.write = write
	close(l.changed)
	l.changed = make(chan struct{})
}

// The right to write goes from one process to another and back. Whoever has it goes on where the other stopped, gives the
// other's first receipts, and whoever has it no longer follows.
func TestWritingPassesFromOneToTheOther(t *testing.T) {
	open, keys := sharedStore(t), keyfile.In(t.TempDir())
	turns := []*turn{newTurn(true), newTurn(false)}
	var nodes []*Node
	var commands []milepostv1.CommandServiceClient
	for i := range turns {
		n, c := startNode(t, Config{
			Listen: "127.0.0.1:0", User: "test", Software: "test", Data: t.TempDir(), Open: open, Keys: keys, Lead: turns[i],
		})
		defer n.Close(context.Background())
		nodes, commands = append(nodes, n), append(commands, c)
	}
	// submit sends until the node has taken its role: callers do the same.
	submit := func(i int, m *milepostv1.SubmitRequest) *milepostv1.SubmitResponse {
		t.Helper()
		for {
			answer, err := commands[i].Submit(t.Context(), m)
			if status.Code(err) == codes.Unavailable {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			return answer
		}
	}
	submit(0, registration())
	var first []*milepostv1.SubmitResponse
	for i := range 6 {
		writes := i % 2
		turns[1-writes].set(false)
		turns[writes].set(true)
		answer := submit(writes, report(i))
		if answer.Replayed {
			t.Errorf("request %d was there before", i)
		}
		first = append(first, answer)
		other := nodes[1-writes]
		if err := other.replica.Book().Wait(t.Context(), answer.Receipt.Position); err != nil {
			t.Fatal(err)
		}
		if _, err := commands[1-writes].Submit(t.Context(), report(i)); status.Code(err) != codes.Unavailable {
			t.Errorf("the one that follows answers %v", err)
		}
		for k, before := range first {
			if again := submit(writes, report(k)); !again.Replayed || again.Receipt.Position != before.Receipt.Position {
				t.Errorf("request %d: %v, and first %v", k, again, before)
			}
		}
	}
	for _, n := range nodes {
		report, err := oracle.NewServer(connect(t, n)).Check(t.Context(), time.Now(), nil)
		if err != nil || report.Different > 0 {
			t.Errorf("%v, %v", report, err)
		}
	}
}

// A server that only follows begins no ledger where there is none, and adds nothing to one that is there.
func TestFollowingWritesNothing(t *testing.T) {
	data := filepath.Join(t.TempDir(), "none")
	config := Config{Listen: "127.0.0.1:0", User: "test", Software: "test", Data: data, Follow: true}
	if n, err := Start(t.Context(), config); err == nil || !strings.Contains(err.Error(), data) {
		t.Fatalf("it started: %v", errOrClose(n, err))
	}
	if _, err := os.Stat(data); err == nil {
		t.Error("it made a directory")
	}
	config.Follow = false
	n, commands := startNode(t, config)
	if _, err := commands.Submit(t.Context(), registration()); err != nil {
		t.Fatal(err)
	}
	if err := n.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	commits := func() uint64 {
		var seen eventstore.Chain
		if _, err := embedded.Inspect(data, func(_ uint64, b []byte) error { _, err := seen.Next(b); return err }); err != nil {
			t.Fatal(err)
		}
		return seen.Commit
	}
	before := commits()
	config.Follow = true
	n, _ = startNode(t, config)
	if _, position := n.Ledger(); position != 1 {
		t.Errorf("it answers at position %d", position)
	}
	if err := n.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after := commits(); after != before {
		t.Errorf("%d commits became %d", before, after)
	}
}

func errOrClose(n *Node, err error) error {
	if err == nil {
		return n.Close(context.Background())
	}
	return err
}
