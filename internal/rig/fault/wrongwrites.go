package fault

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"milepost.dev/internal/rig/fault/disk"
)

// Writes are faults of what a disk says that it wrote. What it left is found when it is read again, after the server was killed.
func Writes() []Fault {
	return []Fault{
		{"lost write", "sectors of the ledger or of the names that were written and synced hold zeros: the disk never wrote them", Directory, damaged(blocks, loseWrite)},
		{"misdirected write", "a sector of the ledger or of the names was written in the place of another one, and not in its own", Directory, damaged(blocks, misdirect)},
		{"rot in several files", "two to five files of the data directory, of any kind, have bits flipped or an end cut off at once", Directory, rotSeveral},
	}
}

func blocks(path string) bool { return ledgerBlocks(path) || nameBlocks(path) }

// loseWrite puts zeros in the place of one to four sectors that hold something else.
func loseWrite(w *World, path string) (int64, string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0, "", err
	}
	from := w.sector(data)
	to := min(len(data), from+disk.SectorSize*(1+w.Random.IntN(4)))
	at := from + firstOther(data[from:to], make([]byte, to-from))
	clear(data[from:to])
	return int64(at), fmt.Sprintf("bytes %d to %d", from, to), os.WriteFile(path, data, 0o600)
}

// misdirect copies a sector over another one, and leaves zeros in its own place.
func misdirect(w *World, path string) (int64, string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0, "", err
	}
	before := append([]byte(nil), data...)
	from, to := w.sector(data), w.sector(data)
	sector := append([]byte(nil), data[from:min(len(data), from+disk.SectorSize)]...)
	clear(data[from:min(len(data), from+disk.SectorSize)])
	copy(data[to:], sector)
	at := firstOther(data, before)
	return int64(at), fmt.Sprintf("the sector at %d at %d", from, to), os.WriteFile(path, data, 0o600)
}

// sector is where one of a file begins.
func (w *World) sector(data []byte) int {
	return disk.SectorSize * w.Random.IntN((len(data)+disk.SectorSize-1)/disk.SectorSize)
}

// firstOther is the first byte at which two texts of one length differ; the last one where they do not.
func firstOther(a, b []byte) int {
	for i := range a {
		if a[i] != b[i] {
			return i
		}
	}
	return len(a) - 1
}

// rotSeveral harms several files of one copy at once. The server refuses, and says why, or says nothing that is wrong.
func rotSeveral(ctx context.Context, w *World) (string, error) {
	if err := w.Answers(ctx, 1+w.Random.IntN(100)); err != nil {
		return "", err
	}
	w.Down()
	dir, detail := filepath.Join(w.Dir, "damaged"), ""
	if err := errors.Join(os.RemoveAll(dir), os.CopyFS(dir, os.DirFS(w.Data))); err != nil {
		return "", err
	}
	for range 2 + w.Random.IntN(4) {
		path, err := w.pick(dir, func(string) bool { return true })
		if err != nil {
			return detail, err
		}
		harm := []func(*World, string) (int64, string, error){flip, flip, truncate}[w.Random.IntN(3)]
		_, what, err := harm(w, path)
		if err != nil {
			return detail, err
		}
		detail += fmt.Sprintf("%s of %s; ", what, filepath.Base(path))
	}
	if err := w.refusedOrRight(ctx, dir, 0, 0); err != nil {
		return "", fmt.Errorf("%s: %w", detail, err)
	}
	return detail, w.Up(ctx)
}
