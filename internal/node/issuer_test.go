package node

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"milepost.dev/internal/access"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/rig/issuertest"
)

// issuedWith is a server that believes an issuer.
func issuedWith(t *testing.T, issuer *issuertest.Issuer, more string) *Node {
	t.Helper()
	dir := t.TempDir()
	credentials, settings := filepath.Join(dir, "credentials.json"), filepath.Join(dir, "oidc.json")
	for name, text := range map[string]string{
		credentials: fmt.Sprintf(`{"tokens": [{"sha256": %q, "actor": "Robot", "roles": {"*": ["reporter"]}}], "subjects": [
			{"issuer": %q, "subject": "ann", "organisation": "Example Council", "roles": {"hubs": ["reporter"]}},
			{"issuer": %q, "subject": "Ann", "roles": {"hubs": ["viewer"]}},
			{"issuer": %q, "subject": "late", "not_after": "2020-01-01", "roles": {"hubs": ["reporter"]}},
			{"issuer": %q, "subject": %q, "roles": {"hubs": ["reporter"]}}]}`,
			digest("robot"), issuer.URL, issuer.URL, issuer.URL, issuer.URL, issuertest.Program),
		settings: fmt.Sprintf(`{"issuer": %q, "audience": %q, "algorithms": ["ES256"]%s}`, issuer.URL, issuertest.Audience, more),
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return served(t, Config{Credentials: credentials, OIDC: settings})
}

// Who calls with an access token is recorded by issuer and subject, whatever the token calls them, and may do what the
// credentials say of the subject.
func TestASubjectOfAnIssuerIsTheActor(t *testing.T) {
	issuer := issuertest.Start(t, clock.System())
	n := issuedWith(t, issuer, "")
	as := func(subject string) string { return "Bearer " + issuer.Token("at+jwt", issuer.Claims(subject)) }
	if status, text := ask(t, n, "POST", "/v1/plans/hubs:submit", begin, "Authorization", as("ann")); status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	refused(t, n, 403, access.RuleDenied, "POST", "/v1/plans/hubs:submit", begin, "Authorization", as("Ann"))
	refused(t, n, 403, access.RuleDenied, "GET", "/v1/plans/hubs/status", "", "Authorization", as("somebody"))
	refused(t, n, 401, access.RuleExpired, "GET", "/v1/plans/hubs/status", "", "Authorization", as("late"))
	_, trail := ask(t, n, "GET", "/v1/plans/hubs/audit", "", "Authorization", as("Ann"))
	if actor := `"actor":"oidc:` + issuer.URL + `#ann"`; !strings.Contains(trail, actor) || strings.Contains(trail, "Display") {
		t.Errorf("%s: want %s", trail, actor)
	}
	for subject, wants := range map[string][]string{
		"Ann":      {`"actor":"oidc:` + issuer.URL + `#%41nn"`, `"subject":"Ann"`, `"by":"oidc"`, `"display_name":"Display of Ann"`, `"roles":["viewer"]`},
		"somebody": {`"subject":"somebody"`, `"roles":[]`},
	} {
		_, who := ask(t, n, "GET", "/v1/whoami", "", "Authorization", as(subject))
		for _, want := range wants {
			if !strings.Contains(who, want) {
				t.Errorf("%s is %s, want %s", subject, who, want)
			}
		}
	}
	if status, text := ask(t, n, "GET", "/v1/plans", "", "Authorization", "Bearer robot"); status != http.StatusOK {
		t.Errorf("a token of the credentials beside an issuer: %d %s", status, text)
	}
}

// Attack: a token that the issuer did not make, made for something else, or made too long ago.
func TestTokensThatAreNotTaken(t *testing.T) {
	issuer := issuertest.Start(t, clock.System())
	n := issuedWith(t, issuer, "")
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	with := func(changes map[string]any) map[string]any {
		claims := issuer.Claims("ann")
		for name, value := range changes {
			if value == nil {
				delete(claims, name)
			} else {
				claims[name] = value
			}
		}
		return claims
	}
	now := time.Now().Unix()
	good := issuer.Token("at+jwt", issuer.Claims("ann"))
	parts := strings.Split(good, ".")
	for name, token := range map[string]string{
		"of another key":            issuer.Sign(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: own, KeyID: "1"}}, "at+jwt", issuer.Claims("ann")),
		"signed with a secret":      issuer.Sign(jose.SigningKey{Algorithm: jose.HS256, Key: []byte(strings.Repeat("k", 32))}, "at+jwt", issuer.Claims("ann")),
		"signed by nobody":          "eyJhbGciOiJub25lIn0." + parts[1] + ".",
		"with another's claims":     parts[0] + "." + strings.Split(issuer.Token("at+jwt", issuer.Claims("Ann")), ".")[1] + "." + parts[2],
		"for another server":        issuer.Token("at+jwt", with(map[string]any{"aud": []string{"elsewhere"}})),
		"for the page":              issuer.Token("JWT", with(map[string]any{"aud": issuertest.Client, "nonce": "n"})),
		"of another kind":           issuer.Token("logout+jwt", issuer.Claims("ann")),
		"of another issuer":         issuer.Token("at+jwt", with(map[string]any{"iss": "https://login.example.org"})),
		"of nobody":                 issuer.Token("at+jwt", with(map[string]any{"sub": nil})),
		"without an end":            issuer.Token("at+jwt", with(map[string]any{"exp": nil})),
		"expired":                   issuer.Token("at+jwt", with(map[string]any{"iat": now - 600, "exp": now - 120})),
		"of two hours ago":          issuer.Token("at+jwt", with(map[string]any{"iat": now - 7200, "exp": now + 7200})),
		"of the day after tomorrow": issuer.Token("at+jwt", with(map[string]any{"iat": now + 180000, "exp": now + 180300})),
		"no token":                  "a.b.c",
	} {
		rule := access.RuleUnknown
		if name == "expired" || name == "of two hours ago" {
			rule = access.RuleExpired
		}
		got, text := ask(t, n, "GET", "/v1/plans", "", "Authorization", "Bearer "+token)
		if got == http.StatusServiceUnavailable && (name == "of another key" || name == "with another's claims") {
			continue // the issuer may have a new key under that name, and was asked for its keys a moment ago
		}
		if got != http.StatusUnauthorized || !strings.Contains(text, rule) {
			t.Errorf("%s: %d %s, want %s", name, got, text, rule)
		}
	}
	if status, text := ask(t, n, "GET", "/v1/plans", "", "Authorization", "Bearer "+good); status != http.StatusOK {
		t.Errorf("a good one: %d %s", status, text)
	}
}

