package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/grpcserver"
)

// A disk that goes bad while the server runs is found by whoever reads the ledger: the bytes are not handed out,
// and health names the position.
func TestADiskThatGoesBad(t *testing.T) {
	config := Config{Data: t.TempDir(), Listen: "127.0.0.1:0", HTTP: "127.0.0.1:0", User: "test"}
	n, err := Start(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := grpc.NewClient(n.GRPCAddr(), grpc.WithTransportCredentials(insecure.NewCredentials()), client.WithToken(n.LocalToken()))
	if err != nil {
		t.Fatal(err)
	}
	// More than one file of the store: it keeps the last one in memory.
	const requests, each, damaged = 24, 400, 5
	for i := range requests { // request i is commit i+2, with positions from i*each+2
		m := &milepostv1.SubmitRequest{RequestId: fmt.Sprint(i), Plan: "hubs"}
		if i == 0 {
			m.Commands = append(m.Commands, &milepostv1.Command{Command: &milepostv1.Command_PlanRegistered{PlanRegistered: &milepostv1.PlanRegistered{}}})
		}
		for j := range each {
			m.Commands = append(m.Commands, &milepostv1.Command{
				Source:  fmt.Sprintf("request %d %s", i, strings.Repeat("very long ", 95)),
				Command: &milepostv1.Command_MilestoneAdded{MilestoneAdded: &milepostv1.MilestoneAdded{Ref: fmt.Sprint("M", i*each+j)}},
			})
		}
		if _, err := milepostv1.NewCommandServiceClient(conn).Submit(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	conn.Close()
	if err := n.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if n, err = Start(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := n.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}()

	block := filepath.Join(config.Data, "ledger", "jetstream", "$G", "streams", "MILEPOST_LEDGER", "msgs", "1.blk")
	data, err := os.ReadFile(block)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(block, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	at := strings.Index(string(data), fmt.Sprintf("request %d very", damaged))
	_, err = f.WriteAt([]byte("R"), int64(at))
	if err = errors.Join(err, f.Close()); at < 0 || err != nil {
		t.Fatalf("at %d: %v", at, err)
	}

	if conn, err = grpc.NewClient(n.GRPCAddr(), grpc.WithTransportCredentials(insecure.NewCredentials()), client.WithToken(n.LocalToken())); err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	stream, err := milepostv1.NewAuditServiceClient(conn).ReadCommits(t.Context(), &milepostv1.ReadCommitsRequest{})
	commits := 0
	for err == nil {
		if _, err = stream.Recv(); err == nil {
			commits++
		}
	}
	if errors.Is(err, io.EOF) || status.Code(err) != codes.DataLoss || commits != damaged+1 {
		t.Errorf("after %d commits: %v", commits, err)
	}
	if want := fmt.Sprintf("from position %d on", damaged*each+2); !strings.Contains(status.Convert(err).Message(), want) {
		t.Errorf("the caller is told %q, want %q in it", status.Convert(err).Message(), want)
	}
	code, report := readyz(t, n)
	if code != http.StatusServiceUnavailable || report.Ledger.State != grpcserver.LedgerDamaged || report.Ledger.FirstWrong != damaged*each+2 {
		t.Errorf("%d %+v, want position %d", code, report.Ledger, damaged*each+2)
	}
}
