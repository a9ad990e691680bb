package baseline

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/money"
	"milepost.dev/domain/period"
)

var update = flag.Bool("update", false, "rewrite what the specs say comes out")

// TestSpecs runs testdata/specs. A line that is not indented declares a caller or a milestone, states a command on a day, or asks what
// is in force; what comes of it stands indented below. Each file is run and written again, and must come out as it is.
func TestSpecs(t *testing.T) {
	files, err := filepath.Glob("testdata/specs/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no specs: %v", err)
	}
	var all strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, part := range strings.Split(strings.TrimSpace(string(text)), "\n\n") {
			out = append(out, rerun(t, part))
		}
		got := strings.Join(out, "\n\n") + "\n"
		all.WriteString(got)
		switch {
		case got == string(text):
		case *update:
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		default:
			t.Errorf("%s comes out otherwise:\n%s", file, got)
		}
	}
	for _, rule := range []string{
		RuleProposalMalformed, RuleDimensionMissing, RuleValueMissing, RuleReasonMissing, RuleTextTooLong, RuleNotToday, RuleMilestoneUnknown,
		RuleProposalUnknown, RuleProposalOfAnother, RuleProposalClosed, RuleProposalOpen, RuleProposalEnded, RuleProposalCount, RuleItemTwice,
		RuleNumberStale, RuleDigestDiffers, RuleDecidedOn, RuleApproverOnly, RulePersonMissing, RuleFourEyes, RuleSingleUser, RuleTier,
		RuleTiersMalformed, RuleTiersOwn,
	} {
		if !strings.Contains(all.String(), " "+rule+":") {
			t.Errorf("no spec breaks the rule %s", rule)
		}
	}
}

// world is what a spec has declared and stated.
type world struct {
	t        *testing.T
	register Register
	callers  map[string]Facts
	firsts   map[milestone.ID]civil.Date
	refs     map[string]milestone.ID
	by       Teller // who registered the plan
	position uint64
}

func rerun(t *testing.T, text string) string {
	lines := strings.Split(text, "\n")
	if !strings.HasPrefix(lines[0], "== ") {
		return text // an introduction
	}
	w := &world{t: t, callers: map[string]Facts{}, firsts: map[milestone.ID]civil.Date{}, refs: map[string]milestone.ID{}}
	out := lines[:1:1]
	for _, line := range lines[1:] {
		if strings.HasPrefix(line, "  ") {
			continue
		}
		out = append(out, line)
		for _, told := range w.line(line) {
			out = append(out, "  "+told)
		}
	}
	return strings.Join(out, "\n")
}

var pairs = regexp.MustCompile(`(\S+?)=("(?:[^"\\]|\\.)*"|\S+)`)

// saidIn reads name=value pairs.
func saidIn(line string) map[string]string {
	all := map[string]string{}
	for _, m := range pairs.FindAllStringSubmatch(line, -1) {
		value := m[2]
		if unquoted, err := strconv.Unquote(value); err == nil {
			value = unquoted
		}
		if n, many := strings.CutPrefix(value, "x*"); many {
			count, _ := strconv.Atoi(n)
			value = strings.Repeat("x", count)
		}
		all[m[1]] = value
	}
	return all
}

func day(iso string) civil.Date {
	d, _ := civil.Parse(iso)
	return d
}

