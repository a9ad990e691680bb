package storm

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"milepost.dev/internal/access"
	"milepost.dev/internal/node"
	"milepost.dev/internal/node/heap"
)

// role says what this process is; empty: the test.
const role = "MILEPOST_STORM"

func TestMain(m *testing.M) {
	switch os.Getenv(role) {
	case "server":
		serve(os.Args[1])
	case "strangers":
		attack(os.Args[1:])
	default:
		os.Exit(m.Run())
	}
}

// addresses are where a server is.
type addresses struct{ GRPC, HTTP string }

// serve runs a server with TLS and credentials as the command does, until its input ends.
func serve(dir string) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go heap.Pace(ctx)
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		panic(err)
	}
	n, err := node.Start(ctx, node.Config{
		Data: filepath.Join(dir, "data"), Listen: "127.0.0.1:0", HTTP: "127.0.0.1:0", Credentials: filepath.Join(dir, "credentials.json"),
		TLS: access.TLSFiles{Certificate: filepath.Join(dir, "cert.pem"), Key: filepath.Join(dir, "key.pem")},
		Log: slog.New(slog.NewJSONHandler(log, nil)),
	})
	if err != nil {
		panic(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(addresses{n.GRPCAddr(), n.HTTPAddr()}); err != nil {
		panic(err)
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
	if err := n.Close(ctx); err != nil {
		panic(err)
	}
}

// server is one in a process of its own.
type server struct {
	addresses
	roots *x509.CertPool
	pid   int
}

// start starts a server that knows two callers.
func start(t *testing.T) *server {
	t.Helper()
	dir := t.TempDir()
	s := &server{roots: certificate(t, dir)}
	var tokens []string
	for _, name := range []string{"ann", "bob"} {
		tokens = append(tokens, fmt.Sprintf(`{"sha256": "%x", "actor": %q, "roles": {"*": ["reporter"]}}`, sha256.Sum256([]byte(name)), name))
	}
	put(t, dir, "credentials.json", []byte(`{"tokens": [`+strings.Join(tokens, ",")+`]}`))
	c := exec.Command(os.Args[0], dir)
	c.Env, c.Stderr = append(os.Environ(), role+"=server"), os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := c.Wait(); err != nil {
			t.Error("the server:", err)
		}
	})
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &s.addresses)
	}
	if err != nil {
		t.Fatal("the server did not start:", err)
	}
	s.pid = c.Process.Pid
	return s
}

// memory is what the system tells of the server's memory, in MB.
func (s *server) memory(t *testing.T) float64 {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.pid))
	if err != nil {
		t.Skip("the memory of a process is read from /proc, which is not here: ", err)
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.ParseFloat(strings.Fields(value)[0], 64)
			if err != nil {
				t.Fatal(err)
			}
			return kb / 1000
		}
	}
	t.Fatal("/proc does not say how much memory the server takes")
	return 0
}

func put(t *testing.T, dir, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// certificate writes a certificate and its key, and answers who trusts it.
func certificate(t *testing.T, dir string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	put(t, dir, "cert.pem", block)
	put(t, dir, "key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(block)
	return roots
}

func (s *server) tls() *tls.Config { return &tls.Config{RootCAs: s.roots, ServerName: "127.0.0.1"} }
