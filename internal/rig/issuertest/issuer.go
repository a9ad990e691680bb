// Package issuertest is an OpenID Connect issuer on this machine, for tests: it signs in whoever a test says, by the code flow,
// by the device flow and for programs, and can be made to lie or to be down.
package issuertest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"milepost.dev/internal/clock"
)

// Audience is that of the access tokens, Client the name of the public client, and Program that of the confidential one, whose
// secret is Secret.
const (
	Audience = "milepost"
	Client   = "milepost-people"
	Program  = "finance-system"
	Secret   = "a secret of the program"
)

// Issuer is a running issuer.
type Issuer struct {
	URL   string
	clock clock.Clock
	t     *testing.T

	mu      sync.Mutex
	key     *ecdsa.PrivateKey // guarded by mu
	kid     int               // guarded by mu
	down    bool              // guarded by mu
	pending int               // guarded by mu: how often a device is told to wait
	subject string            // guarded by mu: who is at the browser
	codes   map[string]grant  // guarded by mu
	asked   int               // guarded by mu: for keys
}

// grant is what a code was given for.
type grant struct{ challenge, nonce, subject string }

// Start starts an issuer that ends with the test.
func Start(t *testing.T, c clock.Clock) *Issuer {
	t.Helper()
	i := &Issuer{clock: c, t: t, codes: map[string]grant{}, subject: "ann"}
	i.Rotate()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", i.discovery)
	mux.HandleFunc("GET /keys", i.keys)
	mux.HandleFunc("GET /authorize", i.authorize)
	mux.HandleFunc("POST /device", i.device)
	mux.HandleFunc("POST /token", i.token)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i.mu.Lock()
		down := i.down
		i.mu.Unlock()
		if down {
			http.Error(w, "down", http.StatusServiceUnavailable)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	i.URL = s.URL
	return i
}

// Rotate gives the issuer another key.
func (i *Issuer) Rotate() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), clock.Entropy())
	if err != nil {
		i.t.Fatal(err)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.key, i.kid = key, i.kid+1
}

// Down makes it answer nobody, or everybody again.
func (i *Issuer) Down(down bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.down = down
}

// IsAt says who is at the browser from now on.
func (i *Issuer) IsAt(subject string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.subject = subject
}

// KeysAsked is how often its keys were asked for.
func (i *Issuer) KeysAsked() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.asked
}

// Claims are those of an access token of a subject.
func (i *Issuer) Claims(subject string) map[string]any {
	now := i.clock.Now().Unix()
	return map[string]any{"iss": i.URL, "sub": subject, "aud": Audience, "iat": now, "exp": now + 300, "name": "Display of " + subject}
}

// Token is a signed token with a header's type and claims.
func (i *Issuer) Token(kind string, claims map[string]any) string {
	i.mu.Lock()
	key := jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: i.key, KeyID: fmt.Sprint(i.kid)}}
	i.mu.Unlock()
	return i.Sign(key, kind, claims)
}

// Sign signs with another key.
func (i *Issuer) Sign(key jose.SigningKey, kind string, claims map[string]any) string {
	signer, err := jose.NewSigner(key, (&jose.SignerOptions{}).WithType(jose.ContentType(kind)))
	if err != nil {
		i.t.Fatal(err)
	}
	text, err := json.Marshal(claims)
	if err != nil {
		i.t.Fatal(err)
	}
	signed, err := signer.Sign(text)
	if err != nil {
		i.t.Fatal(err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		i.t.Fatal(err)
	}
	return token
}

func (i *Issuer) discovery(w http.ResponseWriter, _ *http.Request) {
	i.answer(w, http.StatusOK, map[string]any{
		"issuer": i.URL, "jwks_uri": i.URL + "/keys", "authorization_endpoint": i.URL + "/authorize", "token_endpoint": i.URL + "/token",
		"device_authorization_endpoint": i.URL + "/device", "id_token_signing_alg_values_supported": []string{"ES256"},
	})
}

func (i *Issuer) keys(w http.ResponseWriter, _ *http.Request) {
	i.mu.Lock()
	i.asked++
	set := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &i.key.PublicKey, KeyID: fmt.Sprint(i.kid), Algorithm: "ES256", Use: "sig"}}}
	i.mu.Unlock()
	i.answer(w, http.StatusOK, set)
}

// authorize lets in whoever is at the browser, and sends them back with a code.
func (i *Issuer) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("client_id") != Client || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" {
		http.Error(w, "not a code flow with PKCE", http.StatusBadRequest)
		return
	}
	i.mu.Lock()
	code := fmt.Sprint("code-", len(i.codes))
	i.codes[code] = grant{q.Get("code_challenge"), q.Get("nonce"), i.subject}
	i.mu.Unlock()
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+url.Values{"code": {code}, "state": {q.Get("state")}}.Encode(), http.StatusSeeOther)
}

// Pending is how often a device is told that nobody entered its code yet.
func (i *Issuer) Pending(n int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.pending = n
}

func (i *Issuer) device(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	i.codes["device"] = grant{challenge: r.PostFormValue("code_challenge"), subject: i.subject}
	i.mu.Unlock()
	i.answer(w, http.StatusOK, map[string]any{
		"device_code": "device", "user_code": "ABCD-EFGH", "verification_uri": i.URL + "/enter", "expires_in": 60, "interval": 1,
	})
}

func (i *Issuer) token(w http.ResponseWriter, r *http.Request) {
	refuse := func(why string) { i.answer(w, http.StatusBadRequest, map[string]any{"error": why}) }
	subject, nonce := "", ""
	switch kind := r.PostFormValue("grant_type"); kind {
	case "client_credentials":
		if id, secret, ok := r.BasicAuth(); !ok || id != Program || secret != url.QueryEscape(Secret) {
			refuse("invalid_client")
			return
		}
		subject = Program
	case "refresh_token":
		subject = r.PostFormValue("refresh_token")
	case "authorization_code", "urn:ietf:params:oauth:grant-type:device_code":
		code := r.PostFormValue("code") + r.PostFormValue("device_code")
		i.mu.Lock()
		given, ok := i.codes[code]
		wait := kind != "authorization_code" && i.pending > 0
		if wait {
			i.pending--
		} else {
			delete(i.codes, code)
		}
		i.mu.Unlock()
		sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
		switch {
		case wait:
			refuse("authorization_pending")
			return
		case !ok, given.challenge != base64.RawURLEncoding.EncodeToString(sum[:]):
			refuse("invalid_grant")
			return
		}
		subject, nonce = given.subject, given.nonce
	default:
		refuse("unsupported_grant_type")
		return
	}
	answer := map[string]any{"access_token": i.Token("at+jwt", i.Claims(subject)), "token_type": "Bearer", "expires_in": 300}
	if subject != Program {
		id := maps.Clone(i.Claims(subject))
		id["aud"], id["nonce"] = Client, nonce
		answer["refresh_token"], answer["id_token"] = subject, i.Token("JWT", id)
	}
	i.answer(w, http.StatusOK, answer)
}

func (i *Issuer) answer(w http.ResponseWriter, status int, what any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(what) // who went away needs no answer
}
