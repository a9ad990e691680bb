package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"milepost.dev/internal/node"
)

// people are an office, a reviewer and an approver, on a server with credentials.
type people struct {
	*testing.T
	dir string
	n   *node.Node
}

func (p *people) serve(data string) {
	p.Helper()
	n, err := node.Start(p.Context(), node.Config{
		Data: filepath.Join(p.dir, data), Listen: "127.0.0.1:0", Credentials: filepath.Join(p.dir, "credentials.json"), Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		p.Fatal(err)
	}
	p.n = n
	p.Cleanup(func() { _ = n.Close(context.Background()) })
}

// run runs a command as somebody, and returns what it printed.
func (p *people) run(who string, status int, args ...string) string {
	p.Helper()
	var out, errs bytes.Buffer
	env := func(name string) string {
		return map[string]string{"MILEPOST_SERVER": p.n.GRPCAddr(), "MILEPOST_TOKEN": who, "XDG_STATE_HOME": p.dir}[name]
	}
	if got := Main(p.Context(), args, strings.NewReader(""), &out, &errs, env); got != status {
		p.Fatalf("%v exits with %d: %s%s", args, got, &out, &errs)
	}
	return out.String() + errs.String()
}

func (p *people) shows(text string, patterns ...string) {
	p.Helper()
	for _, pattern := range patterns {
		if !regexp.MustCompile("(?m)" + pattern).MatchString(text) {
			p.Errorf("%q is not in:\n%s", pattern, text)
		}
	}
}

func newPeople(t *testing.T) *people {
	p := &people{T: t, dir: t.TempDir()}
	var entries []string
	for token, rest := range map[string]string{
		"office":   `"actor": "PMO office", "person": "Ann Example", "organisation": "Council", "roles": {"*": ["reporter", "auditor", "operator"]}`,
		"approver": `"actor": "Bob Example", "person": "Bob Example", "organisation": "Council", "roles": {"*": ["approver"]}`,
	} {
		sum := sha256.Sum256([]byte(token))
		entries = append(entries, fmt.Sprintf(`{"sha256": %q, %s}`, hex.EncodeToString(sum[:]), rest))
	}
	p.write("credentials.json", `{"tokens": [`+strings.Join(entries, ",")+`]}`)
	p.serve("ledger")
	return p
}

func (p *people) write(name, text string) string {
	p.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		p.Fatal(err)
	}
	return path
}

