package client

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"milepost.dev/internal/access"
)

// hearOpen passes on what a server says of itself that asks nobody who they are.
func (c Config) hearOpen(ctx context.Context, method string, req, reply any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption) error {
	var header metadata.MD
	err := invoke(ctx, method, req, reply, conn, append(options, grpc.Header(&header))...)
	if said := header.Get(access.OpenHeader); len(said) > 0 {
		c.Open(said[0])
	}
	return err
}
