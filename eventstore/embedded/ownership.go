package embedded

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"milepost.dev/eventstore"
	"milepost.dev/eventstore/dirlock"
)

// Replaced is a data directory that is no longer the one that this process opened, or that another one writes.
// Nothing is acknowledged on it any more, and nothing is written into it: the process has to end.
type Replaced struct {
	Dir  string
	What string // happened, as a clause
}

func (e *Replaced) Error() string {
	return fmt.Sprintf("%s while this server ran, so it has stopped and acknowledges nothing more. Make sure that no other server "+
		"runs on this ledger and that the right directory is at %s, then start it again (docs/runbook.md, ledger-stopped)", e.What, e.Dir)
}

// lookEvery is how often a server that nobody sends anything to looks whether its directory is still its own.
const lookEvery = time.Second

// ownership tells whether the data directory, and the files in it, are still the ones that this process opened
// and whether somebody else writes them. What it compares it holds open: otherwise a new file could get the same
// inode. It is safe for concurrent use.
type ownership struct {
	dir  string
	lock *dirlock.Lock
	log  *slog.Logger

	lost atomic.Pointer[Replaced] // nil while the directory is this process's
	gone chan struct{}            // closed when lost is set

	mu    sync.Mutex
	mark  *opened            // guarded by mu: ACKNOWLEDGED; nil until the log is open
	said  []byte             // guarded by mu: what the mark holds; nil where a write of it failed
	block *opened            // guarded by mu: the ledger's last file; nil before the first commit
	size  int64              // guarded by mu: of block, when it was looked at last
	buf   [markSize + 1]byte // guarded by mu
}

func newOwnership(dir string, lock *dirlock.Lock, log *slog.Logger) *ownership {
	return &ownership{dir: dir, lock: lock, log: log, gone: make(chan struct{})}
}

