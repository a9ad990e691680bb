package page

import (
	"context"

	"google.golang.org/grpc/metadata"
)

// visitorKey is the key of a visitor's bearer token in a context.
type visitorKey struct{}

// As makes the questions that are asked with a context those of a visitor, who is known by a bearer token. The
// token is empty on a site that needs none.
func As(ctx context.Context, token string) context.Context {
	ctx = context.WithValue(ctx, visitorKey{}, token)
	if token == "" {
		return ctx
	}
	return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token)
}

// TokenOf is the token that As put into a context.
func TokenOf(ctx context.Context) string {
	token, _ := ctx.Value(visitorKey{}).(string)
	return token
}
