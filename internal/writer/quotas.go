package writer

import (
	"errors"
	"time"

	"milepost.dev/eventstore"
	"milepost.dev/internal/access"
	"milepost.dev/internal/writer/quota"
)

// quotaOf is how much may be accepted of a request's caller, and for its plan, as the credentials were when it came.
type quotaOf struct{ caller, plan access.Limits }

func quotasOf(caller *access.Caller, plan string) quotaOf {
	return quotaOf{caller.Limits, caller.Quotas.OfPlan(plan)}
}

// charge counts a request that was decided, so that those which are decided after it find it counted, or says that it is
// more than may be. It is to be sent again when there is room.
func (l *loop) charge(w *waiter, r *eventstore.Request, size int) error {
	if l.w.usage == nil {
		return nil
	}
	c := quota.Charge{
		Actor: r.Actor, Plan: w.request.Plan, Day: quota.DayOf(r.RecordedAt),
		Events: uint64(len(r.Drafts)), Bytes: uint64(size), OfPlan: uint64(size),
	}
	if len(r.Drafts) == 0 {
		c.OfPlan = 0 // the plan has nothing more by it
	}
	err := l.w.usage.Take(c, w.quota.caller, w.quota.plan)
	if exceeded, ok := errors.AsType[*quota.Exceeded](err); ok {
		return &Unavailable{Rule: exceeded.Rule, Sentence: exceeded.Sentence, RetryAfter: untilRoom(r.RecordedAt, exceeded.Day), Overloaded: true}
	}
	if err == nil {
		l.gathering.charges = append(l.gathering.charges, c)
	}
	return err
}

// untilRoom is how long it takes until there may be room: to the next day, or to when somebody has thought about it.
func untilRoom(recordedAt int64, day bool) time.Duration {
	const aDay = 24 * time.Hour
	if !day {
		return aDay
	}
	now := time.UnixMicro(recordedAt).UTC()
	return now.Truncate(aDay).Add(aDay).Sub(now)
}

// giveBack ends what was counted of a batch ahead of the ledger: it is in the ledger and counted there, or was dropped.
func (w *Writer) giveBack(b *batch) {
	if w.usage != nil && len(b.charges) > 0 {
		w.usage.Give(b.charges)
	}
}
