package node

import (
	"errors"
	"io/fs"
	"path/filepath"
	"sync"
	"time"

	"milepost.dev/internal/observe/metrics"
	"milepost.dev/internal/writer"
	"milepost.dev/projections"
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

// growth is how many bytes a day a ledger of so many bytes grew by in the last week, or since it began: its records are taken to be of
// one size. In the first hour nothing can be said.
func growth(book *projections.Book, now time.Time, size uint64) float64 {
	const week = 7 * 24 * time.Hour
	began, ok := book.RecordedAfter(0)
	span := min(week, now.Sub(began))
	if !ok || span < time.Hour {
		return 0
	}
	position, before := book.Position(), book.KnownAtTime(now.Add(-span)).Position
	return float64(size) * float64(position-before) / float64(position) * float64(24*time.Hour) / float64(span)
}

// lookAtDisk is how long the room on the disk is taken for known: what is written meanwhile is far below the floor, and to ask the system for each
// commit cost a command as much as its log.
const lookAtDisk = 20 * time.Millisecond

// room is what was last found out of the room on the disk. Its zero value is ready, and safe for concurrent use.
type room struct {
	mu     sync.Mutex
	looked bool
	at     time.Duration  // by the clock's Elapsed
	none   *writer.NoRoom // why there is none; nil where there is, or where nobody can tell
}

// noRoom says why the disk takes no more commits; nil where it does, or where nobody can tell.
func (n *Node) noRoom() *writer.NoRoom {
	now := n.clock.Elapsed()
	r := &n.room
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.looked && r.none == nil && now-r.at < lookAtDisk {
		return nil
	}
	r.looked, r.at, r.none = true, now, nil
	if _, free, err := diskOf(n.data); err == nil && free < n.floor {
		r.none = &writer.NoRoom{Free: free, Floor: n.floor}
	}
	return r.none
}
