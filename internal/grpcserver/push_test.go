package grpcserver_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	statuspb "google.golang.org/genproto/googleapis/rpc/status"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/access"
	"milepost.dev/internal/grpcserver"
	"milepost.dev/internal/observe/logs"
	"milepost.dev/internal/writer"
)

func (w *world) push() grpc.BidiStreamingClient[milepostv1.PushRequest, milepostv1.PushResponse] {
	w.t.Helper()
	stream, err := w.commands().Push(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return stream
}

func requestOf(id string, commands ...*milepostv1.Command) *milepostv1.SubmitRequest {
	return &milepostv1.SubmitRequest{RequestId: id, Plan: "hubs", Commands: commands}
}

// Each request gets what Submit would have given it, in the order of sending, and each rests on those before.
func TestPushAnswersAsSubmitWould(t *testing.T) {
	w := newWorld(t).start()
	submit := w.commands()
	foreign := requestOf("future", added("M2"))
	foreign.ProtoReflect().SetUnknown(protowire.AppendVarint(protowire.AppendTag(nil, 999, protowire.VarintType), 1))
	requests := []*milepostv1.SubmitRequest{
		requestOf("begin", registered()),
		requestOf("add", added("M1")),
		requestOf("first", stated("M1", "2017-01-10", "2017-06-30")),
		requestOf("nobody", stated("M9", "2017-01-10", "2017-06-30")),
		requestOf("", &milepostv1.Command{AsAt: "yesterday"}),
		foreign,
		nil,
		requestOf("slip", stated("M1", "2017-02-10", "2017-09-30")),
		requestOf("first", stated("M1", "2017-01-10", "2017-06-30")),
		requestOf("first", stated("M1", "2017-01-10", "2017-12-31")),
	}
	stream := w.push()
	for _, r := range requests {
		if err := stream.Send(&milepostv1.PushRequest{Request: r}); err != nil {
			t.Fatal(err)
		}
	}
	if err := stream.CloseSend(); err != nil {
		t.Fatal(err)
	}
	for i, r := range requests {
		answer, err := stream.Recv()
		if err != nil {
			t.Fatalf("answer %d: %v", i, err)
		}
		if answer.RequestId != r.GetRequestId() {
			t.Fatalf("answer %d is that of %q", i, answer.RequestId)
		}
		if r == nil {
			if answer.GetRefused().GetCode() != int32(codes.InvalidArgument) {
				t.Errorf("a message without a request: %v", answer)
			}
			continue
		}
		// By now Submit says the same, but that what was accepted is a repeat.
		want, err := submit.Submit(t.Context(), r)
		if err == nil {
			if got := answer.GetAccepted(); !proto.Equal(got.GetReceipt(), want.Receipt) {
				t.Errorf("%s: %v, and by Submit %v", r.RequestId, answer, want)
			}
			continue
		}
		refusal := answer.GetRefused()
		got := &statuspb.Status{Code: refusal.GetCode(), Message: refusal.GetMessage(), Details: refusal.GetDetails()}
		wanted := status.Convert(err)
		if info(t, status.FromProto(got).Err(), wanted.Code(), ruleOf(t, err)); got.Message != wanted.Message() {
			t.Errorf("%s: %q, and by Submit %q", r.RequestId, got.Message, wanted.Message())
		}
	}
	if _, err := stream.Recv(); !errors.Is(err, io.EOF) {
		t.Errorf("the stream ends with %v", err)
	}
	if got := w.book.Position(); got != 4 {
		t.Errorf("the ledger is at position %d", got)
	}
}

func ruleOf(t *testing.T, err error) string {
	t.Helper()
	for _, d := range status.Convert(err).Details() {
		if named, ok := d.(interface{ GetReason() string }); ok {
			return named.GetReason()
		}
	}
	t.Fatalf("%v names no rule", err)
	return ""
}

// Requests that come in one message are those of the stream, each with the answer that it would have had alone.
func TestPushTogether(t *testing.T) {
	alone, together := newWorld(t).start(), newWorld(t).start()
	foreign := requestOf("future", added("M2"))
	foreign.ProtoReflect().SetUnknown(protowire.AppendVarint(protowire.AppendTag(nil, 999, protowire.VarintType), 1))
	requests := []*milepostv1.SubmitRequest{
		requestOf("begin", registered()), requestOf("add", added("M1")), requestOf("nobody", stated("M9", "2017-01-10", "2017-06-30")),
		foreign, requestOf("first", stated("M1", "2017-01-10", "2017-06-30")), requestOf("first", stated("M1", "2017-01-10", "2017-06-30")),
	}
	one := alone.push()
	var want []*milepostv1.PushResponse
	for _, r := range requests {
		if err := one.Send(&milepostv1.PushRequest{Request: r}); err != nil {
			t.Fatal(err)
		}
		answer, err := one.Recv()
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, answer)
	}
	stream := together.push()
	header, err := stream.Header() // which comes before a request is sent
	if err != nil || !slices.Equal(header.Get("milepost-push-together"), []string{"256"}) {
		t.Fatal(header, err)
	}
	if err := stream.Send(&milepostv1.PushRequest{Request: requests[0], More: requests[1:]}); err != nil {
		t.Fatal(err)
	}
	answer, err := stream.Recv()
	if err != nil {
		t.Fatal(err)
	}
	got := append([]*milepostv1.PushResponse{answer}, answer.More...)
	answer.More = nil
	if len(got) != len(want) {
		t.Fatalf("%d answers to %d requests", len(got), len(want))
	}
	for i := range want {
		if got[i].RequestId != want[i].RequestId || got[i].GetRefused().GetMessage() != want[i].GetRefused().GetMessage() ||
			got[i].GetAccepted().GetReplayed() != want[i].GetAccepted().GetReplayed() || len(got[i].GetAccepted().GetReceipt().GetEvents()) != len(want[i].GetAccepted().GetReceipt().GetEvents()) {
			t.Errorf("answer %d is %v, and alone %v", i, got[i], want[i])
		}
	}
	if together.book.Position() != alone.book.Position() {
		t.Error(together.book.Position(), alone.book.Position())
	}
	if err := stream.Send(&milepostv1.PushRequest{Request: requests[0], More: slices.Repeat(requests[:1], 256)}); err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Recv(); status.Code(err) != codes.InvalidArgument || !strings.Contains(err.Error(), "257 requests") {
		t.Errorf("a message of too many: %v", err)
	}
}

