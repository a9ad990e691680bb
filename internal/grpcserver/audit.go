package grpcserver

import (
	"context"
	"errors"
	"time"

	"google.golang.org/grpc"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/access"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/parties"
	"milepost.dev/projections"
)

// Commits hands out the ledger as it is stored; eventstore.Log is one.
type Commits interface {
	// Read calls yield for each commit from a number on, in order and without a gap, up to the last
	// one there was when Read was called. The bytes belong to yield.
	Read(ctx context.Context, from uint64, yield func(number uint64, data []byte) error) error
}

// Parties lists what is kept beside the ledger; parties.Directory does.
type Parties interface {
	// All lists the names that are kept.
	All() []parties.Party
	// Values calls yield with everything that is kept, as it is stored.
	Values(yield func(key string, value []byte) error) error
}

type auditServer struct {
	milepostv1.UnimplementedAuditServiceServer
	commits Commits
	book    *projections.Book
	parties Parties
	closing <-chan struct{}
	// reading has a place for each who reads the ledger at once. A reader takes as much of the disk and
	// of a core as it is given, and some megabytes; reporters need the same disk.
	reading chan struct{}
	backups *backups
	clock   clock.Clock
}

// ReadCommits streams the ledger byte by byte, for whoever proves it without trusting this server, and for
// whoever takes a backup.
func (s *auditServer) ReadCommits(m *milepostv1.ReadCommitsRequest, stream grpc.ServerStreamingServer[milepostv1.ReadCommitsResponse]) error {
	ctx := stream.Context()
	caller := callerOf(ctx)
	if require(ctx, access.Operator, access.EveryPlan) != nil {
		if err := require(ctx, access.Auditor, access.EveryPlan); err != nil {
			return err
		}
	}
	leave, err := s.enter()
	if err != nil {
		return err
	}
	defer leave()
	// The store may hold one commit more, of which nobody knows yet whether it is durable: whoever was given
	// it would hold what the ledger may never have held.
	position := s.book.Position() // which the commits up to last reach at the least
	last := s.book.Commits()
	if m.AfterCommit >= last {
		s.backups.ledger(caller.Name, position)
		return nil
	}
	err = s.commits.Read(ctx, m.AfterCommit+1, func(number uint64, data []byte) error {
		if number > last {
			return errReadAll
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.closing:
			return unavailable(RuleClosing, closeRetry, false, "The server is closing. Read the ledger again when it is back.")
		default:
			return stream.Send(&milepostv1.ReadCommitsResponse{Commit: data})
		}
	})
	if errors.Is(err, errReadAll) {
		err = nil
	}
	if err == nil {
		s.backups.ledger(caller.Name, position)
	}
	return err
}

// enter takes one of the places of those who read the whole ledger.
func (s *auditServer) enter() (leave func(), err error) {
	select {
	case s.reading <- struct{}{}:
		return func() { <-s.reading }, nil
	default:
		return nil, unavailable(RuleTooManyReading, 5*time.Second, true,
			"%d others are reading the whole ledger, and that is all this server does at once. Try again later.", cap(s.reading))
	}
}

// errReadAll ends a walk over the ledger that has come as far as it should.
var errReadAll = errors.New("grpcserver: all that was asked for is read")

// ReadDirectory streams what a restored ledger needs beside its commits to know who said them, and to know
// a request that is sent again.
func (s *auditServer) ReadDirectory(_ *milepostv1.ReadDirectoryRequest, stream grpc.ServerStreamingServer[milepostv1.ReadDirectoryResponse]) error {
	ctx := stream.Context()
	caller := callerOf(ctx)
	if err := require(ctx, access.Operator, access.EveryPlan); err != nil {
		return err
	}
	err := s.parties.Values(func(key string, value []byte) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return stream.Send(&milepostv1.ReadDirectoryResponse{Key: key, Value: value})
	})
	if err == nil {
		s.backups.directory(caller.Name, s.clock.Now())
	}
	return err
}
