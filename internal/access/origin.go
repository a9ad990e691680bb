package access

import (
	"context"

	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
)

// Origin says where a call came from, for the log.
type Origin struct {
	Address string // of the other end of the connection; empty within the process
	Path    string // that was asked for over HTTP, escaped; empty where the call came over gRPC
}

const (
	headerAddress = "milepost-http-address"
	headerPath    = "milepost-http-path"
	maxPath       = 512 // bytes of a path that are kept
)

type originKey struct{}

// WithOrigin makes the calls of a context those of a request over HTTP.
func WithOrigin(ctx context.Context, o Origin) context.Context {
	o.Path = o.Path[:min(len(o.Path), maxPath)]
	return ForwardOrigin(context.WithValue(ctx, originKey{}, o))
}

// ForwardOrigin sends the origin along with a call, where what made the call replaced its metadata.
func ForwardOrigin(ctx context.Context) context.Context {
	o, ok := ctx.Value(originKey{}).(Origin)
	if !ok {
		return ctx
	}
	return metadata.AppendToOutgoingContext(ctx, headerAddress, o.Address, headerPath, o.Path)
}

// OriginOf is where a call of the server came from. What the metadata says is believed of connections within the process
// alone: nobody else chooses what the log says of them.
func OriginOf(ctx context.Context) Origin {
	p, ok := peer.FromContext(ctx)
	if !ok || p.Addr == nil {
		return Origin{}
	}
	if p.Addr.Network() != "bufconn" {
		return Origin{Address: p.Addr.String()}
	}
	md := headersOf(ctx)
	var o Origin
	if v := md.Get(headerAddress); len(v) > 0 {
		o.Address = v[0]
	}
	if v := md.Get(headerPath); len(v) > 0 {
		o.Path = v[0]
	}
	return o
}

// HeadersKey is the key of a context's value under which a server may put the headers of a call, as metadata.MD: gRPC copies them for each who
// asks. Nobody changes them.
type HeadersKey struct{}

// headersOf are the headers of a call, which are not to be changed.
func headersOf(ctx context.Context) metadata.MD {
	if md, ok := ctx.Value(HeadersKey{}).(metadata.MD); ok {
		return md
	}
	md, _ := metadata.FromIncomingContext(ctx)
	return md
}
