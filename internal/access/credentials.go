package access

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"

	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/peer"

	"milepost.dev/internal/clock"
)

// Credentials maps tokens and certificates to callers. It never changes once it is read; Live replaces it.
type Credentials struct {
	clock clock.Clock // by which entries expire
	// tokens are by the SHA-256 of the token. A lookup may take longer for one digest than for another;
	// that tells nothing, because nobody can choose a token by its digest.
	tokens       map[[sha256.Size]byte]*entry
	certificates map[identity]*entry
	subjects     map[subject]*entry
	spelled      map[string]string // how an actor is written, by what the directory of parties makes of it
	formerly     map[string]string // who was an actor before, in the same way
	// reportersReview: no entry has the role reviewer.
	reportersReview bool
	quotas          *Quotas // what may be accepted for each plan, and of each caller who has no limits of its own
}

// entry is what lets somebody in.
type entry struct {
	Caller
	notAfter time.Time // zero: it does not expire
}

// callerAt is the caller, until the entry expires, as known by a token or a certificate.
func (e *entry) callerAt(now time.Time, by By) (Caller, error) {
	if !e.notAfter.IsZero() && !now.Before(e.notAfter) {
		return Caller{}, &Unauthenticated{RuleExpired, fmt.Sprintf(
			"What lets %q in expired at %s. Ask whoever keeps the server's credentials file for a new entry.", e.Name, e.notAfter.UTC().Format(time.RFC3339))}
	}
	found := e.Caller
	found.By, found.NotAfter = by, e.notAfter
	return found, nil
}

// identity is a name in a certificate.
type identity struct {
	kind  string // "uri", "dns" or "cn"
	value string
}

// Tokens says how many tokens let somebody in.
func (c *Credentials) Tokens() int { return len(c.tokens) }

// Certificates says how many names of certificates let somebody in.
func (c *Credentials) Certificates() int { return len(c.certificates) }

// Authenticate finds the caller by the bearer token of the call or, where there is none, by the verified
// certificate of the connection. A token that is not known is refused, whatever the certificate.
func (c *Credentials) Authenticate(ctx context.Context) (Caller, error) {
	md := headersOf(ctx)
	headers := md.Get("authorization")
	if len(headers) == 0 {
		return c.byCertificate(ctx)
	}
	token, err := bearer(headers)
	if err != nil {
		return Caller{}, err
	}
	if found, ok := c.tokens[sha256.Sum256([]byte(token))]; ok {
		return found.callerAt(c.clock.Now(), ByToken)
	}
	return Caller{}, &Unauthenticated{RuleUnknown, "The token is not known here. Ask whoever keeps the server's credentials file for one that is."}
}

// bearer reads "Bearer TOKEN". What was sent is never repeated in an error: it may be a secret.
func bearer(headers []string) (string, error) {
	if len(headers) > 1 {
		return "", &Unauthenticated{RuleMalformed, "The call has several authorization headers. Send one."}
	}
	scheme, token, ok := strings.Cut(headers[0], " ")
	if token = strings.TrimSpace(token); !ok || !strings.EqualFold(scheme, "bearer") || token == "" {
		return "", &Unauthenticated{RuleMalformed, `The authorization header cannot be read. Send "authorization: Bearer TOKEN".`}
	}
	return token, nil
}

func (c *Credentials) byCertificate(ctx context.Context) (Caller, error) {
	certificate := verifiedCertificate(ctx)
	if certificate == nil {
		return Caller{}, &Unauthenticated{RuleMissing, `It is not known who calls. Send "authorization: Bearer TOKEN", or connect with a client certificate.`}
	}
	now := c.clock.Now()
	if now.After(certificate.NotAfter) && !certificate.NotAfter.IsZero() {
		return Caller{}, &Unauthenticated{RuleExpired, fmt.Sprintf(
			"The client certificate expired at %s. Connect again with a new one.", certificate.NotAfter.UTC().Format(time.RFC3339))}
	}
	var found *entry
	for _, id := range identities(certificate) {
		caller, ok := c.certificates[id]
		if !ok {
			continue
		}
		if found != nil && found != caller {
			return Caller{}, &Unauthenticated{RuleAmbiguous, fmt.Sprintf(
				"The certificate has the names of both %q and %q. Use one with a name of one of them.", found.Name, caller.Name)}
		}
		found = caller
	}
	if found == nil {
		return Caller{}, &Unauthenticated{RuleUnknown, "No name in the client certificate is known here. Ask whoever keeps the server's credentials file to add one."}
	}
	caller, err := found.callerAt(now, ByCertificate)
	if end := certificate.NotAfter; err == nil && !end.IsZero() && (caller.NotAfter.IsZero() || end.Before(caller.NotAfter)) {
		caller.NotAfter = end
	}
	return caller, err
}

// verifiedCertificate returns the client's certificate where the connection's handshake proved it.
func verifiedCertificate(ctx context.Context) *x509.Certificate {
	p, ok := peer.FromContext(ctx)
	if !ok {
		return nil
	}
	tls, ok := p.AuthInfo.(credentials.TLSInfo)
	if !ok || len(tls.State.VerifiedChains) == 0 || len(tls.State.VerifiedChains[0]) == 0 {
		return nil
	}
	return tls.State.VerifiedChains[0][0]
}

// identities returns the names in a certificate.
func identities(c *x509.Certificate) []identity {
	var ids []identity
	for _, uri := range c.URIs {
		ids = append(ids, identity{"uri", uri.String()})
	}
	for _, name := range c.DNSNames {
		ids = append(ids, identity{"dns", name})
	}
	if c.Subject.CommonName != "" {
		ids = append(ids, identity{"cn", c.Subject.CommonName})
	}
	return ids
}

// tokenPrefix lets people and secret scanners see what a token is for.
const tokenPrefix = "milepost_"

// NewToken makes a token of 256 random bits and the SHA-256 that goes into the credentials file. The token
// is a secret: it is to be shown once and kept nowhere.
func NewToken(entropy io.Reader) (token, sha256hex string, err error) {
	secret := make([]byte, 32)
	if _, err := io.ReadFull(entropy, secret); err != nil {
		return "", "", fmt.Errorf("make a token: %w", err)
	}
	token = tokenPrefix + base64.RawURLEncoding.EncodeToString(secret)
	sum := sha256.Sum256([]byte(token))
	return token, hex.EncodeToString(sum[:]), nil
}
