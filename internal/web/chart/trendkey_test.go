package chart

import (
	"bytes"
	"strings"
	"testing"
)

// A key explains what a trend has, all of it and nothing else.
func TestAKeyHasWhatIsDrawn(t *testing.T) {
	says := func(trend *Trend) string {
		var all []string
		for _, e := range trend.Key() {
			all = append(all, e.Says)
		}
		return strings.Join(all, "; ")
	}
	held := NewTrend([]Line{{Ref: "A", Known: true, First: "2025-06-30"}}, "2024-06-30", "2025-03-31")
	if got := says(held); got != "as first promised; promised at the start" {
		t.Errorf("a line that held: %s", got)
	}
	all := NewTrend([]Line{
		{Ref: "A", Known: true, Days: 61, First: "2025-03-31", Said: []Said{{AsAt: "2024-08-31", Due: "2025-05-31", Late: true}}, Baselines: []Approved{{AsAt: "2024-09-30", Due: "2025-05-31", Number: 2}}},
		{Ref: "B", Known: true, Days: -31, First: "2025-05-01", Said: []Said{{AsAt: "2024-08-31", Due: "2025-03-31"}}},
		{Ref: "C", Known: true, First: "2025-06-30", State: "no date", Said: []Said{{AsAt: "2024-12-31"}}},
		{Ref: "D", Known: true, First: "2024-10-31", State: "overdue"},
		{Ref: "E", Known: true, First: "2024-11-30", State: "achieved", Ends: "2024-11-30"},
		{Ref: "F", Known: true, First: "2024-11-30", State: "cancelled", Ends: "2024-09-30"},
	}, "2024-06-30", "2025-03-31")
	all.Since("2024-12-31")
	const want = "later than first promised; earlier than first promised; as first promised; thick: since 31\u00a0Dec\u00a02024; date taken back, none since; overdue; " +
		"achieved: the line ends; cancelled: the line ends; told over 31 days late; promised at the start; baseline approved, with its number"
	if got := says(all); got != want {
		t.Errorf("the key says\n%s, want\n%s", got, want)
	}
	if svg := drawn(t, "trend", all); bytes.Count(svg, []byte("<li>")) != 11 {
		t.Errorf("the key is drawn as\n%s", svg)
	}
}

// Lines that would lie on each other run apart, by less than anybody reads off the axis.
func TestLinesDoNotLieOnEachOther(t *testing.T) {
	trend := NewTrend([]Line{{Ref: "A", First: "2025-06-30"}, {Ref: "B", First: "2025-06-30"}, {Ref: "C", First: "2025-06-30"}, {Ref: "D", First: "2025-03-31"}}, "2024-06-30", "2025-03-31")
	for i, x := range trend.Drawn {
		for _, y := range trend.Drawn[i+1:] {
			if apart := x.Y - y.Y; apart < 4 && apart > -4 {
				t.Errorf("%s and %s lie at %g and %g", x.Ref, y.Ref, x.Y, y.Y)
			}
		}
	}
	if far := trend.Drawn[0].Y - trend.Drawn[2].Y; far > 10 || far < -10 {
		t.Errorf("lines of one date are %g apart", far)
	}
}

// A date that was taken back after it had passed is overdue all the same, and the original baseline has no mark beside that of the first promise.
func TestADateTakenBackStaysOverdue(t *testing.T) {
	trend := NewTrend([]Line{{Ref: "A", First: "2024-09-30", State: "no date", Said: []Said{{AsAt: "2024-10-31"}}, Baselines: []Approved{{AsAt: "2024-07-31", Due: "2024-09-30", Number: 1}}}}, "2024-06-30", "2025-03-31")
	a := trend.Drawn[0]
	if !strings.HasSuffix(a.Overdue, "H1000") {
		t.Errorf("it is overdue along %q", a.Overdue)
	}
	for _, m := range a.Marks {
		if m.Kind == "baseline" {
			t.Errorf("the first promise is marked twice: %+v", a.Marks)
		}
	}
}

// The names at the foot of a ladder stand below each other, one day that is both baselines has one line, and each rung names the date that it
// leads to beside its bar.
func TestALadderNamesItsDays(t *testing.T) {
	steps := []Step{{Said: "first forecast", To: "2025-01-31"}, {Said: "slipped", From: "2025-01-31", To: "2025-06-30", Days: 150}, {Said: "came forward", From: "2025-06-30", To: "2025-05-31", Days: -30}, {Said: "slipped", From: "2025-05-31", To: "2025-07-31", Days: 61}}
	l := NewLadder(Moves{OriginalBaseline: "2025-01-31", CurrentBaseline: "2025-02-01", AsAt: "2025-02-02", Steps: steps})
	for i, m := range l.Marks[1:] {
		if m.NameY-l.Marks[i].NameY < 14 {
			t.Errorf("the name of %s is at %d, and that of %s at %d", m.Name, m.NameY, l.Marks[i].Name, l.Marks[i].NameY)
		}
	}
	if last := l.Marks[len(l.Marks)-1]; len(l.Marks) != 3 || last.NameY > l.Height {
		t.Errorf("%d marks, the last at %d of %d", len(l.Marks), last.NameY, l.Height)
	}
	one := NewLadder(Moves{OriginalBaseline: "2025-01-31", CurrentBaseline: "2025-01-31", AsAt: "2026-12-31", Steps: steps})
	if len(one.Marks) != 1 || one.Marks[0].Name != "baseline" {
		t.Errorf("two baselines of one day are marked %+v", one.Marks)
	}
	for i, want := range []struct{ text, anchor string }{{"31\u00a0Jan\u00a02025", "start"}, {"30\u00a0Jun\u00a02025", "start"}, {"31\u00a0May\u00a02025", "end"}, {"31\u00a0Jul\u00a02025", "end"}} {
		if got := l.Rungs[i].Date; got.Text != want.text || got.Anchor != want.anchor || got.X != l.Rungs[i].Dot {
			t.Errorf("rung %d is named %+v", i, got)
		}
	}
}

// What lost its date stands on a timeline where it was promised last, and not as a date that holds.
func TestATimelineKeepsTheLastPromise(t *testing.T) {
	d := Dated{First: "2024-11-30", Owed: "2025-03-31"}
	line, _ := NewTimeline([]Dated{d}, "2025-01-15")
	row := line.Row(d)
	if across(t, row.Owed) <= across(t, row.First) || row.Forecast != "" || row.Tone != "late" || !strings.Contains(row.Words, "no date, last promised 31") {
		t.Errorf("it is drawn as %+v", row)
	}
	if achieved := line.Row(Dated{First: "2024-11-30", Actual: "2025-01-10", Owed: "2025-03-31"}); achieved.Owed != "" || strings.Contains(achieved.Words, "no date") {
		t.Errorf("what is achieved owes nothing: %+v", achieved)
	}
}
