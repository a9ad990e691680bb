package access_test

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"testing"

	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"

	"milepost.dev/internal/access"
	"milepost.dev/internal/clock"
)

func TestRoles(t *testing.T) {
	c := access.Caller{Name: "x", Roles: map[string][]access.Role{
		"cycling": {access.Reporter}, "rail": {access.Viewer}, "roads": {access.Auditor},
	}}
	all := access.Caller{Name: "y", Roles: map[string][]access.Role{"*": {access.Auditor}}}
	for _, tt := range []struct {
		caller access.Caller
		role   access.Role
		plan   string
		may    bool
	}{
		{c, access.Reporter, "cycling", true},
		{c, access.Viewer, "cycling", true},
		{c, access.Auditor, "cycling", false},
		{c, access.Approver, "cycling", false},
		{c, access.Reporter, "rail", false},
		{c, access.Viewer, "rail", true},
		{c, access.Viewer, "water", false},
		{c, access.Auditor, "roads", true},
		{c, access.Auditor, "*", false},
		{all, access.Auditor, "*", true},
		{all, access.Auditor, "anything", true},
		{all, access.Viewer, "anything", true},
		{all, access.Reporter, "anything", false},
		{access.Caller{}, access.Viewer, "cycling", false},
	} {
		if got := tt.caller.May(tt.role, tt.plan); got != tt.may {
			t.Errorf("%s: May(%s, %s) = %v", tt.caller.Name, tt.role, tt.plan, got)
		}
		var denied *access.Denied
		if err := tt.caller.Check(tt.role, tt.plan); errors.As(err, &denied) == tt.may {
			t.Errorf("%s: Check(%s, %s) = %v", tt.caller.Name, tt.role, tt.plan, err)
		}
	}
}

func sum(token string) string {
	s := sha256.Sum256([]byte(token))
	return hex.EncodeToString(s[:])
}

func parse(t *testing.T, text string) *access.Credentials {
	t.Helper()
	c, err := access.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var sample = `{
	"tokens": [
		{"sha256": "` + sum("finance-secret") + `", "actor": "Finance feed", "organisation": "Example Council", "roles": {"cycling": ["reporter"]}},
		{"sha256": "` + sum("audit-secret") + `", "actor": "NAO", "roles": {"*": ["auditor"]}}
	],
	"certificates": [
		{"uri": "spiffe://example.org/pmo", "actor": "PMO office", "roles": {"*": ["reporter"]}},
		{"dns": "pmo.example.org", "actor": "PMO machine", "roles": {"*": ["viewer"]}},
		{"cn": "Grace", "actor": "Grace Hopper", "roles": {"*": ["approver"]}}
	]}`

func withToken(header ...string) context.Context {
	return metadata.NewIncomingContext(context.Background(), metadata.MD{"authorization": header})
}

func withCertificate(c *x509.Certificate, verified bool) context.Context {
	state := tls.ConnectionState{PeerCertificates: []*x509.Certificate{c}}
	if verified {
		state.VerifiedChains = [][]*x509.Certificate{{c}}
	}
	return peer.NewContext(context.Background(), &peer.Peer{AuthInfo: credentials.TLSInfo{State: state}})
}

func TestAuthenticate(t *testing.T) {
	c := parse(t, sample)
	pmo, _ := url.Parse("spiffe://example.org/pmo")
	byURI := &x509.Certificate{URIs: []*url.URL{pmo}, Subject: pkix.Name{CommonName: "whoever"}}
	for _, tt := range []struct {
		name string
		ctx  context.Context
		want string // the actor, or
		rule string
	}{
		{"a token", withToken("Bearer finance-secret"), "Finance feed", ""},
		{"scheme in another case", withToken("bearer audit-secret"), "NAO", ""},
		{"nothing", context.Background(), "", access.RuleMissing},
		{"a wrong token", withToken("Bearer finance-secre"), "", access.RuleUnknown},
		{"the digest in place of the token", withToken("Bearer " + sum("finance-secret")), "", access.RuleUnknown},
		{"another scheme", withToken("Basic finance-secret"), "", access.RuleMalformed},
		{"no token", withToken("Bearer "), "", access.RuleMalformed},
		{"two tokens", withToken("Bearer finance-secret", "Bearer audit-secret"), "", access.RuleMalformed},
		{"certificate by URI", withCertificate(byURI, true), "PMO office", ""},
		{"certificate by DNS", withCertificate(&x509.Certificate{DNSNames: []string{"pmo.example.org"}}, true), "PMO machine", ""},
		{"certificate by CN", withCertificate(&x509.Certificate{Subject: pkix.Name{CommonName: "Grace"}}, true), "Grace Hopper", ""},
		{"a certificate nobody verified", withCertificate(byURI, false), "", access.RuleMissing},
		{"a certificate of a stranger", withCertificate(&x509.Certificate{}, true), "", access.RuleUnknown},
		{"a certificate of two", withCertificate(&x509.Certificate{URIs: []*url.URL{pmo}, Subject: pkix.Name{CommonName: "Grace"}}, true), "", access.RuleAmbiguous},
		{
			"a wrong token over a good certificate",
			metadata.NewIncomingContext(withCertificate(byURI, true), metadata.Pairs("authorization", "Bearer nothing")), "", access.RuleUnknown,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			caller, err := c.Authenticate(tt.ctx)
			if caller.Name != tt.want {
				t.Errorf("caller %q, want %q", caller.Name, tt.want)
			}
			var refused *access.Unauthenticated
			if errors.As(err, &refused) != (tt.rule != "") || refused != nil && refused.Rule != tt.rule {
				t.Errorf("error %v, want rule %q", err, tt.rule)
			}
			if err != nil && strings.Contains(err.Error(), "secre") {
				t.Errorf("the error repeats the token: %v", err)
			}
		})
	}
}

