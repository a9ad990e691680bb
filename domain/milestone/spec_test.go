package milestone

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/rating"
)

var update = flag.Bool("update", false, "rewrite what the specs say comes out")

// TestSpecs runs testdata/specs: what was known, what is stated, and what comes of it. Each file is run
// and written again, and must come out as it is; with -update it is replaced, and the diff is read.
func TestSpecs(t *testing.T) {
	files, err := filepath.Glob("testdata/specs/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no specs: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for i, part := range strings.Split(strings.TrimSpace(string(text)), "\n\n") {
				if i > 0 && !strings.HasPrefix(part, "== ") { // it would hold nobody to anything
					t.Fatalf("a scenario ends at an empty line, and this does not begin the next one: %.40q", part)
				}
				out = append(out, rerun(t, part))
			}
			got := strings.Join(out, "\n\n") + "\n"
			if got == string(text) {
				return
			}
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			t.Errorf("%s comes out otherwise:\n%s", file, firstDifference(string(text), got))
		})
	}
}

func firstDifference(want, got string) string {
	wants, gots := strings.Split(want, "\n"), strings.Split(got, "\n")
	title := ""
	for i := range min(len(wants), len(gots)) {
		if strings.HasPrefix(wants[i], "== ") {
			title = wants[i]
		}
		if wants[i] != gots[i] {
			return fmt.Sprintf("%s\nline %d\n  want %s\n  got  %s", title, i+1, wants[i], gots[i])
		}
	}
	return fmt.Sprintf("want %d lines, got %d", len(wants), len(gots))
}

// spec is one scenario while it is run.
type spec struct {
	given   []Statement
	when    Command
	facts   Facts
	events  []Event
	refused error
}

var when = regexp.MustCompile(`^when as at (\S+) today (\S+)$`)

