package node

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/eventstore"
	"milepost.dev/eventstore/embedded"
	"milepost.dev/internal/client"
)

// A ledger that somebody has worked on by hand is not served, and the first position that is wrong is
// named: by verify on the copy, and by a server that refuses to start on it.
func TestALedgerThatWasTamperedWith(t *testing.T) {
	data := t.TempDir()
	n, err := Start(t.Context(), Config{
		Data: data, Listen: "127.0.0.1:0", User: "test", Software: "test", Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := grpc.NewClient(n.GRPCAddr(), grpc.WithTransportCredentials(insecure.NewCredentials()), client.WithToken(n.LocalToken()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	commands := milepostv1.NewCommandServiceClient(conn)
	for i := range 10 { // each a commit of its own: the opening is the first, and this one number i+2
		m := &milepostv1.SubmitRequest{RequestId: fmt.Sprint(i), Plan: "hubs", Commands: []*milepostv1.Command{
			{AsAt: "2017-01-01", Command: &milepostv1.Command_PlanRegistered{PlanRegistered: &milepostv1.PlanRegistered{}}},
			{AsAt: "2017-01-01", Command: &milepostv1.Command_MilestoneAdded{MilestoneAdded: &milepostv1.MilestoneAdded{Ref: fmt.Sprint("M", i)}}},
			{AsAt: "2017-01-01", Command: &milepostv1.Command_DeliveryDateStated{DeliveryDateStated: &milepostv1.DeliveryDateStated{Ref: fmt.Sprint("M", i), DeliveryDate: "2017-09"}}},
		}}
		if _, err := commands.Submit(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	if err := n.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	// The first request made the plan too, so it holds positions 1 to 3; the next 4 and 5, and so on.
	const commit, position = 6, 10

	for name, tamper := range map[string]func(records [][]byte) [][]byte{
		"a byte changed":   func(r [][]byte) [][]byte { r[commit-1][len(r[commit-1])/2] ^= 1; return r },
		"a commit dropped": func(r [][]byte) [][]byte { return slices.Delete(r, commit-1, commit) },
		"two swapped":      func(r [][]byte) [][]byte { r[commit-1], r[commit] = r[commit], r[commit-1]; return r },
	} {
		t.Run(name, func(t *testing.T) {
			for _, fold := range []string{"with its saved fold", "without one"} {
				dir := t.TempDir()
				if err := os.CopyFS(dir, os.DirFS(data)); err != nil {
					t.Fatal(err)
				}
				if fold == "without one" {
					if err := os.RemoveAll(filepath.Join(dir, "folds")); err != nil {
						t.Fatal(err)
					}
				}
				block := filepath.Join(dir, "ledger", "jetstream", "$G", "streams", "MILEPOST_LEDGER", "msgs", "1.blk")
				before, err := os.ReadFile(block)
				if err != nil {
					t.Fatal(err)
				}
				after := bytes.Join(tamper(recordsOf(bytes.Clone(before))), nil)
				if err := os.WriteFile(block, after, 0o600); err != nil {
					t.Fatal(err)
				}

				var damage *eventstore.Damage
				if _, _, err := embedded.Verify(dir, func(*eventstore.Commit) error { return nil }); !errors.As(err, &damage) || damage.Position != position {
					t.Errorf("%s: verify says %v, and position %d is the first that is wrong", fold, err, position)
				}
				n, err := Start(t.Context(), Config{
					Data: dir, Listen: "127.0.0.1:0", User: "test", Software: "test", Log: slog.New(slog.DiscardHandler),
				})
				if !errors.As(err, &damage) || damage.Position != position {
					t.Errorf("%s: the server says %v, and position %d is the first that is wrong", fold, err, position)
				}
				if err == nil {
					if err := n.Close(context.Background()); err != nil {
						t.Error(err)
					}
				}
				if now, err := os.ReadFile(block); err != nil || !bytes.Equal(now, after) {
					t.Errorf("%s: the evidence was changed (%v)", fold, err)
				}
			}
		})
	}
}

// recordsOf cuts a block of the store into its records: each begins with its length, whose top bit says
// something else.
func recordsOf(block []byte) (records [][]byte) {
	for len(block) > 0 {
		n := binary.LittleEndian.Uint32(block) &^ (1 << 31)
		records = append(records, block[:n:n])
		block = block[n:]
	}
	return records
}
