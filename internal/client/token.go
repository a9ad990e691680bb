package client

import (
	"context"

	"google.golang.org/grpc"

	"milepost.dev/internal/access/localtoken"
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

// local finds the token of a server of this machine for a caller who has no other way to say who they are. It answers
// with the address to dial, too: a name that may lead to several is replaced by the one that the token is for.
func (c Config) local() (server string, options []grpc.DialOption, err error) {
	if c.State == "" || c.Token != "" || c.CertFile != "" || !loopback(c.Server) {
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
