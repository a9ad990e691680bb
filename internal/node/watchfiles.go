package node

import (
	"context"
	"crypto/tls"
	"errors"
	"time"

	"milepost.dev/internal/access"
	"milepost.dev/internal/access/openid"
	"milepost.dev/internal/grpcserver"
	"milepost.dev/internal/observe/metrics"
)

// callers says who may connect, and how.
type callers struct {
	authenticator access.Authenticator
	local         *access.Local      // nil where callers have credentials
	token         string             // by which the user who runs the server is known to local; empty where nobody is asked
	credentials   *access.Live       // nil where local is not
	issuer        *openid.Issuer     // nil without one
	page          *openid.Page       // how visitors sign in there; nil where they do not
	encryption    *access.Encryption // nil without TLS
}

func (c Config) callers() (found callers, err error) {
	if c.Credentials == "" {
		if found.local, found.token, err = c.locally(); err != nil {
			return callers{}, err
		}
		found.authenticator = found.local
	} else {
		if c.Local.Open || c.Local.ReadsNeedToken {
			return callers{}, errors.New("with --credentials everybody has to say who they are: leave out --open and --local-reads, or --credentials")
		}
		if found.credentials, err = access.OpenLive(c.Credentials, c.TLS.IsZero() || c.TLS.ClientCA != "", c.Clock, c.Log); err != nil {
			return callers{}, err
		}
		found.authenticator = found.credentials
	}
	if err := access.CheckListener(c.Listen, !c.TLS.IsZero(), c.Credentials != ""); err != nil {
		return callers{}, err
	}
	if !c.TLS.IsZero() {
		if found.encryption, err = c.TLS.Open(found.credentials, c.Clock, c.Log); err != nil {
			return callers{}, err
		}
	}
	if err := c.issued(&found); err != nil { // last: it begins to ask the issuer
		return found, err
	}
	if c.Cluster != nil && found.credentials != nil {
		found.authenticator = access.NewNodes(found.authenticator, found.credentials, c.Clock.Elapsed)
	}
	return found, nil
}

// config is TLS for the listeners; nil without it.
func (c callers) config() *tls.Config {
	if c.encryption == nil {
		return nil
	}
	return c.encryption.Config()
}

// look reads the files again that say who may connect.
func (c callers) look(ctx context.Context, asked bool) {
	if c.credentials != nil {
		c.credentials.Look(ctx, asked)
	}
	if c.encryption != nil {
		c.encryption.Look(ctx, asked)
	}
}

// watchFiles reads the files again when they change, until the node is closed.
func (n *Node) watchFiles(ctx context.Context) {
	tick := time.NewTicker(access.LookEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			n.callers.look(ctx, false)
		case <-n.stopped:
			return
		}
	}
}

// Reload reads the credentials and the TLS files again at once. What is wrong with them is in the log, in /readyz and
// in the metrics; what was read before stays in force then.
func (n *Node) Reload(ctx context.Context) { n.callers.look(ctx, true) }

// report says what is in force of the files that say who may connect.
func (c callers) report(r *grpcserver.Report) {
	if c.credentials != nil {
		r.Credentials = fileReport(c.credentials.Reading())
	}
	if c.encryption != nil {
		r.TLS = fileReport(c.encryption.Reading())
	}
}

// fileReport leaves out why a file was refused: that may name people, and /readyz answers everybody.
func fileReport(r access.Reading) *grpcserver.FileReport {
	report := &grpcserver.FileReport{SHA256: r.Digest, ReadAt: r.At.UTC().Format(time.RFC3339), RefusedSHA256: r.Refused}
	if r.Reason != "" {
		report.Reason = "what the files hold now cannot be used, and what was read before stays in force: the log says what is wrong"
	}
	return report
}

// measure is the same for those who measure.
func (c callers) measure(s *metrics.State) {
	file := func(r access.Reading) metrics.File {
		return metrics.File{ReadAt: r.At, Failed: r.Failed, Refused: r.Reason != ""}
	}
	if c.credentials != nil {
		s.Credentials = file(c.credentials.Reading())
	}
	if c.encryption != nil {
		s.TLS, s.TLSNotAfter = file(c.encryption.Reading()), c.encryption.NotAfter()
	}
}
