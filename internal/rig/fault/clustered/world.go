package clustered

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"google.golang.org/grpc"
)

// Members and Nodes are how many NATS servers and how many milepost nodes there are.
const (
	Members = 3
	Nodes   = 3
)

// callers is how many state and ask at once, unless a world is made of another number.
const callers = 6

// Config is what a world is made of.
type Config struct {
	Seed           uint64
	Milepost, NATS string // binaries
	Dir            string
	// MilepostBefore and NATSBefore are the versions before, and MilepostClock is one whose clock a file sets; empty where they
	// were not built.
	MilepostBefore, NATSBefore, MilepostClock string
	// Callers is how many state and ask at once; callers where 0.
	Callers int
	// Disks puts what each NATS server stores on a disk that can lose its power.
	Disks bool
}

// server is a NATS server.
type server struct {
	process
	client, route string // addresses
	monitor       string
	store         string
	disk          *powered // nil where it stores on the machine's own
}

// node is a milepost node.
type node struct {
	process
	grpc, http string
	data       string
	clock      string // file that says by how much its clock is wrong
	conn       *grpc.ClientConn
}

// World is three servers, three nodes, and what goes between them.
type World struct {
	Config
	random  *rand.Rand
	servers [Members]*server
	nodes   [Nodes]*node
	routes  [Members][Members]*link // from, to
	clients [Nodes][Members]*link   // from a node to a server
	state   string
	began   time.Time
	log     *os.File
	load    *Load // nil before Start
	say     func(format string, of ...any)
}

// New starts a world, with an empty ledger.
func New(ctx context.Context, c Config) (w *World, err error) {
	w = &World{Config: c, say: func(string, ...any) {}, random: rand.New(rand.NewPCG(c.Seed, 1)), began: time.Now(), state: filepath.Join(c.Dir, "state")}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.Close())
		}
	}()
	if w.log, err = os.Create(filepath.Join(c.Dir, "processes.log")); err != nil {
		return w, err
	}
	ports, err := freePorts(w.random, 4*Members+2*Nodes+1)
	if err != nil {
		return w, err
	}
	if err := w.placeServers(ports[:4*Members]); err != nil {
		return w, err
	}
	if err := w.placeNodes(ports[3*Members:]); err != nil {
		return w, err
	}
	for i, s := range w.servers {
		if c.Disks {
			if err := w.powerUp(i); err != nil {
				return w, err
			}
		}
		if err := s.run(); err != nil {
			return w, err
		}
	}
	if err := w.begin(ctx); err != nil {
		return w, err
	}
	for _, n := range w.nodes {
		if err := n.run(); err != nil {
			return w, err
		}
	}
	return w, nil
}

// begin makes the ledger, as a person does.
func (w *World) begin(ctx context.Context) error {
	var urls []string
	for _, s := range w.servers {
		urls = append(urls, "nats://"+s.client)
	}
	for {
		command := exec.CommandContext(ctx, w.Milepost, "cluster", "init", "--nats", strings.Join(urls, ","), "--nats-monitor", w.monitors())
		command.Stdout, command.Stderr = w.log, w.log
		err := command.Run()
		if err == nil || ctx.Err() != nil {
			return err
		}
		if err := pause(ctx, 500*time.Millisecond); err != nil { // until the servers are there
			return err
		}
	}
}

// Close ends every process, and then the links.
func (w *World) Close() error {
	for _, n := range w.nodes {
		if n == nil {
			continue
		}
		n.resume()
		n.kill()
		if n.conn != nil {
			n.conn.Close()
		}
	}
	for _, s := range w.servers {
		if s != nil {
			s.resume()
			s.kill()
		}
	}
	for _, l := range w.links() {
		l.close()
	}
	var errs []error
	for _, s := range w.servers {
		if s != nil && s.disk != nil {
			errs = append(errs, s.disk.mount.Unmount())
		}
	}
	if w.log != nil {
		errs = append(errs, w.log.Close())
	}
	return errors.Join(errs...)
}

func (w *World) links() (all []*link) {
	add := func(l *link) {
		if l != nil {
			all = append(all, l)
		}
	}
	for i := range w.routes {
		for _, l := range w.routes[i] {
			add(l)
		}
	}
	for i := range w.clients {
		for _, l := range w.clients[i] {
			add(l)
		}
	}
	return all
}

// isolateServer cuts a server off from the others and from every node; or mends that.
func (w *World) isolateServer(i int, s state) {
	for j := range Members {
		if j != i {
			w.routes[i][j].set(s)
			w.routes[j][i].set(s)
		}
	}
	for n := range Nodes {
		w.clients[n][i].set(s)
	}
}

// isolateNode cuts a node off from the servers; or mends that.
func (w *World) isolateNode(i int, s state) {
	for _, l := range w.clients[i] {
		l.set(s)
	}
}

// stepDown asks the leader of the ledger's stream to give it up.
func (w *World) stepDown(ctx context.Context, at int) error {
	conn, err := nats.Connect("nats://" + w.servers[at].client)
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = conn.RequestWithContext(ctx, "$JS.API.STREAM.LEADER.STEPDOWN.MILEPOST_LEDGER", nil)
	return err
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
