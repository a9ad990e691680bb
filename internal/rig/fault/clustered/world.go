package clustered

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
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

// freePorts are addresses on loopback that nothing listens at.
func freePorts(random *rand.Rand, n int) (all []string, err error) {
	for tries := 0; len(all) < n; tries++ {
		l, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", lowestPort+random.IntN(ports)))
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

// led is what a server tells of the ledger's stream.
type led struct {
	Leader   string `json:"leader"`
	Replicas []struct {
		Current bool `json:"current"`
		Offline bool `json:"offline"`
	} `json:"replicas"`
}

// stream asks a server about the ledger's stream; nothing where it does not answer.
func (w *World) stream(ctx context.Context, i int) (of led) {
	var told struct {
		Accounts []struct {
			Streams []struct {
				Name    string `json:"name"`
				Cluster led    `json:"cluster"`
			} `json:"stream_detail"`
		} `json:"account_details"`
	}
	if s := w.servers[i]; s.cmd == nil || get(ctx, "http://"+s.monitor+"/jsz?streams=1", &told) != nil {
		return of
	}
	for _, a := range told.Accounts {
		for _, stream := range a.Streams {
			if stream.Name == "MILEPOST_LEDGER" {
				return stream.Cluster
			}
		}
	}
	return of
}

// leader is the server that leads the ledger's stream; -1 where none answers that it does.
func (w *World) leader(ctx context.Context) int {
	for i := range w.servers {
		if w.stream(ctx, i).Leader == fmt.Sprint("n", i) {
			return i
		}
	}
	return -1
}

// replicas is how many servers have everything that the leader has, beside it.
func (w *World) replicas(ctx context.Context) (current int) {
	i := w.leader(ctx)
	if i < 0 {
		return 0
	}
	for _, r := range w.stream(ctx, i).Replicas {
		if r.Current && !r.Offline {
			current++
		}
	}
	return current
}

// told is what a node tells at /readyz.
type told struct {
	Commands, Ledger struct {
		State string `json:"state"`
	}
	Node struct {
		Role string `json:"role"`
	} `json:"node"`
}

func (t told) ready() bool { return t.Node.Role != "" }

// tells asks a node; nothing where it does not answer.
func (n *node) tells(ctx context.Context) (t told) {
	if n.cmd != nil {
		_ = get(ctx, "http://"+n.http+"/readyz", &t)
	}
	return t
}

// writer is the node that writes; -1 where none says so.
func (w *World) writer(ctx context.Context) int {
	for i, n := range w.nodes {
		if n.tells(ctx).Node.Role == "writing" {
			return i
		}
	}
	return -1
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

func get(ctx context.Context, address string, into any) (err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	response, err := (&http.Client{}).Do(request)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	return json.NewDecoder(io.LimitReader(response.Body, 4<<20)).Decode(into)
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
