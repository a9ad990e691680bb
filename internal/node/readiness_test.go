package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/eventstore"
	"milepost.dev/internal/client"
	"milepost.dev/internal/grpcserver"
)

// readyz asks a node how it is, as whoever watches over it does.
func readyz(t *testing.T, n *Node) (status int, report grpcserver.Report) {
	t.Helper()
	answer, err := http.Get("http://" + n.HTTPAddr() + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	if err = errors.Join(err, answer.Body.Close(), json.Unmarshal(body, &report)); err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, report
}

func TestReadinessTellsStatesApart(t *testing.T) {
	starting := (&Node{}).Readiness()
	if starting.Ready() || starting.Commands.State != grpcserver.CommandsStarting || starting.Ledger.State != grpcserver.LedgerProving {
		t.Errorf("before anything was read: %+v", starting)
	}

	n, err := Start(t.Context(), Config{Data: t.TempDir(), Listen: "127.0.0.1:0", HTTP: "127.0.0.1:0", User: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := n.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if r := n.Readiness(); r.Ready() || r.Commands.State != grpcserver.CommandsClosing {
			t.Errorf("when it was closed: %+v", r)
		}
	}()
	conn, err := grpc.NewClient(n.GRPCAddr(), grpc.WithTransportCredentials(insecure.NewCredentials()), client.WithToken(n.LocalToken()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for i := range 3 { // positions 1 and 2, then 3, then 4, in commits 2 to 4
		if _, err := milepostv1.NewCommandServiceClient(conn).Submit(t.Context(), &milepostv1.SubmitRequest{
			RequestId: fmt.Sprint(i), Plan: "hubs", Commands: []*milepostv1.Command{
				{Command: &milepostv1.Command_PlanRegistered{PlanRegistered: &milepostv1.PlanRegistered{}}},
				{Command: &milepostv1.Command_MilestoneAdded{MilestoneAdded: &milepostv1.MilestoneAdded{Ref: fmt.Sprint("M", i)}}},
			},
		}); err != nil {
			t.Fatal(err)
		}
	}
	status, r := readyz(t, n)
	if status != http.StatusOK || r.Commands.State != grpcserver.CommandsAccepting || r.Commands.Room == 0 ||
		r.ReadModels.State != grpcserver.ReadModelsCaughtUp || r.ReadModels.Position != 4 || r.Ledger.State != grpcserver.LedgerOK {
		t.Errorf("all well: %d %+v", status, r)
	}

	// A log that meets damage knows the commit; health names the position.
	_ = n.noteDamage(fmt.Errorf("read it: %w", &eventstore.Damage{Commit: 3, Reason: "a record's checksum is wrong"}))
	_ = n.noteDamage(&eventstore.Damage{Position: 4, Commit: 4, Reason: "and another"})
	status, r = readyz(t, n)
	if status != http.StatusServiceUnavailable || r.Ledger.State != grpcserver.LedgerDamaged || r.Ledger.FirstWrong != 3 {
		t.Errorf("damage that was met: %d %+v", status, r)
	}
}

// A close whose time is over ends, whatever is left to do.
func TestACloseKeepsToItsBound(t *testing.T) {
	n, err := Start(t.Context(), Config{Data: t.TempDir(), Listen: "127.0.0.1:0", User: "test"})
	if err != nil {
		t.Fatal(err)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	hang := make(chan struct{})
	if err := within(over, func() error { <-hang; return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("something that hangs: %v", err)
	}
	close(hang)
	if err := n.Close(over); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if err := n.store.Close(context.Background()); err != nil { // it went on shutting down
		t.Error(err)
	}
}
