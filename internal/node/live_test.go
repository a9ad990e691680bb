package node

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/access"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/grpcserver"
)

// goneWithin is how soon a right that is gone must be gone on open connections too.
const goneWithin = 5 * time.Second

// guarded is a node with TLS and credentials, whose files a test changes.
type guarded struct {
	t     *testing.T
	dir   string
	clock *clock.Manual
	log   *lockedBuffer
	node  *Node
	roots *x509.CertPool
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newGuarded(t *testing.T) *guarded {
	t.Helper()
	g := &guarded{t: t, dir: t.TempDir(), clock: clock.NewManual(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)), log: &lockedBuffer{}, roots: x509.NewCertPool()}
	g.certificate(1)
	g.credentials(tokenFor("ann", `"*": ["reporter"]`, ""), tokenFor("bob", `"*": ["reporter"]`, ""))
	n, err := Start(t.Context(), Config{
		Data: t.TempDir(), Listen: "127.0.0.1:0", HTTP: "127.0.0.1:0", Credentials: g.path("credentials.json"),
		TLS: access.TLSFiles{Certificate: g.path("cert.pem"), Key: g.path("key.pem")}, Clock: g.clock,
		Log: slog.New(slog.NewJSONHandler(g.log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	g.node = n
	t.Cleanup(func() {
		if err := n.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	_, err = milepostv1.NewCommandServiceClient(g.dial()).Submit(g.as("ann"), &milepostv1.SubmitRequest{
		RequestId: "1", Plan: "hubs", Commands: []*milepostv1.Command{{AsAt: "2026-03-01", Command: &milepostv1.Command_PlanRegistered{PlanRegistered: &milepostv1.PlanRegistered{Name: "Hubs"}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func (g *guarded) path(name string) string { return filepath.Join(g.dir, name) }

// put replaces a file as an administrator does, in one step.
func (g *guarded) put(name, content string) {
	g.t.Helper()
	if err := os.WriteFile(g.path(name+".new"), []byte(content), 0o600); err != nil {
		g.t.Fatal(err)
	}
	if err := os.Rename(g.path(name+".new"), g.path(name)); err != nil {
		g.t.Fatal(err)
	}
}

func tokenFor(name, roles, more string) string {
	sum := sha256.Sum256([]byte(name + "-secret"))
	return fmt.Sprintf(`{"sha256": "%x", "actor": %q, %s "roles": {%s}}`, sum, name, more, roles)
}

func (g *guarded) credentials(tokens ...string) {
	g.t.Helper()
	g.put("credentials.json", `{"tokens": [`+strings.Join(tokens, ",")+`]}`)
}

// certificate writes a new certificate and its key, which clients trust from then on.
func (g *guarded) certificate(serial int64) {
	g.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		g.t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), NotAfter: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		g.t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		g.t.Fatal(err)
	}
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	g.roots.AppendCertsFromPEM(block)
	g.put("key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})))
	g.put("cert.pem", string(block))
}

func (g *guarded) dial() *grpc.ClientConn {
	g.t.Helper()
	conn, err := grpc.NewClient(g.node.GRPCAddr(), grpc.WithTransportCredentials(credentials.NewTLS(&tls.Config{RootCAs: g.roots})))
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() { conn.Close() })
	return conn
}

func (g *guarded) as(name string) context.Context {
	return metadata.AppendToOutgoingContext(g.t.Context(), "authorization", "Bearer "+name+"-secret")
}

// becomes asks until the answer is what is wanted, for as long as a right may linger.
func (g *guarded) becomes(what string, want func() bool) {
	g.t.Helper()
	deadline := time.After(goneWithin)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !want() {
		select {
		case <-tick.C:
		case <-deadline:
			g.t.Fatalf("within %s not: %s\n%s", goneWithin, what, g.log)
		}
	}
}

func (g *guarded) code(conn *grpc.ClientConn, name string) codes.Code {
	_, err := milepostv1.NewQueryServiceClient(conn).ListPlans(g.as(name), &milepostv1.ListPlansRequest{})
	return status.Code(err)
}

// watch opens a stream, and answers with what it ends with.
func (g *guarded) watch(name string, m *milepostv1.WatchRequest) <-chan error {
	g.t.Helper()
	stream, err := milepostv1.NewWatchServiceClient(g.dial()).Watch(g.as(name), m)
	if err != nil {
		g.t.Fatal(err)
	}
	for {
		got, err := stream.Recv()
		if err != nil {
			g.t.Fatal(err)
		}
		if got.GetCaughtUp() != nil {
			break
		}
	}
	return endOf(func() error { _, err := stream.Recv(); return err })
}

// push opens a stream on which one request was answered.
func (g *guarded) push(name string) <-chan error {
	g.t.Helper()
	stream, err := milepostv1.NewCommandServiceClient(g.dial()).Push(g.as(name))
	if err != nil {
		g.t.Fatal(err)
	}
	err = stream.Send(&milepostv1.PushRequest{Request: &milepostv1.SubmitRequest{RequestId: "p", Plan: "hubs", Commands: []*milepostv1.Command{
		{AsAt: "2026-03-01", Command: &milepostv1.Command_MilestoneAdded{MilestoneAdded: &milepostv1.MilestoneAdded{Ref: "A", Title: "A"}}},
	}}})
	if err != nil {
		g.t.Fatal(err)
	}
	if answer, err := stream.Recv(); err != nil || answer.GetAccepted() == nil {
		g.t.Fatal(answer, err)
	}
	return endOf(func() error { _, err := stream.Recv(); return err })
}

func endOf(recv func() error) <-chan error {
	ended := make(chan error, 1)
	go func() {
		for {
			if err := recv(); err != nil {
				ended <- err
				return
			}
		}
	}()
	return ended
}

func (g *guarded) ends(what string, ended <-chan error, code codes.Code) {
	g.t.Helper()
	select {
	case err := <-ended:
		if status.Code(err) != code || len(status.Convert(err).Message()) < 30 {
			g.t.Errorf("%s ended with %v, want %s and a sentence", what, err, code)
		}
	case <-time.After(goneWithin):
		g.t.Errorf("%s did not end within %s", what, goneWithin)
	}
}

func (g *guarded) http(path, name string) *http.Response {
	g.t.Helper()
	r, err := http.NewRequestWithContext(g.t.Context(), http.MethodGet, "http://"+g.node.HTTPAddr()+path, nil)
	if err != nil {
		g.t.Fatal(err)
	}
	if name != "" {
		r.Header.Set("Authorization", "Bearer "+name+"-secret")
		if !strings.HasPrefix(path, "/v1/") {
			r.AddCookie(g.signIn(name))
		}
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() { answer.Body.Close() })
	return answer
}

// signIn begins a session on the pages.
func (g *guarded) signIn(name string) *http.Cookie {
	g.t.Helper()
	r, err := http.NewRequestWithContext(g.t.Context(), http.MethodPost, "http://"+g.node.HTTPAddr()+"/sign-in", strings.NewReader("token="+name+"-secret"))
	if err != nil {
		g.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		g.t.Fatal(err)
	}
	answer.Body.Close()
	if len(answer.Cookies()) != 1 {
		g.t.Fatalf("%s was not let in: %s", name, answer.Status)
	}
	return answer.Cookies()[0]
}

func (g *guarded) ready() (report grpcserver.Report) {
	g.t.Helper()
	answer := g.http("/readyz", "")
	if err := json.NewDecoder(answer.Body).Decode(&report); err != nil || answer.StatusCode != http.StatusOK {
		g.t.Fatal(answer.Status, err)
	}
	return report
}

func digestOf(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// A token that is added lets its holder in without a restart, and one that is revoked ends everything that it has open.
func TestATokenIsAddedAndRevokedWhileTheServerRuns(t *testing.T) {
	g := newGuarded(t)
	conn := g.dial()
	if got := g.code(conn, "cat"); got != codes.Unauthenticated {
		t.Fatal(got)
	}
	g.credentials(tokenFor("ann", `"*": ["reporter"]`, ""), tokenFor("bob", `"*": ["reporter"]`, ""), tokenFor("cat", `"*": ["viewer"]`, ""))
	g.becomes("a new token is known", func() bool { return g.code(conn, "cat") == codes.OK })

	watched, watchedAll, pushed := g.watch("bob", &milepostv1.WatchRequest{Plan: "hubs"}), g.watch("bob", &milepostv1.WatchRequest{}), g.push("bob")
	rest, live := g.http("/v1/plans/hubs:watch", "bob"), g.http("/live/plans/hubs", "bob")
	if rest.StatusCode != http.StatusOK || live.StatusCode != http.StatusOK {
		t.Fatal(rest.Status, live.Status)
	}
	kept := g.watch("ann", &milepostv1.WatchRequest{Plan: "hubs"})
	g.credentials(tokenFor("ann", `"*": ["reporter"]`, ""), tokenFor("cat", `"*": ["viewer"]`, ""))
	g.becomes("a revoked token is refused", func() bool { return g.code(conn, "bob") == codes.Unauthenticated })
	g.ends("the watch", watched, codes.Unauthenticated)
	g.ends("the watch of all plans", watchedAll, codes.Unauthenticated)
	g.ends("the push", pushed, codes.Unauthenticated)
	g.endsBody("the watch over REST", rest.Body)
	g.endsBody("the page", live.Body)
	select {
	case err := <-kept:
		t.Errorf("the watch of somebody whose token stayed ended: %v", err)
	default:
	}
}

func (g *guarded) endsBody(what string, body io.Reader) {
	g.t.Helper()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = io.Copy(io.Discard, body)
	}()
	select {
	case <-ended:
	case <-time.After(goneWithin):
		g.t.Errorf("%s did not end within %s", what, goneWithin)
	}
}

// A caller who loses a role keeps what needs another.
func TestARoleThatIsTakenEndsWhatNeedsIt(t *testing.T) {
	g := newGuarded(t)
	watched, pushed := g.watch("bob", &milepostv1.WatchRequest{Plan: "hubs"}), g.push("bob")
	g.credentials(tokenFor("ann", `"*": ["reporter"]`, ""), tokenFor("bob", `"hubs": ["viewer"]`, ""))
	g.ends("the push of somebody who may only read", pushed, codes.PermissionDenied)
	g.credentials(tokenFor("ann", `"*": ["reporter"]`, ""), tokenFor("bob", `"rail": ["viewer"]`, ""))
	g.ends("the watch of somebody who may read another plan", watched, codes.PermissionDenied)
}

func TestAnEntryExpires(t *testing.T) {
	g := newGuarded(t)
	g.credentials(tokenFor("ann", `"*": ["reporter"]`, `"not_after": "2026-03-01",`), tokenFor("bob", `"*": ["reporter"]`, `"not_after": "2026-03-01T10:00:00Z",`))
	g.node.Reload(t.Context())
	conn := g.dial()
	watched := g.watch("bob", &milepostv1.WatchRequest{Plan: "hubs"})
	g.clock.Advance(59 * time.Minute)
	if got := g.code(conn, "bob"); got != codes.OK {
		t.Errorf("a minute before its end: %s", got)
	}
	g.clock.Advance(time.Minute)
	if got := g.code(conn, "bob"); got != codes.Unauthenticated {
		t.Errorf("at its end: %s", got)
	}
	g.ends("the watch of an entry that expired", watched, codes.Unauthenticated)
	g.clock.Set(time.Date(2026, 3, 1, 23, 59, 59, 0, time.UTC))
	if got := g.code(conn, "ann"); got != codes.OK {
		t.Errorf("on its last day: %s", got)
	}
	g.clock.Advance(time.Second)
	if got := g.code(conn, "ann"); got != codes.Unauthenticated {
		t.Errorf("after its last day: %s", got)
	}
}

// A wrong file changes nothing, and is told of where operators look; nobody's name is where everybody can.
func TestAWrongCredentialsFileIsRefusedAsAWhole(t *testing.T) {
	g := newGuarded(t)
	conn := g.dial()
	before := digestOf(t, g.path("credentials.json"))
	if r := g.ready().Credentials; r == nil || r.SHA256 != before || r.Reason != "" || r.ReadAt == "" {
		t.Errorf("before: %+v", r)
	}
	g.credentials(tokenFor("bob", `"*": ["reporter"]`, ""), tokenFor("Grace Hopper", `"*": ["admiral"]`, ""))
	wrong := digestOf(t, g.path("credentials.json"))
	g.becomes("/readyz says so", func() bool { r := g.ready().Credentials; return r.RefusedSHA256 == wrong && r.Reason != "" })
	if r := g.ready().Credentials; r.SHA256 != before || strings.Contains(fmt.Sprint(r), "Hopper") {
		t.Errorf("/readyz: %+v", r)
	}
	if got := g.code(conn, "ann"); got != codes.OK {
		t.Errorf("a caller of the file before: %s", got)
	}
	for _, want := range []string{wrong, before, "Hopper", "admiral"} {
		if !strings.Contains(g.log.String(), want) {
			t.Errorf("the log does not have %s:\n%s", want, g.log)
		}
	}
	if _, now := scraped(t, g.node); now["milepost_credentials_refused"] != "1" || now["milepost_credentials_failed_reads_total"] != "1" ||
		now["milepost_tls_refused"] != "0" || now["milepost_ready"] != "1" {
		t.Errorf("metrics: %v", now)
	}
	if err := os.Remove(g.path("credentials.json")); err != nil {
		t.Fatal(err)
	}
	g.node.Reload(t.Context())
	if r := g.ready().Credentials; r.SHA256 != before || r.Reason == "" || r.RefusedSHA256 != "" || g.code(conn, "ann") != codes.OK {
		t.Errorf("without a file: %+v", r)
	}
	g.credentials(tokenFor("ann", `"*": ["reporter"]`, ""))
	if err := os.Chmod(g.path("credentials.json"), 0o644); err != nil {
		t.Fatal(err)
	}
	g.node.Reload(t.Context())
	if r := g.ready().Credentials; r.SHA256 != before || r.Reason == "" {
		t.Errorf("with a file that everybody may read: %+v", r)
	}
	if err := os.Chmod(g.path("credentials.json"), 0o600); err != nil {
		t.Fatal(err)
	}
	g.becomes("the file that is right is in force", func() bool {
		r := g.ready().Credentials
		return r.SHA256 == digestOf(t, g.path("credentials.json")) && r.Reason == "" && r.RefusedSHA256 == ""
	})
}

func TestACertificateIsRenewedWithoutARestart(t *testing.T) {
	g := newGuarded(t)
	serial := func() string {
		conn, err := tls.Dial("tcp", g.node.GRPCAddr(), &tls.Config{RootCAs: g.roots, NextProtos: []string{"h2"}})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		return conn.ConnectionState().PeerCertificates[0].SerialNumber.String()
	}
	open := g.dial()
	if got := g.code(open, "ann"); got != codes.OK || serial() != "1" {
		t.Fatal(got)
	}
	g.certificate(2)
	g.becomes("the new certificate is shown", func() bool { return serial() == "2" })
	g.put("cert.pem", "not a certificate")
	g.becomes("/readyz says that it cannot be used", func() bool { return g.ready().TLS.Reason != "" })
	if serial() != "2" || g.code(open, "ann") != codes.OK {
		t.Error("a wrong certificate took the place of one that works")
	}
}
