package node

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Who may read a plan sees who may change it, by the credentials and by grants, and nobody of another plan. What has ended is not there.
func TestWhoHasWhichRole(t *testing.T) {
	file := filepath.Join(t.TempDir(), "credentials.json")
	if err := os.WriteFile(file, []byte(`{
  "tokens": [
    {"sha256": "`+digest("root")+`", "actor": "Root", "roles": {"*": ["admin"]}},
    {"sha256": "`+digest("hubs")+`", "actor": "Hub feed", "organisation": "Council", "not_after": "2099-03-31", "roles": {"hubs": ["reporter", "viewer"]}},
    {"sha256": "`+digest("rail")+`", "actor": "Rail feed", "roles": {"rail": ["reporter"]}},
    {"sha256": "`+digest("old")+`", "actor": "Old feed", "not_after": "2001-01-01", "roles": {"hubs": ["reporter"]}}
  ],
  "certificates": [], "subjects": [{"issuer": "https://login.example.org", "subject": "ann", "roles": {"hubs": ["approver"]}}]
}`), 0o600); err != nil {
		t.Fatal(err)
	}
	n := served(t, Config{Credentials: file})
	grant := func(id, command string) {
		t.Helper()
		if status, text := ask(t, n, "POST", "/v1/plans/$ledger:submit", fmt.Sprintf(`{"request_id": %q, "commands": [%s]}`, id, command), "Authorization", "Bearer root"); status != http.StatusOK {
			t.Fatalf("%d %s", status, text)
		}
	}
	grant("1", `{"as_at": "2026-01-01", "role_granted": {"holder": "Rail feed", "plan": "hubs", "role": "viewer", "until": "2098-12-31", "reason": "Minute 12"}}`)
	grant("2", `{"as_at": "2026-01-01", "role_granted": {"holder": "Hub feed", "plan": "hubs", "role": "approver"}}`)
	grant("3", `{"as_at": "2026-01-01", "role_withdrawn": {"holder": "Hub feed", "plan": "hubs", "role": "approver"}}`)
	type held struct{ Plan, Role, Holder, Organisation, Source, Known_by, Until, Granted_by, Position, Reason string }
	list := func(path, token string) (rows []string, next string) {
		t.Helper()
		status, text := ask(t, n, "GET", path, "", "Authorization", "Bearer "+token)
		var answer struct {
			Roles           []held
			Next_page_token string
		}
		if err := json.Unmarshal([]byte(text), &answer); status != http.StatusOK || err != nil {
			t.Fatalf("%d %s, %v", status, text, err)
		}
		for _, h := range answer.Roles {
			rows = append(rows, strings.Trim(fmt.Sprintf("%s %s %s %s %s %s %s %s", h.Plan, h.Role, h.Holder, h.Source, h.Known_by, h.Until, h.Granted_by, h.Reason), " "))
		}
		return rows, answer.Next_page_token
	}
	all := []string{
		"* admin Root credentials token",
		"hubs approver oidc:https://login.example.org#ann credentials oidc",
		"hubs reporter Hub feed credentials token 2099-04-01T00:00:00Z",
		"hubs viewer Hub feed credentials token 2099-04-01T00:00:00Z",
		"hubs viewer Rail feed grant  2099-01-01T00:00:00Z Root Minute 12",
		"rail reporter Rail feed credentials token",
	}
	for _, c := range []struct {
		path, token string
		want        []string
	}{
		{"/v1/roles", "root", all},
		{"/v1/roles", "hubs", all[:5]},
		{"/v1/plans/hubs/roles", "root", all[:5]},
		{"/v1/plans/rail/roles", "rail", []string{all[0], all[5]}},
		{"/v1/roles", "rail", all}, // by the grant
	} {
		if got, _ := list(c.path, c.token); strings.Join(got, "\n") != strings.Join(c.want, "\n") {
			t.Errorf("%s as %s:\n%s\nwanted\n%s", c.path, c.token, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
	// Page by page it is the same.
	var paged []string
	for token := ""; ; {
		rows, next := list("/v1/roles?page_size=1&page_token="+token, "root")
		paged = append(paged, rows...)
		if token = next; token == "" {
			break
		}
	}
	if strings.Join(paged, "\n") != strings.Join(all, "\n") {
		t.Errorf("in pages:\n%s", strings.Join(paged, "\n"))
	}
	if status, _ := ask(t, n, "GET", "/v1/plans/rail/roles", "", "Authorization", "Bearer hubs"); status != http.StatusForbidden {
		t.Errorf("of another plan: %d", status)
	}
	// Without credentials it is whoever shows the token, and grants hold for nobody.
	local := served(t, Config{User: "ann"})
	if _, text := ask(t, local, "GET", "/v1/roles", ""); strings.Count(text, `"source":"local"`) != 8 || strings.Count(text, "local:ann") != 7 || !strings.Contains(text, `"holder":"local:anyone"`) {
		t.Errorf("it answers %s", text)
	}
}
