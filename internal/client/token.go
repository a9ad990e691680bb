package client

import (
	"context"
	"fmt"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"milepost.dev/internal/access/localtoken"
	"milepost.dev/internal/client/login"
)

// bearer is a token that goes with every call. Dial has seen to it that nobody reads it on the way.
type bearer string

func (b bearer) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + string(b)}, nil
}

func (b bearer) RequireTransportSecurity() bool { return false }

// WithToken sends a bearer token with every call of a connection. Whoever dials sees to it that nobody reads it on the way.
func WithToken(token string) grpc.DialOption { return grpc.WithPerRPCCredentials(bearer(token)) }

// fromState is the token of a server of this machine, which is looked for at each call: the server makes another one
// when it starts again.
type fromState struct{ dir, address string }

// WithLocalToken sends the token that the server at an address put into a directory, if it did.
func WithLocalToken(dir, address string) grpc.DialOption {
	return grpc.WithPerRPCCredentials(fromState{dir, address})
}

func (f fromState) GetRequestMetadata(ctx context.Context, uri ...string) (map[string]string, error) {
	token, _, err := localtoken.Find(f.dir, f.address)
	if err != nil || token == "" {
		return nil, err
	}
	return bearer(token).GetRequestMetadata(ctx, uri...)
}

func (f fromState) RequireTransportSecurity() bool { return false }

// signedIn is the access token of somebody who signed in at an issuer, renewed when it is over.
type signedIn struct {
	dir, server string

	mu    sync.Mutex
	login *login.Login // guarded by mu
}

func (s *signedIn) GetRequestMetadata(ctx context.Context, uri ...string) (map[string]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	token, renewed, err := s.login.Fresh(ctx)
	if err == nil && renewed {
		err = s.login.Keep(s.dir, s.server)
	}
	if err != nil {
		return nil, status.Error(codes.Unauthenticated, err.Error())
	}
	return bearer(token).GetRequestMetadata(ctx, uri...)
}

func (s *signedIn) RequireTransportSecurity() bool { return false } // Dial sees to it

// known finds by what the server is to know a caller who was given neither a token nor a certificate: by what an issuer gave
// them, or by the token of a server of this machine. It answers with the address to dial, too.
func (c Config) known() (server string, options []grpc.DialOption, err error) {
	if c.State == "" || c.Token != "" || c.CertFile != "" {
		return c.Server, nil, nil
	}
	dir := login.Dir(c.State)
	found, err := login.Read(dir, c.Server)
	switch {
	case err != nil:
		return "", nil, err
	case found == nil:
		return c.local()
	case !c.encrypted() && !loopback(c.Server):
		return "", nil, fmt.Errorf("%w: what you signed in with would cross the network to %s unencrypted; add --tls", ErrContradiction, c.Server)
	}
	return c.Server, []grpc.DialOption{grpc.WithPerRPCCredentials(&signedIn{dir: dir, server: c.Server, login: found})}, nil
}

// local finds the token of a server of this machine for a caller who has no other way to say who they are. It answers
// with the address to dial, too: a name that may lead to several is replaced by the one that the token is for.
func (c Config) local() (server string, options []grpc.DialOption, err error) {
	if !loopback(c.Server) {
		return c.Server, nil, nil
	}
	_, address, err := localtoken.Find(c.State, c.Server)
	if err != nil {
		return "", nil, err
	}
	if address == "" {
		address = c.Server
	}
	return address, []grpc.DialOption{WithLocalToken(c.State, address)}, nil
}
