// Package node puts the parts of a milepost server together: the embedded ledger, the directory of parties, the replica,
// the writer while this process may write, and the listeners. It is the one place that knows them all.
package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	_ "time/tzdata" // plans have time zones, and a machine may have no database of them

	"google.golang.org/grpc"

	"milepost.dev/eventstore"
	"milepost.dev/eventstore/cluster"
	"milepost.dev/internal/access"
	"milepost.dev/internal/access/places"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/grpcserver"
	"milepost.dev/internal/lead"
	"milepost.dev/internal/observe/accesslog"
	"milepost.dev/internal/observe/metrics"
	"milepost.dev/internal/observe/traces"
	"milepost.dev/internal/parties"
	"milepost.dev/internal/parties/keyfile"
	"milepost.dev/internal/replica"
	"milepost.dev/internal/rest"
	"milepost.dev/internal/web"
	"milepost.dev/internal/writer"
	"milepost.dev/internal/writer/quota"
	"milepost.dev/projections/audit"
)

// Config says how a server is run. Contradictions are refused at the start.
type Config struct {
	// Data is the directory that the ledger, the names and the saved fold are kept in.
	Data string
	// Listen is where gRPC is served, and HTTP where the pages, /healthz and /readyz are. Port 0 picks a free
	// one; an empty HTTP serves none. Anything but loopback needs TLS and Credentials. HTTP on anything
	// but loopback is over TLS where there is TLS; without it only health is answered there.
	Listen, HTTP string
	// Credentials is the file that says who may connect. Without one everybody on this machine may read, and who shows
	// the token of the server has every role, as local:User.
	Credentials string
	// OIDC is the file that says which OpenID Connect issuer is believed; none where it is empty. It goes with Credentials, which
	// say what its subjects may do.
	OIDC string
	// AccessLog is the file in which every call is noted; none where it is empty.
	AccessLog string
	// Local is for a server without Credentials.
	Local Local
	TLS   access.TLSFiles
	User  string // who runs this process where empty
	// SingleUser: without Credentials, this is one person, who may approve what the same person proposed.
	SingleUser bool
	// Software is the version, which every take-over records; Version and Commit are its parts, for those who
	// watch over several servers.
	Software, Version, Commit string
	// Follow only follows the ledger and answers: no command is taken, and nothing is written to the ledger.
	Follow bool
	// DiskFloor is how many bytes of the disk of Data have to be free for commands to be accepted.
	DiskFloor uint64
	// Lead says when this process may write; where nil it always may, or never with Follow. No command sets it: it is
	// where a second process on the same ledger will be let in, and tests do so.
	Lead lead.Lead
	// Open opens the store of ledger and names, and calls feed with each commit that it holds; the embedded one in
	// Data where nil.
	Open func(ctx context.Context, feed func(number uint64, data []byte) error) (Store, error)
	// Keys are those that names are kept under; those in Data where nil.
	Keys parties.Keys
	// keep gives what is kept beside a ledger that nodes share, as tests have it; as it is where nil.
	keep func(eventstore.Kept) eventstore.Kept
	// Cluster says on which NATS servers the ledger lies that this node shares with others; nil where it lies in Data. Advertise is
	// where the others reach this node, HOST:PORT; the address that it listens on where empty.
	Cluster   *cluster.Options
	Advertise string
	// AcceptFuture starts although the ledger's last record is later than the clock.
	AcceptFuture bool
	// SaveEvery is how many records come between two saved folds; 250,000 where 0.
	SaveEvery uint64
	// NoReadModels keeps only what commands are decided on, and answers no questions: to measure what that costs.
	NoReadModels bool

	// Connections is how many HTTP connections of those who proved who they are are served at once, shared out by caller,
	// 4,096 where 0; those beyond are told to come again.
	// Metrics is an address for /metrics, /healthz and /readyz alone, without credentials; empty for none. MetricsHosts are
	// the names that it may be asked for under, beside its address and the machine's name.
	Metrics      string
	MetricsHosts []string
	// Browsers is how many of those that look at pages are kept up to date at once, 1,000 where 0.
	Connections, Browsers int

	Clock   clock.Clock     // the system's where nil
	ClockOf string          // what Clock is called where it does not show the time of the world: "demonstration"
	Entropy io.Reader       // the system's where nil
	Log     *slog.Logger    // nobody is told where nil
	Tracing *traces.Tracing // no spans are made where nil; it is the caller's to close
}

// Store is where the ledger and the names lie.
type Store interface {
	Log() eventstore.Log
	Kept() eventstore.Kept
	// Lost is closed when the store is not this process's any more. Failure says why, and is nil before.
	Lost() <-chan struct{}
	Failure() error
	// Check looks whether what lies beside the ledger is still this process's to write.
	Check() error
	// Close shuts it down and waits for that until ctx ends.
	Close(ctx context.Context) error
}

