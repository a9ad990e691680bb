package fault

import (
	"errors"
	"os"

	"milepost.dev/internal/clock"
	"milepost.dev/internal/rig/fault/disk"
)

// Ground is what a world's data directory lies on.
type Ground int

// The grounds.
const (
	// Directory of the machine's own file system.
	Directory Ground = iota
	// Memory is a file system of its own in memory, which can be filled up.
	Memory
	// Disk can lose its power and fail; a new file may be gone although it was synced, until its directory is.
	Disk
	// JournalledDisk is one on which the sync of a new file makes its name durable too, as on ext4.
	JournalledDisk
)

func (g Ground) String() string {
	return [...]string{"a directory", "tmpfs", "a disk as POSIX has it", "a disk as ext4 has it"}[g]
}

// Available answers why there can be no such ground here, and nil where there can.
func (g Ground) Available() error {
	switch g {
	case Memory:
		if os.Geteuid() != 0 {
			return errors.New("mounting a file system in memory needs root")
		}
	case Disk, JournalledDisk:
		return disk.Available()
	}
	return nil
}

// prepare lays the ground.
func (w *World) prepare() (err error) {
	if err := os.MkdirAll(w.Data, 0o700); err != nil {
		return err
	}
	switch w.Ground {
	case Memory:
		w.clear, err = OnTmpfs(w.Data)
		return err
	case Disk, JournalledDisk:
		mode := disk.POSIX
		if w.Ground == JournalledDisk {
			mode = disk.Journalled
		}
		w.Disk = disk.New(mode, clock.System())
		return w.mount()
	}
	return nil
}

// mount shows the disk, or what is left of it after a cut.
func (w *World) mount() error {
	m, err := w.Disk.Mount(w.Data)
	if err != nil {
		return err
	}
	w.clear = m.Unmount
	return nil
}
