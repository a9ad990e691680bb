package access_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"milepost.dev/internal/access"
)

// Whatever the file looked like, what is added is in it, what is revoked is not, and everything else is as it was.
func TestAddingAndRevokingLeavesTheRest(t *testing.T) {
	certificate := `{"cn":"Grace", "actor":"Grace Hopper",  "roles":{"*":["viewer"]}}`
	old := `{"roles": {"*": ["viewer"]}, "sha256": "` + sum("old") + `", "actor": "Old"}`
	for name, before := range map[string]string{
		"no tokens":    `{"certificates": [` + certificate + `]}`,
		"empty tokens": `{"tokens": [], "certificates": [` + certificate + `]}`,
		"some tokens":  "{\n\t\"certificates\": [" + certificate + "],\n\t\"tokens\": [" + old + "]}",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			real, path := filepath.Join(dir, "real.json"), filepath.Join(dir, "credentials.json")
			if err := os.WriteFile(real, []byte(before), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(real, path); err != nil {
				t.Fatal(err)
			}
			entry, err := access.Entry(sum("new"), "New", "Org", "", "2099-01-01", map[string][]string{"hubs": {"reporter"}})
			if err != nil {
				t.Fatal(err)
			}
			edit, err := access.Edit(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := edit.Add(entry); err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(real)
			if err != nil {
				t.Fatal(err)
			}
			if info, err := os.Stat(real); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("mode %v, %v", info.Mode(), err)
			}
			c, err := access.Parse(text)
			if err != nil {
				t.Fatalf("%v in %s", err, text)
			}
			if caller, err := c.Authenticate(withToken("Bearer new")); err != nil || caller.Name != "New" || !strings.Contains(string(text), certificate) {
				t.Errorf("%v, %v in %s", caller, err, text)
			}
			gone, err := edit.Revoke(sum("new")[:8])
			if err != nil || len(gone) != 1 || gone[0].Actor != "New" || gone[0].Roles[0] != "hubs=reporter" {
				t.Fatalf("%+v, %v", gone, err)
			}
			all, err := edit.List()
			if err != nil || len(all) != strings.Count(before, `"actor"`) {
				t.Errorf("%+v, %v", all, err)
			}
			left, err := filepath.Glob(filepath.Join(dir, ".credentials-*"))
			if err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

// A file that somebody else changed meanwhile is not written over.
func TestAChangeOfSomebodyElseIsNotLost(t *testing.T) {
	path := filepath.Join(t.TempDir(), "credentials.json")
	if err := os.WriteFile(path, []byte(sample), 0o600); err != nil {
		t.Fatal(err)
	}
	edit, err := access.Edit(path)
	if err != nil {
		t.Fatal(err)
	}
	theirs := strings.Replace(sample, "NAO", "Auditors", 1)
	if err := os.WriteFile(path, []byte(theirs), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := edit.Revoke("Finance feed"); err == nil || !strings.Contains(err.Error(), "changed meanwhile") {
		t.Errorf("%v", err)
	}
	if now, err := os.ReadFile(path); err != nil || string(now) != theirs {
		t.Errorf("%s, %v", now, err)
	}
}
