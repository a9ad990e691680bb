package node

import (
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"google.golang.org/protobuf/encoding/protojson"

	milepostv1 "milepost.dev/api/milepost/v1"
)

// sent is how a page sends a kind of command: by the form at a pattern, with an answer to it. With is another kind that the answer states too.
type sent struct{ pattern, outcome, with string }

// sentByPages are the kinds of commands that pages send. Each has a row "form KIND" in testdata/access.txt, beside "state KIND".
var sentByPages = map[string]sent{
	"baseline_proposed":           {"/plans/{plan}/decisions/propose", "", ""},
	"baseline_proposal_closed":    {"/plans/{plan}/decisions/propose", "", ""},
	"baseline_approved":           {"/plans/{plan}/decisions/baselines/{item}", "approve", ""},
	"baseline_refused":            {"/plans/{plan}/decisions/baselines/{item}", "refuse", ""},
	"baseline_proposal_withdrawn": {"/plans/{plan}/decisions/baselines/{item}", "withdraw", ""},
	"correction_approved":         {"/plans/{plan}/decisions/corrections/{item}", "approve", ""},
	"correction_refused":          {"/plans/{plan}/decisions/corrections/{item}", "refuse", ""},
	"history_accepted":            {"/plans/{plan}/decisions/history/{item}", "accept", ""},
	"review_settled":              {"/plans/{plan}/milestones/{milestone}/review/{item}", "accept", ""},
	"milestone_cancelled":         {"/plans/{plan}/milestones/{milestone}/review/{item}", "drop", "review_settled"},
}

var commandMade = regexp.MustCompile(`\bpb\.Command_([A-Z]\w+)\{`)

// TestEveryKindThatAPageSendsIsInTheTable reads the code of the pages: what makes a command there has a form in sentByPages.
func TestEveryKindThatAPageSendsIsInTheTable(t *testing.T) {
	found := map[string]bool{}
	err := filepath.WalkDir(filepath.Join("..", "web"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		code, err := os.ReadFile(filepath.Clean(path))
		for _, m := range commandMade.FindAllSubmatch(code, -1) {
			found[snake(string(m[1]))] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for kind := range found {
		if sentByPages[kind].pattern == "" {
			t.Errorf("a page states %s, and nobody decided who may: name its form in sentByPages, and give it a row in testdata/access.txt", kind)
		}
	}
	for kind := range sentByPages {
		if !found[kind] {
			t.Errorf("no page states %s", kind)
		}
	}
}

func snake(camel string) string {
	var b strings.Builder
	for i, r := range camel {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// stating states something of a kind about the plan hubs or, where it is of no plan, about the ledger, over HTTP and over gRPC. Where it has to
// say more, it is refused for that, after it was found out whether the caller may state it.
func stating(kind, what string) probe {
	return func(t *testing.T, w way) string {
		plan := "hubs"
		switch kind {
		case "parties_merged", "role_granted", "role_withdrawn":
			plan = "$ledger"
		}
		body := func(over string) string {
			return fmt.Sprintf(`{"request_id": "%s %s %d", "commands": [{"as_at": "2026-01-01", %q: %s}]}`, over, kind, len(what), kind, what)
		}
		headers := []string{"Authorization", ""}
		if w.token != "" {
			headers[1] = "Bearer " + w.token
		}
		status, text := ask(t, w.node, "POST", "/v1/plans/"+plan+":submit", body("http"), headers...)
		overHTTP := map[int]string{
			http.StatusUnauthorized: cellProve, http.StatusForbidden: cellNo, http.StatusOK: cellYes, http.StatusBadRequest: cellYes,
		}[status]
		request := &milepostv1.SubmitRequest{}
		if err := protojson.Unmarshal([]byte(body("grpc")), request); err != nil {
			t.Fatal(err)
		}
		request.Plan = plan
		conn := connectAs(t, w)
		defer conn.Close()
		_, err := milepostv1.NewCommandServiceClient(conn).Submit(t.Context(), request)
		if overGRPC := cellOf(err); overHTTP != overGRPC {
			return fmt.Sprintf("over HTTP %d %s, and over gRPC %s (%v)", status, text, overGRPC, err)
		}
		return overHTTP
	}
}

// sending fills the form by which a page states a kind. What the form is about need not be there: that is found out after whether
// the visitor may state it.
func sending(f sent) probe {
	return func(t *testing.T, w way) string {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+w.node.HTTPAddr()+filled(strings.ReplaceAll(f.pattern, "{item}", "9999")), nil)
		if err != nil {
			t.Fatal(err)
		}
		signIn(t, w, r)
		fill(t, w, r, f.outcome)
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		switch location := answer.Header.Get("Location"); {
		case answer.StatusCode == http.StatusUnauthorized, strings.HasPrefix(location, "/sign-in?"):
			return cellProve
		case answer.StatusCode == http.StatusForbidden:
			return cellNo
		}
		return cellYes
	}
}

// fill fills a form with an answer, and with what it has inside.
func fill(t *testing.T, w way, r *http.Request, outcome string) {
	t.Helper()
	body := url.Values{
		"proof": {proofFor(t, w, r)}, "outcome": {outcome}, "from": {"1"}, "to": {"1"}, "proposal": {"p" + w.token}, "item": {"2026-06-30 0 A/1"},
	}.Encode()
	r.Body = io.NopCloser(strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
}

// kindsOf are the rows about kinds of commands, and how each is asked for.
func kindsOf() map[string]probe {
	found := map[string]probe{}
	kinds := (&milepostv1.Command{}).ProtoReflect().Descriptor().Oneofs().ByName("command").Fields()
	for i := range kinds.Len() {
		kind := string(kinds.Get(i).Name())
		found["state "+kind] = stating(kind, "{}")
	}
	for _, kind := range []string{"role_granted", "role_withdrawn"} {
		delete(found, "state "+kind)
		found["state "+kind+", of one plan"] = stating(kind, `{"plan": "hubs", "role": "reporter"}`)
		found["state "+kind+", of every plan"] = stating(kind, `{"plan": "*", "role": "reporter"}`)
		found["state "+kind+", of another admin"] = stating(kind, `{"plan": "hubs", "role": "admin"}`)
	}
	found["state plan_revised, by which dates were read"] = stating("plan_revised", `{"time_zone": "Europe/Paris", "reason": "The site moved"}`)
	for kind, f := range sentByPages {
		found["form "+kind] = sending(f)
	}
	return found
}

// TestAPageLetsStateWhatTheAPIDoes compares the row of each form with that of its kind: whoever may state a kind in a session may send the form,
// and nobody else.
func TestAPageLetsStateWhatTheAPIDoes(t *testing.T) {
	columns, rows := table(t)
	inNoSession := []string{"local", "local-token"} // the server lets everybody look, so that nobody signs in
	for kind, f := range sentByPages {
		for i, column := range columns {
			if slices.Contains(inNoSession, column) || rows["state "+kind] == nil || rows["form "+kind] == nil {
				continue
			}
			by, form := rows["state "+kind][i], rows["form "+kind][i]
			if f.with != "" && by == cellYes {
				by = rows["state "+f.with][i]
			}
			if by != form {
				t.Errorf("%s as %s: %s over the API, and %s on the page", kind, column, by, form)
			}
		}
	}
}
