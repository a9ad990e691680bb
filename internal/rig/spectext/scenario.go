package spectext

import (
	"errors"
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

// Scenario runs one scenario of a spec.
type Scenario interface {
	// Tell takes an indented line of the block given, with or when. The line has no spaces around it.
	Tell(block, line string) error
	// Outcome writes the block then, or one that begins with "and", whose first line is handed in.
	Outcome(block string) []string
}

// Run runs the specs that a glob finds: what was known, what is stated, and what comes of it. Each file is run and
// written again, and must come out as it is; with update it is replaced, and the diff is read. begin makes
// what runs the scenario of a title.
func Run(t *testing.T, glob string, update bool, begin func(t *testing.T, title string) Scenario) {
	t.Helper()
	files, err := filepath.Glob(glob)
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
				title, _, _ := strings.Cut(part, "\n")
				if !strings.HasPrefix(title, "== ") {
					out = append(out, part) // an introduction
					continue
				}
				title = strings.TrimPrefix(title, "== ")
				again, err := rerun(part, begin(t, title))
				if err != nil {
					t.Fatalf("%s: %v", title, err)
				}
				out = append(out, again)
			}
			got := strings.Join(out, "\n\n") + "\n"
			if got == string(text) {
				return
			}
			if update {
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

// rerun runs one scenario and writes it again: what is given as it is, what comes out as it came out.
func rerun(text string, s Scenario) (string, error) {
	var out []string
	block, decided := "", false
	for n, line := range strings.Split(text, "\n") {
		indented := strings.HasPrefix(line, "  ")
		if !indented && !strings.HasPrefix(line, "#") {
			block = line
		}
		switch {
		case strings.HasPrefix(block, "then"):
			if !decided { // one line or several: all of them come out at the first
				out = append(out, s.Outcome(line)...)
				decided = true
			}
			continue
		case strings.HasPrefix(block, "and "):
			if line == block {
				out = append(out, s.Outcome(line)...)
			}
			continue
		case indented:
			if err := s.Tell(block, strings.TrimSpace(line)); err != nil {
				return "", fmt.Errorf("line %d: %w", n+1, err)
			}
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n"), nil
}

var when = regexp.MustCompile(`^when as at (\S+) today (\S+)$`)

// When reads the first line of a block when: the day that the command is about, and the day that it is.
func When(block string) (asAt, today civil.Date, err error) {
	m := when.FindStringSubmatch(block)
	if m == nil {
		return 0, 0, fmt.Errorf("%q does not say as at which day, and what day is today", block)
	}
	return Day(m[1]), Day(m[2]), nil
}

// Plan is what a scenario says of the plan.
type Plan struct {
	Last          civil.Date
	RatingSchemes []rating.Scheme
	StrictRefs    bool
}

// Declare reads a line of the block with: "rating scheme RAG: Red, Amber, Green", "last day 2018-03-31", "strict references".
func (p *Plan) Declare(line string) error {
	if day, ok := strings.CutPrefix(line, "last day "); ok {
		p.Last = Day(day)
		return nil
	}
	if line == "strict references" {
		p.StrictRefs = true
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
	p.RatingSchemes = append(p.RatingSchemes, scheme)
	return nil
}

// Then writes the block then: the events, each on a line that show wrote, or what was refused.
func Then(events []string, refused error) []string {
	switch {
	case refused != nil:
		return refusals(refused)
	case len(events) == 0:
		return []string{"then nothing"}
	}
	return Block("then", events)
}

// Block writes a block: its first line, and the others indented.
func Block(first string, lines []string) []string {
	block := []string{first}
	for _, line := range lines {
		block = append(block, "  "+line)
	}
	return block
}

func refusals(refused error) (lines []string) {
	var rs domain.Refusals
	if r := (*domain.Refusal)(nil); !errors.As(refused, &rs) && errors.As(refused, &r) {
		rs = domain.Refusals{r}
	}
	for _, r := range rs {
		lines = append(lines, "then "+showRefusal(r))
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
