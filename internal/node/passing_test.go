package node

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"

	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	nodev1 "milepost.dev/api/milepost/node/v1"
	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/access"
)

// forwardedBy passes requests on in one message, as a node does, and returns the answers by number.
func forwardedBy(t *testing.T, conn *grpc.ClientConn, requests ...*nodev1.Forwarded) (map[uint64]*nodev1.Answered, error) {
	t.Helper()
	stream, err := nodev1.NewNodeServiceClient(conn).Forward(t.Context())
	if err != nil {
		return nil, err
	}
	if err := stream.Send(&nodev1.ForwardRequest{Requests: requests}); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if err := stream.CloseSend(); err != nil {
		return nil, err
	}
	answers := map[uint64]*nodev1.Answered{}
	for {
		m, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return answers, nil
		}
		if err != nil {
			return answers, err
		}
		for _, a := range m.Answers {
			answers[a.Number] = a
		}
	}
}

// passedOnTogether passes requests of several callers on in one message: each is decided as its caller's own, and refused as a call of its
// own would be.
func (s *several) passedOnTogether(asNode *grpc.ClientConn, finance, reader string) {
	s.t.Helper()
	named := func(digest string) string {
		raw, err := hex.DecodeString(digest)
		if err != nil {
			s.t.Fatal(err)
		}
		return access.NameFor(access.Caller{By: access.ByToken, Credential: string(raw)})
	}
	encoded := func(m *milepostv1.SubmitRequest) []byte {
		data, err := proto.Marshal(m)
		if err != nil {
			s.t.Fatal(err)
		}
		return data
	}
	unknown := append(encoded(report(101)), 0xFA, 0x7F, 1, 'x') // field 2047, which nobody knows
	answers, err := forwardedBy(s.t, asNode,
		&nodev1.Forwarded{Number: 1, Caller: named(finance), Request: encoded(report(100))},
		&nodev1.Forwarded{Number: 2, Caller: named(reader), Request: encoded(report(102))},
		&nodev1.Forwarded{Number: 3, Caller: named(fmt.Sprintf("%064d", 0)), Request: encoded(report(103))},
		&nodev1.Forwarded{Number: 4, Caller: named(finance), Request: unknown},
		&nodev1.Forwarded{Number: 5, Caller: named(finance), Request: []byte{0xFF}},
		&nodev1.Forwarded{Number: 6, Caller: named(finance), Request: encoded(report(100))},
	)
	if err != nil || len(answers) != 6 {
		s.t.Fatalf("%d answers, %v", len(answers), err)
	}
	for number, want := range map[uint64]codes.Code{1: codes.OK, 2: codes.PermissionDenied, 3: codes.Unauthenticated, 4: codes.InvalidArgument, 5: codes.InvalidArgument, 6: codes.OK} {
		refused := &spb.Status{}
		if err := proto.Unmarshal(answers[number].Refused, refused); err != nil || codes.Code(refused.Code) != want {
			s.t.Errorf("number %d: %v, %v; want %s", number, refused, err, want)
		}
	}
	first, again := &milepostv1.SubmitResponse{}, &milepostv1.SubmitResponse{}
	if err := errors.Join(proto.Unmarshal(answers[1].Accepted, first), proto.Unmarshal(answers[6].Accepted, again)); err != nil {
		s.t.Fatal(err)
	}
	if !proto.Equal(first.Receipt, again.Receipt) || first.Replayed == again.Replayed {
		s.t.Errorf("one request passed on twice: %v and %v", first, again)
	}
}

// Many callers of a node that follows are answered over one stream, each with the answer to what it sent: also while another node takes
// over, when the very same is sent again.
func TestManyArePassedOnAtOnce(t *testing.T) {
	s := startSeveral(t, 2)
	s.submit(0, registration())
	writer := s.writes()
	follower := 1 - writer
	const callers, each = 40, 5
	var all sync.WaitGroup
	for i := range callers {
		all.Go(func() {
			for k := range each {
				m := report(1000 + i*each + k)
				answer := s.submit(follower, m)
				if answer.Receipt.RequestId != m.RequestId {
					t.Errorf("%s is answered with the receipt of %s", m.RequestId, answer.Receipt.RequestId)
				}
			}
		})
	}
	all.Wait()
	if n := s.nodes[follower].member.forward.count.Load(); n < callers*each {
		t.Errorf("%d requests were passed on", n)
	}
	s.agree()
}

// oldNode is a node of a version that takes no stream of requests.
type oldNode struct {
	milepostv1.UnimplementedCommandServiceServer
	nodev1.UnimplementedNodeServiceServer
}

// A node of an earlier version is passed requests one by one.
func TestANodeThatTakesRequestsOneByOne(t *testing.T) {
	server := grpc.NewServer()
	nodev1.RegisterNodeServiceServer(server, oldNode{})
	milepostv1.RegisterCommandServiceServer(server, oldNode{})
	l, err := listen("127.0.0.1:0", "--listen")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(l) })
	defer serving.Wait()
	defer server.Stop()
	conn, err := grpc.NewClient(l.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	f := &forwarder{}
	defer f.close()
	for range 2 {
		_, err := f.submit(t.Context(), l.Addr().String(), access.Caller{}, report(1))
		if status.Code(err) != codes.Unimplemented || status.Convert(err).Message() != "method Submit not implemented" {
			t.Errorf("the call of its own: %v", err)
		}
	}
	if f.oneByOne == nil {
		t.Error("it is tried again for each request")
	}
}

// silentNode takes requests, answers none, and tells what it got.
type silentNode struct {
	nodev1.UnimplementedNodeServiceServer
	got chan *nodev1.ForwardRequest
}

func (n silentNode) Forward(stream nodev1.NodeService_ForwardServer) error {
	for {
		m, err := stream.Recv()
		if err != nil {
			return nil
		}
		n.got <- m
	}
}

// What is under way for a caller who leaves is given up: the other node is told, unless it was not sent yet.
func TestWhoLeavesIsNotPassedOn(t *testing.T) {
	server, to := grpc.NewServer(), silentNode{got: make(chan *nodev1.ForwardRequest)}
	nodev1.RegisterNodeServiceServer(server, to)
	l, err := listen("127.0.0.1:0", "--listen")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(l) })
	defer serving.Wait()
	defer server.Stop()
	f := &forwarder{}
	defer f.close()
	ctx, leave := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := f.submit(ctx, l.Addr().String(), access.Caller{}, report(1))
		ended <- err
	}()
	first := <-to.got
	if len(first.Requests) != 1 {
		t.Fatalf("%v", first)
	}
	leave()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if m := <-to.got; len(m.Requests) != 0 || len(m.Gone) != 1 || m.Gone[0] != first.Requests[0].Number {
		t.Errorf("the other node is told %v", m)
	}
	over, err := f.passing(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	over.out <- &nodev1.Forwarded{Number: 77, Request: []byte("of somebody who left")}
	staying, end := context.WithCancel(t.Context())
	go func() {
		_, err := f.submit(staying, l.Addr().String(), access.Caller{}, report(2))
		ended <- err
	}()
	if m := <-to.got; len(m.Requests) != 1 || m.Requests[0].Number == 77 {
		t.Errorf("it is passed on: %v", m)
	}
	end()
	<-ended
	<-to.got
}
