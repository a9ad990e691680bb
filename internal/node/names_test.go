package node

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	milepostv1 "milepost.dev/api/milepost/v1"
)

// A ledger whose names are lost cannot tell a retry from a new request. It is refused at every start, and
// not only at the first that finds it out.
func TestALedgerWithoutItsNamesIsNeverServed(t *testing.T) {
	data := t.TempDir()
	n, err := Start(t.Context(), Config{Data: data, Listen: "127.0.0.1:0", User: "test"})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := grpc.NewClient(n.GRPCAddr(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := milepostv1.NewCommandServiceClient(conn).Submit(t.Context(), &milepostv1.SubmitRequest{
		RequestId: "1", Plan: "hubs", Commands: []*milepostv1.Command{
			{Command: &milepostv1.Command_PlanRegistered{PlanRegistered: &milepostv1.PlanRegistered{}}},
		},
	}); err != nil {
		t.Fatal(err)
	}
	if err := n.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(data, "ledger", "jetstream", "$G", "streams", "MILEPOST_PARTIES")); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if n, err := Start(t.Context(), Config{Data: data, Listen: "127.0.0.1:0", User: "test"}); err == nil {
			t.Error("a ledger without its names was served")
			if err := n.Close(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
	}
}
