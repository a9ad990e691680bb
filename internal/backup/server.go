package backup

import (
	"context"
	"errors"
	"io"

	"google.golang.org/grpc"

	milepostv1 "milepost.dev/api/milepost/v1"
)

// Server is a running server as the source of a backup. Its errors are those of the calls.
type Server struct{ audit milepostv1.AuditServiceClient }

// NewServer speaks to a server over a connection. The caller has to be an operator.
func NewServer(conn grpc.ClientConnInterface) Server {
	return Server{milepostv1.NewAuditServiceClient(conn)}
}

// Commits implements Source.
func (s Server) Commits(ctx context.Context, after uint64, yield func(data []byte) error) error {
	ctx, cancel := context.WithCancel(ctx) // a stream that is left has to be ended
	defer cancel()
	stream, err := s.audit.ReadCommits(ctx, &milepostv1.ReadCommitsRequest{AfterCommit: after})
	if err != nil {
		return err
	}
	return receive(stream, func(m *milepostv1.ReadCommitsResponse) error { return yield(m.Commit) })
}

// Values implements Source.
func (s Server) Values(ctx context.Context, yield func(Value) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := s.audit.ReadDirectory(ctx, &milepostv1.ReadDirectoryRequest{})
	if err != nil {
		return err
	}
	return receive(stream, func(m *milepostv1.ReadDirectoryResponse) error {
		return yield(Value{Key: m.Key, Value: m.Value})
	})
}

func receive[M any](stream grpc.ServerStreamingClient[M], yield func(*M) error) error {
	for {
		m, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := yield(m); err != nil {
			return err
		}
	}
}
