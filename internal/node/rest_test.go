package node

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// served starts a node on free ports, until the test ends.
func served(t *testing.T, c Config) *Node {
	t.Helper()
	c.Data, c.Listen, c.HTTP, c.User = t.TempDir(), "127.0.0.1:0", "127.0.0.1:0", "ann"
	n, err := Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return n
}

// told is what an answer says that is an error.
type told struct {
	Error struct {
		Status                      int
		Code, Rule, Field, Sentence string
		Violations                  []struct{ Field, Rule, Sentence string }
		Details                     map[string]string
		RetryAfterMS                int64 `json:"retry_after_ms"`
	}
}

// ask sends a request, as the user who runs the server where the headers do not say otherwise, and returns its status and body.
func ask(t *testing.T, n *Node, method, path, body string, headers ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://"+n.HTTPAddr()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/json")
	}
	if token := n.LocalToken(); token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(headers); i += 2 {
		if r.Header.Set(headers[i], headers[i+1]); headers[i] == "Host" {
			r.Host = headers[i+1]
		}
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// refused checks that a request is refused by a rule.
func refused(t *testing.T, n *Node, status int, rule string, method, path, body string, headers ...string) told {
	t.Helper()
	got, text := ask(t, n, method, path, body, headers...)
	var what told
	if err := json.Unmarshal([]byte(text), &what); err != nil {
		t.Fatalf("%s %s: %d %s: %v", method, path, got, text, err)
	}
	if got != status || what.Error.Status != status || what.Error.Rule != rule || what.Error.Sentence == "" {
		t.Errorf("%s %s: %d %s, want %d %s", method, path, got, text, status, rule)
	}
	return what
}

const begin = `{"request_id": "begin", "commands": [
	{"as_at": "2017-01-01", "plan_registered": {"name": "Hubs"}},
	{"as_at": "2017-01-01", "milestone_added": {"ref": "A/1", "title": "The hub opens"}},
	{"as_at": "2017-01-01", "delivery_date_stated": {"ref": "A/1", "delivery_date": "2017-09-30"}}]}`

func TestRESTIsTheSameService(t *testing.T) {
	n := served(t, Config{})
	status, first := ask(t, n, "POST", "/v1/plans/hubs:submit", begin)
	if status != http.StatusOK || !strings.Contains(first, `"position":"3"`) {
		t.Fatalf("%d %s", status, first)
	}
	_, again := ask(t, n, "POST", "/v1/plans/hubs:submit", begin)
	if strings.Replace(again, `"replayed":true`, `"replayed":false`, 1) != first || again == first {
		t.Errorf("the same again gives\n%s and before\n%s", again, first)
	}
	for path, wants := range map[string]string{
		"/v1/plans":             `"id":"hubs"`,
		"/v1/plans/hubs/status": `"title":"The hub opens"`,
		"/v1/plans/hubs/status?state=planned&read_at.as_at=2017-05-01&page_size=1": `"as_at":"2017-05-01"`,
		"/v1/plans/hubs/milestones/A%2F1":                                          `"first_forecast":"2017-09-30"`,
		"/v1/plans/hubs/milestones/A/1":                                            `"first_forecast":"2017-09-30"`,
		"/v1/plans/hubs/slippage?all=true":                                         `"event":"ForecastGiven"`,
		"/v1/plans/hubs/audit":                                                     `"actor":"local:ann"`,
		"/v1/parties":                                                              `"name":"local:ann"`,
		"/v1/openapi.json":                                                         `"/v1/plans/{plan}:submit"`,
	} {
		if status, text := ask(t, n, "GET", path, ""); status != http.StatusOK || !strings.Contains(text, wants) {
			t.Errorf("%s: %d %s", path, status, text)
		}
	}
}

func TestRESTSaysWhatIsWrong(t *testing.T) {
	n := served(t, Config{})
	if status, text := ask(t, n, "POST", "/v1/plans/hubs:submit", begin); status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	const submit = "/v1/plans/hubs:submit"
	refused(t, n, 404, "plan-unknown", "GET", "/v1/plans/none/status", "")
	refused(t, n, 404, "path-unknown", "GET", "/v1/nothing", "")
	refused(t, n, 405, "method-not-allowed", "DELETE", "/v1/plans", "")
	refused(t, n, 415, "content-type", "POST", submit, begin, "Content-Type", "text/plain")
	refused(t, n, 413, "body-too-large", "POST", submit, strings.Repeat(" ", 3<<20))
	refused(t, n, 400, "request-malformed", "POST", submit, `{"request_id": `)
	refused(t, n, 400, "request-malformed", "POST", submit, `{"request_idd": "x"}`)
	refused(t, n, 400, "request-malformed", "GET", "/v1/plans?page_size=many", "")
	what := refused(t, n, 400, "parameter-unknown", "GET", "/v1/plans/hubs/status?as_at=2017-05-01&read_at.asat=2017-05-01", "")
	if len(what.Error.Violations) != 2 || what.Error.Field != "as_at" || what.Error.Violations[1].Field != "read_at.asat" {
		t.Errorf("%+v", what)
	}
	what = refused(t, n, 400, "path-contradicted", "POST", submit, strings.Replace(begin, `{`, `{"plan": "rail", `, 1))
	if what.Error.Field != "plan" || !strings.Contains(what.Error.Sentence, `"rail"`) {
		t.Errorf("%+v", what)
	}
	refused(t, n, 400, "path-contradicted", "GET", "/v1/plans/hubs/status?plan=rail", "")
	if status, text := ask(t, n, "GET", "/v1/plans/hubs:watch?plan=rail", ""); status != http.StatusBadRequest || !strings.Contains(text, "path-contradicted") {
		t.Errorf("%d %s", status, text)
	}
	if status, text := ask(t, n, "POST", submit, strings.Replace(begin, `{`, `{"plan": "hubs", `, 1)); status != http.StatusOK {
		t.Errorf("the same in both: %d %s", status, text)
	}
	refused(t, n, 400, "after-beyond-end", "GET", "/v1/plans/hubs:watch?after=99", "")
	what = refused(t, n, 400, "slip-without-date", "POST", submit,
		`{"request_id": "r", "commands": [{"as_at": "2017-02-01", "milestone_slipped": {"ref": "A/1", "delivery_date": "soon"}}, {"as_at": "x", "milestone_added": {}}]}`)
	if len(what.Error.Violations) < 2 {
		t.Errorf("not all at once: %+v", what)
	}
	what = refused(t, n, 409, "revision-stale", "POST", submit,
		`{"request_id": "s", "commands": [{"as_at": "2017-02-01", "expected_revision": "9", "milestone_amended": {"ref": "A/1", "title": "x"}}]}`)
	if what.Error.Details["expected"] != "9" || what.Error.Details["actual"] != "2" || what.Error.Details["decided_at"] != "3" {
		t.Errorf("%+v", what)
	}
}

// On a server that asks nobody who they are, a page in the browser of somebody on this machine must not speak
// for them, and must not read.
func TestRESTIsNotForPagesOfOthers(t *testing.T) {
	n := served(t, Config{})
	refused(t, n, 403, "cross-origin", "POST", "/v1/plans/hubs:submit", begin, "Origin", "https://example.org", "Sec-Fetch-Site", "cross-site")
	refused(t, n, 403, "cross-origin", "POST", "/v1/plans/hubs:submit", begin, "Origin", "https://example.org")
	refused(t, n, 403, "host-foreign", "GET", "/v1/plans", "", "Host", "example.org:80")
	if status, text := ask(t, n, "GET", "/v1/plans", "", "Host", "localhost"); status != http.StatusOK {
		t.Errorf("%d %s", status, text)
	}
}

func TestRESTKnowsWhoCalls(t *testing.T) {
	file := filepath.Join(t.TempDir(), "credentials.json")
	if err := os.WriteFile(file, []byte(`{"tokens": [
		{"sha256": "`+digest("reporter")+`", "actor": "Ann", "roles": {"hubs": ["reporter", "viewer"]}},
		{"sha256": "`+digest("viewer")+`", "actor": "Bob", "roles": {"hubs": ["viewer"]}}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	n := served(t, Config{Credentials: file})
	refused(t, n, 401, "credentials-missing", "GET", "/v1/plans", "")
	refused(t, n, 401, "credentials-unknown", "GET", "/v1/plans", "", "Authorization", "Bearer nobody")
	refused(t, n, 403, "role-missing", "POST", "/v1/plans/hubs:submit", begin, "Authorization", "Bearer viewer")
	if status, text := ask(t, n, "POST", "/v1/plans/hubs:submit", begin, "Authorization", "Bearer reporter"); status != http.StatusOK {
		t.Errorf("%d %s", status, text)
	}
	if _, text := ask(t, n, "GET", "/v1/plans/hubs/audit", "", "Authorization", "Bearer viewer"); !strings.Contains(text, `"actor":"Ann"`) {
		t.Errorf("%s", text)
	}
}

func TestWatchOverHTTP(t *testing.T) {
	n := served(t, Config{})
	if status, text := ask(t, n, "POST", "/v1/plans/hubs:submit", begin); status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	refused(t, n, 404, "plan-unknown", "GET", "/v1/plans/none:watch", "")
	answer, err := http.Get("http://" + n.HTTPAddr() + "/v1/plans/hubs:watch")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if kind := answer.Header.Get("Content-Type"); kind != "application/x-ndjson" {
		t.Errorf("it is %s", kind)
	}
	messages := bufio.NewScanner(answer.Body)
	next := func(has string) {
		t.Helper()
		if !messages.Scan() || !json.Valid(messages.Bytes()) || !strings.Contains(messages.Text(), has) {
			t.Fatalf("%q (%v), want %s", messages.Text(), messages.Err(), has)
		}
	}
	next(`"state":{"ref":"A/1"`)
	next(`"caught_up"`)
	for i := range 3 {
		body := fmt.Sprintf(`{"request_id": "%d", "commands": [{"as_at": "2017-02-01", "delivery_date_stated": {"ref": "A/1", "delivery_date": "2017-1%d-01"}}]}`, i, i)
		if status, text := ask(t, n, "POST", "/v1/plans/hubs:submit", body); status != http.StatusOK {
			t.Fatalf("%d %s", status, text)
		}
		next(fmt.Sprintf(`"forecast":"2017-1%d-01"`, i))
	}
	closed := make(chan error, 1)
	go func() { closed <- n.Close(context.Background()) }()
	next(`"rule":"closing"`)
	if messages.Scan() {
		t.Errorf("after the end: %s", messages.Text())
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
}

func digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// HEAD answers what GET does, without the body: REST, pages, health, and streams, which end at once.
func TestHEADIsGETWithoutTheBody(t *testing.T) {
	n := served(t, Config{})
	if status, text := ask(t, n, "POST", "/v1/plans/hubs:submit", begin); status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	for path, want := range map[string]int{
		"/v1/plans": 200, "/v1/plans/hubs/status": 200, "/v1/plans/none/status": 404, "/v1/nothing": 404, "/v1/openapi.json": 200, "/v1/plans/hubs:watch": 200,
		"/": 200, "/plans/hubs": 200, "/plans/none": 404, "/live/plans/hubs": 200, "/healthz": 200, "/readyz": 200, "/metrics": 200,
	} {
		head, text := ask(t, n, "HEAD", path, "")
		if head != want || text != "" {
			t.Errorf("%s: %d and %d bytes, want %d", path, head, len(text), want)
		}
	}
	head, _ := ask(t, n, "HEAD", "/v1/plans/hubs:submit", "")
	if get, _ := ask(t, n, "GET", "/v1/plans/hubs:submit", ""); head != get {
		t.Errorf("of what is posted: HEAD %d, GET %d", head, get)
	}
}

// The log says where a call came from: over HTTP the browser or the program, with the path, and not the process itself.
func TestTheLogSaysWhereACallCameFrom(t *testing.T) {
	log := &lockedBuffer{}
	n := served(t, Config{Log: slog.New(slog.NewJSONHandler(log, nil))})
	forged := []string{"milepost-http-address", "203.0.113.9:1", "Grpc-Metadata-Milepost-Http-Address", "203.0.113.9:1"}
	refused(t, n, 404, "plan-unknown", "GET", "/v1/plans/none/status", "", forged...)
	if status, _ := ask(t, n, "GET", "/plans/none", "", forged...); status != http.StatusNotFound {
		t.Errorf("%d", status)
	}
	stranger := newStranger(t, n)
	stranger.learn()
	if _, err := stranger.call("milepost.v1.QueryService", "ListStatus", `{"plan": "none"}`); err == nil {
		t.Error("there is such a plan")
	}
	paths := map[string]int{}
	for line := range strings.Lines(log.String()) {
		var said struct {
			Msg, Address, Path string
			Rule               string
			DurationMS         *float64 `json:"duration_ms"`
		}
		if err := json.Unmarshal([]byte(line), &said); err != nil {
			t.Fatal(err)
		}
		if said.Msg != "call" || said.Rule != "plan-unknown" {
			continue
		}
		if paths[said.Path]++; !strings.HasPrefix(said.Address, "127.0.0.1:") || said.DurationMS == nil {
			t.Errorf("%s", line)
		}
	}
	if paths["/v1/plans/none/status"] != 1 || paths["/plans/none"] == 0 || paths[""] != 1 {
		t.Errorf("%v in %s", paths, log)
	}
}
