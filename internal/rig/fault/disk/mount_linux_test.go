package disk

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"milepost.dev/internal/clock"
)

// writeTo is set where this test's own binary is to write to a file until it is killed; unsynced, where
// it is to sync nothing.
const (
	writeTo  = "MILEPOST_TEST_WRITE_TO"
	unsynced = "MILEPOST_TEST_UNSYNCED"
)

func TestMain(m *testing.M) {
	if name := os.Getenv(writeTo); name != "" {
		if err := writeUntilKilled(name, os.Getenv(unsynced) == ""); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	// The properties take microseconds each; a hundred of them, which is the default, say little.
	if err := flag.Set("rapid.checks", "1000"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// record is the text that a child writes for a number; several of them share a sector, and some lie in two.
func record(n int) string { return fmt.Sprintf("%099d\n", n) }

// writeUntilKilled appends records and prints the number of each that is written and synced.
func writeUntilKilled(name string, sync bool) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if dir, err := os.Open(filepath.Dir(name)); err != nil {
		return err
	} else if err := errors.Join(dir.Sync(), dir.Close()); err != nil {
		return err
	}
	for n := 0; ; n++ {
		if _, err := f.WriteString(record(n)); err != nil {
			return err
		}
		if sync {
			if err := f.Sync(); err != nil {
				return err
			}
		}
		if _, err := fmt.Println(n); err != nil {
			return err
		}
	}
}

// need skips a test aloud where nothing can be mounted.
func need(t *testing.T) {
	t.Helper()
	if err := Available(); err != nil {
		t.Skip(err)
	}
}

// mounted mounts a disk for as long as the test runs.
func mounted(t *testing.T, d *Disk) (dir string, m *Mount) {
	t.Helper()
	dir = t.TempDir()
	m, err := d.Mount(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Unmount(); err != nil {
			t.Error(err)
		}
	})
	return dir, m
}

func system(mode Mode) *Disk { return New(mode, clock.System()) }

// TestKilledWriter kills a process in the middle of its writes, and takes the power in many ways from what it left: what
// it said was synced is there, in each of them.
func TestKilledWriter(t *testing.T) {
	need(t)
	for _, sync := range []bool{true, false} {
		t.Run(fmt.Sprintf("synced: %t", sync), func(t *testing.T) {
			d := system(POSIX)
			dir, m := mounted(t, d)
			said := killedAfter(t, filepath.Join(dir, "log"), sync, 100)
			if err := m.Unmount(); err != nil {
				t.Fatal(err)
			}
			if c := d.Counters(); c.Writes < said || sync && c.Syncs < said || !sync && c.Syncs > 0 {
				t.Errorf("%d records were written, and the disk counts %+v", said, c)
			}
			damaged := 0
			for seed := range uint64(30) {
				after := d.Clone()
				loss := after.Cut(rand.New(rand.NewPCG(seed, 0)))
				dir, m := mounted(t, after)
				data, err := os.ReadFile(filepath.Join(dir, "log"))
				if err != nil {
					t.Fatal(err)
				}
				whole := 0
				for whole*100+100 <= len(data) && string(data[whole*100:whole*100+100]) == record(whole) {
					whole++
				}
				if whole < said {
					damaged++
				}
				if sync && whole < said {
					t.Fatalf("%d records are whole of the %d that were synced (seed %d: %s)", whole, said, seed, loss)
				}
				if err := m.Unmount(); err != nil {
					t.Fatal(err)
				}
			}
			if !sync && damaged == 0 {
				t.Error("nothing was synced, and nothing was lost")
			}
		})
	}
}

// killedAfter kills a child when it has said so many numbers, and answers how many it said in all.
func killedAfter(t *testing.T, name string, sync bool, numbers int) (said int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), writeTo+"="+name)
	if !sync {
		cmd.Env = append(cmd.Env, unsynced+"=1")
	}
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); said++ {
		if said == numbers {
			_ = cmd.Process.Kill()
		}
	}
	_ = cmd.Wait()
	if said < numbers {
		t.Fatalf("the child wrote %d records", said)
	}
	return said
}

