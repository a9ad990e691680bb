package backup

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"milepost.dev/eventstore/dirlock"
)

// part is a file that is not whole yet. Until it is put in its place no manifest names it.
type part struct {
	*os.File
	dir string
}

func newPart(dir, name string) (*part, error) {
	f, err := dirlock.OpenFile(filepath.Join(dir, name+partSuffix), os.O_CREATE|os.O_RDWR|os.O_TRUNC)
	if err != nil {
		return nil, err
	}
	return &part{File: f, dir: dir}, nil
}

// place syncs the file, gives it its name, and syncs the name.
func (p *part) place(name string) error {
	err := p.Sync()
	if err = errors.Join(err, p.Close()); err != nil {
		return err
	}
	if err := os.Rename(p.Name(), filepath.Join(p.dir, name)); err != nil {
		return err
	}
	return syncDir(p.dir)
}

// drop gives up a file that was not put in its place. After place it does nothing that matters.
func (p *part) drop() {
	_ = p.Close()
	_ = os.Remove(p.Name())
}

func writeFile(dir, name string, data []byte) error {
	p, err := newPart(dir, name)
	if err != nil {
		return err
	}
	if _, err := p.Write(data); err != nil {
		p.drop()
		return err
	}
	return p.place(name)
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// tidy removes what an interrupted run has left, and what the manifest no longer names. Names that were
// forgotten since are overwritten first; what a file system keeps of overwritten blocks is out of reach.
func tidy(dir string, m *Manifest) error {
	named := map[string]bool{}
	for _, s := range m.Segments {
		named[s.File] = true
	}
	if m.Names != nil {
		named[m.Names.File] = true
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := e.Name()
		if named[name] || !ours(name) && name != manifestFile+partSuffix {
			continue
		}
		path := filepath.Join(dir, name)
		if strings.HasPrefix(name, namesPrefix) {
			if err := overwrite(path); err != nil {
				return err
			}
		}
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return syncDir(dir)
}

func overwrite(path string) error {
	f, err := dirlock.OpenFile(path, os.O_WRONLY)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil {
		_, err = f.Write(make([]byte, info.Size()))
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// makeDir makes the directory of a new backup for its owner alone, and refuses one that holds something else.
func makeDir(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return dirlock.Make(dir)
	}
	if errors.Is(err, syscall.ENOTDIR) {
		return &NotABackup{Dir: dir}
	}
	if err != nil {
		return err
	}
	return checkEntries(dir, entries)
}

// checkEntries refuses what is in a directory that is no backup.
func checkEntries(dir string, entries []fs.DirEntry) error {
	for _, e := range entries {
		if n := e.Name(); n == manifestFile {
			return nil
		}
	}
	for _, e := range entries {
		switch n := e.Name(); {
		case n == lockFile, n == manifestFile+partSuffix, n == "lost+found":
		case ours(n):
			// A first manifest is written before any of these.
			return &Damage{Dir: dir, File: manifestFile, Position: 1, Reason: "it is gone, and files that it named are there"}
		default:
			return &NotABackup{Dir: dir, Name: n}
		}
	}
	return nil
}

// NotABackup is a directory that holds something else, of which Name is the first; without a Name it is a file.
// Nothing was touched.
type NotABackup struct{ Dir, Name string }

func (e *NotABackup) Error() string {
	if e.Name == "" {
		return e.Dir + " is no directory, and no backup"
	}
	return "there is " + e.Name + " in " + e.Dir + ", and no backup"
}
