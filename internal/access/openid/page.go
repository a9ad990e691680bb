package openid

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Visitors signs visitors of the pages in at the issuer. It is safe for concurrent use.
type Visitors struct {
	issuer  *Issuer
	page    Page
	secret  string // empty for a client that has none
	entropy io.Reader
}

// Visitors returns the way in for visitors of the pages; nil where the configuration has none.
func (i *Issuer) Visitors(secret string, entropy io.Reader) *Visitors {
	if i.config.Page == nil {
		return nil
	}
	return &Visitors{i, *i.config.Page, secret, entropy}
}

func (v *Visitors) flow(ctx context.Context) (oauth2.Config, error) {
	provider, err := v.issuer.discovered(ctx)
	if err != nil {
		return oauth2.Config{}, err
	}
	return oauth2.Config{
		ClientID: v.page.ClientID, ClientSecret: v.secret, Endpoint: provider.Endpoint(), RedirectURL: v.page.Redirect,
		Scopes: append([]string{oidc.ScopeOpenID}, v.page.Scopes...),
	}, nil
}

// Begin answers with the address at which a visitor signs in, and with what makes a visitor of the code that they come back
// with: who they are, and what their token is whenever a page is asked for. The state comes back with the code.
func (v *Visitors) Begin(ctx context.Context, state string) (address string, finish func(ctx context.Context, code string) (string, func(context.Context) (string, error), error), err error) {
	flow, err := v.flow(ctx)
	if err != nil {
		return "", nil, err
	}
	random := make([]byte, 32)
	if _, err := io.ReadFull(v.entropy, random); err != nil {
		return "", nil, err
	}
	nonce, verifier := base64.RawURLEncoding.EncodeToString(random), oauth2.GenerateVerifier()
	finish = func(ctx context.Context, code string) (string, func(context.Context) (string, error), error) {
		return v.finish(ctx, flow, code, nonce, verifier)
	}
	return flow.AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)), finish, nil
}

func (v *Visitors) finish(ctx context.Context, flow oauth2.Config, code, nonce, verifier string) (string, func(context.Context) (string, error), error) {
	given, err := flow.Exchange(oidc.ClientContext(ctx, v.issuer.http), code, oauth2.VerifierOption(verifier))
	if err != nil {
		return "", nil, fmt.Errorf("exchange the code of a visitor: %w", err)
	}
	text, _ := given.Extra("id_token").(string)
	keys, err := v.issuer.keySet(ctx)
	if err != nil {
		return "", nil, err
	}
	id, err := oidc.NewVerifier(v.issuer.config.Issuer, keys, &oidc.Config{
		ClientID: v.page.ClientID, SupportedSigningAlgs: v.issuer.config.Algorithms, Now: v.issuer.clock.Now,
	}).Verify(ctx, text)
	if err != nil {
		return "", nil, fmt.Errorf("verify who a visitor is: %w", err)
	}
	if id.Nonce != nonce {
		return "", nil, errors.New("verify who a visitor is: the answer is to another question")
	}
	known, err := v.issuer.Verify(ctx, given.AccessToken)
	if err != nil {
		return "", nil, fmt.Errorf("verify the access token of a visitor: %w", err)
	}
	if known.Subject != id.Subject {
		return "", nil, errors.New("verify who a visitor is: the access token is somebody else's")
	}
	// What renews the token outlives the request; each of its own requests has a deadline.
	source := flow.TokenSource(oidc.ClientContext(context.WithoutCancel(ctx), v.issuer.http), given)
	return Actor(known.Issuer, known.Subject), func(context.Context) (string, error) {
		fresh, err := source.Token()
		if err != nil {
			return "", err
		}
		return fresh.AccessToken, nil
	}, nil
}
