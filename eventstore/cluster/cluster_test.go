package cluster_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/eventstore"
	"milepost.dev/eventstore/cluster"
	"milepost.dev/eventstore/eventstoretest"
	"milepost.dev/eventstore/jetstream"
	"milepost.dev/internal/rig/natstest"
)

func ignore(*eventstore.Commit) error { return nil }

// options are those of a node that may ask the servers whether they sync.
func options(servers *natstest.Cluster) cluster.Options {
	return cluster.Options{Connect: cluster.Connect{URLs: servers.URLs()}, Monitors: servers.Monitors()}
}

// begin begins a ledger with one opening.
func begin(ctx context.Context, log eventstore.Log, _ eventstore.Kept) error {
	_, err := eventstore.TakeOver(ctx, log, &eventstore.Chain{}, eventstoretest.Opening(), ignore)
	return err
}

func initialise(t *testing.T, servers *natstest.Cluster) {
	t.Helper()
	made, err := cluster.Init(t.Context(), options(servers), cluster.Placing{}, begin)
	if err != nil {
		t.Fatal(err)
	}
	if len(made.Streams) != 3 || !made.Synced {
		t.Fatalf("it made %+v", made)
	}
}

func open(t *testing.T, servers *natstest.Cluster, dir string) *cluster.Store {
	t.Helper()
	s, err := cluster.Open(t.Context(), dir, options(servers))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return s
}

// What begins a ledger is asked for: a node makes nothing in an account without one, and remembers which ledger it has seen.
func TestALedgerOnACluster(t *testing.T) {
	if testing.Short() {
		t.Skip("three servers")
	}
	t.Parallel() // it mostly waits
	servers := natstest.Start(t, natstest.Options{})
	dir := t.TempDir()
	for range 2 { // the first try left nothing behind
		_, err := cluster.Open(t.Context(), dir, options(servers))
		if _, ok := errors.AsType[*cluster.Empty](err); !ok || !strings.Contains(err.Error(), "milepost cluster init") {
			t.Fatalf("in an empty account: %v", err)
		}
	}
	initialise(t, servers)
	s := open(t, servers, dir)
	if s.Log().Durability() != ledgerv1.Durability_DURABILITY_QUORUM {
		t.Errorf("durability %s", s.Log().Durability())
	}
	chain := &eventstore.Chain{}
	ledger, err := eventstore.TakeOver(t.Context(), s.Log(), chain, eventstoretest.Opening(), ignore)
	if err != nil {
		t.Fatal(err)
	}
	appendOne := func(i int) {
		t.Helper()
		commit, err := ledger.Append(t.Context(), []eventstore.Request{eventstoretest.Request(fmt.Sprint("r", i), "p", "x")})
		for errors.Is(err, eventstore.ErrUnknown) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			commit, err = ledger.Resolve(ctx)
			cancel()
		}
		if err != nil {
			t.Fatal(err)
		}
		s.Remember(cluster.Mark{Number: commit.Number, Digest: commit.Digest, Term: commit.Term, Origin: chain.Origin})
	}
	appendOne(1)

	t.Run("the term of who may answer only rises", func(t *testing.T) {
		for _, tt := range []struct {
			term uint64
			want error
		}{{2, nil}, {2, nil}, {3, nil}, {2, eventstore.ErrFenced}, {3, nil}} {
			if err := s.Claim().Store(t.Context(), tt.term); !errors.Is(err, tt.want) {
				t.Errorf("term %d: %v, want %v", tt.term, err, tt.want)
			}
		}
	})
	t.Run("what is kept is revised", func(t *testing.T) {
		eventstoretest.RunRevised(t, func(*testing.T) eventstore.Revised { return s.Kept().(eventstore.Revised) })
	})
	t.Run("the leader stops", func(t *testing.T) {
		leader := servers.LeaderOf("$G", "MILEPOST_LEDGER")
		servers.Stop(leader)
		appendOne(2)
		servers.Wipe(leader)
		servers.Run(leader)
		appendOne(3)
	})
	t.Run("a second process on the directory", func(t *testing.T) {
		if _, err := cluster.Open(t.Context(), dir, options(servers)); err == nil || !strings.Contains(err.Error(), "in use by") {
			t.Errorf("%v", err)
		}
	})
	t.Run("a node that has seen more", func(t *testing.T) {
		other := t.TempDir()
		seen := open(t, servers, other)
		seen.Remember(cluster.Mark{Number: 1000, Origin: chain.Origin})
		if err := seen.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, err := cluster.Open(t.Context(), other, options(servers))
		if behind, ok := errors.AsType[*cluster.Behind](err); !ok || behind.Seen != 1000 {
			t.Errorf("%v", err)
		}
	})
	t.Run("a node that has seen another commit", func(t *testing.T) {
		other := t.TempDir()
		seen := open(t, servers, other)
		seen.Remember(cluster.Mark{Number: 2, Digest: eventstore.Digest{1}, Origin: chain.Origin})
		if err := seen.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, err := cluster.Open(t.Context(), other, options(servers))
		if _, ok := errors.AsType[*cluster.Forked](err); !ok {
			t.Errorf("%v", err)
		}
	})
	t.Run("a node of another ledger", func(t *testing.T) {
		other := t.TempDir()
		seen := open(t, servers, other)
		seen.Remember(cluster.Mark{Number: 2, Digest: eventstore.Digest{1}, Origin: []byte("another's origin")})
		if err := seen.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, err := cluster.Open(t.Context(), other, options(servers))
		if _, ok := errors.AsType[*cluster.OtherLedger](err); !ok {
			t.Errorf("%v", err)
		}
		o := options(servers)
		o.Rejoin = true
		again, err := cluster.Open(t.Context(), other, o)
		if err != nil {
			t.Fatal(err)
		}
		if err := again.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(filepath.Join(other, fmt.Sprintf("ACKNOWLEDGED.%x", "another's origin"))); err != nil {
			t.Errorf("what it remembered: %v", err)
		}
	})
	t.Run("without knowing whether they sync", func(t *testing.T) {
		o := options(servers)
		o.Monitors = nil
		_, err := cluster.Open(t.Context(), t.TempDir(), o)
		if _, ok := errors.AsType[*cluster.Unsynced](err); !ok {
			t.Errorf("%v", err)
		}
		o.AcceptUnsynced = true
		unsure, err := cluster.Open(t.Context(), t.TempDir(), o)
		if err != nil {
			t.Fatal(err)
		}
		if d := unsure.Log().Durability(); d != ledgerv1.Durability_DURABILITY_QUORUM_UNSYNCED {
			t.Errorf("durability %s", d)
		}
		if err := unsure.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
	t.Run("a stream that is changed, and one that is deleted, while a node runs", func(t *testing.T) {
		conn, err := nats.Connect(strings.Join(servers.URLs(), ","))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		js, err := natsjs.New(conn)
		if err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			do   func() error
			want string
		}{
			{func() error {
				stream, err := js.Stream(t.Context(), "MILEPOST_LEDGER")
				if err != nil {
					return err
				}
				c := stream.CachedInfo().Config
				c.MaxMsgs = 1_000_000
				_, err = js.UpdateStream(t.Context(), c)
				return err
			}, "MaxMsgs is 1000000 and must be -1"},
			{func() error { return js.DeleteStream(t.Context(), "MILEPOST_LEDGER") }, "was deleted"},
		} {
			runs := s
			if tt.want == "was deleted" { // the one before has ended, and what it found is mended
				stream, err := js.Stream(t.Context(), "MILEPOST_LEDGER")
				if err != nil {
					t.Fatal(err)
				}
				c := stream.CachedInfo().Config
				c.MaxMsgs = -1
				if _, err := js.UpdateStream(t.Context(), c); err != nil {
					t.Fatal(err)
				}
				runs = open(t, servers, t.TempDir())
			}
			if err := tt.do(); err != nil {
				t.Fatal(err)
			}
			select {
			case <-runs.Lost():
			case <-time.After(20 * time.Second):
				t.Fatalf("nobody noticed that it %s", tt.want)
			}
			if err := runs.Failure(); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v; want that it %s", err, tt.want)
			}
		}
	})
}

