// Package client is a connection to a milepost server as the command line uses it: who the caller is,
// how long a request is repeated, all pages of an answer, and what an error means to the caller.
package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/access"
)

// Config says where the server is and who calls.
type Config struct {
	// Server is host:port.
	Server string
	// Token is the bearer token; empty to call without.
	Token string
	// State is the directory in which servers of this machine leave their token for the user who runs them; beside it is what
	// issuers gave those who signed in. One of these is sent where there is neither a Token nor a certificate; nothing is
	// looked for where it is empty.
	State string
	// TLS encrypts the connection. It follows from each of the files below.
	TLS bool
	// CAFile holds the certificates (PEM) that vouch for the server; the system's where empty.
	CAFile string
	// CertFile and KeyFile prove who the caller is, by mutual TLS.
	CertFile, KeyFile string
	// RetryFor bounds how long one request waits for a server that is not there, in pauses between
	// tries; 0 tries once.
	RetryFor time.Duration
	// Waiting is told before the first pause of a request. It may be called by many goroutines; nil
	// tells nobody.
	Waiting func(err error)
	// Open is told by each answer to a question of a server that asks nobody who they are; nil tells nobody.
	Open func(sentence string)
	// Pause waits between tries, or until the context ends; nil waits by the clock.
	Pause func(ctx context.Context, d time.Duration) error
}

// ErrContradiction is wrapped by the errors of a Config that cannot be meant.
var ErrContradiction = errors.New("the flags contradict each other")

// Client speaks to one server. It is safe for concurrent use.
type Client struct {
	config   Config
	conn     grpc.ClientConnInterface
	close    func() error
	commands pb.CommandServiceClient
	queries  pb.QueryServiceClient
	watches  pb.WatchServiceClient
	identity pb.IdentityServiceClient
}

// largestAnswer is how many bytes one page may have.
const largestAnswer = 64 << 20

// Dial makes a client. It reads the files, but connects only with the first call.
func Dial(config Config) (*Client, error) {
	transport, err := config.credentials()
	if err != nil {
		return nil, err
	}
	options := []grpc.DialOption{
		grpc.WithTransportCredentials(transport),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(largestAnswer)),
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 2 * time.Second},
			MinConnectTimeout: 5 * time.Second,
		}),
	}
	if config.Open != nil {
		options = append(options, grpc.WithUnaryInterceptor(config.hearOpen))
	}
	if config.Token != "" {
		options = append(options, WithToken(config.Token))
	}
	server, known, err := config.known()
	if err != nil {
		return nil, err
	}
	conn, err := grpc.NewClient(server, append(options, known...)...)
	if err != nil {
		return nil, fmt.Errorf("%q is no address of a server: %w", config.Server, err)
	}
	c := Over(conn, config)
	c.close = conn.Close
	return c, nil
}

// Over makes a client of a connection that is there already, and stays its owner's to close. Of the config
// only RetryFor, Waiting and Pause say anything then.
func Over(conn grpc.ClientConnInterface, config Config) *Client {
	if config.Pause == nil {
		config.Pause = pause
	}
	return &Client{
		config:   config,
		conn:     conn,
		close:    func() error { return nil },
		commands: pb.NewCommandServiceClient(conn),
		queries:  pb.NewQueryServiceClient(conn),
		watches:  pb.NewWatchServiceClient(conn),
		identity: pb.NewIdentityServiceClient(conn),
	}
}

// Close ends the connection that Dial made.
func (c *Client) Close() error { return c.close() }

func (c Config) encrypted() bool { return c.TLS || c.CAFile != "" || c.CertFile != "" }

func (c Config) credentials() (credentials.TransportCredentials, error) {
	if (c.CertFile == "") != (c.KeyFile == "") {
		return nil, fmt.Errorf("%w: --tls-cert is %q and --tls-key is %q; give both or neither", ErrContradiction, c.CertFile, c.KeyFile)
	}
	if !c.encrypted() {
		if c.Token != "" && !loopback(c.Server) {
			return nil, fmt.Errorf("%w: the token would cross the network to %s unencrypted; add --tls", ErrContradiction, c.Server)
		}
		return insecure.NewCredentials(), nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.CAFile != "" {
		text, err := os.ReadFile(c.CAFile)
		if err != nil {
			return nil, err
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("%s holds no certificate in PEM", c.CAFile)
		}
	}
	if c.CertFile != "" {
		pair, err := c.pair()
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return credentials.NewTLS(config), nil
}

// pair is the certificate by which the caller is known.
func (c Config) pair() (tls.Certificate, error) {
	certificate, err := os.ReadFile(c.CertFile)
	if err != nil {
		return tls.Certificate{}, err
	}
	key, err := access.ReadSecret(c.KeyFile)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.X509KeyPair(certificate, key)
}

// loopback says whether an address stays on this machine.
func loopback(server string) bool {
	host, _, err := net.SplitHostPort(server)
	if err != nil {
		host = server
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
