package jetstream_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	natsd "github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/eventstore"
	"milepost.dev/eventstore/eventstoretest"
	"milepost.dev/eventstore/jetstream"
)

// TestCluster runs the suite on three servers, where a commit is what a quorum has. They are set up from
// text: a cluster made of options does not elect again after a restart.
func TestCluster(t *testing.T) {
	if testing.Short() {
		t.Skip("three servers")
	}
	var routes []string
	var ports [3]int
	for i := range ports {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ports[i] = l.Addr().(*net.TCPAddr).Port
		routes = append(routes, fmt.Sprintf("\"nats://127.0.0.1:%d\"", ports[i]))
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	var servers [3]*natsd.Server
	for i := range servers {
		dir := t.TempDir()
		config := filepath.Join(dir, "server.conf")
		text := fmt.Sprintf("server_name: n%d\nlisten: 127.0.0.1:-1\njetstream { store_dir: %q }\ncluster { name: test, listen: \"127.0.0.1:%d\", routes: [%s] }\n",
			i, dir, ports[i], strings.Join(routes, ", "))
		if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		o, err := natsd.ProcessConfigFile(config)
		if err != nil {
			t.Fatal(err)
		}
		o.NoSigs, o.NoLog = true, true
		if servers[i], err = natsd.NewServer(o); err != nil {
			t.Fatal(err)
		}
		servers[i].Start()
		t.Cleanup(func() { servers[i].Shutdown(); servers[i].WaitForShutdown() })
	}
	conn, err := nats.Connect(servers[0].ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)

	eventstoretest.Run(t, func(t *testing.T) eventstore.Log {
		js := admin(t, conn)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		log, err := attempt(ctx, conn)
		for err != nil && ctx.Err() == nil { // until a leader is elected that knows all three servers
			log, err = attempt(ctx, conn)
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := js.DeleteStream(context.Background(), jetstream.LedgerStream); err != nil {
				t.Error(err)
			}
		})
		if log.Durability() != ledgerv1.Durability_DURABILITY_QUORUM {
			t.Errorf("durability %q", log.Durability())
		}
		return log
	})
}

// attempt gives up soon: a cluster without a leader does not answer at all.
func attempt(ctx context.Context, conn *nats.Conn) (*jetstream.Log, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	log, err := jetstream.Open(ctx, conn, jetstream.Options{})
	if err != nil {
		return nil, err
	}
	// The stream is there before all servers know where to send what is published to it. A number that
	// is not the next stores nothing, and its refusal says that they do.
	if err := log.Append(ctx, 1000, []byte("are you there?")); !errors.Is(err, eventstore.ErrConflict) {
		return nil, fmt.Errorf("not yet: %w", err)
	}
	return log, nil
}
