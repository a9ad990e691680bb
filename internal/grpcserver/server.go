package grpcserver

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"reflect"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/reflection"
	"google.golang.org/grpc/stats"

	nodev1 "milepost.dev/api/milepost/node/v1"
	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/eventstore"
	"milepost.dev/internal/access"
	"milepost.dev/internal/access/places"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/grpcserver/plainly"
	"milepost.dev/internal/observe/logs"
	"milepost.dev/internal/parties"
	"milepost.dev/projections"
	"milepost.dev/projections/audit"
)

// Bounds. Those that a deployment may want otherwise are in Config.
const (
	// maxMessageSize is the most gRPC reads of one message. It is above the bound of a request, so
	// that a request a little too large gets our answer, with both numbers and what to do; one far
	// too large gets gRPC's RESOURCE_EXHAUSTED, which has both numbers too.
	maxMessageSize   = eventstore.MaxRequest + 64<<10
	maxHeaderSize    = 16 << 10
	keptGoroutines   = 512  // for calls; where more are under way, each of them has a goroutine of its own
	maxStreams       = 1024 // a connection
	maxCalls         = 8192
	maxWatching      = 2400
	maxReading       = 4 // of the whole ledger
	callDeadline     = 30 * time.Second
	closeRetry       = 2 * time.Second
	handshakeTimeout = 10 * time.Second
	idle             = 15 * time.Minute // without a call, until a connection gives up its place
)

// Config is what a server is made of. Everything is needed but what says otherwise.
type Config struct {
	Submitter Submitter            // the write side
	Book      *projections.Book    // what questions are answered from
	Records   audit.Ledger         // stored records by position
	Commits   Commits              // the ledger as it is stored
	Parties   Directory            // the names
	Readiness Readiness            // how the server is
	Access    access.Authenticator // who is connected: *access.Live or *access.Local
	TLS       *tls.Config          // from access.Encryption; nil on a loopback listener only
	Clock     clock.Clock          // for the days that answers are about
	ClockOf   string               // what the clock is called where it does not show the time of the world
	Entropy   io.Reader            // for the ids of incidents; safe for concurrent use
	Log       *slog.Logger
	Deadline  time.Duration // the most a unary call takes; 30 s where 0
	Calls     int           // the most calls at once, shared out by caller; 8192 where 0
	Watching  int           // the most watchers at once, shared out by caller; 2400 where 0
	// Connections are how many there may be; as the constants say where zero.
	Connections places.Bounds
	Reading     int // the most who read the whole ledger at once; 4 where 0
	// Forgetter forgets names; nobody can ask for it, nor what is held about somebody, where nil. Elsewhere says where beside the ledger
	// a name stands; nowhere where nil.
	Forgetter Forgetter
	Elsewhere func(name string) Elsewhere
	// Holders are those who are let in, and what they may do by that; nobody knows where nil.
	Holders func() []access.Holder
	// OnlyCommands serves nothing that is answered from the book.
	OnlyCommands bool

	// Writer is whoever writes the ledger, where that may be another server; nil where it is this one as long as it runs.
	Writer Writer

	Ended func(logs.Call) // is told of every call when it has ended; nobody is where nil
	Trace stats.Handler   // makes spans of calls; nobody does where nil
}

// Directory is what is needed of the directory of parties; *parties.Directory has it.
type Directory interface {
	Names
	Parties
}

// Server serves the API. Serve may be called for several listeners.
type Server struct {
	grpc      *grpc.Server
	access    access.Authenticator
	tls       bool
	calls     *calls
	admission *admission
	watching  *places.Places
	closing   chan struct{}
	once      sync.Once
	over      chan struct{} // closed when no call is under way any more
	overOnce  sync.Once
	health    *healthServer
	marks     *marks
	backups   *backups
	running   sync.WaitGroup
	// receiving are the goroutines that read pushed streams; each ends with its call.
	receiving sync.WaitGroup
}

