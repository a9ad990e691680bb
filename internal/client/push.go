package client

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"
	"time"

	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	statuspb "google.golang.org/genproto/googleapis/rpc/status"

	pb "milepost.dev/api/milepost/v1"
)

const (
	// pushAhead is how many requests are under way on one stream: as many as the server takes.
	pushAhead = 512
	// togetherBytes is how many bytes of requests go into one message where there are several.
	togetherBytes = 128 << 10
	// LargestRequest is how many bytes a request may have. A stream ends with a message that is far
	// larger, and would be opened again for nothing, so it is refused here.
	LargestRequest = 512 << 10
)

// Pushing is a stream of requests, each of which is sent until it has an answer. A stream that breaks is
// opened again, and what has no answer is sent again, in the same order and under the same ids. Its methods
// may be called by many goroutines.
type Pushing struct {
	client *Client
	of     Run
	room   chan struct{} // one for each request without an answer

	mu      sync.Mutex // owns all below
	waiting []*Pushed  // without an answer, in order
	sent    int        // how many of them went out on the stream that is open
	most    int        // requests that a message of the stream may hold; 0 before the server said so
	ended   error      // why there are no more; *Error
	closing bool       // no more will come

	changed  chan struct{} // has something in it when there may be something to do
	finished chan struct{} // closed when the last goroutine has ended
}

// Pushed is a request on its way.
type Pushed struct {
	request  *pb.SubmitRequest
	answered chan struct{} // closed when the two below are set
	response *pb.SubmitResponse
	err      error
}

// Push begins to push. Nothing is connected before the first request. It ends with Close, or with ctx.
func (c *Client) Push(ctx context.Context) *Pushing { return c.PushRun(ctx, Run{}) }

// Run is what all requests of a stream have in common.
type Run struct {
	// ID is the run of an import that they are part of: 32 hexadecimal digits, or empty.
	ID string
	// OnBehalfOf is for whom they are said, where they do not say; empty: for the caller's organisation.
	OnBehalfOf string
}

// of makes a request one of the run. The same facts for another party are another request, so that its id says for whom it is.
func (r Run) of(request *pb.SubmitRequest) {
	if r.ID != "" {
		request.ImportId = r.ID
	}
	if r.OnBehalfOf == "" || request.GetOnBehalfOf() != "" {
		return
	}
	party := sha256.Sum256([]byte(r.OnBehalfOf))
	request.OnBehalfOf, request.RequestId = r.OnBehalfOf, request.GetRequestId()+"-for-"+hex.EncodeToString(party[:6])
}

// PushRun is Push for the requests of a run.
func (c *Client) PushRun(ctx context.Context, run Run) *Pushing {
	p := &Pushing{
		client: c, of: run, room: make(chan struct{}, pushAhead),
		changed: make(chan struct{}, 1), finished: make(chan struct{}),
	}
	go func() { // Close waits for it
		defer close(p.finished)
		p.fail(p.run(ctx))
	}()
	return p
}

// Close waits for the answers that are due, and ends the stream.
func (p *Pushing) Close() {
	p.mu.Lock()
	p.closing = true
	p.mu.Unlock()
	p.wake()
	<-p.finished
}

// Submit sends a request and waits for its answer, as Client.Submit does. Many at once share the stream.
func (p *Pushing) Submit(ctx context.Context, request *pb.SubmitRequest) (*pb.SubmitResponse, error) {
	pushed, err := p.Send(ctx, request)
	if err != nil {
		return nil, err
	}
	return pushed.Answer(ctx)
}

