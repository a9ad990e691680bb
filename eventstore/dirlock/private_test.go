//go:build unix && !aix

package dirlock_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"milepost.dev/eventstore/dirlock"
)

// below is a directory with a mode, in one that others may search or not.
func below(t *testing.T, above, mode os.FileMode) string {
	t.Helper()
	outer := filepath.Join(t.TempDir(), "outer")
	dir := filepath.Join(outer, "dir")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Chmod(dir, mode), os.Chmod(outer, above)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// A directory that other users can change is not worked on: they could put a ledger of their own into it.
func TestADirectoryThatOthersCanChangeIsRefused(t *testing.T) {
	if info, err := os.Stat(os.TempDir()); err != nil || info.Mode().Perm()&0o011 == 0 {
		t.Skip("others cannot search the directory of temporary files here")
	}
	// t.TempDir is itself below a directory of its user alone, so that nothing in it is in reach of others.
	outside, err := os.MkdirTemp("", "dirlock-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(outside) })
	if err := os.Chmod(outside, 0o755); err != nil {
		t.Fatal(err)
	}
	for mode, refused := range map[os.FileMode]bool{0o700: false, 0o755: false, 0o750: false, 0o777: true, 0o775: true, 0o702: true} {
		dir := filepath.Join(outside, mode.String())
		if err := errors.Join(os.Mkdir(dir, 0o700), os.Chmod(dir, mode)); err != nil {
			t.Fatal(err)
		}
		l, err := dirlock.Take(dir)
		if exposed := (*dirlock.Exposed)(nil); errors.As(err, &exposed) != refused || err != nil && !refused {
			t.Errorf("mode %v: %v", mode, err)
		}
		if _, gone := os.Stat(filepath.Join(dir, dirlock.File)); refused && gone == nil {
			t.Errorf("mode %v: it was refused and left a LOCK", mode)
		}
		if l != nil {
			l.Close()
		}
	}
	l, err := dirlock.Take(below(t, 0o700, 0o777))
	if err != nil {
		t.Fatalf("a directory that nobody else can get to: %v", err)
	}
	l.Close()
}

// A link in the place of LOCK is not followed: what it leads to would be overwritten.
func TestALinkInThePlaceOfLockIsRefused(t *testing.T) {
	dir, victim := t.TempDir(), filepath.Join(t.TempDir(), "victim")
	if err := os.WriteFile(victim, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(victim, filepath.Join(dir, dirlock.File)); err != nil {
		t.Fatal(err)
	}
	_, err := dirlock.Take(dir)
	if linked := (*dirlock.Linked)(nil); !errors.As(err, &linked) {
		t.Errorf("%v", err)
	}
	if text, err := os.ReadFile(victim); err != nil || string(text) != "mine" {
		t.Errorf("what the link led to is %q, %v", text, err)
	}
}
