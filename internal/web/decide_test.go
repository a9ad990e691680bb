package web_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/node"
)

// people is a server that knows several people by name, each with roles for every plan.
func people(t *testing.T, roles map[string]string) *served {
	t.Helper()
	roles["reporter"] = `["reporter"]`
	var entries []string
	for name, of := range roles {
		sum := sha256.Sum256([]byte("milepost_" + name))
		entries = append(entries, fmt.Sprintf(`{"sha256": %q, "actor": %q, "person": %q, "organisation": %q, "roles": {"*": %s}}`, hex.EncodeToString(sum[:]), "Actor "+name, "Person "+name, "Office of "+name, of))
	}
	path := filepath.Join(t.TempDir(), "credentials.json")
	if err := os.WriteFile(path, []byte(`{"tokens": [`+strings.Join(entries, ",")+`]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	return serve(t, node.Config{Credentials: path})
}

// as is the same server as somebody else's browser sees it, who has signed in.
func (s *served) as(name string) *served {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	other := *s
	other.http = &http.Client{Transport: s.http.Transport, Jar: jar}
	other.signIn("milepost_" + name)
	other.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &other
}

// dialAs is somebody's own program.
func (s *served) dialAs(token string) *client.Client {
	s.t.Helper()
	c, err := client.Dial(client.Config{Server: s.node.GRPCAddr(), Token: token})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { c.Close() })
	return c
}

var (
	hidden = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)
	wrong  = regexp.MustCompile(`(?s)id="wrong"[^>]*>.*?</svg>(.*?)</p>`)
)

// fill is what a form has inside when it is opened, with some fields filled in.
func (s *served) fill(path string, pairs ...string) url.Values {
	s.t.Helper()
	status, _, body := s.get(path)
	if status != http.StatusOK {
		s.t.Fatalf("%s: %d", path, status)
	}
	form, inside := url.Values{}, ""
	if _, after, ok := strings.Cut(body, `<form class="decide`); ok {
		inside, _, _ = strings.Cut(after, "</form>")
	}
	for _, field := range hidden.FindAllStringSubmatch(inside, -1) {
		form.Set(field[1], html.UnescapeString(field[2]))
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return form
}

// send posts a form, and answers with the status, where it leads, and why it was refused.
func (s *served) send(path string, form url.Values, headers ...string) (status int, to, why string) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.at+path, strings.NewReader(form.Encode()))
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer, err := s.http.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	if found := wrong.FindSubmatch(body); found != nil {
		why = html.UnescapeString(string(found[1]))
	}
	return answer.StatusCode, answer.Header.Get("Location"), why
}

// position is where the ledger has got to.
func (s *served) position() uint64 {
	s.t.Helper()
	answer := s.server.Plans(s.t.Context(), &pb.ListPlansRequest{})
	for _, err := range answer.Items {
		if err != nil {
			s.t.Fatal(err)
		}
	}
	return answer.SpokenFor.GetPosition()
}

const (
	proposeForm  = "/plans/hubs/decisions/propose"
	proposalForm = "/plans/hubs/decisions/baselines/board-2026-06"
)

// A baseline is proposed and approved on the page, by two people; what is refused is told in the API's words, beside what was filled in.
func TestABaselineIsProposedAndApprovedOnThePage(t *testing.T) {
	s := people(t, map[string]string{"ann": `["reporter", "approver"]`, "bob": `["approver"]`, "vic": `["viewer"]`})
	s.hubs("hubs")
	ann, bob, vic := s.as("ann"), s.as("bob"), s.as("vic")
	_, _, body := ann.get(proposeForm)
	item := regexp.MustCompile(`name="item" value="([^"]*A/1)"`).FindStringSubmatch(body)
	if item == nil {
		t.Fatalf("A/1 is not offered:\n%s", body)
	}
	form := ann.fill(proposeForm, "proposal", "board-2026-06", "item", item[1])
	status, to, why := ann.send(proposeForm, form)
	if status != http.StatusSeeOther || !strings.HasPrefix(to, "/plans/hubs/decisions?done=") {
		t.Fatalf("proposed: %d, %s, %s", status, to, why)
	}
	before := s.position()
	if _, again, _ := ann.send(proposeForm, form); again != to || s.position() != before {
		t.Errorf("sent twice it leads to %s and %s, from position %d to %d", to, again, before, s.position())
	}
	if _, _, body := ann.get(to); !strings.Contains(body, "Recorded:") || !strings.Contains(body, "board-2026-06") {
		t.Error("the page that it leads to does not say what was recorded")
	}
	if status, _, why := ann.send(proposalForm, ann.fill(proposalForm, "outcome", "approve", "reason", "I like it")); status != http.StatusUnprocessableEntity && status != http.StatusForbidden || why == "" {
		t.Errorf("approved by the proposer: %d, %q", status, why)
	}
	if _, _, body := vic.get(proposalForm); strings.Contains(body, "<form class=\"decide") || !strings.Contains(body, "This takes an approver") {
		t.Error("a viewer is shown a form")
	}
	if status, to, why := bob.send(proposalForm, bob.fill(proposalForm, "outcome", "approve", "sha256", strings.Repeat("0", 64))); status != http.StatusSeeOther || to == "" {
		t.Errorf("the first digest of the two counts, which is the one that was shown: %d %s", status, why)
	}
	_, _, body = bob.get("/plans/hubs/milestones/A%2F1")
	if !strings.Contains(body, "Original baseline") {
		t.Error("the milestone has no baseline")
	}
	if status, _, _ := bob.get(proposalForm); status != http.StatusOK {
		t.Errorf("a proposal that was decided: %d", status)
	}
}

