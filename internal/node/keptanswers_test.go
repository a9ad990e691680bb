package node

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/dynamicpb"
)

// keptAnswer is what a version answered to a question about a position and a day that its ledger has for ever. A later version has the same
// answer, with more fields where the API has got some, within one number of rules. Answer is absent where the question was refused.
type keptAnswer struct {
	Method  string          `json:"method"`
	Request json.RawMessage `json:"request"`
	Answer  map[string]any  `json:"answer,omitempty"`
}

// ask asks a server, and returns all of its answer but for whom and until when it speaks.
func (a keptAnswer) ask(t *testing.T, conn *grpc.ClientConn) map[string]any {
	t.Helper()
	const service = "milepost.v1.QueryService"
	found, err := protoregistry.GlobalFiles.FindDescriptorByName(service)
	if err != nil {
		t.Fatal(err)
	}
	method := found.(protoreflect.ServiceDescriptor).Methods().ByName(protoreflect.Name(a.Method))
	request, answer := dynamicpb.NewMessage(method.Input()), dynamicpb.NewMessage(method.Output())
	if err := protojson.Unmarshal(a.Request, request); err != nil {
		t.Fatal(err)
	}
	if err := conn.Invoke(t.Context(), fmt.Sprintf("/%s/%s", service, a.Method), request, answer); err != nil {
		if status.Code(err) != codes.NotFound { // of a plan that was not there yet
			t.Fatalf("%s %s: %v", a.Method, a.Request, err)
		}
		return nil
	}
	text, err := protojson.MarshalOptions{UseProtoNames: true, EmitUnpopulated: true}.Marshal(answer) // what was not said then must not be said now
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	delete(all, "spoken_for")
	return all
}

// answersAsThen asks every question that is kept beside the ledger once more.
func (k *keptServer) answersAsThen() {
	k.t.Helper()
	if _, err := os.Stat(filepath.Join(k.kept.dir, "answers.ndjson")); errors.Is(err, fs.ErrNotExist) {
		return // of the first ledgers none were kept
	}
	conn := connect(k.t, k.node)
	for _, line := range k.lines("answers.ndjson") {
		var kept keptAnswer
		if err := json.Unmarshal(line, &kept); err != nil {
			k.t.Fatal(err)
		}
		now := kept.ask(k.t, conn)
		if now == nil != (kept.Answer == nil) || kept.Answer != nil && !holds(now, kept.Answer) {
			k.t.Errorf("%s %s is answered otherwise than it was: %s", kept.Method, kept.Request, cmp.Diff(kept.Answer, now))
		}
	}
}

// holds says whether all that one value of JSON says stands in another, which may have more fields.
func holds(all, part any) bool {
	switch part := part.(type) {
	case map[string]any:
		object, ok := all.(map[string]any)
		for name, value := range part {
			ok = ok && holds(object[name], value)
		}
		return ok
	case []any:
		list, ok := all.([]any)
		ok = ok && len(list) == len(part)
		for i := range part {
			ok = ok && holds(list[i], part[i])
		}
		return ok
	}
	return all == part
}
