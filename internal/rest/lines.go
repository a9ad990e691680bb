package rest

import (
	"bytes"
	"encoding/json"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/genproto/googleapis/rpc/status"
	grpcstatus "google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"milepost.dev/internal/output"
)

// plainJSON is the JSON of protobuf with the names of the protos. What is empty is there and empty, so that
// every answer of a kind has the same fields; what was not said is absent, where that is another thing.
func plainJSON() *runtime.JSONPb {
	return &runtime.JSONPb{MarshalOptions: protojson.MarshalOptions{UseProtoNames: true, EmitDefaultValues: true}}
}

// lines writes an answer, or each message of a stream, as JSON on a line of its own. An error that ends a stream
// is told on its last line as it is told elsewhere.
type lines struct{ *runtime.JSONPb }

// Marshal implements runtime.Marshaler. The gateway wraps what a stream sends into maps.
func (l lines) Marshal(v any) ([]byte, error) {
	switch v := v.(type) {
	case map[string]any: // a message of a stream
		return l.marshal(v["result"])
	case map[string]proto.Message: // the error that ended it
		if s, ok := v["error"].(*status.Status); ok {
			told, err := json.Marshal(problemOf(grpcstatus.ErrorProto(s)))
			return output.Escaped(told), err
		}
	}
	data, err := l.marshal(v)
	return append(data, '\n'), err
}

// marshal leaves out the spaces, which protobuf puts in by chance so that nobody compares texts.
func (l lines) marshal(v any) ([]byte, error) {
	data, err := l.JSONPb.Marshal(v)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := json.Compact(&b, data); err != nil {
		return nil, err
	}
	return output.Escaped(b.Bytes()), nil // curl prints it on a terminal
}

// ContentType implements runtime.Marshaler.
func (lines) ContentType(any) string { return "application/json" }

// StreamContentType implements runtime.StreamContentType.
func (lines) StreamContentType(any) string { return "application/x-ndjson" }

// Delimiter implements runtime.Delimited.
func (lines) Delimiter() []byte { return []byte("\n") }
