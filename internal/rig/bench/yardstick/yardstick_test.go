package yardstick

import (
	"net"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
)

// Both echoes answer what they are sent, one by one and several to a message; the frozen one looks at who calls.
func TestEchoes(t *testing.T) {
	for name, s := range map[string]*Server{"frozen": Frozen("secret"), "bare": Bare()} {
		t.Run(name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			served := make(chan error, 1)
			go func() { served <- s.Serve(l) }()
			defer func() {
				s.Stop()
				if err := <-served; err != nil {
					t.Error(err)
				}
			}()
			as := func(token string) pb.CommandServiceClient {
				conn, err := grpc.NewClient(l.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()), client.WithToken(token))
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = conn.Close() })
				return pb.NewCommandServiceClient(conn)
			}
			ask := func(id string) *pb.SubmitRequest {
				return &pb.SubmitRequest{RequestId: id, Plan: "hubs", Commands: []*pb.Command{{Command: &pb.Command_DeliveryDateStated{DeliveryDateStated: &pb.DeliveryDateStated{Ref: "A"}}}}}
			}
			answer, err := as("secret").Submit(t.Context(), ask("one"))
			if err != nil || answer.GetReceipt().GetRequestId() != "one" || len(answer.GetReceipt().GetEvents()) != 1 {
				t.Fatalf("%v, %v", answer, err)
			}
			if _, err := as("guessed").Submit(t.Context(), ask("one")); name == "frozen" && status.Code(err) != codes.Unauthenticated {
				t.Errorf("who shows another token is answered %v", err)
			}
			stream, err := as("secret").Push(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if err := stream.Send(&pb.PushRequest{Request: ask("two"), More: []*pb.SubmitRequest{ask("three")}}); err != nil {
				t.Fatal(err)
			}
			if err := stream.CloseSend(); err != nil {
				t.Fatal(err)
			}
			got, err := stream.Recv()
			if err != nil || got.GetRequestId() != "two" || len(got.GetMore()) != 1 || got.GetMore()[0].GetAccepted().GetReceipt().GetRequestId() != "three" {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
}
