package fault

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	milepostv1 "milepost.dev/api/milepost/v1"
)

// auditor asks how a milestone had slipped as we knew it at some position, and asks again, later and of other
// servers on the same ledger: the past has to stay as it was answered.
type auditor struct {
	w       *World
	random  *rand.Rand
	answers []*milepostv1.ListSlippageResponse
}

// mostAnswers that an auditor remembers.
const mostAnswers = 60

// run asks until the world comes to rest.
func (a *auditor) run(ctx context.Context) error {
	for !a.w.resting() {
		s, err := a.w.server(ctx)
		if err != nil {
			return err
		}
		if err := a.ask(ctx, s); err != nil {
			return err
		}
		if err := a.w.pause(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (a *auditor) ask(ctx context.Context, s *Server) error {
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	ref := refOf(0)
	question := &milepostv1.ListSlippageRequest{Plan: planID, Milestone: ref, ReadAt: &milepostv1.ReadAt{AsAt: asAt}}
	var before *milepostv1.ListSlippageResponse
	if n := len(a.answers); n > 0 && a.random.IntN(3) > 0 {
		before = a.answers[a.random.IntN(n)]
		question.ReadAt.KnownAt = strconv.FormatUint(before.SpokenFor.Position, 10)
	}
	answer, err := milepostv1.NewQueryServiceClient(s.Conn).ListSlippage(ctx, question)
	switch code := status.Code(err); {
	case code == codes.Unavailable || code == codes.DeadlineExceeded || code == codes.Canceled || code == codes.ResourceExhausted:
		return nil
	case before != nil && code == codes.FailedPrecondition:
		return brokenf("LOST: an auditor had an answer for position %d: %w", before.SpokenFor.Position, err)
	case err != nil:
		return fmt.Errorf("an auditor asked how %s had slipped: %w", ref, err)
	case before == nil:
		a.answers = append(a.answers[max(0, len(a.answers)-mostAnswers):], answer)
	case !slices.EqualFunc(answer.Moves, before.Moves, func(a, b *milepostv1.Move) bool { return proto.Equal(a, b) }):
		return brokenf("REWRITTEN: as known at position %d, %s had slipped by %v, and now by %v", before.SpokenFor.Position, ref, before.Moves, answer.Moves)
	}
	return nil
}
