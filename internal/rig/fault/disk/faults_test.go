package disk

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestWhenFaultsHappen counts which of some writes fail.
func TestWhenFaultsHappen(t *testing.T) {
	for name, c := range map[string]struct {
		fault Fault
		fails []int
	}{
		"always":                {Fault{Ops: OpWrite}, []int{0, 1, 2, 3, 4, 5, 6, 7}},
		"after some":            {Fault{Ops: OpWrite, Skip: 6}, []int{6, 7}},
		"some times":            {Fault{Ops: OpWrite, Times: 2}, []int{0, 1}},
		"both":                  {Fault{Ops: OpWrite, Skip: 3, Times: 1}, []int{3}},
		"by chance":             {Fault{Ops: OpWrite, Chance: 0.5, Seed: 1}, []int{0, 2, 3, 6, 7}},
		"another thing":         {Fault{Ops: OpSync | OpRename}, nil},
		"another path":          {Fault{Ops: OpWrite, Match: func(path string) bool { return path != "dir/f" }}, nil},
		"this path, at the end": {Fault{Ops: OpWrite, Skip: 7, Match: func(path string) bool { return path == "dir/f" }}, []int{7}},
	} {
		t.Run(name, func(t *testing.T) {
			d := empty(POSIX)
			dir, _ := d.make(d.root, "dir", true, 0o755, 0, 0)
			n, _ := d.make(dir, "f", false, 0o644, 0, 0)
			c.fault.Err = syscall.EIO
			injected := d.Inject(c.fault)
			var fails []int
			for i := range 8 {
				written, err := d.write(n, atEnd, []byte("x"))
				if err == syscall.EIO && written == 0 {
					fails = append(fails, i)
				}
			}
			if !slices.Equal(fails, c.fails) || injected.Hits() != len(fails) {
				t.Errorf("%v failed, and %d hits were counted", fails, injected.Hits())
			}
			if len(n.visible) != 8-len(fails) {
				t.Errorf("%d bytes were written", len(n.visible))
			}
			injected.Lift()
			injected.Lift()
			if _, err := d.write(n, atEnd, []byte("x")); err != 0 {
				t.Errorf("lifted, and fails: %v", err)
			}
		})
	}
}

// TestShortWrites finds each write cut somewhere, with the part that it says it stored.
func TestShortWrites(t *testing.T) {
	d := empty(POSIX)
	n, _ := d.make(d.root, "f", false, 0o644, 0, 0)
	d.Inject(Fault{Ops: OpWrite, Short: true, Seed: 1})
	text, lengths := "0123456789", map[int]bool{}
	for range 100 {
		d.truncate(n, 0)
		written, err := d.write(n, 0, []byte(text))
		if err != 0 || written < 1 || written >= len(text) || string(n.visible) != text[:written] {
			t.Fatalf("%d bytes written, %v, and %q is there", written, err, n.visible)
		}
		lengths[written] = true
	}
	if len(lengths) != len(text)-1 {
		t.Errorf("writes were cut after %v bytes only", lengths)
	}
}

// TestSlowSync has a sync wait until the fault is lifted, and nothing else; what it is for is not durable
// before.
func TestSlowSync(t *testing.T) {
	d := empty(POSIX)
	n, _ := d.make(d.root, "f", false, 0o644, 0, 0)
	d.sync(d.root)
	d.write(n, 0, []byte("slow"))
	asked, synced, told := make(chan struct{}), make(chan syscall.Errno), make(chan string, 1)
	d.OnSync(func(path string) { told <- path })
	slow := d.Inject(Fault{Ops: OpSync, Delay: time.Hour, Match: func(string) bool { close(asked); return true }})
	go func() { synced <- d.sync(n) }()
	<-asked
	if _, err := d.write(n, 4, []byte(", and a write meanwhile")); err != 0 {
		t.Error(err)
	}
	if len(n.stored) > 0 || d.Counters().Syncs > 0 {
		t.Error("it is durable already")
	}
	slow.Lift()
	if err := <-synced; err != 0 || <-told != "f" || d.Counters().Syncs != 1 || string(n.stored) != string(n.visible) {
		t.Errorf("%v, %+v, %q is stored", err, d.Counters(), n.stored)
	}
}

// TestSyncThatFails has a program try again, and believe it.
func TestSyncThatFails(t *testing.T) {
	d := empty(POSIX)
	n, _ := d.make(d.root, "f", false, 0o644, 0, 0)
	d.sync(d.root)
	d.write(n, 0, []byte("believed"))
	d.Inject(Fault{Ops: OpSync, Err: syscall.EIO, Times: 1})
	if first, second := d.sync(n), d.sync(n); first != syscall.EIO || second != 0 {
		t.Errorf("%v, then %v", first, second)
	}
	if string(n.visible) != "believed" {
		t.Errorf("the program sees %q", n.visible)
	}
	loss := d.Cut(rand.New(rand.NewPCG(1, 0)))
	if left, _ := d.find("f"); len(left.visible) > 0 || loss.Bytes != 8 || loss.Files != 1 {
		t.Errorf("%q is left; %s", left.visible, loss)
	}
}

// TestCutInOnSync takes the power at the one moment that matters most: what was asked for is durable, and
// nobody knows yet.
func TestCutInOnSync(t *testing.T) {
	d := empty(POSIX)
	n, _ := d.make(d.root, "f", false, 0o644, 0, 0)
	d.sync(d.root)
	d.write(n, 0, []byte("durable"))
	d.OnSync(func(string) { d.Cut(rand.New(rand.NewPCG(1, 0))) })
	d.sync(n)
	if err := d.sync(n); err != syscall.EIO {
		t.Errorf("a sync without power: %v", err)
	}
	if left, err := d.find("f"); err != 0 || string(left.visible) != "durable" {
		t.Errorf("%v", err)
	}
}

