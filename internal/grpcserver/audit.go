package grpcserver

import (
	"context"

	"google.golang.org/grpc"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/access"
	"milepost.dev/internal/parties"
)

// Commits hands out the ledger as it is stored; eventstore.Log is one.
type Commits interface {
	// Read calls yield for each commit from a number on, in order and without a gap, up to the last
	// one there was when Read was called. The bytes belong to yield.
	Read(ctx context.Context, from uint64, yield func(number uint64, data []byte) error) error
}

// Parties lists the names that are kept; parties.Directory does.
type Parties interface{ All() []parties.Party }

type auditServer struct {
	milepostv1.UnimplementedAuditServiceServer
	commits Commits
	parties Parties
	closing <-chan struct{}
}

// ReadCommits streams the ledger byte by byte, for whoever proves it without trusting this server.
func (s *auditServer) ReadCommits(_ *milepostv1.ReadCommitsRequest, stream grpc.ServerStreamingServer[milepostv1.ReadCommitsResponse]) error {
	ctx := stream.Context()
	if err := callerOf(ctx).Check(access.Auditor, access.EveryPlan); err != nil {
		return err
	}
	return s.commits.Read(ctx, 1, func(_ uint64, data []byte) error {
		select {
		case <-s.closing:
			return unavailable(RuleClosing, closeRetry, false, "The server is closing. Read the ledger again when it is back.")
		default:
			return stream.Send(&milepostv1.ReadCommitsResponse{Commit: data})
		}
	})
}

// ListParties lists the names behind the party ids, with the salts that prove them.
func (s *auditServer) ListParties(ctx context.Context, _ *milepostv1.ListPartiesRequest) (*milepostv1.ListPartiesResponse, error) {
	if err := callerOf(ctx).Check(access.Auditor, access.EveryPlan); err != nil {
		return nil, err
	}
	answer := &milepostv1.ListPartiesResponse{}
	for _, p := range s.parties.All() {
		answer.Parties = append(answer.Parties, &milepostv1.Party{Id: []byte(p.ID), Salt: p.Salt[:], Name: p.Name})
	}
	return answer, nil
}
