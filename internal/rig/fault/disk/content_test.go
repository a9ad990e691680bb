package disk

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// draw makes the generator that a cut takes, from a seed that rapid can make small.
func draw(t *rapid.T) *rand.Rand {
	return rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
}

// payload is bytes that differ from those of any other payload of a test, and from zeros.
func payload(t *rapid.T, most int) []byte {
	n := rapid.IntRange(1, most).Draw(t, "bytes")
	return bytes.Repeat([]byte{byte(rapid.IntRange(1, 255).Draw(t, "byte"))}, n)
}

// window is part of a file as if zeros followed it.
func window(b []byte, from, to int) []byte {
	return resized(slices.Clone(b[min(from, len(b)):min(to, len(b))]), to-from)
}

// TestSectors compares what a cut leaves of a file with all that the file ever was since it was synced:
// each sector is as it was at one of these moments, and so is the size.
func TestSectors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := &content{}
		was := [][]byte{nil} // since the last sync
		for range rapid.IntRange(0, 12).Draw(t, "steps") {
			now := slices.Clone(was[len(was)-1])
			switch rapid.IntRange(0, 5).Draw(t, "step") {
			case 0:
				c.sync()
				was = [][]byte{now}
				continue
			case 1:
				size := rapid.IntRange(0, 6000).Draw(t, "size")
				c.truncate(size)
				now = window(now, 0, size)
			default:
				off, data := rapid.IntRange(0, 3000).Draw(t, "offset"), payload(t, 3000)
				c.write(off, data)
				now = window(now, 0, max(len(now), off+len(data)))
				copy(now[off:], data)
			}
			if !bytes.Equal(c.visible, now) {
				t.Fatal("the program does not see what it wrote")
			}
			was = append(was, now)
		}
		left := c.cut(draw(t))
		if !slices.ContainsFunc(was, func(b []byte) bool { return len(b) == len(left) }) {
			t.Fatalf("%d bytes are left, which the file never had since its sync", len(left))
		}
		for from := 0; from < len(left); from += SectorSize {
			to := min(from+SectorSize, len(left))
			if !slices.ContainsFunc(was, func(b []byte) bool { return bytes.Equal(window(b, from, to), left[from:to]) }) {
				t.Fatalf("the sector at %d is as it never was since the sync", from)
			}
		}
	})
}

// TestWays looks for each way in which a cut is to go wrong: a write over the end of a file, of which
// the first sector is old.
func TestWays(t *testing.T) {
	old, new := strings.Repeat("o", SectorSize), strings.Repeat("n", SectorSize)
	zeros := strings.Repeat("\x00", SectorSize)
	ways := map[string]string{
		"nothing of it":               old + old,
		"all of it":                   old + new + new + new,
		"the size, and zeros":         old + old + zeros + zeros,
		"the size, and a sector":      old + old + new + zeros,
		"its beginning, and the size": old + new + zeros + zeros,
		"its end":                     old + old + zeros + new,
		"its beginning, and no size":  old + new,
		"a write that was cut off":    old + old + old,
	}
	seen := map[string]bool{}
	for seed := range uint64(3000) {
		c := &content{}
		c.write(0, []byte(old+old))
		c.sync()
		if seed%2 == 0 {
			c.write(2*SectorSize, []byte(old))
			c.truncate(2 * SectorSize)
		}
		c.write(SectorSize, []byte(new+new+new))
		seen[string(c.cut(rand.New(rand.NewPCG(seed, 0))))] = true
	}
	for way, left := range ways {
		if !seen[left] {
			t.Errorf("no cut left %s", way)
		}
	}
}

// TestFailedSync compares with a file made of pages, each of which is dirty or clean.
func TestFailedSync(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := &content{}
		var seen, stored []byte
		dirty := map[int]bool{}
		for range rapid.IntRange(0, 20).Draw(t, "steps") {
			switch rapid.IntRange(0, 5).Draw(t, "step") {
			case 0:
				c.failSync()
				clear(dirty)
			case 1:
				c.sync()
				for page := range dirty {
					to := min((page+1)*PageSize, len(seen))
					stored = window(stored, 0, max(len(stored), to))
					copy(stored[page*PageSize:to], seen[page*PageSize:])
				}
				clear(dirty)
			default:
				off, data := rapid.IntRange(0, 4*PageSize).Draw(t, "offset"), payload(t, 2*PageSize)
				c.write(off, data)
				seen = window(seen, 0, max(len(seen), off+len(data)))
				copy(seen[off:], data)
				for page := off / PageSize; page*PageSize < off+len(data); page++ {
					dirty[page] = true
				}
			}
			if !bytes.Equal(c.visible, seen) {
				t.Fatal("the program does not see what it wrote")
			}
		}
		// How many of the zeros at the end of a page are the file's is for its last write to say.
		if left := c.cut(draw(t)); len(dirty) == 0 && (len(left) > len(stored) || !bytes.Equal(window(left, 0, len(stored)), stored)) {
			t.Fatal("the cut left something else than the pages that were dirty at a sync that succeeded")
		}
	})
}

// TestFailedSyncThenGoodOne is the story that databases learnt from: the second sync succeeds, and the
// bytes are not there.
func TestFailedSyncThenGoodOne(t *testing.T) {
	for _, again := range []bool{false, true} {
		c := &content{}
		c.write(0, []byte("first"))
		c.sync()
		c.write(PageSize, []byte("second"))
		c.failSync()
		if again {
			c.write(PageSize, []byte("second"))
		}
		c.sync()
		if want := "second"; string(c.visible[PageSize:]) != want {
			t.Errorf("the program sees %q", c.visible[PageSize:])
		}
		for seed := range uint64(20) {
			left := c.cut(rand.New(rand.NewPCG(seed, 0)))
			if string(left[:5]) != "first" {
				t.Errorf("the first write is gone: %q", left)
			}
			if there := len(left) > PageSize; there != again {
				t.Errorf("written again: %t; there after the cut: %t", again, there)
			}
		}
	}
}

// TestTruncateAfterFailedSync cuts a page in two that was lost: the kernel clears its end, which writes it.
func TestTruncateAfterFailedSync(t *testing.T) {
	c := &content{}
	c.write(0, bytes.Repeat([]byte("x"), 3*PageSize))
	c.failSync()
	c.truncate(PageSize + 10)
	c.sync()
	want := slices.Concat(make([]byte, PageSize), bytes.Repeat([]byte("x"), 10))
	if left := c.cut(rand.New(rand.NewPCG(1, 0))); !bytes.Equal(left, want) {
		t.Errorf("%d bytes are left, beginning with %q", len(left), left[:10])
	}
}

// TestWriteBack holds the bound on what waits for a sync that never comes.
func TestWriteBack(t *testing.T) {
	c := &content{}
	block := bytes.Repeat([]byte("x"), 1<<20)
	for i := range 70 {
		c.write(i<<20, block)
	}
	if c.unsaved > writeBack || len(c.stored) != 6<<20 {
		t.Errorf("%d bytes wait, %d are stored", c.unsaved, len(c.stored))
	}
}
