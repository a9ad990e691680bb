package node

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// estates is a server that knows four people by their tokens: two who report for the estates office, an approver of the same
// organisation, and an approver of another plan.
func estates(t *testing.T) *Node {
	t.Helper()
	file := filepath.Join(t.TempDir(), "credentials.json")
	var entries []string
	for name, roles := range map[string]string{
		"ann": `"hubs": ["reporter", "approver"]`, "cleo": `"hubs": ["reporter"]`, "bob": `"hubs": ["approver"]`, "dan": `"rail": ["approver", "reporter"], "hubs": ["viewer"]`,
	} {
		entries = append(entries, fmt.Sprintf(`{"sha256": %q, "actor": %q, "organisation": "Estates", "roles": {%s}}`, digest(name), "Actor "+name, roles))
	}
	if err := os.WriteFile(file, []byte(`{"tokens": [`+strings.Join(entries, ",")+`]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	return served(t, Config{Credentials: file})
}

// people ask a server over HTTP.
type people struct {
	*testing.T
	n        *Node
	requests int
	run      string // of an import that the facts come with; empty for none
}

// states sends facts as somebody, and returns the receipt.
func (p *people) states(who string, commands ...string) (answer struct {
	Receipt struct {
		Position string
		Events   []struct{ Type, Ref, Position string }
	}
	Corrections []struct {
		Ref          string
		Waits        bool
		WaitsBecause []string `json:"waits_because"`
	}
},
) {
	p.Helper()
	p.requests++
	run := ""
	if p.run != "" {
		run = fmt.Sprintf(`"import_id": %q,`, p.run)
	}
	body := fmt.Sprintf(`{"request_id": "r%d", %s "commands": [%s]}`, p.requests, run, strings.Join(commands, ","))
	status, text := ask(p.T, p.n, "POST", "/v1/plans/hubs:submit", body, "Authorization", "Bearer "+who)
	if status != http.StatusOK {
		p.Fatalf("%s: %d %s", commands, status, text)
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		p.Fatal(err)
	}
	return answer
}

func (p *people) refused(status int, rule, who, command string) {
	p.Helper()
	p.requests++
	refused(p.T, p.n, status, rule, "POST", "/v1/plans/hubs:submit",
		fmt.Sprintf(`{"request_id": "r%d", "commands": [%s]}`, p.requests, command), "Authorization", "Bearer "+who)
}

// everything is every answer about the plan, known at a position, without what says which position it speaks for.
func (p *people) everything(knownAt string) string {
	p.Helper()
	var all strings.Builder
	for _, question := range []string{"", "/status", "/slippage?all=true", "/slippage?all=true&words=true&corrected=true", "/funding", "/owners?all=true", "/review?all=true", "/milestones/A", "/audit", "/corrections?all=true"} {
		join := "?"
		if strings.Contains(question, "?") {
			join = "&"
		}
		if knownAt != "" {
			question += join + "read_at.known_at=" + knownAt
		}
		status, text := ask(p.T, p.n, "GET", "/v1/plans/hubs"+question, "", "Authorization", "Bearer cleo")
		fmt.Fprintf(&all, "%s: %d %s\n", strings.Split(question, "?")[0], status, text)
	}
	return all.String()
}

func (p *people) asks(path string) string {
	p.Helper()
	status, text := ask(p.T, p.n, "GET", "/v1/plans/hubs"+path, "", "Authorization", "Bearer cleo")
	if status != http.StatusOK {
		p.Fatalf("%s: %d %s", path, status, text)
	}
	return text
}

const registers = `{"as_at": "2017-01-01", "plan_registered": {"name": "Hubs"}}`

func adds(ref, date string) string {
	return fmt.Sprintf(`{"as_at": "2017-01-01", "milestone_added": {"ref": %[1]q, "title": "The hub opens %[1]s"}},
		{"as_at": "2017-01-01", "delivery_date_stated": {"ref": %[1]q, "delivery_date": %[2]q}}`, ref, date)
}

func correctsDate(position, date string) string {
	return fmt.Sprintf(`{"statement_corrected": {"position": %q, "kind": "CORRECTION_KIND_TYPING", "reason": "mistyped",
		"replacement": {"delivery_date_stated": {"delivery_date": %q}}}}`, position, date)
}

func approves(position string) string {
	return fmt.Sprintf(`{"correction_approved": {"position": %q, "reason": "seen"}}`, position)
}

// Rows 31 and 37 of the quiet ways: an honest first date made later as a typing error, after a slip or before anything else was said,
// waits for another person, and no figure changes meanwhile.
func TestAnHonestDateIsNoTypingError(t *testing.T) {
	for _, row := range []string{"31: after a slip", "37: before anything else was said"} {
		t.Run(row, func(t *testing.T) {
			p := &people{T: t, n: estates(t)}
			p.states("ann", registers, adds("A", "2017-03-31"))
			if strings.HasPrefix(row, "31") {
				p.states("ann", `{"as_at": "2017-02-01", "delivery_date_stated": {"ref": "A", "delivery_date": "2017-09-29"}}`)
			}
			figures := func() string { return p.asks("/slippage?all=true") + p.asks("/milestones/A") }
			before := strip(figures())
			answer := p.states("ann", correctsDate("3", "2017-09-29"))
			if len(answer.Corrections) != 1 || !answer.Corrections[0].Waits {
				t.Fatalf("it does not wait: %+v", answer)
			}
			if after := strip(figures()); after != before {
				t.Errorf("a figure changed meanwhile:\n%s\n%s", before, after)
			}
			if pending := p.asks("/corrections?pending=true"); !strings.Contains(pending, `"state":"pending"`) {
				t.Errorf("it is not shown as pending: %s", pending)
			}
			at := answer.Receipt.Position
			p.refused(http.StatusBadRequest, "correction-own", "ann", approves(at)) // she corrected
			p.refused(http.StatusForbidden, "approver-only", "cleo", approves(at))  // who has no role for it
			p.refused(http.StatusForbidden, "role-missing", "dan", approves(at))    // an approver of another plan
			if status, text := ask(t, p.n, "POST", "/v1/plans/rail:submit", `{"request_id": "x", "commands": [`+approves(at)+`]}`, "Authorization", "Bearer dan"); status == http.StatusOK {
				t.Errorf("decided through another plan: %s", text)
			}
			p.states("bob", `{"correction_refused": {"position": "`+at+`", "reason": "the date was honest"}}`)
			p.refused(http.StatusBadRequest, "correction-decided", "bob", approves(at))
			if after := strip(figures()); after != before {
				t.Errorf("a refused correction changed a figure:\n%s\n%s", before, after)
			}
		})
	}
}

// strip leaves out what says which position an answer speaks for, how many statements there are, and what is said of corrections:
// all else is figures.
func strip(text string) string {
	var kept []string
	for part := range strings.SplitSeq(text, ",") {
		if !strings.Contains(part, "position") && !strings.Contains(part, `"revision"`) && !strings.Contains(part, "correct") {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, ",")
}

// A typed 2071 put right, and approved by another person, leaves no slip of 19,723 days. Known before, every answer is as it was,
// byte for byte.
func TestATyped2071LeavesNoSlip(t *testing.T) {
	p := &people{T: t, n: estates(t)}
	p.states("ann", registers, adds("A", "2017-03-31"))
	typed := p.states("ann", `{"as_at": "2017-02-01", "delivery_date_stated": {"ref": "A", "delivery_date": "2071-03-31"}}`).Receipt.Position
	known := p.everything(typed)
	if !strings.Contains(known, "19723") {
		t.Fatal("the slip is not there before it is corrected")
	}
	at := p.states("ann", correctsDate(typed, "31 March 2017")).Receipt.Position
	waiting := p.everything(at)
	approved := p.states("bob", approves(at)).Receipt.Position
	for _, figure := range []string{`"days":19723`, `"total_days":19723`, `"slip_days":19723`, `"net_slip_days":19723`, `"slipped":1`} {
		if now := p.asks("/slippage?all=true") + p.asks("/status") + p.asks(""); strings.Contains(now, figure) {
			t.Errorf("the slip is still there: %s in %s", figure, now)
		}
	}
	for position, was := range map[string]string{typed: known, at: waiting} {
		if again := p.everything(position); again != was {
			t.Errorf("known at %s (after the approval at %s):\n%s\nand before:\n%s", position, approved, again, was)
		}
	}
	if trail := p.asks("/audit"); !strings.Contains(trail, `"corrected":"`+at+`"`) || !strings.Contains(trail, `"corrected_by":"Actor ann"`) {
		t.Errorf("the trail does not show who struck it out: %s", trail)
	}
	if plans := p.asks(""); !strings.Contains(plans, `"corrections":1,"correction_days":19723,"corrected_by":["Actor ann"]`) {
		t.Errorf("the plan does not say how much rests on corrections: %s", plans)
	}
}

// All that a request said is undone: of milestones and of the plan itself. From then on every answer is as if it had not been said, and
// known before it is as it was.
func TestARequestIsUndone(t *testing.T) {
	p := &people{T: t, n: estates(t)}
	p.states("ann", registers, adds("A", "2017-03-31"))
	answers := func() string {
		return strip(p.asks("/slippage?all=true") + p.asks("/status") + p.asks("/funding") + p.asks("/owners?all=true") + p.asks("/review?all=true") + p.asks("/milestones/A") + p.asks(""))
	}
	before := answers()
	var rows []string
	for i := range 300 {
		rows = append(rows, adds(fmt.Sprintf("N-%03d", i), "2017-06-30"), fmt.Sprintf(`{"as_at": "2017-01-01", "owner_changed": {"ref": "N-%03d", "owner": "Digital"}}`, i))
	}
	rows = append(rows, `{"as_at": "2017-02-01", "delivery_date_stated": {"ref": "A", "delivery_date": "2017-09-29"}}`,
		`{"as_at": "2017-02-01", "funding_confirmed": {"ref": "A", "line": "F1", "amount": "100"}}`,
		`{"as_at": "2017-02-01", "funding_confirmed": {"scheme": "GP IT", "line": "F2", "amount": "100"}}`,
		`{"as_at": "2017-02-01", "document_imported": {"digest": "sha256:`+strings.Repeat("7f", 32)+`", "document": "plan.xlsx"}}`,
		`{"as_at": "2017-02-01", "milestone_cancelled": {"ref": "A", "reason": "no money"}}`)
	said := p.states("cleo", rows...).Receipt.Position
	known := p.everything(said)
	undone := p.states("cleo", `{"statement_corrected": {"request_of": "`+said+`", "kind": "CORRECTION_KIND_WRONG_MILESTONE", "reason": "another programme"}}`)
	if len(undone.Receipt.Events) != 302 {
		t.Fatalf("%d events, for 301 milestones and the plan", len(undone.Receipt.Events))
	}
	p.states("bob", approves(undone.Receipt.Events[40].Position))
	if after := answers(); after != before {
		t.Errorf("after it was undone:\n%s\nand before it was said:\n%s", after, before)
	}
	if again := p.everything(said); again != known {
		t.Error("known before it was undone, an answer is not as it was")
	}
	p.refused(http.StatusBadRequest, "milestone-never-was", "cleo", adds("N-007", "2017-07-01"))
	if again := p.states("cleo", `{"statement_corrected": {"request_of": "`+said+`", "kind": "CORRECTION_KIND_WRONG_MILESTONE", "reason": "again"}}`); len(again.Receipt.Events) != 0 {
		t.Errorf("undone twice, it comes to %d events", len(again.Receipt.Events))
	}
}