func TestAFileThatIsWrongSaysWhere(t *testing.T) {
	entry := func(changes string) string {
		return `{"tokens": [{"sha256": "` + sum("a") + `", "actor": "Ada", "roles": {"*": ["viewer"]}}, {` + changes + `}]}`
	}
	good := `"sha256": "` + sum("b") + `", "actor": "Bob"`
	for _, tt := range []struct{ name, text, want string }{
		{"no JSON", `{`, "JSON"},
		{"empty", `{}`, "lets nobody in"},
		{"a part twice", `{"tokens": [], "tokens": []}`, `"tokens" stands twice`},
		{"a field twice", entry(good + `, "roles": {"p": ["viewer"]}, "roles": {"q": ["viewer"]}`), `tokens[1] ("Bob"): "roles" stands twice`},
		{"a plan twice", entry(good + `, "roles": {"p": ["viewer"], "p": ["reporter"]}`), `"p" stands twice`},
		{"a field in another case", entry(good + `, "ROLES": {"p": ["viewer"]}`), `unknown field "ROLES"`},
		{"one party in two spellings", entry(`"sha256": "` + sum("b") + `", "actor": "ADA", "roles": {"p": ["viewer"]}`), `"ADA" and "Ada" are one party`},
		{"local actor in disguise", entry(`"sha256": "` + sum("b") + `", "actor": "lo\u200dcal:root", "roles": {"*": ["viewer"]}`), `"local:"`},
		{"an end that is not a time", entry(good + `, "not_after": "31/03/2027", "roles": {"p": ["viewer"]}`), `not_after: "31/03/2027"`},
		{"something after it", `{} {}`, "after the end"},
		{"unknown part", `{"token": []}`, `unknown field "token"`},
		{"unknown field", entry(good + `, "role": {}`), `tokens[1] ("Bob"): it cannot be read: unknown field "role"`},
		{"no actor", entry(`"sha256": "` + sum("b") + `", "roles": {"*": ["viewer"]}`), "tokens[1]: actor:"},
		{"local actor", entry(`"sha256": "` + sum("b") + `", "actor": "Local:root", "roles": {"*": ["viewer"]}`), `"local:"`},
		{"no roles", entry(good), "roles is empty"},
		{"no role", entry(good + `, "roles": {"p": []}`), `no role for "p"`},
		{"unknown role", entry(good + `, "roles": {"p": ["admiral"]}`), `"admiral"`},
		{"an auditor of one plan", entry(good + `, "roles": {"p": ["auditor"]}`), `give viewer, or auditor for every plan`},
		{"an operator of one plan", entry(good + `, "roles": {"p": ["operator"]}`), `has no effect`},
		{"no plan", entry(good + `, "roles": {"": ["viewer"]}`), "plan's id is empty"},
		{"the token itself", entry(`"sha256": "milepost_abc", "actor": "Bob", "roles": {"*": ["viewer"]}`), "SHA-256"},
		{"the empty token", entry(`"sha256": "` + sum("") + `", "actor": "Bob", "roles": {"*": ["viewer"]}`), "empty token"},
		{"one token for two", entry(`"sha256": "` + sum("a") + `", "actor": "Bob", "roles": {"*": ["viewer"]}`), `"Ada" too`},
		{"no certificate name", `{"certificates": [{"actor": "Bob", "roles": {"*": ["viewer"]}}]}`, "names no certificate"},
		{"two certificate names", `{"certificates": [{"cn": "a", "dns": "b", "actor": "Bob", "roles": {"*": ["viewer"]}}]}`, "both dns and cn"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := access.Parse([]byte(tt.text))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q in it", err, tt.want)
			}
		})
	}
}

