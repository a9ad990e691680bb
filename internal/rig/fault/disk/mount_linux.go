package disk

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/hanwen/go-fuse/v2/fuse"
	"golang.org/x/sys/unix"
)

// Mount is a disk that is mounted on a directory.
type Mount struct {
	dir    string
	server *fuse.Server
	served chan struct{} // closed when the kernel has no more requests

	once sync.Once
	err  error // of Unmount
}

// Available answers why a disk cannot be mounted here, and nil where it can. It tries.
func Available() error {
	if _, err := os.Stat("/dev/fuse"); err != nil {
		return fmt.Errorf("no disk in memory can be mounted here, because the kernel has no FUSE: %w", err)
	}
	dir, err := os.MkdirTemp("", "disk")
	if err != nil {
		return fmt.Errorf("no disk in memory can be mounted here: %w", err)
	}
	defer os.Remove(dir)
	m, err := New(POSIX, standing{}).Mount(dir)
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) {
		return fmt.Errorf("no disk in memory can be mounted here, because only root may, or whoever has CAP_SYS_ADMIN: %w", err)
	}
	if err != nil {
		return fmt.Errorf("no disk in memory can be mounted here: %w", err)
	}
	return m.Unmount()
}

// standing is a clock for a disk that nobody writes to.
type standing struct{}

func (standing) Now() time.Time         { return time.Unix(0, 0) }
func (standing) Elapsed() time.Duration { return 0 }

// Mount shows the disk to all processes of this user in a directory, which must exist, until Unmount. It
// needs root. The program that mounts may use the directory too, with one exception: it must not start
// a process there, with os/exec's Dir or from an executable file on the disk, because starting one holds
// up the very threads that would have to answer.
func (d *Disk) Mount(dir string) (*Mount, error) {
	d.mu.Lock()
	root := d.root
	d.mu.Unlock()
	server, err := fuse.NewServer(newTree(d, root), dir, &fuse.MountOptions{
		DirectMountStrict: true,
		Options:           []string{"default_permissions"},
		FsName:            "milepost-disk", Name: "milepost-disk",
		DisableXAttrs: true, DisableReadDirPlus: true,
		// What the kernel asks in the background, such as closing files, must not wait behind a slow sync.
		MaxBackground: 64,
	})
	if err != nil {
		return nil, fmt.Errorf("mounting a disk on %s: %w", dir, err)
	}
	m := &Mount{dir: dir, server: server, served: make(chan struct{})}
	go func() {
		defer close(m.served)
		server.Serve()
	}()
	if err := server.WaitMount(); err != nil {
		return nil, errors.Join(fmt.Errorf("mounting a disk on %s: %w", dir, err), m.Unmount())
	}
	return m, nil
}

// patience is how often, and pace how far apart, an unmount is tried while files are open.
const (
	patience = 100
	pace     = 20 * time.Millisecond
)

// Unmount takes the disk off its directory and waits until nothing of it is served. While files are open
// it waits for them to be closed, for two seconds; then their owners get an error for whatever they do.
// What a fault delays it waits for: lift the fault first. A second call answers what the first did.
func (m *Mount) Unmount() error {
	m.once.Do(func() { m.err = m.unmount(patience) })
	return m.err
}

func (m *Mount) unmount(patience int) error {
	tick := time.NewTicker(pace)
	defer tick.Stop()
	err := unix.Unmount(m.dir, 0)
	for try := 0; errors.Is(err, unix.EBUSY) && try < patience; try++ {
		<-tick.C
		err = unix.Unmount(m.dir, 0)
	}
	if errors.Is(err, unix.EBUSY) {
		err = unix.Unmount(m.dir, unix.MNT_FORCE|unix.MNT_DETACH)
	}
	if err != nil {
		return fmt.Errorf("unmounting a disk from %s: %w", m.dir, err)
	}
	<-m.served
	return nil
}