// Node is a running server.
type Node struct {
	clock     clock.Clock
	room      room
	metrics   *metrics.Metrics
	guard     *clock.Guard
	store     Store
	replica   *replica.Replica
	member    *member // nil where the ledger is not shared
	roles     *roles
	server    *grpcserver.Server
	grpc      net.Listener
	site      atomic.Pointer[web.Site] // nil until callers are answered
	own       *grpc.ClientConn         // over which the site asks
	pages     *http.Server
	silent    silent              // of the pages
	encrypted bool                // the HTTP address is; set before it is served
	http      net.Listener        // nil where there is none
	gauges    *gauges             // at an address of their own; nil where there is none
	crowd     *places.Connections // over HTTP

	answering atomic.Pointer[grpcserver.Server] // nil until everything is read
	rest      atomic.Pointer[rest.Handler]      // nil until everything is read
	folding   atomic.Pointer[replica.Replica]   // what the ledger is being folded into
	ready     atomic.Pointer[roles]             // nil until everything is read
	damage    atomic.Pointer[eventstore.Damage]
	forked    atomic.Pointer[error] // why nothing of the ledger is served; nil where it is
	closing   atomic.Bool
	names     atomic.Pointer[parties.Directory] // nil until they are read
	callers   callers
	local     Local
	accessLog *accesslog.Log // nil where there is none
	usage     *quota.Usage   // what was accepted, by caller and by plan
	data      string         // the directory
	floor     uint64         // bytes of its disk that stay free
	stopped   chan struct{}  // closed when closing is set
	drained   Drained        // of Close; written before closed is closed

	serving  sync.WaitGroup
	watching sync.WaitGroup // for changes of files
	failed   chan error     // what stopped a listener; has room for each
	closed   chan struct{}
	once     sync.Once
	err      error // of Close; written before closed is closed
}

// Start reads and proves the ledger, takes over as its writer unless it only follows, and listens. When it returns, callers are
// answered. What it started by then, it stops when it fails. A ledger on NATS servers that is not the one which this node has read is
// not served: the node says so at /readyz, and Forked says why.
func Start(ctx context.Context, c Config) (_ *Node, err error) {
	if c.Clock == nil {
		c.Clock = clock.System()
	}
	if c.Entropy == nil {
		c.Entropy = clock.Entropy()
	}
	if c.User == "" {
		c.User = whoRunsThis()
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if err := c.checkCluster(); err != nil {
		return nil, err
	}
	callers, err := c.callers()
	if err != nil {
		return nil, err
	}
	n := &Node{clock: c.Clock, callers: callers, local: c.Local, usage: quota.New(), data: c.Data, floor: c.DiskFloor, stopped: make(chan struct{}), crowd: newCrowd(c.Connections), guard: clock.NewGuard(c.Clock, clock.Tolerance), failed: make(chan error, 3), closed: make(chan struct{})}
	defer func() {
		if err != nil {
			stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
			defer cancel()
			err = errors.Join(err, n.Close(stopping))
		}
	}()
	n.metrics = metrics.New(metrics.Build{Version: c.Version, Commit: c.Commit, Go: runtime.Version()}, clock.System(), n.measured)
	// The addresses come first: to learn that a port is taken needs no reading of the ledger.
	if n.grpc, err = listen(c.Listen, "--listen"); err != nil {
		return n, fmt.Errorf("listen for gRPC: %w", err)
	}
	if c.HTTP != "" {
		if n.http, err = listen(c.HTTP, "--http"); err != nil {
			return n, fmt.Errorf("listen for HTTP: %w", err)
		}
	}
	if err := n.writeLocalToken(ctx, c); err != nil {
		return n, err
	}
	if c.Metrics != "" {
		if n.gauges, err = n.openGauges(c.Metrics, c.MetricsHosts); err != nil {
			return n, err
		}
	}
	n.watching.Go(func() { n.watchFiles(context.WithoutCancel(ctx)) }) // ends with Close
	n.serveGauges()
	n.serveHTTP(callers.config()) // before the ledger is read, which may take its time
	directory, err := n.openLedger(ctx, c)
	if anotherHistory(err) {
		n.refuse(err, c.Log)
		return n, nil
	}
	if err != nil {
		return n, err
	}
	if err := n.openAccessLog(ctx, c); err != nil {
		return n, err
	}
	ledger := observed{n.store.Log(), n.noteForCallers}
	if n.server, err = grpcserver.New(grpcserver.Config{
		Submitter: n.roles, Book: n.replica.Book(), Commits: ledger,
		Records: audit.NewRecords(ledger, n.replica.Book()),
		Parties: directory, Readiness: n, Access: n.grantedBy(c, directory), TLS: callers.config(),
		Clock: c.Clock, ClockOf: c.ClockOf, Entropy: c.Entropy, Log: c.Log, OnlyCommands: c.NoReadModels,
		Ended: n.ended, Trace: c.Tracing.Handler(), Holders: callers.holders(), Forgetter: n.roles, Elsewhere: n.elsewhere(c), Writer: n.whoWrites(),
	}); err != nil {
		return n, err
	}
	n.answering.Store(n.server)
	n.serving.Go(func() {
		if err := n.server.Serve(n.grpc); err != nil {
			n.failed <- fmt.Errorf("serve gRPC: %w", err)
		}
	})
	if n.http != nil {
		if err := errors.Join(n.openSite(c), n.openREST(ctx, c.Credentials != "")); err != nil {
			return n, err
		}
	}
	return n, nil
}

func whoRunsThis() string {
	u, err := user.Current()
	if err != nil {
		return "unknown"
	}
	return u.Username
}

// listen takes an address. Of one that is taken it says which flag gives another.
func listen(addr, flag string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%w: stop the program that has it, or give this one another %s", err, flag)
	}
	return l, err
}

