// Package dirlock makes directories, and lets one process at a time work on one. The lock is the operating
// system's: it goes with the process, however that ends, and a file that is left behind holds nobody up.
package dirlock

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Make makes a directory for its owner alone, and those above it that are missing. When it returns, all of
// them survive a loss of power: a file that is synced in a directory whose own name is not may be gone with it.
func Make(dir string) error {
	var made []string
	for d := filepath.Clean(dir); ; d = filepath.Dir(d) {
		_, err := os.Stat(d)
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		made = append(made, d)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for _, d := range made {
		if err := sync(filepath.Dir(d)); err != nil {
			return err
		}
	}
	return nil
}

func sync(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// File is the file in the directory that is locked. It stays there.
const File = "LOCK"

// Held is a directory that another process works on.
type Held struct {
	Dir string
	PID int // of the process that has it; 0 where it did not say
}

func (e *Held) Error() string { return fmt.Sprintf("%s is in use by %s", e.Dir, e.Holder()) }

// Holder names the other process as far as it is known.
func (e *Held) Holder() string {
	if e.PID == 0 {
		return "another process"
	}
	return fmt.Sprintf("process %d", e.PID)
}

// Take locks a directory that exists, for this process, and answers *Held where another one has it. Closing
// what it returns gives the directory back.
func Take(dir string) (io.Closer, error) {
	f, err := os.OpenFile(filepath.Join(dir, File), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock a directory: %w", err)
	}
	held, err := lockFile(f)
	if err == nil && !held {
		err = f.Truncate(0)
		if err == nil {
			_, err = f.WriteAt(fmt.Appendf(nil, "%d\n", os.Getpid()), 0)
		}
	}
	if held {
		text, _ := io.ReadAll(io.LimitReader(f, 32))
		pid, _ := strconv.Atoi(strings.TrimSpace(string(text)))
		f.Close()
		return nil, &Held{Dir: dir, PID: pid}
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("lock a directory: %w", err)
	}
	return f, nil
}
