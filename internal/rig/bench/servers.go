package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/node"
	"milepost.dev/internal/rig/bench/yardstick"
)

// connections is how many a measurement is spread over.
const connections = 4

// closeWithin bounds how long a server may take to close.
const closeWithin = 30 * time.Second

// server is one that is measured, with connections to it.
type server struct {
	conns []*grpc.ClientConn
	// look is what the server says of itself. It costs the server some work, so it is asked outside what is measured.
	look func(context.Context) (state, error)
	// cpu is the processors' time of a process of its own; nil where the server is in this one.
	cpu   func() time.Duration
	close func() error
}

// state is where a server is: counts since it started.
type state struct {
	commits, position uint64 // of its ledger; 0 of an echo
	objects, bytes    uint64 // that it allocated
	asking            uint64 // objects that asking for this allocates
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

// servers are the product and the echoes that it is measured beside.
type servers struct {
	durable, frozen, bare *server
}

// open starts them. They are processes of their own, so that the work of callers and server is told apart, unless the product is
// to run within this one.
func (b *bench) open(ctx context.Context, dir string) (*servers, error) {
	s := &servers{}
	var err error
	if s.durable, err = b.durable(ctx, dir); err == nil {
		if s.frozen, err = b.echo(ctx, "frozen"); err == nil {
			s.bare, err = b.echo(ctx, "bare")
		}
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close ends all of them.
func (s *servers) Close() error {
	var errs []error
	for _, one := range []*server{s.durable, s.frozen, s.bare} {
		if one != nil {
			errs = append(errs, one.Close())
		}
	}
	return errors.Join(errs...)
}

// together says whether servers run within this process.
func (b *bench) together() bool { return b.NoReadModels || b.OneProcess }

// durable starts the product on a ledger.
func (b *bench) durable(ctx context.Context, dir string) (*server, error) {
	if !b.together() {
		c, err := b.serve(ctx, dir)
		if err != nil {
			return nil, err
		}
		return c.asServer(c.stop), nil
	}
	n, err := node.Start(ctx, node.Config{
		Data: dir, Listen: "127.0.0.1:0", User: "bench", Software: b.Software, NoReadModels: b.NoReadModels,
	})
	if err != nil {
		return nil, err
	}
	s := &server{
		look: func(context.Context) (state, error) {
			commits, position := n.Ledger()
			return state{commits: commits, position: position}, nil
		},
		close: func() error {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeWithin)
			defer cancel()
			return n.Close(ctx)
		},
	}
	if s.conns, err = connect(n.GRPCAddr(), n.LocalToken()); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// echoToken is what callers of an echo show.
const echoToken = "bench"

// newEcho is an echo by its name.
func newEcho(kind string) (*yardstick.Server, error) {
	switch kind {
	case "frozen":
		return yardstick.Frozen(echoToken), nil
	case "bare":
		return yardstick.Bare(), nil
	}
	return nil, fmt.Errorf("%q is not an echo: frozen, bare", kind)
}

// echo starts an echo, where the product runs.
func (b *bench) echo(ctx context.Context, kind string) (*server, error) {
	if !b.together() {
		c, err := b.serveEcho(ctx, kind)
		if err != nil {
			return nil, err
		}
		return c.asServer(c.kill), nil
	}
	g, err := newEcho(kind)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	served := make(chan error, 1)
	go func() { served <- g.Serve(l) }()
	s := &server{
		look: func(context.Context) (state, error) { return state{}, nil },
		close: func() error {
			g.Stop()
			return <-served
		},
	}
	if s.conns, err = connect(l.Addr().String(), echoToken); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
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
