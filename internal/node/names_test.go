package node

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
)

// A ledger whose names are lost cannot tell a retry from a new request. It is refused at every start, and
// not only at the first that finds it out.
func TestALedgerWithoutItsNamesIsNeverServed(t *testing.T) {
	data := t.TempDir()
	n, err := Start(t.Context(), Config{Data: data, Listen: "127.0.0.1:0", User: "test"})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := grpc.NewClient(n.GRPCAddr(), grpc.WithTransportCredentials(insecure.NewCredentials()), client.WithToken(n.LocalToken()))
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

// The store cuts off the end of a file of names that it cannot read, in silence. Whoever the ledger names must
// have a name all the same, or have been forgotten on purpose.
func TestALostNameIsMissed(t *testing.T) {
	data := t.TempDir()
	n, err := Start(t.Context(), Config{Data: data, Listen: "127.0.0.1:0", User: "test"})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := grpc.NewClient(n.GRPCAddr(), grpc.WithTransportCredentials(insecure.NewCredentials()), client.WithToken(n.LocalToken()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	commands := milepostv1.NewCommandServiceClient(conn)
	for _, m := range []*milepostv1.SubmitRequest{
		{RequestId: "1", Commands: []*milepostv1.Command{
			{Command: &milepostv1.Command_PlanRegistered{PlanRegistered: &milepostv1.PlanRegistered{}}},
			{Command: &milepostv1.Command_MilestoneAdded{MilestoneAdded: &milepostv1.MilestoneAdded{Ref: "HUB-1"}}},
		}},
		// The last name that is kept: an owner's, who said nothing.
		{RequestId: "2", OnBehalfOf: "test", Commands: []*milepostv1.Command{
			{Command: &milepostv1.Command_OwnerChanged{OwnerChanged: &milepostv1.OwnerChanged{Ref: "HUB-1", Owner: "Estates office"}}},
		}},
	} {
		m.Plan = "hubs"
		if _, err := commands.Submit(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	if err := n.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	block := filepath.Join(data, "ledger", "jetstream", "$G", "streams", "MILEPOST_PARTIES", "msgs", "1.blk")
	info, err := os.Stat(block)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(block, info.Size()-1); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		n, err := Start(t.Context(), Config{Data: data, Listen: "127.0.0.1:0", User: "test"})
		if err == nil {
			t.Error("a ledger was served that names a party whose name is lost")
			if err := n.Close(context.Background()); err != nil {
				t.Fatal(err)
			}
		} else if !strings.Contains(err.Error(), "names of 1 parties are gone") {
			t.Error(err)
		}
	}
}
