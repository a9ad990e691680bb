package node

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	nodev1 "milepost.dev/api/milepost/node/v1"
	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/access"
	"milepost.dev/internal/access/localtoken"
	"milepost.dev/internal/writer"
)

// answerSize is the most bytes of an answer of the node that writes: a receipt has a line for each of thousands of events.
const answerSize = 16 << 20

// forwarder passes requests on to the node that writes.
type forwarder struct {
	tls   access.TLSFiles
	who   *access.Live // nil where callers have no credentials
	state string       // where nodes of this user leave their tokens
	now   func() time.Time
	count atomic.Uint64
	// ending are streams that were replaced, until their goroutines have ended.
	ending sync.WaitGroup

	mu       sync.Mutex
	address  string           // guarded by mu
	conn     *grpc.ClientConn // guarded by mu; nil before the first
	over     *passing         // the stream on conn; nil before the first; guarded by mu
	oneByOne *grpc.ClientConn // whose node takes requests only one by one; guarded by mu
}

func newForwarder(c Config, who callers) *forwarder {
	return &forwarder{tls: c.TLS, who: who.credentials, state: c.Local.State, now: c.Clock.Now}
}

// to is a connection to a node.
func (f *forwarder) to(address string) (*grpc.ClientConn, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.conn != nil && f.address == address {
		return f.conn, nil
	}
	conn, err := f.dial(address)
	if err != nil {
		return nil, err
	}
	if f.conn != nil {
		f.conn.Close() // its calls end, and their callers send the same again
	}
	f.address, f.conn = address, conn
	return conn, nil
}

// dial makes a connection to a node.
func (f *forwarder) dial(address string) (*grpc.ClientConn, error) {
	transport := insecure.NewCredentials()
	if f.who != nil {
		config, err := f.config()
		if err != nil {
			return nil, err
		}
		transport = credentials.NewTLS(config)
	}
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(transport), grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(answerSize)),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: backoff.Config{BaseDelay: 50 * time.Millisecond, Multiplier: 1.6, MaxDelay: time.Second}, MinConnectTimeout: 2 * time.Second}),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 10 * time.Second, Timeout: 3 * time.Second}))
	if err != nil {
		return nil, fmt.Errorf("connect to the node at %s: %w", address, err)
	}
	return conn, nil
}

// config is TLS between nodes: this one shows its certificate, and takes only that of a node.
func (f *forwarder) config() (*tls.Config, error) {
	pair, err := tls.LoadX509KeyPair(f.tls.Certificate, f.tls.Key)
	if err != nil {
		return nil, fmt.Errorf("read the certificate of this node: %w", err)
	}
	text, err := os.ReadFile(f.tls.ClientCA)
	if err != nil {
		return nil, fmt.Errorf("read who vouches for nodes: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("there is no certificate in %s", f.tls.ClientCA)
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{pair}, RootCAs: pool,
		VerifyConnection: func(s tls.ConnectionState) error { return f.who.IsNode(s.PeerCertificates[0], f.now()) },
	}, nil
}

// as is the context of a call for a caller.
func (f *forwarder) as(ctx context.Context, address string, caller access.Caller) (context.Context, error) {
	if f.who != nil {
		return metadata.NewOutgoingContext(ctx, metadata.Pairs(access.CallerHeader, access.NameFor(caller), access.CredentialsHeader, f.who.Reading().Digest)), nil
	}
	return f.asNode(ctx, address)
}

// asNode is the context of a call of this node itself.
func (f *forwarder) asNode(ctx context.Context, address string) (context.Context, error) {
	if f.who != nil || f.state == "" {
		return metadata.NewOutgoingContext(ctx, metadata.MD{}), nil
	}
	token, _, err := localtoken.Find(f.state, address)
	if err != nil {
		return nil, fmt.Errorf("find the token of the node at %s: %w", address, err)
	}
	return metadata.NewOutgoingContext(ctx, metadata.Pairs("authorization", "Bearer "+token)), nil
}

// prove asks a node whether it writes.
func (f *forwarder) prove(ctx context.Context, address string, prove bool) (*nodev1.ProveResponse, error) {
	conn, err := f.to(address)
	if err != nil {
		return nil, err
	}
	if ctx, err = f.asNode(ctx, address); err != nil {
		return nil, err
	}
	return nodev1.NewNodeServiceClient(conn).Prove(ctx, &nodev1.ProveRequest{Prove: prove})
}

// keys exchanges keys of names with a node, over a connection of its own: it may be any of them.
func (f *forwarder) keys(ctx context.Context, address string, m *nodev1.KeysRequest) (*nodev1.KeysResponse, error) {
	conn, err := f.dial(address)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if ctx, err = f.asNode(ctx, address); err != nil {
		return nil, err
	}
	return nodev1.NewNodeServiceClient(conn).Keys(ctx, m)
}

// names is what a node that writes says of names to a caller.
func (f *forwarder) names(ctx context.Context, address string, caller access.Caller) (context.Context, milepostv1.NamesServiceClient, error) {
	conn, err := f.to(address)
	if err == nil {
		ctx, err = f.as(ctx, address, caller)
	}
	if err != nil {
		return nil, nil, notReached(err)
	}
	f.count.Add(1)
	return ctx, milepostv1.NewNamesServiceClient(conn), nil
}

// passing is the stream over which requests are passed on to an address; nil where the node there takes none.
func (f *forwarder) passing(address string) (*passing, error) {
	conn, err := f.to(address)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.oneByOne == conn {
		return nil, nil
	}
	if f.over == nil || f.over.conn != conn || f.over.ended() {
		if f.over != nil {
			f.over.cancel()
			f.ending.Go(f.over.close)
		}
		f.over = newPassing(conn, f.credentials, func(ctx context.Context) (context.Context, error) { return f.asNode(ctx, address) })
	}
	return f.over, nil
}

// submit passes a request on: over the stream, unless it is large or the other node knows no stream.
func (f *forwarder) submit(ctx context.Context, address string, caller access.Caller, m *milepostv1.SubmitRequest) (*milepostv1.SubmitResponse, error) {
	over, err := f.passing(address)
	if err != nil {
		return nil, notReached(err)
	}
	if over == nil || proto.Size(m) > passedSize {
		return f.submitAlone(ctx, address, caller, m)
	}
	data, err := proto.Marshal(m)
	if err != nil {
		return nil, err
	}
	f.count.Add(1)
	answer, err := over.submit(ctx, f.callerName(caller), data)
	switch {
	case errors.Is(err, errOneByOne):
		f.mu.Lock()
		f.oneByOne = over.conn
		f.mu.Unlock()
		return f.submitAlone(ctx, address, caller, m)
	case err != nil && ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, passedOn(err)
	}
	return answer, nil
}

// submitAlone passes a request on by a call of its own.
func (f *forwarder) submitAlone(ctx context.Context, address string, caller access.Caller, m *milepostv1.SubmitRequest) (*milepostv1.SubmitResponse, error) {
	conn, err := f.to(address)
	if err == nil {
		ctx, err = f.as(ctx, address, caller)
	}
	if err != nil {
		return nil, notReached(err)
	}
	f.count.Add(1)
	answer, err := milepostv1.NewCommandServiceClient(conn).Submit(ctx, m)
	if err != nil {
		return nil, passedOn(err)
	}
	return answer, nil
}

// push opens a stream to the node that writes.
func (f *forwarder) push(ctx context.Context, address string, caller access.Caller) (pushedOn, error) {
	conn, err := f.to(address)
	if err == nil {
		ctx, err = f.as(ctx, address, caller)
	}
	var stream pushedOn
	if err == nil {
		stream, err = milepostv1.NewCommandServiceClient(conn).Push(ctx)
	}
	if err != nil {
		return nil, notReached(err)
	}
	return stream, nil
}

type pushedOn = grpc.BidiStreamingClient[milepostv1.PushRequest, milepostv1.PushResponse]

// leave ends what is under way at an address.
func (f *forwarder) leave(address string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.conn != nil && f.address == address {
		f.conn.Close()
		f.conn, f.address = nil, ""
	}
}

func (f *forwarder) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.over != nil {
		f.over.close()
	}
	if f.conn != nil {
		f.conn.Close()
	}
	f.ending.Wait()
}

