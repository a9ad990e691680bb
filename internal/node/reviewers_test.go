package node

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
)

// inReview is a server on which ann reports for Estates by two tokens, cat may speak for Estates, kit is of Estates, and rob, sue and cat settle
// what documents mean.
func inReview(t *testing.T, roles map[string]string, log *slog.Logger) *people {
	t.Helper()
	var entries []string
	for name, more := range map[string]string{
		"ann":  `"person": "Ann", "organisation": "Estates"`,
		"desk": `"person": "Ann"`,
		"cat":  `"person": "Cat", "speaks_for": ["Estates"]`,
		"kit":  `"person": "Kit", "organisation": "Estates"`,
		"rob":  `"person": "Rob", "organisation": "Audit office"`,
		"bob":  `"person": "Bob", "organisation": "Digital"`,
	} {
		entries = append(entries, fmt.Sprintf(`{"sha256": %q, "actor": %q, %s, "roles": {"*": [%s]}}`, digest(name), "Actor "+name, more, roles[name]))
	}
	file := filepath.Join(t.TempDir(), "credentials.json")
	if err := os.WriteFile(file, []byte(`{"tokens": [`+strings.Join(entries, ",")+`]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	return &people{T: t, n: served(t, Config{Credentials: file, Log: log})}
}

// inDoubt is what ann states: a milestone with words in which several dates are, an item that she raises, and a sentence that she offers.
const inDoubt = registers + `,
	{"as_at": "2017-01-01", "milestone_added": {"ref": "A", "title": "The hub opens"}},
	{"as_at": "2017-01-01", "delivery_date_stated": {"ref": "A", "delivery_date": "March 18 June 18"}},
	{"as_at": "2017-01-01", "review_raised": {"ref": "A", "item": "odd", "reason": "odd", "field": "title", "text": "The hub opens"}},
	{"as_at": "2017-01-01", "candidate_offered": {"candidate": "C1", "title": "Doors open in May"}}`

// settlements are the answers to that, each by its kind.
var settlements = map[string]string{
	"words":     `{"as_at": "2017-01-01", "review_settled": {"ref": "A", "item": "delivery_date:several-dates", "outcome": "REVIEW_OUTCOME_CORRECTED", "delivery_date": "2018-06"}}`,
	"raised":    `{"as_at": "2017-01-01", "review_settled": {"ref": "A", "item": "odd", "outcome": "REVIEW_OUTCOME_ACCEPTED"}}`,
	"candidate": `{"as_at": "2017-01-01", "candidate_settled": {"candidate": "C1", "outcome": "CANDIDATE_OUTCOME_DROPPED"}}`,
}

// TestNobodySettlesWhatTheyStated (A1): neither by a second token, nor as the colleague of who stated it, nor as somebody who may speak for them; over
// HTTP, gRPC and the page. Another reviewer does, and a reporter who is no reviewer does not.
func TestNobodySettlesWhatTheyStated(t *testing.T) {
	p := inReview(t, map[string]string{
		"ann": `"reporter", "reviewer"`, "desk": `"reviewer"`, "cat": `"reviewer"`, "kit": `"reviewer"`, "rob": `"reviewer"`, "bob": `"reporter"`,
	}, nil)
	p.states("ann", inDoubt)
	for kind, answer := range settlements {
		for _, who := range []string{"ann", "desk", "cat", "kit"} {
			p.refused(http.StatusBadRequest, "review-own", who, answer)
			if code, rule := p.overGRPC(who, kind, answer); code != codes.FailedPrecondition || rule != "review-own" {
				t.Errorf("%s by %s over gRPC: %s %s", kind, who, code, rule)
			}
		}
		p.refused(http.StatusForbidden, "role-missing", "bob", answer)
		p.refused(http.StatusForbidden, "role-missing", "bob", `{"as_at": "2017-01-01", "progress_reported": {"ref": "A", "percent": 1}}, `+answer)
	}
	const form = "/plans/hubs/milestones/A/review/odd"
	for who, want := range map[string]int{"ann": http.StatusUnprocessableEntity, "desk": http.StatusUnprocessableEntity, "cat": http.StatusUnprocessableEntity, "bob": http.StatusForbidden} {
		if got := p.sendsForm(who, form); got != want {
			t.Errorf("the form sent by %s: %d, want %d", who, got, want)
		}
	}
	if got := p.sendsForm("rob", form); got != http.StatusSeeOther {
		t.Errorf("the form sent by another reviewer: %d", got)
	}
	p.states("rob", settlements["words"])
	p.states("rob", settlements["candidate"])
	p.states("ann", `{"as_at": "2017-02-01", "delivery_date_stated": {"ref": "A", "delivery_date": "2018-09-30"}}`) // which is a statement, and settles nothing
}

// TestAFileWithoutReviewersLetsReportersSettle: what they did not state themselves, and the log says so.
func TestAFileWithoutReviewersLetsReportersSettle(t *testing.T) {
	var log lines
	p := inReview(t, map[string]string{
		"ann": `"reporter"`, "desk": `"reporter"`, "cat": `"reporter"`, "kit": `"reporter"`, "rob": `"viewer"`, "bob": `"reporter"`,
	}, slog.New(slog.NewTextHandler(&log, nil)))
	p.states("ann", inDoubt)
	for _, answer := range settlements {
		for _, who := range []string{"ann", "desk", "cat", "kit"} {
			p.refused(http.StatusBadRequest, "review-own", who, answer)
		}
		p.refused(http.StatusForbidden, "role-missing", "rob", answer)
		p.states("bob", answer)
	}
	if !strings.Contains(log.String(), "no entry of the credentials file has the role reviewer") {
		t.Errorf("the log does not say that reporters settle items:\n%s", log.String())
	}
	_, text := ask(t, p.n, "GET", "/v1/whoami", "", "Authorization", "Bearer bob")
	if !strings.Contains(text, `"reporters_review":true`) || strings.Contains(text, `"reviewer"`) {
		t.Errorf("whoami: %s", text)
	}
}

// TestWithoutCredentialsTheOneUserSettles: nobody is known as another person there.
func TestWithoutCredentialsTheOneUserSettles(t *testing.T) {
	for name, config := range map[string]Config{"token": {}, "open": {Local: Local{Open: true}}, "single user": {SingleUser: true}} {
		p := &people{T: t, n: served(t, config)}
		who := p.n.LocalToken()
		p.states(who, inDoubt)
		for kind, answer := range settlements {
			if events := p.states(who, answer).Receipt.Events; len(events) == 0 {
				t.Errorf("%s: %s came to nothing", name, kind)
			}
		}
	}
}

// overGRPC states a command as somebody, and returns how it was refused.
func (p *people) overGRPC(who, id, command string) (codes.Code, string) {
	p.Helper()
	m := &pb.SubmitRequest{}
	if err := protojson.Unmarshal([]byte(fmt.Sprintf(`{"request_id": %q, "plan": "hubs", "commands": [%s]}`, "grpc "+id, command)), m); err != nil {
		p.Fatal(err)
	}
	conn := strangeTo(p.T, p.n, client.WithToken(who))
	defer conn.Close()
	_, err := pb.NewCommandServiceClient(conn).Submit(p.Context(), m)
	rule := ""
	for _, d := range status.Convert(err).Details() {
		if info, ok := d.(interface{ GetReason() string }); ok {
			rule = info.GetReason()
		}
	}
	return status.Code(err), rule
}

// sendsForm accepts what a page asks, as somebody who signed in.
func (p *people) sendsForm(who, path string) int {
	p.Helper()
	w := way{p.n, who}
	r, err := http.NewRequestWithContext(p.Context(), http.MethodPost, "http://"+p.n.HTTPAddr()+path, nil)
	if err != nil {
		p.Fatal(err)
	}
	signIn(p.T, w, r)
	proven := ""
	for _, from := range []string{path, "/plans/hubs/decisions/propose"} {
		if proven == "" {
			proven = proofOn(p.T, w, r, from)
		}
	}
	r.Body = io.NopCloser(strings.NewReader(url.Values{"proof": {proven}, "outcome": {"accept"}, "as_at": {"2017-01-01"}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		p.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}

// lines is a log that several goroutines write.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer // guarded by mu
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
