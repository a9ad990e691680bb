//go:build unix && !aix

package dirlock

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

const (
	noFollow  = unix.O_NOFOLLOW | unix.O_NONBLOCK // and nothing waits for the other end of a pipe
	modesTell = true                              // a file's mode says who may change it
)

// lockFile takes the lock for as long as the file is open: it goes with the process, however that ends.
func lockFile(f *os.File) (held bool, err error) {
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return true, nil
	}
	return false, err
}

// lockDir is lockFile for a directory. whole is false where the file system locks no directories, or only what is
// open for writing.
func lockDir(f *os.File) (held, whole bool, err error) {
	held, err = lockFile(f)
	for _, unsupported := range []error{errors.ErrUnsupported, unix.EINVAL, unix.EBADF, unix.ENOLCK} {
		if errors.Is(err, unsupported) {
			return false, false, nil
		}
	}
	return held, err == nil && !held, err
}