// notReached is what a caller is told whose request came no further than this node.
func notReached(error) error {
	return &writer.Unavailable{
		Rule: writer.RuleNotWriting, RetryAfter: time.Second,
		Sentence: "The server that writes the ledger cannot be reached from this one at the moment. Send the very same request again, with the same request id.",
	}
}

// passedOn is the answer of the node that writes, as this one gives it. A refusal is given as it is. Where there is no answer, or one
// that is about this node and not about the caller, the caller is to send the same again.
func passedOn(err error) error {
	s := status.Convert(err)
	switch s.Code() {
	case codes.Unavailable, codes.ResourceExhausted, codes.Canceled, codes.DeadlineExceeded, codes.Unauthenticated, codes.Unknown:
	default:
		return s.Err()
	}
	again := &writer.Unavailable{
		Rule: writer.RuleUnknown, RetryAfter: time.Second, Overloaded: s.Code() == codes.ResourceExhausted,
		Sentence: "The server that writes the ledger gave no answer, so it is not known yet whether this is in the ledger. Send the very same request again, with the same request id: it makes no second event.",
	}
	for _, d := range s.Details() {
		switch d := d.(type) {
		case *errdetails.ErrorInfo:
			again.Rule, again.Sentence = d.Reason, s.Message()
		case *errdetails.RetryInfo:
			again.RetryAfter = d.RetryDelay.AsDuration()
		}
	}
	return again
}

// lane is a stream of requests that is passed on.
type lane struct {
	of     among
	caller access.Caller
	stream pushedOn
	ended  error // why nothing more is taken; of the goroutine that takes
	broken error // why there are no more answers; of the goroutine that answers
}

// take passes the next request on.
func (l *lane) take(ctx context.Context, m *milepostv1.SubmitRequest) writer.Ticket {
	if l.stream == nil && l.ended == nil {
		address, err := l.of.writerAddress()
		if err == nil {
			l.stream, err = l.of.member.forward.push(ctx, address, l.caller)
		}
		l.ended = err
	}
	if l.ended == nil {
		// Why it could not be sent, the answers say.
		_ = l.stream.Send(&milepostv1.PushRequest{Request: m})
		l.of.member.forward.count.Add(1)
		return l.answer
	}
	ended := l.ended
	return func(context.Context) (*milepostv1.SubmitResponse, error) { return nil, ended }
}

// answer is the ticket of the next request that was passed on: they are asked in the order in which they were taken.
func (l *lane) answer(ctx context.Context) (*milepostv1.SubmitResponse, error) {
	if l.broken != nil {
		return nil, l.broken
	}
	m, err := l.stream.Recv()
	if err != nil {
		l.broken = passedOn(err)
		if _, ok := errors.AsType[*writer.Unavailable](l.broken); !ok {
			l.broken = notReached(err)
		}
		return nil, l.broken
	}
	if refused := m.GetRefused(); refused != nil {
		return nil, status.FromProto(&spb.Status{Code: refused.Code, Message: refused.Message, Details: refused.Details}).Err()
	}
	return l.of.followed(ctx, m.GetAccepted())
}
