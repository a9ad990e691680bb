package rest

import (
	"bytes"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
)

var update = flag.Bool("update", false, "write openapi.json")

type object = map[string]any

// openAPI31 is the OpenAPI 3.1 document of what the generator writes, which is Swagger 2.0: with the schema of an error, and
// with the lines of a stream as they are sent.
func openAPI31(t *testing.T, swagger []byte) []byte {
	t.Helper()
	var old object
	if err := json.Unmarshal(swagger, &old); err != nil {
		t.Fatal(err)
	}
	paths := object{}
	for path, methods := range old["paths"].(object) {
		calls := object{}
		for method, call := range methods.(object) {
			calls[method] = operation(call.(object))
		}
		paths[path] = calls
	}
	schemas := old["definitions"].(object)
	schemas["Error"] = errorSchema()
	bearer := object{"type": "http", "scheme": "bearer", "description": "A token that milepost token add made, one of an OpenID Connect issuer, or what milepost token local prints. A server on loopback may ask for none to read."}
	text, err := json.MarshalIndent(refs(object{
		"openapi": "3.1.0", "info": old["info"], "tags": old["tags"], "paths": paths, "security": old["security"],
		"components": object{"schemas": schemas, "securitySchemes": object{"bearer": bearer}},
	}), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(text, '\n')
}

func operation(old object) object {
	call := object{"responses": object{}}
	for _, name := range []string{"summary", "description", "operationId", "tags"} {
		if v, ok := old[name]; ok {
			call[name] = v
		}
	}
	var parameters []any
	given, _ := old["parameters"].([]any)
	for _, p := range given {
		parameter := maps.Clone(p.(object))
		if parameter["in"] == "body" {
			call["requestBody"] = object{"required": true, "content": object{"application/json": object{"schema": parameter["schema"]}}}
			continue
		}
		schema := object{}
		for _, name := range []string{"type", "format", "enum", "default", "items"} {
			if v, ok := parameter[name]; ok {
				schema[name] = v
				delete(parameter, name)
			}
		}
		if parameter["collectionFormat"] == "multi" {
			parameter["style"], parameter["explode"] = "form", true
		}
		delete(parameter, "collectionFormat")
		parameter["schema"] = schema
		parameters = append(parameters, parameter)
	}
	if parameters != nil {
		call["parameters"] = parameters
	}
	for status, answer := range old["responses"].(object) {
		call["responses"].(object)[status] = response(status, answer.(object))
	}
	return call
}

func response(status string, old object) object {
	if status == "default" {
		content := object{"schema": object{"$ref": "#/definitions/Error"}}
		if examples, ok := old["examples"].(object); ok {
			content["example"] = examples["application/json"]
		}
		return object{"description": old["description"], "content": object{"application/json": content}}
	}
	schema, _ := old["schema"].(object)
	if title, _ := schema["title"].(string); strings.HasPrefix(title, "Stream result of ") { // each on a line, as it is
		message := schema["properties"].(object)["result"]
		return object{"description": "A line of JSON for each message; an error that ends the stream is on its last line.", "content": object{
			"application/x-ndjson": object{"schema": object{"oneOf": []any{message, object{"$ref": "#/definitions/Error"}}}},
		}}
	}
	return object{"description": "The answer.", "content": object{"application/json": object{"schema": schema}}}
}

// errorSchema is what problem.MarshalJSON writes.
func errorSchema() object {
	text := func(what string) object { return object{"type": "string", "description": what} }
	return object{
		"type": "object", "required": []string{"error"}, "description": "What went wrong. Programs decide by code and rule, which stay the same for ever; the sentence is for people.",
		"properties": object{"error": object{
			"type": "object", "required": []string{"status", "code", "rule", "sentence"},
			"properties": object{
				"status":   object{"type": "integer", "description": "The status of HTTP."},
				"code":     text("The status of gRPC, by its name: NOT_FOUND."),
				"rule":     text("The rule that was broken."),
				"field":    text("The field that broke it; absent where there is none."),
				"sentence": text("What is wrong, and what to do."),
				"violations": object{"type": "array", "description": "Every field that broke a rule, where there are several.", "items": object{
					"type": "object", "required": []string{"field", "rule", "sentence"},
					"properties": object{"field": text("The field."), "rule": text("The rule that it broke."), "sentence": text("What is wrong with it.")},
				}},
				"details":        object{"type": "object", "additionalProperties": object{"type": "string"}, "description": "What else a program may need: both sides of a stale revision, the position that it was decided at."},
				"retry_after_ms": object{"type": "integer", "format": "int64", "description": "After how many milliseconds to send the very same again; absent where that would not help."},
			},
		}},
	}
}

// refs moves references to where OpenAPI 3.1 has them.
func refs(v any) any {
	switch v := v.(type) {
	case object:
		for name, value := range v {
			if to, ok := value.(string); ok && name == "$ref" {
				v[name] = strings.Replace(to, "#/definitions/", "#/components/schemas/", 1)
				continue
			}
			v[name] = refs(value)
		}
	case []any:
		for i := range v {
			v[i] = refs(v[i])
		}
	}
	return v
}

// TestOpenAPI compares the document that is served with what the protos say.
func TestOpenAPI(t *testing.T) {
	swagger, err := os.ReadFile("openapi.swagger.json")
	if err != nil {
		t.Fatal(err)
	}
	want := openAPI31(t, swagger)
	if *update {
		if err := os.WriteFile("openapi.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(openAPI, want) {
		t.Error("openapi.json is not what the protos say: make golden writes it again")
	}
	for _, foreign := range []string{"#/definitions/", `"swagger"`, `"collectionFormat"`} {
		if bytes.Contains(want, []byte(foreign)) {
			t.Errorf("it holds %s of Swagger 2.0", foreign)
		}
	}
}

// An error has the fields that the document gives it, and no others.
func TestAnErrorIsAsTheDocumentSays(t *testing.T) {
	text, err := json.Marshal(&problem{
		Code: codes.Aborted, Rule: "r", Field: "f", Sentence: "s", Violations: []violation{{"f", "r", "s"}}, Details: map[string]string{"a": "b"}, RetryAfter: time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]map[string]json.RawMessage
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	said := errorSchema()["properties"].(object)["error"].(object)["properties"].(object)
	if fields, documented := slices.Sorted(maps.Keys(got["error"])), slices.Sorted(maps.Keys(said)); !slices.Equal(fields, documented) {
		t.Errorf("an error has %q, and the document says %q", fields, documented)
	}
}

// Types for TypeScript can be made of the document, where the program that makes them is (make openapi-ready).
func TestTypesCanBeMadeOfTheDocument(t *testing.T) {
	program, err := filepath.Abs("../../.tools/node_modules/.bin/openapi-typescript")
	if err == nil {
		_, err = os.Stat(program)
	}
	if err != nil {
		t.Skip("openapi-typescript is not there: make openapi-ready fetches it, where npm is")
	}
	types := filepath.Join(t.TempDir(), "types.ts")
	if out, err := exec.CommandContext(t.Context(), program, "openapi.json", "--output", types).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	text, err := os.ReadFile(types)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"/v1/plans/{plan}:submit"`, "retry_after_ms?: number", `"application/x-ndjson"`, `"read_at.as_at"?: string`} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("the types have no %s", want)
		}
	}
}
