package node

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"milepost.dev/internal/client"

	milepostv1 "milepost.dev/api/milepost/v1"
)

// Attack: somebody reads what they have no business to read, or tries tokens, and leaves no trace.
func TestReadsAndFailedEntriesLeaveATrace(t *testing.T) {
	dir := t.TempDir()
	file, log := filepath.Join(dir, "credentials.json"), filepath.Join(dir, "access.log")
	if err := os.WriteFile(file, []byte(`{"tokens": [{"sha256": "`+digest("milepost_secret")+`", "actor": "Ann", "roles": {"*": ["operator"], "hubs": ["reporter"]}}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	n := served(t, Config{Credentials: file, AccessLog: log})
	token := []string{"Authorization", "Bearer milepost_secret"}
	if status, text := ask(t, n, "POST", "/v1/plans/hubs:submit", begin, token...); status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	ask(t, n, "GET", "/v1/plans/hubs/audit", "", token...)
	ask(t, n, "GET", "/v1/plans/hubs/audit", "", "Authorization", "Bearer milepost_wrong")
	ask(t, n, "GET", "/v1/parties", "", token...)
	in, err := http.PostForm("http://"+n.HTTPAddr()+"/sign-in", map[string][]string{"token": {"milepost_guess"}})
	if err != nil {
		t.Fatal(err)
	}
	in.Body.Close()
	stream, err := milepostv1.NewAuditServiceClient(strangeTo(t, n, client.WithToken("milepost_secret"))).ReadDirectory(t.Context(), &milepostv1.ReadDirectoryRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = stream.Recv()
	}
	if _, err := milepostv1.NewQueryServiceClient(strangeTo(t, n, client.WithToken("milepost_made-up"))).ListPlans(t.Context(), &milepostv1.ListPlansRequest{}); err == nil {
		t.Error("a token that was made up is taken")
	}
	type line struct{ Time, Actor, Method, Plan, Address, Path, Code, Rule string }
	wants := []line{
		{Actor: "Ann", Method: "milepost.v1.CommandService/Submit", Plan: "hubs", Path: "/v1/plans/hubs:submit", Code: "OK"},
		{Actor: "Ann", Method: "milepost.v1.QueryService/ListAudit", Plan: "hubs", Path: "/v1/plans/hubs/audit", Code: "OK"},
		{Method: "http", Path: "/v1/plans/hubs/audit", Code: "Unauthenticated", Rule: "credentials-unknown"},
		{Actor: "Ann", Method: "milepost.v1.AuditService/ListParties", Path: "/v1/parties", Code: "PermissionDenied", Rule: "role-missing"},
		{Method: "milepost.v1.QueryService/ListPlans", Path: "/sign-in", Code: "Unauthenticated", Rule: "credentials-unknown"},
		{Actor: "Ann", Method: "milepost.v1.AuditService/ReadDirectory", Code: "OK"},
		{Method: "milepost.v1.QueryService/ListPlans", Code: "Unauthenticated", Rule: "credentials-unknown"},
	}
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(lines) != len(wants) || strings.Contains(string(text), "milepost_secret") || strings.Contains(string(text), "milepost_guess") || strings.Contains(string(text), "made-up") {
		t.Fatalf("it holds\n%s", text)
	}
	for i, want := range wants {
		var got line
		if err := json.Unmarshal([]byte(lines[i]), &got); err != nil {
			t.Fatal(err)
		}
		if _, err := time.Parse(time.RFC3339, got.Time); err != nil || !strings.HasPrefix(got.Address, "127.0.0.1:") {
			t.Errorf("%s", lines[i])
		}
		if got.Time, got.Address = "", ""; want.Rule == "credentials-unknown" {
			got.Plan = "" // who is not known is turned away before anything is read
		}
		if got != want {
			t.Errorf("it has %+v, want %+v", got, want)
		}
	}
	if info, err := os.Stat(log); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}
