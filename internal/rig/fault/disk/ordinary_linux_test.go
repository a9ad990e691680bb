package disk

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestLikeARealDirectory does the same things in a real directory and on a disk, and compares all that a
// program learns from it.
func TestLikeARealDirectory(t *testing.T) {
	need(t)
	dir, _ := mounted(t, system(POSIX))
	want, got := ordinary(t.TempDir()), ordinary(dir)
	if want != got {
		t.Errorf("a real directory:\n%s\na disk:\n%s", want, got)
	}
	for _, line := range []string{"flock: resource temporarily unavailable", "appended: onetwothree", "mkdir: file exists"} {
		if !strings.Contains(got, line+"\n") {
			t.Errorf("no line %q in\n%s", line, got)
		}
	}
}

// ordinary does what programs do with files, and tells what came of each step.
func ordinary(dir string) string {
	var told strings.Builder
	tell := func(what string, err error) {
		if number := syscall.Errno(0); errors.As(err, &number) {
			err = number // the rest has the path in it
		}
		if err == nil {
			err = errors.New("done")
		}
		fmt.Fprintf(&told, "%s: %v\n", what, err)
	}
	at := func(name string) string { return filepath.Join(dir, name) }
	read := func(what, name string) {
		data, err := os.ReadFile(at(name))
		tell("reading "+name, err)
		fmt.Fprintf(&told, "%s: %s\n", what, data)
	}

	tell("mkdir", os.MkdirAll(at("a/b/c"), 0o755))
	tell("mkdir", os.Mkdir(at("a"), 0o755))
	tell("write", os.WriteFile(at("a/f"), []byte("one"), 0o640))
	f, err := os.OpenFile(at("a/f"), os.O_APPEND|os.O_RDWR, 0)
	tell("open", err)
	defer f.Close()
	other, err := os.OpenFile(at("a/f"), os.O_APPEND|os.O_RDWR, 0)
	tell("open", err)
	defer other.Close()
	_, err = f.WriteString("two")
	tell("append", err)
	_, err = other.WriteString("three")
	tell("append", err)
	read("appended", "a/f")
	tell("flock", unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB))
	tell("flock", unix.Flock(int(other.Fd()), unix.LOCK_EX|unix.LOCK_NB))
	tell("sync", f.Sync())
	tell("truncate", f.Truncate(4))
	tell("grow", f.Truncate(6))
	read("cut and grown", "a/f")
	_, err = os.OpenFile(at("a/f"), os.O_CREATE|os.O_EXCL, 0o644)
	tell("create anew", err)
	tell("link", os.Link(at("a/f"), at("a/b/g")))
	tell("write over", os.WriteFile(at("a/tmp"), []byte("new"), 0o644))
	tell("rename over", os.Rename(at("a/tmp"), at("a/f")))
	read("renamed", "a/f")
	read("linked", "a/b/g")
	n, err := f.ReadAt(make([]byte, 10), 0)
	fmt.Fprintf(&told, "open and replaced: %d %v\n", n, err)
	tell("rename below itself", os.Rename(at("a"), at("a/b/a")))
	tell("rename of a directory", os.Rename(at("a/b"), at("b")))
	tell("rename over a full directory", os.Rename(at("a"), at("b")))
	tell("remove a full directory", unix.Rmdir(at("b")))
	tell("remove a directory as a file", unix.Unlink(at("b")))
	tell("sparse", os.WriteFile(at("sparse"), nil, 0o600))
	s, err := os.OpenFile(at("sparse"), os.O_RDWR, 0)
	tell("open", err)
	defer s.Close()
	_, err = s.WriteAt([]byte("end"), 300_000)
	tell("write far out", err)
	data := make([]byte, 300_003)
	_, err = io.ReadFull(s, data)
	tell("read all", err)
	fmt.Fprintln(&told, bytes.Count(data, []byte{0}), string(data[300_000:]))
	tell("chmod", os.Chmod(at("sparse"), 0o400))
	tell("times", os.Chtimes(at("sparse"), time.Unix(1, 0), time.Unix(2, 3000)))
	tell("directory sync", func() error {
		d, err := os.Open(dir)
		if err != nil {
			return err
		}
		return errors.Join(d.Sync(), d.Close())
	}())
	for i := range 200 {
		if err := os.WriteFile(at(fmt.Sprintf("a/many-%d-%s", i, strings.Repeat("x", 100))), nil, 0o644); err != nil {
			tell("many", err)
		}
	}
	tell("walk", filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		size, name := info.Size(), strings.TrimPrefix(path, dir)
		if e.IsDir() {
			size = 0
		}
		if e.IsDir() && name == "" {
			return nil
		}
		fmt.Fprintln(&told, name, info.Mode(), size)
		if name == "/sparse" {
			fmt.Fprintln(&told, info.ModTime().UTC())
		}
		return nil
	}))
	tell("remove all", os.RemoveAll(at("a")))
	_, err = os.Stat(at("a"))
	tell("removed", err)
	return told.String()
}
