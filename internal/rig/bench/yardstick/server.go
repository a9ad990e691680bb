package yardstick

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"

	pb "milepost.dev/api/milepost/v1"
)

// Server is an echo. Serve may be called once.
type Server struct {
	grpc      *grpc.Server
	admission *admission // nil of a bare one
	receiving sync.WaitGroup
}

// Bare returns an echo without interceptors.
func Bare() *Server {
	s := &Server{grpc: grpc.NewServer(grpc.MaxRecvMsgSize(maxMessage), grpc.WaitForHandlers(true))}
	pb.RegisterCommandServiceServer(s.grpc, bare{})
	return s
}

// Frozen returns an echo behind the copy of the interceptors. It answers whoever sends the token.
func Frozen(token string) *Server {
	through := &calls{auth: newLocal("bench", token)}
	s := &Server{admission: newAdmission(through)}
	s.grpc = grpc.NewServer(
		grpc.InTapHandle(s.admission.in),
		grpc.ChainUnaryInterceptor(through.finishUnary, through.checkUnary),
		grpc.ChainStreamInterceptor(through.finishStream, through.checkStream),
		grpc.MaxRecvMsgSize(maxMessage),
		grpc.WaitForHandlers(true),
		grpc.MaxHeaderListSize(16<<10),
		grpc.MaxConcurrentStreams(1000),
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: 40 * time.Second, Timeout: 20 * time.Second}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 10 * time.Second, PermitWithoutStream: true}),
	)
	pb.RegisterCommandServiceServer(s.grpc, &frozen{calls: through, receiving: &s.receiving})
	s.admission.learn(s.grpc.GetServiceInfo())
	return s
}

const maxMessage = 1 << 20

// Serve answers those who connect to the listener, until Stop.
func (s *Server) Serve(l net.Listener) error {
	if s.admission != nil {
		l = s.admission.connections.listen(l)
	}
	if err := s.grpc.Serve(l); !errors.Is(err, grpc.ErrServerStopped) {
		return err
	}
	return nil
}

// Stop takes no more calls and waits for those that are under way.
func (s *Server) Stop() {
	s.grpc.GracefulStop()
	s.receiving.Wait()
}

// receiptOf is a receipt as long as they are.
func receiptOf(m *pb.SubmitRequest) *pb.SubmitResponse {
	return &pb.SubmitResponse{Receipt: &pb.Receipt{
		RequestId: m.GetRequestId(), Position: 1_000_000, Durability: "fsync", Events: []*pb.EventReceipt{{
			EventId: "01M863P5N3RZGECPD9T591HJPS", Position: 1_000_000, Type: "MilestoneSlipped",
			Ref: "M-0000", Milestone: "01M863P5N3RZGECPD9T591HJPS", Revision: 100,
		}},
	}}
}

// bare answers without looking.
type bare struct {
	pb.UnimplementedCommandServiceServer
}

// Submit answers at once.
func (bare) Submit(_ context.Context, m *pb.SubmitRequest) (*pb.SubmitResponse, error) {
	return receiptOf(m), nil
}

// Push answers each request as it comes.
func (bare) Push(stream pushStream) error {
	for {
		m, err := stream.Recv()
		if err != nil {
			return ofEnd(err)
		}
		answer := answerTo(m.GetRequest())
		for _, more := range m.GetMore() {
			answer.More = append(answer.More, answerTo(more))
		}
		if err := stream.Send(answer); err != nil {
			return err
		}
	}
}

func answerTo(m *pb.SubmitRequest) *pb.PushResponse {
	return &pb.PushResponse{RequestId: m.GetRequestId(), Answer: &pb.PushResponse_Accepted{Accepted: receiptOf(m)}}
}