func TestLocalIsForThisMachineOnly(t *testing.T) {
	l := access.NewOpen()
	for addr, ok := range map[net.Addr]bool{
		&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}:         true,
		&net.TCPAddr{IP: net.IPv6loopback, Port: 1}:               true,
		&net.UnixAddr{Name: "/run/milepost", Net: "unix"}:         true,
		&net.TCPAddr{IP: net.IPv4(10, 0, 0, 1), Port: 1}:          false,
		&net.TCPAddr{IP: net.ParseIP("2001:db8::1"), Port: 1}:     false,
		&net.TCPAddr{IP: net.ParseIP("::ffff:10.0.0.1"), Port: 1}: false,
	} {
		caller, err := l.Authenticate(peer.NewContext(t.Context(), &peer.Peer{Addr: addr}))
		if (err == nil) != ok || ok != (caller.Name == "local:anyone") {
			t.Errorf("from %v: %q, %v", addr, caller.Name, err)
		}
		if ok && !caller.May(access.Auditor, "*") {
			t.Error("not everybody may do everything where nobody is asked")
		}
	}
	if _, err := l.Authenticate(t.Context()); err == nil {
		t.Error("a call from nowhere was let in")
	}
}

func TestListenersThatOthersCanReachNeedBoth(t *testing.T) {
	for _, addr := range []string{"127.0.0.1:0", "[::1]:7070", "localhost:7070", "127.8.8.8:1", "unix:/run/milepost.sock"} {
		if err := access.CheckListener(addr, false, false); err != nil {
			t.Errorf("%s: %v", addr, err)
		}
	}
	for _, addr := range []string{":7070", "0.0.0.0:7070", "[::]:7070", "10.0.0.1:1", "example.org:1", "localhost.example.org:1", "[::ffff:10.0.0.1]:1"} {
		for _, given := range []struct{ tls, credentials bool }{{false, false}, {true, false}, {false, true}} {
			err := access.CheckListener(addr, given.tls, given.credentials)
			if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%q", addr)) ||
				strings.Contains(err.Error(), "no TLS") == given.tls || strings.Contains(err.Error(), "no credentials") == given.credentials {
				t.Errorf("%s with %+v: %v", addr, given, err)
			}
		}
		if err := access.CheckListener(addr, true, true); err != nil {
			t.Errorf("%s with both: %v", addr, err)
		}
	}
}

func TestWhatIsNoAddressIsCalledNone(t *testing.T) {
	for _, addr := range []string{"", "7440", "nonsense", "::1", "127.0.0.1"} {
		err := access.CheckListener(addr, false, false)
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%q is no address to listen on", addr)) {
			t.Errorf("%q: %v", addr, err)
		}
	}
}

func TestNewTokenLetsItsHolderIn(t *testing.T) {
	token, digest, err := access.NewToken(clock.Seeded(1))
	if err != nil {
		t.Fatal(err)
	}
	c := parse(t, `{"tokens": [{"sha256": "`+strings.ToUpper(digest)+`", "actor": "Ada", "roles": {"*": ["viewer"]}}]}`)
	if caller, err := c.Authenticate(withToken("Bearer " + token)); err != nil || caller.Name != "Ada" {
		t.Errorf("%v, %v", caller, err)
	}
	if !strings.HasPrefix(token, "milepost_") || len(token) != 9+43 {
		t.Errorf("token of %d characters", len(token))
	}
}

func TestTLSFilesThatContradict(t *testing.T) {
	for _, tt := range []struct {
		files access.TLSFiles
		want  string
	}{
		{access.TLSFiles{Certificate: "a.pem"}, `"a.pem"`},
		{access.TLSFiles{Certificate: "none.pem", Key: "b.pem", ClientCA: "c.pem"}, "none.pem"},
	} {
		if _, err := tt.files.Open(nil, clock.System(), slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: %v", tt.files, err)
		}
	}
}
