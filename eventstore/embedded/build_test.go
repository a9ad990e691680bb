package embedded

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"milepost.dev/eventstore"
	"milepost.dev/eventstore/eventstoretest"
)

func writeLedger(ctx context.Context, s *Server) error {
	l, err := eventstore.TakeOver(ctx, s.Log(), &eventstore.Chain{}, eventstoretest.Opening(), func(*eventstore.Commit) error { return nil })
	if err != nil {
		return err
	}
	if _, err = l.Append(ctx, []eventstore.Request{eventstoretest.Request("r1", "a", "one", "two")}); err != nil {
		return err
	}
	return s.Kept().Put(ctx, "name", []byte("Ann"))
}

func accept(*eventstore.Chain) error { return nil }

// A ledger that was built is one that a server opens, also in a directory that was there and empty.
func TestBuild(t *testing.T) {
	for name, dir := range map[string]string{"new": filepath.Join(t.TempDir(), "data"), "empty": t.TempDir()} {
		t.Run(name, func(t *testing.T) {
			var proved uint64
			err := Build(t.Context(), dir, Options{}, writeLedger, func(c *eventstore.Chain) error { proved = c.Position; return nil })
			if err != nil || proved != 2 {
				t.Fatalf("position %d was proved: %v", proved, err)
			}
			chain, _, err := Verify(dir, func(*eventstore.Commit) error { return nil })
			if err != nil || chain.Position != 2 {
				t.Fatalf("verify: %+v, %v", chain, err)
			}
			s := open(t, dir, Options{})
			values := 0
			if err := s.Kept().All(t.Context(), func(key string, value []byte) error { values++; return nil }); err != nil || values != 1 {
				t.Errorf("%d values are kept: %v", values, err)
			}
			closeNow(t, s)
			var full *NotEmpty
			if err := Build(t.Context(), dir, Options{}, writeLedger, accept); !errors.As(err, &full) {
				t.Errorf("a second ledger was built in its place: %v", err)
			}
		})
	}
}

// Whatever goes wrong while a ledger is built, nothing of it is left.
func TestABuildThatFailsLeavesNothing(t *testing.T) {
	wrong := errors.New("wrong")
	for name, build := range map[string]func(ctx context.Context, dir string) error{
		"while it is written": func(ctx context.Context, dir string) error {
			return Build(ctx, dir, Options{}, func(ctx context.Context, s *Server) error { return errors.Join(writeLedger(ctx, s), wrong) }, accept)
		},
		"when it is proved": func(ctx context.Context, dir string) error {
			return Build(ctx, dir, Options{}, writeLedger, func(*eventstore.Chain) error { return wrong })
		},
		"when its caller leaves": func(ctx context.Context, dir string) error {
			ctx, cancel := context.WithCancel(ctx)
			return Build(ctx, dir, Options{}, func(ctx context.Context, s *Server) error {
				cancel()
				if err := writeLedger(ctx, s); errors.Is(err, context.Canceled) {
					return wrong
				}
				return errors.New("it was written all the same")
			}, accept)
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			if err := build(t.Context(), dir); !errors.Is(err, wrong) {
				t.Fatalf("%v", err)
			}
			if exists(dir) {
				t.Error("the directory is there")
			}
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := build(t.Context(), dir); !errors.Is(err, wrong) {
				t.Fatalf("in a directory that was there: %v", err)
			}
			if exists(filepath.Join(dir, "ledger")) || exists(filepath.Join(dir, buildDir)) {
				t.Error("something of the ledger is there")
			}
			if err := Build(t.Context(), dir, Options{}, writeLedger, accept); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

// A process that is killed while it builds leaves a directory in which no server begins a ledger of its own;
// another Build clears it away.
func TestAnInterruptedBuildIsNoLedger(t *testing.T) {
	dir := t.TempDir()
	work := filepath.Join(dir, buildDir)
	s := open(t, work, Options{})
	if err := writeLedger(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	closeNow(t, s)

	var half *HalfBuilt
	if _, err := Open(t.Context(), dir, Options{}); !errors.As(err, &half) {
		t.Errorf("a server opens it: %v", err)
	}
	if exists(filepath.Join(dir, "ledger")) {
		t.Error("there is a ledger")
	}
	if err := Build(t.Context(), dir, Options{}, writeLedger, accept); err != nil {
		t.Fatal(err)
	}
	closeNow(t, open(t, dir, Options{}))
}

func TestNothingIsBuiltWhereSomethingIs(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "notes.txt"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	var full *NotEmpty
	if err := Build(t.Context(), dir, Options{}, writeLedger, accept); !errors.As(err, &full) || full.Name != "notes.txt" {
		t.Errorf("%v", err)
	}
	// A directory that a server works on.
	held := t.TempDir()
	lock, err := Lock(held)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	var locked *Locked
	if err := Build(t.Context(), held, Options{}, writeLedger, accept); !errors.As(err, &locked) {
		t.Errorf("%v", err)
	}
	if data, err := os.ReadFile(filepath.Join(dir, "notes.txt")); err != nil || string(data) != "mine" {
		t.Errorf("what was there: %q, %v", data, err)
	}
}
