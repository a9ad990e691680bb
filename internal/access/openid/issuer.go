package openid

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"milepost.dev/internal/clock"
)

const (
	// askWithin bounds a request to the issuer, and askAgain is how long its keys are not asked for again.
	askWithin = 5 * time.Second
	askAgain  = 5 * time.Second
	// maxAnswer bounds what is read of an answer of the issuer: bytes.
	maxAnswer = 1 << 20
	// maxAge is how old a token may be, and leeway how far the issuer's clock may be off.
	maxAge = time.Hour
	leeway = time.Minute
)

// Issuer is an issuer whose tokens are believed. It is safe for concurrent use.
type Issuer struct {
	config Config
	clock  clock.Clock
	http   *http.Client

	mu       sync.Mutex
	provider *oidc.Provider // guarded by mu; nil until the issuer answered
	keys     oidc.KeySet    // guarded by mu
	asked    time.Time      // guarded by mu: when the issuer was last asked for what it is
	asking   chan struct{}  // guarded by mu: closed when that came to an end; nil while it is not being asked
	verified cache

	open     context.Context // until Close
	end      context.CancelFunc
	requests sync.WaitGroup // to the issuer, for what it is
}

// New makes an issuer, and begins to ask what it is. It waits for nothing: a server starts, and knows its other callers, while
// an issuer is down. Close ends what is being asked.
func New(c Config, clock clock.Clock) *Issuer {
	i := &Issuer{config: c, clock: clock, verified: newCache()}
	i.open, i.end = context.WithCancel(context.Background())
	i.http = &http.Client{Timeout: askWithin, Transport: &careful{next: http.DefaultTransport, clock: clock, last: map[string]time.Time{}}}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.ask()
	return i
}

// Close ends what the issuer is being asked, and waits for it.
func (i *Issuer) Close() {
	i.end()
	i.requests.Wait()
}

// Refused is a token that is not taken. The sentence does not repeat it.
type Refused struct {
	Sentence string
	Expired  bool
}

func (r *Refused) Error() string { return r.Sentence }

func refused(format string, args ...any) error {
	return &Refused{Sentence: fmt.Sprintf(format, args...)}
}

// Unreachable is an issuer that cannot be asked whether a token is of its making. It may be, so that the caller comes again.
type Unreachable struct{ err error }

func (u *Unreachable) Error() string { return "the issuer cannot be asked: " + u.err.Error() }
func (u *Unreachable) Unwrap() error { return u.err }

// Known is what a token says of its holder.
type Known struct {
	Issuer, Subject string
	Name            string // for people to read; may be empty
	NotAfter        time.Time
}

// LooksLikeOne says whether a bearer token may be one of an issuer: a JWT has three parts.
func LooksLikeOne(token string) bool { return strings.Count(token, ".") == 2 }

// Verify finds out whose access token it is. It answers *Refused or *Unreachable; this where the issuer has to be asked and
// does not answer before ctx ends, too.
func (i *Issuer) Verify(ctx context.Context, token string) (Known, error) {
	now := i.clock.Now()
	if known, ok := i.verified.find(token); ok {
		return known, stillGood(known, now)
	}
	if err := i.checkHeader(token); err != nil {
		return Known{}, err
	}
	keys, err := i.keySet(ctx)
	if err != nil {
		return Known{}, err
	}
	payload, err := keys.VerifySignature(ctx, token)
	if unreachable := (*Unreachable)(nil); errors.As(err, &unreachable) {
		return Known{}, unreachable
	}
	if ctx.Err() != nil {
		return Known{}, &Unreachable{ctx.Err()}
	}
	if err != nil {
		return Known{}, refused("The token is not signed by %s. Sign in again.", i.config.Issuer)
	}
	known, err := i.read(payload, now)
	if err == nil {
		i.verified.add(token, known)
	}
	return known, err
}

// header is of a JWT.
type header struct {
	Algorithm string `json:"alg"`
	Type      string `json:"typ"`
}

// checkHeader refuses a signature that was not asked for before a key is looked at, and a token that is for something else.
func (i *Issuer) checkHeader(token string) error {
	var h header
	first, _, _ := strings.Cut(token, ".")
	text, err := base64.RawURLEncoding.DecodeString(first)
	if err != nil || json.Unmarshal(text, &h) != nil {
		return refused("The token cannot be read.")
	}
	if !slices.Contains(i.config.Algorithms, h.Algorithm) {
		return refused("The token is signed with %.20q, and this server takes %s.", h.Algorithm, strings.Join(i.config.Algorithms, ", "))
	}
	switch strings.TrimPrefix(strings.ToLower(h.Type), "application/") {
	case "at+jwt", "jwt", "":
		return nil
	}
	return refused("The token is a %.40q, and not an access token.", h.Type)
}

// claims are what is read of a token.
type claims struct {
	Issuer    string   `json:"iss"`
	Subject   string   `json:"sub"`
	Audience  audience `json:"aud"`
	Expires   seconds  `json:"exp"`
	NotBefore seconds  `json:"nbf"`
	IssuedAt  seconds  `json:"iat"`
	Name      string   `json:"name"`
	User      string   `json:"preferred_username"`
}

// audience is one name, or several.
type audience []string

func (a *audience) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*a = audience{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(a))
}

// seconds since 1970, which may have a fraction; 0 where it is not said.
type seconds float64