// Send puts a request behind those before it, and waits where too many have no answer. It is decided after
// them. The request gets the run of the stream, and must not be changed before it has its answer.
func (p *Pushing) Send(ctx context.Context, request *pb.SubmitRequest) (*Pushed, error) {
	p.of.of(request)
	if n := proto.Size(request); n > LargestRequest {
		return nil, &Error{
			Kind: Refused, Code: "INVALID_ARGUMENT", Rule: "request-too-large",
			Message: fmt.Sprintf("The request is %d bytes long, and at most %d are taken. Send it in several requests.", n, LargestRequest),
		}
	}
	select {
	case p.room <- struct{}{}:
	case <-p.finished:
	case <-ctx.Done():
		return nil, sorted(ctx.Err())
	}
	pushed := &Pushed{request: request, answered: make(chan struct{})}
	if err := p.enqueue(pushed); err != nil {
		return nil, err
	}
	p.wake()
	return pushed, nil
}

func (p *Pushing) enqueue(pushed *Pushed) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.ended != nil:
		return p.ended
	case p.closing:
		return errClosed
	}
	p.waiting = append(p.waiting, pushed)
	return nil
}

// Answered is a request that has its answer already, and was not sent: its error is an *Error.
func Answered(response *pb.SubmitResponse, err error) *Pushed {
	pushed := &Pushed{answered: make(chan struct{}), response: response, err: err}
	close(pushed.answered)
	return pushed
}

// Answer waits for the answer. Its error is an *Error, as that of Client.Submit.
func (a *Pushed) Answer(ctx context.Context) (*pb.SubmitResponse, error) {
	select {
	case <-a.answered:
		return a.response, a.err
	case <-ctx.Done():
		return nil, sorted(ctx.Err())
	}
}

// wake tells the one goroutine that waits, if any does, to look again.
func (p *Pushing) wake() {
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

// fail ends it all. Those who wait get the error; where it is nil there are none.
func (p *Pushing) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended = err; err == nil {
		p.ended = errClosed
	}
	for _, pushed := range p.waiting {
		pushed.err = p.ended
		close(pushed.answered)
	}
	p.waiting = nil
}

// run opens a stream whenever there is something to send, until no more will come, the server refuses the
// caller, or it gives no answer for too long.
func (p *Pushing) run(ctx context.Context) error {
	var waited time.Duration
	next := firstPause
	for {
		if done, err := p.untilNeeded(ctx); done || err != nil {
			return err
		}
		answered, err := p.once(ctx)
		if err == nil {
			continue // the server had nothing more to say, and we nothing more to send
		}
		if answered {
			waited, next = 0, firstPause
		}
		e := sorted(err)
		if !e.again || ctx.Err() != nil || waited+next > p.client.config.RetryFor {
			return p.client.explain(e)
		}
		if waited == 0 && p.client.config.Waiting != nil {
			p.client.config.Waiting(e)
		}
		if p.client.config.Pause(ctx, next) != nil {
			return p.client.explain(e)
		}
		waited += next
		next = min(2*next, longestPause)
	}
}

// untilNeeded waits for the first request without an answer. Done: none will come.
func (p *Pushing) untilNeeded(ctx context.Context) (done bool, err error) {
	for {
		p.mu.Lock()
		some, closing := len(p.waiting) > 0, p.closing
		p.sent, p.most = 0, 0
		p.mu.Unlock()
		switch {
		case some:
			return false, nil
		case closing:
			return true, nil
		}
		select {
		case <-p.changed:
		case <-ctx.Done():
			return false, sorted(ctx.Err())
		}
	}
}

var errClosed = &Error{Kind: Failed, Code: "CANCELLED", Message: "the stream was closed before this was sent"}

var errHangs = &Error{Kind: Unanswered, Code: "DEADLINE_EXCEEDED", Message: "the server gives no answer on an open stream", again: true}