// openMark begins to hold ACKNOWLEDGED, whatever it says, and makes it where there is none.
func (o *ownership) openMark() error {
	path := filepath.Join(o.dir, acknowledgedFile)
	fresh := !exists(path)
	m, err := openFile(path, os.O_CREATE|os.O_RDWR)
	if err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.mark = m
	n, err := m.file.ReadAt(o.buf[:], 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	o.said = bytes.Clone(o.buf[:n])
	if fresh {
		return errors.Join(m.file.Sync(), syncPath(o.dir))
	}
	return nil
}

// write overwrites the mark. Evidence that cannot be written is older evidence, and no reason to refuse a
// commit that is durable; what the mark holds is not known then until it can be written again.
func (o *ownership) write(m mark) {
	o.mu.Lock()
	defer o.mu.Unlock()
	data := m.bytes()
	if _, err := o.mark.file.WriteAt(data, 0); err != nil {
		data = nil
	}
	o.said = data
}

// follow begins to hold the file of the ledger that commits go to from now on.
func (o *ownership) follow(path string) error {
	next, err := openFile(path, os.O_RDONLY)
	if err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.block != nil {
		o.block.file.Close()
	}
	o.block, o.size = next, 0
	return nil
}

// before is asked before a commit is sent to the server. One look tells of the directory and of ACKNOWLEDGED, whose
// path leads through it. *Replaced means that nothing was sent.
func (o *ownership) before() error {
	if lost := o.lost.Load(); lost != nil {
		return lost
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	err := o.note(o.there(o.mark))
	if errors.As(err, new(*Replaced)) {
		return err
	}
	return unclear(err)
}

// after is asked before a commit that the server stored is acknowledged. Two looks tell of LOCK, of the ledger's last
// file and of every directory above it; a read, whether another process marked a commit. What it finds makes the
// outcome unknown: the commit is on a disk, and perhaps not in the ledger that the next start finds at the path.
//
// The look at the last file also tells whether the commit is in it: grown says that it has got at least so many bytes more
// since it was looked at before. Otherwise the server began another file.
func (o *ownership) after(bytes int) (grown bool, err error) {
	if err := o.readable(); err != nil {
		return false, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if err = o.lockThere(o.lock.CheckFile()); err == nil {
		grown, err = o.blockGrew(bytes)
	}
	if err == nil {
		err = o.markSays()
	}
	return grown, unclear(o.note(err))
}

// blockGrew looks at the ledger's last file. The caller holds mu.
func (o *ownership) blockGrew(bytes int) (bool, error) {
	if o.block == nil {
		return false, nil
	}
	now, err := o.look(o.block)
	if err != nil {
		return false, err
	}
	before := o.size
	o.size = now.Size()
	return o.size-before >= int64(bytes) && before > 0, nil
}

// check looks at everything, and answers *Replaced.
func (o *ownership) check() error {
	if lost := o.lost.Load(); lost != nil {
		return lost
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	err := o.lockThere(o.lock.Check())
	if err == nil {
		err = o.there(o.mark)
	}
	if err == nil {
		err = o.there(o.block)
	}
	if err == nil {
		err = o.markSays()
	}
	return o.note(err)
}

// readable answers an unknown outcome once the directory was lost: what is read by its path is somebody else's.
func (o *ownership) readable() error {
	if lost := o.lost.Load(); lost != nil {
		return unclear(lost)
	}
	return nil
}

// explain tells damage of the ledger from what was read of a directory that is another one: the server finds by their
// paths the files that it does not hold open.
func (o *ownership) explain(err error) error {
	if !errors.As(err, new(*eventstore.Damage)) {
		return err
	}
	if lost := o.check(); errors.As(lost, new(*Replaced)) {
		return unclear(lost)
	}
	return err
}

// watch looks until stop is closed.
func (o *ownership) watch(stop <-chan struct{}) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			_ = o.check() // what is wrong is noted; what could not be looked at, the next commit meets as well
		case <-o.gone:
			return
		case <-stop:
			return
		}
	}
}

// note keeps that the directory was lost, and says so once.
func (o *ownership) note(err error) error {
	var lost *Replaced
	if !errors.As(err, &lost) {
		return err
	}
	_, err = o.lock.Check() // what happened to the directory explains what happened to the files in it
	_ = errors.As(o.lockThere(false, err), &lost)
	if o.lost.CompareAndSwap(nil, lost) {
		o.log.Error("the data directory is not this server's any more", "reason", lost)
		close(o.gone)
	}
	return lost
}

func (o *ownership) lockThere(mended bool, err error) error {
	if mended {
		o.log.Warn("the file LOCK was removed from the data directory of a running server, and is put back. It is never a leftover: leave it where it is", "data", o.dir)
	}
	var replaced *dirlock.Replaced
	switch {
	case !errors.As(err, &replaced):
		return err
	case replaced.Path != o.dir:
		return o.replaced("another program took LOCK in the data directory %s", o.dir)
	case replaced.Gone:
		return o.replaced("the data directory %s was moved or removed", o.dir)
	}
	return o.replaced("the data directory %s was replaced by another directory", o.dir)
}

// there looks whether a file is still the one at its path. One that was not opened yet is.
func (o *ownership) there(f *opened) error {
	if f == nil {
		return nil
	}
	_, err := o.look(f)
	return err
}

// look is there, and what the path leads to.
func (o *ownership) look(f *opened) (os.FileInfo, error) {
	now, err := os.Stat(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return nil, o.replaced("the file %s was moved or removed", f.path)
	case err != nil:
		return nil, fmt.Errorf("look whether the data directory is still this server's: %w", err)
	case !os.SameFile(now, f.info):
		return nil, o.replaced("the file %s was replaced by another", f.path)
	}
	return now, nil
}

// markSays compares the acknowledged mark with the one that this process wrote last.
func (o *ownership) markSays() error {
	if o.mark == nil || o.said == nil {
		return nil
	}
	n, err := o.mark.file.ReadAt(o.buf[:], 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("look whether the data directory is still this server's: %w", err)
	}
	if !bytes.Equal(o.buf[:n], o.said) {
		return o.replaced("the file %s was written by another program", o.mark.path)
	}
	return nil
}

func (o *ownership) replaced(format string, args ...any) error {
	return &Replaced{Dir: o.dir, What: fmt.Sprintf(format, args...)}
}

// close flushes the mark and gives the directory back.
func (o *ownership) close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	var err error
	if o.mark != nil {
		err = errors.Join(o.mark.file.Sync(), o.mark.file.Close())
	}
	if o.block != nil {
		o.block.file.Close()
	}
	o.lock.Close()
	return err
}

// unclear makes an error one of an outcome that is not known.
func unclear(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", eventstore.ErrUnknown, err)
}

// opened is a file that is held open, and the path at which it was.
type opened struct {
	path string
	file *os.File
	info os.FileInfo
}

func openFile(path string, flags int) (*opened, error) {
	f, err := dirlock.OpenFile(path, flags)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &opened{path, f, info}, nil
}
