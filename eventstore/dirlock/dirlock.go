// Package dirlock makes directories, and lets one process at a time work on one. The lock is the operating
// system's: it goes with the process, however that ends, and a file that is left behind holds nobody up. Who has
// a directory can ask at any time whether it is still the one at its path.
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
	"sync"
	"syscall"
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
		if err := flush(filepath.Dir(d)); err != nil {
			return err
		}
	}
	return nil
}

func flush(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// File is the file in the directory that is locked beside the directory itself. It stays there, and holds the
// number of the process that works on the directory.
const File = "LOCK"

// Held is a directory that another process works on.
type Held struct {
	Dir string
	PID int // of the process that has it; 0 where that could not be found out
}

func (e *Held) Error() string { return fmt.Sprintf("%s is in use by %s", e.Dir, e.Holder()) }

// Holder names the other process as far as it is known.
func (e *Held) Holder() string {
	if e.PID == 0 {
		return "another process"
	}
	return fmt.Sprintf("process %d", e.PID)
}

// Replaced is a locked directory, or its LOCK, that another one has taken the place of. The lock is still held,
// on what was moved away.
type Replaced struct {
	Path string // of the directory or of its LOCK
	Gone bool   // nothing is there now
}

func (e *Replaced) Error() string {
	if e.Gone {
		return e.Path + " was moved or removed while it was in use"
	}
	return e.Path + " was replaced while it was in use"
}

// Lock is a directory that this process has for itself. It is safe for concurrent use.
//
// Two things are locked. The directory's own inode, so that a second process is refused whatever happens to the
// files in it, and under whatever path it comes: a bind mount, a link, another name. And LOCK, for versions that
// look at nothing else, and for NFS, where a lock on a directory is known to one machine alone and a lock on a
// file to all of them. Where a file system cannot lock directories at all, LOCK alone has to do.
type Lock struct {
	dir, path string // of the directory and of its LOCK
	handle    *os.File
	inode     os.FileInfo // of handle
	whole     bool        // handle is locked too

	mu   sync.Mutex
	file *os.File    // guarded by mu: LOCK
	mine os.FileInfo // guarded by mu: of file
}

// Take locks a directory that exists, for this process, and answers *Held where another one has it, *Exposed where other
// users can change it, and *Linked where LOCK is a link; then it has changed nothing.
func Take(dir string) (*Lock, error) {
	l, err := take(dir)
	var held *Held
	if errors.As(err, &held) {
		return nil, held
	}
	if err != nil {
		return nil, fmt.Errorf("lock a directory: %w", err)
	}
	return l, nil
}

func take(dir string) (_ *Lock, err error) {
	handle, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	l := &Lock{dir: dir, path: filepath.Join(dir, File), handle: handle}
	defer func() {
		if err != nil {
			l.Close()
		}
	}()
	if l.inode, err = handle.Stat(); err != nil {
		return nil, err
	}
	if err := private(dir, l.inode); err != nil {
		return nil, err
	}
	// The directory comes first: who is refused must not put a LOCK where one was removed.
	held, whole, err := lockDir(handle)
	if err != nil {
		return nil, err
	}
	if held {
		return nil, &Held{Dir: dir, PID: l.holder()}
	}
	l.whole = whole
	if l.file, err = OpenFile(l.path, os.O_CREATE|os.O_RDWR); err != nil {
		return nil, err
	}
	if held, err = lockFile(l.file); err != nil {
		return nil, err
	}
	if held {
		return nil, &Held{Dir: dir, PID: l.holder()}
	}
	if l.mine, err = l.file.Stat(); err != nil {
		return nil, err
	}
	if err := sign(l.file); err != nil {
		return nil, err
	}
	_, err = l.Check() // it may have been moved between being opened and being locked
	return l, err
}

func sign(f *os.File) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.WriteAt(fmt.Appendf(nil, "%d\n", os.Getpid()), 0)
	return err
}

// holder is the process that has the directory: what LOCK says, and where there is none, what the system does.
func (l *Lock) holder() int {
	if f, err := os.Open(l.path); err == nil {
		text, _ := io.ReadAll(io.LimitReader(f, 32))
		f.Close()
		if pid, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
			return pid
		}
	}
	return lockedBy(l.inode)
}

// Check makes sure that the directory and its LOCK are still the ones that were locked, and answers *Replaced
// where they are not. See CheckFile about a LOCK that was removed.
func (l *Lock) Check() (mended bool, err error) {
	if err := l.checkDir(); err != nil {
		return false, err
	}
	return l.CheckFile()
}

func (l *Lock) checkDir() error {
	now, err := os.Stat(l.dir)
	switch {
	case missing(err):
		return &Replaced{Path: l.dir, Gone: true}
	case err != nil:
		return fmt.Errorf("look at a locked directory: %w", err)
	case !os.SameFile(now, l.inode):
		return &Replaced{Path: l.dir}
	}
	return nil
}

// CheckFile is Check for one look at the disk: it looks at LOCK by its path, which leads through the directory.
// A LOCK that was removed, and nothing else, is put back and mended says so: the directory itself is locked all
// the while, and only a version that does not know this could have come in meanwhile.
func (l *Lock) CheckFile() (mended bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, err := os.Stat(l.path)
	switch {
	case err == nil && os.SameFile(now, l.mine):
		return false, nil
	case err == nil:
		return false, &Replaced{Path: l.path}
	case !missing(err):
		return false, fmt.Errorf("look at a locked directory: %w", err)
	}
	if err := l.checkDir(); err != nil {
		return false, err
	}
	if !l.whole {
		return false, &Replaced{Path: l.path, Gone: true}
	}
	return l.putBack()
}

// putBack makes LOCK anew. Where it cannot, for want of room or of descriptors, the directory's own lock holds,
// and the next check tries again. Calls hold mu.
func (l *Lock) putBack() (mended bool, err error) {
	f, err := OpenFile(l.path, os.O_CREATE|os.O_EXCL|os.O_RDWR)
	if linked := (*Linked)(nil); errors.As(err, &linked) {
		return false, &Replaced{Path: l.path}
	}
	if errors.Is(err, fs.ErrExist) {
		return false, &Replaced{Path: l.path}
	}
	if err != nil {
		return false, nil
	}
	held, err := lockFile(f)
	if held {
		f.Close()
		return false, &Replaced{Path: l.path}
	}
	var mine os.FileInfo
	if err == nil {
		mine, err = f.Stat()
	}
	if err != nil {
		f.Close()
		return false, fmt.Errorf("put %s back: %w", l.path, err)
	}
	_ = sign(f) // a LOCK without a number locks as well
	l.file.Close()
	l.file, l.mine = f, mine
	return true, nil
}

// Close gives the directory back.
func (l *Lock) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var err error
	if l.file != nil {
		err = l.file.Close()
	}
	return errors.Join(err, l.handle.Close())
}

// missing says whether there is nothing at a path.
func missing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}
