package grpcserver

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	nodev1 "milepost.dev/api/milepost/node/v1"
	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
	"milepost.dev/internal/access"
	"milepost.dev/internal/grpcserver/plainly"
	"milepost.dev/internal/request"
)

// Bounds of what another node passes on over one stream.
const (
	forwardWindow = 4096      // requests under way
	forwardBytes  = 256 << 10 // of answers, from which on no more are put into one message
	forwardMost   = 256       // answers in a message
)

type forwardStream = grpc.BidiStreamingServer[nodev1.ForwardRequest, nodev1.ForwardResponse]

// forwarding is one stream of requests of all callers of another node. Each request is treated as the call that it was there: it is found
// out here who its caller is and what they may do, it takes a place among their calls, and it is logged. One goroutine reads, the call's own
// sends answers, and each request is decided by a goroutine of those that are kept.
type forwarding struct {
	*nodeServer
	ctx      context.Context
	stream   forwardStream
	work     chan *forwardedCall
	answers  chan *nodev1.Answered // has room for all that are under way
	window   chan struct{}         // has one for each request under way
	read     chan error            // why there are no more requests
	underWay atomic.Int64          // requests without an answer that was sent

	known map[string]knownCaller // of the goroutine that reads

	mu      sync.Mutex
	leaving map[uint64]context.CancelFunc // of the requests under way, by number; guarded by mu
}

// knownCaller is who a caller is, as of a moment ago.
type knownCaller struct {
	caller access.Caller
	err    error
	until  time.Duration // by the clock's Elapsed
}

// forwardedCall is one request on its way.
type forwardedCall struct {
	*nodev1.Forwarded
	by  knownCaller
	ctx context.Context // ends when its caller leaves, or has waited long enough
}

// Forward implements nodev1.NodeServiceServer.
func (s *nodeServer) Forward(stream forwardStream) error {
	if err := isNode(stream.Context()); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(stream.Context())
	defer cancel()
	f := &forwarding{
		nodeServer: s, ctx: ctx, stream: stream, work: make(chan *forwardedCall), answers: make(chan *nodev1.Answered, forwardWindow),
		window: make(chan struct{}, forwardWindow), read: make(chan error, 1), known: map[string]knownCaller{},
		leaving: map[uint64]context.CancelFunc{},
	}
	// It ends when the call has, as do those that it starts.
	s.commands.receiving.Go(func() { f.read <- f.receive() })
	return f.answer()
}

// receive hands requests to those who decide them, until there are no more.
func (f *forwarding) receive() (err error) {
	defer func() { // as in counted: one call that goes wrong takes no other with it
		if p := recover(); p != nil {
			err = panicked(p)
		}
	}()
	for {
		m, err := f.stream.Recv()
		if err != nil {
			return err
		}
		for _, one := range m.GetRequests() {
			select {
			case f.window <- struct{}{}:
			case <-f.ctx.Done():
				return f.ctx.Err()
			}
			f.underWay.Add(1)
			call := &forwardedCall{one, f.callerOf(one.GetCaller(), m.GetCredentials()), f.enter(one)}
			select {
			case f.work <- call:
			default:
				f.commands.receiving.Go(func() { f.decide(call) })
			}
		}
		for _, number := range m.GetGone() {
			f.leave(number)
		}
	}
}

// enter is the context of a request.
func (f *forwarding) enter(one *nodev1.Forwarded) context.Context {
	ctx, cancel := context.WithTimeout(f.ctx, f.patience(one))
	f.mu.Lock()
	defer f.mu.Unlock()
	f.leaving[one.GetNumber()] = cancel
	return ctx
}

// leave ends the context of a request, unless it has ended.
func (f *forwarding) leave(number uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if cancel, ok := f.leaving[number]; ok {
		cancel()
		delete(f.leaving, number)
	}
}

// callerOf finds out who sent a request. It is looked up anew as often as it is for an open stream.
func (f *forwarding) callerOf(name, credentials string) knownCaller {
	now := f.commands.calls.clock.Elapsed()
	key := name + " " + credentials
	if known, ok := f.known[key]; ok && now < known.until {
		return known
	}
	if len(f.known) > forwardWindow {
		clear(f.known)
	}
	ctx := f.ctx
	if name != "" {
		md, _ := metadata.FromIncomingContext(ctx)
		md = md.Copy()
		md.Set(access.CallerHeader, name)
		md.Set(access.CredentialsHeader, credentials)
		ctx = metadata.NewIncomingContext(ctx, md)
	}
	known := knownCaller{until: now + lookAtRights}
	known.caller, known.err = f.commands.calls.access.Authenticate(ctx)
	f.known[key] = known
	return known
}

