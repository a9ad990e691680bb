package traces_test

import (
	"fmt"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/node"
	"milepost.dev/internal/observe/traces"
)

func TestTracesAreOffUnlessAskedFor(t *testing.T) {
	for _, c := range []struct {
		env   map[string]string
		asked bool
	}{
		{nil, false},
		{map[string]string{"OTEL_SERVICE_NAME": "x"}, false},
		{map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4317"}, true},
		{map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4317"}, true},
		{map[string]string{"OTEL_TRACES_EXPORTER": "otlp"}, true},
		{map[string]string{"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4317"}, false},
		{map[string]string{"OTEL_SDK_DISABLED": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4317"}, false},
	} {
		if asked := traces.Asked(func(name string) string { return c.env[name] }); asked != c.asked {
			t.Errorf("%v: %t", c.env, asked)
		}
	}
	traces, err := traces.Open(t.Context(), func(string) string { return "" }, "v0", func(error) {})
	if err != nil || traces != nil || traces.Handler() != nil || traces.Close(t.Context()) != nil {
		t.Errorf("%v, %v", traces, err)
	}
}

// One span a call and one a commit, and nothing in them of what was said, or by whom.
func TestASpanOfEachCallAndEachCommit(t *testing.T) {
	recorded := tracetest.NewSpanRecorder()
	traces := traces.New(sdk.WithSpanProcessor(recorded))
	n, err := node.Start(t.Context(), node.Config{Data: t.TempDir(), Listen: "127.0.0.1:0", User: "Ada Lovelace", Tracing: traces})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := grpc.NewClient(n.GRPCAddr(), grpc.WithTransportCredentials(insecure.NewCredentials()), client.WithToken(n.LocalToken()))
	if err != nil {
		t.Fatal(err)
	}
	commands := []*pb.Command{
		{AsAt: "2017-01-01", Command: &pb.Command_PlanRegistered{PlanRegistered: &pb.PlanRegistered{Name: "Very private"}}},
		{AsAt: "2017-01-01", Command: &pb.Command_MilestoneAdded{MilestoneAdded: &pb.MilestoneAdded{Ref: "secret-ref", Title: "Very private"}}},
	}
	for range 2 { // the second is a replay, and makes no commit
		if _, err := pb.NewCommandServiceClient(conn).Submit(t.Context(), &pb.SubmitRequest{RequestId: "secret-request", Plan: "secret-plan", Commands: commands}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := pb.NewQueryServiceClient(conn).GetMilestone(t.Context(), &pb.GetMilestoneRequest{Plan: "secret-plan", Milestone: "secret-none"}); err == nil {
		t.Fatal("there is no such milestone")
	}
	conn.Close()
	if err := n.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, span := range recorded.Ended() {
		count[span.Name()]++
		text := fmt.Sprint(span.Name(), span.Attributes(), span.Events(), span.Status(), span.Resource())
		for _, private := range []string{"secret", "private", "Ada", "Lovelace"} {
			if strings.Contains(text, private) {
				t.Errorf("a span says %s", text)
			}
		}
		if span.Name() == "commit" {
			records := attribute.NewSet(span.Attributes()...)
			if v, _ := records.Value("milepost.records"); v.AsInt64() != 2 {
				t.Errorf("a commit has %v", span.Attributes())
			}
		}
	}
	if count["commit"] != 1 || count["milepost.v1.CommandService/Submit"] != 2 || count["milepost.v1.QueryService/GetMilestone"] != 1 || len(count) != 3 {
		t.Errorf("%v", count)
	}
}
