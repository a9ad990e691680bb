// Package natstest runs a cluster of three NATS servers inside a test, which the test may stop, start again and empty.
package natstest

import (
	"fmt"
	"hash/fnv"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	natsd "github.com/nats-io/nats-server/v2/server"
)

// Members is how many servers there are.
const Members = 3

// Cluster is three servers with JetStream, on loopback.
type Cluster struct {
	t       testing.TB
	dirs    [Members]string
	configs [Members]string
	ports   [Members]int
	servers [Members]*natsd.Server
}

// Options of a cluster.
type Options struct {
	// Unsynced leaves the servers' own setting of when they sync.
	Unsynced bool
	// Accounts is text for the configuration, such as accounts and users.
	Accounts string
}

// Start starts three servers, and stops them when the test ends. They are set up from text: a cluster made of options does not
// elect again after a restart.
func Start(t testing.TB, o Options) *Cluster {
	t.Helper()
	c := &Cluster{t: t}
	var routes [Members]int
	free := ports(t)
	copy(c.ports[:], free[:Members])
	copy(routes[:], free[Members:])
	var urls []string
	for _, port := range routes {
		urls = append(urls, fmt.Sprintf("\"nats://127.0.0.1:%d\"", port))
	}
	sync := "sync_interval: always"
	if o.Unsynced {
		sync = ""
	}
	for i := range c.dirs {
		c.dirs[i] = t.TempDir()
		c.configs[i] = filepath.Join(t.TempDir(), "server.conf")
		text := fmt.Sprintf("server_name: n%d\nlisten: \"127.0.0.1:%d\"\nhttp: \"127.0.0.1:-1\"\nmax_payload: 4MB\njetstream { store_dir: %q\n %s }\ncluster { name: test, listen: \"127.0.0.1:%d\", routes: [%s] }\n%s\n",
			i, c.ports[i], c.dirs[i], sync, routes[i], strings.Join(urls, ", "), o.Accounts)
		if err := os.WriteFile(c.configs[i], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for i := range c.servers {
		c.Run(i)
	}
	t.Cleanup(func() {
		for i := range c.servers {
			c.Stop(i)
		}
	})
	return c
}

// ports finds free ports, below those that systems give out by themselves. They stay free while a server is stopped, and it finds its own again: the
// first port of each block is held until the test ends, and who finds it held takes another block.
func ports(t testing.TB) []int {
	t.Helper()
	const lowest, blocks, block = 20000, 1500, 8
	begins := fnv.New32a() // apart from those of other tests and processes
	fmt.Fprint(begins, os.Getpid(), t.Name())
	for i := range blocks {
		first := lowest + (int(begins.Sum32()%blocks)+i)%blocks*block
		held, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", first))
		if err != nil {
			continue
		}
		free := make([]int, 0, 2*Members)
		for port := first + 1; port <= first+2*Members; port++ {
			if l, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", port)); err == nil && l.Close() == nil {
				free = append(free, port)
			}
		}
		if len(free) < 2*Members {
			_ = held.Close() // it was only looked at
			continue
		}
		t.Cleanup(func() { _ = held.Close() }) // nobody connected to it
		return free
	}
	t.Fatal("there are no free ports")
	return nil
}

// URLs are the addresses of the servers for clients, in one list.
func (c *Cluster) URLs() []string {
	var urls []string
	for _, port := range c.ports {
		urls = append(urls, fmt.Sprintf("nats://127.0.0.1:%d", port))
	}
	return urls
}

// Monitors are the addresses at which the servers that run tell about themselves.
func (c *Cluster) Monitors() []string {
	var urls []string
	for _, s := range c.servers {
		if s != nil {
			urls = append(urls, fmt.Sprintf("http://%s", s.MonitorAddr()))
		}
	}
	return urls
}

// Run starts a server, which goes on with its directory.
func (c *Cluster) Run(i int) {
	c.t.Helper()
	if c.servers[i] != nil {
		return
	}
	o, err := natsd.ProcessConfigFile(c.configs[i])
	if err != nil {
		c.t.Fatal(err)
	}
	o.NoSigs, o.NoLog = true, true
	s, err := natsd.NewServer(o)
	if err != nil {
		c.t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(30 * time.Second) {
		c.t.Fatalf("server n%d did not start", i)
	}
	c.servers[i] = s
}

// Stop stops a server, and returns when it has.
func (c *Cluster) Stop(i int) {
	if c.servers[i] == nil {
		return
	}
	c.servers[i].Shutdown()
	c.servers[i].WaitForShutdown()
	c.servers[i] = nil
}

// Wipe removes everything that a stopped server has stored.
func (c *Cluster) Wipe(i int) {
	c.t.Helper()
	if err := os.RemoveAll(c.dirs[i]); err != nil {
		c.t.Fatal(err)
	}
}

// Dir is where a server stores.
func (c *Cluster) Dir(i int) string { return c.dirs[i] }

// LeaderOf is the server that leads a stream at the moment; -1 where none does.
func (c *Cluster) LeaderOf(account, stream string) int {
	for i, s := range c.servers {
		if s != nil && s.JetStreamIsStreamLeader(account, stream) {
			return i
		}
	}
	return -1
}

// StepDown makes the leader of a stream give up leading.
func (c *Cluster) StepDown(account, stream string) error {
	i := c.LeaderOf(account, stream)
	if i < 0 {
		return fmt.Errorf("no server leads %s", stream)
	}
	return c.servers[i].JetStreamStepdownStream(account, stream)
}