func (w *world) line(line string) []string {
	words := strings.Fields(line)
	given := saidIn(line)
	switch words[0] {
	case "caller":
		f := Facts{
			Caller:   Teller{Actor: words[1], Speaker: or(given["for"], or(given["organisation"], words[1])), Person: given["person"]},
			Approver: strings.Contains(line, " approver"), Local: strings.Contains(line, " local"), SingleUser: strings.Contains(line, " single-user"),
			Organisation: given["organisation"],
		}
		if speaks := given["speaks_for"]; speaks != "" {
			f.SpeaksFor = func(party string) bool { return speaks == "*" || party == speaks }
		}
		if w.callers[words[1]] = f; strings.Contains(line, " registered") {
			w.by = f.Caller
		}
		return nil
	case "milestone":
		id := milestone.ID{15: byte(len(w.refs) + 1)}
		w.refs[words[1]], w.firsts[id] = id, day(given["first"])
		return nil
	case "shows":
		return w.shows(words[1], day(words[3]))
	case "proposal":
		p, ok := w.register.Proposal(words[1], Everything)
		return []string{fmt.Sprintf("%s, %d items, own decision %v, %v", p.State(), len(p.Items), p.OwnDecision(), ok)}
	}
	return w.states(words, given)
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// states decides a command, and decides it again: said twice, it adds nothing.
func (w *world) states(words []string, given map[string]string) []string {
	f, ok := w.callers[words[1]]
	if !ok {
		w.t.Fatalf("%q is not a caller", words[1])
	}
	f.Today = day(words[0])
	f.AsAt = day(or(given["as_at"], words[0]))
	f.First = func(id milestone.ID) civil.Date { return w.firsts[id] }
	f.Ref = func(id milestone.ID) string {
		for ref, known := range w.refs {
			if known == id {
				return ref
			}
		}
		return "?"
	}
	f.Registrar = w.by
	cmd := w.command(words[2], given)
	if propose, ok := cmd.(Propose); ok {
		f.Milestone = w.refs[propose.Ref]
	}
	if wrong := Check(cmd); len(wrong) > 0 {
		return refusals(wrong.Err())
	}
	events, err := Decide(&w.register, cmd, f)
	if err != nil {
		return refusals(err)
	}
	told := []string{}
	for _, e := range events {
		w.position++
		w.register.Add(Statement{Position: w.position, AsAt: f.AsAt, By: f.Caller, Event: e})
		told = append(told, describe(e, f))
	}
	if again, err := Decide(&w.register, cmd, f); err != nil || len(again) > 0 {
		w.t.Errorf("%v: said twice it comes to %v, %v", words, again, err)
	}
	if len(told) == 0 {
		return []string{"nothing new"}
	}
	return told
}

func refusals(err error) (told []string) {
	var all domain.Refusals
	if !errors.As(err, &all) {
		var one *domain.Refusal
		errors.As(err, &one)
		all = domain.Refusals{one}
	}
	for _, r := range all {
		told = append(told, fmt.Sprintf("refused %s: %s", r.Rule, shortened(r.Message)))
	}
	return told
}

func shortened(text string) string {
	if len(text) > 300 {
		return text[:300] + "..."
	}
	return text
}

func describe(e Event, f Facts) string {
	switch e := e.(type) {
	case Proposed:
		return fmt.Sprintf("%s %s %s %s replaces %d", e.EventName(), f.Ref(e.Milestone), e.Dimension, e.Value.Told(e.Dimension), e.Replaces)
	case Closed:
		return fmt.Sprintf("%s %d items", e.EventName(), e.Count)
	}
	return e.EventName()
}

// command reads what a caller does.
func (w *world) command(verb string, given map[string]string) Command {
	id := given["proposal"]
	switch verb {
	case "proposes":
		c := Propose{Proposal: id, Ref: given["ref"], Reason: given["reason"]}
		for k := NoKind; k.Valid(); k++ {
			if k.String() == given["kind"] {
				c.Kind = k
			}
		}
		if n, err := strconv.Atoi(given["replaces"]); err == nil {
			c.Replaces = &n
		}
		amount, _ := money.Parse(or(given["cost"], "x"), "GBP")
		switch {
		case given["date"] != "":
			c.Dimension, c.Delivery = Date, delivery(given["date"])
		case given["cost"] != "":
			c.Dimension, c.Value = Cost, Value{Amount: amount, Years: given["years"]}
		case given["title"] != "":
			c.Dimension, c.Value = Scope, Value{Title: given["title"], Deliverable: given["deliverable"]}
		case given["measure"] != "":
			c.Dimension, c.Value = Benefit, Value{Measure: given["measure"], Target: given["value"], Day: day(given["by"])}
		case given["existence"] != "":
			c.Dimension = Existence
		}
		return c
	case "closes":
		n, _ := strconv.Atoi(given["count"])
		return Close{Proposal: id, Count: n}
	case "approves", "refuses":
		d := Decision{Proposal: id, Body: given["body"], Minute: given["minute"], Reason: given["reason"]}
		if p, ok := w.register.Proposal(id, Everything); ok && p.Closed != nil && given["digest"] == "" {
			d.SHA256 = p.Closed.SHA256
		}
		if verb == "approves" {
			return Approve(d)
		}
		return Refuse(d)
	case "withdraws":
		return Withdraw{Proposal: id, Reason: given["reason"]}
	case "sets":
		return SetTiers{Tiers: tiers(given["tiers"])}
	}
	w.t.Fatalf("%q is not a command", verb)
	return nil
}

func delivery(text string) period.Delivery {
	d, err := period.ReadISO(text)
	if err != nil {
		return period.Keep(text)
	}
	return d
}

// tiers reads "SRO 30 ada, Board": a name, the most days it may grant, and who may approve.
func tiers(text string) (all []Tier) {
	for _, part := range strings.Split(text, ", ") {
		words := strings.Fields(part)
		if len(words) == 0 {
			continue
		}
		t := Tier{Name: words[0]}
		for _, word := range words[1:] {
			if n, err := strconv.Atoi(word); err == nil {
				t.MostDays = &n
			} else if amount, err := money.Parse(strings.TrimPrefix(word, "£"), "GBP"); err == nil {
				t.MostMoney = amount
			} else {
				t.Approvers = append(t.Approvers, milestone.Party(word))
			}
		}
		all = append(all, t)
	}
	return all
}

// shows what is in force of a milestone as at a day.
func (w *world) shows(ref string, asAt civil.Date) (told []string) {
	for d := Date; d.Valid(); d++ {
		for _, b := range w.register.Approved(nil, w.refs[ref], d, Everything) {
			if b.Decided.On.After(asAt) {
				continue
			}
			mark := ""
			if b.ByProposer {
				mark = ", approved by the proposer"
			}
			told = append(told, fmt.Sprintf("%s %d: %s, decided on %s%s", d, b.Number, b.Proposed.Value.Told(d), b.Decided.On, mark))
		}
	}
	if len(told) == 0 {
		return []string{"nothing"}
	}
	return told
}