// What an operator may choose, and what a later server adds, is no drift; what could lose a commit is.
func TestWhatMayDiffer(t *testing.T) {
	want := jetstream.LedgerConfig(3)
	for name, tt := range map[string]struct {
		change func(*natsjs.StreamConfig)
		drifts bool
	}{
		"placement":   {func(c *natsjs.StreamConfig) { c.Placement = &natsjs.Placement{Tags: []string{"ssd"}} }, false},
		"description": {func(c *natsjs.StreamConfig) { c.Description = "ours" }, false},
		"compression": {func(c *natsjs.StreamConfig) { c.Compression = natsjs.S2Compression }, false},
		"a limit":     {func(c *natsjs.StreamConfig) { c.MaxAge = time.Hour }, true},
		"purges":      {func(c *natsjs.StreamConfig) { c.DenyPurge = false }, true},
		"replicas":    {func(c *natsjs.StreamConfig) { c.Replicas = 1 }, true},
		"direct gets": {func(c *natsjs.StreamConfig) { c.AllowDirect = true }, true},
		"a mirror":    {func(c *natsjs.StreamConfig) { c.Mirror = &natsjs.StreamSource{Name: "OTHER"} }, true},
	} {
		have := want
		tt.change(&have)
		if err := jetstream.CheckOutside(want, have); (err != nil) != tt.drifts {
			t.Errorf("%s: %v", name, err)
		}
	}
}
