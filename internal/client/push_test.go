package client

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/anypb"

	pb "milepost.dev/api/milepost/v1"
)

// breaking is a server whose streams break: each after so many answers, and having taken so many requests
// more that it says nothing of.
type breaking struct {
	pb.UnimplementedCommandServiceServer

	together string // how many requests a message may hold; empty: it does not say

	mu       sync.Mutex // owns all below
	after    []int      // answers before each stream breaks; the last stream does not
	beyond   int        // requests that it takes before it breaks, and does not answer
	accepted []string   // in order, each once
	streams  int
	messages int
}

func (b *breaking) Push(stream grpc.BidiStreamingServer[pb.PushRequest, pb.PushResponse]) error {
	b.mu.Lock()
	answers := -1
	if b.streams < len(b.after) {
		answers = b.after[b.streams]
	}
	b.streams++
	b.mu.Unlock()
	if b.together != "" {
		if err := stream.SendHeader(metadata.Pairs("milepost-push-together", b.together)); err != nil {
			return err
		}
	}
	var came []*pb.SubmitRequest
	for n := 0; ; n++ {
		if len(came) == 0 {
			m, err := stream.Recv()
			if err != nil {
				return nil
			}
			came = append([]*pb.SubmitRequest{m.GetRequest()}, m.GetMore()...)
			b.mu.Lock()
			b.messages++
			b.mu.Unlock()
		}
		id := came[0].GetRequestId()
		came = came[1:]
		b.mu.Lock()
		if !slices.Contains(b.accepted, id) && id != "bad" {
			b.accepted = append(b.accepted, id)
		}
		b.mu.Unlock()
		if answers >= 0 && n >= answers {
			if n < answers+b.beyond {
				continue
			}
			return status.Error(codes.Unavailable, "away")
		}
		answer := &pb.PushResponse{RequestId: id, Answer: &pb.PushResponse_Accepted{
			Accepted: &pb.SubmitResponse{Receipt: &pb.Receipt{RequestId: id}},
		}}
		if id == "bad" {
			why, _ := anypb.New(&errdetails.ErrorInfo{Domain: Domain, Reason: "slip-not-later"})
			answer.Answer = &pb.PushResponse_Refused{Refused: &pb.Refusal{
				Code: int32(codes.FailedPrecondition), Message: "Not later.", Details: []*anypb.Any{why},
			}}
		}
		if err := stream.Send(answer); err != nil {
			return err
		}
	}
}

func TestPushSendsWhatHasNoAnswerAgain(t *testing.T) {
	for _, c := range []struct {
		beyond   int
		together string
	}{{0, ""}, {1, ""}, {7, ""}, {0, "16"}, {7, "16"}, {1, "many"}} {
		server := &breaking{after: []int{0, 3, 0, 50, 1}, beyond: c.beyond, together: c.together}
		p := dialPush(t, server).Push(t.Context())
		var sent []*Pushed
		var ids []string
		for i := range 2 * pushAhead {
			ids = append(ids, fmt.Sprint("r", i))
			pushed, err := p.Send(t.Context(), &pb.SubmitRequest{RequestId: ids[i]})
			if err != nil {
				t.Fatal(err)
			}
			sent = append(sent, pushed)
		}
		for i, pushed := range sent {
			if r, err := pushed.Answer(t.Context()); err != nil || r.GetReceipt().GetRequestId() != ids[i] {
				t.Fatalf("answer %d: %v, %v", i, r, err)
			}
		}
		p.Close()
		if !slices.Equal(server.accepted, ids) {
			t.Errorf("%+v: %d requests came, and not in the order of sending", c, len(server.accepted))
		}
		if server.streams != 6 {
			t.Errorf("%d streams were opened", server.streams)
		}
		if together := server.messages < len(ids); together != (c.together == "16") {
			t.Errorf("%+v: %d requests came in %d messages", c, len(ids), server.messages)
		}
	}
}

func TestPushGivesUp(t *testing.T) {
	server := &breaking{after: make([]int, 1000)}
	p := dialPush(t, server).Push(t.Context())
	defer p.Close()
	_, err := p.Submit(t.Context(), &pb.SubmitRequest{RequestId: "r"})
	if e, ok := errors.AsType[*Error](err); !ok || e.Kind != Unanswered {
		t.Errorf("the error is %v", err)
	}
	if _, again := p.Send(t.Context(), &pb.SubmitRequest{RequestId: "s"}); !errors.Is(again, err) {
		t.Errorf("and then %v", again)
	}
}

func TestARefusalIsOneRequests(t *testing.T) {
	p := dialPush(t, &breaking{}).Push(t.Context())
	for range 2 {
		_, err := p.Submit(t.Context(), &pb.SubmitRequest{RequestId: "bad"})
		if e, ok := errors.AsType[*Error](err); !ok || e.Kind != Refused || e.Rule != "slip-not-later" || e.Message != "Not later." {
			t.Errorf("the error is %v", err)
		}
		if _, err := p.Submit(t.Context(), &pb.SubmitRequest{RequestId: "good"}); err != nil {
			t.Error(err)
		}
	}
	huge := &pb.SubmitRequest{RequestId: "huge", OnBehalfOf: string(make([]byte, LargestRequest))}
	if _, err := p.Submit(t.Context(), huge); err == nil {
		t.Error("a request that no server takes was sent")
	}
	p.Close()
	p.Close() // twice is harmless
	if _, err := p.Submit(t.Context(), &pb.SubmitRequest{RequestId: "late"}); err == nil {
		t.Error("a request was sent on a closed stream")
	}
}

func dialPush(t *testing.T, server pb.CommandServiceServer) *Client {
	t.Helper()
	return dialTo(t, Config{RetryFor: time.Second}, func(s *grpc.Server) { pb.RegisterCommandServiceServer(s, server) })
}
