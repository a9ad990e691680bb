package node

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/eventstore"
	"milepost.dev/eventstore/embedded"
	"milepost.dev/internal/client"
	"milepost.dev/internal/grpcserver"
)

// A ledger with a record that this version cannot read is served up to it: health names the position and the
// reason, watchers are told, questions are answered from what came before, and no command is taken.
func TestAPoisonRecordIsNamed(t *testing.T) {
	config := Config{
		Data: t.TempDir(), Listen: "127.0.0.1:0", HTTP: "127.0.0.1:0", User: "test", Software: "test", Log: slog.New(slog.DiscardHandler),
	}
	n, commands := startNode(t, config)
	register := &milepostv1.SubmitRequest{RequestId: "begin", Plan: "hubs", Commands: []*milepostv1.Command{
		{Command: &milepostv1.Command_PlanRegistered{PlanRegistered: &milepostv1.PlanRegistered{}}},
	}}
	if _, err := commands.Submit(t.Context(), register); err != nil {
		t.Fatal(err)
	}
	if err := n.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	writePoison(t, config.Data)

	n, commands = startNode(t, config)
	defer n.Close(context.Background())
	answer, err := http.Get("http://" + n.HTTPAddr() + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	var report grpcserver.Report
	if err := json.Unmarshal(body, &report); err != nil {
		t.Fatal(err)
	}
	reason := "the record at position 2 cannot be read: event type 9999 is not known to this version"
	if answer.StatusCode != http.StatusServiceUnavailable || report.ReadModels.Reason != reason || report.ReadModels.Position != 1 ||
		report.ReadModels.LedgerPosition != 2 || report.Commands.Accepting || report.Commands.Reason != reason || report.ReadModels.State != grpcserver.ReadModelsUnreadable {
		t.Errorf("/readyz answers %d %s", answer.StatusCode, body)
	}

	conn, err := grpc.NewClient(n.GRPCAddr(), grpc.WithTransportCredentials(insecure.NewCredentials()), client.WithToken(n.LocalToken()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	health, err := healthv1.NewHealthClient(conn).Check(t.Context(), &healthv1.HealthCheckRequest{Service: "milepost.v1.QueryService"})
	if err != nil || health.Status != healthv1.HealthCheckResponse_NOT_SERVING {
		t.Errorf("the health of questions is %v, %v", health, err)
	}
	plans, err := milepostv1.NewQueryServiceClient(conn).ListPlans(t.Context(), &milepostv1.ListPlansRequest{})
	if err != nil || len(plans.Plans) != 1 || plans.SpokenFor.Position != 1 {
		t.Errorf("the plans are %v, %v", plans, err)
	}
	stream, err := milepostv1.NewWatchServiceClient(conn).Watch(t.Context(), &milepostv1.WatchRequest{Plan: "hubs"})
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = stream.Recv()
	}
	if status.Code(err) != codes.DataLoss || !strings.Contains(err.Error(), "position 2") {
		t.Errorf("the watch ends with %v", err)
	}
	if _, err := commands.Submit(t.Context(), register); status.Code(err) != codes.Unavailable {
		t.Errorf("a command: %v", err)
	}
}

func startNode(t *testing.T, config Config) (*Node, milepostv1.CommandServiceClient) {
	t.Helper()
	n, err := Start(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := grpc.NewClient(n.GRPCAddr(), grpc.WithTransportCredentials(insecure.NewCredentials()), client.WithToken(n.LocalToken()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return n, milepostv1.NewCommandServiceClient(conn)
}

// writePoison appends, as a newer milepost might have, an event that this one does not know.
func writePoison(t *testing.T, data string) {
	t.Helper()
	server, err := embedded.Open(t.Context(), data, embedded.Options{})
	if err != nil {
		t.Fatal(err)
	}
	actor := ""
	ledger, err := eventstore.TakeOver(t.Context(), server.Log(), &eventstore.Chain{}, &ledgerv1.Opening{Software: "newer"},
		func(c *eventstore.Commit) error {
			if len(c.Records) > 0 {
				actor = c.Records[0].Actor
			}
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.Append(t.Context(), []eventstore.Request{{
		Actor: actor, ID: "a", Content: "0123456789abcdef", RecordedAt: ledger.RecordedAt(),
		Drafts: []eventstore.Draft{{EventID: [16]byte{1}, Plan: "hubs", AsAt: 20180101, Type: 9999}},
	}}); err != nil {
		t.Fatal(err)
	}
	if err := server.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
}
