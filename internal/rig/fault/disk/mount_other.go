//go:build !linux

package disk

import "errors"

// Mount is a disk that is mounted on a directory.
type Mount struct{}

// Available answers why a disk cannot be mounted here.
func Available() error {
	return errors.New("no disk in memory can be mounted here: it is written for Linux")
}

// Mount answers why the disk cannot be mounted.
func (d *Disk) Mount(string) (*Mount, error) { return nil, Available() }

// Unmount has nothing to do.
func (m *Mount) Unmount() error { return nil }
