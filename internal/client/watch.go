package client

import (
	"context"
	"errors"
	"io"
	"iter"
	"time"

	pb "milepost.dev/api/milepost/v1"
)

// Watch follows a plan for as long as the context lives. A connection that is lost is made again, from
// the last position that was seen, so that nothing is missed or seen twice. It ends with an *Error
// where the server refuses, or does not come back within the bound.
func (c *Client) Watch(ctx context.Context, request *pb.WatchRequest) iter.Seq2[*pb.WatchResponse, error] {
	return func(yield func(*pb.WatchResponse, error) bool) {
		var waited time.Duration
		next := firstPause
		for {
			seen, stopped, err := c.watchOnce(ctx, request, yield)
			if stopped {
				return
			}
			if seen {
				waited, next = 0, firstPause
			}
			e := sorted(err)
			if e.Kind != Unanswered || ctx.Err() != nil || waited+next > c.config.RetryFor {
				yield(nil, c.explain(e))
				return
			}
			if waited == 0 && c.config.Waiting != nil {
				c.config.Waiting(e)
			}
			if c.config.Pause(ctx, next) != nil {
				yield(nil, c.explain(e))
				return
			}
			waited += next
			next = min(2*next, longestPause)
		}
	}
}

// watchOnce reads one stream to its end, and leaves in the request where the next one begins.
//
// The state that a stream begins with belongs together: until all of it is there the position of its
// messages is no place to resume from, and the next stream begins with the state again.
func (c *Client) watchOnce(ctx context.Context, request *pb.WatchRequest, yield func(*pb.WatchResponse, error) bool) (seen, stopped bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := c.watches.Watch(ctx, request)
	if err != nil {
		return false, false, err
	}
	for {
		message, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			err = &Error{Kind: Unanswered, Code: "UNAVAILABLE", Message: "the server ended the stream", again: true}
		}
		if err != nil {
			return seen, false, err
		}
		seen = true
		if message.GetState() == nil {
			request.After = new(message.GetPosition())
		}
		if !yield(message, nil) {
			return seen, true, nil
		}
	}
}
