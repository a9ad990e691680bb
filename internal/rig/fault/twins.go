package fault

import (
	"context"
	"fmt"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	milepostv1 "milepost.dev/api/milepost/v1"
)

// twins are two milestones of which every request states the same date: no answer may ever show two dates, because a request is
// kept whole or not at all.
var twins = [2]string{"TWIN-1", "TWIN-2"}

// stateTwins states dates of both, and now and then what is refused with them: an expectation that nobody can have.
func stateTwins(ctx context.Context, c *caller) error {
	return c.work(ctx, func() *Operation {
		o := &Operation{Caller: c.number, Kind: Together, Plan: c.w.anyPlan(c.random), Ref: twins[0], Date: someDay(c.random)}
		commands := []*milepostv1.Command{dateStated(asAt, twins[0], o.Date), dateStated(asAt, twins[1], o.Date)}
		if c.random.IntN(3) == 0 {
			last := dateStated(asAt, refOf(0), o.Date)
			last.ExpectedRevision = new(uint64(1 << 40))
			commands = append(commands, last)
		}
		o.Request = c.request(o.Plan, commands...)
		return o
	})
}

// readTwins asks where both stand, in one question, until the world comes to rest.
func readTwins(ctx context.Context, c *caller) error {
	for !c.w.resting() {
		s, err := c.w.server(ctx)
		if err != nil {
			return err
		}
		if err := c.compareTwins(ctx, s); err != nil {
			return err
		}
		if err := c.w.pause(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (c *caller) compareTwins(ctx context.Context, s *Server) error {
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	plan := c.w.anyPlan(c.random)
	answer, err := milepostv1.NewQueryServiceClient(s.Conn).ListStatus(ctx, &milepostv1.ListStatusRequest{Plan: plan})
	switch status.Code(err) {
	case codes.OK:
	case codes.Unavailable, codes.DeadlineExceeded, codes.Canceled, codes.ResourceExhausted:
		return nil
	default:
		return fmt.Errorf("a reader asked where plan %s stands: %w", plan, err)
	}
	dates := map[string]string{}
	for _, m := range answer.Milestones {
		dates[m.Ref] = m.Forecast
	}
	if one, other := dates[twins[0]], dates[twins[1]]; one != other {
		return brokenf("HALF DONE: at position %d of plan %s %s is forecast for %q and %s for %q, and every request states both",
			answer.GetSpokenFor().GetPosition(), plan, twins[0], one, twins[1], other)
	}
	return nil
}
