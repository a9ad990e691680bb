package apiref

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"

	milepostv1 "milepost.dev/api/milepost/v1"
)

var update = flag.Bool("update", false, "write docs/api.md")

var (
	root = filepath.Join("..", "..", "..")
	page = filepath.Join(root, "docs", "api.md")
)

// files are those of the API, in the order in which they are read.
var files = []string{"command", "query", "watch", "audit", "names", "identity"}

func protos(t *testing.T) (texts []string) {
	t.Helper()
	for _, name := range files {
		text, err := os.ReadFile(filepath.Join(root, "api", "milepost", "v1", name+".proto"))
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	return texts
}

// The page is what the protos say.
func TestThePage(t *testing.T) {
	want := Write(protos(t))
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(page)
	if err != nil || string(got) != want {
		t.Errorf("docs/api.md is not what the protos say (%v): run `go test ./internal/rig/apiref -update`", err)
	}
}

// Whatever the code knows was read, with a comment: a declaration that the reader of protos does not understand cannot go
// missing in silence.
func TestNothingIsLeftOut(t *testing.T) {
	read := map[string]*item{}
	for _, text := range protos(t) {
		for _, i := range parse(text) {
			read[i.name] = i
			for _, part := range i.items {
				read[i.name+"."+part.name] = part
			}
		}
	}
	found := func(d protoreflect.Descriptor) {
		name := strings.TrimPrefix(string(d.FullName()), "milepost.v1.")
		if v, ok := d.(protoreflect.EnumValueDescriptor); ok { // its scope is that of its enum
			name = string(v.Parent().Name()) + "." + string(v.Name())
		}
		if i := read[name]; i == nil || i.comment == "" {
			t.Errorf("%s is not in the reference, or has no comment", name)
		}
	}
	counted := 0
	for _, file := range []protoreflect.FileDescriptor{
		milepostv1.File_milepost_v1_command_proto, milepostv1.File_milepost_v1_query_proto,
		milepostv1.File_milepost_v1_watch_proto, milepostv1.File_milepost_v1_audit_proto, milepostv1.File_milepost_v1_identity_proto,
	} {
		for i := range file.Messages().Len() {
			m := file.Messages().Get(i)
			found(m)
			for j := range m.Fields().Len() {
				found(m.Fields().Get(j))
				counted++
			}
		}
		for i := range file.Enums().Len() {
			e := file.Enums().Get(i)
			found(e)
			for j := range e.Values().Len() {
				found(e.Values().Get(j))
			}
		}
		for i := range file.Services().Len() {
			s := file.Services().Get(i)
			found(s)
			for j := range s.Methods().Len() {
				found(s.Methods().Get(j))
			}
		}
	}
	if counted < 200 {
		t.Errorf("only %d fields were looked at", counted)
	}
}

// Every command has a row, under the name that reporters write.
func TestEveryCommandHasARow(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	commands := (&milepostv1.Command{}).ProtoReflect().Descriptor().Oneofs().ByName("command").Fields()
	for i := range commands.Len() {
		if name := string(commands.Get(i).Name()); !strings.Contains(string(text), "\n| "+name+" | [") {
			t.Errorf("%s has no row in docs/api.md", name)
		}
	}
}
