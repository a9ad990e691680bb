package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"milepost.dev/eventstore"
	"milepost.dev/eventstore/dirlock"
	"milepost.dev/eventstore/eventstoretest"
)

// running is a server with some commits, whose directory is about to be taken from it.
type running struct {
	*Server
	dir     string
	ledger  *eventstore.Ledger
	earlier []byte // ACKNOWLEDGED, one commit before
	said    *bytes.Buffer
}

func run(t *testing.T) *running {
	t.Helper()
	r := &running{dir: filepath.Join(t.TempDir(), "data"), said: &bytes.Buffer{}}
	var err error
	if r.Server, err = Open(t.Context(), r.dir, Options{UnsafeNoSync: true, Logger: slog.New(slog.NewTextHandler(r.said, nil))}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		closeNow(t, r.Server)
		if r.Failure() != nil { // then Close leaves it for the end of the process
			r.server.Shutdown()
			r.server.WaitForShutdown()
			_ = r.own.close()
		}
	})
	r.ledger = takeOver(t, r.Server)
	r.append(t, "one")
	if r.earlier, err = os.ReadFile(filepath.Join(r.dir, acknowledgedFile)); err != nil {
		t.Fatal(err)
	}
	r.append(t, "two")
	return r
}

func (r *running) append(t *testing.T, id string) {
	t.Helper()
	if _, err := r.ledger.Append(t.Context(), []eventstore.Request{eventstoretest.Request(id, "p", id)}); err != nil {
		t.Fatal(err)
	}
}

// stopped wants an append to be acknowledged no more, for a reason, and nothing to follow it.
func (r *running) stopped(t *testing.T, why string) {
	t.Helper()
	_, err := r.ledger.Append(t.Context(), []eventstore.Request{eventstoretest.Request("three", "p", "three")})
	if errors.Is(err, eventstore.ErrUnknown) {
		bounded, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		_, err = r.ledger.Resolve(bounded)
	}
	var replaced *Replaced
	if !errors.As(err, &replaced) || errors.Is(err, eventstore.ErrUnknown) {
		t.Fatalf("the next append: %v", err)
	}
	if want := strings.ReplaceAll(why, "DIR", r.dir); !strings.HasPrefix(err.Error(), want) {
		t.Errorf("it says %q, want %q", err, want)
	}
	if failure := r.Failure(); !errors.Is(failure, replaced) {
		t.Errorf("the server's failure: %v", failure)
	}
	select {
	case <-r.Lost():
	default:
		t.Error("nobody who waits is told")
	}
	if !strings.Contains(r.said.String(), "level=ERROR msg=\"the data directory is not this server's any more\"") {
		t.Errorf("the log says %q", r.said)
	}
	if _, err := r.Log().Load(t.Context(), 1); !errors.Is(err, eventstore.ErrUnknown) {
		t.Errorf("a load: %v", err)
	}
	for what, err := range map[string]error{
		"a read":             r.Log().Read(t.Context(), 1, func(uint64, []byte) error { return nil }),
		"a name":             r.Kept().Put(t.Context(), "name", []byte("Ann")),
		"the erasure of one": r.Kept().Erase(t.Context(), "name"),
		"a look":             r.Check(),
	} {
		if !errors.As(err, &replaced) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// replaceDir puts a copy of a directory in its place, and answers where it is now.
func replaceDir(dir string) (moved string, err error) {
	moved = dir + "-moved"
	return moved, errors.Join(os.CopyFS(dir+"-copy", os.DirFS(dir)), os.Rename(dir, moved), os.Rename(dir+"-copy", dir))
}

// linkDir is replaceDir with hard links in the place of copies: every file is the same one, and the directory is not.
func linkDir(dir string) (moved string, err error) {
	moved = dir + "-moved"
	err = filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		to := dir + "-copy" + strings.TrimPrefix(path, dir)
		switch {
		case err != nil:
			return err
		case e.IsDir():
			return os.Mkdir(to, 0o700)
		}
		return os.Link(path, to)
	})
	return moved, errors.Join(err, os.Rename(dir, moved), os.Rename(dir+"-copy", dir))
}

