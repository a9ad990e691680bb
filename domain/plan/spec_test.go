package plan

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
	"time"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/funding"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/money"
	"milepost.dev/domain/rating"
)

var update = flag.Bool("update", false, "rewrite what the specs say comes out")

// TestSpecs runs testdata/specs, as the specs of a milestone are run: each file is run and written again, and must
// come out as it is.
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
		all.Write(text)
		var out []string
		for _, part := range strings.Split(strings.TrimSpace(string(text)), "\n\n") {
			out = append(out, rerun(t, part))
		}
		got := strings.Join(out, "\n\n") + "\n"
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
	rules := []string{
		RuleApproverOnly, RuleSpanMalformed, RuleHistoryOwn, RuleNameTooLong, RuleNameMissing, RuleNotUTF8, RulePeriodReversed, RuleTimeZoneUnknown, RuleConventionUnknown, RuleDiffers, RuleReasonTooLong, RuleClosed, RuleReasonMissing, RulePartiesNumber, RulePartyMerged, RuleRoleUnknown, RuleGrantOwn, RuleGrantEnded, RuleGrantUnknown, RuleCandidateUnknown, RuleCandidateMalformed, RuleCandidateOutcome, RuleCandidateMilestone, RuleNoteMalformed,
		rating.RuleSchemesTooMany, rating.RuleSchemeMalformed, rating.RuleSchemeTwice, rating.RuleValuesNumber, rating.RuleValueMalformed, rating.RuleValueTwice,
	}
	for _, rule := range rules {
		if !strings.Contains(all.String(), " "+rule+" ") {
			t.Errorf("no spec breaks the rule %s", rule)
		}
	}
}

var when = regexp.MustCompile(`^when as at (\S+)$`)

