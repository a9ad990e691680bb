package node

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/big"
	"net"
	"net/http"
	"testing"
	"time"

	"milepost.dev/internal/web"
)

// The pages show nobody more than the API would, and no token crosses a network in the clear.
func TestWhoMayLook(t *testing.T) {
	for _, test := range []struct {
		credentials, outside, encrypted bool
		want                            web.Visitors
	}{
		{false, false, false, web.ThisMachine},
		{true, false, false, web.TokenHolders},
		{true, true, true, web.TokenHolders},
		{false, true, false, web.Nobody},
		{true, true, false, web.Nobody},
		{false, true, true, web.Nobody},
	} {
		if got := visitors(test.credentials, test.outside, test.encrypted); got != test.want {
			t.Errorf("credentials %t, outside %t, encrypted %t: %v, want %v", test.credentials, test.outside, test.encrypted, got, test.want)
		}
	}
}

// Where gRPC asks for certificates of its clients, a browser and a load balancer need none.
func TestPagesOverTLSAskForNoCertificate(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC), DNSNames: []string{"pages.example"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(certificate)
	var n Node
	serve := n.newPages(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.TLS == nil || r.ProtoMajor != 2 {
			t.Errorf("served over %s, TLS %t", r.Proto, r.TLS != nil)
		}
	}), &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
		ClientAuth:   tls.RequireAndVerifyClientCert, ClientCAs: roots, NextProtos: []string{"h2"}, MinVersion: tls.VersionTLS13,
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- serve(l) }()
	client := &http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "pages.example"}}}
	answer, err := client.Get("https://" + l.Addr().String() + "/")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	client.CloseIdleConnections()
	if err := n.pages.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		t.Fatal(err)
	}
}
