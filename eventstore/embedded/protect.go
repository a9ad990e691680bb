package embedded

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// protectedDir holds a second name for every file that must not be lost, while the server opens the store. When
// the server cannot open a stream, for want of a descriptor or by an error of the disk that is over a moment
// later, it deletes all of the stream's files. A file whose second name is here outlives that.
const protectedDir = "opening"

// protect gives the files of both streams a second name. It makes no copy: both names are of one file.
func protect(dir string) error {
	streams := streamsDir(dir)
	if !exists(streams) {
		return nil // nothing yet
	}
	err := filepath.WalkDir(streams, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		to := filepath.Join(dir, protectedDir, strings.TrimPrefix(path, streams))
		switch {
		case e.IsDir():
			return os.MkdirAll(to, 0o700)
		case irreplaceable(e.Name()):
			return os.Link(path, to)
		}
		return nil
	})
	if err == nil {
		err = syncDirs(filepath.Join(dir, protectedDir))
	}
	if err == nil {
		err = syncPath(dir)
	}
	if err != nil {
		return fmt.Errorf("protect the ledger while it is opened: %w", err)
	}
	return nil
}

// irreplaceable says whether a file of a stream is more than an index, which the server makes anew.
func irreplaceable(name string) bool {
	return strings.HasSuffix(name, ".blk") || name == "meta.inf" || name == "meta.sum"
}

// putBack gives every protected file its own name again, where the server took it away. It is called before
// the files are looked at, and after a start that failed, when the server is down.
func putBack(dir string) error {
	from := filepath.Join(dir, protectedDir)
	if !exists(from) {
		return nil
	}
	streams, missing := streamsDir(dir), false
	err := filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		to := filepath.Join(streams, strings.TrimPrefix(path, from))
		if e.IsDir() {
			return os.MkdirAll(to, 0o700)
		}
		if exists(to) {
			return nil
		}
		missing = true
		return os.Link(path, to)
	})
	if err == nil && missing {
		err = syncDirs(streams)
	}
	if err == nil {
		err = unprotect(dir)
	}
	if err != nil {
		return fmt.Errorf("put back the ledger that the store took away: %w", err)
	}
	return nil
}

// stillThere says whether the server left both streams where they were. One that it took away would be made
// anew, empty, by whoever asks for it next.
func stillThere(dir string) error {
	from := filepath.Join(dir, protectedDir)
	if !exists(from) {
		return nil
	}
	return filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Name() != "meta.inf" {
			return err
		}
		stream := filepath.Dir(strings.TrimPrefix(path, from))
		if !exists(filepath.Join(streamsDir(dir), stream, e.Name())) {
			return fmt.Errorf("the store could not open its stream %s and deleted its files; they are put back. Start again", filepath.Base(stream))
		}
		return nil
	})
}

// unprotect takes the second names away, once the first ones are there for good.
func unprotect(dir string) error {
	if !exists(filepath.Join(dir, protectedDir)) {
		return nil
	}
	if err := os.RemoveAll(filepath.Join(dir, protectedDir)); err != nil {
		return fmt.Errorf("end the protection of the ledger: %w", err)
	}
	return syncPath(dir)
}

func syncDirs(root string) error {
	return filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.IsDir() {
			return err
		}
		return syncPath(path)
	})
}
