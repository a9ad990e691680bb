package rest

import (
	"context"
	"encoding/json"
	"net/url"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

type bodyKey struct{}

// checkContradictions refuses a request whose path says one thing and whose body or parameters another. The gateway takes
// the path and passes over the rest: what was meant for one plan would be stated of another.
func checkContradictions(ctx context.Context, args any) error {
	message, ok := args.(proto.Message)
	if !ok {
		return nil
	}
	meant := message.ProtoReflect()
	query, _ := ctx.Value(queryKey{}).(url.Values)
	for name, values := range query {
		for _, value := range values {
			if err := checkSame(meant, name, value); err != nil {
				return err
			}
		}
	}
	body, _ := ctx.Value(bodyKey{}).([]byte)
	var fields map[string]json.RawMessage
	if len(body) == 0 || json.Unmarshal(body, &fields) != nil {
		return nil // the gateway says what is wrong with it
	}
	for name, raw := range fields {
		var value string
		if json.Unmarshal(raw, &value) != nil {
			continue
		}
		if err := checkSame(meant, name, value); err != nil {
			return err
		}
	}
	return nil
}

// checkSame says whether a text of the request is what the call would be made with.
func checkSame(meant protoreflect.Message, name, value string) error {
	field := meant.Descriptor().Fields().ByTextName(name)
	if field == nil {
		field = meant.Descriptor().Fields().ByJSONName(name)
	}
	if field == nil || field.Kind() != protoreflect.StringKind || field.IsList() || meant.Get(field).String() == value {
		return nil
	}
	refusal, err := status.Newf(codes.InvalidArgument,
		"The path says that %s is %.210q, and what was sent with it says %.210q. Send one of them, or the same in both.", name, meant.Get(field).String(), value,
	).WithDetails(&errdetails.ErrorInfo{Reason: ruleContradiction, Domain: errorDomain, Metadata: map[string]string{"field": string(field.Name())}})
	if err != nil {
		return err
	}
	return refusal.Err()
}

// checkedStream checks the request of a stream before it is sent.
type checkedStream struct {
	grpc.ClientStream
	ctx context.Context
}

// SendMsg implements grpc.ClientStream.
func (s checkedStream) SendMsg(m any) error {
	if err := checkContradictions(s.ctx, m); err != nil {
		return err
	}
	return s.ClientStream.SendMsg(m)
}
