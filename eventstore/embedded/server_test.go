package embedded

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	natsjs "github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/eventstore"
	"milepost.dev/eventstore/eventstoretest"
	"milepost.dev/eventstore/jetstream"
)

func open(t *testing.T, dir string, o Options) *Server {
	t.Helper()
	s, err := Open(t.Context(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeNow(t, s) })
	return s
}

func closeNow(t *testing.T, s *Server) {
	t.Helper()
	if err := s.Close(context.Background()); err != nil {
		t.Error(err)
	}
}

func takeOver(t *testing.T, s *Server) *eventstore.Ledger {
	t.Helper()
	l, err := eventstore.TakeOver(t.Context(), s.Log(), &eventstore.Chain{}, eventstoretest.Opening(), ignore)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func ignore(*eventstore.Commit) error { return nil }

func TestLog(t *testing.T) {
	eventstoretest.Run(t, func(t *testing.T) eventstore.Log { return open(t, t.TempDir(), Options{}).Log() })
}

func TestKept(t *testing.T) {
	eventstoretest.RunKept(t, func(t *testing.T) eventstore.Kept { return open(t, t.TempDir(), Options{}).Kept() })
}

func TestReopen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	for n := range uint64(3) {
		s := open(t, dir, Options{})
		l := takeOver(t, s)
		if got := l.Chain(); got.Term != n+1 || got.Position != 2*n {
			t.Errorf("start %d: term %d, position %d", n+1, got.Term, got.Position)
		}
		if _, err := l.Append(t.Context(), []eventstore.Request{eventstoretest.Request("r", "p", "x", "y")}); err != nil {
			t.Error(err)
		}
		if s.Log().Durability() != ledgerv1.Durability_DURABILITY_FSYNC {
			t.Errorf("durability %q", s.Log().Durability())
		}
		closeNow(t, s)
		closeNow(t, s) // again is no error
	}
	chain, summary, err := Verify(dir, ignore)
	if err != nil || chain.Position != 6 || summary.Commits != 6 || summary.Torn != nil {
		t.Errorf("verify: %v, position %d, %d commits", err, chain.Position, summary.Commits)
	}
}

