// Package login signs a person or a program in at an OpenID Connect issuer, and keeps what it got in a file of the user's alone, by
// the address of the server that it is for. What expires is renewed when it is needed.
package login

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"milepost.dev/internal/access"
)

// askWithin bounds a request to the issuer.
const askWithin = 10 * time.Second

// Login is who somebody is at an issuer, for one server.
type Login struct {
	Issuer   string   `json:"issuer"`
	ClientID string   `json:"client_id"`
	Scopes   []string `json:"scopes,omitempty"`
	// Audience is the server's name at the issuer, for issuers that want to be told; else empty.
	Audience string `json:"audience,omitempty"`
	// SecretFile holds the secret of a program, which signs in by it and by nothing else; empty of a person.
	SecretFile string `json:"client_secret_file,omitempty"`
	TokenURL   string `json:"token_url"`
	// Token is what the issuer gave.
	Token *oauth2.Token `json:"token"`
}

// Dir is where logins are kept, beside the tokens of local servers in a state directory.
func Dir(local string) string { return filepath.Join(filepath.Dir(local), "login") }

// Device is told what a person has to do.
type Device func(address, code string)

// Person signs a person in by the device flow: they open an address on any machine, and enter a code there.
func (l *Login) Person(ctx context.Context, tell Device) error {
	ctx, config, err := l.discover(ctx)
	if err != nil {
		return err
	}
	if config.Endpoint.DeviceAuthURL == "" {
		return fmt.Errorf("%s has no device flow. Use a token of the server's operator, or an issuer that has one", l.Issuer)
	}
	verifier := oauth2.GenerateVerifier()
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(verifier)}
	if l.Audience != "" {
		options = append(options, oauth2.SetAuthURLParam("audience", l.Audience))
	}
	began, err := config.DeviceAuth(ctx, options...)
	if err != nil {
		return l.failed(err)
	}
	address := began.VerificationURIComplete
	if address == "" {
		address = began.VerificationURI
	}
	tell(address, began.UserCode)
	if l.Token, err = config.DeviceAccessToken(ctx, began, oauth2.VerifierOption(verifier)); err != nil {
		return l.failed(err)
	}
	return nil
}

// Program signs a program in by its secret.
func (l *Login) Program(ctx context.Context) error {
	ctx, _, err := l.discover(ctx)
	if err != nil {
		return err
	}
	return l.bySecret(ctx)
}

func (l *Login) bySecret(ctx context.Context) error {
	secret, err := access.ReadSecret(l.SecretFile)
	if err != nil {
		return fmt.Errorf("read the client's secret: %w", err)
	}
	config := clientcredentials.Config{ClientID: l.ClientID, ClientSecret: strings.TrimSpace(string(secret)), TokenURL: l.TokenURL, Scopes: l.Scopes}
	if l.Audience != "" {
		config.EndpointParams = url.Values{"audience": {l.Audience}}
	}
	if l.Token, err = config.Token(ctx); err != nil {
		return l.failed(err)
	}
	return nil
}

// asking makes a context whose requests to the issuer have a deadline.
func asking(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, &http.Client{Timeout: askWithin})
}

func (l *Login) discover(ctx context.Context) (context.Context, oauth2.Config, error) {
	ctx = asking(ctx)
	provider, err := oidc.NewProvider(ctx, l.Issuer)
	if err != nil {
		return nil, oauth2.Config{}, fmt.Errorf("ask the issuer %s what it is: %w", l.Issuer, err)
	}
	config := oauth2.Config{ClientID: l.ClientID, Endpoint: provider.Endpoint(), Scopes: l.Scopes}
	l.TokenURL = config.Endpoint.TokenURL
	return ctx, config, nil
}

func (l *Login) failed(err error) error {
	if refusal, ok := errors.AsType[*oauth2.RetrieveError](err); ok && refusal.ErrorCode != "" {
		return fmt.Errorf("%s refused to sign in: %s %s", l.Issuer, refusal.ErrorCode, refusal.ErrorDescription)
	}
	return fmt.Errorf("sign in at %s: %w", l.Issuer, err)
}

// Fresh answers with an access token that is good for a moment at least, and whether it had to be renewed.
func (l *Login) Fresh(ctx context.Context) (token string, renewed bool, err error) {
	if l.Token.Valid() {
		return l.Token.AccessToken, false, nil
	}
	ctx = asking(ctx)
	switch {
	case l.SecretFile != "":
		err = l.bySecret(ctx)
	case l.Token == nil || l.Token.RefreshToken == "":
		err = fmt.Errorf("what %s gave you has expired: run milepost login", l.Issuer)
	default:
		config := oauth2.Config{ClientID: l.ClientID, Endpoint: oauth2.Endpoint{TokenURL: l.TokenURL}}
		var fresh *oauth2.Token
		if fresh, err = config.TokenSource(ctx, l.Token).Token(); err == nil {
			l.Token = fresh
		} else if refusal, ok := errors.AsType[*oauth2.RetrieveError](err); ok && refusal.ErrorCode == "invalid_grant" {
			err = fmt.Errorf("%s does not renew what it gave you: run milepost login", l.Issuer)
		}
	}
	if err != nil {
		return "", false, err
	}
	return l.Token.AccessToken, true, nil
}

// fileOf is where the login for a server is.
func fileOf(dir, server string) string {
	return filepath.Join(dir, url.PathEscape(strings.ToLower(server))+".json")
}

// Read reads the login for a server, and answers nil where there is none.
func Read(dir, server string) (*Login, error) {
	text, err := access.ReadSecret(fileOf(dir, server))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	l := &Login{}
	if err := json.Unmarshal(text, l); err != nil {
		return nil, fmt.Errorf("%s cannot be read (%w): run milepost logout, and milepost login again", fileOf(dir, server), err)
	}
	return l, nil
}

// Keep writes the login for a server in one step, for its user alone.
func (l *Login) Keep(dir, server string) error {
	text, err := json.MarshalIndent(l, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".login-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(append(text, '\n'))
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), fileOf(dir, server))
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// Forget removes the login for a server, and says whether there was one.
func Forget(dir, server string) (bool, error) {
	err := os.Remove(fileOf(dir, server))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
