// Package sharedtest finds the shared documents that tests read: real plans, returns and conventions, which
// lie in ../shared beside the repository and are no part of it.
package sharedtest

import (
	"os"
	"path/filepath"
	"testing"
)

// Elsewhere is the variable that names another place for them.
const Elsewhere = "MILEPOST_SHARED"

// Read answers one of them, by its path in ../shared. Where it is absent the test is left out and says so,
// but for CI, where nothing is left out.
func Read(t testing.TB, name string) []byte {
	t.Helper()
	dir := os.Getenv(Elsewhere)
	if dir == "" {
		dir = filepath.Join(root(t), "..", "shared")
	}
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err == nil {
		return data
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("../shared/%s is absent, and in CI nothing is left out: %v", name, err)
	}
	t.Skipf("NOT TESTED: ../shared/%s is absent (%s names another place for it): %v", name, Elsewhere, err)
	return nil
}

// root is the repository's directory: the nearest above the test that has a go.mod.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		above := filepath.Dir(dir)
		if above == dir {
			t.Fatal("there is no go.mod above the test")
		}
		dir = above
	}
}
