package client

import (
	"context"
	"time"

	pb "milepost.dev/api/milepost/v1"
)

const (
	firstPause   = 50 * time.Millisecond
	longestPause = 2 * time.Second
	// oneTry bounds how long a single try may take. A server that hangs has not answered.
	oneTry = 30 * time.Second
	// readFor bounds how long a question is repeated, in pauses between tries.
	readFor = time.Second
)

// Submit sends a request until there is an answer: the very same request, so that it becomes at most
// one set of events. Its error is an *Error: Refused and Denied are the server's word; with Unanswered
// it is not known whether the request was accepted, and it may be sent again at any time.
func (c *Client) Submit(ctx context.Context, request *pb.SubmitRequest) (*pb.SubmitResponse, error) {
	return persist(ctx, c, c.config.RetryFor, c.config.Waiting, func(ctx context.Context) (*pb.SubmitResponse, error) {
		return c.commands.Submit(ctx, request)
	})
}

// persist repeats a call that gets no answer, until the pauses between tries have used up a bound. It
// tells waiting, where there is one, before the first pause.
func persist[T any](ctx context.Context, c *Client, bound time.Duration, waiting func(error), call func(context.Context) (T, error)) (T, error) {
	var waited time.Duration
	for next := firstPause; ; next = min(2*next, longestPause) {
		response, err := try(ctx, call)
		if err == nil {
			return response, nil
		}
		e := sorted(err)
		if !e.again || ctx.Err() != nil || waited+next > bound {
			return response, c.explain(e)
		}
		if waited == 0 && waiting != nil {
			waiting(e)
		}
		if c.config.Pause(ctx, next) != nil {
			return response, c.explain(e)
		}
		waited += next
	}
}

func try[T any](ctx context.Context, call func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, oneTry)
	defer cancel()
	return call(ctx)
}