// New makes a server and starts its three goroutines, which Stop ends. Its error names a part that is missing.
func New(c Config) (*Server, error) {
	for name, part := range map[string]any{
		"Submitter": c.Submitter, "Book": c.Book, "Records": c.Records, "Commits": c.Commits, "Parties": c.Parties,
		"Readiness": c.Readiness, "Access": c.Access, "Clock": c.Clock, "Entropy": c.Entropy, "Log": c.Log,
	} {
		if v := reflect.ValueOf(part); !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
			return nil, fmt.Errorf("the server cannot be made: Config.%s is missing", name)
		}
	}
	through := &calls{
		access: c.Access, rights: newRights(c.Access), clock: c.Clock, log: c.Log, incident: incidents(c.Entropy),
		ended: c.Ended,
		partyOf: func(name string) (string, bool) {
			id, ok := c.Parties.Find(name)
			return parties.Short(id), ok
		},
	}
	if through.ended == nil {
		through.ended = func(logs.Call) {}
	}
	watching := orDefault(c.Watching, maxWatching)
	admission := newAdmission(c, through)
	s := &Server{
		access: c.Access, tls: c.TLS != nil, calls: through, admission: admission, watching: places.New(watching), closing: make(chan struct{}), over: make(chan struct{}),
		health: newHealthServer(c.Readiness),
		marks:  newMarks(c.Book, watching), backups: newBackups(),
	}
	options := []grpc.ServerOption{
		grpc.InTapHandle(admission.in),
		grpc.UnaryInterceptor(through.unary),
		grpc.StreamInterceptor(through.stream),
		grpc.MaxRecvMsgSize(maxMessageSize),
		grpc.ForceServerCodecV2(plainly.NewCodec()),
		// A new goroutine begins with a small stack, and copying it as it grows costs a call more than all interceptors do.
		grpc.NumStreamWorkers(keptGoroutines),
		grpc.WaitForHandlers(true),
		grpc.MaxHeaderListSize(maxHeaderSize),
		grpc.MaxConcurrentStreams(maxStreams),
		grpc.ConnectionTimeout(handshakeTimeout),
		// Those who watch are silent for long; a dead connection is noticed within a minute.
		grpc.KeepaliveParams(keepalive.ServerParameters{
			Time: 40 * time.Second, Timeout: 20 * time.Second, MaxConnectionIdle: idle, MaxConnectionAge: oldAfter, MaxConnectionAgeGrace: oldGrace,
		}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 10 * time.Second, PermitWithoutStream: true}),
	}
	if c.TLS != nil {
		options = append(options, grpc.Creds(wireOnly{credentials.NewTLS(c.TLS)}))
	}
	if c.Trace != nil {
		options = append(options, grpc.StatsHandler(c.Trace))
	}
	s.grpc = grpc.NewServer(options...)
	r := reader{book: c.Book, clock: c.Clock, of: c.ClockOf, writer: c.Writer}
	commands := &commandServer{submitter: c.Submitter, calls: through, closing: s.closing, receiving: &s.receiving}
	if c.Writer != nil {
		nodev1.RegisterNodeServiceServer(s.grpc, &nodeServer{writer: c.Writer, readiness: c.Readiness, commands: commands, admission: admission, closing: s.closing})
	}
	milepostv1.RegisterCommandServiceServer(s.grpc, commands)
	if !c.OnlyCommands {
		milepostv1.RegisterQueryServiceServer(s.grpc, newQueryServer(r, c.Parties, c.Records, c.Holders))
		milepostv1.RegisterWatchServiceServer(s.grpc, &watchServer{
			reader: r, names: c.Parties, ledger: c.Records, health: c.Readiness, closing: s.closing, places: s.watching, marks: s.marks,
		})
	}
	audited := &auditServer{
		commits: c.Commits, book: c.Book, parties: c.Parties, closing: s.closing, reading: make(chan struct{}, orDefault(c.Reading, maxReading)),
		backups: s.backups, clock: c.Clock,
	}
	milepostv1.RegisterAuditServiceServer(s.grpc, audited)
	if c.Forgetter != nil {
		names := &namesServer{audit: audited, forgetter: c.Forgetter, names: c.Parties, elsewhere: c.Elsewhere}
		if names.elsewhere == nil {
			names.elsewhere = func(string) Elsewhere { return Elsewhere{} }
		}
		milepostv1.RegisterNamesServiceServer(s.grpc, names)
	}
	milepostv1.RegisterIdentityServiceServer(s.grpc, identityServer{})
	healthv1.RegisterHealthServer(s.grpc, s.health)
	reflection.Register(s.grpc)
	admission.learn(s.grpc.GetServiceInfo())
	s.running.Go(func() { s.health.run(s.closing) })
	s.running.Go(func() { through.rights.run(s.closing) })
	s.running.Go(func() { admission.underWay.run(s.over) })
	return s, nil
}

func orDefault[T int | time.Duration](v, otherwise T) T {
	if v == 0 {
		return otherwise
	}
	return v
}

// Serve answers those who connect to the listener, until Stop. It refuses a listener that others can reach
// without TLS and credentials, by the address that it is bound to, whatever was asked for.
func (s *Server) Serve(l net.Listener) error {
	_, local := s.access.(*access.Local)
	if n := l.Addr().Network(); n == "tcp" || n == "tcp4" || n == "tcp6" {
		if err := access.CheckListener(l.Addr().String(), s.tls, !local); err != nil {
			return err
		}
	}
	err := s.grpc.Serve(s.admission.connections.Listen(l))
	if errors.Is(err, grpc.ErrServerStopped) { // Stop came first
		return nil
	}
	return err
}

// Stop takes no more calls, tells those who watch to come back later, and waits for the calls that are
// under way until ctx ends; then it cuts them off. It answers how many there were, and how many of them it
// cut off. It may be called more than once.
func (s *Server) Stop(ctx context.Context) (underWay, cutOff int) {
	underWay = int(s.calls.running.Load())
	s.once.Do(func() {
		s.health.Shutdown()
		close(s.closing)
	})
	defer s.running.Wait()
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.grpc.GracefulStop()
	}()
	select {
	case <-done:
	case <-ctx.Done():
		cutOff = int(s.calls.running.Load())
		s.grpc.Stop()
		<-done
	}
	s.receiving.Wait()
	s.overOnce.Do(func() { close(s.over) })
	return underWay, cutOff
}
