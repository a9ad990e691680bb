package documents

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"milepost.dev/domain/civil"
	"milepost.dev/internal/reading/dates"
	"milepost.dev/internal/rig/sharedtest"
)

// carefulReading is what a careful person reads in a document.
type carefulReading struct {
	Milestones []struct {
		N          int
		Line       int
		Workstream string
		Title      string
		Owner      string
		Ambiguous  bool
		Dates      []struct {
			Kind              string
			Start, End, Due   *string
			Approx, Uncertain bool
			RRule             *string
		}
	}
}

// memory is a document in memory.
type memory struct{ *strings.Reader }

func (m memory) Size() int64 { return m.Reader.Size() }

func inMemoryFile(text []byte) memory { return memory{strings.NewReader(string(text))} }

// readText reads a document of the name, and fails the test where it cannot be read.
func readText(t testing.TB, name string, text []byte, s dates.Settings) (*Report, *Collected) {
	t.Helper()
	var all Collected
	report, err := Read(inMemoryFile(text), Options{Name: name, Settings: s}, &all)
	if err != nil {
		t.Fatal(err)
	}
	return report, &all
}

func settings(t testing.TB, start, end, dated string) (s dates.Settings) {
	t.Helper()
	for _, d := range []struct {
		text string
		into *civil.Date
	}{{start, &s.PlanStart}, {end, &s.PlanEnd}, {dated, &s.Dated}} {
		if d.text == "" {
			continue
		}
		var err error
		if *d.into, err = civil.Parse(d.text); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// The document that was read carefully by a person, compared milestone by milestone.
func TestCarefulReading(t *testing.T) {
	_, all := readText(t, "worcestershire.txt", sharedtest.Read(t, "plans/worcestershire.txt"), settings(t, "2017-04-01", "2019-03-31", ""))
	compare(t, all.Milestones)
}

// compare holds milestones against the careful reading.
func compare(t *testing.T, milestones []Milestone) {
	t.Helper()
	var careful carefulReading
	if err := json.Unmarshal(sharedtest.Read(t, "plans/worcestershire-read.json"), &careful); err != nil {
		t.Fatal(err)
	}
	used := map[int]bool{}
	found, rightOwner, rightWorkstream, clear, asked := 0, 0, 0, 0, 0
	for _, want := range careful.Milestones {
		best, most := -1, 0.0
		for i, m := range milestones {
			if close := sameWords(want.Title, m.Title.Text) - float64(abs(m.Line-want.Line))/1000; !used[i] && close > most {
				best, most = i, close
			}
		}
		if most < 0.6 {
			t.Logf("not found: %d, line %d", want.N, want.Line)
			continue
		}
		used[best] = true
		found++
		m := milestones[best]
		if bareText(m.Owner.Text) == bareText(want.Owner) {
			rightOwner++
		} else {
			t.Logf("%d, line %d: the owner is %q", want.N, want.Line, m.Owner.Text)
		}
		if bareText(m.Workstream.Text) == bareText(want.Workstream) {
			rightWorkstream++
		} else {
			t.Logf("%d, line %d: the workstream is %q", want.N, want.Line, m.Workstream.Text)
		}
		var wanted []string
		for _, d := range want.Dates {
			wanted = append(wanted, fmt.Sprintf("%s %s..%s due %s %t %t %s", d.Kind, text(d.Start), text(d.End), text(d.Due), d.Approx, d.Uncertain, text(d.RRule)))
		}
		if got := datesOf(m); !slices.Equal(got, wanted) && len(m.Review) == 0 {
			t.Errorf("%d, line %d: a date is wrong, and nobody is asked: %q, want %q", want.N, want.Line, got, wanted)
		}
		if !want.Ambiguous {
			clear++
			if len(m.Review) > 0 {
				asked++
				t.Logf("%d, line %d: a person is asked for no reason: %v", want.N, want.Line, m.Review)
			}
		}
	}
	all := len(careful.Milestones)
	for _, share := range []struct {
		what      string
		of, total int
		least     int // of a hundred
	}{
		{"milestones are found", found, all, 95},
		{"owners are right", rightOwner, found, 95},
		{"workstreams are right", rightWorkstream, found, 95},
		{"clear rows are left alone", clear - asked, clear, 90},
	} {
		if 100*share.of < share.least*share.total {
			t.Errorf("%d of %d %s, want %d of 100", share.of, share.total, share.what, share.least)
		}
	}
	if extra := len(milestones) - found; extra > all/10 {
		t.Errorf("%d milestones that nobody else reads in the document", extra)
	}
}

func datesOf(m Milestone) (found []string) {
	for _, d := range m.Dates {
		found = append(found, fmt.Sprintf("%s %s..%s due %s %t %t %s", d.Kind, d.Start, d.End, d.Due, d.Approx, d.Uncertain, d.RRule))
	}
	return found
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func abs(n int) int { return max(n, -n) }

var wordsOnly = regexp.MustCompile(`[a-z0-9]+`)

func bareText(s string) string {
	return strings.Join(wordsOnly.FindAllString(strings.ToLower(s), -1), "")
}

// sameWords is how many of the words of two titles they share, of all that they have.
func sameWords(a, b string) float64 {
	of := map[string]int{}
	for i, t := range []string{a, b} {
		for _, w := range wordsOnly.FindAllString(strings.ToLower(t), -1) {
			of[w] |= 1 << i
		}
	}
	both := 0
	for _, in := range of {
		if in == 3 {
			both++
		}
	}
	return float64(both) / float64(max(len(of), 1))
}
