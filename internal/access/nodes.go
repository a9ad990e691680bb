package access

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"milepost.dev/internal/access/openid"
)

// CallerHeader is in the metadata of a call that another server of the same ledger passes on: by what its caller is known there.
const CallerHeader = "milepost-caller"

// Nodes knows callers as the credentials do. Of a call that another server passes on it takes that server's word for by what the
// caller is known, and looks up here what the caller may do. It is safe for concurrent use.
type Nodes struct {
	next    Authenticator
	live    *Live
	elapsed func() time.Duration
	agreed  agreement
}

// NewNodes returns the way in to a server that others pass calls on to: next knows callers by the credentials of live.
// Elapsed is how long this process has run, by a clock that nobody sets. A server that has had other credentials than live for more
// than a minute is refused.
func NewNodes(next Authenticator, live *Live, elapsed func() time.Duration) *Nodes {
	return &Nodes{next: next, live: live, elapsed: elapsed}
}

// Authenticate finds the caller.
func (n *Nodes) Authenticate(ctx context.Context) (Caller, error) {
	caller, err := n.next.Authenticate(ctx)
	if err != nil {
		return caller, err
	}
	md := headersOf(ctx)
	said := md.Get(CallerHeader)
	if len(said) == 0 {
		return caller, nil
	}
	if caller.By != ByCertificate || !caller.May(Node, EveryPlan) {
		return Caller{}, &Denied{Caller: caller.Name, Role: Node, Plan: EveryPlan}
	}
	theirs := ""
	if digests := md.Get(CredentialsHeader); len(digests) > 0 {
		theirs = digests[0]
	}
	if err := n.agreed.check(caller.Name, theirs, n.live.Reading().Digest, n.elapsed()); err != nil {
		return Caller{}, err
	}
	return n.live.inForce().named(said[0])
}

// NameFor is by what a caller is known, for CallerHeader.
func NameFor(c Caller) string {
	if c.By == ByOIDC {
		return string(c.By) + " " + hex.EncodeToString([]byte(c.Issuer)) + " " + hex.EncodeToString([]byte(c.Subject))
	}
	return string(c.By) + " " + hex.EncodeToString([]byte(c.Credential))
}

// named finds a caller by what NameFor made.
func (c *Credentials) named(text string) (Caller, error) {
	var parts []string
	for i, field := range strings.Fields(text) {
		if i > 0 {
			raw, err := hex.DecodeString(field)
			if err != nil {
				return Caller{}, notSaid()
			}
			field = string(raw)
		}
		parts = append(parts, field)
	}
	now := c.clock.Now()
	switch {
	case len(parts) == 2 && By(parts[0]) == ByToken && len(parts[1]) == sha256.Size:
		if found, ok := c.tokens[[sha256.Size]byte([]byte(parts[1]))]; ok {
			return found.callerAt(now, ByToken)
		}
	case len(parts) == 2 && By(parts[0]) == ByCertificate:
		for _, found := range c.certificates {
			if found.Credential == parts[1] {
				return found.callerAt(now, ByCertificate)
			}
		}
	case len(parts) == 3 && By(parts[0]) == ByOIDC:
		return c.bySubject(openid.Known{Issuer: parts[1], Subject: parts[2]})
	default:
		return Caller{}, notSaid()
	}
	return Caller{}, &Unauthenticated{RuleUnknown, "Who sent this is known to the server that passed it on, and not to the one that writes. " +
		"The credentials files of the servers differ: ask whoever keeps them to make them the same."}
}

func notSaid() error {
	return &Unauthenticated{RuleMalformed, "The server that passed this on does not say who sent it."}
}

// credentialOf is the SHA-256 of a name of some kind.
func credentialOf(kind, name string) string {
	sum := sha256.Sum256([]byte(kind + " " + name))
	return string(sum[:])
}

// IsNode says whether a certificate, which was verified, is that of another server of the ledger.
func (l *Live) IsNode(certificate *x509.Certificate, now time.Time) error {
	c := l.inForce()
	for _, id := range identities(certificate) {
		if found, ok := c.certificates[id]; ok {
			caller, err := found.callerAt(now, ByCertificate)
			if err != nil {
				return err
			}
			if caller.May(Node, EveryPlan) {
				return nil
			}
		}
	}
	return fmt.Errorf("no name in the certificate of %q has the role %s in the credentials file", certificate.Subject, Node)
}
