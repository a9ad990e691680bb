package dirlock_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"milepost.dev/eventstore/dirlock"
)

func TestOneAtATime(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	for range 2 { // also where it is there
		if err := dirlock.Make(dir); err != nil {
			t.Fatal(err)
		}
	}
	if info, err := os.Stat(filepath.Dir(dir)); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	first, err := dirlock.Take(dir)
	if err != nil {
		t.Fatal(err)
	}
	var held *dirlock.Held
	if _, err := dirlock.Take(dir); !errors.As(err, &held) || held.PID != os.Getpid() || held.Dir != dir {
		t.Errorf("taken twice: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := dirlock.Take(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestMakeDoesNotGoThroughAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := dirlock.Make(filepath.Join(file, "below")); err == nil {
		t.Error("a directory was made below a file")
	}
}
