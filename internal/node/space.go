package node

import (
	"errors"
	"io/fs"
	"path/filepath"

	"milepost.dev/internal/observe/metrics"
)

// space measures what the ledger takes of its disk. What cannot be measured is left out: health says what is wrong.
func space(data string) (s metrics.Space) {
	if size, free, err := diskOf(data); err == nil {
		s.Known, s.Disk, s.Free = true, size, free
	}
	if n, err := bytesBelow(filepath.Join(data, "ledger")); err == nil {
		s.Ledger = n
	}
	return s
}

// bytesBelow is the size of all files below a directory. Files may come and go meanwhile.
func bytesBelow(dir string) (sum uint64, err error) {
	err = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return gone(err)
		}
		info, err := entry.Info()
		if err != nil {
			return gone(err)
		}
		sum += uint64(info.Size())
		return nil
	})
	return sum, err
}

func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