// decide decides a request, and then others, until the stream ends.
func (f *forwarding) decide(call *forwardedCall) {
	for {
		f.answers <- f.decided(call)
		f.leave(call.Number)
		select {
		case call = <-f.work:
		case <-f.ctx.Done():
			return
		}
	}
}

// decided is the answer to a request.
func (f *forwarding) decided(one *forwardedCall) *nodev1.Answered {
	calls := f.commands.calls
	started, this := calls.clock.Now(), &call{caller: one.by.caller}
	ctx := context.WithValue(one.ctx, callKey{}, this)
	accepted, err := f.submit(ctx, this, one)
	if err = calls.finish(ctx, milepostv1.CommandService_Submit_FullMethodName, this, started, err); err == nil {
		var data []byte
		if data, err = encodedAnswer(accepted); err == nil {
			return &nodev1.Answered{Number: one.Number, Accepted: data}
		}
	}
	refused, err := proto.Marshal(status.Convert(err).Proto())
	if err != nil { // then there is no status to send, and an empty one says that nothing is known
		refused = nil
	}
	return &nodev1.Answered{Number: one.Number, Refused: refused}
}

// patience is how long a request may take.
func (f *forwarding) patience(one *nodev1.Forwarded) time.Duration {
	if within := time.Duration(one.GetWithinMs()) * time.Millisecond; within > 0 {
		return min(within, f.admission.underWay.deadline())
	}
	return f.admission.underWay.deadline()
}

// submit does for a request what is done for a call of its own.
func (f *forwarding) submit(ctx context.Context, this *call, one *forwardedCall) (answer *milepostv1.SubmitResponse, err error) {
	f.commands.calls.running.Add(1)
	defer func() {
		f.commands.calls.running.Add(-1)
		if p := recover(); p != nil {
			answer, err = nil, panicked(p)
		}
	}()
	if one.by.err != nil {
		return nil, one.by.err
	}
	place, ok := f.admission.open.Take(one.by.caller.Name, 1)
	if !ok {
		return nil, tooManyCalls(f.admission.open.Count().Most)
	}
	defer place.Leave()
	m := &milepostv1.SubmitRequest{}
	if !plainly.ReadSubmit(one.Request, m) {
		m.Reset()
		if err := proto.Unmarshal(one.Request, m); err != nil {
			return nil, domain.Refuse(domain.Invalid, request.RuleCommandsNumber, "request", "The request cannot be read. Send it again through a server of the same version as the one that writes.")
		}
	}
	this.isAbout(m)
	this.request = m.RequestId
	if err := f.commands.calls.shapes.checkKnown(m); err != nil {
		return nil, err
	}
	return f.commands.Submit(ctx, m)
}

func encodedAnswer(m *milepostv1.SubmitResponse) ([]byte, error) {
	const usual = 512 // bytes, which a receipt does not reach
	if data, ok := plainly.AppendSubmit(make([]byte, 0, usual), m); ok {
		return data, nil
	}
	return proto.Marshal(m)
}

// answer sends answers as they come, those that are there already in one message. When there are no more requests, or the server closes,
// it sends those that are owed.
func (f *forwarding) answer() error {
	closing, read := f.closing, f.read
	var ends error
	for ended := false; !ended || f.underWay.Load() > 0; {
		select {
		case a := <-f.answers:
			if err := f.send(a); err != nil {
				return err
			}
		case ends = <-read:
			ended, read = true, nil
			if errors.Is(ends, io.EOF) {
				ends = nil
			}
		case <-closing:
			ended, closing, ends = true, nil, errClosingPush
		case <-f.ctx.Done():
			return f.ctx.Err()
		}
	}
	return ends
}

func (f *forwarding) send(first *nodev1.Answered) error {
	m := &nodev1.ForwardResponse{Answers: append(make([]*nodev1.Answered, 0, 16), first)}
	size := len(first.Accepted) + len(first.Refused)
	for more := true; more && len(m.Answers) < forwardMost && size < forwardBytes; {
		select {
		case a := <-f.answers:
			m.Answers = append(m.Answers, a)
			size += len(a.Accepted) + len(a.Refused)
		default:
			more = false
		}
	}
	err := f.stream.Send(m)
	for range m.Answers {
		<-f.window
	}
	f.underWay.Add(int64(-len(m.Answers)))
	return err
}
