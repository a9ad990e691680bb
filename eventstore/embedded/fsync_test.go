package embedded

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"milepost.dev/eventstore"
	"milepost.dev/eventstore/eventstoretest"
)

const (
	childDir     = "MILEPOST_TEST_CHILD_DIR"
	childUnsafe  = "MILEPOST_TEST_CHILD_UNSAFE"
	childCommits = 50
)

// TestMain lets the tests start this binary again, to be watched from outside.
func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := child(dir, os.Getenv(childUnsafe) != ""); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child appends commits of several records each.
func child(dir string, unsafe bool) error {
	ctx := context.Background()
	s, err := Open(ctx, dir, Options{UnsafeNoSync: unsafe})
	if err != nil {
		return err
	}
	l, err := eventstore.TakeOver(ctx, s.Log(), &eventstore.Chain{}, eventstoretest.Opening(), ignore)
	if err != nil {
		return err
	}
	for n := range childCommits - 1 { // the opening is one
		requests := []eventstore.Request{
			eventstoretest.Request(fmt.Sprint("a", n), "a", "one", "two", "three"),
			eventstoretest.Request(fmt.Sprint("b", n), "b", "four", "five"),
		}
		if _, err := l.Append(ctx, requests); err != nil {
			return err
		}
	}
	return s.Close(ctx)
}

// flushes counts how often a child had the ledger's files flushed to the disk.
func flushes(t *testing.T, dir string, unsafe bool) int {
	t.Helper()
	trace := filepath.Join(t.TempDir(), "trace")
	cmd := exec.CommandContext(t.Context(), "strace", "-f", "-y", "-o", trace,
		"-e", "trace=fsync,fdatasync,sync_file_range,msync", os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	if unsafe {
		cmd.Env = append(cmd.Env, childUnsafe+"=1")
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	text, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	flush := regexp.MustCompile(`(fsync|fdatasync|sync_file_range)\(\d+<[^>]*/MILEPOST_LEDGER/msgs/\d+\.blk>`)
	count := 0
	for line := range bytes.Lines(text) {
		if flush.Match(line) {
			count++
		}
	}
	return count
}

// TestFsyncPerCommit watches the system calls: a commit is flushed before it is answered, and once, however
// many records it has. The same with syncing off shows that the test can fail.
func TestFsyncPerCommit(t *testing.T) {
	if _, err := exec.LookPath("strace"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("strace is needed to prove that commits are flushed, and is not installed")
		}
		t.Skip("strace is not installed: that commits are flushed was not proved")
	}
	dir := t.TempDir()
	synced, again, unsynced := flushes(t, dir, false), flushes(t, dir, false), flushes(t, t.TempDir(), true)
	t.Logf("%d commits of 5 records: %d flushes, %.2f a commit; %d with syncing off", childCommits, synced, float64(synced)/childCommits, unsynced)
	if synced < childCommits {
		t.Errorf("%d flushes of %d commits: some were acknowledged before they were durable", synced, childCommits)
	}
	if synced > childCommits+5 {
		t.Errorf("%d flushes of %d commits: more than one each", synced, childCommits)
	}
	// A start makes sure of the end that it found before anything is built on it.
	if again != synced+1 {
		t.Errorf("%d flushes of %d commits after a start on the ledger, and %d before", again, childCommits, synced)
	}
	if unsynced >= childCommits {
		t.Errorf("%d flushes with syncing off: the test would not notice that it is", unsynced)
	}
}
