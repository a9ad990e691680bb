package authority

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"milepost.dev/domain/civil"
)

// TestSpecs holds the figures to the specs in testdata, which were worked out from the rules by hand.
//
// A line below "told" is a statement: position, as-at day, speaker, milestone ("-" is the plan), kind, and a due
// day and what else is said as name=value. "at DAY" or "at DAY known POSITION" asks, and below it stands each
// milestone in full, its rows indented, and the counts that are named. "from DAY to DAY" compares two answers.
func TestSpecs(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no specs: %v", err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, scenario := range strings.Split(string(text), "\n# ")[0:] {
			title, body, _ := strings.Cut(strings.TrimPrefix(scenario, "# "), "\n")
			t.Run(filepath.Base(name)+"/"+title, func(t *testing.T) { runSpec(t, body) })
		}
	}
}

func runSpec(t *testing.T, body string) {
	plan := Plan{Alike: sameWords}
	var ask string
	var want []string
	settle := func() {
		if ask == "" {
			return
		}
		got := answer(plan, ask, want)
		if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
			t.Errorf("%s\ngot:\n%s\nwant:\n%s", ask, g, w)
		}
	}
	for _, line := range strings.Split(body, "\n") {
		line = strings.TrimRight(line, " ")
		switch {
		case line == "" || line == "told" || strings.HasPrefix(line, "  #"):
		case strings.HasPrefix(line, "at ") || strings.HasPrefix(line, "from "):
			settle()
			ask, want = line, nil
		case ask == "":
			plan.Told = append(plan.Told, statement(t, line))
		default:
			want = append(want, line)
		}
	}
	settle()
}

// sameWords is how alike two titles are in the specs: the share of the words of one that the other has too.
func sameWords(a, b string) float64 {
	in, words := map[string]bool{}, strings.Fields(b)
	for _, w := range words {
		in[w] = true
	}
	both := 0
	for _, w := range strings.Fields(a) {
		if in[w] {
			both++
		}
	}
	return float64(both) / float64(max(1, len(words), len(strings.Fields(a))))
}

func statement(t *testing.T, line string) Told {
	f := fields(line)
	if len(f) < 5 {
		t.Fatalf("not a statement: %q", line)
	}
	pos, _ := strconv.Atoi(f[0])
	s := Told{Position: pos, AsAt: date(t, f[1]), Speaker: f[2], Milestone: strings.TrimPrefix(f[3], "-"), Kind: Kind(f[4])}
	s.Recorded = s.AsAt
	for _, said := range f[5:] {
		name, value, named := strings.Cut(said, "=")
		switch name {
		case "told":
			s.Recorded = date(t, value)
		case "request":
			s.Request = value
		case "person":
			s.Person = value
		case "words":
			s.Words = value
		case "workstream":
			s.Workstream = value
		case "series":
			s.Series = value
		case "setting":
			s.Setting, _ = strconv.Atoi(value)
		case "under":
			n, day, _ := strings.Cut(value, ":")
			number, _ := strconv.Atoi(n)
			s.Under = map[int]civil.Date{number: date(t, day)}
		case "target":
			s.Target, _ = strconv.Atoi(value)
		case "day":
			s.Day = date(t, value)
		case "span":
			from, to, _ := strings.Cut(value, "..")
			s.From, _ = strconv.Atoi(from)
			s.To, _ = strconv.Atoi(to)
		case "old":
			s.Old = strings.Split(value, ",")
		case "new":
			s.New = strings.Split(value, ",")
		case "one", "label":
			r := Reading{Period: span(t, value), Promises: true, Labelled: name == "label"}
			r.Due = r.Period.Last
			s.Readings = append(s.Readings, r)
		default:
			if named {
				t.Fatalf("not known: %q", said)
			}
			s.Period = span(t, said)
			s.Due = s.Period.Last
		}
	}
	return s
}

// fields splits at spaces; name="two words" is one field.
func fields(line string) (out []string) {
	quoted := false
	word := strings.Builder{}
	for _, r := range line + " " {
		switch {
		case r == '"':
			quoted = !quoted
		case r == ' ' && !quoted:
			if word.Len() > 0 {
				out = append(out, word.String())
			}
			word.Reset()
		default:
			word.WriteRune(r)
		}
	}
	return out
}

