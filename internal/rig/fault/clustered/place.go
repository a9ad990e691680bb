package clustered

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"milepost.dev/internal/client"
	"milepost.dev/internal/rig/fault"
)

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
