package backup_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"milepost.dev/eventstore"
	"milepost.dev/eventstore/dirlock"
	"milepost.dev/eventstore/eventstoretest"
	"milepost.dev/eventstore/memory"
	"milepost.dev/internal/backup"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/parties"
)

var day = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

// small makes several files of a few commits.
var small = backup.Options{Now: day, SegmentSize: 1000}

// world is a ledger in memory with its directory of names, as the source of a backup.
type world struct {
	t      testing.TB
	log    *memory.Log
	ledger *eventstore.Ledger
	names  *parties.Directory
	n      int
	yields int // how many commits and values may still be read; below 0 any number
}

var errGone = errors.New("the server has gone")

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, log: memory.New(), yields: -1}
	var err error
	w.names, err = parties.Open(t.Context(), parties.NewMemory(), clock.Seeded(1))
	if err != nil {
		t.Fatal(err)
	}
	w.takeOver()
	return w
}

func (w *world) takeOver() {
	w.t.Helper()
	var err error
	w.ledger, err = eventstore.TakeOver(w.t.Context(), w.log, &eventstore.Chain{}, eventstoretest.Opening(), ignore)
	if err != nil {
		w.t.Fatal(err)
	}
}

func ignore(*eventstore.Commit) error { return nil }

// grow adds commits of two records each, and a name for each.
func (w *world) grow(commits int) {
	w.t.Helper()
	for range commits {
		w.n++
		if _, err := w.names.Resolve(w.t.Context(), fmt.Sprint("Person ", w.n)); err != nil {
			w.t.Fatal(err)
		}
		if _, err := w.ledger.Append(w.t.Context(), []eventstore.Request{
			eventstoretest.Request(fmt.Sprint("r", w.n), "a", "one", "two"),
		}); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *world) spend() error {
	if w.yields == 0 {
		return errGone
	}
	w.yields--
	return nil
}

func (w *world) Commits(ctx context.Context, after uint64, yield func([]byte) error) error {
	return w.log.Read(ctx, after+1, func(_ uint64, data []byte) error {
		if err := w.spend(); err != nil {
			return err
		}
		return yield(data)
	})
}

func (w *world) Values(_ context.Context, yield func(backup.Value) error) error {
	return w.names.Values(func(key string, value []byte) error {
		if err := w.spend(); err != nil {
			return err
		}
		return yield(backup.Value{Key: key, Value: value})
	})
}

// take brings a backup up to date.
func (w *world) take(dir string, o backup.Options) *backup.Result {
	w.t.Helper()
	r, err := backup.Take(w.t.Context(), dir, w, o)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// read proves a backup, and returns the bytes of its commits.
func read(t testing.TB, dir string) (*backup.Proven, [][]byte, error) {
	t.Helper()
	b, err := backup.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	var commits [][]byte
	proven, err := b.Prove(context.Background(), func(c *eventstore.Commit) error {
		commits = append(commits, c.Bytes)
		return nil
	})
	return proven, commits, err
}

// holds compares a backup with the ledger, as far as it reaches.
func (w *world) holds(dir string) *backup.Proven {
	w.t.Helper()
	proven, commits, err := read(w.t, dir)
	if err != nil {
		w.t.Fatal(err)
	}
	for i, m := range w.log.Messages()[:len(commits)] {
		if !bytes.Equal(commits[i], m) {
			w.t.Fatalf("commit %d is not the one of the ledger", i+1)
		}
	}
	if proven.Manifest.Commits != uint64(len(commits)) {
		w.t.Fatalf("the manifest says that there are %d commits, and there are %d", proven.Manifest.Commits, len(commits))
	}
	return proven
}

func TestABackupGoesOnWhereItWas(t *testing.T) {
	for name, o := range map[string]backup.Options{"in many files": small, "in one file": {Now: day}} {
		t.Run(name, func(t *testing.T) {
			w, dir := newWorld(t), filepath.Join(t.TempDir(), "backup")
			for run, commits := range []int{0, 1, 30, 0, 2, 1, 40} {
				w.grow(commits)
				if run == 5 {
					w.takeOver()
				}
				r := w.take(dir, o)
				if r.Added != uint64(2*commits) || r.Position != uint64(2*w.n) || r.Names != w.n+1 {
					t.Errorf("run %d: %+v", run, r)
				}
				p := w.holds(dir)
				if p.Chain.Position != r.Position || len(p.Values) != w.n+1 || len(p.Parties) != w.n {
					t.Errorf("run %d: %+v", run, p.Manifest)
				}
				if n := len(p.Manifest.Segments); (o.SegmentSize == 0 && n != 1) || (run == 6 && o.SegmentSize > 0 && (n < 10 || n > 60)) {
					t.Errorf("run %d: %d files for %d commits", run, n, p.Manifest.Commits)
				}
			}
		})
	}
}

// A run that is interrupted at any commit or value leaves what was there before, or more; the next goes on.
func TestAnInterruptedRunLosesNothing(t *testing.T) {
	w := newWorld(t)
	w.grow(4)
	before := t.TempDir()
	first := w.take(before, small)
	w.grow(4)
	ended := false
	for yields := 0; !ended; yields++ {
		dir := filepath.Join(t.TempDir(), "copy")
		if err := os.CopyFS(dir, os.DirFS(before)); err != nil {
			t.Fatal(err)
		}
		w.yields = yields
		_, err := backup.Take(t.Context(), dir, w, small)
		if ended = err == nil; !ended && !errors.Is(err, errGone) {
			t.Fatalf("after %d: %v", yields, err)
		}
		if p := w.holds(dir); p.Chain.Position < first.Position {
			t.Fatalf("after %d: the backup fell back to position %d", yields, p.Chain.Position)
		}
		w.yields = -1
		if r := w.take(dir, small); r.Position != uint64(2*w.n) {
			t.Fatalf("after %d: the next run came to %+v", yields, r)
		}
		w.holds(dir)
		onlyNamed(t, dir)
	}
}

// onlyNamed holds that nothing lies in a backup that its manifest does not name.
func onlyNamed(t testing.TB, dir string) {
	t.Helper()
	p, _, err := read(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{"MANIFEST": true, dirlock.File: true, p.Manifest.Names.File: true}
	for _, s := range p.Manifest.Segments {
		named[s.File] = true
	}
	for name := range files(t, dir) {
		if !named[name] {
			t.Errorf("%s lies in the backup, and the manifest does not name it", name)
		}
	}
}

// files are those of a directory, with what they hold.
func files(t testing.TB, dir string) map[string][]byte {
	t.Helper()
	held := map[string][]byte{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		held[e.Name()] = data
	}
	return held
}

// busy is a ledger that grows whenever its commits are asked for.
type busy struct{ *world }

func (b busy) Commits(ctx context.Context, after uint64, yield func([]byte) error) error {
	b.grow(3)
	return b.world.Commits(ctx, after, yield)
}

// Names are read after the commits that name them, so that no commit in a backup names somebody who is not
// in it.
func TestNamesAreReadAfterTheCommits(t *testing.T) {
	for name, o := range map[string]backup.Options{"in many files": small, "in one file": {Now: day}} {
		w, dir := newWorld(t), t.TempDir()
		for range 3 {
			if _, err := backup.Take(t.Context(), dir, busy{w}, o); err != nil {
				t.Fatal(err)
			}
			if p := w.holds(dir); p.Chain.Position != uint64(2*w.n) || len(p.Parties) != w.n {
				t.Errorf("%s: the backup reaches position %d and holds %d names, and there are %d", name, p.Chain.Position, len(p.Parties), w.n)
			}
		}
	}
}

// The files are secret: their owner alone reads them.
func TestABackupIsForItsOwnerAlone(t *testing.T) {
	w, dir := newWorld(t), filepath.Join(t.TempDir(), "backup")
	w.grow(3)
	w.take(dir, small)
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if want := map[bool]fs.FileMode{true: 0o700, false: 0o600}[e.IsDir()]; err == nil && info.Mode().Perm() != want {
			t.Errorf("%s has the mode %s", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Somebody who was forgotten is in no file once the next run has ended.
func TestTheForgottenLeaveTheBackup(t *testing.T) {
	w, dir := newWorld(t), t.TempDir()
	w.grow(3)
	w.take(dir, small)
	id, ok := w.names.Find("Person 2")
	if !ok {
		t.Fatal("the name is not known")
	}
	w.names.Hide(slices.Values([]string{id}))
	w.take(dir, small)
	if p := w.holds(dir); len(p.Parties) != 2 {
		t.Errorf("%d names are kept", len(p.Parties))
	}
	onlyNamed(t, dir)
}

func TestABackupOfAnotherLedgerIsLeftAlone(t *testing.T) {
	w, dir := newWorld(t), t.TempDir()
	w.grow(5)
	w.take(dir, small)
	before := files(t, dir)

	other := newWorld(t)
	other.grow(4)
	other.takeOver()
	other.grow(4) // the commits differ from the sixth on
	shorter := newWorld(t)
	shorter.grow(2)
	for _, test := range []struct {
		name string
		of   *world
		ends bool
	}{{"another", other, false}, {"one that ends earlier", shorter, true}} {
		var parted *backup.Parted
		if _, err := backup.Take(t.Context(), dir, test.of, small); !errors.As(err, &parted) || parted.Ends != test.ends || parted.Position != 10 {
			t.Errorf("%s: %v", test.name, err)
		}
		if !maps.EqualFunc(files(t, dir), before, bytes.Equal) {
			t.Errorf("%s: the backup was changed", test.name)
		}
	}
}

func TestWhatIsNoBackupIsLeftAlone(t *testing.T) {
	w, dir := newWorld(t), t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "notes.txt"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	var not *backup.NotABackup
	if _, err := backup.Take(t.Context(), dir, w, small); !errors.As(err, &not) || not.Name != "notes.txt" {
		t.Errorf("%v", err)
	}
	if _, err := backup.Open(dir); !errors.As(err, &not) {
		t.Errorf("to be read: %v", err)
	}
	if held, err := os.ReadDir(dir); err != nil || len(held) != 1 {
		t.Errorf("the directory holds %v, %v", held, err)
	}
	if held := files(t, dir); len(held["notes.txt"]) != 4 {
		t.Errorf("the file holds %q", held["notes.txt"])
	}
}

func TestOneRunAtATime(t *testing.T) {
	w, dir := newWorld(t), t.TempDir()
	w.take(dir, small)
	lock, err := dirlock.Take(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	var held *dirlock.Held
	if _, err := backup.Take(t.Context(), dir, w, small); !errors.As(err, &held) || held.PID != os.Getpid() {
		t.Errorf("a second run: %v", err)
	}
	if _, err := backup.Open(dir); !errors.As(err, &held) {
		t.Errorf("a reader: %v", err)
	}
}

// What a later version added to a commit, and this one does not know, is in the backup.
func TestABackupHoldsWhatALaterVersionAdded(t *testing.T) {
	w := newWorld(t)
	w.grow(3)
	messages := w.log.Messages()
	last := len(messages) - 1
	messages[last] = eventstoretest.Later(t, messages[last])
	w.log = memory.Of(messages)
	dir := filepath.Join(t.TempDir(), "backup")
	w.take(dir, small)
	w.holds(dir)
	if _, commits, err := read(t, dir); err != nil || !bytes.Contains(commits[last], []byte("of a later version")) {
		t.Errorf("the last commit is copied as %x, %v", commits[last], err)
	}
}
