package node

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	reflectionv1 "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
	"milepost.dev/internal/client"
)

// stranger is a client that has nothing of ours: it learns the services from the server, as grpcurl does,
// and speaks JSON.
type stranger struct {
	t     *testing.T
	conn  *grpc.ClientConn
	files *protoregistry.Files
}

func newStranger(t *testing.T, n *Node) *stranger {
	t.Helper()
	conn, err := grpc.NewClient(n.GRPCAddr(), grpc.WithTransportCredentials(insecure.NewCredentials()), client.WithToken(n.LocalToken()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &stranger{t: t, conn: conn}
}

func (s *stranger) reflect(requests ...*reflectionv1.ServerReflectionRequest) []*reflectionv1.ServerReflectionResponse {
	s.t.Helper()
	stream, err := reflectionv1.NewServerReflectionClient(s.conn).ServerReflectionInfo(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	var responses []*reflectionv1.ServerReflectionResponse
	for _, request := range requests {
		if err := stream.Send(request); err != nil {
			s.t.Fatal(err)
		}
		response, err := stream.Recv()
		if err != nil {
			s.t.Fatal(err)
		}
		responses = append(responses, response)
	}
	if err := stream.CloseSend(); err != nil {
		s.t.Fatal(err)
	}
	return responses
}

// learn lists the services and fetches the descriptions of ours.
func (s *stranger) learn() (services []string) {
	s.t.Helper()
	list := s.reflect(&reflectionv1.ServerReflectionRequest{
		MessageRequest: &reflectionv1.ServerReflectionRequest_ListServices{},
	})
	seen := map[string]*descriptorpb.FileDescriptorProto{}
	for _, service := range list[0].GetListServicesResponse().GetService() {
		services = append(services, service.Name)
		described := s.reflect(&reflectionv1.ServerReflectionRequest{
			MessageRequest: &reflectionv1.ServerReflectionRequest_FileContainingSymbol{FileContainingSymbol: service.Name},
		})
		for _, data := range described[0].GetFileDescriptorResponse().GetFileDescriptorProto() {
			file := &descriptorpb.FileDescriptorProto{}
			if err := proto.Unmarshal(data, file); err != nil {
				s.t.Fatal(err)
			}
			seen[file.GetName()] = file
		}
	}
	set := &descriptorpb.FileDescriptorSet{}
	for _, file := range seen {
		set.File = append(set.File, file)
	}
	var err error
	if s.files, err = protodesc.NewFiles(set); err != nil {
		s.t.Fatal(err)
	}
	return services
}

// call makes a call with a request in JSON, and returns the answer as it would be printed.
func (s *stranger) call(service, method, request string) (protoreflect.Message, error) {
	s.t.Helper()
	found, err := s.files.FindDescriptorByName(protoreflect.FullName(service))
	if err != nil {
		s.t.Fatal(err)
	}
	m := found.(protoreflect.ServiceDescriptor).Methods().ByName(protoreflect.Name(method))
	in, out := dynamicpb.NewMessage(m.Input()), dynamicpb.NewMessage(m.Output())
	if err := protojson.Unmarshal([]byte(request), in); err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(s.t.Context(), 20*time.Second)
	defer cancel()
	err = s.conn.Invoke(ctx, "/"+service+"/"+method, in, out)
	return out, err
}

// at reads a value out of an answer by the names of its fields; numbers are places in a list.
func at(m protoreflect.Message, path ...any) protoreflect.Value {
	v := protoreflect.ValueOfMessage(m)
	for _, step := range path {
		switch step := step.(type) {
		case string:
			v = v.Message().Get(v.Message().Descriptor().Fields().ByName(protoreflect.Name(step)))
		case int:
			v = v.List().Get(step)
		}
	}
	return v
}

func TestAStrangerWithReflectionAlone(t *testing.T) {
	n, err := Start(t.Context(), Config{
		Data: t.TempDir(), Listen: "127.0.0.1:0", User: "test", Software: "test", Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := n.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	s := newStranger(t, n)
	services := s.learn()
	for _, want := range []string{
		"milepost.v1.CommandService", "milepost.v1.QueryService", "milepost.v1.WatchService",
		"milepost.v1.AuditService", "grpc.health.v1.Health",
	} {
		if !slices.Contains(services, want) {
			t.Errorf("%s is not listed among %v", want, services)
		}
	}

	const commands, queries = "milepost.v1.CommandService", "milepost.v1.QueryService"
	if _, err := s.call(commands, "Submit", `{"request_id": "1", "plan": "hubs", "commands": [
		{"as_at": "2017-01-10", "plan_registered": {"name": "Community hubs"}},
		{"as_at": "2017-01-10", "milestone_added": {"ref": "A1", "title": "First hub live"}},
		{"as_at": "2017-01-10", "delivery_date_stated": {"ref": "A1", "delivery_date": "2017-06"}}]}`); err != nil {
		t.Fatal(err)
	}
	receipt, err := s.call(commands, "Submit", `{"request_id": "2", "plan": "hubs", "commands": [
		{"as_at": "2017-05-10", "milestone_slipped": {"ref": "A1", "delivery_date": "2017-09", "from": "2017-06-30", "reason": "late builder"}}]}`)
	if err != nil {
		t.Fatal(err)
	}
	position := at(receipt, "receipt", "position").Uint()
	if position != 4 || at(receipt, "receipt", "durability").String() != "fsync" {
		t.Errorf("the receipt is %v", receipt)
	}
	moves, err := s.call(queries, "ListSlippage", `{"plan": "hubs", "read_at": {"min_position": "4"}}`)
	if err != nil {
		t.Fatal(err)
	}
	if at(moves, "moves").List().Len() != 1 || at(moves, "moves", 0, "days").Int() != 92 ||
		at(moves, "moves", 0, "reason").String() != "late builder" || at(moves, "moves", 0, "actor").String() != "local:test" ||
		at(moves, "spoken_for", "position").Uint() < position {
		t.Errorf("the slippage is %v", moves)
	}

	_, err = s.call(commands, "Submit", `{"request_id": "3", "plan": "hubs", "commands": [
		{"as_at": "2017-06-10", "milestone_slipped": {"ref": "A1", "delivery_date": "2017-08"}}]}`)
	refused := status.Convert(err)
	if refused.Code() != codes.FailedPrecondition || len(refused.Message()) < 40 {
		t.Errorf("%v", err)
	}
	var rule, field string
	for _, detail := range refused.Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			rule, field = info.Reason, info.Metadata["field"]
		}
	}
	if rule != "slip-not-later" || field != "commands[0].milestone_slipped.delivery_date" {
		t.Errorf("refused by %q at %q: %s", rule, field, refused.Message())
	}
}