func (s seconds) time() time.Time { return time.Unix(int64(s), 0) }

// read checks what a token says that the issuer signed.
func (i *Issuer) read(payload []byte, now time.Time) (Known, error) {
	var c claims
	if err := json.Unmarshal(payload, &c); err != nil {
		return Known{}, refused("The token cannot be read.")
	}
	switch {
	case c.Issuer != i.config.Issuer:
		return Known{}, refused("The token is of another issuer than %s.", i.config.Issuer)
	case c.Subject == "":
		return Known{}, refused("The token does not say whose it is.")
	case !slices.Contains(c.Audience, i.config.Audience):
		return Known{}, refused("The token is not for this server: its audience has to name %q.", i.config.Audience)
	case c.Expires == 0 || c.IssuedAt == 0:
		return Known{}, refused("The token does not say from when (iat) until when (exp) it is good.")
	case now.Before(c.NotBefore.time().Add(-leeway)) || now.Before(c.IssuedAt.time().Add(-leeway)):
		return Known{}, refused("The token is not good yet: the clock of the issuer and that of this server are more than %s apart.", leeway)
	}
	known := Known{Issuer: c.Issuer, Subject: c.Subject, Name: c.Name, NotAfter: c.Expires.time().Add(leeway)}
	if known.Name == "" {
		known.Name = c.User
	}
	if end := c.IssuedAt.time().Add(maxAge + leeway); end.Before(known.NotAfter) {
		known.NotAfter = end
	}
	return known, stillGood(known, now)
}

func stillGood(known Known, now time.Time) error {
	if now.Before(known.NotAfter) {
		return nil
	}
	return &Refused{Expired: true, Sentence: fmt.Sprintf("The token expired at %s. Sign in again (milepost login).", known.NotAfter.UTC().Format(time.RFC3339))}
}

// keySet are the keys of the issuer, once it said where they are.
func (i *Issuer) keySet(ctx context.Context) (oidc.KeySet, error) {
	if _, err := i.discovered(ctx); err != nil {
		return nil, err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.keys, nil
}

// discovered is what the issuer says of itself. It is asked until it answered, and not more often than every askAgain; one
// question serves all who wait for its answer, and none of them waits longer than its own ctx.
func (i *Issuer) discovered(ctx context.Context) (*oidc.Provider, error) {
	i.mu.Lock()
	if i.provider == nil && i.asking == nil {
		i.ask()
	}
	provider, asking := i.provider, i.asking
	i.mu.Unlock()
	if provider != nil {
		return provider, nil
	}
	if asking != nil {
		select {
		case <-asking:
		case <-ctx.Done():
			return nil, &Unreachable{ctx.Err()}
		}
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.provider == nil {
		return nil, &Unreachable{errors.New("it did not answer a moment ago")}
	}
	return i.provider, nil
}

// ask begins to ask the issuer what it is, unless it was asked a moment ago. The caller holds mu.
func (i *Issuer) ask() {
	now := i.clock.Now()
	if since := now.Sub(i.asked); i.open.Err() != nil || !i.asked.IsZero() && since >= 0 && since < askAgain {
		return
	}
	asking := make(chan struct{})
	i.asked, i.asking = now, asking
	i.requests.Go(func() {
		provider, keys, err := i.describe()
		i.mu.Lock()
		defer i.mu.Unlock()
		if i.asking = nil; err == nil {
			i.provider, i.keys = provider, keys
		}
		close(asking)
	})
}

// describe asks the issuer what it is, and where its keys are.
func (i *Issuer) describe() (*oidc.Provider, oidc.KeySet, error) {
	ctx := oidc.ClientContext(i.open, i.http)
	asking, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	provider, err := oidc.NewProvider(asking, i.config.Issuer)
	if err != nil {
		return nil, nil, err
	}
	var places struct {
		Keys string `json:"jwks_uri"`
	}
	if err := provider.Claims(&places); err != nil {
		return nil, nil, err
	}
	if err := checkURL(places.Keys); err != nil {
		return nil, nil, fmt.Errorf("its keys: %w", err)
	}
	return provider, oidc.NewRemoteKeySet(ctx, places.Keys), nil
}

// careful asks an issuer for its keys no more often than askAgain, whatever strangers send, reads no endless answer, and
// makes an Unreachable of every failure.
type careful struct {
	next  http.RoundTripper
	clock clock.Clock

	mu   sync.Mutex
	last map[string]time.Time // guarded by mu: when an address was asked with GET; the issuer has a few
}

// RoundTrip implements http.RoundTripper.
func (c *careful) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodGet && !c.mayAsk(r.URL.String()) {
		return nil, &Unreachable{errors.New("it was asked a moment ago")}
	}
	answer, err := c.next.RoundTrip(r)
	if err != nil {
		return nil, &Unreachable{err}
	}
	if answer.StatusCode >= http.StatusInternalServerError || r.Method == http.MethodGet && answer.StatusCode != http.StatusOK {
		return nil, errors.Join(&Unreachable{errors.New(answer.Status)}, answer.Body.Close())
	}
	answer.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(answer.Body, maxAnswer), answer.Body}
	return answer, nil
}

func (c *careful) mayAsk(address string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.clock.Now()
	if since := now.Sub(c.last[address]); !c.last[address].IsZero() && since >= 0 && since < askAgain {
		return false
	}
	c.last[address] = now
	return true
}
