package fault

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	milepostv1 "milepost.dev/api/milepost/v1"
)

const (
	refs = 6
	// callWithin is a caller's patience for one try.
	callWithin = 4 * time.Second
	// asAt is the day that every statement is about, so that the last one by position holds.
	asAt = "2020-01-01"
	// pace is a caller's pause between two operations: a fault is about what is under way, and a proof of what
	// a hundred thousand did takes long.
	pace = 5 * time.Millisecond
)

func refOf(i int) string { return fmt.Sprint("M", i) }

// otherRefOf is a milestone of which no dates are read.
func otherRefOf(i int) string { return fmt.Sprint("OTHER-", i) }

// mostBallast is how often much is said in one world: enough for some files. It is said of several milestones: what a trail shows
// of an event takes longer the more was said of its milestone.
const (
	mostBallast = 250
	ballasts    = 8
)

func ballastOf(i int) string { return fmt.Sprint("BALLAST-", i) }

// plan is the plan that every world has, or the second one, that full worlds have as well.
func (w *World) plan(i int) string {
	name := [...]string{"hubs", "wards"}[i]
	if w.Epoch > 0 {
		name += fmt.Sprint("-", w.Epoch)
	}
	return name
}

// plans are all of them.
func (w *World) plans() []string {
	if w.Full {
		return []string{w.plan(0), w.plan(1)}
	}
	return []string{w.plan(0)}
}

// begin registers a plan and its milestones, as one request.
func begin(plan string) *milepostv1.SubmitRequest {
	m := &milepostv1.SubmitRequest{RequestId: beginning + plan, Plan: plan, Commands: []*milepostv1.Command{{
		AsAt: asAt, Command: &milepostv1.Command_PlanRegistered{PlanRegistered: &milepostv1.PlanRegistered{}},
	}}}
	for i := range refs {
		m.Commands = append(m.Commands, added(refOf(i)))
	}
	for _, ref := range []string{pushed, twins[0], twins[1]} {
		m.Commands = append(m.Commands, added(ref))
	}
	for i := range ballasts {
		m.Commands = append(m.Commands, added(ballastOf(i)))
	}
	for i := range refs {
		m.Commands = append(m.Commands, added(otherRefOf(i)))
	}
	return m
}

// beginning is what the ids of those requests begin with.
const beginning = "begin "

func added(ref string) *milepostv1.Command {
	return &milepostv1.Command{
		AsAt: asAt, Command: &milepostv1.Command_MilestoneAdded{MilestoneAdded: &milepostv1.MilestoneAdded{Ref: ref}},
	}
}

// dateStated states a delivery date of a milestone, as at a day.
func dateStated(asAt, ref, date string) *milepostv1.Command {
	return &milepostv1.Command{AsAt: asAt, Command: &milepostv1.Command_DeliveryDateStated{
		DeliveryDateStated: &milepostv1.DeliveryDateStated{Ref: ref, DeliveryDate: date, Reason: reason},
	}}
}

const reason = "The builder has no steel before July."

// caller is one reporter, who reads as well, one operation after the other.
type caller struct {
	w      *World
	number int
	random *rand.Rand
	seen   map[string]uint64 // the revision that it last saw of each milestone, by plan and reference
	turn   int
}

// run works until the world comes to rest, and ends with no operation in doubt.
func (c *caller) run(ctx context.Context) error { return c.work(ctx, c.choose) }

