package grpcserver

import (
	"context"
	"fmt"
	"net"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"
)

// inProcessBuffer is how many bytes are on their way at once between the two ends of a connection within
// the process.
const inProcessBuffer = 1 << 20

// Dial connects to the server from within its process. The calls of the connection pass through all that
// other calls pass through: who makes them is found out, and they may do no more than that caller may over
// the network. Only the encryption is left out, because there is no wire. The connection is the caller's to
// close, before Stop.
func (s *Server) Dial() (*grpc.ClientConn, error) {
	l := bufconn.Listen(inProcessBuffer)
	conn, err := grpc.NewClient("passthrough:///in-process",
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return l.DialContext(ctx) }),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(inProcessAnswer)),
	)
	if err != nil {
		return nil, fmt.Errorf("connect within the process: %w", err)
	}
	s.running.Go(func() { _ = s.grpc.Serve(l) }) // ends with Stop, which closes the listener
	return conn, nil
}

// inProcessAnswer is the most bytes of one answer that are read within the process.
const inProcessAnswer = 64 << 20

// wireOnly are credentials of connections that cross a wire. One within the process has none to listen on.
type wireOnly struct {
	credentials.TransportCredentials
}

// ServerHandshake encrypts a connection from outside. That one is from within is known by its type, which
// nobody outside can give it.
func (w wireOnly) ServerHandshake(c net.Conn) (net.Conn, credentials.AuthInfo, error) {
	if c.LocalAddr().Network() == "bufconn" {
		return insecure.NewCredentials().ServerHandshake(c)
	}
	return w.TransportCredentials.ServerHandshake(c)
}

// Clone copies the credentials.
func (w wireOnly) Clone() credentials.TransportCredentials {
	return wireOnly{w.TransportCredentials.Clone()}
}
