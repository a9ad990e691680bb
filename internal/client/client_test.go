package client

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	pb "milepost.dev/api/milepost/v1"
)

// script is a server that gives each call the next answer of a list, over a real connection.
type script struct {
	pb.UnimplementedCommandServiceServer
	pb.UnimplementedQueryServiceServer
	pb.UnimplementedWatchServiceServer

	mu      sync.Mutex // owns all below
	submits []error    // nil is a receipt
	asked   []string   // request ids and page tokens, as they came
	tokens  []string
	watches [][]*pb.WatchResponse // each stream breaks after the last
	after   []*uint64
}

func (s *script) Submit(ctx context.Context, request *pb.SubmitRequest) (*pb.SubmitResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	md, _ := metadata.FromIncomingContext(ctx)
	s.tokens = append(s.tokens, md.Get("authorization")...)
	s.asked = append(s.asked, request.GetRequestId())
	if len(s.submits) == 0 {
		return nil, status.Error(codes.Unavailable, "still away")
	}
	err := s.submits[0]
	s.submits = s.submits[1:]
	return &pb.SubmitResponse{Receipt: &pb.Receipt{RequestId: request.GetRequestId(), Position: 7}}, err
}

func (s *script) ListStatus(_ context.Context, request *pb.ListStatusRequest) (*pb.ListStatusResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, request.GetPageToken())
	spoken := &pb.SpokenFor{Position: 9, AsAt: "2017-01-31"}
	switch len(s.asked) {
	case 1:
		return nil, status.Error(codes.Unavailable, "one moment")
	case 2:
		return &pb.ListStatusResponse{Milestones: []*pb.MilestoneStatus{{Ref: "A"}, {Ref: "B"}}, SpokenFor: spoken, NextPageToken: "more"}, nil
	default:
		return &pb.ListStatusResponse{Milestones: []*pb.MilestoneStatus{{Ref: "C"}}, SpokenFor: spoken}, nil
	}
}

func (s *script) Watch(request *pb.WatchRequest, stream grpc.ServerStreamingServer[pb.WatchResponse]) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.after = append(s.after, request.After)
	if len(s.watches) == 0 {
		return status.Error(codes.NotFound, "no such plan any more")
	}
	for _, m := range s.watches[0] {
		if err := stream.Send(m); err != nil {
			return err
		}
	}
	s.watches = s.watches[1:]
	return status.Error(codes.Unavailable, "closing")
}

// dial starts the server and connects to it. Pauses take no time.
func (s *script) dial(t *testing.T, config Config) *Client {
	t.Helper()
	return dialTo(t, config, func(server *grpc.Server) {
		pb.RegisterCommandServiceServer(server, s)
		pb.RegisterQueryServiceServer(server, s)
		pb.RegisterWatchServiceServer(server, s)
	})
}

// dialTo starts a server and connects to it. Pauses take no time.
func dialTo(t *testing.T, config Config, register func(*grpc.Server)) *Client {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	register(server)
	go server.Serve(listener)
	t.Cleanup(server.Stop)
	config.Server = listener.Addr().String()
	config.Pause = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	c, err := Dial(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestSubmitSendsTheSameRequestAgain(t *testing.T) {
	s := &script{submits: []error{status.Error(codes.Unavailable, "away"), status.Error(codes.ResourceExhausted, "busy"), nil}}
	var waited []string
	c := s.dial(t, Config{RetryFor: time.Minute, Token: "secret", Waiting: func(err error) { waited = append(waited, err.Error()) }})
	response, err := c.Submit(t.Context(), &pb.SubmitRequest{RequestId: "r"})
	if err != nil || response.GetReceipt().GetPosition() != 7 {
		t.Fatalf("got %v, %v", response, err)
	}
	if diff := cmp.Diff([]string{"r", "r", "r"}, s.asked); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"away"}, waited); diff != "" {
		t.Error(diff)
	}
	if len(s.tokens) != 3 || s.tokens[0] != "Bearer secret" {
		t.Errorf("the tokens are %q", s.tokens)
	}
}

func TestSubmitGivesUp(t *testing.T) {
	s := &script{}
	c := s.dial(t, Config{RetryFor: time.Second})
	_, err := c.Submit(t.Context(), &pb.SubmitRequest{RequestId: "r"})
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Kind != Unanswered || e.Code != "UNAVAILABLE" {
		t.Errorf("the error is %#v", err)
	}
	if want := 5; len(s.asked) != want { // pauses of 50, 100, 200 and 400 ms fit into a second
		t.Errorf("it was sent %d times, want %d", len(s.asked), want)
	}
}

