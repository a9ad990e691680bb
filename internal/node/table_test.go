package node

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/dynamicpb"

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

// overGRPC makes a call about the plan hubs where it is about one.
func overGRPC(service string, m protoreflect.MethodDescriptor) probe {
	return func(t *testing.T, w way) string {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		request := dynamicpb.NewMessage(m.Input())
		if field := m.Input().Fields().ByName("plan"); field != nil && m.Name() != "Watch" && m.Name() != "ListPlans" {
			request.Set(field, protoreflect.ValueOfString("hubs"))
		}
		switch m.Name() {
		case "Push":
			if err := protojson.Unmarshal([]byte(`{"request": {"request_id": "x", "plan": "hubs"}}`), request); err != nil {
				t.Fatal(err)
			}
		case "ServerReflectionInfo":
			if err := protojson.Unmarshal([]byte(`{"list_services": ""}`), request); err != nil {
				t.Fatal(err)
			}
		}
		conn := connectAs(t, w)
		defer conn.Close()
		desc := &grpc.StreamDesc{ServerStreams: m.IsStreamingServer(), ClientStreams: m.IsStreamingClient()}
		stream, err := conn.NewStream(ctx, desc, fmt.Sprintf("/%s/%s", service, m.Name()))
		if err != nil {
			return cellOf(err)
		}
		if err := stream.SendMsg(request); err != nil && err != io.EOF {
			t.Fatal(err)
		}
		if !m.IsStreamingClient() {
			if err := stream.CloseSend(); err != nil {
				t.Fatal(err)
			}
		}
		var seen bytes.Buffer
		for {
			answer := dynamicpb.NewMessage(m.Output())
			if err := stream.RecvMsg(answer); err == io.EOF {
				break
			} else if err != nil {
				return cellOf(err)
			}
			if refused := m.Output().Fields().ByName("refused"); refused != nil && answer.Has(refused) {
				code := answer.Get(refused).Message().Get(refused.Message().Fields().ByName("code")).Int()
				return cellOf(status.Error(codes.Code(code), ""))
			}
			text, err := protojson.Marshal(answer)
			if err != nil {
				t.Fatal(err)
			}
			seen.Write(text)
			if caught := m.Output().Fields().ByName("caught_up"); m.IsStreamingServer() && (caught == nil || answer.Has(caught)) {
				break
			}
		}
		if about := m.Name(); about == "Watch" && service != "grpc.health.v1.Health" || about == "ListPlans" {
			return plansIn(seen.String())
		}
		return cellYes
	}
}

func cellOf(err error) string {
	switch status.Code(err) {
	case codes.Unauthenticated:
		return cellProve
	case codes.PermissionDenied:
		return cellNo
	}
	return cellYes
}

// plansIn says of which plans an answer is: each of two is in it by its id.
func plansIn(text string) string {
	if strings.Contains(text, "hubs") && strings.Contains(text, "rail") {
		return cellAll
	}
	return cellOwn
}

var placeholder = regexp.MustCompile(`\{(\w+)[^}]*\}`)

// filled is an address of a pattern.
func filled(pattern string) string {
	return strings.ReplaceAll(placeholder.ReplaceAllStringFunc(pattern, func(p string) string {
		return map[string]string{"plan": "hubs", "milestone": "A%2F1", "ref": "A%2F1", "name": "app.css", "event": "1", "item": "7"}[placeholder.FindStringSubmatch(p)[1]]
	}), "{$}", "")
}

// bodyOf is what can be posted to a pattern.
func bodyOf(pattern string) string {
	if strings.HasPrefix(pattern, "/v1/parties:") {
		return "{}"
	}
	return `{"request_id": "x", "commands": [{}]}`
}

// overHTTP asks with a bearer token.
func overHTTP(method, pattern string) probe {
	return func(t *testing.T, w way) string {
		r, err := http.NewRequestWithContext(t.Context(), method, "http://"+w.node.HTTPAddr()+filled(pattern), strings.NewReader(bodyOf(pattern)))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		if w.token != "" {
			r.Header.Set("Authorization", "Bearer "+w.token)
		}
		return answerTo(t, r, pattern == "/v1/plans" || pattern == "/v1/plans:watch")
	}
}

// asPage asks as a browser does, in a session where the caller can begin one.
func asPage(method, pattern string) probe {
	return func(t *testing.T, w way) string {
		r, err := http.NewRequestWithContext(t.Context(), method, "http://"+w.node.HTTPAddr()+filled(pattern), nil)
		if err != nil {
			t.Fatal(err)
		}
		signIn(t, w, r)
		if method == http.MethodPost && strings.HasPrefix(pattern, "/plans/") { // a form, which is sent with what it has inside
			fill(t, w, r, map[bool]string{true: "approve", false: "accept"}[strings.Contains(pattern, "decisions")])
		}
		return answerTo(t, r, slices.Contains([]string{"/{$}", "/live/{$}", "/portfolio.csv", "/portfolio.json"}, pattern))
	}
}

// signIn puts a request into a session of the caller, where one can begin.
func signIn(t *testing.T, w way, r *http.Request) {
	t.Helper()
	if w.token == "" {
		return
	}
	in, err := http.NewRequestWithContext(t.Context(), "POST", "http://"+w.node.HTTPAddr()+"/sign-in", strings.NewReader(url.Values{"token": {w.token}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	in.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := http.DefaultTransport.RoundTrip(in)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	for _, c := range answer.Cookies() {
		r.AddCookie(c)
	}
}

var proof = regexp.MustCompile(`name="proof" value="([^"]*)"`)

// proofFor is what the forms of a visitor have inside: that of the form that every plan has, that of a proposal, or that of a review item. It is empty for who is
// shown neither.
func proofFor(t *testing.T, w way, as *http.Request) string {
	t.Helper()
	for _, path := range []string{"/plans/hubs/decisions/propose", "/plans/hubs/decisions/baselines/7", "/plans/hubs/milestones/A%2F1/review/asked"} {
		if found := proofOn(t, w, as, path); found != "" {
			return found
		}
	}
	return ""
}

// proofOn is what the form on a page has inside, as a visitor sees it; empty where there is no such page, or no form.
func proofOn(t *testing.T, w way, as *http.Request, path string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+w.node.HTTPAddr()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = as.Header.Clone()
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	found := proof.FindSubmatch(body)
	if found == nil || answer.StatusCode != http.StatusOK {
		return ""
	}
	return string(found[1])
}

// answerTo sends a request and says what came of it.
func answerTo(t *testing.T, r *http.Request, ofPlans bool) string {
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	switch location := answer.Header.Get("Location"); {
	case answer.StatusCode == http.StatusUnauthorized, strings.HasPrefix(location, "/sign-in?"):
		return cellProve
	case answer.StatusCode == http.StatusForbidden:
		return cellNo
	case answer.StatusCode == http.StatusNotFound && !strings.HasSuffix(r.URL.Path, "/") && !strings.HasSuffix(r.URL.Path, "/7"): // where nothing waits to be decided
		t.Errorf("%s %s is not there", r.Method, r.URL)
	}
	if !ofPlans {
		return cellYes
	}
	var seen strings.Builder
	for lines := bufio.NewReader(answer.Body); ; {
		line, err := lines.ReadString('\n')
		seen.WriteString(line)
		if err != nil || strings.Contains(line, "caught_up") || strings.HasPrefix(answer.Header.Get("Content-Type"), "text/event-stream") && line == "\n" && strings.Contains(seen.String(), "event: page") {
			return plansIn(seen.String())
		}
	}
}