func TestNothingIsAcknowledgedOnceTheDirectoryIsNotItsOwn(t *testing.T) {
	for _, test := range []struct {
		name   string
		happen func(r *running) error
		why    string
	}{
		{"a copy in its place", func(r *running) error { _, err := replaceDir(r.dir); return err }, "the data directory DIR was replaced by another directory"},
		{"moved away", func(r *running) error { return os.Rename(r.dir, r.dir+"-moved") }, "the data directory DIR was moved or removed"},
		{"a file in its place", func(r *running) error {
			return errors.Join(os.Rename(r.dir, r.dir+"-moved"), os.WriteFile(r.dir, nil, 0o600))
		}, "the data directory DIR was replaced by another directory"},
		{"the ledger in it replaced", func(r *running) error {
			_, err := replaceDir(filepath.Join(r.dir, "ledger"))
			return err
		}, "the file " + blockPath("DIR", 1) + " was replaced by another"},
		{"a file of the ledger replaced", func(r *running) error { return replaceFile(blockPath(r.dir, 1)) }, "the file " + blockPath("DIR", 1) + " was replaced by another"},
		{"a file of the ledger removed", func(r *running) error { return os.Remove(blockPath(r.dir, 1)) }, "the file " + blockPath("DIR", 1) + " was moved or removed"},
		{"an earlier mark written over it", func(r *running) error {
			return os.WriteFile(filepath.Join(r.dir, acknowledgedFile), r.earlier, 0o600)
		}, "the file DIR/ACKNOWLEDGED was written by another program"},
		{"an earlier mark put in its place", func(r *running) error {
			path := filepath.Join(r.dir, acknowledgedFile)
			return errors.Join(os.WriteFile(path+"-earlier", r.earlier, 0o600), os.Rename(path+"-earlier", path))
		}, "the file DIR/ACKNOWLEDGED was replaced by another"},
		{"the mark removed", func(r *running) error { return os.Remove(filepath.Join(r.dir, acknowledgedFile)) }, "the file DIR/ACKNOWLEDGED was moved or removed"},
		{"the mark emptied", func(r *running) error { return os.Truncate(filepath.Join(r.dir, acknowledgedFile), 0) }, "the file DIR/ACKNOWLEDGED was written by another program"},
		{"a later commit marked by another", func(r *running) error {
			return os.WriteFile(filepath.Join(r.dir, acknowledgedFile), mark{number: 9}.bytes(), 0o600)
		}, "the file DIR/ACKNOWLEDGED was written by another program"},
		{"LOCK taken by another", func(r *running) error { return replaceFile(filepath.Join(r.dir, dirlock.File)) }, "another program took LOCK in the data directory DIR"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := run(t)
			if err := test.happen(r); err != nil {
				t.Fatal(err)
			}
			r.stopped(t, test.why)
		})
	}
}

func replaceFile(path string) error {
	data, err := os.ReadFile(path)
	return errors.Join(err, os.WriteFile(path+"-other", data, 0o600), os.Rename(path+"-other", path))
}

// What is at the path is somebody else's from then on: neither the next request nor the end of the server writes
// into it, and nothing is sent to where the ledger is now.
func TestNothingIsWrittenIntoWhatTookItsPlace(t *testing.T) {
	r := run(t)
	moved, err := replaceDir(r.dir)
	if err != nil {
		t.Fatal(err)
	}
	before, ledger := files(t, r.dir), files(t, moved)
	r.stopped(t, "the data directory DIR was replaced by another directory")
	closeNow(t, r.Server)
	if !maps.Equal(before, files(t, r.dir)) {
		t.Error("what took its place was changed")
	}
	if !maps.Equal(ledger, files(t, moved)) {
		t.Error("the ledger was changed where it is now")
	}
	// It is still locked there, whatever became of LOCK.
	if err := os.Remove(filepath.Join(moved, dirlock.File)); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), moved, Options{}); !errors.As(err, new(*Locked)) {
		t.Errorf("a second server on the ledger: %v", err)
	}
	closeNow(t, open(t, r.dir, Options{})) // and the copy is nobody's
}

