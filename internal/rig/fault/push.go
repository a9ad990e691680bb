package fault

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	milepostv1 "milepost.dev/api/milepost/v1"
)

// pushed is the reference of the milestone that a stream of requests is about.
const pushed = "PUSHED"

// mostPushed is how many requests of a stream may be without an answer.
const mostPushed = 40

// sentAhead is a request of a stream, and where the history keeps it.
type sentAhead struct {
	*Operation
	at int
}

// push sends requests over a stream, without waiting for their answers. When the stream ends it sends those that have none
// again, in their order, over the next one: none may overtake another. It ends with none in doubt.
func push(ctx context.Context, c *caller) error {
	var waiting []sentAhead
	for !c.w.resting() || len(waiting) > 0 {
		for more := 1 + c.random.IntN(mostPushed); len(waiting) < more && !c.w.resting(); {
			waiting = append(waiting, c.nextPushed())
		}
		s, err := c.w.server(ctx)
		if err != nil {
			return err
		}
		if waiting, err = c.pushAll(ctx, s, waiting); err != nil {
			return err
		}
		for i := range waiting {
			waiting[i].Doubted = true
		}
		if err := c.w.pause(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// nextPushed states the next day of the milestone, so that each request is an event.
func (c *caller) nextPushed() sentAhead {
	c.turn++
	o := &Operation{Caller: c.number, Kind: Pushed, Plan: planID, Ref: pushed, Called: c.w.now()}
	o.Date = time.Date(2021, 1, 1+c.turn, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	o.Request = c.request(planID, dateStated(asAt, pushed, o.Date))
	return sentAhead{o, c.w.History.begin(*o)}
}

// pushAll sends requests over one stream, and returns those that got no answer.
func (c *caller) pushAll(ctx context.Context, s *Server, all []sentAhead) ([]sentAhead, error) {
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	stream, err := milepostv1.NewCommandServiceClient(s.Conn).Push(ctx)
	if err != nil {
		return all, streamEnded(err)
	}
	for _, o := range all {
		if stream.Send(&milepostv1.PushRequest{Request: o.Request}) != nil {
			break // what it ended with is what is received
		}
	}
	_ = stream.CloseSend()
	for len(all) > 0 {
		m, err := stream.Recv()
		if err != nil {
			return all, streamEnded(err)
		}
		o := all[0]
		if m.RequestId != o.Request.RequestId {
			return all, brokenf("OVERTAKEN: the stream answers %s, and %s was sent before it", m.RequestId, o.Request.RequestId)
		}
		if refused := m.GetRefused(); refused != nil {
			err = status.Error(codes.Code(refused.Code), refused.Message)
		}
		if err := o.answered(m.GetAccepted().GetReceipt(), err); err != nil {
			return all, err
		}
		o.Returned = c.w.now()
		c.w.History.end(o.at, *o.Operation)
		all = all[1:]
	}
	return nil, nil
}

// streamEnded is nil where a stream may end in such a way, and be begun again.
func streamEnded(err error) error {
	switch status.Code(err) {
	case codes.Unavailable, codes.DeadlineExceeded, codes.Canceled, codes.ResourceExhausted:
		return nil
	}
	return fmt.Errorf("a stream of requests ended: %w", err)
}

// inOrder says whether requests of a stream were accepted in the order in which they were sent.
func inOrder(operations []*Operation) error {
	last := map[int]*Operation{}
	for _, o := range operations {
		if o.Kind != Pushed || o.Outcome != Accepted {
			continue
		}
		if before := last[o.Caller]; before != nil && o.Receipt.Position <= before.Receipt.Position {
			return brokenf("OVERTAKEN: %s is at position %d, and %s, which was sent before it, at %d", o, o.Receipt.Position, before, before.Receipt.Position)
		}
		last[o.Caller] = o
	}
	return nil
}
