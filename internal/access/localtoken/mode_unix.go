//go:build unix

package localtoken

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// private refuses a file that other users can read or write, or that another user put there.
func private(path string, info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a regular file", path)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%s has mode %#o: other users may have read the token in it. Start the server again, which makes a new one", path, info.Mode().Perm())
	}
	return ofThisUser(path, info)
}

// own refuses a directory in which another user can replace a file.
func own(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o022 != 0 {
		return fmt.Errorf("%s has mode %#o: other users can replace the files in it. Run chmod 700 on it", dir, info.Mode().Perm())
	}
	return ofThisUser(dir, info)
}

func ofThisUser(path string, info fs.FileInfo) error {
	if owner, ok := info.Sys().(*syscall.Stat_t); ok && int(owner.Uid) != os.Geteuid() {
		return fmt.Errorf("%s belongs to the user with id %d, and this process runs as %d", path, owner.Uid, os.Geteuid())
	}
	return nil
}
