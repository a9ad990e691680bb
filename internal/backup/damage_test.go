package backup_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"milepost.dev/eventstore/dirlock"
	"milepost.dev/internal/backup"
)

// TestEveryByteOfABackup changes each byte of each file, cuts each file off, and takes it away. Each time the
// damage is found, no later than where it is; and a run adds nothing to a backup that is damaged.
func TestEveryByteOfABackup(t *testing.T) {
	w, dir := newWorld(t), filepath.Join(t.TempDir(), "backup")
	w.grow(3)
	w.take(dir, small)
	whole, _, err := read(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	first, last := map[string]uint64{}, map[string]uint64{}
	for _, s := range whole.Manifest.Segments {
		first[s.File], last[s.File] = s.FirstPosition, s.LastPosition
	}
	found := func(name, how string) {
		t.Helper()
		_, _, err := read(t, dir)
		var damage *backup.Damage
		if !errors.As(err, &damage) {
			t.Fatalf("%s %s: %v", name, how, err)
		}
		low, high := uint64(1), uint64(1)
		if strings.HasPrefix(name, "commits-") {
			low, high = first[name], last[name]+1
		}
		if damage.Position < low || damage.Position > high {
			t.Fatalf("%s %s: position %d is named, and it holds %d to %d", name, how, damage.Position, first[name], last[name])
		}
		if strings.Contains(how, "at byte") && !strings.HasSuffix(how, "7") {
			return // a run takes longer than a look
		}
		if _, err := backup.Take(t.Context(), dir, w, small); !errors.As(err, &damage) {
			t.Fatalf("%s %s: a run adds to it: %v", name, how, err)
		}
	}
	for name, data := range files(t, dir) {
		if name == dirlock.File {
			continue
		}
		path := filepath.Join(dir, name)
		put := func(data []byte) {
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for i := range data {
			changed := bytes.Clone(data)
			changed[i] ^= 1 << (i % 8)
			put(changed)
			found(name, fmt.Sprint("changed at byte ", i))
		}
		for _, cut := range []int{0, 1, len(data) / 2, len(data) - 1} {
			put(data[:cut])
			found(name, fmt.Sprint("cut off at byte ", cut))
		}
		put(append(bytes.Clone(data), data[0]))
		found(name, "with a byte more")
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		found(name, "taken away")
		put(data)
	}
	w.holds(dir)
}
