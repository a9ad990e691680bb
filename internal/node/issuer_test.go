package node

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/access"
	"milepost.dev/internal/client"
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

// A subject has the quota of its entry or, where that says nothing, the one of every caller; and it is the subject's, whatever token
// it comes with.
func TestASubjectOfAnIssuerHasAQuota(t *testing.T) {
	issuer := issuertest.Start(t, clock.System())
	dir := t.TempDir()
	credentials, settings := filepath.Join(dir, "credentials.json"), filepath.Join(dir, "oidc.json")
	for name, text := range map[string]string{
		credentials: fmt.Sprintf(`{"quotas": {"caller": {"events_a_day": 8}}, "tokens": [{"sha256": %q, "actor": "Robot", "roles": {"*": ["reporter"]}, "quota": {"events_a_day": "none"}}],
			"subjects": [{"issuer": %q, "subject": "ann", "roles": {"hubs": ["reporter"]}, "quota": {"events_a_day": 2}},
			{"issuer": %q, "subject": "bob", "roles": {"hubs": ["reporter"]}}]}`, digest("robot"), issuer.URL, issuer.URL),
		settings: fmt.Sprintf(`{"issuer": %q, "audience": %q}`, issuer.URL, issuertest.Audience),
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	n := served(t, Config{Credentials: credentials, OIDC: settings})
	if status, text := ask(t, n, "POST", "/v1/plans/hubs:submit", begin, "Authorization", "Bearer robot"); status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	for subject, room := range map[string]int{"ann": 2, "bob": 8} {
		for i := range room + 1 {
			token := "Bearer " + issuer.Token("at+jwt", issuer.Claims(subject))
			progress := fmt.Sprintf(`{"request_id": "%s-%d", "commands": [{"as_at": "2026-02-01", "progress_reported": {"ref": "A/1", "percent": %d}}]}`, subject, i, 10+i)
			if i == room {
				refused(t, n, http.StatusTooManyRequests, "quota-caller-day", "POST", "/v1/plans/hubs:submit", progress, "Authorization", token)
			} else if status, text := ask(t, n, "POST", "/v1/plans/hubs:submit", progress, "Authorization", token); status != http.StatusOK {
				t.Errorf("%s, %d: %d %s", subject, i, status, text)
			}
		}
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

	issuer.Down(false)
	n = issuedWith(t, issuer, "")
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

// Attack: somebody sends tokens of an issuer that does not answer, and others wait behind them.
func TestNobodyWaitsLongForAnIssuer(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes connections, and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	issuer := issuertest.Start(t, clock.System())
	token := issuer.Token("at+jwt", issuer.Claims("ann"))
	issuer.URL = "http://" + silent.Addr().String()
	n := issuedWith(t, issuer, "")
	conn := strangeTo(t, n)
	defer conn.Close()
	as := func(token string) error {
		ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+token)
		_, err := milepostv1.NewQueryServiceClient(conn).ListPlans(ctx, &milepostv1.ListPlansRequest{})
		return err
	}
	started := time.Now()
	if err := as(token); status.Code(err) != codes.Unavailable {
		t.Errorf("of an issuer that does not answer: %v", err)
	}
	if err := as("robot"); err != nil {
		t.Errorf("behind it: %v", err)
	}
	if took := time.Since(started); took > 4*time.Second {
		t.Errorf("it took %s", took)
	}
}

// A caller whose issuer is down is not taken for a stranger: the connection stays for the others on it.
func TestACallerOfAnIssuerThatIsDownIsNoStranger(t *testing.T) {
	issuer := issuertest.Start(t, clock.System())
	issuer.Down(true)
	n := issuedWith(t, issuer, "")
	conn := strangeTo(t, n, client.WithToken(issuer.Token("at+jwt", issuer.Claims("ann"))))
	defer conn.Close()
	stream, err := healthpb.NewHealthClient(conn).Watch(t.Context(), &healthpb.HealthCheckRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for range 40 {
		if _, err := milepostv1.NewQueryServiceClient(conn).ListPlans(t.Context(), &milepostv1.ListPlansRequest{}); status.Code(err) != codes.Unavailable {
			t.Fatal(err)
		}
	}
	if _, err := stream.Recv(); err != nil {
		t.Errorf("the connection was closed: %v", err)
	}
}

// browser keeps cookies, and follows no redirect by itself.
type browser struct {
	t    *testing.T
	node *Node
	http *http.Client
}

func newBrowser(t *testing.T, n *Node) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, n, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// get is the status of a page, and where it leads. The address may be a whole one.
func (b *browser) get(address string) (status int, location, body string) {
	b.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = "http://" + b.node.HTTPAddr() + address
	}
	answer, err := b.http.Get(address)
	if err != nil {
		b.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer.StatusCode, answer.Header.Get("Location"), string(text)
}

// leaves goes to the issuer, signs in there, and answers with the way back.
func (b *browser) leaves(next string) (back string) {
	b.t.Helper()
	_, to, _ := b.get("/sign-in/elsewhere?next=" + url.QueryEscape(next))
	_, back, body := b.get(to)
	back, ok := strings.CutPrefix(back, sentBackTo)
	if !ok {
		b.t.Fatalf("the issuer leads to %q: %s", back, body)
	}
	return back
}

// sentBackTo is where the issuer believes the pages to be.
const sentBackTo = "https://plans.example.org"

func pagesOf(t *testing.T, issuer *issuertest.Issuer) *Node {
	return issuedWith(t, issuer, fmt.Sprintf(`, "page": {"client_id": %q, "redirect": %q}`, issuertest.Client, sentBackTo+"/sign-in/back"))
}

// A visitor signs in at the issuer, sees what their subject may see, and is kept signed in by what the server holds.
func TestAVisitorSignsInAtTheIssuer(t *testing.T) {
	issuer := issuertest.Start(t, clock.System())
	n := pagesOf(t, issuer)
	if status, text := ask(t, n, "POST", "/v1/plans/hubs:submit", begin, "Authorization", "Bearer robot"); status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	b := newBrowser(t, n)
	if _, location, _ := b.get("/plans/hubs"); !strings.HasPrefix(location, "/sign-in?") {
		t.Fatalf("a stranger is led to %q", location)
	}
	if _, _, body := b.get("/sign-in?next=/plans/hubs"); !strings.Contains(body, `href="/sign-in/elsewhere?next=%2fplans%2fhubs"`) {
		t.Errorf("the page offers no other way in: %s", body)
	}
	back := b.leaves("/plans/hubs?sort=slip")
	if status, location, body := b.get(back); status != http.StatusSeeOther || location != "/plans/hubs?sort=slip" {
		t.Fatalf("%d to %q: %s", status, location, body)
	}
	if status, _, body := b.get("/plans/hubs"); status != http.StatusOK || !strings.Contains(body, "The hub opens") {
		t.Errorf("%d %s", status, body)
	}
	at, _ := url.Parse("http://" + n.HTTPAddr())
	for _, c := range b.http.Jar.Cookies(at) {
		if strings.Contains(c.Value, ".") {
			t.Errorf("the browser keeps a token: %s", c)
		}
	}

	issuer.IsAt("somebody")
	other := newBrowser(t, n)
	if status, _, _ := other.get(other.leaves("//evil.example")); status != http.StatusSeeOther {
		t.Errorf("somebody without a role is not let in: %d", status)
	}
	if status, _, _ := other.get("/plans/hubs"); status != http.StatusForbidden {
		t.Errorf("somebody without a role sees the plan: %d", status)
	}
}

// Attack: a visitor is sent a link that signs them in as the attacker; a code or a state is used again, or is made up; and what
// tells a page who its visitor is goes to the API as a token.
func TestTheWayBackIsForWhoLeft(t *testing.T) {
	issuer := issuertest.Start(t, clock.System())
	n := pagesOf(t, issuer)
	attacker, victim := newBrowser(t, n), newBrowser(t, n)
	back := attacker.leaves("/")
	if status, _, _ := victim.get(back); status != http.StatusForbidden {
		t.Errorf("another browser comes back with %d", status)
	}
	if status, location, _ := attacker.get(back); status != http.StatusSeeOther || location != "/" {
		t.Errorf("who left comes back with %d to %q", status, location)
	}
	if status, _, _ := attacker.get(back); status != http.StatusForbidden {
		t.Errorf("the same link again: %d", status)
	}
	back = victim.leaves("/")
	u, err := url.Parse(back)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("code", "code-made-up")
	if status, location, _ := victim.get("/sign-in/back?" + q.Encode()); status != http.StatusUnauthorized {
		t.Errorf("a code that the issuer did not give: %d to %q", status, location)
	}
	for _, address := range []string{"/sign-in/back", "/sign-in/back?code=x&state=", "/sign-in/back?state=x&error=access_denied"} {
		if status, _, _ := victim.get(address); status != http.StatusForbidden {
			t.Errorf("%s: %d", address, status)
		}
	}
	claims := issuer.Claims("ann")
	claims["aud"] = issuertest.Client
	if status, text := ask(t, n, "GET", "/v1/plans", "", "Authorization", "Bearer "+issuer.Token("JWT", claims)); status != http.StatusUnauthorized {
		t.Errorf("an ID token on the API: %d %s", status, text)
	}
}