// TestBaselinesByTwoPeople: the whole of it on the command line. A plan is baselined by two people; a slip goes on showing after a re-baseline
// takes it out of sight; a backup that is restored holds the proposals, and lets nobody in who may not decide.
func TestBaselinesByTwoPeople(t *testing.T) {
	p := newPeople(t)
	p.run("office", 0, "push", "--plan", "hub", "--new", p.write("march.csv", "Ref,Milestone,Delivery date,As at\nHUB-1,The hub opens,2026-09-30,2026-03-31\nHUB-2,Staff are trained,2026-Q3,2026-03-31\nHUB-3,Records are moved,TBC,2026-03-31\n"))
	p.shows(p.run("office", 0, "baseline", "propose", "hub", "--proposal", "board-1", "--all"), `^BaselineProposalClosed`, `proposal board-1 has 2 items and waits for a decision`)
	p.shows(p.run("office", 1, "baseline", "approve", "hub", "board-1"), `does not have the role approver`)
	p.shows(p.run("approver", 0, "baseline", "approve", "hub", "board-1", "--body", "Programme board", "--minute", "PB-1, item 4"), `^BaselineApproved`)
	p.run("office", 0, "push", "--plan", "hub", p.write("june.csv", "Ref,Milestone,Delivery date,As at,Reason\nHUB-1,The hub opens,2027-03-31,2026-06-30,No steel\n"))
	status := p.run("office", 0, "status", "--plan", "hub", "-o", "json")
	p.shows(status, `"slip_days":182,`, `"slip_against":"original baseline"`, `"slip_original_days":182,"slip_current_days":182`, `"original_baseline":"2026-09-30"`)

	p.shows(p.run("office", 1, "baseline", "propose", "hub", "HUB-1", "--proposal", "change-7"), `Give a reason, and its kind`)
	p.run("office", 0, "baseline", "propose", "hub", "HUB-1", "--proposal", "change-7", "--kind", "external", "--reason", "The supplier failed")
	p.shows(p.run("office", 0, "plans", "-o", "json"), `"proposals_pending":1`)
	p.shows(p.run("office", 0, "baseline", "list", "--plan", "hub", "--proposal", "change-7"), `^HUB-1 +date +2027-03-31 +\+182 +original baseline +pending`)
	p.run("approver", 0, "baseline", "approve", "hub", "change-7")
	p.shows(p.run("office", 0, "status", "--plan", "hub", "-o", "json"), `"slip_days":182,`, `"slip_original_days":182,"slip_current_days":0`)
	p.shows(p.run("office", 0, "slippage", "--plan", "hub"), `^HUB-1 .*BaselineApproved +2026-09-30 +2027-03-31 +\+182 .* 182 d`)
	p.shows(p.run("office", 0, "plans"), `BASELINED +RE-BASELINED +GRANTED`)
	p.shows(p.run("office", 0, "plans", "-o", "json"), `"baselined":2,"rebaselined":1,"rebaselines":1,"days_granted":182`)
	p.shows(p.run("office", 0, "show", "--plan", "hub", "HUB-1", "-o", "json"), `"baseline_number":2`)
	p.shows(p.run("office", 0, "audit", "--plan", "hub"), `BaselineApproved +Bob Example`, `Programme board`, `PB-1, item 4`)
	p.shows(p.run("office", 0, "check"), `follow from the ledger`)

	p.run("office", 0, "baseline", "propose", "hub", "HUB-2", "--proposal", "change-8", "--kind", "funding", "--reason", "No money", "--date", "2026-12-31")
	before := p.run("office", 0, "baseline", "list", "--plan", "hub", "-o", "csv")
	backup := filepath.Join(p.dir, "backup")
	p.run("office", 0, "backup", backup)
	p.run("office", 0, "restore", backup, "--data", filepath.Join(p.dir, "restored"))
	p.serve("restored")
	if after := p.run("office", 0, "baseline", "list", "--plan", "hub", "-o", "csv"); answerOf(after) != answerOf(before) {
		t.Errorf("restored it is\n%s and was\n%s", after, before)
	}
	p.shows(p.run("office", 1, "baseline", "approve", "hub", "change-8"), `does not have the role approver`)
	p.shows(p.run("approver", 0, "baseline", "refuse", "hub", "change-8", "--reason", "Find the money"), `^BaselineRefused`)
	p.shows(p.run("office", 0, "check"), `follow from the ledger`)
}

// answerOf is an answer without the line that says which knowledge it was given from.
func answerOf(text string) string {
	text, _, _ = strings.Cut(text, "as the plan stood")
	return text
}

// A document's own baseline column is a date that moves nothing. It is proposed when a person asks for it, and is no baseline before somebody
// else approves it.
func TestADocumentsBaselineIsProposed(t *testing.T) {
	p := newPeople(t)
	p.run("office", 0, "import", "--plan", "hub", "--name", "Hub", "--dated", "2026-03-31", p.write("plan.csv", "Ref,Milestone,Baseline finish,Delivery date\nHUB-1,The hub opens,2026-09-30,2026-12-31\nHUB-2,Staff are trained,,2026-10-31\n"))
	p.shows(p.run("office", 0, "status", "--plan", "hub", "-o", "json"), `"original_baseline":null`)
	p.shows(p.run("office", 0, "baseline", "propose", "hub", "--proposal", "document", "--from", "Baseline finish"), `proposal document has 1 items`)
	p.shows(p.run("office", 0, "status", "--plan", "hub", "-o", "json"), `"original_baseline":null`, `"proposed_baseline":"2026-09-30"`)
	p.run("approver", 0, "baseline", "approve", "hub", "document")
	p.shows(p.run("office", 0, "status", "--plan", "hub", "-o", "json"), `"original_baseline":"2026-09-30"`, `"slip_days":92,`)
}
