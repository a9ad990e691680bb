package node

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	nodev1 "milepost.dev/api/milepost/node/v1"
	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/access"
	"milepost.dev/internal/clock"
)

// Bounds of passing requests on over one stream.
const (
	passingQueue = 1024      // requests that wait to be sent
	passedMost   = 256       // requests in one message
	passedBytes  = 256 << 10 // of requests, from which on no more are put into one message
	// passedSize is the most bytes of a request that is passed on over the stream: a larger one has a call of its own, which holds up nobody.
	passedSize = 64 << 10
)

// passing passes the requests of all callers on to one node, over one stream: what waits is sent in one message. A call of its own for each
// request would cost this node as much as serving it does.
type passing struct {
	conn        *grpc.ClientConn
	credentials func() string
	cancel      context.CancelFunc
	out         chan *nodev1.Forwarded
	done        chan struct{} // closed when the stream has ended
	err         error         // why; written before done is closed
	numbers     atomic.Uint64
	channels    sync.Pool // of chan *nodev1.Answered with room for one, which are used again
	running     sync.WaitGroup

	wake chan struct{} // has room for one: somebody has left

	mu      sync.Mutex
	waiting map[uint64]chan *nodev1.Answered // by number; guarded by mu
	gone    []uint64                         // of callers who left, to be told; guarded by mu
}

// errOneByOne is of a node of a version that takes no stream of requests.
var errOneByOne = errors.New("the node takes requests one by one")

// newPassing begins a stream; close ends it. Open makes the context of the stream, of ctx.
func newPassing(conn *grpc.ClientConn, credentials func() string, open func(ctx context.Context) (context.Context, error)) *passing {
	ctx, cancel := context.WithCancel(context.Background())
	p := &passing{
		conn: conn, credentials: credentials, cancel: cancel, out: make(chan *nodev1.Forwarded, passingQueue), done: make(chan struct{}),
		wake: make(chan struct{}, 1), waiting: map[uint64]chan *nodev1.Answered{},
	}
	p.running.Go(func() {
		defer cancel()
		p.err = p.run(ctx, open)
		close(p.done)
	})
	return p
}

// run sends and receives until the stream ends.
func (p *passing) run(ctx context.Context, open func(ctx context.Context) (context.Context, error)) error {
	ctx, err := open(ctx)
	if err != nil {
		return err
	}
	stream, err := nodev1.NewNodeServiceClient(p.conn).Forward(ctx)
	if err != nil {
		return err
	}
	p.running.Go(func() { p.send(stream) })
	for {
		m, err := stream.Recv()
		if err != nil {
			return err
		}
		for _, a := range m.GetAnswers() {
			p.mu.Lock()
			waits := p.waiting[a.GetNumber()]
			delete(p.waiting, a.GetNumber())
			p.mu.Unlock()
			if waits != nil { // else nobody does any more
				waits <- a
			}
		}
	}
}

// send puts what waits into one message, again and again. What somebody sent who has left meanwhile is not sent: the very same may have
// been answered elsewhere since.
func (p *passing) send(stream nodev1.NodeService_ForwardClient) {
	for {
		m, size := &nodev1.ForwardRequest{}, 0
		add := func(one *nodev1.Forwarded) {
			if p.waits(one.Number) {
				m.Requests, size = append(m.Requests, one), size+len(one.Request)
			}
		}
		select {
		case one := <-p.out:
			add(one)
		case <-p.wake:
		case <-p.done:
			return
		case <-stream.Context().Done():
			return
		}
		for more := true; more && len(m.Requests) < passedMost && size < passedBytes; {
			select {
			case one := <-p.out:
				add(one)
			default:
				more = false
			}
		}
		m.Gone = p.left()
		if len(m.Requests)+len(m.Gone) == 0 {
			continue
		}
		m.Credentials = p.credentials()
		if stream.Send(m) != nil {
			return // why, Recv says
		}
	}
}

// waits says whether somebody waits for an answer.
func (p *passing) waits(number uint64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, waits := p.waiting[number]
	return waits
}

// left are the numbers of those who left since it was asked last.
func (p *passing) left() []uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	gone := p.gone
	p.gone = nil
	return gone
}

// ended says whether no more can be passed on.
func (p *passing) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

func (p *passing) close() {
	p.cancel()
	p.running.Wait()
}

// submit passes a request on and waits for its answer. Where there is none, its error is the status of the stream, or that of ctx.
func (p *passing) submit(ctx context.Context, caller string, data []byte) (*milepostv1.SubmitResponse, error) {
	one := &nodev1.Forwarded{Number: p.numbers.Add(1), Caller: caller, Request: data}
	if until, ok := ctx.Deadline(); ok {
		one.WithinMs = uint32(max(until.Sub(clock.System().Now()), 0).Milliseconds())
	}
	answered, ok := p.channels.Get().(chan *nodev1.Answered)
	if !ok {
		answered = make(chan *nodev1.Answered, 1)
	}
	p.mu.Lock()
	p.waiting[one.Number] = answered
	p.mu.Unlock()
	select {
	case p.out <- one:
	case <-ctx.Done():
		p.forget(one.Number)
		return nil, ctx.Err()
	case <-p.done:
		p.forget(one.Number)
		return nil, p.why()
	}
	select {
	case a := <-answered:
		p.channels.Put(answered)
		return answerIn(a)
	case <-ctx.Done():
		p.leave(one.Number)
		return nil, ctx.Err()
	case <-p.done:
	}
	select {
	case a := <-answered: // it came just before the end
		return answerIn(a)
	default:
		p.forget(one.Number)
		return nil, p.why()
	}
}

// forget waits for an answer no more. Its channel is not used again: an answer may be on its way into it.
func (p *passing) forget(number uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.waiting, number)
}

// leave is forget for a request that was sent, or may be just now: the other node is told.
func (p *passing) leave(number uint64) {
	p.mu.Lock()
	delete(p.waiting, number)
	p.gone = append(p.gone, number)
	p.mu.Unlock()
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// why the stream ended, once it has.
func (p *passing) why() error {
	if status.Code(p.err) == codes.Unimplemented {
		return errOneByOne
	}
	if p.err == nil {
		return status.Error(codes.Unavailable, "the stream ended")
	}
	return p.err
}

// answerIn is what the node that writes said.
func answerIn(a *nodev1.Answered) (*milepostv1.SubmitResponse, error) {
	if a.Accepted == nil {
		refused := &spb.Status{}
		if err := proto.Unmarshal(a.Refused, refused); err != nil || refused.Code == int32(codes.OK) {
			return nil, status.Error(codes.Unknown, "the answer of the node that writes cannot be read")
		}
		return nil, status.FromProto(refused).Err()
	}
	m := &milepostv1.SubmitResponse{}
	if err := proto.Unmarshal(a.Accepted, m); err != nil {
		return nil, status.Error(codes.Unknown, "the answer of the node that writes cannot be read")
	}
	return m, nil
}

// callerName is by what a caller is known to the node that writes; empty where nobody has credentials.
func (f *forwarder) callerName(caller access.Caller) string {
	if f.who == nil {
		return ""
	}
	return access.NameFor(caller)
}