// Attack: a form is sent by another site, without what the form has inside, with that of another session, or by somebody without the role.
// Nothing is recorded.
func TestNobodyForgesADecision(t *testing.T) {
	s := people(t, map[string]string{"ann": `["reporter"]`, "bob": `["reporter"]`, "vic": `["viewer"]`})
	s.hubs("hubs")
	ann, bob, vic := s.as("ann"), s.as("bob"), s.as("vic")
	item, others := "2027-06-30 0 A/1", bob.fill(proposeForm).Get("proof")
	before := s.position()
	for name, attack := range map[string]func() (int, string, string){
		"without a proof": func() (int, string, string) {
			return ann.send(proposeForm, url.Values{"proposal": {"forged"}, "item": {item}})
		},
		"with another's proof": func() (int, string, string) {
			return ann.send(proposeForm, url.Values{"proposal": {"forged"}, "item": {item}, "proof": {others}})
		},
		"the proof in the address": func() (int, string, string) {
			return ann.send(proposeForm+"?proof="+ann.fill(proposeForm).Get("proof"), url.Values{"proposal": {"forged"}, "item": {item}})
		},
		"from another site": func() (int, string, string) {
			return ann.send(proposeForm, ann.fill(proposeForm, "proposal", "forged", "item", item), "Sec-Fetch-Site", "cross-site")
		},
		"from another origin": func() (int, string, string) {
			return ann.send(proposeForm, ann.fill(proposeForm, "proposal", "forged", "item", item), "Origin", "https://elsewhere.example")
		},
		"by a viewer": func() (int, string, string) {
			return vic.send(proposeForm, url.Values{"proposal": {"forged"}, "item": {item}})
		},
		"for which the role is missing": func() (int, string, string) {
			return ann.send(proposalForm, url.Values{"proof": {ann.fill(proposeForm).Get("proof")}, "outcome": {"approve"}, "sha256": {strings.Repeat("0", 64)}})
		},
	} {
		if status, _, _ := attack(); status != http.StatusForbidden {
			t.Errorf("%s: %d", name, status)
		}
	}
	if after := s.position(); after != before {
		t.Errorf("the ledger went from %d to %d", before, after)
	}
	for _, path := range []string{"/plans/hubs/decisions", "/plans/hubs/review"} {
		if _, _, body := ann.get(path); strings.Contains(body, ann.fill(proposeForm).Get("proof")) {
			t.Errorf("%s, which a stream sends, has the proof in it", path)
		}
	}
}

// Two people settle one item at once: the second is told what was said meanwhile, and overwrites nothing without knowing it.
func TestTwoPeopleSettleOneItemAtOnce(t *testing.T) {
	s := people(t, map[string]string{"ann": `["reporter"]`, "bob": `["reporter"]`})
	s.hubs("hubs")
	s.submit("doubt", "hubs", stated("B", "2026-02-02", "June 2027 or July 2028", ""))
	ann, bob := s.as("ann"), s.as("bob")
	_, _, body := ann.get("/plans/hubs/review")
	link := regexp.MustCompile(`<p class="act"><a href="([^"]*)"`).FindStringSubmatch(body)
	if link == nil {
		t.Fatalf("nothing to settle:\n%s", body)
	}
	form := html.UnescapeString(link[1])
	hers, his := ann.fill(form, "outcome", "correct", "value", "2027-06-30", "reason", "asked the office"), bob.fill(form, "outcome", "correct", "value", "2028-07-31", "reason", "read it")
	if status, to, why := ann.send(form, hers); status != http.StatusSeeOther || !strings.HasPrefix(to, "/plans/hubs/review?done=") {
		t.Fatalf("the first: %d %s %s", status, to, why)
	}
	status, _, why := bob.send(form, his)
	if status != http.StatusConflict || !strings.Contains(why, "Something else was said meanwhile") {
		t.Errorf("the second: %d %q", status, why)
	}
	_, _, body = s.as("ann").get("/plans/hubs/milestones/B")
	if !strings.Contains(body, "30 Jun 2027") || strings.Contains(body, "31 Jul 2028") {
		t.Error("the first answer does not stand")
	}
	for name, form := range map[string]url.Values{
		"no choice":   ann.fill(proposeForm, "proposal", "x"),
		"no proposal": ann.fill(proposeForm, "item", "2027-06-30 0 A/1"),
		"no item":     ann.fill(proposeForm, "proposal", "x", "item", "nonsense"),
	} {
		if status, _, why := ann.send(proposeForm, form); status != http.StatusUnprocessableEntity || why == "" {
			t.Errorf("%s: %d %q", name, status, why)
		}
	}
}

