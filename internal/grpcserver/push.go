package grpcserver

import (
	"context"
	"errors"
	"io"
	"strconv"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
	"milepost.dev/internal/access"
	"milepost.dev/internal/request"
	"milepost.dev/internal/writer"
)

// pushWindow is how many requests of a stream may be taken ahead of the answers that its reporter has read:
// enough that the next commit fills while one is being made durable. It bounds what a reporter who reads no
// answers can make the server hold.
const pushWindow = 512

// What a stream says at its beginning, and a message holds.
const (
	togetherHeader = "milepost-push-together"
	pushTogether   = 256       // requests in one message
	togetherBytes  = 256 << 10 // of answers, from which on no more are put into one message
)

const pushMethod = milepostv1.CommandService_Push_FullMethodName

type pushStream = grpc.BidiStreamingServer[milepostv1.PushRequest, milepostv1.PushResponse]

// taken is a request of a stream on its way to its answer.
type taken struct {
	requestID string
	ticket    writer.Ticket
	follows   bool // another one came in the same message
}

// pushing is one stream: one goroutine reads requests, and the call's own sends answers. Between them is
// the window. When it is full nothing is read, and gRPC's flow control stops the reporter.
type pushing struct {
	*commandServer
	stream pushStream
	caller access.Caller
	window chan taken
	read   error // why there are no more requests; set before window is closed
}

// Push takes requests as they come, and answers them in their order.
func (s *commandServer) Push(stream pushStream) error {
	ctx, cancel := context.WithCancel(stream.Context())
	defer cancel()
	if err := stream.SendHeader(metadata.Pairs(togetherHeader, strconv.Itoa(pushTogether))); err != nil {
		return err
	}
	p := &pushing{commandServer: s, stream: stream, caller: callerOf(ctx), window: make(chan taken, pushWindow)}
	// It ends when the call has: gRPC then lets nobody wait for the next message.
	s.receiving.Go(func() { p.receive(ctx) })
	return p.answer(ctx)
}

// receive puts requests into the window, until there are no more or the server closes.
func (p *pushing) receive(ctx context.Context) {
	defer close(p.window)
	defer func() { // as in counted: one call that goes wrong takes no other with it
		if r := recover(); r != nil {
			p.read = panicked(r)
		}
	}()
	take := p.submitter.Push(p.caller)
	for {
		m, err := p.stream.Recv()
		if err != nil {
			p.read = err
			return
		}
		more := m.GetMore()
		if len(more) >= pushTogether {
			p.read = domain.Refuse(domain.Invalid, request.RuleCommandsNumber, "more",
				"The message holds %d requests. Put at most %d into one.", len(more)+1, pushTogether)
			return
		}
		m.More = nil
		for i := -1; i < len(more); i++ {
			if i >= 0 {
				m.Request = more[i]
			}
			t := taken{requestID: m.GetRequest().GetRequestId(), follows: i+1 < len(more)}
			if err := p.check(m); err != nil {
				t.ticket = func(context.Context) (*milepostv1.SubmitResponse, error) { return nil, err }
			} else {
				t.ticket = take(ctx, m.Request)
			}
			select {
			case p.window <- t: // there is room most often
				continue
			default:
			}
			select {
			case p.window <- t:
			case <-ctx.Done():
				p.read = ctx.Err()
				return
			}
		}
	}
}

// check looks at the one request that is in a message: it is what every Submit passes through before it reaches the service.
func (p *pushing) check(m *milepostv1.PushRequest) error {
	if err := p.calls.shapes.checkKnown(m); err != nil {
		return err
	}
	if m.Request == nil {
		return domain.Refuse(domain.Invalid, request.RuleCommandsNumber, "request", "The message holds no request. Fill its field request.")
	}
	if statesDate(m.Request) {
		if err := require(p.stream.Context(), access.Reporter, m.Request.GetPlan()); err != nil {
			return inWhich(err, m.Request, callerOf(p.stream.Context()), need{access.Reporter, m.Request.GetPlan()})
		}
		return nil
	}
	caller := callerOf(p.stream.Context())
	for _, n := range needsOf(m.Request, caller) {
		if err := require(p.stream.Context(), n.role, n.plan); err != nil {
			return inWhich(err, m.Request, caller, n)
		}
	}
	return nil
}

// answer sends what came of each request, in order, until one has no answer or there are no more.
func (p *pushing) answer(ctx context.Context) error {
	out := answers{stream: p.stream}
	err := p.answerInto(ctx, &out)
	if sent := out.flush(); err == nil || errors.Is(err, io.EOF) {
		return sent
	}
	return err
}

// answerInto is io.EOF where the reporter has no more requests.
func (p *pushing) answerInto(ctx context.Context, out *answers) error {
	for {
		var t taken
		var more bool
		select {
		case t, more = <-p.window:
		default: // there is nothing to send just now, which is the time to leave a server that closes
			select {
			case t, more = <-p.window:
			case <-ctx.Done():
				return ctx.Err()
			case <-p.closing:
				return errClosingPush
			}
		}
		if !more {
			return p.read
		}
		response, err := t.ticket(ctx)
		one := &struct { // in one piece of memory
			answer   milepostv1.PushResponse
			accepted milepostv1.PushResponse_Accepted
		}{}
		answer := &one.answer
		answer.RequestId = t.requestID
		if err == nil {
			one.accepted.Accepted = response
			answer.Answer = &one.accepted
		} else if answer.Answer, err = p.refusal(ctx, t, err); err != nil {
			return err
		}
		if err := out.add(answer, t.follows); err != nil {
			return err
		}
	}
}

// answers puts the answers to requests that came together into one message.
type answers struct {
	stream pushStream
	held   *milepostv1.PushResponse // not sent yet; nil where there is none
	bytes  int                      // about, of held
}

// add sends an answer or, where another one follows, may keep it for the same message.
func (a *answers) add(answer *milepostv1.PushResponse, follows bool) error {
	if a.held == nil {
		a.held, a.bytes = answer, 0
	} else {
		a.held.More = append(a.held.More, answer)
	}
	if !follows {
		return a.flush()
	}
	if a.bytes += proto.Size(answer); a.bytes >= togetherBytes {
		return a.flush()
	}
	return nil
}

// flush sends what is held.
func (a *answers) flush() error {
	if a.held == nil {
		return nil
	}
	held := a.held
	a.held = nil
	return a.stream.Send(held)
}

var errClosingPush = &writer.Unavailable{
	Rule: RuleClosing, RetryAfter: closeRetry,
	Sentence: "The server is closing. Send what has no answer again, on another stream, when it is back.",
}

// refusal is the answer to a request that was refused. Its error is the end of the stream: what cannot be
// answered now, and what the reporter cannot mend by leaving out one request.
func (p *pushing) refusal(ctx context.Context, t taken, err error) (*milepostv1.PushResponse_Refused, error) {
	if isUnavailable(err) || ctx.Err() != nil {
		return nil, err
	}
	s := status.Convert(p.calls.finish(ctx, pushMethod, p.one(t), p.calls.clock.Now(), err))
	if s.Code() == codes.Internal {
		return nil, s.Err()
	}
	wire := s.Proto()
	return &milepostv1.PushResponse_Refused{Refused: &milepostv1.Refusal{
		Code: wire.Code, Message: wire.Message, Details: wire.Details,
	}}, nil
}

// one is a request of the stream as a call of its own, for the log.
func (p *pushing) one(t taken) *call { return &call{caller: p.caller, request: t.requestID} }

func isUnavailable(err error) bool {
	var unavailable *writer.Unavailable
	return errors.As(err, &unavailable)
}
