package embedded

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/minio/highwayhash"

	"milepost.dev/eventstore"
	"milepost.dev/eventstore/eventstoretest"
	"milepost.dev/eventstore/jetstream"
)

// written makes a closed data directory with an opening and then a commit for each group of payloads.
func written(t testing.TB, groups ...[]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	s, err := Open(t.Context(), dir, Options{UnsafeNoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(t.Context())
	l, err := eventstore.TakeOver(t.Context(), s.Log(), &eventstore.Chain{}, eventstoretest.Opening(), ignore)
	if err != nil {
		t.Fatal(err)
	}
	for i, payloads := range groups {
		if _, err := l.Append(t.Context(), []eventstore.Request{eventstoretest.Request(fmt.Sprint("r", i), "p", payloads...)}); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// small has 5 commits with positions: none, 1 and 2, 3, 4 to 6, 7.
func small(t testing.TB) string {
	return written(t, []string{"one", "two"}, []string{"three"}, []string{"four", "five", "six"}, []string{"seven"})
}

func copied(t testing.TB, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

func files(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			all[path] = "directory"
			return err
		}
		data, err := os.ReadFile(path)
		all[path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func blockPath(dir string, index int) string {
	return filepath.Join(streamDir(dir), "msgs", fmt.Sprintf("%d.blk", index))
}

func blockSum(t testing.TB, index int) hash.Hash64 {
	t.Helper()
	key := sha256.Sum256(fmt.Appendf(nil, "%s-%d", jetstream.LedgerStream, index))
	sum, err := highwayhash.New64(key[:])
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// records cuts a file into its records.
func records(t testing.TB, dir string, index int) [][]byte {
	t.Helper()
	data, err := os.ReadFile(blockPath(dir, index))
	if err != nil {
		t.Fatal(err)
	}
	var all [][]byte
	for len(data) > 0 {
		r, why := readRecord(data, blockSum(t, index))
		if why != "" {
			t.Fatal(why)
		}
		all, data = append(all, data[:r.size]), data[r.size:]
	}
	return all
}

func writeRecords(t testing.TB, dir string, index int, records ...[]byte) {
	t.Helper()
	if err := os.WriteFile(blockPath(dir, index), slices.Concat(records...), 0o600); err != nil {
		t.Fatal(err)
	}
}

// forge makes a record as the server would, with a right checksum.
func forge(t testing.TB, index int, sequence uint64, subject, body string) []byte {
	t.Helper()
	r := binary.LittleEndian.AppendUint32(nil, uint32(recordHead+len(subject)+len(body)+recordSum))
	r = binary.LittleEndian.AppendUint64(r, sequence)
	r = binary.LittleEndian.AppendUint64(r, 1)
	r = binary.LittleEndian.AppendUint16(r, uint16(len(subject)))
	r = append(append(r, subject...), body...)
	sum := blockSum(t, index)
	sum.Write(r[4:20])
	sum.Write(r[recordHead:])
	return binary.LittleEndian.AppendUint64(r, sum.Sum64())
}

// rewrite changes the records of the first file.
func rewrite(change func(r [][]byte) [][]byte) func(*testing.T, string) {
	return func(t *testing.T, dir string) { writeRecords(t, dir, 1, change(records(t, dir, 1))...) }
}

func withoutIndex(t testing.TB, dir string) {
	t.Helper()
	if err := os.Remove(filepath.Join(streamDir(dir), "msgs", "index.db")); err != nil {
		t.Fatal(err)
	}
}

// unmarked takes away what says how far the ledger had reached, as if it had been left by a crash before the
// last commit was acknowledged.
func unmarked(t testing.TB, dir string) {
	t.Helper()
	withoutIndex(t, dir)
	if err := os.Remove(filepath.Join(dir, acknowledgedFile)); err != nil {
		t.Fatal(err)
	}
}

func TestDamageIsRefused(t *testing.T) {
	whole := small(t)
	inStream := func(name string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			if err := os.RemoveAll(filepath.Join(streamDir(dir), name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, test := range []struct {
		name             string
		damage           func(*testing.T, string)
		position, commit uint64
		reason           string
	}{
		{"a byte flipped", rewrite(func(r [][]byte) [][]byte { r[2][60] ^= 1; return r }), 3, 3, "checksum"},
		{"a byte of the last flipped", rewrite(func(r [][]byte) [][]byte { r[4][60] ^= 1; return r }), 7, 5, "checksum"},
		{"dropped", rewrite(func(r [][]byte) [][]byte { return slices.Delete(r, 2, 3) }), 3, 3, "commit 4 stands where commit 3"},
		{"the first dropped", rewrite(func(r [][]byte) [][]byte { return r[1:] }), 1, 1, "commit 2 stands where commit 1"},
		{"the last dropped", rewrite(func(r [][]byte) [][]byte { return r[:4] }), 7, 5, "had reached commit 5"},
		{"swapped", rewrite(func(r [][]byte) [][]byte { r[2], r[3] = r[3], r[2]; return r }), 3, 3, "commit 4 stands where commit 3"},
		{"repeated", rewrite(func(r [][]byte) [][]byte { return slices.Insert(r, 2, r[1]) }), 3, 3, "commit 2 stands where commit 3"},
		{"cut short", rewrite(func(r [][]byte) [][]byte { r[4] = r[4][:40]; return r }), 7, 5, "cut off"},
		{"cut short within", rewrite(func(r [][]byte) [][]byte { r[2] = r[2][:40]; return r }), 3, 3, ""},
		{"trailing garbage", rewrite(func(r [][]byte) [][]byte { return append(r, []byte("garbage")) }), 8, 6, "cut off"},
		{"a trailing record of another subject", rewrite(func(r [][]byte) [][]byte {
			return append(r, forge(t, 1, 6, "milepost.legder", "x"))
		}), 8, 6, "subject"},
		{"a trailing record that is no commit", rewrite(func(r [][]byte) [][]byte {
			return append(r, forge(t, 1, 6, jetstream.LedgerSubject, "x"))
		}), 8, 6, "no commit"},
		{"erased", rewrite(func(r [][]byte) [][]byte { r[2] = forge(t, 1, 3|erasedMark, "", "random"); return r }), 3, 3, "erased"},
		{"a loss written down", rewrite(func(r [][]byte) [][]byte { return append(r, forge(t, 1, 9|lostMark, "", "")) }), 8, 6, "a loss"},
		{"the file gone", inStream("msgs/1.blk"), 1, 1, "files of its records are gone"},
		{"the file and its index emptied", func(t *testing.T, dir string) { writeRecords(t, dir, 1) }, 1, 1, "had reached commit 5"},
		{"the file renamed", func(t *testing.T, dir string) {
			if err := os.Rename(blockPath(dir, 1), blockPath(dir, 2)); err != nil {
				t.Fatal(err)
			}
		}, 1, 1, "checksum"},
		{"the messages gone", inStream("msgs"), 1, 1, "files of its records are gone"},
		{"the stream gone", inStream(""), 1, 1, "meta.inf, is gone"},
		{"the description gone", inStream("meta.inf"), 1, 1, "meta.inf, is gone"},
		{"the description's checksum gone", inStream("meta.sum"), 1, 1, "meta.sum"},
		{"a purge begun", func(t *testing.T, dir string) {
			if err := os.Mkdir(filepath.Join(streamDir(dir), "__msgs__"), 0o700); err != nil {
				t.Fatal(err)
			}
		}, 1, 1, "purge"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := copied(t, whole)
			test.damage(t, dir)
			before := files(t, dir)
			check := func(uint64, []byte) error { return nil }
			if test.reason == "no commit" { // only a chain can tell
				chain := &eventstore.Chain{}
				check = func(_ uint64, data []byte) error { _, err := chain.Next(data); return err }
			}
			_, err := Open(t.Context(), dir, Options{Check: check})
			var damage *eventstore.Damage
			if !errors.As(err, &damage) {
				t.Fatalf("not refused: %v", err)
			}
			if damage.Position != test.position || damage.Commit != test.commit || !strings.Contains(damage.Reason, test.reason) {
				t.Errorf("%v\nwant position %d, commit %d, %q", err, test.position, test.commit, test.reason)
			}
			if !maps.Equal(before, files(t, dir)) {
				t.Error("the refusal changed the files")
			}
		})
	}
}

func TestNoLedger(t *testing.T) {
	if _, _, err := Verify(filepath.Join(t.TempDir(), "typo"), ignore); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a directory that is not there: %v", err)
	}
	chain, summary, err := Verify(t.TempDir(), ignore)
	if err != nil || chain.Commit != 0 || summary.Commits != 0 || summary.Last != nil {
		t.Errorf("an empty directory: %v, %+v", err, summary)
	}
}

// TestEveryByte flips each byte of a file, with and without the server's index beside it.
func TestEveryByte(t *testing.T) {
	dir := small(t)
	all := records(t, dir, 1)
	for _, indexed := range []bool{true, false} {
		masks := []byte{1}
		if !indexed { // nothing but the records themselves
			masks = append(masks, 0x80)
			withoutIndex(t, dir)
		}
		for i, r := range all {
			for at := range r {
				for _, bits := range masks {
					r[at] ^= bits
					writeRecords(t, dir, 1, all...)
					summary, err := Inspect(dir, func(uint64, []byte) error { return nil })
					var damage *eventstore.Damage
					if !errors.As(err, &damage) || damage.Commit != uint64(i)+1 {
						t.Errorf("index %t: byte %d of commit %d: %v, torn %v", indexed, at, i+1, err, summary.Torn)
					}
					r[at] ^= bits
				}
			}
		}
	}
}

// TestTornTail cuts the last record at every length, with nothing and with zeros behind.
func TestTornTail(t *testing.T) {
	whole := small(t)
	unmarked(t, whole)
	all := records(t, whole, 1)
	last := all[4]
	for cut := 1; cut < len(last); cut++ {
		for _, zeros := range []int{0, 3, len(last) - cut, 5000} {
			writeRecords(t, whole, 1, append(slices.Clone(all[:4]), last[:cut], make([]byte, zeros))...)
			summary, err := Inspect(whole, func(uint64, []byte) error { return nil })
			missing := len(last) - cut
			switch {
			case zeros >= missing && len(bytes.TrimLeft(last[cut:], "\x00")) == 0:
				// What was cut off was zeros, and they are there again: nothing is missing.
				if err != nil || summary.Commits != 5 {
					t.Errorf("cut at %d of %d, %d zeros: %v, %+v", cut, len(last), zeros, err, summary)
				}
			case zeros >= missing && missing < recordSum && len(bytes.TrimRight(last[:cut], "\x00")) > len(last)-recordSum:
				// All of it is there and its checksum is begun and wrong: damage.
				if err == nil {
					t.Errorf("cut at %d of %d, %d zeros: not found", cut, len(last), zeros)
				}
			case err != nil || summary.Torn == nil || summary.Torn.Bytes != int64(cut+zeros) || summary.Commits != 4:
				t.Errorf("cut at %d of %d, %d zeros: %v, %+v", cut, len(last), zeros, err, summary)
			}
		}
	}

	// The server cuts it off, and the ledger goes on from there.
	writeRecords(t, whole, 1, append(slices.Clone(all[:4]), last[:50])...)
	s := open(t, whole, Options{})
	l := takeOver(t, s)
	if got := l.Chain(); got.Commit != 5 || got.Position != 6 || got.Term != 2 {
		t.Errorf("went on as commit %d after position %d", got.Commit, got.Position)
	}
	closeNow(t, s)
	if _, summary, err := Verify(whole, ignore); err != nil || summary.Torn != nil {
		t.Errorf("afterwards: %v, %+v", err, summary)
	}
}

// TestMissingSectors leaves out each sector of a last record that takes several: a disk may write them in any
// order, and the power may go in between. Where a commit that was acknowledged is cut in the same way, it is
// damage.
func TestMissingSectors(t *testing.T) {
	whole := written(t, []string{"one"}, []string{strings.Repeat("two", 800)})
	marked := copied(t, whole)
	unmarked(t, whole)
	all := records(t, whole, 1)
	begin := len(all[0]) + len(all[1])
	for sector := begin / sectorSize; sector*sectorSize < begin+len(all[2]); sector++ {
		data := bytes.Join(all, nil)
		clear(data[max(begin, sector*sectorSize):min(len(data), (sector+1)*sectorSize)])
		for _, dir := range []string{whole, marked} {
			if err := os.WriteFile(blockPath(dir, 1), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if summary, err := Inspect(whole, func(uint64, []byte) error { return nil }); err != nil || summary.Torn == nil || summary.Torn.Offset != int64(begin) {
			t.Errorf("without sector %d: %v, %+v", sector, err, summary.Torn)
		}
		var damage *eventstore.Damage
		if _, _, err := Verify(marked, ignore); !errors.As(err, &damage) || damage.Commit != 3 || damage.Position != 2 {
			t.Errorf("without sector %d of an acknowledged commit: %v", sector, err)
		}
	}
}

// TestAnEndThatIsGone takes whole commits from the end, and every index that tells of them.
func TestAnEndThatIsGone(t *testing.T) {
	dir := small(t)
	withoutIndex(t, dir)
	all := records(t, dir, 1)
	writeRecords(t, dir, 1, all[:3]...)
	var damage *eventstore.Damage
	if _, _, err := Verify(dir, ignore); !errors.As(err, &damage) || damage.Commit != 4 || damage.Position != 4 || !strings.Contains(damage.Reason, "commit 5 was acknowledged") {
		t.Errorf("not found: %v", err)
	}
	// Another commit in the last one's place, which follows from the one before as well.
	writeRecords(t, dir, 1, append(slices.Clone(all[:4]), forge(t, 1, 5, jetstream.LedgerSubject, "another"))...)
	if _, err := Inspect(dir, func(uint64, []byte) error { return nil }); !errors.As(err, &damage) || damage.Commit != 5 || !strings.Contains(damage.Reason, "acknowledged here") {
		t.Errorf("not found: %v", err)
	}
}

// TestManyFiles damages a ledger of several files.
func TestManyFiles(t *testing.T) {
	var groups [][]string
	for range 45 {
		groups = append(groups, slices.Repeat([]string{strings.Repeat("x", 60_000)}, 10))
	}
	whole := written(t, groups...)
	_, summary, err := Verify(whole, ignore)
	if err != nil || summary.Blocks < 4 || summary.Commits != 46 {
		t.Fatalf("%v, %d commits in %d files", err, summary.Commits, summary.Blocks)
	}
	second, third := records(t, whole, 2), records(t, whole, 3)
	begin := func(r []byte) uint64 { return binary.LittleEndian.Uint64(r[4:]) }
	position := func(commit uint64) uint64 { return (commit-2)*10 + 1 }

	for name, test := range map[string]struct {
		damage func(dir string) error
		commit uint64
	}{
		"one gone":       {func(dir string) error { return os.Remove(blockPath(dir, 2)) }, begin(second[0])},
		"the first gone": {func(dir string) error { return os.Remove(blockPath(dir, 1)) }, 1},
		"the last gone":  {func(dir string) error { return os.Remove(blockPath(dir, summary.Blocks)) }, begin(records(t, whole, summary.Blocks)[0])},
		"one empty":      {func(dir string) error { return os.Truncate(blockPath(dir, 2), 0) }, begin(second[0])},
		"one cut short":  {func(dir string) error { return os.Truncate(blockPath(dir, 2), int64(len(second[0])+100)) }, begin(second[1])},
		"two swapped": {func(dir string) error {
			return errors.Join(os.Rename(blockPath(dir, 2), blockPath(dir, 99)), os.Rename(blockPath(dir, 3), blockPath(dir, 2)), os.Rename(blockPath(dir, 99), blockPath(dir, 3)))
		}, begin(second[0])},
		"the beginning of a record between two": {func(dir string) error {
			writeRecords(t, dir, 2, append(slices.Clone(second), third[0][:50])...)
			return nil
		}, begin(third[0])},
		"a record moved": {func(dir string) error {
			writeRecords(t, dir, 3, append([][]byte{second[0]}, third...)...)
			return nil
		}, begin(third[0])},
	} {
		dir := copied(t, whole)
		if err := test.damage(dir); err != nil {
			t.Fatal(err)
		}
		want := uint64(1)
		if test.commit > 1 {
			want = position(test.commit)
		}
		var damage *eventstore.Damage
		if _, _, err := Verify(dir, ignore); !errors.As(err, &damage) || damage.Commit != test.commit || damage.Position != want {
			t.Errorf("%s: %v; want commit %d, position %d", name, err, test.commit, want)
		}
	}
}

// TestForgedDescription changes the stream's configuration in its file, as a forger would who knows how
// it is summed: the server would act on it before it could be asked.
func TestForgedDescription(t *testing.T) {
	dir := small(t)
	path := filepath.Join(streamDir(dir), "meta.inf")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.Replace(text, []byte(`"max_age":0`), []byte(`"max_age":1000000`), 1)
	text = bytes.Replace(text, []byte(`"discard":"new"`), []byte(`"discard":"old"`), 1)
	if err := errors.Join(os.WriteFile(path, text, 0o600),
		os.WriteFile(filepath.Join(streamDir(dir), "meta.sum"), []byte(hex.EncodeToString(streamSum(jetstream.LedgerStream, text))), 0o600)); err != nil {
		t.Fatal(err)
	}
	before := files(t, dir)
	var drift *jetstream.Drift
	if _, err := Open(t.Context(), dir, Options{}); !errors.As(err, &drift) {
		t.Fatalf("not refused: %v", err)
	}
	if len(drift.Fields) != 2 || drift.Fields[1] != (jetstream.DriftField{Field: "MaxAge", Want: "0s", Have: "1ms"}) {
		t.Error(drift)
	}
	if !maps.Equal(before, files(t, dir)) {
		t.Error("the refusal changed the files")
	}
}

// TestNoBytesPanic spoils a file in many ways; a fuzzer is slow on a binary that holds a whole server.
func TestNoBytesPanic(t *testing.T) {
	whole, err := os.ReadFile(blockPath(small(t), 1))
	if err != nil {
		t.Fatal(err)
	}
	random, sum := rand.New(rand.NewPCG(1, 2)), blockSum(t, 1)
	for range 50_000 {
		data := bytes.Clone(whole[:1+random.IntN(len(whole))])
		for range random.IntN(5) {
			data[random.IntN(len(data))] = byte(random.Uint32())
		}
		for len(data) > 0 {
			r, why := readRecord(data, sum)
			if why != "" {
				(&walk{}).isTorn(data, random.IntN(4096), sum)
				break
			}
			if r.size <= 0 || r.size > len(data) {
				t.Fatalf("a record of %d bytes in %d", r.size, len(data))
			}
			data = data[r.size:]
		}
	}
}
