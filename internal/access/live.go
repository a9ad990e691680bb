package access

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"time"

	"milepost.dev/internal/clock"
)

// Live is a credentials file that is read again when it changes. It is safe for concurrent use.
type Live struct{ source source[*Credentials] }

// OpenLive reads a credentials file. With mutual, the server verifies client certificates; without it a file that
// lets certificates in is refused. Entries expire by the clock.
func OpenLive(path string, mutual bool, c clock.Clock, log *slog.Logger) (*Live, error) {
	l := &Live{source[*Credentials]{
		what: "credentials", clock: c, log: log,
		read: func() ([][]byte, error) {
			data, err := readFile(path, private)
			if err != nil {
				return nil, fmt.Errorf("read the credentials: %w", err)
			}
			return [][]byte{data}, nil
		},
		parse: func(contents [][]byte) (*Credentials, error) {
			parsed, err := Parse(contents[0])
			if err != nil {
				return nil, fmt.Errorf("the credentials file %s cannot be used:\n%w", path, err)
			}
			if n := parsed.Certificates(); n > 0 && !mutual {
				return nil, fmt.Errorf("the credentials file lets %d client certificates in, but no client CA is given to verify them", n)
			}
			parsed.clock = c
			tellOfReviewers(log, parsed)
			return parsed, nil
		},
	}}
	return l, l.source.open()
}

// Authenticate finds the caller by the credentials that are in force.
func (l *Live) Authenticate(ctx context.Context) (Caller, error) {
	return l.inForce().Authenticate(ctx)
}

// tellOfReviewers says in the log where a file has no reviewer.
func tellOfReviewers(log *slog.Logger, c *Credentials) {
	if c.reportersReview {
		log.Info("no entry of the credentials file has the role reviewer: reporters settle review items that neither they nor a party they speak for stated")
	}
}

// Look reads the file again if it has changed, or was asked for.
func (l *Live) Look(ctx context.Context, asked bool) { l.source.look(ctx, asked) }

// Reading says what is in force.
func (l *Live) Reading() Reading { return *l.source.reading.Load() }

func (l *Live) inForce() *Credentials { return *l.source.value.Load() }

// Encryption is TLS by files that are read again when they change: a certificate is renewed without a restart. What is
// negotiated already goes on. It is safe for concurrent use.
type Encryption struct {
	source source[keys]
	mutual bool
	who    *Live // nil where there are no credentials
}

// keys are what the files hold.
type keys struct {
	pair    tls.Certificate
	clients *x509.CertPool // nil without a client CA
}

// Open reads the files. Who is nil where nobody has credentials.
func (f TLSFiles) Open(who *Live, c clock.Clock, log *slog.Logger) (*Encryption, error) {
	if f.Certificate == "" || f.Key == "" {
		return nil, fmt.Errorf("TLS needs both a certificate (given: %q) and its key (given: %q)", f.Certificate, f.Key)
	}
	e := &Encryption{mutual: f.ClientCA != "", who: who, source: source[keys]{
		what: "TLS files", clock: c, log: log, read: f.read, parse: f.parse,
	}}
	return e, e.source.open()
}

// Config is for a listener. TLS is 1.3 or newer. With a client CA a client may connect with a certificate of it, and
// must where the credentials hold no token that could be sent instead.
func (e *Encryption) Config() *tls.Config {
	config := &tls.Config{
		MinVersion:     tls.VersionTLS13,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return &e.source.value.Load().pair, nil },
	}
	if !e.mutual {
		return config
	}
	config.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
		now := config.Clone()
		now.GetConfigForClient = nil
		now.ClientCAs, now.ClientAuth = e.source.value.Load().clients, tls.VerifyClientCertIfGiven
		now.SessionTicketsDisabled = true // a resumed session would vouch for what was verified under an older CA
		if e.who == nil || !e.who.inForce().takesTokens() {
			now.ClientAuth = tls.RequireAndVerifyClientCert
		}
		return now, nil
	}
	return config
}

// Look reads the files again if they have changed, or were asked for.
func (e *Encryption) Look(ctx context.Context, asked bool) { e.source.look(ctx, asked) }

// Reading says what is in force.
func (e *Encryption) Reading() Reading { return *e.source.reading.Load() }

// NotAfter is when the certificate that is in force expires.
func (e *Encryption) NotAfter() time.Time { return e.source.value.Load().pair.Leaf.NotAfter }