// once is one stream, from its opening to its end.
func (p *Pushing) once(ctx context.Context) (answered bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stream, err := p.client.commands.Push(ctx)
	if err != nil {
		return false, err
	}
	// A server that hangs has not answered. Where nothing is due it may be silent for as long as it likes.
	hangs := time.AfterFunc(oneTry, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.sent > 0 {
			cancel(errHangs)
		}
	})
	defer hangs.Stop()
	sender := make(chan struct{})
	go func() {
		defer close(sender)
		p.send(ctx, stream, hangs)
	}()
	defer func() { // deferred last, so that it is first
		cancel(nil)
		<-sender
	}()
	for {
		m, err := stream.Recv()
		switch {
		case errors.Is(err, io.EOF):
			return answered, p.cutShort()
		case err != nil && errors.Is(context.Cause(ctx), errHangs):
			return answered, errHangs
		case err != nil:
			return answered, err
		}
		hangs.Reset(oneTry)
		if !answered {
			p.mayTogether(stream.Header())
		}
		for _, one := range append([]*pb.PushResponse{m}, m.GetMore()...) {
			if err := p.answered(one); err != nil {
				return answered, err
			}
			answered = true
		}
	}
}

// mayTogether notes how many requests a message may hold: an older server says nothing, and takes one.
func (p *Pushing) mayTogether(header metadata.MD, err error) {
	said := header.Get("milepost-push-together")
	if err != nil || len(said) != 1 {
		return
	}
	most, err := strconv.Atoi(said[0])
	if err != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.most = most
}

// cutShort is what it means that the server ended a stream with OK.
func (p *Pushing) cutShort() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.waiting) == 0 {
		return nil
	}
	return &Error{Kind: Unanswered, Code: "UNAVAILABLE", Message: "the server ended the stream", again: true}
}

// send sends what is waiting, as it comes. What stops it stops the receiver too, which has the reason.
func (p *Pushing) send(ctx context.Context, stream pushClient, hangs *time.Timer) {
	for {
		p.mu.Lock()
		closing, idle := p.closing, p.sent == 0
		next := p.next()
		if next != nil && idle {
			hangs.Reset(oneTry)
		}
		p.mu.Unlock()
		switch {
		case next != nil:
			if stream.Send(next) != nil {
				return
			}
			continue
		case closing:
			_ = stream.CloseSend() // never fails
			return
		}
		select {
		case <-p.changed:
		case <-ctx.Done():
			return
		}
	}
}

// next is a message of the requests that wait, as many as it may hold; nil where none waits. The caller holds mu.
func (p *Pushing) next() *pb.PushRequest {
	if p.sent == len(p.waiting) {
		return nil
	}
	m := &pb.PushRequest{Request: p.waiting[p.sent].request}
	p.sent++
	for room := togetherBytes - proto.Size(m.Request); p.sent < len(p.waiting) && len(m.More)+1 < p.most; p.sent++ {
		request := p.waiting[p.sent].request
		if room -= proto.Size(request); room < 0 {
			break
		}
		m.More = append(m.More, request)
	}
	return m
}

type pushClient interface {
	Send(*pb.PushRequest) error
	CloseSend() error
}

// answered gives the first that waits its answer.
func (p *Pushing) answered(m *pb.PushResponse) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sent == 0 || p.waiting[0].request.GetRequestId() != m.GetRequestId() {
		return &Error{Kind: Failed, Code: "INTERNAL", Message: fmt.Sprintf(
			"the server answered request %q, which is not the next one without an answer", m.GetRequestId())}
	}
	pushed := p.waiting[0]
	switch answer := m.GetAnswer().(type) {
	case *pb.PushResponse_Accepted:
		pushed.response = answer.Accepted
	case *pb.PushResponse_Refused:
		r := answer.Refused
		pushed.err = p.client.explain(status.FromProto(&statuspb.Status{
			Code: r.GetCode(), Message: r.GetMessage(), Details: r.GetDetails(),
		}).Err())
	default:
		return &Error{Kind: Failed, Code: "INTERNAL", Message: "the server answered in a way that this client does not know"}
	}
	p.waiting[0] = nil
	p.waiting, p.sent = p.waiting[1:], p.sent-1
	close(pushed.answered)
	<-p.room
	return nil
}
