package grpcserver

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"milepost.dev/internal/access"
)

// sayOpen says in the header of an answer that nobody was asked who they are.
func sayOpen(a access.Authenticator, setHeader func(metadata.MD) error) {
	if local, ok := a.(*access.Local); ok && local.Open() {
		_ = setHeader(metadata.Pairs(access.OpenHeader, access.OpenSentence)) // fails of a call that is over already
	}
}

// sayOpen is sayOpen for a unary call.
func (c *calls) sayOpen(ctx context.Context) {
	sayOpen(c.access, func(md metadata.MD) error { return grpc.SetHeader(ctx, md) })
}
