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
)

// Members and Nodes are how many NATS servers and how many milepost nodes there are.
const (
	Members = 3
	Nodes   = 3
)

// Config is what a world is made of.
type Config struct {
	Seed           uint64
	Milepost, NATS string // binaries
	Dir            string
}

// server is a NATS server.
type server struct {
	process
	client, route string // addresses
	monitor       string
	store         string
}

// node is a milepost node.
type node struct {
	process
	grpc, http string
	data       string
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
}

// freePorts are addresses on loopback that nothing listens at.
func freePorts(n int) (all []string, err error) {
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close()
		all = append(all, l.Addr().String())
	}
	return all, nil
}

// New starts a world, with an empty ledger.
func New(ctx context.Context, c Config) (w *World, err error) {
	w = &World{Config: c, random: rand.New(rand.NewPCG(c.Seed, 1)), began: time.Now(), state: filepath.Join(c.Dir, "state")}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.Close())
		}
	}()
	if w.log, err = os.Create(filepath.Join(c.Dir, "processes.log")); err != nil {
		return w, err
	}
	ports, err := freePorts(4*Members + 2*Nodes + 1)
	if err != nil {
		return w, err
	}
	if err := w.placeServers(ports[:4*Members]); err != nil {
		return w, err
	}
	if err := w.placeNodes(ports[3*Members:]); err != nil {
		return w, err
	}
	for _, s := range w.servers {
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
		s.process = process{name: fmt.Sprint("n", i), log: w.log}
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
		n.process = process{name: fmt.Sprint("node ", i), log: w.log, env: []string{"XDG_STATE_HOME=" + w.state}}
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
	if w.log != nil {
		return w.log.Close()
	}
	return nil
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

// leader is the server that leads the ledger's stream; -1 where none answers that it does.
func (w *World) leader(ctx context.Context) int {
	for i, s := range w.servers {
		if s.cmd == nil {
			continue
		}
		var told struct {
			Accounts []struct {
				Streams []struct {
					Name    string `json:"name"`
					Cluster struct {
						Leader string `json:"leader"`
					} `json:"cluster"`
				} `json:"stream_detail"`
			} `json:"account_details"`
		}
		if get(ctx, "http://"+s.monitor+"/jsz?streams=1", &told) != nil {
			continue
		}
		for _, a := range told.Accounts {
			for _, stream := range a.Streams {
				if stream.Name == "MILEPOST_LEDGER" && stream.Cluster.Leader == fmt.Sprint("n", i) {
					return i
				}
			}
		}
	}
	return -1
}

// writer is the node that writes; -1 where none says so.
func (w *World) writer(ctx context.Context) int {
	for i, n := range w.nodes {
		if n.cmd == nil {
			continue
		}
		var told struct {
			Node struct {
				Role string `json:"role"`
			} `json:"node"`
		}
		if get(ctx, "http://"+n.http+"/readyz", &told) == nil && told.Node.Role == "writing" {
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