// While the issuer is down its known keys are good, and a token of a new key is neither taken nor refused for ever. Strangers who
// send tokens of unknown keys do not have it asked more than now and then.
func TestAnIssuerThatIsDown(t *testing.T) {
	issuer := issuertest.Start(t, clock.System())
	n := issuedWith(t, issuer, "")
	issuer.Down(true)
	refused(t, n, 503, access.RuleIssuer, "GET", "/v1/plans", "", "Authorization", "Bearer "+issuer.Token("at+jwt", issuer.Claims("ann")))
	if status, text := ask(t, n, "GET", "/v1/plans", "", "Authorization", "Bearer robot"); status != http.StatusOK {
		t.Errorf("who needs no issuer: %d %s", status, text)
	}

	n = issuedWith(t, issuer, "")
	issuer.Down(false)
	if status, text := ask(t, n, "GET", "/v1/plans", "", "Authorization", "Bearer "+issuer.Token("at+jwt", issuer.Claims("ann"))); status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	issuer.Down(true)
	known := issuer.Token("at+jwt", issuer.Claims("Ann"))
	if status, text := ask(t, n, "GET", "/v1/plans", "", "Authorization", "Bearer "+known); status != http.StatusOK {
		t.Errorf("a known key: %d %s", status, text)
	}
	issuer.Rotate()
	issuer.Down(false)
	before := issuer.KeysAsked()
	for i := range 20 {
		status, text := ask(t, n, "GET", "/v1/plans", "", "Authorization", "Bearer "+issuer.Token("at+jwt", issuer.Claims(fmt.Sprint("new-", i))))
		if status != http.StatusServiceUnavailable && status != http.StatusOK {
			t.Fatalf("a new key: %d %s", status, text)
		}
	}
	if asked := issuer.KeysAsked() - before; asked > 1 {
		t.Errorf("its keys were asked for %d times", asked)
	}
}