func date(t *testing.T, text string) civil.Date {
	d, err := civil.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func span(t *testing.T, text string) Span {
	first, last, is := strings.Cut(text, "..")
	if !is {
		last = first
	}
	return Span{date(t, first), date(t, last)}
}

// answer writes what a spec asks. Of the counts it writes those that are wanted.
func answer(p Plan, ask string, want []string) (lines []string) {
	f := strings.Fields(ask)
	day := func(i int) civil.Date { d, _ := civil.Parse(f[i]); return d }
	knownAt := len(p.Told) + 1
	if len(f) > 3 && f[2] == "known" {
		knownAt, _ = strconv.Atoi(f[3])
	}
	if f[0] == "from" {
		for _, c := range Between(p.Figures(knownAt, day(1)), p.Figures(knownAt, day(3))) {
			lines = append(lines, writeChange(c))
		}
		return lines
	}
	got := p.Figures(knownAt, day(1))
	for _, m := range got.Milestones {
		lines = append(lines, writeMilestone(m)...)
	}
	for _, pair := range got.Pairs {
		lines = append(lines, fmt.Sprintf("same? %s %s", pair.Cancelled, pair.Added))
	}
	for _, r := range got.Renamed {
		lines = append(lines, fmt.Sprintf("renamed %s -> %s: %s", r.Was, r.Is, strings.Join(r.Milestones, " ")))
	}
	for _, line := range want {
		if counts, is := strings.CutPrefix(line, "counts "); is {
			lines = append(lines, "counts "+writeCounts(got.Counts, strings.Fields(counts)))
		}
	}
	return lines
}

func writeCounts(c Counts, wanted []string) string {
	var out []string
	for _, w := range wanted {
		name, _, _ := strings.Cut(w, "=")
		field := reflect.ValueOf(c).FieldByName(name)
		if !field.IsValid() {
			out = append(out, name+" is not a count")
			continue
		}
		out = append(out, fmt.Sprintf("%s=%d", name, field.Int()))
	}
	return strings.Join(out, " ")
}

func writeChange(c Change) string {
	out := []string{c.Ref, "was " + dayOr(c.Was), "now " + dayOr(c.Now)}
	if c.Days != nil {
		out = append(out, fmt.Sprintf("%+d", *c.Days))
	}
	flag := func(is bool, says string) {
		if is {
			out = append(out, says)
		}
	}
	flag(c.ThereAndBack, "there and back")
	flag(c.DateGiven, "given")
	flag(c.DateLost, "lost")
	flag(c.Added, "added")
	flag(c.Achieved, "achieved")
	flag(c.Reopened, "reopened")
	flag(c.Cancelled, "cancelled")
	flag(c.Replaced, "replaced")
	flag(c.Reworded, "reworded")
	return strings.Join(out, "; ")
}

func dayOr(d civil.Date) string {
	if d == 0 {
		return "none"
	}
	return d.String()
}

func writeMilestone(m Milestone) (lines []string) {
	out := []string{m.Ref + " " + string(m.State)}
	add := func(is bool, format string, args ...any) {
		if is {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	number := func(name string, n *int) {
		if n != nil {
			add(true, "%s %+d", name, *n)
		}
	}
	add(m.First.Due != 0, "first %s %s", m.First.Due, m.First.Speaker)
	add(m.First.Period.First != m.First.Period.Last, "first stated as %s..%s", m.First.Period.First, m.First.Period.Last)
	add(m.FirstInDoubt, "first in doubt")
	add(m.Last != 0, "last %s", m.Last)
	add(m.StartMarked, "restated start")
	number("slip", m.Slip)
	number("previous", m.Previous)
	number("other", m.Other)
	add(m.Setting != 0, "setting %+d", m.Setting)
	add(m.OnHold, "on hold")
	add(m.NoDate, "no date since %s, was due %s", m.NoDateSince, m.Due)
	add(m.Overdue, "overdue")
	add(m.Owed > 0, "at least %d more", m.Owed)
	add(m.InDoubt, "in doubt")
	add(m.Disagreement, "disagreement")
	add(m.CancelledOn != 0, "cancelled on %s, was due %s, %d late", m.CancelledOn, dayOr(m.CancelledDue), m.LateThen)
	add(m.CancelledOwing, "owing")
	add(m.OtherWords, "other words")
	add(m.Met && m.Late, "late")
	add(m.Met && !m.Exactly, "up to")
	add(len(m.Asked) > 0, "asked: %s", strings.Join(m.Asked, ", "))
	lines = append(lines, strings.Join(out, "; "))
	for _, r := range m.Rows {
		if r.Kind != Given {
			lines = append(lines, "  "+writeRow(r))
		}
	}
	return lines
}

func writeRow(r Row) string {
	out := []string{r.AsAt.String(), string(r.Kind)}
	who := func(s Said) string { return strings.TrimSpace(dayOr(s.Due) + " " + s.Speaker) }
	switch r.Kind {
	case AmendedRow:
		out = append(out, fmt.Sprintf("%q -> %q", r.Was, r.Is))
	case Disagrees, StartRestated:
		out = append(out, who(r.To))
	case OwedRow:
		out = append(out, who(r.From))
	default:
		out = append(out, who(r.From)+" -> "+who(r.To))
	}
	switch {
	case r.InSum:
		out = append(out, fmt.Sprintf("%+d", r.Days))
	case r.Measured:
		out = append(out, fmt.Sprintf("(%+d)", r.Days))
	}
	if r.By != r.To.Speaker && r.Kind != OwedRow && r.Kind != AmendedRow {
		out = append(out, "by "+r.By)
	}
	return strings.Join(append(out, r.Marks...), " ")
}