// What was decided before a request that cannot be answered has its answer before the stream ends.
func TestPushTogetherUntilItCannotBeAnswered(t *testing.T) {
	caller := access.Caller{Name: "ann", Roles: map[string][]access.Role{"*": {access.Reporter}}}
	w := newWorld(t)
	w.config.Access = asFunc(func() access.Caller { return caller })
	w.config.Submitter = third{}
	w.start()
	stream := w.push()
	if err := stream.Send(&milepostv1.PushRequest{Request: requestOf("1"), More: []*milepostv1.SubmitRequest{requestOf("2"), requestOf("3"), requestOf("4")}}); err != nil {
		t.Fatal(err)
	}
	answer, err := stream.Recv()
	if err != nil || answer.RequestId != "1" || len(answer.More) != 1 || answer.More[0].RequestId != "2" {
		t.Fatal(answer, err)
	}
	if _, err := stream.Recv(); status.Code(err) != codes.Unavailable {
		t.Error(err)
	}
}

// third is a write side that cannot answer the third request.
type third struct{ grpcserver.Submitter }

func (third) Push(access.Caller) writer.Take {
	return func(_ context.Context, m *milepostv1.SubmitRequest) writer.Ticket {
		return func(context.Context) (*milepostv1.SubmitResponse, error) {
			if m.RequestId >= "3" {
				return nil, &writer.Unavailable{Rule: "later", Sentence: "Send it again."}
			}
			return &milepostv1.SubmitResponse{Receipt: &milepostv1.Receipt{RequestId: m.RequestId}}, nil
		}
	}
}

// A caller without the role is told so for that plan, and may go on with another.
func TestPushAsksForTheRoleOfEachPlan(t *testing.T) {
	w := newWorld(t)
	w.config.Access = asFunc(func() access.Caller {
		return access.Caller{Name: "ann", Roles: map[string][]access.Role{"hubs": {access.Reporter}}}
	})
	w.start()
	stream := w.push()
	for _, plan := range []string{"secret", "hubs"} {
		r := requestOf("r", registered())
		r.Plan = plan
		if err := stream.Send(&milepostv1.PushRequest{Request: r}); err != nil {
			t.Fatal(err)
		}
	}
	if m, err := stream.Recv(); err != nil || m.GetRefused().GetCode() != int32(codes.PermissionDenied) {
		t.Errorf("of a plan that is not hers: %v, %v", m, err)
	}
	if m, err := stream.Recv(); err != nil || m.GetAccepted() == nil {
		t.Errorf("of hers: %v, %v", m, err)
	}
}

type asFunc func() access.Caller

func (f asFunc) Authenticate(context.Context) (access.Caller, error) { return f(), nil }

func TestPushersAreToldThatTheServerCloses(t *testing.T) {
	w := newWorld(t).start()
	stream := w.push()
	if err := stream.Send(&milepostv1.PushRequest{Request: requestOf("begin", registered())}); err != nil {
		t.Fatal(err)
	}
	if m, err := stream.Recv(); err != nil || m.GetAccepted() == nil {
		t.Fatalf("%v, %v", m, err)
	}
	go w.stop()
	_, err := stream.Recv()
	info(t, err, codes.Unavailable, grpcserver.RuleClosing)
}

func TestAPanicEndsOneStream(t *testing.T) {
	w := newWorld(t)
	w.config.Submitter = panicking{}
	var mu sync.Mutex
	w.config.Log = logs.New(locked{&mu, w.logged}, logs.Options{})
	w.start()
	stream := w.push()
	if err := stream.Send(&milepostv1.PushRequest{Request: requestOf("r", registered())}); err != nil {
		t.Fatal(err)
	}
	_, err := stream.Recv()
	info(t, err, codes.Internal, grpcserver.RuleInternal)
}

type panicking struct{ submitterFunc }

func (panicking) Push(access.Caller) writer.Take {
	return func(context.Context, *milepostv1.SubmitRequest) writer.Ticket { panic("at the disco") }
}
