package jetstream_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	natsd "github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/eventstore"
	"milepost.dev/eventstore/eventstoretest"
	"milepost.dev/eventstore/jetstream"
)

var unsynced = jetstream.Options{Replicas: 1, AcceptUnsynced: true}

// serve runs a server over a directory until stop, or the end of the test.
func serve(t *testing.T, dir string) (conn *nats.Conn, stop func()) {
	t.Helper()
	s, err := natsd.NewServer(&natsd.Options{DontListen: true, NoSigs: true, JetStream: true, StoreDir: dir, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server did not start")
	}
	conn, err = nats.Connect("", nats.InProcessServer(s), nats.NoReconnect())
	if err != nil {
		t.Fatal(err)
	}
	stop = func() { conn.Close(); s.Shutdown(); s.WaitForShutdown() }
	t.Cleanup(stop)
	return conn, stop
}

func admin(t *testing.T, conn *nats.Conn) natsjs.JetStream {
	t.Helper()
	js, err := natsjs.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	return js
}

func open(t *testing.T, conn *nats.Conn) *jetstream.Log {
	t.Helper()
	log, err := jetstream.Open(t.Context(), conn, unsynced)
	if err != nil {
		t.Fatal(err)
	}
	return log
}

func TestLog(t *testing.T) {
	eventstoretest.Run(t, func(t *testing.T) eventstore.Log {
		conn, _ := serve(t, t.TempDir())
		return open(t, conn)
	})
}

func TestFewReplicasAreExplicit(t *testing.T) {
	conn, _ := serve(t, t.TempDir())
	if _, err := jetstream.Open(t.Context(), conn, jetstream.Options{Replicas: 1}); err == nil {
		t.Error("one replica on a server that may not sync was taken in silence")
	}
	if got := open(t, conn).Durability(); got != ledgerv1.Durability_DURABILITY_UNSYNCED {
		t.Errorf("durability %v", got)
	}
	log, err := jetstream.Open(t.Context(), conn, jetstream.Options{Replicas: 1, Synced: true})
	if err != nil || log.Durability() != ledgerv1.Durability_DURABILITY_FSYNC {
		t.Errorf("%v, %v", log, err)
	}
	var drift *jetstream.Drift
	if _, err := jetstream.Open(t.Context(), conn, jetstream.Options{}); !errors.As(err, &drift) || drift.Fields[0].Field != "Replicas" {
		t.Errorf("three replicas wanted of a stream with one: %v", err)
	}
}

func TestDrift(t *testing.T) {
	for field, change := range map[string]func(*natsjs.StreamConfig){
		"MaxAge":             func(c *natsjs.StreamConfig) { c.MaxAge = time.Hour },
		"MaxMsgs":            func(c *natsjs.StreamConfig) { c.MaxMsgs = 1000 },
		"MaxBytes":           func(c *natsjs.StreamConfig) { c.MaxBytes = 1 << 30 },
		"MaxMsgsPerSubject":  func(c *natsjs.StreamConfig) { c.MaxMsgsPerSubject = 5 },
		"MaxMsgSize":         func(c *natsjs.StreamConfig) { c.MaxMsgSize = 1000 },
		"Discard":            func(c *natsjs.StreamConfig) { c.Discard = natsjs.DiscardOld },
		"Duplicates":         func(c *natsjs.StreamConfig) { c.Duplicates = time.Minute },
		"AllowDirect":        func(c *natsjs.StreamConfig) { c.AllowDirect = true },
		"AllowAtomicPublish": func(c *natsjs.StreamConfig) { c.AllowAtomicPublish = true },
		"Subjects":           func(c *natsjs.StreamConfig) { c.Subjects = append(c.Subjects, "milepost.other") },
		"Description":        func(c *natsjs.StreamConfig) { c.Description = "mine" },
		"Compression":        func(c *natsjs.StreamConfig) { c.Compression = natsjs.S2Compression },
		"Metadata":           func(c *natsjs.StreamConfig) { c.Metadata = map[string]string{"a": "b"} },
		"NoAck":              func(c *natsjs.StreamConfig) { c.NoAck = true },
		"Sealed":             func(c *natsjs.StreamConfig) { c.Sealed = true },
		"RePublish":          func(c *natsjs.StreamConfig) { c.RePublish = &natsjs.RePublish{Destination: "copy.>"} },
		"SubjectTransform": func(c *natsjs.StreamConfig) {
			c.SubjectTransform = &natsjs.SubjectTransformConfig{Source: ">", Destination: "x.>"}
		},
	} {
		t.Run(field, func(t *testing.T) {
			conn, _ := serve(t, t.TempDir())
			open(t, conn)
			js := admin(t, conn)
			config := jetstream.LedgerConfig(1)
			change(&config)
			if _, err := js.UpdateStream(t.Context(), config); err != nil {
				t.Fatal(err)
			}
			var drift *jetstream.Drift
			if _, err := jetstream.Open(t.Context(), conn, unsynced); !errors.As(err, &drift) {
				t.Fatalf("not refused: %v", err)
			}
			named := false
			for _, f := range drift.Fields {
				named = named || f.Field == field
			}
			if !named {
				t.Errorf("%v does not name %s", drift, field)
			}
		})
	}
}

// TestNothingCanBeRemoved holds what the configuration is for.
func TestNothingCanBeRemoved(t *testing.T) {
	conn, _ := serve(t, t.TempDir())
	log := open(t, conn)
	if err := log.Append(t.Context(), 1, []byte("x")); err != nil {
		t.Fatal(err)
	}
	js := admin(t, conn)
	stream, err := js.Stream(t.Context(), jetstream.LedgerStream)
	if err != nil {
		t.Fatal(err)
	}
	config := jetstream.LedgerConfig(1)
	config.DenyDelete = false
	if _, err := js.UpdateStream(t.Context(), config); err == nil {
		t.Error("deny delete was taken back")
	}
	if stream.DeleteMsg(t.Context(), 1) == nil || stream.SecureDeleteMsg(t.Context(), 1) == nil || stream.Purge(t.Context()) == nil {
		t.Error("a commit was removed")
	}
	if _, err := log.Load(t.Context(), 1); err != nil {
		t.Error(err)
	}
}

func TestLedgerGoneBesideKept(t *testing.T) {
	conn, _ := serve(t, t.TempDir())
	open(t, conn)
	if _, err := jetstream.OpenKept(t.Context(), conn, unsynced); err != nil {
		t.Fatal(err)
	}
	js := admin(t, conn)
	if err := js.DeleteStream(t.Context(), jetstream.LedgerStream); err != nil {
		t.Fatal(err)
	}
	if _, err := jetstream.Open(t.Context(), conn, unsynced); !errors.As(err, new(*eventstore.Damage)) {
		t.Errorf("a ledger that is gone was begun anew: %v", err)
	}
}

// TestAnswers holds what is made of each answer that a server may give, by answering in its place.
func TestAnswers(t *testing.T) {
	conn, _ := serve(t, t.TempDir())
	log := open(t, conn)
	js := admin(t, conn)
	if err := js.DeleteStream(t.Context(), jetstream.LedgerStream); err != nil {
		t.Fatal(err)
	}
	if err := log.Append(t.Context(), 1, []byte("x")); !errors.Is(err, eventstore.ErrUnknown) {
		t.Errorf("nobody listens: %v", err)
	}
	answer := "" // set before each append, read by the responder while the append waits for it
	sub, err := conn.Subscribe(jetstream.LedgerSubject, func(m *nats.Msg) {
		if answer != "" {
			_ = m.Respond([]byte(answer))
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer sub.Unsubscribe()
	is := func(want error) func(error) bool { return func(err error) bool { return errors.Is(err, want) } }
	misplaced := func(err error) bool { return errors.As(err, new(*eventstore.Misplaced)) }
	for _, test := range []struct {
		answer string
		want   func(error) bool
	}{
		{`{"stream":"MILEPOST_LEDGER","seq":3}`, is(nil)},
		{`{"stream":"MILEPOST_LEDGER","seq":4}`, misplaced},
		{`{"stream":"MILEPOST_LEDGER","seq":2}`, misplaced},
		{`{"stream":"OTHER","seq":3}`, misplaced},
		{`{"stream":"MILEPOST_LEDGER","seq":3,"duplicate":true}`, misplaced},
		{`{"error":{"code":400,"err_code":10071,"description":"wrong last sequence: 9"}}`, is(eventstore.ErrConflict)},
		{`{"error":{"code":400,"err_code":10164,"description":"wrong last sequence"}}`, is(eventstore.ErrConflict)},
		{`{"error":{"code":503,"err_code":10077,"description":"no space left"}}`, is(eventstore.ErrUnknown)},
		{`{"error":{"code":500,"err_code":0,"description":"?"}}`, is(eventstore.ErrUnknown)},
		{`{}`, is(eventstore.ErrUnknown)},
		{`nonsense`, is(eventstore.ErrUnknown)},
	} {
		answer = test.answer
		if err := log.Append(t.Context(), 3, []byte("x")); !test.want(err) {
			t.Errorf("%s: %v", test.answer, err)
		}
	}
	answer = ""
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := log.Append(ctx, 3, []byte("x")); !errors.Is(err, eventstore.ErrUnknown) {
		t.Errorf("no answer: %v", err)
	}
	conn.Close()
	if err := log.Append(t.Context(), 3, []byte("x")); !errors.Is(err, eventstore.ErrUnknown) {
		t.Errorf("no connection: %v", err)
	}
	if _, err := log.Load(t.Context(), 3); !errors.Is(err, eventstore.ErrUnknown) {
		t.Errorf("load without a connection: %v", err)
	}
}

// TestSilentSkip changes a record under a server that opens the store without looking at it. The
// server's consumer passes over it in silence; a read must not.
func TestSilentSkip(t *testing.T) {
	for _, bad := range []uint64{1, 3, 5} {
		t.Run(fmt.Sprint("message ", bad), func(t *testing.T) {
			dir := t.TempDir()
			conn, stop := serve(t, dir)
			log := open(t, conn)
			for n := range uint64(5) {
				if err := log.Append(t.Context(), n+1, fmt.Appendf(nil, "message %d", n+1)); err != nil {
					t.Fatal(err)
				}
			}
			stop()
			block := filepath.Join(dir, "jetstream", "$G", "streams", jetstream.LedgerStream, "msgs", "1.blk")
			data, err := os.ReadFile(block)
			if err != nil {
				t.Fatal(err)
			}
			data = bytes.Replace(data, fmt.Appendf(nil, "message %d", bad), []byte("massage 0"), 1)
			if err := os.WriteFile(block, data, 0o600); err != nil {
				t.Fatal(err)
			}

			conn, _ = serve(t, dir)
			log = open(t, conn)
			log.SetStall(100 * time.Millisecond)
			next := uint64(1)
			err = log.Read(t.Context(), 1, func(number uint64, data []byte) error {
				if number != next || string(data) != fmt.Sprint("message ", number) {
					t.Errorf("message %d: %q", number, data)
				}
				next++
				return nil
			})
			var damage *eventstore.Damage
			if !errors.As(err, &damage) || damage.Commit != bad || next != bad {
				t.Errorf("%v after %d messages", err, next-1)
			}
			if _, err := log.Load(t.Context(), bad); !errors.As(err, &damage) || damage.Commit != bad {
				t.Errorf("load: %v", err)
			}
		})
	}
}
