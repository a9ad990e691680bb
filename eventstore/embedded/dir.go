package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"milepost.dev/eventstore/dirlock"
)

// makeDirs makes the data directory for its owner alone: the names of people are kept in it.
func makeDirs(dir string) error {
	if err := dirlock.Make(filepath.Join(dir, "ledger")); err != nil {
		return fmt.Errorf("make the data directory: %w", err)
	}
	return nil
}

// checkFormat refuses a directory that a later version of milepost has laid out.
func checkFormat(dir string) error {
	data, err := os.ReadFile(filepath.Join(dir, formatFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("read the data directory's format: %w", err)
	case string(data) != format:
		return fmt.Errorf("the data directory %s has the format %q, and this version of milepost reads %q", dir, data, format)
	}
	return nil
}

// markFormat says that there is a ledger now. The server syncs its files and not the directories that
// name them, so they are synced here, before the first commit can be acknowledged.
func markFormat(dir string) error {
	path := filepath.Join(dir, formatFile)
	if exists(path) {
		return nil
	}
	f, err := dirlock.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY)
	if err == nil {
		_, err = f.WriteString(format)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return fmt.Errorf("mark the data directory: %w", err)
	}
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.IsDir() && e.Name() != formatFile {
			return err
		}
		return syncPath(path)
	})
	if err == nil {
		err = syncPath(filepath.Dir(dir))
	}
	if err != nil {
		return fmt.Errorf("sync the data directory: %w", err)
	}
	return nil
}

// writeAgain puts the bytes of the last file on the disk once more, the same in the same place. When a sync
// fails the system takes what it could not write for written: whoever reads it sees it, and a later sync has
// nothing to do. A commit that was read at the start may be such a one, and the next commit is built on it. A
// record that was never finished is cut off.
func writeAgain(seen Summary) error {
	data, err := os.ReadFile(seen.File)
	if err != nil {
		return fmt.Errorf("make sure of the ledger's end: %w", err)
	}
	f, err := dirlock.OpenFile(seen.File, os.O_WRONLY)
	if err != nil {
		return fmt.Errorf("make sure of the ledger's end: %w", err)
	}
	if seen.Torn != nil {
		data = data[:seen.Torn.Offset]
		err = f.Truncate(seen.Torn.Offset)
	}
	if err == nil {
		_, err = f.WriteAt(data, 0)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close(), syncPath(filepath.Dir(seen.File))); err != nil {
		return fmt.Errorf("make sure of the ledger's end: %w", err)
	}
	return nil
}

// cutOff takes a record that was never finished out of its file.
func (t *Torn) cutOff() error {
	if err := os.Truncate(t.File, t.Offset); err != nil {
		return fmt.Errorf("cut off what was never finished: %w", err)
	}
	if err := syncPath(t.File); err != nil {
		return fmt.Errorf("cut off what was never finished: %w", err)
	}
	return nil
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
