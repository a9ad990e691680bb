package node

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/observe/accesslog"
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

// Attack: who knows a token tries what is refused before it comes to a call, to see what there is without a trace.
func TestWhatIsRefusedBeforeACallLeavesATrace(t *testing.T) {
	dir := t.TempDir()
	file, log := filepath.Join(dir, "credentials.json"), filepath.Join(dir, "access.log")
	if err := os.WriteFile(file, []byte(`{"tokens": [{"sha256": "`+digest("secret")+`", "actor": "Ann", "roles": {"hubs": ["reporter"]}}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	n := served(t, Config{Credentials: file, AccessLog: log})
	token := []string{"Authorization", "Bearer secret"}
	ask(t, n, "GET", "/v1/plans?guess=1", "", token...)
	ask(t, n, "GET", "/v1/secrets", "", token...)
	ask(t, n, "DELETE", "/v1/plans", "", token...)
	ask(t, n, "POST", "/v1/plans/hubs:submit", "{", token...)
	ask(t, n, "POST", "/v1/plans/hubs:submit", `{"plan": "rail"}`, token...)
	ask(t, n, "POST", "/v1/plans/hubs:submit", strings.Repeat("x", 2<<20+1), token...)
	ask(t, n, "POST", "/v1/plans/hubs:submit", "{}", append(token, "Content-Type", "text/plain")...)
	ask(t, n, "GET", "/v1/plans", "", append(token, "Origin", "https://elsewhere.example.org", "Sec-Fetch-Site", "cross-site")...)
	ask(t, n, "POST", "/v1/plans/hubs:submit", "{}", append(token, "Sec-Fetch-Site", "cross-site")...)
	ask(t, n, "GET", "/v1/plans", "", token...)
	if err := n.accessLog.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for text := range strings.Lines(string(text)) {
		var line struct{ Actor, Method, Path, Code, Rule string }
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatal(err)
		}
		got = append(got, strings.Join([]string{line.Actor, line.Method, line.Path, line.Code, line.Rule}, " "))
	}
	want := []string{
		"Ann http /v1/plans InvalidArgument parameter-unknown",
		"Ann http /v1/secrets NotFound path-unknown",
		"Ann http /v1/plans Unimplemented method-not-allowed",
		"Ann http /v1/plans/hubs:submit InvalidArgument request-malformed",
		"Ann http /v1/plans/hubs:submit InvalidArgument path-contradicted",
		"Ann http /v1/plans/hubs:submit InvalidArgument body-too-large",
		" http /v1/plans/hubs:submit InvalidArgument content-type",
		"Ann milepost.v1.QueryService/ListPlans /v1/plans OK ",
		" http /v1/plans/hubs:submit PermissionDenied cross-origin",
		"Ann milepost.v1.QueryService/ListPlans /v1/plans OK ",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("it has\n%s\nwanted\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if proof, err := accesslog.Verify(log, nil); err != nil || proof.Last != uint64(len(want)) {
		t.Errorf("%+v, %v", proof, err)
	}
}
