package page

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
)

// asking is one page being made: what it is about, for whom (its context says), and from which knowledge. The
// first answer says which position it speaks for, and every later question is asked for that one, so that
// a page never mixes two moments. It belongs to one goroutine.
type asking struct {
	context.Context
	Question
	*Pages
	spoken *pb.SpokenFor         // of the first answer; nil until then
	moves  map[string][]*pb.Move // of milestones, by their own ids, that were asked for already
}

// elapsed is how long the server's clock has run.
func (a *asking) elapsed() time.Duration { return a.clock.Elapsed() }

// readAt are both times of the next question.
func (a *asking) readAt() *pb.ReadAt {
	at := &pb.ReadAt{AsAt: a.asAt(), KnownAt: a.knownAt()}
	if a.spoken != nil {
		at.KnownAt = strconv.FormatUint(a.spoken.GetPosition(), 10)
	}
	return at
}

// answered notes the position and the day that the first answer speaks for.
func (a *asking) answered(s *pb.SpokenFor) {
	if a.spoken == nil {
		a.spoken = s
	}
}

// largePage asks for as many items at once as the server gives.
const largePage = 10_000

// all reads an answer to its end.
func all[T any](a *asking, answer *client.Answer[T]) ([]T, error) {
	var items []T
	for item, err := range answer.Items {
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	a.answered(answer.SpokenFor)
	return items, nil
}

func (a *asking) plans() ([]*pb.Plan, error) {
	return all(a, a.api.Plans(a, &pb.ListPlansRequest{ReadAt: a.readAt(), PageSize: 1000}))
}

// status is where the milestones of a plan stand. Where the page speaks for a position already, an earlier answer may be remembered.
func (a *asking) status(plan string) ([]*pb.MilestoneStatus, error) {
	if a.spoken == nil {
		return a.askStatus(plan)
	}
	key := stood{token: TokenOf(a), plan: plan, asAt: cmp.Or(a.asAt(), a.spoken.GetAsAt()), position: a.spoken.GetPosition()}
	if found := a.memo.find(key); found != nil {
		return found, nil
	}
	found, err := a.askStatus(plan)
	if err == nil {
		a.memo.keep(key, found)
	}
	return found, err
}

func (a *asking) askStatus(plan string) ([]*pb.MilestoneStatus, error) {
	return all(a, a.api.Status(a, &pb.ListStatusRequest{Plan: plan, ReadAt: a.readAt(), PageSize: largePage}))
}

// askMoves asks for all that was said of the dates of some milestones, in one question, so that movesOf needs none for each.
func (a *asking) askMoves(milestones []*pb.MilestoneStatus) error {
	if a.moves == nil {
		a.moves = map[string][]*pb.Move{}
	}
	var ids []string
	for _, m := range milestones {
		if _, known := a.moves[m.GetMilestone()]; !known {
			a.moves[m.GetMilestone()] = nil
			ids = append(ids, m.GetMilestone())
		}
	}
	for some := range slices.Chunk(ids, mostAsked) {
		moves, err := all(a, a.api.Slippage(a, &pb.ListSlippageRequest{Plan: a.plan, Milestones: some, ReadAt: a.readAt(), All: true, PageSize: largePage}))
		if err != nil {
			return err
		}
		for _, move := range moves {
			a.moves[move.GetMilestone()] = append(a.moves[move.GetMilestone()], move)
		}
	}
	return nil
}

// mostAsked is how many milestones one question may name.
const mostAsked = 500

// movesOf is all that was said of the dates of a milestone, in order of as-at day.
func (a *asking) movesOf(m *pb.MilestoneStatus) ([]*pb.Move, error) {
	err := a.askMoves([]*pb.MilestoneStatus{m})
	return a.moves[m.GetMilestone()], err
}

// title is the title of a milestone; empty where nothing was said of it by the day of the page.
func (a *asking) title(plan, ref string) (string, error) {
	m, err := a.api.Milestone(a, &pb.GetMilestoneRequest{Plan: plan, Milestone: ref, ReadAt: a.readAt()})
	if e, ok := errors.AsType[*client.Error](err); ok && e.Code == "NOT_FOUND" {
		return "", nil
	}
	return m.GetStatus().GetTitle(), err
}

// thePlan is the plan that the page is about, with its figures for the day that the page speaks for: by itself the
// list of plans would be of today where most plans are.
func (a *asking) thePlan() (*pb.Plan, error) {
	at := a.readAt()
	at.AsAt = cmp.Or(at.AsAt, a.spoken.GetAsAt())
	found, err := all(a, a.api.Plans(a, &pb.ListPlansRequest{ReadAt: at, Plan: a.plan}))
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, refusal(client.RulePlanUnknown)
	}
	return found[0], nil
}

// lookBack bounds how many positions are searched for the last events of a plan. A ledger may have millions.
const lookBack = 20_000

// events are the last events of a plan up to a position, the newest first, of those within lookBack positions. Earlier
// ones are before the position next, which is 0 where there are none.
func (a *asking) events(plan string, upTo uint64, want int) (events []*pb.AuditEntry, next uint64, err error) {
	// Positions count the events of all plans, so nothing tells how far back there are enough of this one. Look
	// further back, each time eight times as far.
	for span := uint64(2 * want); ; span = min(8*span, lookBack) {
		after := upTo - min(span, upTo)
		found, err := all(a, a.api.Audit(a, &pb.ListAuditRequest{Plan: plan, ReadAt: a.readAt(), After: after, PageSize: largePage}))
		if err != nil {
			return nil, 0, err
		}
		for len(found) > 0 && found[len(found)-1].GetPosition() > upTo {
			found = found[:len(found)-1]
		}
		slices.Reverse(found)
		switch {
		case len(found) > want || len(found) == want && after > 0:
			return found[:want], found[want-1].GetPosition(), nil
		case after == 0:
			return found, 0, nil
		case span >= lookBack:
			return found, after + 1, nil
		}
	}
}
