//go:build unix && !aix

package dirlock_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"milepost.dev/eventstore/dirlock"
)

func TestOneAtATime(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	for range 2 { // also where it is there
		if err := dirlock.Make(dir); err != nil {
			t.Fatal(err)
		}
	}
	if info, err := os.Stat(filepath.Dir(dir)); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	first, err := dirlock.Take(dir)
	if err != nil {
		t.Fatal(err)
	}
	var held *dirlock.Held
	if _, err := dirlock.Take(dir); !errors.As(err, &held) || held.PID != os.Getpid() || held.Dir != dir {
		t.Errorf("taken twice: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := dirlock.Take(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestMakeDoesNotGoThroughAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := dirlock.Make(filepath.Join(file, "below")); err == nil {
		t.Error("a directory was made below a file")
	}
}

func taken(t *testing.T, dir string) *dirlock.Lock {
	t.Helper()
	l, err := dirlock.Take(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// refused wants the directory to be held by this process, and no LOCK to be made by asking.
func refused(t *testing.T, dir string) {
	t.Helper()
	var held *dirlock.Held
	if _, err := dirlock.Take(dir); !errors.As(err, &held) {
		t.Errorf("taken twice: %v", err)
	} else if runtime.GOOS == "linux" && held.PID != os.Getpid() {
		t.Errorf("the holder is %q", held.Holder())
	}
}

// The lock is on the directory, and not on a file that somebody may take for a leftover.
func TestWithoutItsFileADirectoryIsLocked(t *testing.T) {
	dir := t.TempDir()
	lock := taken(t, dir)
	path := filepath.Join(dir, dirlock.File)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	refused(t, dir)
	if _, err := os.Stat(path); err == nil {
		t.Error("who was refused has made a LOCK of its own")
	}
	if mended, err := lock.Check(); err != nil || !mended {
		t.Fatalf("put back: %t, %v", mended, err)
	}
	if mended, err := lock.Check(); err != nil || mended {
		t.Errorf("put back again: %t, %v", mended, err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != fmt.Sprintln(os.Getpid()) {
		t.Errorf("LOCK says %q, %v", text, err)
	}
	if held, err := flocked(path); err != nil || !held {
		t.Errorf("a version that looks at LOCK alone would come in: %v", err)
	}
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	taken(t, dir)
}

func TestADirectoryIsLockedUnderEveryName(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if err := dirlock.Make(dir); err != nil {
		t.Fatal(err)
	}
	lock := taken(t, dir)
	link, moved := dir+"-link", dir+"-moved"
	if err := errors.Join(os.Remove(filepath.Join(dir, dirlock.File)), os.Symlink(dir, link)); err != nil {
		t.Fatal(err)
	}
	refused(t, link)
	if err := os.Rename(dir, moved); err != nil {
		t.Fatal(err)
	}
	refused(t, moved)
	var replaced *dirlock.Replaced
	if _, err := lock.Check(); !errors.As(err, &replaced) || replaced.Path != dir || !replaced.Gone {
		t.Errorf("moved: %v", err)
	}
}

func TestWhatTakesTheirPlaceIsNoticed(t *testing.T) {
	for name, replace := range map[string]func(dir string) error{
		"the directory made anew": func(dir string) error { return errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o700)) },
		"a copy in its place": func(dir string) error {
			return errors.Join(os.CopyFS(dir+"-copy", os.DirFS(dir)), os.Rename(dir, dir+"-moved"), os.Rename(dir+"-copy", dir))
		},
		"its very files in another directory": func(dir string) error {
			return errors.Join(os.Mkdir(dir+"-copy", 0o700), os.Link(filepath.Join(dir, dirlock.File), filepath.Join(dir+"-copy", dirlock.File)),
				os.Rename(dir, dir+"-moved"), os.Rename(dir+"-copy", dir))
		},
		"a file in its place": func(dir string) error { return errors.Join(os.RemoveAll(dir), os.WriteFile(dir, nil, 0o600)) },
		"a link to another": func(dir string) error {
			return errors.Join(os.Rename(dir, dir+"-moved"), os.Mkdir(dir+"-other", 0o700), os.Symlink(dir+"-other", dir))
		},
		"another LOCK": func(dir string) error {
			path := filepath.Join(dir, dirlock.File)
			return errors.Join(os.WriteFile(path+"-other", nil, 0o600), os.Rename(path+"-other", path))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			if err := dirlock.Make(dir); err != nil {
				t.Fatal(err)
			}
			lock := taken(t, dir)
			if err := replace(dir); err != nil {
				t.Fatal(err)
			}
			var replaced *dirlock.Replaced
			if mended, err := lock.Check(); !errors.As(err, &replaced) || mended {
				t.Errorf("%t, %v", mended, err)
			}
		})
	}
}

// A version that knows LOCK alone keeps this one out, also one that came while there was no LOCK.
func TestAVersionThatKnowsLockAlone(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, dirlock.File)
	if err := os.WriteFile(path, []byte("4711\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	earlier := flock(t, path)
	var held *dirlock.Held
	if _, err := dirlock.Take(dir); !errors.As(err, &held) || held.PID != 4711 {
		t.Errorf("%v", err)
	}
	earlier.Close()
	lock := taken(t, dir)
	if err := errors.Join(os.Remove(path), os.WriteFile(path, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	flock(t, path)
	var replaced *dirlock.Replaced
	if _, err := lock.CheckFile(); !errors.As(err, &replaced) || replaced.Path != path {
		t.Errorf("%v", err)
	}
}
