//go:build unix

package localtoken_test

import (
	"os"
	"path/filepath"
	"testing"

	"milepost.dev/internal/access/localtoken"
)

func write(t *testing.T, dir, address, token string) string {
	t.Helper()
	path, err := localtoken.Write(dir, address, token)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// A token is found by the address that it is for, and by no other: whoever listens elsewhere is not shown it.
func TestATokenIsFoundByItsAddress(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	write(t, dir, "127.0.0.1:7440", "first")
	write(t, dir, "[::1]:7441", "second")
	for _, tt := range []struct{ server, token, address string }{
		{"127.0.0.1:7440", "first", "127.0.0.1:7440"},
		{"localhost:7440", "first", "127.0.0.1:7440"},
		{"localhost:7441", "second", "[::1]:7441"},
		{"[::1]:7441", "second", "[::1]:7441"},
		{"[::1]:7440", "", ""},
		{"127.0.0.2:7440", "", ""},
		{"127.0.0.1:7441", "", ""},
		{"example.org:7440", "", ""},
		{"../7440", "", ""},
		{"", "", ""},
	} {
		token, address, err := localtoken.Find(dir, tt.server)
		if err != nil || token != tt.token || address != tt.address {
			t.Errorf("%q: %q for %q, %v", tt.server, token, address, err)
		}
	}
}

func TestATokenIsForItsUserAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	path := write(t, dir, "127.0.0.1:7440", "secret")
	for name, want := range map[string]os.FileMode{path: 0o600, dir: 0o700} {
		info, err := os.Stat(name)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v; want %v", name, info.Mode(), err, want)
		}
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if token, _, err := localtoken.Find(dir, "127.0.0.1:7440"); err == nil {
		t.Errorf("%q was taken from a file that everybody can read", token)
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := localtoken.Write(dir, "127.0.0.1:7440", "secret"); err == nil {
		t.Error("it was written into a directory in which everybody can replace it")
	}
}

// A link in the place of the file is replaced, and what it leads to stays as it is.
func TestALinkIsNotFollowed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	path := write(t, dir, "127.0.0.1:7440", "first")
	victim := filepath.Join(t.TempDir(), "victim")
	if err := os.WriteFile(victim, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(victim, path); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "127.0.0.1:7440", "second")
	if text, err := os.ReadFile(victim); err != nil || string(text) != "mine" {
		t.Errorf("the link was followed: %q, %v", text, err)
	}
	if token, _, err := localtoken.Find(dir, "127.0.0.1:7440"); err != nil || token != "second" {
		t.Errorf("%q, %v", token, err)
	}
}

// A server that stops removes its own token, and not that of the one that came after it.
func TestRemoving(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	write(t, dir, "127.0.0.1:7440", "second")
	for token, left := range map[string]string{"first": "second"} {
		if err := localtoken.Remove(dir, "127.0.0.1:7440", token); err != nil {
			t.Fatal(err)
		}
		if found, _, err := localtoken.Find(dir, "127.0.0.1:7440"); err != nil || found != left {
			t.Errorf("%q, %v", found, err)
		}
	}
	for _, token := range []string{"second", ""} {
		if err := localtoken.Remove(dir, "127.0.0.1:7440", token); err != nil {
			t.Fatal(err)
		}
		if found, _, err := localtoken.Find(dir, "127.0.0.1:7440"); err != nil || found != "" {
			t.Errorf("%q, %v", found, err)
		}
	}
}

func TestDir(t *testing.T) {
	for want, env := range map[string]map[string]string{
		"/state/milepost/local":                 {"XDG_STATE_HOME": "/state", "HOME": "/home/ada"},
		"/home/ada/.local/state/milepost/local": {"XDG_STATE_HOME": "state", "HOME": "/home/ada"},
	} {
		if got, err := localtoken.Dir(func(name string) string { return env[name] }); err != nil || got != want {
			t.Errorf("%v: %s, %v; want %s", env, got, err, want)
		}
	}
}