// openLedger proves the ledger while it folds it, opens the names beside it, and takes its role.
func (n *Node) openLedger(ctx context.Context, c Config) (*parties.Directory, error) {
	folds := filepath.Join(c.Data, "folds")
	if c.Cluster != nil && c.Cluster.Rejoin {
		if err := os.RemoveAll(folds); err != nil {
			return nil, fmt.Errorf("remove the saved fold of another ledger: %w", err)
		}
	}
	each, open := n.usage.Commit, c.Open
	switch {
	case open != nil:
	case c.Cluster != nil:
		n.member = newMember(c)
		n.member.address, n.member.forward = c.Advertise, newForwarder(c, n.callers)
		if c.Advertise == "" {
			n.member.address = n.GRPCAddr()
		}
		each = func(commit *eventstore.Commit) { n.usage.Commit(commit); n.member.read(commit) }
		open = func(ctx context.Context, feed func(uint64, []byte) error) (Store, error) {
			return n.openCluster(ctx, c, feed)
		}
	default:
		open = func(ctx context.Context, _ func(uint64, []byte) error) (Store, error) {
			return c.openEmbedded(ctx, n.replica.FeedExamined)
		}
	}
	n.replica = replica.New(replica.Config{
		Dir: folds, Whole: true, Deciding: c.NoReadModels, SaveEvery: c.SaveEvery, Log: c.Log,
		Each:    each,
		MaySave: func() error { return n.store.Check() }, // the fold's files are found by their paths
	})
	n.folding.Store(n.replica)
	var err error
	n.store, err = open(ctx, n.replica.Feed)
	if err := errors.Join(err, n.replica.Fed()); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(folds, 0o700); err != nil {
		return nil, err
	}
	directory, err := n.openNames(ctx, c)
	if err != nil {
		return nil, err
	}
	n.replica.Know(directory)
	n.names.Store(directory)
	store := timed{observed{n.store.Log(), n.noteDamage}, clock.System(), n.metrics.Append}
	leads := c.leads()
	if n.member != nil {
		if err := n.member.join(ctx, c, n); err != nil {
			return nil, err
		}
		if !c.Follow {
			leads = n.member.election
		}
	}
	n.roles = &roles{
		lead: leads, store: store, replica: n.replica, log: c.Log,
		open: func(ctx context.Context) (*writer.Writer, error) {
			config := writer.Config{
				Store: store, Replica: n.replica, Parties: directory,
				Clock: n.guard, IDs: clock.NewIDs(c.Entropy), Entropy: c.Entropy,
				Log: c.Log, Software: c.Software, AcceptFuture: c.AcceptFuture,
				Usage: n.usage, Room: n.noRoom,
				Appending: both(n.metrics.Appending, c.Tracing.Appending),
			}
			if n.member != nil {
				return n.openAmong(ctx, config, directory)
			}
			return n.openWriter(ctx, directory, config)
		},
	}
	if n.member != nil {
		n.roles.others = among{n}
	}
	if err := n.roles.begin(ctx); err != nil {
		return nil, err
	}
	n.ready.Store(n.roles)
	return directory, nil
}

// openNames opens the directory of names, and makes sure that it has one for each party of the ledger.
func (n *Node) openNames(ctx context.Context, c Config) (*parties.Directory, error) {
	if n.member != nil {
		return n.openNamesAmong(ctx, c)
	}
	keys := c.Keys
	if keys == nil {
		keys = keyfile.In(c.Data)
	}
	directory, err := parties.Follow(ctx, n.store.Kept(), keys, c.Entropy)
	if err != nil {
		return nil, err
	}
	if err := directory.Beside(n.replica.Position() > 0, n.replica.Parties(), n.toldOfNames()); err != nil {
		return nil, err
	}
	return directory, nil
}

// GRPCAddr is the address on which gRPC is served.
func (n *Node) GRPCAddr() string { return n.grpc.Addr().String() }

// HTTPAddr is the address on which the pages and health are served; empty where they are not.
func (n *Node) HTTPAddr() string {
	if n.http == nil {
		return ""
	}
	return n.http.Addr().String()
}

// Ledger is how many commits the ledger has, each of which was flushed once, and its last position.
func (n *Node) Ledger() (commits, position uint64) {
	book := n.replica.Book()
	position = book.Position()
	return book.CommitOf(position), position
}