// What is missing from another directory is no damage of the ledger.
func TestDamageIsToldFromAnotherDirectory(t *testing.T) {
	r := run(t)
	damage := &eventstore.Damage{Commit: 1, Reason: "gone"}
	if err := r.own.explain(damage); !errors.Is(err, damage) {
		t.Errorf("in its own directory: %v", err)
	}
	if _, err := replaceDir(r.dir); err != nil {
		t.Fatal(err)
	}
	if err := r.own.explain(damage); errors.Is(err, damage) || !errors.Is(err, eventstore.ErrUnknown) || !errors.As(err, new(*Replaced)) {
		t.Errorf("in another: %v", err)
	}
}

// A server to which nothing is sent notices by itself, also what one commit does not look at.
func TestAnIdleServerNotices(t *testing.T) {
	for name, replace := range map[string]func(string) (string, error){"a copy": replaceDir, "hard links": linkDir} {
		t.Run(name, func(t *testing.T) {
			r := run(t)
			if _, err := replace(r.dir); err != nil {
				t.Fatal(err)
			}
			select {
			case <-r.Lost():
			case <-time.After(time.Minute):
				t.Fatal("it does not notice")
			}
			r.stopped(t, "the data directory DIR was replaced by another directory")
		})
	}
}

// Who removes LOCK lets nobody in, and stops nobody.
func TestWithoutLockOneServerGoesOn(t *testing.T) {
	r := run(t)
	path := filepath.Join(r.dir, dirlock.File)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	var locked *Locked
	if _, err := Open(t.Context(), r.dir, Options{}); !errors.As(err, &locked) || locked.PID != os.Getpid() {
		t.Errorf("a second server: %v", err)
	}
	for n := range 3 {
		r.append(t, fmt.Sprint("on-", n))
	}
	if !exists(path) {
		t.Error("LOCK is not put back")
	}
	if n := strings.Count(r.said.String(), "LOCK was removed"); n != 1 {
		t.Errorf("the log says so %d times: %s", n, r.said)
	}
	closeNow(t, r.Server)
	closeNow(t, open(t, r.dir, Options{}))
}

// A copy made elsewhere is another ledger's business: both go on, and each is whole.
func TestACopyElsewhereStopsNobody(t *testing.T) {
	r := run(t)
	elsewhere := r.dir + "-elsewhere"
	if err := os.CopyFS(elsewhere, os.DirFS(r.dir)); err != nil {
		t.Fatal(err)
	}
	second := open(t, elsewhere, Options{UnsafeNoSync: true})
	other := takeOver(t, second)
	r.append(t, "three")
	if _, err := other.Append(t.Context(), []eventstore.Request{eventstoretest.Request("other", "p", "x")}); err != nil {
		t.Error(err)
	}
	r.append(t, "four")
	closeNow(t, second)
	closeNow(t, r.Server)
	for dir, want := range map[string]uint64{r.dir: 5, elsewhere: 5} {
		if chain, _, err := Verify(dir, ignore); err != nil || chain.Commit != want {
			t.Errorf("%s: commit %d, %v", dir, chain.Commit, err)
		}
	}
}

// A mark that cannot be written is no other writer's.
func TestAMarkThatCannotBeWrittenStopsNobody(t *testing.T) {
	r := run(t)
	r.own.mu.Lock()
	writable := r.own.mark.file
	r.own.mark.file = readOnly(t, r.own.mark.path)
	r.own.mu.Unlock()
	r.append(t, "three")
	r.append(t, "four")
	r.own.mu.Lock()
	r.own.mark.file = writable
	r.own.mu.Unlock()
	r.append(t, "five")
	if err := os.WriteFile(r.own.mark.path, r.earlier, 0o600); err != nil {
		t.Fatal(err)
	}
	r.stopped(t, "the file DIR/ACKNOWLEDGED was written by another program")
}

func readOnly(t *testing.T, path string) *os.File {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// BenchmarkOwnership is what a commit costs more than its flush: one look before it is sent, one before it is
// acknowledged.
func BenchmarkOwnership(b *testing.B) {
	s, err := Open(b.Context(), b.TempDir(), Options{UnsafeNoSync: true})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close(context.Background())
	if err := s.Log().Append(b.Context(), 1, []byte("x")); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := s.own.before(); err != nil {
			b.Fatal(err)
		}
		if _, err := s.own.after(0); err != nil {
			b.Fatal(err)
		}
	}
}
