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
}

// nodeServer answers the other servers of the same ledger.
type nodeServer struct {
	nodev1.UnimplementedNodeServiceServer
	writer    Writer
	readiness Readiness
}

// Prove implements nodev1.NodeServiceServer.
func (s *nodeServer) Prove(ctx context.Context, m *nodev1.ProveRequest) (*nodev1.ProveResponse, error) {
	// Without credentials the servers are processes of one user, who shows the token.
	if caller := callerOf(ctx); caller.By != access.ByLocalToken && caller.By != access.ByOpen {
		if err := caller.Check(access.Node, access.EveryPlan); err != nil {
			return nil, err
		}
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
