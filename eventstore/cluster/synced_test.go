package cluster_test

import (
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"

	"milepost.dev/eventstore/cluster"
	"milepost.dev/internal/rig/natstest"
)

var quiet = slog.New(slog.DiscardHandler)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// On servers that sync as NATS does by itself, every two minutes, no ledger is begun and no node starts, and the server is named; unless
// somebody accepts that, and then every receipt says so.
func TestServersThatSyncNowAndThen(t *testing.T) {
	if testing.Short() {
		t.Skip("three servers")
	}
	t.Parallel() // it mostly waits
	servers := natstest.Start(t, natstest.Options{Unsynced: true})
	refused := func(what string, err error) {
		t.Helper()
		if unsynced, ok := errors.AsType[*cluster.Unsynced](err); !ok || !strings.Contains(unsynced.Why, "syncs only now and then") {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err := cluster.Init(t.Context(), options(servers), cluster.Placing{}, begin)
	refused("a ledger is begun", err)
	accepting := options(servers)
	accepting.AcceptUnsynced = true
	if made, err := cluster.Init(t.Context(), accepting, cluster.Placing{}, begin); err != nil || made.Synced {
		t.Fatalf("%+v, %v", made, err)
	}
	_, err = cluster.Open(t.Context(), t.TempDir(), options(servers))
	refused("a node starts", err)
	s, err := cluster.Open(t.Context(), t.TempDir(), accepting)
	if err != nil {
		t.Fatal(err)
	}
	if s.Health().Unsynced == "" {
		t.Error("a node that accepts it does not say so")
	}
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// Who a node is to the NATS servers is in a file: a user and a password, the seed of an NKey, or what nsc writes. Anything else is
// refused, and not taken for a user without a password.
func TestCredentialsOfAFile(t *testing.T) {
	for text, want := range map[string]string{"": "holds neither", "milepost": "holds neither", "SUNOTASEED": "no seed", "a:b\nc:d": "holds neither"} {
		path := t.TempDir() + "/nats.creds"
		write(t, path, text)
		if _, err := (cluster.Connect{URLs: []string{"nats://127.0.0.1:1"}, Credentials: path}).Dial(quiet); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	path := t.TempDir() + "/nats.creds"
	write(t, path, "milepost:a password: of several parts\n")
	conn, err := (cluster.Connect{URLs: []string{"nats://127.0.0.1:1"}, Credentials: path}).Dial(quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if conn.Opts.User != "milepost" || conn.Opts.Password != "a password: of several parts" {
		t.Errorf("%q connects with %q", conn.Opts.User, conn.Opts.Password)
	}
}
