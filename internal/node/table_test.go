package node

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"milepost.dev/internal/client"
)

// The table of who may do what is testdata/access.txt. What stands in a cell:
const (
	cellAll   = "all" // answered, of every plan
	cellOwn   = "own" // answered, of the plans that the caller has a role for
	cellYes   = "yes" // answered; of one plan, or of none
	cellNo    = "no"  // refused: it is known who calls, and they may not
	cellProve = "who" // refused: the caller has to say, or to prove, who they are
)

// way is a column of the table: a server, and what a caller shows to it.
type way struct {
	node  *Node
	token string // empty: nothing
}

// ways are the columns, by name, on four servers that hold the plans hubs and rail.
func ways(t *testing.T) map[string]way {
	t.Helper()
	file := filepath.Join(t.TempDir(), "credentials.json")
	found, entries := map[string]way{}, []string(nil)
	for name, roles := range map[string]string{
		"viewer": `"hubs": ["viewer"]`, "reporter": `"hubs": ["reporter"]`, "reviewer": `"hubs": ["reviewer"]`, "approver": `"hubs": ["approver"]`, "admin": `"hubs": ["admin"]`, "elsewhere": `"rail": ["reporter", "approver", "admin"]`,
		"viewer*": `"*": ["viewer"]`, "reporter*": `"*": ["reporter"]`, "reviewer*": `"*": ["reviewer"]`, "approver*": `"*": ["approver"]`, "admin*": `"*": ["admin"]`, "auditor*": `"*": ["auditor"]`, "operator*": `"*": ["operator"]`,
	} {
		entries = append(entries, fmt.Sprintf(`{"sha256": %q, "actor": %q, "person": %q, "roles": {%s}}`, digest(name), "Actor "+name, "Person "+name, roles))
		found[name] = way{token: name}
	}
	if err := os.WriteFile(file, []byte(`{"tokens": [`+strings.Join(entries, ",")+`]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	found["nobody"], found["unknown"] = way{}, way{token: "unknown"}
	guarded := served(t, Config{Credentials: file})
	for name, w := range found {
		w.node = guarded
		found[name] = w
	}
	local, closed, open := served(t, Config{}), served(t, Config{Local: Local{ReadsNeedToken: true}}), served(t, Config{Local: Local{Open: true}})
	found["local"], found["local-token"] = way{local, ""}, way{local, local.LocalToken()}
	found["closed"], found["closed-token"] = way{closed, ""}, way{closed, closed.LocalToken()}
	found["open"] = way{open, ""}
	for _, w := range []way{found["reporter*"], found["local-token"], found["closed-token"], found["open"]} {
		for _, plan := range []string{"hubs", "rail"} {
			if status, text := ask(t, w.node, "POST", "/v1/plans/"+plan+":submit", strings.NewReplacer("Hubs", plan, `"begin"`, `"`+plan+`"`).Replace(begin), "Authorization", "Bearer "+w.token); status != http.StatusOK {
				t.Fatalf("%d %s", status, text)
			}
		}
	}
	proposal := `{"request_id": "propose", "commands": [{"baseline_proposed": {"proposal": "7", "ref": "A/1", "date": {"delivery_date": "2027-06-30"}}}, {"baseline_proposal_closed": {"proposal": "7", "count": 1}},
		{"review_raised": {"ref": "A/1", "item": "asked", "reason": "odd", "field": "title", "text": "Begin"}}]}`
	if status, text := ask(t, guarded, "POST", "/v1/plans/hubs:submit", proposal, "Authorization", "Bearer reporter*"); status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	return found
}

// table reads testdata/access.txt: a line of columns, and a line of cells for each route.
func table(t *testing.T) (columns []string, rows map[string][]string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "access.txt"))
	if err != nil {
		t.Fatal(err)
	}
	rows = map[string][]string{}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0 || strings.HasPrefix(line, "#"):
		case columns == nil:
			columns = fields[1:]
		default:
			route, cells := strings.Join(fields[:len(fields)-len(columns)], " "), fields[len(fields)-len(columns):]
			if _, twice := rows[route]; twice {
				t.Errorf("%s has two rows", route)
			}
			rows[route] = cells
		}
	}
	return columns, rows
}

// TestWhoMayDoWhat asks for everything that there is, as everybody that there is.
func TestWhoMayDoWhat(t *testing.T) {
	columns, rows := table(t)
	all := ways(t)
	for name := range all {
		if !slices.Contains(columns, name) {
			t.Errorf("testdata/access.txt has no column %q", name)
		}
	}
	routes := routesOf(t, all["auditor*"])
	for route := range rows {
		if routes[route] == nil {
			t.Errorf("testdata/access.txt has a row for %s, which there is not", route)
		}
	}
	for route, probe := range routes {
		cells, decided := rows[route]
		if !decided {
			t.Errorf("nobody decided who may use %s: give it a row in testdata/access.txt", route)
			continue
		}
		for i, column := range columns {
			w, ok := all[column]
			if !ok {
				t.Fatalf("there is no caller %q", column)
			}
			if got := probe(t, w); got != cells[i] {
				t.Errorf("%s as %s: %s, and the table says %s", route, column, got, cells[i])
			}
		}
	}
}

// probe uses a route as somebody does, and says what a cell of the table would.
type probe func(t *testing.T, w way) string

// routesOf are all routes that a server has: what reflection tells, what its OpenAPI document tells, and what its
// multiplexers are made of.
func routesOf(t *testing.T, w way) map[string]probe {
	t.Helper()
	found := map[string]probe{}
	s := newStrangerWith(t, w)
	for _, name := range s.learn() {
		d, err := s.files.FindDescriptorByName(protoreflect.FullName(name))
		if err != nil {
			d, err = protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(name))
		}
		if err != nil {
			t.Fatal(err)
		}
		methods := d.(protoreflect.ServiceDescriptor).Methods()
		for i := range methods.Len() {
			found[fmt.Sprintf("grpc /%s/%s", name, methods.Get(i).Name())] = overGRPC(name, methods.Get(i))
		}
	}
	maps.Copy(found, kindsOf())
	_, text := ask(t, w.node, "GET", "/v1/openapi.json", "")
	var document struct {
		Paths map[string]map[string]any
	}
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		t.Fatal(err)
	}
	for path, methods := range document.Paths {
		for method := range methods {
			if method = strings.ToUpper(method); method == "GET" || method == "POST" {
				found["http "+method+" "+path] = overHTTP(method, path)
			}
		}
	}
	found["http GET /v1/openapi.json"] = overHTTP("GET", "/v1/openapi.json")
	for _, r := range w.node.routes() {
		if r.pattern != "/v1/" && r.pattern != "/" { // which have the others below them
			method, path, ok := strings.Cut(r.pattern, " ")
			if !ok {
				method, path = "GET", r.pattern
			}
			found["http "+method+" "+path] = overHTTP(method, path)
		}
	}
	for _, pattern := range w.node.site.Load().Patterns() {
		method, path, _ := strings.Cut(pattern, " ")
		found["page "+method+" "+path] = asPage(method, path)
	}
	return found
}

func newStrangerWith(t *testing.T, w way) *stranger {
	t.Helper()
	return &stranger{t: t, conn: connectAs(t, w)}
}

func connectAs(t *testing.T, w way) *grpc.ClientConn {
	if w.token == "" {
		return strangeTo(t, w.node)
	}
	return strangeTo(t, w.node, client.WithToken(w.token))
}
