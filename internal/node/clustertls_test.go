package node

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	nodev1 "milepost.dev/api/milepost/node/v1"
	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/access"
	"milepost.dev/internal/client"
	"milepost.dev/internal/clock"
)

// vouching makes certificates of one authority, in files.
type vouching struct {
	t    *testing.T
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pool *x509.CertPool
}

func newVouching(t *testing.T) *vouching {
	t.Helper()
	v := &vouching{t: t, dir: t.TempDir(), pool: x509.NewCertPool()}
	v.cert, v.key = v.issue("ca", true)
	v.pool.AddCert(v.cert)
	return v
}

// issue writes NAME.pem and NAME-key.pem.
func (v *vouching) issue(name string, authority bool) (*x509.Certificate, *ecdsa.PrivateKey) {
	v.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		v.t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(int64(len(name)) + 1), Subject: pkix.Name{CommonName: name}, NotAfter: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		IsCA: authority, BasicConstraintsValid: true,
	}
	parent, by := v.cert, v.key
	if authority {
		parent, by = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, by)
	if err != nil {
		v.t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		v.t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		v.t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{".pem": {Type: "CERTIFICATE", Bytes: der}, "-key.pem": {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(v.path(name+file), pem.EncodeToMemory(block), 0o600); err != nil {
			v.t.Fatal(err)
		}
	}
	return cert, key
}

func (v *vouching) path(name string) string { return filepath.Join(v.dir, name) }

// files are the TLS files of a node.
func (v *vouching) files(name string) access.TLSFiles {
	return access.TLSFiles{Certificate: v.path(name + ".pem"), Key: v.path(name + "-key.pem"), ClientCA: v.path("ca.pem")}
}

// dial connects to a node with the certificate of somebody, or with none, and a token, or none.
func (v *vouching) dial(n *Node, name, token string) *grpc.ClientConn {
	v.t.Helper()
	config := &tls.Config{RootCAs: v.pool}
	if name != "" {
		pair, err := tls.LoadX509KeyPair(v.path(name+".pem"), v.path(name+"-key.pem"))
		if err != nil {
			v.t.Fatal(err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	options := []grpc.DialOption{grpc.WithTransportCredentials(credentials.NewTLS(config))}
	if token != "" {
		options = append(options, client.WithToken(token))
	}
	conn, err := grpc.NewClient(n.GRPCAddr(), options...)
	if err != nil {
		v.t.Fatal(err)
	}
	v.t.Cleanup(func() { conn.Close() })
	return conn
}

// Nodes with credentials pass requests on for whoever sent them: who that is the one that writes looks up in its own credentials, and
// it believes nobody but a node. A node takes orders of no server that is not one.
func TestNodesKnowEachOther(t *testing.T) {
	s := layOut(t, 2)
	v := newVouching(t)
	for _, name := range []string{"node-0", "node-1", "office", "stranger"} {
		v.issue(name, false)
	}
	token := func(name string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(name+"-secret"))) }
	file := v.path("credentials.json")
	text := fmt.Sprintf(`{"tokens": [{"sha256": %q, "actor": "Finance", "roles": {"*": ["reporter"]}}, {"sha256": %q, "actor": "Reader", "roles": {"*": ["viewer"]}}],
 "certificates": [{"cn": "node-0", "actor": "Node 0", "roles": {"*": ["node"]}}, {"cn": "node-1", "actor": "Node 1", "roles": {"*": ["node"]}},
 {"cn": "office", "actor": "Office", "organisation": "Council", "roles": {"*": ["reporter"]}}]}`, token("finance"), token("reader"))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range s.configs {
		s.configs[i].Credentials, s.configs[i].TLS, s.configs[i].Local = file, v.files(fmt.Sprint("node-", i)), Local{}
		s.start(i)
	}
	writer := s.writes()
	other := s.nodes[1-writer]
	// persist asks until the follower has heard who writes.
	persist := func(conn *grpc.ClientConn, m *milepostv1.SubmitRequest) (*milepostv1.SubmitResponse, error) {
		for {
			answer, err := milepostv1.NewCommandServiceClient(conn).Submit(t.Context(), m)
			if status.Code(err) != codes.Unavailable || t.Context().Err() != nil {
				return answer, err
			}
		}
	}
	finance := v.dial(other, "", "finance-secret")
	if _, err := persist(finance, registration()); err != nil {
		t.Fatal(err)
	}
	if _, err := persist(v.dial(other, "office", ""), report(1)); err != nil {
		t.Fatal(err)
	}
	if _, err := persist(v.dial(other, "", "reader-secret"), report(2)); status.Code(err) != codes.PermissionDenied {
		t.Errorf("a reader states: %v", err)
	}

	pushing := client.Over(finance, client.Config{}).Push(t.Context())
	defer pushing.Close()
	var pushed []*client.Pushed
	for i := range 50 {
		p, err := pushing.Send(t.Context(), report(10+i))
		if err != nil {
			t.Fatal(err)
		}
		pushed = append(pushed, p)
	}
	refused := &milepostv1.SubmitRequest{RequestId: "unknown", Plan: "hubs", Commands: []*milepostv1.Command{
		{Command: &milepostv1.Command_OwnerChanged{OwnerChanged: &milepostv1.OwnerChanged{Ref: "NONE", Owner: "Nobody"}}},
	}}
	p, err := pushing.Send(t.Context(), refused)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range pushed {
		if answer, err := p.Answer(t.Context()); err != nil || len(answer.Receipt.Events) == 0 {
			t.Fatalf("number %d of a stream through a node that follows: %v, %v", i, answer, err)
		}
	}
	if answer, err := p.Answer(t.Context()); err == nil || !strings.Contains(err.Error(), "no milestone of this reference") {
		t.Errorf("an owner of a milestone that is not known: %v, %v", answer, err)
	}

	audit, err := milepostv1.NewQueryServiceClient(finance).ListAudit(t.Context(), &milepostv1.ListAuditRequest{Plan: "hubs", ReadAt: &milepostv1.ReadAt{Current: true}, PageSize: 10})
	if err != nil {
		t.Fatal(err)
	}
	if said := fmt.Sprint(audit.Entries); !strings.Contains(said, "Finance") || !strings.Contains(said, "Office") || strings.Contains(said, "Node") {
		t.Errorf("who said it: %s", said)
	}

	// Only a node says who somebody else is, and only a node is answered whether a server writes.
	posing := metadata.AppendToOutgoingContext(t.Context(), access.CallerHeader, access.NameFor(access.Caller{By: access.ByToken, Credential: string(make([]byte, 32))}))
	for name, conn := range map[string]*grpc.ClientConn{"a reporter": v.dial(s.nodes[writer], "", "finance-secret"), "an office": v.dial(s.nodes[writer], "office", "")} {
		if _, err := milepostv1.NewCommandServiceClient(conn).Submit(posing, report(3)); status.Code(err) != codes.PermissionDenied {
			t.Errorf("%s poses as another: %v", name, err)
		}
		if _, err := nodev1.NewNodeServiceClient(conn).Prove(t.Context(), &nodev1.ProveRequest{}); status.Code(err) != codes.PermissionDenied {
			t.Errorf("%s asks as a node: %v", name, err)
		}
		if answer, err := nodev1.NewNodeServiceClient(conn).Keys(t.Context(), &nodev1.KeysRequest{}); status.Code(err) != codes.PermissionDenied || len(answer.GetKeys()) > 0 {
			t.Errorf("%s asks for the keys of names: %v", name, err)
		}
	}
	for name, conn := range map[string]*grpc.ClientConn{"a reporter": v.dial(s.nodes[writer], "", "finance-secret"), "an office": v.dial(s.nodes[writer], "office", "")} {
		if answers, err := forwardedBy(t, conn, &nodev1.Forwarded{Number: 1, Caller: access.NameFor(access.Caller{By: access.ByToken, Credential: string(make([]byte, 32))})}); status.Code(err) != codes.PermissionDenied {
			t.Errorf("%s passes on a request: %v, %v", name, answers, err)
		}
	}
	asNode := v.dial(s.nodes[writer], "node-0", "")
	s.passedOnTogether(asNode, token("finance"), token("reader"))
	if answer, err := nodev1.NewNodeServiceClient(asNode).Prove(t.Context(), &nodev1.ProveRequest{Prove: true}); err != nil || answer.Term < 2 || answer.Credentials == "" {
		t.Errorf("%v, %v", answer, err)
	}
	if answer, err := nodev1.NewNodeServiceClient(asNode).Keys(t.Context(), &nodev1.KeysRequest{}); err != nil || len(answer.Keys) != 1 {
		t.Errorf("a node asks for the keys of names: %v", err)
	}
	if _, err := milepostv1.NewCommandServiceClient(asNode).Submit(posing, report(3)); status.Code(err) != codes.Unauthenticated {
		t.Errorf("a node speaks for somebody who is not known here: %v", err)
	}

	// What a stranger with a certificate of the same authority advertises is not passed anything.
	ask, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{v.pair("stranger")}, NextProtos: []string{"h2"}})
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(l) }()
	defer func() { server.Stop(); <-done }()
	c := s.configs[1-writer]
	c.Clock = clock.System()
	if _, err := newForwarder(c, other.callers).prove(ask, l.Addr().String(), false); err == nil || status.Code(err) == codes.Unimplemented {
		t.Errorf("a stranger is asked: %v", err)
	}
}

func (v *vouching) pair(name string) tls.Certificate {
	v.t.Helper()
	pair, err := tls.LoadX509KeyPair(v.path(name+".pem"), v.path(name+"-key.pem"))
	if err != nil {
		v.t.Fatal(err)
	}
	return pair
}
