package rest

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"milepost.dev/internal/access"
)

// conn is the connection to the server, with a deadline for each call. It refuses parameters that the call does
// not have, which the gateway passes over: a mistyped as_at would get the answer to another question.
type conn struct{ grpc.ClientConnInterface }

type queryKey struct{}

// Invoke implements grpc.ClientConnInterface.
func (c conn) Invoke(ctx context.Context, method string, args, reply any, options ...grpc.CallOption) error {
	if err := checkParameters(ctx, method); err != nil {
		return err
	}
	if err := checkContradictions(ctx, args); err != nil {
		return err
	}
	progressOf(ctx).told = true
	ctx, cancel := context.WithTimeout(access.ForwardOrigin(ctx), callWithin)
	defer cancel()
	return c.ClientConnInterface.Invoke(ctx, method, args, reply, options...)
}

// NewStream implements grpc.ClientConnInterface.
func (c conn) NewStream(ctx context.Context, desc *grpc.StreamDesc, method string, options ...grpc.CallOption) (grpc.ClientStream, error) {
	if err := checkParameters(ctx, method); err != nil {
		return nil, err
	}
	progressOf(ctx).told = true
	ctx, cancel := context.WithTimeout(access.ForwardOrigin(ctx), watchWithin)
	context.AfterFunc(ctx, cancel) // the gateway ends the context with the request
	stream, err := c.ClientConnInterface.NewStream(ctx, desc, method, options...)
	if err != nil {
		return nil, err
	}
	return checkedStream{stream, ctx}, nil
}

// checkParameters refuses the parameters of a request that its call has no field for, all at once.
func checkParameters(ctx context.Context, method string) error {
	query, _ := ctx.Value(queryKey{}).(url.Values)
	if len(query) == 0 {
		return nil
	}
	found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(strings.ReplaceAll(strings.TrimPrefix(method, "/"), "/", ".")))
	if err != nil {
		return err
	}
	input := found.(protoreflect.MethodDescriptor).Input()
	bad := &errdetails.BadRequest{}
	for name := range query {
		if !hasField(input, strings.Split(name, ".")) {
			bad.FieldViolations = append(bad.FieldViolations, &errdetails.BadRequest_FieldViolation{
				Field: name, Reason: ruleParameter, Description: "There is no parameter " + name + " here. /v1/openapi.json lists those that there are.",
			})
		}
	}
	if len(bad.FieldViolations) == 0 {
		return nil
	}
	slices.SortFunc(bad.FieldViolations, func(a, b *errdetails.BadRequest_FieldViolation) int { return strings.Compare(a.Field, b.Field) })
	first := bad.FieldViolations[0]
	refusal, err := status.New(codes.InvalidArgument, first.Description).WithDetails(
		&errdetails.ErrorInfo{Reason: ruleParameter, Domain: errorDomain, Metadata: map[string]string{"field": first.Field}}, bad)
	if err != nil {
		return err
	}
	return refusal.Err()
}

func hasField(message protoreflect.MessageDescriptor, path []string) bool {
	for i, name := range path {
		if message == nil {
			return false
		}
		field := message.Fields().ByTextName(name)
		if field == nil {
			field = message.Fields().ByJSONName(name)
		}
		if field == nil {
			return false
		}
		if i == len(path)-1 {
			return field.Message() == nil && !field.IsMap()
		}
		message = field.Message()
	}
	return false
}