func rerun(t *testing.T, text string) string {
	lines := strings.Split(text, "\n")
	if !strings.HasPrefix(lines[0], "== ") {
		return text // an introduction
	}
	var known []Statement
	var asAt civil.Date
	var events []Event
	var refused error
	var out []string
	block := ""
	for _, line := range lines {
		indented := strings.HasPrefix(line, "  ")
		if !indented {
			block = line
		}
		switch {
		case strings.HasPrefix(block, "then"):
			if line == block && !strings.Contains(strings.Join(out, "\n"), "\nthen") {
				out = append(out, outcome(events, refused)...)
			}
			continue
		case block == "and the plan is":
			if line == block {
				for _, e := range events {
					known = append(known, Statement{Position: uint64(len(known) + 1), AsAt: asAt, Event: e})
				}
				out = append(out, line)
				out = append(out, describe(AsAt(known, civil.Last))...)
			}
			continue
		case indented && block == "given":
			day, fact, _ := strings.Cut(strings.TrimSpace(line), "  ")
			_, e := parse(t, fact)
			known = append(known, Statement{Position: uint64(len(known) + 1), AsAt: parseDay(day), Event: e})
		case indented && when.MatchString(block):
			asAt = parseDay(when.FindStringSubmatch(block)[1])
			cmd, _ := parse(t, strings.TrimSpace(line))
			decide := func(known []Statement) ([]Event, error) {
				until := asAt
				switch cmd.(type) {
				case Register, Close, Reopen, MergeParties, GrantRole, WithdrawRole:
					until = civil.Last
				default:
					newest := AsAt(known, civil.Last)
					if err := newest.RefuseClosed(); err != nil {
						return nil, err
					}
				}
				return Decide(AsAt(known, until), cmd, facts(line, asAt))
			}
			events, refused = decide(known)
			after := known[:len(known):len(known)]
			for _, e := range events {
				after = append(after, Statement{Position: uint64(len(after) + 1), AsAt: asAt, Event: e})
			}
			if again, err := decide(after); refused == nil && (err != nil || len(again) > 0) {
				t.Errorf("%s: said twice, it comes to %v, %v", lines[0], again, err)
			}
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

func parseDay(iso string) civil.Date {
	d, _ := civil.Parse(iso)
	return d
}

var words = regexp.MustCompile(`(\S+?)=("(?:[^"\\]|\\.)*"|\S+)`)

// parse reads a line as a command and as the event of the same name.
func parse(t *testing.T, line string) (Command, Event) {
	t.Helper()
	name, _, _ := strings.Cut(line, " ")
	said := map[string]string{}
	var schemes []rating.Scheme
	for _, m := range words.FindAllStringSubmatch(line, -1) {
		value := m[2]
		if strings.HasPrefix(value, `"`) {
			var err error
			if value, err = strconv.Unquote(value); err != nil {
				t.Fatal(err)
			}
		}
		if n, many := strings.CutPrefix(value, "x*"); many {
			count, _ := strconv.Atoi(n)
			value = strings.Repeat("x", count)
		}
		if m[1] == "rating" {
			schemes = append(schemes, parseScheme(value))
		}
		said[m[1]] = value
	}
	if n, err := strconv.Atoi(said["many"]); err == nil {
		schemes = make([]rating.Scheme, n)
	}
	if n, err := strconv.Atoi(said["meanings"]); err == nil { // so many of them, as long as may be
		schemes = make([]rating.Scheme, (n+rating.MaxValues-1)/rating.MaxValues)
		for i := range n {
			s := &schemes[i/rating.MaxValues]
			s.Name = fmt.Sprint("scheme ", i/rating.MaxValues)
			s.Values = append(s.Values, rating.Value{Value: fmt.Sprint(i), Meaning: strings.Repeat("x", rating.MaxMeaning)})
		}
	}
	day := func(name string) *civil.Date {
		if text, ok := said[name]; ok {
			d := parseDay(text)
			return &d
		}
		return nil
	}
	text := func(name string) *string {
		if text, ok := said[name]; ok {
			return &text
		}
		return nil
	}
	quarters := map[string]Quarters{"calendar": Calendar, "financial": Financial}[said["quarters"]]
	amount, _ := money.Parse(said["amount"], "GBP")
	switch name {
	case "PlanRegistered":
		r := Registered{said["name"], parseDay(said["period_start"]), parseDay(said["period_end"]), quarters, said["time_zone"], schemes, conventionsOf(said)}
		return Register(r), r
	case "PlanRevised":
		r := Revised{text("name"), day("period_start"), day("period_end"), nil, text("time_zone"), schemes, said["reason"], conventionsOf(said)}
		if quarters != Unsaid {
			r.Quarters = &quarters
		}
		return Revise(r), r
	case "PartiesMerged":
		m := PartiesMerged{Kept: milestone.Party(said["kept"]), Reason: said["reason"]}
		for _, name := range strings.Fields(said["merged"]) {
			m.Merged = append(m.Merged, milestone.Party(name))
		}
		return MergeParties(m), m
	case "RoleGranted":
		g := RoleGranted{Holder: milestone.Party(said["holder"]), Of: said["of"], Role: said["role"], Until: parseDay(said["until"]), Reason: said["reason"]}
		return GrantRole(g), g
	case "RoleWithdrawn":
		w := RoleWithdrawn{Holder: milestone.Party(said["holder"]), Of: said["of"], Role: said["role"], Reason: said["reason"]}
		return WithdrawRole(w), w
	case "PlanClosed":
		return Close{said["reason"]}, Closed{Reason: said["reason"], By: milestone.Party(said["by"])}
	case "PlanReopened":
		return Reopen{said["reason"]}, Reopened{said["reason"]}
	case "FundingIdentified":
		a := funding.Advanced{Stage: funding.Identified, Scheme: said["scheme"], Line: said["line"], Amount: amount, Reason: said["reason"]}
		return funding.Advance(a), a
	case "FundingWithdrawn":
		w := funding.Withdrawn{Scheme: said["scheme"], Line: said["line"], Reason: said["reason"]}
		return funding.Withdraw(w), w
	}
	if cmd, e, ok := parseFact(name, said); ok {
		return cmd, e
	}
	t.Fatalf("%q is neither a command nor an event", line)
	return nil, nil
}

// parseScheme reads "RAG: Red red, Green green on track": a value, where it stands, what it means.
func parseScheme(text string) rating.Scheme {
	name, values, _ := strings.Cut(text, ": ")
	s := rating.Scheme{Name: name}
	for _, v := range strings.Split(values, ", ") {
		if v == "" {
			continue
		}
		value, rest, _ := strings.Cut(v, " ")
		common, meaning, _ := strings.Cut(rest, " ")
		parsed := rating.Value{Value: value, Meaning: meaning}
		for _, c := range rating.Grades() {
			if c.String() == common {
				parsed.Grade = c
			}
		}
		s.Values = append(s.Values, parsed)
	}
	return s
}

func outcome(events []Event, refused error) []string {
	var rs domain.Refusals
	var one *domain.Refusal
	switch {
	case refused == nil && len(events) == 0:
		return []string{"then nothing"}
	case errors.As(refused, &rs):
	case errors.As(refused, &one):
		rs = domain.Refusals{one}
	default:
		lines := []string{"then"}
		for _, e := range events {
			lines = append(lines, "  "+show(e))
		}
		return lines
	}
	var lines []string
	for _, r := range rs {
		class := map[domain.Class]string{domain.Invalid: "invalid", domain.NotFound: "not found", domain.Exists: "exists", domain.Refused: "refused", domain.Denied: "denied"}[r.Class]
		lines = append(lines, fmt.Sprintf("then %s %s %s: %s", class, r.Rule, r.Field, r.Message))
	}
	return lines
}

func show(e Event) string {
	told := e.EventName()
	add := func(name, value string) {
		if value != "" {
			told += " " + name + "=" + strconv.Quote(value)
		}
	}
	schemes := func(all []rating.Scheme) {
		for _, s := range all {
			add("rating", describeScheme(s))
		}
	}
	switch e := e.(type) {
	case Registered:
		add("name", e.Name)
		add("period_start", e.PeriodStart.String())
		add("period_end", e.PeriodEnd.String())
		add("quarters", e.Quarters.String())
		add("time_zone", e.TimeZone)
		showConventions(e.Conventions, add)
		schemes(e.RatingSchemes)
	case Revised:
		if e.Name != nil {
			add("name", *e.Name)
		}
		for _, side := range []struct {
			name string
			day  *civil.Date
		}{{"period_start", e.PeriodStart}, {"period_end", e.PeriodEnd}} {
			if side.day != nil {
				told += " " + side.name + "=" + strconv.Quote(side.day.String())
			}
		}
		if e.Quarters != nil {
			add("quarters", e.Quarters.String())
		}
		if e.TimeZone != nil {
			add("time_zone", *e.TimeZone)
		}
		showConventions(e.Conventions, add)
		schemes(e.RatingSchemes)
		add("reason", e.Reason)
	case PartiesMerged:
		add("kept", string(e.Kept))
		add("merged", strings.Trim(fmt.Sprint(e.Merged), "[]"))
		add("reason", e.Reason)
	case RoleGranted:
		add("holder", string(e.Holder))
		add("of", e.Of)
		add("role", e.Role)
		add("until", e.Until.String())
		add("reason", e.Reason)
	case RoleWithdrawn:
		add("holder", string(e.Holder))
		add("of", e.Of)
		add("role", e.Role)
		add("reason", e.Reason)
	case funding.Advanced:
		add("scheme", e.Scheme)
		add("line", e.Line)
		add("amount", e.Amount.String())
		add("reason", e.Reason)
	default:
		plainly(e, add)
	}
	return told
}

func conventionsOf(said map[string]string) Conventions {
	month, _ := strconv.Atoi(said["financial_year"])
	return Conventions{
		DateOrder:     map[string]DateOrder{"day": DayFirst, "month": MonthFirst}[said["date_order"]],
		FinancialYear: time.Month(month),
		Weeks:         map[string]WeekSystem{"iso": ISOWeeks, "sunday": SundayWeeks}[said["weeks"]],
	}
}

func showConventions(c Conventions, add func(name, value string)) {
	add("date_order", c.DateOrder.String())
	if c.FinancialYear != 0 {
		add("financial_year", strconv.Itoa(int(c.FinancialYear)))
	}
	add("weeks", c.Weeks.String())
}

func describeScheme(s rating.Scheme) string {
	var values []string
	for _, v := range s.Values {
		values = append(values, strings.TrimSpace(v.Value+" "+v.Grade.String()+" "+v.Meaning))
	}
	return s.Name + ": " + strings.Join(values, ", ")
}

func describe(s State) []string {
	lines := []string{fmt.Sprintf("  %q, %s to %s, %s quarters, %s", s.Name, s.PeriodStart, s.PeriodEnd, s.Quarters, s.TimeZone)}
	for _, scheme := range s.RatingSchemes {
		lines = append(lines, "  rated "+describeScheme(scheme))
	}
	lines = append(lines, describeParts(s)...)
	lines = append(lines, others(s)...)
	for _, l := range s.Funding {
		lines = append(lines, fmt.Sprintf("  line %s of %q: %s %s as at %s", l.Line, l.Scheme, l.State(), l.Amount(), l.AsAt))
	}
	return lines
}
