package questions

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/internal/wire"
	"milepost.dev/projections"
)

// List is a question over a plan with nothing left out: what a server says to it, and what it has to say.
type List struct {
	Name string
	// Served asks a server, page after page. Its error is that of the call.
	Served func(ctx context.Context, c pb.QueryServiceClient, plan string, at *pb.ReadAt) ([]proto.Message, error)
	// Made is the same, made of the plan.
	Made func(p projections.Plan, asAt civil.Date, names wire.Names) []proto.Message
}

func all[Q Request, A Answer, M proto.Message, R any](
	name string,
	call func(pb.QueryServiceClient, context.Context, Q, ...grpc.CallOption) (A, error),
	items func(A) []M,
	rows func(projections.Plan, civil.Date) []R,
	tell func(R, wire.Names) M,
) List {
	return List{
		Name: name,
		Served: func(ctx context.Context, c pb.QueryServiceClient, plan string, at *pb.ReadAt) ([]proto.Message, error) {
			return Served(ctx, c, call, items, everything[Q](plan, at))
		},
		Made: func(p projections.Plan, asAt civil.Date, names wire.Names) (made []proto.Message) {
			for _, row := range rows(p, asAt) {
				made = append(made, tell(row, names))
			}
			return made
		},
	}
}

// everything is a question over a plan that leaves nothing out.
func everything[Q Request](plan string, at *pb.ReadAt) Q {
	var question Q
	m := question.ProtoReflect().New()
	fields := m.Descriptor().Fields()
	m.Set(fields.ByName("plan"), protoreflect.ValueOfString(plan))
	m.Set(fields.ByName("read_at"), protoreflect.ValueOfMessage(at.ProtoReflect()))
	if f := fields.ByName("all"); f != nil {
		m.Set(f, protoreflect.ValueOfBool(true))
	}
	return m.Interface().(Q)
}

// Asking is a question that is answered in pages.
type Asking interface {
	proto.Message
	GetPageToken() string
}

// Answer is what a page of an answer has, whatever its items are.
type Answer interface {
	GetSpokenFor() *pb.SpokenFor
	GetNextPageToken() string
}

// Served asks a server a question, page after page. It writes the page tokens into the question.
func Served[Q Asking, A Answer, M proto.Message](
	ctx context.Context,
	c pb.QueryServiceClient,
	call func(pb.QueryServiceClient, context.Context, Q, ...grpc.CallOption) (A, error),
	items func(A) []M,
	question Q,
) (served []proto.Message, err error) {
	m := question.ProtoReflect()
	for {
		page, err := call(c, ctx, question)
		if err != nil {
			return nil, err
		}
		for _, item := range items(page) {
			served = append(served, item)
		}
		if page.GetNextPageToken() == "" {
			return served, nil
		}
		m.Set(m.Descriptor().Fields().ByName("page_token"), protoreflect.ValueOfString(page.GetNextPageToken()))
	}
}
