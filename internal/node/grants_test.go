package node

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/access"
	"milepost.dev/internal/client"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/rig/issuertest"
)

// granting is a server with credentials, and callers who have no more than the ledger gives them.
type granting struct {
	t      *testing.T
	config Config
	node   *Node
	issuer *issuertest.Issuer
	sent   int
}

func newGranting(t *testing.T) *granting {
	t.Helper()
	g := &granting{t: t, issuer: issuertest.Start(t, clock.System())}
	dir := t.TempDir()
	credentials, settings := filepath.Join(dir, "credentials.json"), filepath.Join(dir, "oidc.json")
	for name, text := range map[string]string{
		credentials: fmt.Sprintf(`{"tokens": [
			{"sha256": %q, "actor": "Boss", "roles": {"*": ["admin"]}}, {"sha256": %q, "actor": "Robot", "roles": {"*": ["reporter"]}},
			{"sha256": %q, "actor": "Ann", "roles": {"rail": ["viewer"]}}, {"sha256": %q, "actor": "Annie", "roles": {"rail": ["viewer"]}}]}`,
			digest("boss"), digest("robot"), digest("ann"), digest("annie")),
		settings: fmt.Sprintf(`{"issuer": %q, "audience": %q}`, g.issuer.URL, issuertest.Audience),
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	g.config = Config{Data: filepath.Join(dir, "data"), Listen: "127.0.0.1:0", HTTP: "127.0.0.1:0", Credentials: credentials, OIDC: settings}
	g.start()
	if code, text := ask(t, g.node, "POST", "/v1/plans/hubs:submit", begin, "Authorization", "Bearer robot"); code != http.StatusOK {
		t.Fatalf("%d %s", code, text)
	}
	return g
}

func (g *granting) start() {
	g.t.Helper()
	var err error
	if g.node, err = Start(g.t.Context(), g.config); err != nil {
		g.t.Fatal(err)
	}
	n := g.node
	g.t.Cleanup(func() {
		if err := n.Close(context.Background()); err != nil {
			g.t.Error(err)
		}
	})
}

// states sends one command to a plan, and answers with the status and with the rule that it broke.
func (g *granting) states(token, plan, command string) (code int, rule string) {
	g.t.Helper()
	g.sent++
	code, text := ask(g.t, g.node, "POST", "/v1/plans/"+plan+":submit", fmt.Sprintf(`{"request_id": "%d", "commands": [%s]}`, g.sent, command), "Authorization", "Bearer "+token)
	if _, after, ok := strings.Cut(text, `"rule":"`); ok {
		rule, _, _ = strings.Cut(after, `"`)
	}
	return code, rule
}

func (g *granting) must(token, plan, command string) {
	g.t.Helper()
	if code, rule := g.states(token, plan, command); code != http.StatusOK {
		g.t.Fatalf("%s: %d %s", command, code, rule)
	}
}

func (g *granting) mayReport(token string) bool {
	g.t.Helper()
	code, rule := g.states(token, "hubs", fmt.Sprintf(`{"progress_reported": {"ref": "A/1", "percent": %d}}`, g.sent%90))
	if code != http.StatusOK && rule != access.RuleDenied {
		g.t.Fatalf("%d %s", code, rule)
	}
	return code == http.StatusOK
}

// What is granted holds at once, for callers of the credentials and of an issuer, and after a restart; what is withdrawn does not,
// and ends what goes on by it. Who may not grant gets nobody a right: themselves, by another plan's role, or by merging names.
func TestTheLedgerGivesRoles(t *testing.T) {
	g := newGranting(t)
	subject := func() string { return g.issuer.Token("at+jwt", g.issuer.Claims("cem")) }
	cem := "oidc:" + g.issuer.URL + "#cem"
	if g.mayReport("ann") || g.mayReport(subject()) {
		t.Fatal("nobody gave them a role")
	}
	g.must("boss", "$ledger", `{"role_granted": {"holder": "Ann", "plan": "hubs", "role": "reporter", "reason": "The new office"}}`)
	g.must("boss", "$ledger", fmt.Sprintf(`{"role_granted": {"holder": %q, "plan": "hubs", "role": "reporter"}}`, cem))
	if !g.mayReport("ann") || !g.mayReport(subject()) {
		t.Error("what was granted does not hold")
	}
	if g.mayReport("annie") || g.mayReport("boss") {
		t.Error("it holds for others")
	}
	for name, attack := range map[string]struct{ token, plan, command, rule string }{
		"for themselves":          {"boss", "$ledger", `{"role_granted": {"holder": "Boss", "plan": "hubs", "role": "reporter"}}`, "grant-own"},
		"in another case":         {"boss", "$ledger", `{"role_granted": {"holder": " BOSS", "plan": "hubs", "role": "reporter"}}`, "grant-own"},
		"by a reporter":           {"robot", "$ledger", `{"role_granted": {"holder": "Annie", "plan": "hubs", "role": "viewer"}}`, access.RuleDenied},
		"beside another command":  {"boss", "$ledger", `{"role_granted": {"holder": "Annie", "plan": "hubs", "role": "viewer"}}, {"parties_merged": {"keep": "Ann", "merge": ["Annie"]}}`, access.RuleDenied},
		"under a plan":            {"boss", "hubs", `{"role_granted": {"holder": "Annie", "plan": "hubs", "role": "viewer"}}`, "of-ledger"},
		"taken from nobody":       {"boss", "$ledger", `{"role_withdrawn": {"holder": "Anne", "plan": "hubs", "role": "viewer"}}`, "party-unknown"},
		"ended before it is told": {"boss", "$ledger", `{"role_granted": {"holder": "Annie", "plan": "hubs", "role": "viewer", "until": "2020-01-01"}}`, "grant-ended"},
	} {
		if code, rule := g.states(attack.token, attack.plan, attack.command); code == http.StatusOK || rule != attack.rule {
			t.Errorf("%s: %d %s, want %s", name, code, rule, attack.rule)
		}
	}
	g.must("robot", "hubs", `{"owner_changed": {"ref": "A/1", "owner": "Annie"}}`) // now she is a party
	g.must("robot", "$ledger", `{"parties_merged": {"keep": "Ann", "merge": ["Annie"]}}`)
	if g.mayReport("annie") {
		t.Error("a merge of names gives a right")
	}
	if _, trail := ask(t, g.node, "GET", "/v1/plans/$ledger/audit", "", "Authorization", "Bearer robot"); !strings.Contains(trail, `"actor":"Boss"`) || !strings.Contains(trail, "reporter of hubs: Ann") {
		t.Errorf("the trail says %s", trail)
	}

	if err := g.node.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	g.start()
	if !g.mayReport("ann") {
		t.Error("what was granted is gone after a restart")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	watch, err := milepostv1.NewWatchServiceClient(strangeTo(t, g.node, client.WithToken("ann"))).Watch(ctx, &milepostv1.WatchRequest{Plan: "hubs"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := watch.Recv(); err != nil {
		t.Fatal(err)
	}
	g.must("boss", "$ledger", `{"role_withdrawn": {"holder": "Ann", "plan": "hubs", "role": "reporter"}}`)
	if g.mayReport("ann") {
		t.Error("what was withdrawn holds")
	}
	for err == nil {
		_, err = watch.Recv()
	}
	if err == io.EOF || status.Code(err) != codes.PermissionDenied {
		t.Errorf("a stream goes on without its role, or ends with %v", err)
	}
}
