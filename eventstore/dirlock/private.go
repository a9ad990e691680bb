package dirlock

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Exposed is a directory in which other users can put files in the place of its own.
type Exposed struct {
	Dir  string
	Mode fs.FileMode
}

func (e *Exposed) Error() string {
	return fmt.Sprintf("%s has mode %#o: other users can replace the files in it. Run chmod go-w on it, and make sure that nobody did", e.Dir, e.Mode.Perm())
}

// Linked is a link in the place of a file that is written.
type Linked struct{ Path string }

func (e *Linked) Error() string {
	return e.Path + " is a link, and what it leads to is not written. Find out who put it there, and remove it"
}

// OpenFile is os.OpenFile for a file that only its owner may use, and that never follows a link: who can put one in the
// place of a file must not choose what is overwritten. It answers *Linked for one.
func OpenFile(path string, flags int) (*os.File, error) {
	if info, err := os.Lstat(path); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return nil, &Linked{path}
	}
	f, err := os.OpenFile(path, flags|noFollow, 0o600) // which refuses one that was put there meanwhile
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a regular file", path)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// private refuses a directory that users other than its owner can change and get to. One below a directory that they may
// not search is out of their reach.
func private(dir string, info fs.FileInfo) error {
	if !modesTell || info.Mode().Perm()&0o022 == 0 {
		return nil
	}
	above, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if above, err = filepath.EvalSymlinks(above); err != nil {
		return err
	}
	for above != filepath.Dir(above) {
		above = filepath.Dir(above)
		if info, err := os.Stat(above); err == nil && info.Mode().Perm()&0o011 == 0 {
			return nil
		}
	}
	return &Exposed{Dir: dir, Mode: info.Mode()}
}
