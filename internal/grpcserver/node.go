package grpcserver

import (
	"context"

	nodev1 "milepost.dev/api/milepost/node/v1"
	"milepost.dev/internal/access"
)

// Writer is whoever writes the ledger at the moment: this server or another.
type Writer interface {
	// Current is a position before which nothing lies that was acknowledged when it was called. Whoever writes has proved that it does.
	Current(ctx context.Context) (position uint64, err error)
	// Writes is the term with which this server writes, and the last position. With prove it answers once it has proved that it does.
	// Its error is that of a server that does not.
	Writes(ctx context.Context, prove bool) (term, position uint64, err error)
	// Keys keeps the keys of names that another server gives, and gives it those that it lacks.
	Keys(ctx context.Context, m *nodev1.KeysRequest) (*nodev1.KeysResponse, error)
}

// nodeServer answers the other servers of the same ledger.
type nodeServer struct {
	nodev1.UnimplementedNodeServiceServer
	writer    Writer
	readiness Readiness
	commands  *commandServer
	admission *admission
	closing   <-chan struct{}
}

// Prove implements nodev1.NodeServiceServer.
func (s *nodeServer) Prove(ctx context.Context, m *nodev1.ProveRequest) (*nodev1.ProveResponse, error) {
	if err := isNode(ctx); err != nil {
		return nil, err
	}
	term, position, err := s.writer.Writes(ctx, m.Prove)
	if err != nil {
		return nil, err
	}
	answer := &nodev1.ProveResponse{Term: term, Position: position}
	if file := s.readiness.Readiness().Credentials; file != nil {
		answer.Credentials = file.SHA256
	}
	return answer, nil
}

// Keys implements nodev1.NodeServiceServer.
func (s *nodeServer) Keys(ctx context.Context, m *nodev1.KeysRequest) (*nodev1.KeysResponse, error) {
	if err := isNode(ctx); err != nil {
		return nil, err
	}
	return s.writer.Keys(ctx, m)
}

// isNode refuses a caller who is not another server of the ledger. Without credentials those are processes of one user, who shows the
// token.
func isNode(ctx context.Context) error {
	caller := callerOf(ctx)
	if caller.By == access.ByLocalToken || caller.By == access.ByOpen {
		return nil
	}
	return caller.Check(access.Node, access.EveryPlan)
}