func TestErrors(t *testing.T) {
	detailed, err := status.New(codes.InvalidArgument, "Two things are wrong.").WithDetails(
		&errdetails.ErrorInfo{Domain: Domain, Reason: "date-not-iso"},
		&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{
			{Field: "commands[0].as_at", Reason: "as-at-not-iso", Description: "Not a day."},
			{Field: "commands[1].ref"},
		}},
	)
	if err != nil {
		t.Fatal(err)
	}
	fact, err := status.New(codes.FailedPrecondition, "Not later.").WithDetails(
		&errdetails.ErrorInfo{Domain: Domain, Reason: "slip-not-later", Metadata: map[string]string{"field": "commands[0].milestone_slipped.delivery_date"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		err  error
		want Error
	}{
		{fact.Err(), Error{Kind: Refused, Code: "FAILED_PRECONDITION", Rule: "slip-not-later", Message: "Not later.", Violations: []Violation{
			{"commands[0].milestone_slipped.delivery_date", "slip-not-later", "Not later."},
		}}},
		{detailed.Err(), Error{Kind: Refused, Code: "INVALID_ARGUMENT", Rule: "date-not-iso", Message: "Two things are wrong.", Violations: []Violation{
			{"commands[0].as_at", "as-at-not-iso", "Not a day."},
			{"commands[1].ref", "date-not-iso", "Two things are wrong."},
		}}},
		{status.Error(codes.Aborted, "stale"), Error{Kind: Refused, Code: "ABORTED", Message: "stale"}},
		{status.Error(codes.PermissionDenied, "not you"), Error{Kind: Denied, Code: "PERMISSION_DENIED", Message: "not you"}},
		{status.Error(codes.Internal, "mishap"), Error{Kind: Failed, Code: "INTERNAL", Message: "mishap"}},
		{status.Error(codes.Unimplemented, "what?"), Error{Kind: Failed, Code: "UNIMPLEMENTED", Message: "what?"}},
		{context.Canceled, Error{Kind: Unanswered, Code: "CANCELLED", Message: "stopped before there was an answer"}},
	} {
		got := *sorted(test.err)
		if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(Error{})); diff != "" {
			t.Errorf("%v: %s", test.err, diff)
		}
	}
}

func TestAnswersHaveAllPages(t *testing.T) {
	s := &script{}
	answer := s.dial(t, Config{}).Status(t.Context(), &pb.ListStatusRequest{})
	var refs []string
	for m, err := range answer.Items {
		if err != nil {
			t.Fatal(err)
		}
		refs = append(refs, m.GetRef())
	}
	if diff := cmp.Diff([]string{"A", "B", "C"}, refs); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"", "", "more"}, s.asked); diff != "" {
		t.Error(diff)
	}
	if answer.SpokenFor.GetPosition() != 9 {
		t.Errorf("it speaks for %v", answer.SpokenFor)
	}
}

func state(at uint64) *pb.WatchResponse {
	return &pb.WatchResponse{Position: at, Message: &pb.WatchResponse_State{State: &pb.MilestoneStatus{}}}
}

func change(at uint64) *pb.WatchResponse {
	return &pb.WatchResponse{Position: at, Message: &pb.WatchResponse_Change{Change: &pb.Change{}}}
}

func caughtUp(at uint64) *pb.WatchResponse {
	return &pb.WatchResponse{Position: at, Message: &pb.WatchResponse_CaughtUp{CaughtUp: &pb.CaughtUp{}}}
}

func TestWatchResumes(t *testing.T) {
	s := &script{watches: [][]*pb.WatchResponse{
		{state(5)}, // the state is not all there: from the beginning again
		{state(5), state(5), caughtUp(5), change(6)},
		{change(7), change(9)},
	}}
	var positions []uint64
	var last error
	for m, err := range s.dial(t, Config{RetryFor: time.Second}).Watch(t.Context(), &pb.WatchRequest{Plan: "p"}) {
		if last = err; err == nil {
			positions = append(positions, m.GetPosition())
		}
	}
	if e, ok := errors.AsType[*Error](last); !ok || e.Code != "NOT_FOUND" {
		t.Errorf("it ends with %v", last)
	}
	if diff := cmp.Diff([]uint64{5, 5, 5, 5, 6, 7, 9}, positions); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]*uint64{nil, nil, new(uint64(6)), new(uint64(9))}, s.after); diff != "" {
		t.Error(diff)
	}
}

func TestContradictions(t *testing.T) {
	noPEM := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(noPEM, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		config Config
		wrong  bool
	}{
		"a token on this machine":            {Config{Server: "127.0.0.1:7440", Token: "x"}, false},
		"a token on this machine, by name":   {Config{Server: "localhost:7440", Token: "x"}, false},
		"a token on this machine, IPv6":      {Config{Server: "[::1]:7440", Token: "x"}, false},
		"a token over the network":           {Config{Server: "example.org:7440", Token: "x"}, true},
		"a token over the network, with TLS": {Config{Server: "example.org:7440", Token: "x", TLS: true}, false},
		"a certificate without its key":      {Config{Server: "localhost:7440", CertFile: "x"}, true},
		"a file without certificates":        {Config{Server: "localhost:7440", CAFile: noPEM}, true},
	} {
		if c, err := Dial(test.config); (err != nil) != test.wrong {
			t.Errorf("%s: the error is %v", name, err)
		} else if err == nil {
			c.Close()
		}
	}
}

func TestALostConnectionIsToldInWords(t *testing.T) {
	for grpcs, ours := range map[string]string{
		`connection error: desc = "transport: Error while dialing: dial tcp [::1]:1: connection refused"`: "dial tcp [::1]:1: connection refused",
		`connection error: desc = "error reading server preface: EOF"`:                                    "error reading server preface: EOF",
		`connection error: desc = "cut`: `connection error: desc = "cut`,
		"too busy":                      "too busy",
	} {
		if got := plain(grpcs); got != ours {
			t.Errorf("%s\nbecame %s\nand not %s", grpcs, got, ours)
		}
	}
	if e := sorted(status.FromContextError(context.Canceled).Err()); e.Kind != Unanswered || e.Message != stopped {
		t.Errorf("a call that was stopped: %+v", e)
	}
}
