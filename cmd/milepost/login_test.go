package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"milepost.dev/internal/clock"
	"milepost.dev/internal/node"
	"milepost.dev/internal/rig/issuertest"
)

// issued is a server that believes an issuer, in whose home a person works.
type issued struct {
	t      *testing.T
	home   string
	server string
}

func newIssued(t *testing.T, issuer *issuertest.Issuer) *issued {
	t.Helper()
	home := t.TempDir()
	credentials, settings := filepath.Join(home, "credentials.json"), filepath.Join(home, "oidc.json")
	for name, text := range map[string]string{
		credentials: fmt.Sprintf(`{"subjects": [{"issuer": %q, "subject": "ann", "roles": {"*": ["reporter"]}},
			{"issuer": %q, "subject": %q, "roles": {"hub": ["reporter"]}}]}`, issuer.URL, issuer.URL, issuertest.Program),
		settings:                          fmt.Sprintf(`{"issuer": %q, "audience": %q, "algorithms": ["ES256"]}`, issuer.URL, issuertest.Audience),
		filepath.Join(home, "secret.txt"): issuertest.Secret + "\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	n, err := node.Start(t.Context(), node.Config{Data: t.TempDir(), Listen: "127.0.0.1:0", Credentials: credentials, OIDC: settings})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return &issued{t, home, n.GRPCAddr()}
}

// run types a command.
func (i *issued) run(status int, args ...string) (stdout, stderr string) {
	i.t.Helper()
	var out, errs bytes.Buffer
	env := func(name string) string { return map[string]string{"MILEPOST_SERVER": i.server, "HOME": i.home}[name] }
	if got := Main(i.t.Context(), args, strings.NewReader(hubCSV), &out, &errs, env); got != status {
		i.t.Fatalf("milepost %q: status %d, want %d\n%s", args, got, status, &errs)
	}
	return out.String(), errs.String()
}

const hubCSV = "ref,title,delivery_date,as_at\nHUB-1,The hub opens,2026-09-30,2026-01-31\n"

// A person signs in by a code, states something under their subject, is renewed when what they got is over, and signs out.
func TestSignInByACode(t *testing.T) {
	issuer := issuertest.Start(t, clock.System())
	i := newIssued(t, issuer)
	_, said := i.run(statusFailed, "whoami")
	if !strings.Contains(said, "It is not known who calls") {
		t.Error(said)
	}
	i.run(statusUsage, "login")
	issuer.Pending(1)
	out, said := i.run(statusOK, "login", "--issuer", issuer.URL, "--client-id", issuertest.Client)
	if !strings.Contains(said, "enter the code ABCD-EFGH") || !strings.Contains(out, "as Display of ann, who is recorded as oidc:"+issuer.URL+"#ann") {
		t.Errorf("%s%s", said, out)
	}
	i.run(statusOK, "push", "--plan", "hub", "--new", "-")
	if trail, _ := i.run(statusOK, "audit", "--plan", "hub", "-o", "csv"); !strings.Contains(trail, "oidc:"+issuer.URL+"#ann") {
		t.Errorf("%s", trail)
	}

	kept, err := filepath.Glob(filepath.Join(i.home, ".local/state/milepost/login/*.json"))
	if err != nil || len(kept) != 1 {
		t.Fatal(kept, err)
	}
	if info, err := os.Stat(kept[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	var stored map[string]any
	text, err := os.ReadFile(kept[0])
	if err == nil {
		err = json.Unmarshal(text, &stored)
	}
	if err != nil {
		t.Fatal(err)
	}
	over := stored["token"].(map[string]any)
	over["access_token"], over["expiry"] = "over.and.out", time.Unix(0, 0)
	if text, err = json.Marshal(stored); err == nil {
		err = os.WriteFile(kept[0], text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if who, _ := i.run(statusOK, "whoami", "-o", "json"); !strings.Contains(who, `"subject":"ann"`) {
		t.Errorf("after what was given is over: %s", who)
	}
	if text, err := os.ReadFile(kept[0]); err != nil || strings.Contains(string(text), "over.and.out") {
		t.Errorf("what was renewed was not kept: %s, %v", text, err)
	}

	i.run(statusOK, "logout")
	i.run(statusFailed, "whoami")
	if _, said := i.run(statusOK, "logout"); !strings.Contains(said, "were not signed in") {
		t.Error(said)
	}
}

// A program signs in by its secret, and who has no role is told how to get one.
func TestProgramsAndThoseWithoutARole(t *testing.T) {
	issuer := issuertest.Start(t, clock.System())
	i := newIssued(t, issuer)
	secret := filepath.Join(i.home, "secret.txt")
	i.run(statusOK, "login", "--issuer", issuer.URL, "--client-id", issuertest.Program, "--client-secret-file", secret)
	i.run(statusOK, "push", "--plan", "hub", "--new", "-")
	if err := os.WriteFile(secret, []byte("wrong"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, said := i.run(statusFailed, "login"); !strings.Contains(said, "refused to sign in: invalid_client") || strings.Contains(said, "wrong") {
		t.Error(said)
	}
	i.run(statusOK, "logout")
	issuer.IsAt("newcomer")
	if _, said := i.run(statusOK, "login", "--issuer", issuer.URL, "--client-id", issuertest.Client); !strings.Contains(said, `milepost token subject "newcomer"`) {
		t.Error(said)
	}
}
