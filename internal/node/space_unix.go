//go:build unix

package node

import "golang.org/x/sys/unix"

// diskOf says how large the file system of a directory is, and how much of it the server may still fill: bytes.
func diskOf(dir string) (size, free uint64, err error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, 0, err
	}
	block := uint64(s.Bsize)
	return uint64(s.Blocks) * block, uint64(s.Bavail) * block, nil
}
