package embedded

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"testing"
)

// keeping makes a closed data directory with a few values beside the ledger, one of them replaced and one erased.
func keeping(t testing.TB) (dir string, kept map[string]string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "data")
	s, err := Open(t.Context(), dir, Options{UnsafeNoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(t.Context())
	kept = map[string]string{}
	for _, put := range [][2]string{{"a", "Ada"}, {"b", "Bea"}, {"c", "Cid"}, {"a", "Ada of Estates"}, {"d", "Dan"}} {
		if err := s.Kept().Put(t.Context(), put[0], []byte(put[1])); err != nil {
			t.Fatal(err)
		}
		kept[put[0]] = put[1]
	}
	if err := s.Kept().Erase(t.Context(), "b"); err != nil {
		t.Fatal(err)
	}
	delete(kept, "b")
	return dir, kept
}

func inspected(dir string) (map[string]string, KeptSummary, error) {
	all := map[string]string{}
	seen, err := InspectKept(dir, func(key string, value []byte) error { all[key] = string(value); return nil })
	return all, seen, err
}

// TestKeptValuesAreReadFromTheFiles reads what the server would say.
func TestKeptValuesAreReadFromTheFiles(t *testing.T) {
	dir, kept := keeping(t)
	all, seen, err := inspected(dir)
	if err != nil || seen.Torn != nil || seen.Misdescribed != "" || !maps.Equal(all, kept) {
		t.Errorf("%v %+v %v", all, seen, err)
	}
	if all, _, err := inspected(t.TempDir()); err != nil || len(all) > 0 {
		t.Errorf("of an empty directory: %v %v", all, err)
	}
}

// TestEveryBitOfAKeptValue flips each bit of the file: a wrong value is never read, and a start on what cannot be read changes
// nothing. Only a length of the last record that was made longer passes for one whose end is missing.
func TestEveryBitOfAKeptValue(t *testing.T) {
	dir, kept := keeping(t)
	path := filepath.Join(keptDir(dir), "msgs", "1.blk")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for bit := range 8 * len(whole) {
		whole[bit/8] ^= 1 << (bit % 8)
		if err := os.WriteFile(path, whole, 0o600); err != nil {
			t.Fatal(err)
		}
		all, seen, err := inspected(dir)
		for key, value := range all {
			if kept[key] != value {
				t.Errorf("bit %d: %q is read for %q", bit, value, key)
			}
		}
		damage, isDamage := errors.AsType[*KeptDamage](err)
		if !isDamage && seen.Torn == nil && !maps.Equal(all, kept) { // of what was erased some bits say nothing
			t.Errorf("bit %d is not noticed (%v)", bit, err)
		}
		if isDamage && damage.Offset > int64(bit/8) {
			t.Errorf("bit %d is looked for at byte %d", bit, damage.Offset)
		}
		if isDamage && bit%97 == 0 {
			before := fmt.Sprint(files(t, keptDir(dir)))
			if _, err := Open(t.Context(), dir, Options{}); !errors.As(err, &damage) {
				t.Errorf("bit %d: the server says %v", bit, err)
			}
			if after := fmt.Sprint(files(t, keptDir(dir))); after != before {
				t.Errorf("bit %d: the evidence was changed", bit)
			}
		}
		whole[bit/8] ^= 1 << (bit % 8)
	}
}

// TestAKeptValueThatWasCutShort is cut off, and the ones before it are there.
func TestAKeptValueThatWasCutShort(t *testing.T) {
	dir, kept := keeping(t)
	path := filepath.Join(keptDir(dir), "msgs", "1.blk")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, info.Size()-3); err != nil {
		t.Fatal(err)
	}
	_, seen, err := inspected(dir)
	if err != nil || seen.Torn == nil {
		t.Fatalf("%+v %v", seen, err)
	}
	s, err := Open(t.Context(), dir, Options{UnsafeNoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	all, seen, err := inspected(dir)
	for key, value := range all {
		if kept[key] != value {
			t.Errorf("%q is read for %q", value, key)
		}
	}
	if err != nil || seen.Torn != nil || len(all) < len(kept)-1 {
		t.Errorf("after a start: %v %+v %v", all, seen, err)
	}
}
