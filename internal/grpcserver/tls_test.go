package grpcserver_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/access"
)

// authority makes certificates.
type authority struct {
	t           *testing.T
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	serial      int64
	dir         string
}

func newAuthority(t *testing.T) *authority {
	a := &authority{t: t, dir: t.TempDir()}
	pair := a.issue(&x509.Certificate{
		Subject: pkix.Name{CommonName: "test authority"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	})
	a.certificate, a.key = pair.Leaf, pair.PrivateKey.(*ecdsa.PrivateKey)
	return a
}

// issue signs a certificate; the first one signs itself.
func (a *authority) issue(c *x509.Certificate) tls.Certificate {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	a.serial++
	c.SerialNumber = big.NewInt(a.serial)
	c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent, signer := a.certificate, a.key
	if parent == nil {
		parent, signer = c, key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, signer)
	if err != nil {
		a.t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func (a *authority) file(name, kind string, der []byte) string {
	a.t.Helper()
	path := filepath.Join(a.dir, name)
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		a.t.Fatal(err)
	}
	return path
}

// serverFiles are those of a server on the loopback address.
func (a *authority) serverFiles() access.TLSFiles {
	a.t.Helper()
	pair := a.issue(&x509.Certificate{IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}})
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		a.t.Fatal(err)
	}
	return access.TLSFiles{
		Certificate: a.file("server.pem", "CERTIFICATE", pair.Certificate[0]),
		Key:         a.file("server.key", "PRIVATE KEY", key),
		ClientCA:    a.file("ca.pem", "CERTIFICATE", a.certificate.Raw),
	}
}

func (a *authority) client(uri string) *tls.Certificate {
	a.t.Helper()
	u, err := url.Parse(uri)
	if err != nil {
		a.t.Fatal(err)
	}
	pair := a.issue(&x509.Certificate{URIs: []*url.URL{u}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	return &pair
}

const certificateEntry = `{"uri": "spiffe://example.org/pmo", "actor": "PMO office", "roles": {"*": ["reporter"]}}`

func TestTLSAndMutualTLS(t *testing.T) {
	both := `{"tokens": [{"sha256": "` + sum("finance") + `", "actor": "Finance feed", "roles": {"*": ["reporter"]}}],
		"certificates": [` + certificateEntry + `]}`
	onlyCertificates := `{"certificates": [` + certificateEntry + `]}`
	for _, tt := range []struct {
		name, file  string
		certificate string // the URI of the client's, of the right authority; "other" of another one; empty: none
		token       string
		plaintext   bool
		oldTLS      bool
		code        codes.Code
		actor       string
	}{
		{name: "token over TLS", file: both, token: "finance", actor: "Finance feed"},
		{name: "wrong token over TLS", file: both, token: "x", code: codes.Unauthenticated},
		{name: "neither", file: both, code: codes.Unauthenticated},
		{name: "certificate", file: both, certificate: "spiffe://example.org/pmo", actor: "PMO office"},
		{name: "certificate of a stranger", file: both, certificate: "spiffe://example.org/who", code: codes.Unauthenticated},
		{name: "token beside a certificate", file: both, certificate: "spiffe://example.org/pmo", token: "finance", actor: "Finance feed"},
		{name: "certificate of another authority", file: both, certificate: "other", code: codes.Unavailable},
		{name: "certificates only, and one", file: onlyCertificates, certificate: "spiffe://example.org/pmo", actor: "PMO office"},
		{name: "certificates only, and none", file: onlyCertificates, code: codes.Unavailable},
		{name: "plain text", file: both, token: "finance", plaintext: true, code: codes.Unavailable},
		{name: "TLS 1.2", file: both, token: "finance", oldTLS: true, code: codes.Unavailable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ours, theirs := newAuthority(t), newAuthority(t)
			w := newWorld(t)
			w.submit(registered())
			path := filepath.Join(t.TempDir(), "credentials.json")
			if err := os.WriteFile(path, []byte(tt.file), 0o600); err != nil {
				t.Fatal(err)
			}
			live, err := access.OpenLive(path, true, w.clock, w.config.Log)
			if err != nil {
				t.Fatal(err)
			}
			w.config.Access = live
			encryption, err := ours.serverFiles().Open(live, w.clock, w.config.Log)
			if err != nil {
				t.Fatal(err)
			}
			w.config.TLS = encryption.Config()
			w.start()
			client := &tls.Config{RootCAs: x509.NewCertPool()}
			client.RootCAs.AddCert(ours.certificate)
			if tt.oldTLS {
				client.MaxVersion = tls.VersionTLS12
			}
			if tt.certificate != "" {
				from := ours
				if tt.certificate == "other" {
					from = theirs
				}
				pair := from.client(tt.certificate)
				// Sent whatever authorities the server says it takes.
				client.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return pair, nil }
			}
			transport := credentials.NewTLS(client)
			if tt.plaintext {
				transport = insecure.NewCredentials()
			}
			conn := w.dial(grpc.WithTransportCredentials(transport))
			ctx := t.Context()
			if tt.token != "" {
				ctx = withToken(t, tt.token)
			}
			m := &milepostv1.SubmitRequest{RequestId: "r1", Plan: "hubs", Commands: []*milepostv1.Command{added("M1")}}
			answer, err := milepostv1.NewCommandServiceClient(conn).Submit(ctx, m)
			if status.Code(err) != tt.code {
				t.Fatalf("error %v, want %s", err, tt.code)
			}
			if tt.code != codes.OK {
				return
			}
			record, err := w.config.Records.Record(t.Context(), answer.Receipt.Position)
			if err != nil || w.names.Display(record.Actor) != tt.actor {
				t.Errorf("recorded as said by %q, %v, want %q", w.names.Display(record.Actor), err, tt.actor)
			}
		})
	}
}

// A client CA that is replaced holds for new connections, without a restart.
func TestAClientCAIsRenewedWithoutARestart(t *testing.T) {
	before, after := newAuthority(t), newAuthority(t)
	w := newWorld(t)
	w.submit(registered())
	path := filepath.Join(t.TempDir(), "credentials.json")
	if err := os.WriteFile(path, []byte(`{"certificates": [`+certificateEntry+`]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	live, err := access.OpenLive(path, true, w.clock, w.config.Log)
	if err != nil {
		t.Fatal(err)
	}
	encryption, err := before.serverFiles().Open(live, w.clock, w.config.Log)
	if err != nil {
		t.Fatal(err)
	}
	w.config.Access, w.config.TLS = live, encryption.Config()
	w.start()
	ask := func(from *authority) codes.Code {
		client := &tls.Config{RootCAs: x509.NewCertPool()}
		client.RootCAs.AddCert(before.certificate)
		pair := from.client("spiffe://example.org/pmo")
		client.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return pair, nil }
		_, err := milepostv1.NewQueryServiceClient(w.dial(grpc.WithTransportCredentials(credentials.NewTLS(client)))).ListPlans(t.Context(), &milepostv1.ListPlansRequest{})
		return status.Code(err)
	}
	if old, new := ask(before), ask(after); old != codes.OK || new != codes.Unavailable {
		t.Fatalf("at first: %s and %s", old, new)
	}
	before.file("ca.pem", "CERTIFICATE", after.certificate.Raw)
	encryption.Look(t.Context(), false)
	if old, new := ask(before), ask(after); old != codes.Unavailable || new != codes.OK {
		t.Errorf("after it was renewed: %s and %s", old, new)
	}
}