// work carries out one operation after the other, until the world comes to rest, and ends with none in doubt.
func (c *caller) work(ctx context.Context, next func() *Operation) error {
	for !c.w.resting() {
		c.turn++
		o := next()
		o.Called = c.w.now()
		at := c.w.History.begin(*o)
		if err := c.persist(ctx, o); err != nil {
			return fmt.Errorf("%s: %w", o, err)
		}
		o.Returned = c.w.now()
		c.w.History.end(at, *o)
		if o.Outcome == Accepted && o.Revision > 0 {
			c.seen[o.Plan+o.Ref] = o.Revision
		}
		if o.then != nil {
			o.then(o)
		}
		select {
		case <-time.After(cmp.Or(c.w.Pace, pace)):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (c *caller) choose() *Operation {
	if c.w.Wide && c.random.IntN(6) == 0 && c.w.said.Add(1) <= mostBallast {
		return c.muchToSay()
	}
	o := &Operation{Caller: c.number, Plan: c.w.anyPlan(c.random), Ref: refOf(c.random.IntN(refs))}
	switch n := c.random.IntN(10); {
	case n < 3:
		o.Kind = Read
		return o
	case n < 5:
		o.Kind = Slip
	}
	o.Date = someDay(c.random)
	command := dateStated(asAt, o.Ref, o.Date)
	if o.Kind == Slip {
		command = &milepostv1.Command{AsAt: asAt, Command: &milepostv1.Command_MilestoneSlipped{MilestoneSlipped: &milepostv1.MilestoneSlipped{Ref: o.Ref, DeliveryDate: o.Date, Reason: reason}}}
	}
	if seen, ok := c.seen[o.Plan+o.Ref]; ok && c.random.IntN(3) == 0 {
		o.Expected, command.ExpectedRevision = &seen, &seen
	}
	o.Request = c.request(o.Plan, command)
	return o
}

// anyPlan is one of the plans of the world.
func (w *World) anyPlan(random *rand.Rand) string {
	if w.Full && random.IntN(2) == 0 {
		return w.plan(1)
	}
	return w.plan(0)
}

func someDay(random *rand.Rand) string {
	return time.Date(2021, 1, 1+random.IntN(20000), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}

// muchToSay is a request of some hundred kilobytes.
func (c *caller) muchToSay() *Operation {
	var commands []*milepostv1.Command
	for i := range 1 + c.random.IntN(40) {
		words := fmt.Sprintf("%d of %d. ", i, c.turn) + strings.Repeat("The office has much to say about it. ", c.random.IntN(260))
		commands = append(commands, &milepostv1.Command{AsAt: asAt, Command: &milepostv1.Command_ProgressReported{
			ProgressReported: &milepostv1.ProgressReported{Ref: ballastOf(c.random.IntN(ballasts)), Words: words},
		}})
	}
	return &Operation{Caller: c.number, Kind: Ballast, Plan: c.w.plan(0), Ref: ballastOf(0), Request: c.request(c.w.plan(0), commands...)}
}

func (c *caller) request(plan string, commands ...*milepostv1.Command) *milepostv1.SubmitRequest {
	return &milepostv1.SubmitRequest{
		RequestId: fmt.Sprintf("%d-%d-%d", c.w.Epoch, c.number, c.turn), Plan: plan,
		OnBehalfOf: fmt.Sprint("Office ", c.random.IntN(4+c.turn/50)), Commands: commands,
	}
}

// persist calls until the outcome is known, as every reporter should: the very same request, again.
func (c *caller) persist(ctx context.Context, o *Operation) error {
	for {
		s, err := c.w.server(ctx)
		if err != nil {
			return err
		}
		within, cancel := context.WithTimeout(ctx, callWithin)
		if o.Kind == Read {
			err = c.read(within, s, o)
		} else {
			err = c.submit(within, s, o)
		}
		cancel()
		var unanswered *unanswered
		if !errors.As(err, &unanswered) {
			return err
		}
		o.Doubted = o.Doubted || !unanswered.decidedNothing
		if err := c.w.pause(ctx, s); err != nil {
			return err
		}
	}
}

// unanswered is a call that has to be made again.
type unanswered struct {
	error
	decidedNothing bool // as the answer says; else its outcome is not known
}

// submit sends the operation's request, by the way that the caller has.
func (c *caller) submit(ctx context.Context, s *Server, o *Operation) error {
	answer, err := c.by(s).Submit(ctx, o.Request)
	if status.Code(err) == codes.Unavailable || status.Code(err) == codes.DeadlineExceeded || status.Code(err) == codes.Canceled {
		c.w.doubts.Add(1)
	}
	return o.answered(answer.GetReceipt(), err)
}

// answered keeps what a request came to. It answers *unanswered where it has to be sent again.
func (o *Operation) answered(receipt *milepostv1.Receipt, err error) error {
	switch code := status.Code(err); code {
	case codes.OK:
		o.Outcome, o.Receipt = Accepted, receipt
		for _, e := range receipt.GetEvents() {
			o.Revision = e.Revision
		}
		return nil
	case codes.Aborted, codes.FailedPrecondition:
		o.Outcome = Declined
		return nil
	case codes.AlreadyExists: // each operation has a request id of its own, and is sent again as it was
		return brokenf("TAKEN FOR ANOTHER: the very same request was refused when it came again: %w", err)
	case codes.ResourceExhausted:
		return &unanswered{err, true}
	case codes.Unavailable, codes.DeadlineExceeded, codes.Canceled:
		return &unanswered{err, false}
	default:
		return err
	}
}

func (c *caller) read(ctx context.Context, s *Server, o *Operation) error {
	answer, err := c.by(s).GetMilestone(ctx, &milepostv1.GetMilestoneRequest{Plan: o.Plan, Milestone: o.Ref})
	switch code := status.Code(err); code {
	case codes.OK:
		o.Outcome, o.Date, o.Revision = Accepted, lastTold(answer.Moves), answer.Status.Revision
		return nil
	case codes.Unavailable, codes.DeadlineExceeded, codes.Canceled, codes.ResourceExhausted:
		return &unanswered{err, false}
	default:
		return err
	}
}

// lastTold is the date that was told last. The one in force may be another: where offices disagree about a day it is the
// later one.
func lastTold(moves []*milepostv1.Move) (date string) {
	var last uint64
	for _, m := range moves {
		if m.GetTo() != "" && m.GetPosition() >= last {
			last, date = m.GetPosition(), m.GetTo()
		}
	}
	return date
}