// TestSameSeedSameDisk does the same twice, with faults and cuts, and compares every byte.
func TestSameSeedSameDisk(t *testing.T) {
	for seed := range uint64(20) {
		first, second := story(seed), story(seed)
		if first != second {
			t.Fatalf("seed %d:\n%s\n%s", seed, first, second)
		}
		if first == story(seed+100) {
			t.Errorf("seeds %d and %d come to the same", seed, seed+100)
		}
	}
}

// story answers what is left of a disk.
func story(seed uint64) string {
	d, random := empty(POSIX), rand.New(rand.NewPCG(seed, 0))
	d.Inject(Fault{Ops: OpSync, Err: syscall.EIO, Chance: 0.3, Seed: seed})
	d.Inject(Fault{Ops: OpWrite, Short: true, Chance: 0.3, Seed: seed})
	var told strings.Builder
	for round := range 3 {
		for i := range 20 {
			name := string(rune('a' + random.IntN(4)))
			n, err := d.make(d.root, name, false, 0o644, 0, 0)
			if err != 0 {
				n = d.root.entries[name]
			}
			d.write(n, random.Int64N(5000), []byte(strings.Repeat(string(rune('0'+i)), 1+random.IntN(3000))))
			d.rename(d.root, name, d.root, string(rune('a'+random.IntN(4))), true)
			d.sync([]*node{n, d.root}[random.IntN(2)])
		}
		told.WriteString(d.Clone().Cut(random).String())
		d.Cut(rand.New(rand.NewPCG(seed, uint64(round))))
		for _, f := range d.Files() {
			told.WriteString(f.Path + string(d.root.entries[f.Path].visible))
		}
	}
	return told.String()
}

// TestCopies loads a disk from a real directory and writes it out to another.
func TestCopies(t *testing.T) {
	from, to := t.TempDir(), filepath.Join(t.TempDir(), "to")
	if err := os.CopyFS(from, os.DirFS(".")); err != nil {
		t.Fatal(err)
	}
	d := empty(POSIX)
	if err := d.CopyFrom(from); err != nil {
		t.Fatal(err)
	}
	d.Cut(rand.New(rand.NewPCG(1, 0)))
	if err := d.CopyTo(to); err != nil {
		t.Fatal(err)
	}
	if err := d.CopyTo(to); err == nil {
		t.Error("it was written over what was there")
	}
	files := d.Files()
	if len(files) < 10 {
		t.Errorf("%d files", len(files))
	}
	for _, f := range files {
		want, err := os.ReadFile(filepath.Join(from, f.Path))
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(to, f.Path))
		if err != nil || string(got) != string(want) || f.Size != int64(len(want)) {
			t.Errorf("%s: %v, %d bytes of %d", f.Path, err, f.Size, len(want))
		}
	}
	if err := os.Symlink("x", filepath.Join(from, "link")); err != nil {
		t.Fatal(err)
	}
	if err := d.CopyFrom(from); err == nil || len(d.Files()) != len(files) {
		t.Errorf("a link was copied, or the disk is another now: %v", err)
	}
}

// TestCloneStandsAlone goes on with a disk and with its clone, and finds neither in the other.
func TestCloneStandsAlone(t *testing.T) {
	d := empty(POSIX)
	n, _ := d.make(d.root, "f", false, 0o644, 0, 0)
	d.sync(d.root)
	d.write(n, 0, []byte("stored, "))
	d.sync(n)
	d.write(n, atEnd, []byte("written"))
	clones := []*Disk{d.Clone(), d.Clone()}
	for _, bit := range []int64{0, 8 * 8} { // one is stored, one is not
		if err := clones[0].Flip("f", bit); err != nil {
			t.Fatal(err)
		}
	}
	again, _ := clones[0].find("f")
	clones[0].sync(again)
	clones[0].make(clones[0].root, "g", false, 0o644, 0, 0)
	d.write(n, 0, []byte("S"))
	d.sync(n)
	for i, want := range []string{"rtored, vritten", "stored, written"} {
		if again, _ := clones[i].find("f"); string(again.visible) != want || string(again.stored) != want[:len(again.stored)] {
			t.Errorf("clone %d has %q, and %q stored", i, again.visible, again.stored)
		}
	}
	if string(n.visible) != "Stored, written" || len(d.Files()) != 1 || len(clones[1].Files()) != 1 {
		t.Errorf("%q; %v; %v", n.visible, d.Files(), clones[1].Files())
	}
}

// TestTogether uses a disk from several goroutines, for the race detector to watch.
func TestTogether(t *testing.T) {
	d := empty(Journalled)
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			name := string(rune('a' + i))
			for range 50 {
				n, err := d.make(d.root, name, false, 0o644, 0, 0)
				if err == 0 {
					d.write(n, 0, []byte("x"))
					d.sync(n)
					d.rename(d.root, name, d.root, "z", true)
				}
				fault := d.Inject(Fault{Ops: OpSync, Chance: 0.1, Err: syscall.EIO})
				d.Clone().Cut(rand.New(rand.NewPCG(uint64(i), 0)))
				d.Files()
				fault.Lift()
			}
		})
	}
	all.Wait()
	if files := d.Files(); len(files) != 1 || files[0].Path != "z" {
		t.Errorf("%v", files)
	}
}
