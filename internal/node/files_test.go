//go:build unix

package node

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Attack: somebody who can write in the data directory puts a link in the place of a file that the server writes, so that it
// overwrites what only its user can; or the directory itself lets every user put another ledger into it.
func TestADataDirectoryThatOthersPreparedIsRefused(t *testing.T) {
	outside, err := os.MkdirTemp("", "node-") // t.TempDir is out of the reach of others
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(outside) })
	victim := filepath.Join(t.TempDir(), "victim")
	link := func(name string) func(data string) error {
		return func(data string) error {
			if err := os.Remove(filepath.Join(data, name)); err != nil {
				return err
			}
			return os.Symlink(victim, filepath.Join(data, name))
		}
	}
	for name, tt := range map[string]struct {
		prepare func(data string) error
		want    string
	}{
		"writable by everybody": {func(data string) error { return os.Chmod(data, 0o777) }, "has mode 0777: other users can replace"},
		"writable by a group":   {func(data string) error { return os.Chmod(data, 0o770) }, "has mode 0770: other users can replace"},
		"LOCK":                  {link("LOCK"), "LOCK is a link"},
		"ACKNOWLEDGED":          {link("ACKNOWLEDGED"), "ACKNOWLEDGED is a link"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(victim, []byte("mine"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(outside, 0o755); err != nil {
				t.Fatal(err)
			}
			data := filepath.Join(outside, strings.ReplaceAll(name, " ", "-"))
			run := func() error {
				n, err := Start(t.Context(), Config{Data: data, Listen: "127.0.0.1:0"})
				if err != nil {
					return err
				}
				return n.Close(t.Context())
			}
			if err := run(); err != nil {
				t.Fatal(err)
			}
			if err := tt.prepare(data); err != nil {
				t.Fatal(err)
			}
			if err := run(); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("it says %v, want %q", err, tt.want)
			}
			if text, err := os.ReadFile(victim); err != nil || string(text) != "mine" {
				t.Errorf("what the link led to is %q, %v", text, err)
			}
		})
	}
}

func TestFilesOfSecretsThatOthersCanChange(t *testing.T) {
	file := filepath.Join(t.TempDir(), "credentials.json")
	if err := os.WriteFile(file, []byte(`{"tokens": [{"sha256": "`+digest("x")+`", "actor": "Ann", "roles": {"*": ["viewer"]}}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []os.FileMode{0o666, 0o620, 0o604} {
		if err := os.Chmod(file, mode); err != nil {
			t.Fatal(err)
		}
		if n, err := Start(t.Context(), Config{Data: t.TempDir(), Listen: "127.0.0.1:0", Credentials: file}); err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("credentials of mode %v: %v", mode, err)
			if err == nil {
				n.Close(t.Context())
			}
		}
	}
}