// TestCutWhileMounted takes the power from a disk in use: its users get errors, and a new mount works.
func TestCutWhileMounted(t *testing.T) {
	need(t)
	d := system(Journalled)
	dir, m := mounted(t, d)
	f, err := os.Create(filepath.Join(dir, "f"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("kept"); err != nil {
		t.Fatal(err)
	}
	if err := f.Sync(); err != nil {
		t.Fatal(err)
	}
	d.Cut(rand.New(rand.NewPCG(1, 0)))
	if _, err := f.WriteString("lost"); !errors.Is(err, syscall.EIO) {
		t.Errorf("writing without power: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "f")); !errors.Is(err, syscall.EIO) {
		t.Errorf("looking without power: %v", err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := m.Unmount(); err != nil {
		t.Fatal(err)
	}
	dir, _ = mounted(t, d)
	if data, err := os.ReadFile(filepath.Join(dir, "f")); string(data) != "kept" {
		t.Errorf("%q, %v", data, err)
	}
}

// TestUnmountInUse takes a disk away from somebody who does not let go.
func TestUnmountInUse(t *testing.T) {
	need(t)
	dir, m := mounted(t, system(POSIX))
	f, err := os.Create(filepath.Join(dir, "f"))
	if err != nil {
		t.Fatal(err)
	}
	m.once.Do(func() { m.err = m.unmount(1) })
	if m.err != nil {
		t.Fatal(m.err)
	}
	if _, err := f.WriteString("x"); err == nil {
		t.Error("a write succeeded, and nobody serves it")
	}
	if err := f.Close(); err == nil {
		t.Error("closing succeeded, and nobody serves it")
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("the directory below has %v, %v", entries, err)
	}
}

// TestFaultsOfMount sees each fault as a program does.
func TestFaultsOfMount(t *testing.T) {
	need(t)
	d := system(Journalled)
	dir, _ := mounted(t, d)
	f, err := os.Create(filepath.Join(dir, "f"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	write := func() error { _, err := f.WriteString("some bytes"); return err }
	for _, c := range []struct {
		fault Fault
		do    func() error
	}{
		{Fault{Ops: OpWrite, Err: syscall.EIO}, write},
		{Fault{Ops: OpWrite, Err: syscall.ENOSPC, Match: func(path string) bool { return path == "f" }}, write},
		{Fault{Ops: OpSync, Err: syscall.EIO}, f.Sync},
		{Fault{Ops: OpTruncate, Err: syscall.EIO}, func() error { return f.Truncate(3) }},
		{Fault{Ops: OpRead, Err: syscall.EIO}, func() error { _, err := f.ReadAt(make([]byte, 1), 0); return err }},
		{Fault{Ops: OpOpen, Err: syscall.EMFILE}, func() error { return closed(os.Open(filepath.Join(dir, "f"))) }},
		{Fault{Ops: OpCreate, Err: syscall.EMFILE}, func() error { return closed(os.Create(filepath.Join(dir, "g"))) }},
		{Fault{Ops: OpRename, Err: syscall.EIO, Match: func(path string) bool { return path == "f" }}, func() error {
			return os.Rename(filepath.Join(dir, "f"), filepath.Join(dir, "f"+"2"))
		}},
		{Fault{Ops: OpRemove, Err: syscall.EIO}, func() error { return os.Remove(filepath.Join(dir, "f")) }},
	} {
		injected := d.Inject(c.fault)
		if err := c.do(); !errors.Is(err, c.fault.Err) || injected.Hits() != 1 {
			t.Errorf("%v: the program got %v, and %d hits were counted", c.fault.Err, err, injected.Hits())
		}
		injected.Lift()
	}
	if err := errors.Join(write(), f.Sync()); err != nil {
		t.Errorf("after all faults were lifted: %v", err)
	}
}

func closed(f *os.File, err error) error {
	if err == nil {
		err = f.Close()
	}
	return err
}

// TestOpenedForSync writes to a file that was opened with O_SYNC, as the store does.
func TestOpenedForSync(t *testing.T) {
	need(t)
	d := system(Journalled)
	dir, _ := mounted(t, d)
	f, err := os.OpenFile(filepath.Join(dir, "f"), os.O_CREATE|os.O_WRONLY|os.O_SYNC, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("durable"); err != nil {
		t.Fatal(err)
	}
	injected := d.Inject(Fault{Ops: OpSync, Err: syscall.EIO})
	if _, err := f.WriteString("refused"); !errors.Is(err, syscall.EIO) {
		t.Errorf("a write whose sync fails: %v", err)
	}
	injected.Lift()
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if c := d.Counters(); c.Syncs != 1 || c.Failed != 1 {
		t.Errorf("%+v", c)
	}
	d.Cut(rand.New(rand.NewPCG(1, 0)))
	if n, err := d.find("f"); err != 0 || string(n.visible) != "durable" {
		t.Errorf("%q, %v", n.visible, err)
	}
}

// TestCapacity fills a disk, and sees it say so.
func TestCapacity(t *testing.T) {
	need(t)
	d := system(POSIX)
	d.SetCapacity(10 * PageSize)
	dir, _ := mounted(t, d)
	free := func() uint64 {
		var s unix.Statfs_t
		if err := unix.Statfs(dir, &s); err != nil {
			t.Fatal(err)
		}
		return s.Bavail * uint64(s.Bsize)
	}
	if free() != 10*PageSize {
		t.Errorf("%d bytes are free", free())
	}
	f, err := os.Create(filepath.Join(dir, "f"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n, err := f.Write(make([]byte, 11*PageSize))
	if n != 10*PageSize || !errors.Is(err, syscall.ENOSPC) || free() != 0 || d.Used() != 10*PageSize {
		t.Errorf("%d bytes written, %v; %d bytes free, %d used", n, err, free(), d.Used())
	}
	if _, err := f.WriteAt([]byte("over what is there"), 100); err != nil {
		t.Errorf("a full disk takes what needs no room: %v", err)
	}
	if err := os.Remove(f.Name()); err != nil || free() != 10*PageSize {
		t.Errorf("%v; %d bytes free", err, free())
	}
}

// TestDamageIsSeen changes a file behind the back of a program that has it open.
func TestDamageIsSeen(t *testing.T) {
	need(t)
	d := system(POSIX)
	dir, _ := mounted(t, d)
	f, err := os.Create(filepath.Join(dir, "f"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString("abc"); err != nil {
		t.Fatal(err)
	}
	for _, sync := range []bool{false, true} {
		if sync {
			if err := f.Sync(); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.Flip("f", 8); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Flip("f", 1); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 3)
	if _, err := f.ReadAt(got, 0); err != nil || string(got) != "cbc" {
		t.Errorf("%q, %v", got, err)
	}
	if err := d.Truncate("f", 1); err != nil {
		t.Fatal(err)
	}
	if info, err := f.Stat(); err != nil || info.Size() != 1 {
		t.Errorf("%v, %v", info, err)
	}
	for _, err := range []error{d.Flip("none", 1), d.Flip("f", 8), d.Flip(".", 1), d.Truncate("f/none", 1)} {
		if path := (*fs.PathError)(nil); !errors.As(err, &path) {
			t.Errorf("damage where nothing is: %v", err)
		}
	}
}

// TestAppendAfterDamage appends to a file that was cut off meanwhile: it goes to where the file ends now,
// which the kernel does not know.
func TestAppendAfterDamage(t *testing.T) {
	need(t)
	d := system(POSIX)
	dir, _ := mounted(t, d)
	f, err := os.OpenFile(filepath.Join(dir, "f"), os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString("abc"); err != nil {
		t.Fatal(err)
	}
	if err := d.Truncate("f", 1); err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("d"); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(f.Name()); string(data) != "ad" || err != nil {
		t.Errorf("%q, %v", data, err)
	}
}
