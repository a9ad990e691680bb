package embedded

import (
	"errors"
	"os"
	"strings"
	"testing"

	"milepost.dev/eventstore"
)

// several is a ledger in several files.
func several(t *testing.T) (dir string, blocks int) {
	var groups [][]string
	for range 12 {
		group := make([]string, 50)
		for i := range group {
			group[i] = strings.Repeat("w", 60<<10)
		}
		groups = append(groups, group)
	}
	dir = written(t, groups...)
	_, summary, err := Verify(dir, ignore)
	if err != nil || summary.Blocks < 4 || summary.Commits != 13 {
		t.Fatalf("it has %d files and %d commits: %v", summary.Blocks, summary.Commits, err)
	}
	return dir, summary.Blocks
}

// Files are read at once, and what is wrong is found as if they had been read one after the other: the first damage is named, by the
// commits before it, and nothing behind it is handed on.
func TestTheFirstDamageOfSeveralFilesIsNamed(t *testing.T) {
	dir, blocks := several(t)
	firsts := make([]uint64, blocks+1) // the first commit of each file
	for file := 2; file <= blocks; file++ {
		damaged := copied(t, dir)
		for other := file; other <= blocks; other++ {
			flip(t, blockPath(damaged, other), 100)
		}
		seen := uint64(0)
		_, err := InspectExamined(damaged, func(number uint64, _ *eventstore.Examined) error {
			seen = number
			return nil
		})
		var damage *eventstore.Damage
		if !errors.As(err, &damage) || damage.Commit != seen+1 {
			t.Fatalf("file %d: after commit %d: %v", file, seen, err)
		}
		if firsts[file] = damage.Commit; firsts[file] <= firsts[file-1] {
			t.Errorf("file %d begins with commit %d, and the one before with %d", file, firsts[file], firsts[file-1])
		}
		chain, _, err := Verify(damaged, ignore)
		if !errors.As(err, &damage) || damage.Position != chain.Position+1 || chain.Commit != seen {
			t.Errorf("file %d: Verify says %v, with a chain up to commit %d", file, err, chain.Commit)
		}
	}
}

// Who stops at a commit is told of nothing behind it, whatever was read of that already.
func TestAReaderWhoStopsIsToldOfNothingBehind(t *testing.T) {
	dir, blocks := several(t)
	flip(t, blockPath(dir, blocks), 100)
	enough, calls := errors.New("enough"), 0
	_, err := Inspect(dir, func(uint64, []byte) error {
		calls++
		return enough
	})
	if !errors.Is(err, enough) || calls != 1 {
		t.Errorf("%d calls: %v", calls, err)
	}
}

func flip(t *testing.T, path string, at int) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[at] ^= 1
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
