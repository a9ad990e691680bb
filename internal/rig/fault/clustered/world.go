package clustered

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"milepost.dev/internal/client"
	"milepost.dev/internal/rig/fault"
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
	// Slot is which of the worlds beside each other this is, of Slots: each has ports of its own. Both are 0 where there is only one.
	Slot, Slots int
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

// Ports below those that systems give out by themselves: a process that is started again must find its own free.
const lowestPort, ports = 20000, 12000

// freePorts are addresses on loopback that nothing listens at, and that no world beside this one takes.
func (c Config) freePorts(random *rand.Rand, n int) (all []string, err error) {
	each := ports / max(c.Slots, 1)
	for tries := 0; len(all) < n; tries++ {
		l, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", lowestPort+c.Slot*each+random.IntN(each)))
		switch {
		case err == nil:
			defer l.Close()
			all = append(all, l.Addr().String())
		case tries > 100*n:
			return nil, err
		}
	}
	return all, nil
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
	ports, err := c.freePorts(w.random, 4*Members+2*Nodes+1)
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

// placeServers lays the servers out, each with links to the others.
func (w *World) placeServers(ports []string) (err error) {
	nowhere := ports[3*Members] // what servers tell each other of their addresses leads nowhere, so that only links are used
	for i := range w.servers {
		s := &server{client: ports[3*i], route: ports[3*i+1], monitor: ports[3*i+2], store: filepath.Join(w.Dir, fmt.Sprint("nats-", i))}
		w.servers[i] = s
		s.process = process{name: fmt.Sprint("n", i), dir: w.Dir}
	}
	for i, s := range w.servers {
		var routes []string
		for j, other := range w.servers {
			if i == j {
				continue
			}
			if w.routes[i][j], err = newLink(other.route); err != nil {
				return err
			}
			routes = append(routes, fmt.Sprintf("\"nats://%s\"", w.routes[i][j].address()))
		}
		text := fmt.Sprintf(`server_name: n%d
listen: %q
http: %q
max_payload: 4MB
ping_interval: "2s"
ping_max: 2
write_deadline: "2s"
lame_duck_duration: "30s"
lame_duck_grace_period: "1s"
jetstream { store_dir: %q, sync_interval: always }
cluster { name: c, listen: %q, advertise: %q, no_advertise: true, pool_size: 1, routes: [%s] }
`, i, s.client, s.monitor, filepath.Join(s.store, "ledger"), s.route, nowhere, strings.Join(routes, ", "))
		config := filepath.Join(w.Dir, fmt.Sprintf("n%d.conf", i))
		if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			return err
		}
		s.args = []string{w.NATS, "-c", config}
	}
	return nil
}

// placeNodes lays the nodes out, each with links to every server, and one through which the others ask it.
func (w *World) placeNodes(ports []string) (err error) {
	for i := range w.nodes {
		n := &node{grpc: ports[1+2*i], http: ports[2+2*i], data: filepath.Join(w.Dir, fmt.Sprint("node-", i))}
		w.nodes[i] = n
		var urls []string
		for j, s := range w.servers {
			if w.clients[i][j], err = newLink(s.client); err != nil {
				return err
			}
			urls = append(urls, "nats://"+w.clients[i][j].address())
		}
		n.clock = filepath.Join(w.Dir, fmt.Sprint("clock-", i))
		n.process = process{name: fmt.Sprint("node-", i), dir: w.Dir, env: []string{"XDG_STATE_HOME=" + w.state, fault.ClockFile + "=" + n.clock}}
		n.args = []string{
			w.Milepost, "serve", "--data", n.data, "--listen", n.grpc, "--http", n.http, "--drain", "3s", "--nats", strings.Join(urls, ","),
			"--nats-monitor", w.monitors(), "--log-level", "info",
		}
		if n.conn, err = grpc.NewClient(n.grpc, client.WithLocalToken(filepath.Join(w.state, "milepost", "local"), n.grpc),
			grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithConnectParams(quickly()), grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(64<<20))); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) monitors() string {
	var urls []string
	for _, s := range w.servers {
		urls = append(urls, "http://"+s.monitor)
	}
	return strings.Join(urls, ",")
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