// A crash may leave a last file in which no message was begun. The server removes it when it opens the stream, and gives
// its name to the next one.
func TestALastFileThatIsEmpty(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := open(t, dir, Options{})
	takeOver(t, s)
	closeNow(t, s)
	names, _, err := blocksOf(streamDir(dir))
	if err != nil || len(names) == 0 {
		t.Fatalf("%v, %v", names, err)
	}
	number, _ := blockNumber(names[len(names)-1])
	if err := os.WriteFile(filepath.Join(streamDir(dir), "msgs", fmt.Sprintf("%d.blk", number+1)), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for start := range uint64(2) {
		s := open(t, dir, Options{})
		l := takeOver(t, s)
		if _, err := l.Append(t.Context(), []eventstore.Request{eventstoretest.Request(fmt.Sprint("r", start), "p", "x")}); err != nil {
			t.Errorf("start %d: %v", start+1, err)
		}
		closeNow(t, s)
	}
	if chain, summary, err := Verify(dir, ignore); err != nil || chain.Position != 2 || summary.Commits != 5 {
		t.Errorf("verify: %v, position %d, %d commits", err, chain.Position, summary.Commits)
	}
}

func TestLocked(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	var locked *Locked
	if _, err := Open(t.Context(), dir, Options{}); !errors.As(err, &locked) || locked.PID != os.Getpid() {
		t.Errorf("a second server on the directory: %v", err)
	}
	closeNow(t, s)
	open(t, dir, Options{})
}

// TestInterruptedStart begins again where an earlier first start was cut off.
func TestInterruptedStart(t *testing.T) {
	whole := t.TempDir()
	closeNow(t, open(t, whole, Options{}))
	for name, undo := range map[string][]string{
		"before the server":             {"ledger/jetstream", formatFile},
		"before the stream's meta.inf":  {streamIn("meta.inf"), streamIn("meta.sum"), keptIn(""), formatFile},
		"before the stream's meta.sum":  {streamIn("meta.sum"), keptIn(""), formatFile},
		"before the kept values":        {keptIn(""), formatFile},
		"before the directory's format": {formatFile},
	} {
		dir := copied(t, whole)
		for _, path := range undo {
			if err := os.RemoveAll(filepath.Join(dir, path)); err != nil {
				t.Fatal(err)
			}
		}
		s, err := Open(t.Context(), dir, Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		takeOver(t, s)
		closeNow(t, s)
	}
}

func streamIn(name string) string { return filepath.Join(streamDir(""), name) }
func keptIn(name string) string {
	return filepath.Join(streamsDir(""), jetstream.KeptStream, name)
}

func TestDriftIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	takeOver(t, s)
	js, err := natsjs.New(s.conn)
	if err != nil {
		t.Fatal(err)
	}
	config := jetstream.LedgerConfig(1)
	config.MaxAge, config.Discard = 1<<62, natsjs.DiscardOld
	if _, err := js.UpdateStream(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	closeNow(t, s)
	before := files(t, dir)
	var drift *jetstream.Drift
	if _, err := Open(t.Context(), dir, Options{}); !errors.As(err, &drift) || len(drift.Fields) != 2 {
		t.Errorf("not refused: %v", err)
	}
	if !maps.Equal(before, files(t, dir)) {
		t.Error("the refusal changed the files")
	}
}

func TestCheckStopsTheStart(t *testing.T) {
	dir := small(t)
	stop := errors.New("stop")
	var seen []uint64
	_, err := Open(t.Context(), dir, Options{Check: func(number uint64, _ []byte) error {
		seen = append(seen, number)
		if number == 3 {
			return stop
		}
		return nil
	}})
	if !errors.Is(err, stop) || !slices.Equal(seen, []uint64{1, 2, 3}) {
		t.Errorf("%v after %d", err, seen)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Open(ended, dir, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("open with a context that ended: %v", err)
	}
	closeNow(t, open(t, dir, Options{})) // the lock was given back
}

// TestCloseWaits holds that Close may run out of time, and be called again, and that nothing is left
// running afterwards.
func TestCloseWaits(t *testing.T) {
	before := goleak.IgnoreCurrent()
	s := open(t, t.TempDir(), Options{})
	takeOver(t, s)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Close(ended); err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	closeNow(t, s)
	if err := s.Log().Append(t.Context(), 2, []byte("x")); !errors.Is(err, eventstore.ErrUnknown) {
		t.Errorf("append after close: %v", err)
	}
	goleak.VerifyNone(t, before)
}

// TestErasedNamesAreGone looks for the bytes in every file.
func TestErasedNamesAreGone(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	for key, value := range map[string]string{"ann": "Ann Example", "bob": "Bob Example"} {
		if err := s.Kept().Put(t.Context(), key, []byte(value)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Kept().Put(t.Context(), "bob", []byte("Robert Example")); err != nil {
		t.Fatal(err)
	}
	if err := s.Kept().Erase(t.Context(), "ann"); err != nil {
		t.Fatal(err)
	}
	look := func(when string) {
		for path, data := range files(t, dir) {
			for _, name := range []string{"Ann Example", "Bob Example"} {
				if strings.Contains(data, name) {
					t.Errorf("%s, %s still holds %q", when, path, name)
				}
			}
		}
	}
	look("at once")
	closeNow(t, s)
	look("after a close")
	s = open(t, dir, Options{})
	err := s.Kept().All(t.Context(), func(key string, value []byte) error {
		if key != "bob" || string(value) != "Robert Example" {
			t.Errorf("%q is %q", key, value)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	look("after another start")
}

func TestOnlyItsOwnerReads(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := open(t, dir, Options{})
	takeOver(t, s)
	if err := s.Kept().Put(t.Context(), "k", []byte("v")); err != nil {
		t.Fatal(err)
	}
	closeNow(t, s)
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