// A correction that makes a figure look better, and a date told late about the past, wait for an approver, who decides on the page.
func TestThePastIsDecidedOnThePage(t *testing.T) {
	s := people(t, map[string]string{"ann": `["reporter", "approver"]`, "bob": `["approver"]`})
	s.hubs("hubs")
	slipped := s.submit("slip", "hubs", stated("A/1", "2026-07-01", "2072-09-30", "typed"))
	s.submit("again", "hubs", stated("A/1", "2026-08-01", "2072-09-30", ""))
	ann, bob := s.as("ann"), s.as("bob")
	correction := s.submit("correct", "hubs", &pb.Command{Command: &pb.Command_StatementCorrected{StatementCorrected: &pb.StatementCorrected{
		Target: &pb.StatementCorrected_Position{Position: slipped}, Kind: pb.CorrectionKind_CORRECTION_KIND_TYPING, Reason: "2072 for 2027",
		Replacement: &pb.Command{Command: &pb.Command_DeliveryDateStated{DeliveryDateStated: &pb.DeliveryDateStated{Ref: "A/1", DeliveryDate: "2027-09-30", Reason: "typed"}}},
	}}})
	late := s.submit("late", "hubs", stated("A/1", "2025-12-01", "2027-05-31", "an old paper")) - 1 // behind it somebody is asked about it
	_, _, body := bob.get("/plans/hubs/decisions")
	for _, form := range []string{fmt.Sprint("/plans/hubs/decisions/corrections/", correction), fmt.Sprint("/plans/hubs/decisions/history/", late)} {
		if !strings.Contains(body, `href="`+form+`"`) {
			t.Fatalf("nothing leads to %s:\n%s", form, body)
		}
	}
	form := fmt.Sprint("/plans/hubs/decisions/corrections/", correction)
	if status, _, why := bob.send(form, bob.fill(form, "reason", "no choice made")); status != http.StatusUnprocessableEntity || why == "" {
		t.Errorf("without a choice: %d %q", status, why)
	}
	hers, his := ann.fill(form, "outcome", "refuse", "reason", "it was meant"), bob.fill(form, "outcome", "approve", "reason", "The return has 2027")
	if status, _, why := bob.send(form, his); status != http.StatusSeeOther {
		t.Fatalf("approved: %d %q", status, why)
	}
	if status, _, why := ann.send(form, hers); status != http.StatusUnprocessableEntity || why == "" {
		t.Errorf("refused after it was approved: %d %q", status, why)
	}
	form = fmt.Sprint("/plans/hubs/decisions/history/", late)
	if status, _, why := ann.send(form, ann.fill(form, "from", "first", "to", fmt.Sprint(late))); status != http.StatusUnprocessableEntity || why == "" {
		t.Errorf("accepted from no position: %d %q", status, why)
	}
	if status, _, why := ann.send(form, ann.fill(form, "from", fmt.Sprint(late), "to", fmt.Sprint(late), "reason", "the board's paper has it")); status != http.StatusSeeOther {
		t.Errorf("accepted: %d %q", status, why)
	}
	if status, _, _ := bob.get(form); status != http.StatusNotFound {
		t.Errorf("nothing waits there any more: %d", status)
	}
	_, _, body = bob.get("/plans/hubs/decisions")
	if !strings.Contains(body, `Corrections waiting for approval <span class="count num">0<`) || !strings.Contains(body, `Told late about the past <span class="count num">0<`) || !strings.Contains(body, "Corrections in force") {
		t.Errorf("after both were decided:\n%s", body)
	}
}
