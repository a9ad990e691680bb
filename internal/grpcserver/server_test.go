package grpcserver_test

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	reflectionv1 "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/eventstore"
	"milepost.dev/eventstore/memory"
	"milepost.dev/internal/access"
	"milepost.dev/internal/grpcserver"
	"milepost.dev/internal/observe/logs"
	"milepost.dev/internal/request"
	"milepost.dev/internal/writer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func register(id string) *milepostv1.SubmitRequest {
	return &milepostv1.SubmitRequest{RequestId: id, Plan: "hubs", Commands: []*milepostv1.Command{registered()}}
}

func TestSubmitIsRecordedUnderWhoIsConnected(t *testing.T) {
	w := newWorld(t).start()
	client := w.commands()
	answer, err := client.Submit(t.Context(), register("r1"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := client.Submit(t.Context(), register("r1"))
	if err != nil || !again.Replayed || !proto.Equal(again.Receipt, answer.Receipt) {
		t.Errorf("again: %v, %v; want the receipt %v", again, err, answer.Receipt)
	}
	trail, err := w.queries().ListAudit(t.Context(), &milepostv1.ListAuditRequest{Plan: "hubs"})
	if err != nil || len(trail.Entries) != 1 || trail.Entries[0].Actor != "local:test" {
		t.Errorf("trail %v, %v", trail, err)
	}
}

func TestReflectionListsTheServices(t *testing.T) {
	w := newWorld(t).start()
	stream, err := reflectionv1.NewServerReflectionClient(w.dial()).ServerReflectionInfo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Send(&reflectionv1.ServerReflectionRequest{
		MessageRequest: &reflectionv1.ServerReflectionRequest_ListServices{},
	}); err != nil {
		t.Fatal(err)
	}
	answer, err := stream.Recv()
	if err != nil {
		t.Fatal(err)
	}
	_ = stream.CloseSend()
	for { // to its end, so that nothing is left running
		if _, err := stream.Recv(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	listed := answer.GetListServicesResponse().String()
	for _, name := range []string{
		"milepost.v1.CommandService", "milepost.v1.QueryService", "milepost.v1.WatchService", "milepost.v1.AuditService", "grpc.health.v1.Health",
	} {
		if !strings.Contains(listed, name) {
			t.Errorf("%s is not in %s", name, listed)
		}
	}
}

func TestWhoMayWhat(t *testing.T) {
	w := newWorld(t)
	w.submit(registered())
	var err error
	if w.config.Access, err = access.Parse([]byte(`{"tokens": [
		{"sha256": "` + sum("reporter") + `", "actor": "Finance", "roles": {"hubs": ["reporter"]}},
		{"sha256": "` + sum("viewer") + `", "actor": "Director", "roles": {"hubs": ["viewer"]}},
		{"sha256": "` + sum("elsewhere") + `", "actor": "Stranger", "roles": {"rail": ["reporter"]}},
		{"sha256": "` + sum("some") + `", "actor": "Office audit", "roles": {"hubs": ["approver"]}},
		{"sha256": "` + sum("auditor") + `", "actor": "NAO", "roles": {"*": ["auditor"]}}
	]}`)); err != nil {
		t.Fatal(err)
	}
	w.start()
	conn := w.dial()
	calls := map[string]func(ctx context.Context) error{
		"submit": func(ctx context.Context) error {
			_, err := milepostv1.NewCommandServiceClient(conn).Submit(ctx, register("r1"))
			return err
		},
		"status": func(ctx context.Context) error {
			_, err := milepostv1.NewQueryServiceClient(conn).ListStatus(ctx, &milepostv1.ListStatusRequest{Plan: "hubs"})
			return err
		},
		"plans": func(ctx context.Context) error {
			answer, err := milepostv1.NewQueryServiceClient(conn).ListPlans(ctx, &milepostv1.ListPlansRequest{})
			if err == nil && len(answer.Plans) == 0 {
				return status.Error(codes.NotFound, "no plan may be seen")
			}
			return err
		},
		"watch": func(ctx context.Context) error {
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			stream, err := milepostv1.NewWatchServiceClient(conn).Watch(ctx, &milepostv1.WatchRequest{Plan: "hubs"})
			if err != nil {
				return err
			}
			_, err = stream.Recv()
			return err
		},
		"parties": func(ctx context.Context) error {
			_, err := milepostv1.NewAuditServiceClient(conn).ListParties(ctx, &milepostv1.ListPartiesRequest{})
			return err
		},
		"commits": func(ctx context.Context) error {
			stream, err := milepostv1.NewAuditServiceClient(conn).ReadCommits(ctx, &milepostv1.ReadCommitsRequest{})
			for err == nil {
				_, err = stream.Recv()
			}
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		},
		"health": func(ctx context.Context) error {
			_, err := healthv1.NewHealthClient(conn).Check(ctx, &healthv1.HealthCheckRequest{})
			return err
		},
	}
	const ok, denied, unknown = codes.OK, codes.PermissionDenied, codes.Unauthenticated
	for _, tt := range []struct {
		token                                                   string // "-": no header
		submit, status, plans, watch, parties, commits, healthy codes.Code
	}{
		{"reporter", ok, ok, ok, ok, denied, denied, ok},
		{"viewer", denied, ok, ok, ok, denied, denied, ok},
		{"elsewhere", denied, denied, codes.NotFound, denied, denied, denied, ok},
		{"some", denied, ok, ok, ok, denied, denied, ok},
		{"auditor", denied, ok, ok, ok, ok, ok, ok},
		{"wrong", unknown, unknown, unknown, unknown, unknown, unknown, ok},
		{"-", unknown, unknown, unknown, unknown, unknown, unknown, ok},
	} {
		t.Run(tt.token, func(t *testing.T) {
			ctx := withToken(t, tt.token)
			if tt.token == "-" {
				ctx = t.Context()
			}
			for name, want := range map[string]codes.Code{
				"submit": tt.submit, "status": tt.status, "plans": tt.plans, "watch": tt.watch,
				"parties": tt.parties, "commits": tt.commits, "health": tt.healthy,
			} {
				if err := calls[name](ctx); status.Code(err) != want {
					t.Errorf("%s: %v, want %s", name, err, want)
				}
			}
		})
	}
}

// Every question about a plan asks whether the caller may: one that is added and forgets it is found here.
func TestEveryQuestionAboutAPlanIsDenied(t *testing.T) {
	w := newWorld(t)
	w.submit(registered())
	var err error
	if w.config.Access, err = access.Parse([]byte(`{"tokens": [{"sha256": "` + sum("elsewhere") + `", "actor": "Stranger", "roles": {"rail": ["viewer"]}}]}`)); err != nil {
		t.Fatal(err)
	}
	w.start()
	conn, ctx := w.dial(), withToken(t, "elsewhere")
	methods := milepostv1.File_milepost_v1_query_proto.Services().ByName("QueryService").Methods()
	for i := range methods.Len() {
		method := methods.Get(i)
		question, answer := dynamicpb.NewMessage(method.Input()), dynamicpb.NewMessage(method.Output())
		plan := method.Input().Fields().ByName("plan")
		if plan == nil {
			continue // ListPlans lists what may be seen
		}
		question.Set(plan, protoreflect.ValueOfString("hubs"))
		if err := conn.Invoke(ctx, "/milepost.v1.QueryService/"+string(method.Name()), question, answer); status.Code(err) != codes.PermissionDenied {
			t.Errorf("%s: %v, want it denied", method.Name(), err)
		}
	}
}

func TestWhatTheServerDoesNotKnowIsNotDropped(t *testing.T) {
	w := newWorld(t).start()
	unknown := protowire.AppendTag(nil, 999, protowire.VarintType)
	unknown = protowire.AppendVarint(unknown, 1)
	deep := register("r1")
	deep.Commands[0].GetPlanRegistered().ProtoReflect().SetUnknown(unknown)
	shallow := register("r1")
	shallow.ProtoReflect().SetUnknown(unknown)
	for field, m := range map[string]*milepostv1.SubmitRequest{"commands[0].plan_registered.999": deep, "999": shallow} {
		_, err := w.commands().Submit(t.Context(), m)
		if i := info(t, err, codes.InvalidArgument, grpcserver.RuleUnknownField); i.Metadata["field"] != field {
			t.Errorf("field %q, want %q", i.Metadata["field"], field)
		}
	}
	question := &milepostv1.WatchRequest{Plan: "hubs"}
	question.ProtoReflect().SetUnknown(unknown)
	stream, err := milepostv1.NewWatchServiceClient(w.dial()).Watch(t.Context(), question)
	if err == nil {
		_, err = stream.Recv()
	}
	info(t, err, codes.InvalidArgument, grpcserver.RuleUnknownField)
}

func TestARequestThatIsTooLargeSaysByHowMuch(t *testing.T) {
	w := newWorld(t).start()
	m := register("r1")
	m.OnBehalfOf = strings.Repeat("x", eventstore.MaxRequest)
	_, err := w.commands().Submit(t.Context(), m)
	info(t, err, codes.InvalidArgument, writer.RuleRequestTooLarge)
	if !strings.Contains(err.Error(), "524288") {
		t.Errorf("the limit is not in %v", err)
	}
	m.OnBehalfOf = strings.Repeat("x", 2*eventstore.MaxRequest)
	if _, err := w.commands().Submit(t.Context(), m); status.Code(err) != codes.ResourceExhausted {
		t.Errorf("far too large: %v", err)
	}
}

// submitterFunc stands where the write side is, to do what it never should.
type submitterFunc func(context.Context) (*milepostv1.SubmitResponse, error)

func (f submitterFunc) Submit(ctx context.Context, _ access.Caller, _ *milepostv1.SubmitRequest) (*milepostv1.SubmitResponse, error) {
	return f(ctx)
}

func (f submitterFunc) Push(access.Caller) writer.Take {
	return func(context.Context, *milepostv1.SubmitRequest) writer.Ticket { return writer.Ticket(f) }
}

func TestAPanicTakesNothingWithIt(t *testing.T) {
	w := newWorld(t)
	w.config.Submitter = submitterFunc(func(context.Context) (*milepostv1.SubmitResponse, error) { panic("at the disco") })
	var mu sync.Mutex
	w.config.Log = logs.New(locked{&mu, w.logged}, logs.Options{})
	w.start()
	_, err := w.commands().Submit(t.Context(), register("r1"))
	incident := info(t, err, codes.Internal, grpcserver.RuleInternal).Metadata["incident"]
	if strings.Contains(err.Error(), "disco") || !strings.Contains(err.Error(), incident) {
		t.Errorf("the caller is told %v", err)
	}
	mu.Lock()
	defer mu.Unlock()
	if logged := w.logged.String(); !strings.Contains(logged, "disco") || !strings.Contains(logged, incident) {
		t.Errorf("logged %s", logged)
	}
}

type locked struct {
	mu *sync.Mutex
	io.Writer
}

func (l locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Writer.Write(p)
}

func TestSubmitThatGetsNoAnswerMayBeSentAgain(t *testing.T) {
	w := newWorld(t)
	w.config.Deadline = time.Millisecond
	w.config.Submitter = submitterFunc(func(ctx context.Context) (*milepostv1.SubmitResponse, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	})
	w.start()
	_, err := w.commands().Submit(t.Context(), register("r1"))
	info(t, err, codes.Unavailable, writer.RuleUnknown)
	for _, d := range status.Convert(err).Details() {
		if _, ok := d.(*errdetails.RetryInfo); ok {
			return
		}
	}
	t.Error("the answer does not say when to send it again")
}

func TestCallsAreBounded(t *testing.T) {
	w := newWorld(t)
	w.config.Calls = 2 // of which one caller may have one
	inside, leave := make(chan struct{}), make(chan struct{})
	w.config.Submitter = submitterFunc(func(context.Context) (*milepostv1.SubmitResponse, error) {
		close(inside)
		<-leave
		return &milepostv1.SubmitResponse{}, nil
	})
	w.start()
	first := make(chan error, 1)
	go func() {
		_, err := w.commands().Submit(context.Background(), register("r1"))
		first <- err
	}()
	<-inside
	_, err := w.queries().ListPlans(t.Context(), &milepostv1.ListPlansRequest{})
	info(t, err, codes.ResourceExhausted, grpcserver.RuleTooManyCalls)
	close(leave)
	if err := <-first; err != nil {
		t.Error(err)
	}
}

func TestStopCutsOffWhoTakesTooLong(t *testing.T) {
	w := newWorld(t)
	inside := make(chan struct{})
	w.config.Submitter = submitterFunc(func(ctx context.Context) (*milepostv1.SubmitResponse, error) {
		close(inside)
		<-ctx.Done()
		return nil, ctx.Err()
	})
	w.start()
	answered := make(chan error, 1)
	go func() {
		_, err := w.commands().Submit(context.Background(), register("r1"))
		answered <- err
	}()
	<-inside
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	w.server.Stop(ended)
	if err := <-answered; status.Code(err) != codes.Unavailable {
		t.Errorf("the caller got %v", err)
	}
}

func TestAListenerThatOthersCanReachIsRefused(t *testing.T) {
	w := newWorld(t)
	server, err := grpcserver.New(w.config)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Stop(t.Context())
	l, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Skip(err)
	}
	defer func() { _ = l.Close() }()
	if err := server.Serve(l); err == nil || !strings.Contains(err.Error(), "TLS") {
		t.Errorf("Serve = %v", err)
	}
}

func TestAMissingPartIsNamed(t *testing.T) {
	w := newWorld(t)
	w.config.Commits = (*memory.Log)(nil)
	if _, err := grpcserver.New(w.config); err == nil || !strings.Contains(err.Error(), "Commits") {
		t.Errorf("New = %v", err)
	}
}

func TestLogsNameNobody(t *testing.T) {
	w := newWorld(t)
	var mu sync.Mutex
	w.config.Log = logs.New(locked{&mu, w.logged}, logs.Options{})
	var err error
	if w.config.Access, err = access.Parse([]byte(`{"tokens": [{"sha256": "` + sum("s3cret") + `", "actor": "Ada Lovelace", "roles": {"*": ["reporter"]}}]}`)); err != nil {
		t.Fatal(err)
	}
	id, err := w.names.Resolve(t.Context(), "Ada Lovelace")
	if err != nil {
		t.Fatal(err)
	}
	w.start()
	m := register("r1")
	m.Commands[0].AsAt = "private words"
	_, err = w.commands().Submit(withToken(t, "s3cret"), m)
	info(t, err, codes.InvalidArgument, request.RuleAsAtNotISO)
	w.stop()
	logged := w.logged.String()
	if !strings.Contains(logged, w.names.Display(id + "x")[len("forgotten party "):]) || !strings.Contains(logged, request.RuleAsAtNotISO) || !strings.Contains(logged, `"r1"`) {
		t.Errorf("logged %s", logged)
	}
	for _, secret := range []string{"Ada", "s3cret", "private"} {
		if strings.Contains(logged, secret) {
			t.Errorf("%q is in the log: %s", secret, logged)
		}
	}
}