// rerun runs one scenario and writes it again: what is given as it is, what comes out as it came out.
func rerun(t *testing.T, text string) string {
	lines := strings.Split(text, "\n")
	title := strings.TrimPrefix(lines[0], "== ")
	if title == lines[0] {
		return text // an introduction
	}
	var s spec
	var out []string
	block, decided := "", false
	for n, line := range lines {
		indented := strings.HasPrefix(line, "  ")
		if !indented && !strings.HasPrefix(line, "#") {
			block = line
		}
		var err error
		switch {
		case strings.HasPrefix(block, "then"):
			if !decided { // one line or several: all of them come out at the first
				out = append(out, s.outcome(line)...)
				decided = true
			}
			continue
		case strings.HasPrefix(block, "and the"):
			if line == block {
				out = append(out, s.outcome(line)...)
			}
			continue
		case indented && block == "given":
			err = s.know(line)
		case indented && block == "with":
			err = s.declare(line)
		case indented && strings.HasPrefix(block, "when"):
			err = s.decide(t, title, block, line)
		}
		if err != nil {
			t.Fatalf("%s: line %d: %v", title, n+1, err)
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

func (s *spec) know(line string) error {
	asAt, notation, _ := strings.Cut(strings.TrimSpace(line), " ")
	f, err := parseFact(notation)
	if err != nil {
		return err
	}
	e, err := f.event()
	s.given = append(s.given, Statement{Position: uint64(len(s.given) + 1), AsAt: parseDay(asAt), Event: e})
	if parseDay(asAt) == 0 {
		return fmt.Errorf("%s is no day", asAt)
	}
	return err
}

// declare knows what Decide is told of the plan: "rating scheme RAG: Red, Amber, Green", "last day 2018-03-31",
// "milestone B2", "milestone B2 which waits for this one", "milestone B1 which is this one".
func (s *spec) declare(line string) error {
	line = strings.TrimSpace(line)
	if day, ok := strings.CutPrefix(line, "last day "); ok {
		s.facts.PlanEnd = parseDay(day)
		return nil
	}
	if told, ok := strings.CutPrefix(line, "milestone "); ok {
		ref, which, _ := strings.Cut(told, " which ")
		s.facts.Predecessor = Predecessor{Exists: true, Waits: which == "waits for this one", Itself: which == "is this one"}
		copy(s.facts.Predecessor.ID[:], ref)
		return nil
	}
	name, values, ok := strings.Cut(strings.TrimPrefix(line, "rating scheme "), ": ")
	if !ok {
		return fmt.Errorf("%q declares nothing", line)
	}
	scheme := rating.Scheme{Name: name}
	for _, v := range strings.Split(values, ", ") {
		scheme.Values = append(scheme.Values, rating.Value{Value: v})
	}
	s.facts.RatingSchemes = append(s.facts.RatingSchemes, scheme)
	return nil
}

func (s *spec) decide(t *testing.T, title, block, line string) error {
	m := when.FindStringSubmatch(block)
	if m == nil {
		return fmt.Errorf("%q does not say as at which day, and what day is today", block)
	}
	f, err := parseFact(strings.TrimSpace(line))
	if err != nil {
		return err
	}
	if s.when, err = f.command(); err != nil {
		return err
	}
	s.facts.AsAt, s.facts.Today = parseDay(m[1]), parseDay(m[2])
	if rs := Check(s.when); len(rs) > 0 {
		s.refused = rs
		return nil
	}
	s.events, s.refused = decideOn(s.given, s.when, s.facts)

	// Whatever a spec is about: saying it twice adds nothing.
	if again, err := decideOn(s.after(), s.when, s.facts); s.refused == nil && (err != nil || len(again) > 0) {
		t.Errorf("%s: said twice, it comes to %v, %v", title, again, err)
	}
	return nil
}

// decideOn decides as the service does: on what was stated for the day and before, and for a milestone
// that begins on everything.
func decideOn(known []Statement, c Command, f Facts) ([]Event, error) {
	until := f.AsAt
	if _, ok := c.(Add); ok {
		until = civil.Last
	}
	for _, st := range known {
		_, added := st.Event.(Added)
		f.Exists = f.Exists || added
	}
	return Decide(Fold(asAtUntil(known, until)), c, f)
}

func asAtUntil(known []Statement, until civil.Date) (before []Statement) {
	for _, st := range allInOrder(known) {
		if st.AsAt <= until {
			before = append(before, st)
		}
	}
	return before
}

// after is what is known once the events are recorded.
func (s *spec) after() []Statement {
	known := s.given[:len(s.given):len(s.given)]
	for _, e := range s.events {
		known = append(known, Statement{Position: uint64(len(known) + 1), AsAt: s.facts.AsAt, Event: e})
	}
	return known
}

// outcome writes the block that a line begins.
func (s *spec) outcome(line string) []string {
	known := allInOrder(s.after())
	switch {
	case strings.HasPrefix(line, "and the milestone is"):
		return append([]string{"and the milestone is"}, indent(describe(Fold(known), s.facts.Today))...)
	case strings.HasPrefix(line, "and the moves are"):
		var moves []string
		for _, m := range Moves(known) {
			moves = append(moves, showMove(m))
		}
		return append([]string{"and the moves are"}, indent(moves)...)
	case s.refused != nil:
		var rs domain.Refusals
		if r := (*domain.Refusal)(nil); !errors.As(s.refused, &rs) && errors.As(s.refused, &r) {
			rs = domain.Refusals{r}
		}
		var lines []string
		for _, r := range rs {
			lines = append(lines, "then "+showRefusal(r))
		}
		return lines
	case len(s.events) == 0:
		return []string{"then nothing"}
	}
	lines := []string{"then"}
	for _, e := range s.events {
		lines = append(lines, "  "+show(e))
	}
	return lines
}

func indent(lines []string) []string {
	for i := range lines {
		lines[i] = "  " + lines[i]
	}
	return lines
}

func showRefusal(r *domain.Refusal) string {
	class := map[domain.Class]string{
		domain.Invalid: "invalid", domain.NotFound: "not found", domain.Exists: "exists", domain.Refused: "refused", domain.Stale: "stale",
	}[r.Class]
	line := fmt.Sprintf("%s %s %s: %s", class, r.Rule, r.Field, r.Message)
	if r.Expected+r.Actual != "" {
		line += fmt.Sprintf(" (expected %s, actual %s)", r.Expected, r.Actual)
	}
	return shorten.ReplaceAllString(line, "$1...")
}

// A value that is too long is not for the eye.
var shorten = regexp.MustCompile(`(xxxxx)x+`)

func showMove(m Move) string {
	line := fmt.Sprintf("%s  %s %s", m.AsAt, m.Event, quoted(m.Text))
	if m.From != 0 {
		line += " from " + m.From.String()
	}
	if m.To != 0 {
		line += " to " + m.To.String()
	}
	line += fmt.Sprintf(" days %d total %d", m.Days, m.TotalDays)
	if m.Reason != "" {
		line += " reason=" + quoted(m.Reason)
	}
	if m.Recorded != "" {
		line += " (recorded as " + m.Recorded + ")"
	}
	return line
}

// describe says where a milestone stands, a line for each thing that is known.
func describe(s State, today civil.Date) (lines []string) {
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	if s.Exists {
		add("%s %q, %s", s.Ref, s.Title, s.Phase)
	} else {
		add("not there yet, %s", s.Phase)
	}
	if s.Workstream != "" {
		add("workstream %s", s.Workstream)
	}
	for _, a := range s.Attributes {
		add("attribute %s %s", a.Name, quoted(a.Value))
	}
	switch {
	case s.Forecast.Known && s.Forecast.Delivery.Due() != 0:
		add("due %s, as stated for %s", s.Forecast.Delivery.Due(), s.Forecast.AsAt)
	case s.Forecast.Known:
		add("%s, as stated for %s", s.Forecast.Delivery.Text, s.Forecast.AsAt)
	case s.LastDue != 0:
		add("without a date, last due %s", s.LastDue)
	case s.Words.Text != "":
		add("without a date")
	}
	if s.FirstDue != 0 {
		add("%d days from the first date %s", s.SlipDays(), s.FirstDue)
	}
	if s.Overdue(today) {
		add("overdue")
	}
	if s.Owner != "" {
		add("owner %s since %s", s.Owner, s.OwnerSince)
	}
	if s.ProgressAsAt != 0 {
		percent := "unsaid"
		if s.Percent != nil {
			percent = fmt.Sprint(*s.Percent)
		}
		add("per cent %s, status %q, %q, as stated for %s", percent, s.Status, s.Note, s.ProgressAsAt)
		if s.NextSteps != "" {
			add("next: %s", s.NextSteps)
		}
	}
	for _, l := range s.Funding {
		add("%s", describeLine(l))
	}
	k := s.Known()
	for _, i := range k.Issues {
		told := fmt.Sprintf("issue %s: %q, severity %q, raised %s", i.Issue, i.Words, i.Severity, i.Raised)
		if i.Closed != 0 {
			told += fmt.Sprintf(", closed %s, %q", i.Closed, i.Outcome)
		}
		add("%s", told)
	}
	for _, e := range k.Evidence {
		add("evidence%s, as stated for %s", plainly(e.EvidenceAttached), e.AsAt)
	}
	for _, src := range k.Sources {
		add("read%s, as stated for %s", showSourced(src.Sourced), src.AsAt)
	}
	for _, l := range k.DependsOn {
		add("waits for %s and %d days, as stated for %s", strings.TrimRight(string(l.On[:]), "\x00"), l.LagDays, l.AsAt)
	}
	if r := k.Recurrence; r != nil {
		var days []string
		for _, day := range Occurrences(r.RRule, r.Start, r.End) {
			days = append(days, day.String())
		}
		add("due %s", strings.Join(days, " "))
	}
	if k.Of != nil {
		add("the one of %s, due by its series %s", strings.TrimRight(string(k.Of.Series[:]), "\x00"), k.Of.Day)
	}
	for _, r := range s.Ratings() {
		add("rated %s on %s, as stated for %s", r.Value, r.Scheme, r.AsAt)
	}
	if s.PhaseAsAt != 0 {
		add("%s as at %s", s.Phase, s.PhaseAsAt)
	}
	if f := s.further(); !f.Started.IsZero() {
		add("started %s, %q, as stated for %s", f.Started.Text, f.StartedWords, f.StartedAsAt)
	}
	if s.NotReported != 0 {
		add("left out of a return as at %s, last heard of as at %s", s.NotReported, s.LastReported)
	}
	if !s.Actual.IsZero() {
		add("actual %s, as stated for %s", s.Actual.Text, s.ActualAsAt)
	}
	for _, d := range k.Dates {
		add("%s %s, %d days from the first, as stated for %s", d.Label, d.Date.Text, d.SlipDays(), d.AsAt)
	}
	for _, m := range k.Measures {
		add("%s", describeMeasure(m))
	}
	for _, i := range s.Items() {
		if !i.derived || i.Settled != 0 {
			add("%s", describeItem(i))
		}
	}
	lines = append(lines, others(s)...)
	if review := s.Review(); len(review) > 0 {
		add("to be looked at: %s", strings.Join(review, ", "))
	}
	return lines
}
