package disk

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"milepost.dev/eventstore"
	"milepost.dev/eventstore/embedded"
	"milepost.dev/eventstore/eventstoretest"
)

func ignore(*eventstore.Commit) error { return nil }

// ledger opens the product's own ledger in a directory.
func ledger(t *testing.T, data string, o embedded.Options) (*embedded.Server, *eventstore.Ledger) {
	t.Helper()
	s, err := embedded.Open(t.Context(), data, o)
	if err != nil {
		t.Fatal(err)
	}
	l, err := eventstore.TakeOver(t.Context(), s.Log(), &eventstore.Chain{}, eventstoretest.Opening(), ignore)
	if err != nil {
		t.Fatal(err)
	}
	return s, l
}

func commit(t *testing.T, l *eventstore.Ledger, n int) {
	t.Helper()
	if _, err := l.Append(t.Context(), []eventstore.Request{eventstoretest.Request(fmt.Sprint("r", n), "p", "payload")}); err != nil {
		t.Fatal(err)
	}
}

// TestLedger has the product's own ledger on the disk: in use, closed, written out and opened again.
func TestLedger(t *testing.T) {
	need(t)
	d := system(POSIX)
	dir, m := mounted(t, d)
	s, l := ledger(t, filepath.Join(dir, "data"), embedded.Options{})
	before := d.Counters()
	for n := range 20 {
		commit(t, l, n)
	}
	if syncs := d.Counters().Syncs - before.Syncs; syncs < 20 {
		t.Errorf("%d syncs for 20 commits", syncs)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := m.Unmount(); err != nil {
		t.Fatal(err)
	}

	out := filepath.Join(t.TempDir(), "out")
	if err := d.CopyTo(out); err != nil {
		t.Fatal(err)
	}
	verified(t, filepath.Join(out, "data"), l.Chain())
	again := system(POSIX)
	if err := again.CopyFrom(out); err != nil {
		t.Fatal(err)
	}
	again.Cut(rand.New(rand.NewPCG(1, 0)))

	dir, _ = mounted(t, again)
	s, err := embedded.Open(t.Context(), filepath.Join(dir, "data"), embedded.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	verified(t, filepath.Join(dir, "data"), l.Chain())
}

// verified compares the ledger in a directory with what a writer knows of it.
func verified(t *testing.T, data string, want *eventstore.Chain) {
	t.Helper()
	got, _, err := embedded.Verify(data, ignore)
	if err != nil {
		t.Fatal(err)
	}
	if got.Commit != want.Commit || got.Digest != want.Digest {
		t.Errorf("the ledger ends with commit %d, and the writer with %d", got.Commit, want.Commit)
	}
}

// TestLedgerWithoutPower takes the power from a ledger in use, in several ways: before each sync of a
// commit, when the commit is written and may be torn, and after the commit was acknowledged. With syncing
// off the same finds that acknowledged commits are gone, so it can.
func TestLedgerWithoutPower(t *testing.T) {
	need(t)
	for _, mode := range []Mode{POSIX, Journalled} {
		for _, unsafe := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, syncing off: %t", mode, unsafe), func(t *testing.T) {
				d := system(mode)
				dir, _ := mounted(t, d)
				s, l := ledger(t, filepath.Join(dir, "data"), embedded.Options{UnsafeNoSync: unsafe})
				lost := 0
				for n := range 4 {
					acknowledged := l.Chain().Commit
					var before []*Disk
					watch := d.Inject(Fault{Ops: OpSync, Match: func(string) bool {
						before = append(before, d.Clone())
						return false
					}})
					commit(t, l, n)
					watch.Lift() // and so nothing is added to before any more
					if !unsafe && len(before) == 0 {
						t.Error("a commit was acknowledged without a sync")
					}
					for _, d := range before {
						lost += lacking(t, d, acknowledged, uint64(n), !unsafe)
					}
					lost += lacking(t, d, l.Chain().Commit, uint64(n), !unsafe)
				}
				if unsafe && lost == 0 {
					t.Error("nothing was synced, and nothing was lost")
				}
				if err := s.Close(t.Context()); err != nil {
					t.Fatal(err)
				}
			})
		}
	}
}

// lacking takes the power in some ways, and counts those after which the ledger has not all commits that
// were acknowledged, or has them damaged.
func lacking(t *testing.T, d *Disk, acknowledged, seed uint64, safe bool) (lost int) {
	t.Helper()
	for way := range uint64(3) {
		after := d.Clone()
		loss := after.Cut(rand.New(rand.NewPCG(seed, way)))
		out := filepath.Join(t.TempDir(), "out")
		if err := after.CopyTo(out); err != nil {
			t.Fatal(err)
		}
		got, _, err := embedded.Verify(filepath.Join(out, "data"), ignore)
		if err == nil && got.Commit >= acknowledged {
			continue
		}
		lost++
		if safe {
			t.Errorf("commit %d was acknowledged and is not there, seed %d, way %d: %v (%s)", acknowledged, seed, way, err, loss)
		}
	}
	return lost
}

// TestAStartThatFailsDeletesNothing lets the store fail to open a stream, once, at any of the files that it
// makes on the way. Then the server deletes the stream; the ledger must be there all the same, at the next
// start and in the directory.
func TestAStartThatFailsDeletesNothing(t *testing.T) {
	need(t)
	d := system(POSIX)
	dir, m := mounted(t, d)
	data := filepath.Join(dir, "data")
	s, l := ledger(t, data, embedded.Options{})
	for n := range 5 {
		commit(t, l, n)
	}
	if err := s.Kept().Put(t.Context(), "a name", []byte("Estates office")); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	failed := 0
	for skip := range 8 {
		f := d.Inject(Fault{Ops: OpCreate, Err: syscall.EIO, Skip: skip, Times: 1, Match: func(path string) bool {
			return strings.Contains(path, "/streams/")
		}})
		s, err := embedded.Open(t.Context(), data, embedded.Options{})
		hit := f.Hits() > 0
		f.Lift()
		if err == nil {
			if err := s.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
		} else if failed++; !hit {
			t.Fatal(err)
		}
		verified(t, data, l.Chain())
	}
	if failed == 0 {
		t.Error("no start failed: this shows nothing")
	}
	s, err := embedded.Open(t.Context(), data, embedded.Options{})
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	if err := s.Kept().All(t.Context(), func(key string, value []byte) error {
		names[key] = string(value)
		return nil
	}); err != nil || names["a name"] != "Estates office" {
		t.Errorf("%v, %v", names, err)
	}
	if err := errors.Join(s.Close(t.Context()), m.Unmount()); err != nil {
		t.Fatal(err)
	}
}
