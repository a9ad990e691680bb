package bench

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/eventstore/memory"
	"milepost.dev/internal/access"
	"milepost.dev/internal/client"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/grpcserver"
	"milepost.dev/internal/node"
	"milepost.dev/internal/parties"
	"milepost.dev/internal/writer"
	"milepost.dev/projections"
	"milepost.dev/projections/audit"
)

// connections is how many a measurement is spread over.
const connections = 4

// closeWithin bounds how long a server may take to close.
const closeWithin = 30 * time.Second

// server is one that is measured, with connections to it.
type server struct {
	conns  []*grpc.ClientConn
	ledger func() (commits, position uint64) // nil of an echo
	close  func() error
}

func connect(address, token string) ([]*grpc.ClientConn, error) {
	options := []grpc.DialOption{grpc.WithTransportCredentials(insecure.NewCredentials())}
	if token != "" {
		options = append(options, client.WithToken(token))
	}
	var conns []*grpc.ClientConn
	for range connections {
		conn, err := grpc.NewClient(address, options...)
		if err != nil {
			return conns, err
		}
		conns = append(conns, conn)
	}
	return conns, nil
}

func (s *server) commands(i int) pb.CommandServiceClient {
	return pb.NewCommandServiceClient(s.conns[i%len(s.conns)])
}

// Close ends the connections and the server.
func (s *server) Close() error {
	var errs []error
	for _, conn := range s.conns {
		errs = append(errs, conn.Close())
	}
	return errors.Join(append(errs, s.close())...)
}

// durable starts the product on an empty ledger, in this process: what is measured is what callers and server
// take together, as it is with the echo.
func (b *bench) durable(ctx context.Context, dir string) (*server, error) {
	n, err := node.Start(ctx, node.Config{
		Data: dir, Listen: "127.0.0.1:0", User: "bench", Software: b.Software, NoReadModels: b.NoReadModels,
	})
	if err != nil {
		return nil, err
	}
	s := &server{ledger: n.Ledger, close: func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeWithin)
		defer cancel()
		return n.Close(ctx)
	}}
	if s.conns, err = connect(n.GRPCAddr(), n.LocalToken()); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// echo is the same gRPC server with the same interceptors, and nothing behind it: it answers each request at
// once with a receipt of the usual size.
func (b *bench) echo(ctx context.Context) (*server, error) {
	names, err := parties.Open(ctx, parties.NewMemory(), clock.Seeded(1))
	if err != nil {
		return nil, err
	}
	log, book := memory.New(), projections.NewBook()
	g, err := grpcserver.New(grpcserver.Config{
		Submitter: echo{}, Book: book, Records: audit.NewRecords(log, book), Commits: log, Parties: names,
		Readiness: fine{}, Access: access.NewLocal("bench", "bench", false), Clock: clock.System(), Entropy: clock.Entropy(),
		Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	served := make(chan error, 1)
	go func() { served <- g.Serve(l) }()
	s := &server{close: func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeWithin)
		defer cancel()
		g.Stop(ctx)
		return <-served
	}}
	if s.conns, err = connect(l.Addr().String(), "bench"); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

type echo struct{}

func receiptOf(m *pb.SubmitRequest) *pb.SubmitResponse {
	return &pb.SubmitResponse{Receipt: &pb.Receipt{
		RequestId: m.GetRequestId(), Position: 1_000_000, Durability: "fsync", Events: []*pb.EventReceipt{{
			EventId: "01M863P5N3RZGECPD9T591HJPS", Position: 1_000_000, Type: "MilestoneSlipped",
			Ref: ref(0), Milestone: "01M863P5N3RZGECPD9T591HJPS", Revision: 100,
		}},
	}}
}

// Submit answers at once.
func (echo) Submit(_ context.Context, _ access.Caller, m *pb.SubmitRequest) (*pb.SubmitResponse, error) {
	return receiptOf(m), nil
}

// Push answers each at once.
func (echo) Push(access.Caller) writer.Take {
	return func(_ context.Context, m *pb.SubmitRequest) writer.Ticket {
		return func(context.Context) (*pb.SubmitResponse, error) { return receiptOf(m), nil }
	}
}

type fine struct{}

// Readiness is that of a server that has nothing to be ready for.
func (fine) Readiness() grpcserver.Report {
	return grpcserver.Report{
		Commands: grpcserver.CommandsReport{Accepting: true}, ReadModels: grpcserver.ReadModelsReport{CaughtUp: true},
		Ledger: grpcserver.LedgerReport{State: grpcserver.LedgerOK},
	}
}

// prepare registers plans and milestones.
func prepare(ctx context.Context, commands pb.CommandServiceClient, requests []*pb.SubmitRequest) error {
	for _, m := range requests {
		if _, err := commands.Submit(ctx, m); err != nil {
			return fmt.Errorf("prepare a ledger: %w", err)
		}
	}
	return nil
}
