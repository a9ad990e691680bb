package chart

import (
	"regexp"
	"strings"
	"testing"
)

// level is a path that runs level and upright alone, and never level twice in a row.
var level = regexp.MustCompile(`^(M[\d.]+ [\d.]+((H[\d.]+V[\d.]+)*(H[\d.]+)?|V[\d.]+(H[\d.]+V[\d.]+)*(H[\d.]+)?))*$`)

// A line runs level while a date holds and steps where another is said; it never slopes, and it ends where it was achieved.
func TestATrendStepsAndNeverSlopes(t *testing.T) {
	trend := NewTrend([]Line{
		{Ref: "A", Title: "Slips, waits and slips", Days: 92, Known: true, First: "2025-03-31", Said: []Said{
			{AsAt: "2024-08-31", Due: "2025-05-31"}, {AsAt: "2024-09-30", Due: "2025-05-31"}, {AsAt: "2024-10-31"}, {AsAt: "2024-11-30"}, {AsAt: "2024-12-31", Due: "2025-07-01"},
		}},
		{Ref: "B", Title: "Achieved late", Days: 31, Known: true, First: "2024-10-31", State: "achieved", Ends: "2024-12-01", Said: []Said{{AsAt: "2024-12-31", Due: "2025-01-31"}}},
		{Ref: "C", Title: "Far away", Days: 9000, Known: true, First: "2025-01-31", Said: []Said{{AsAt: "2024-09-30", Due: "2049-01-31"}}},
		{Ref: "D", Title: "Overdue", First: "2024-08-31"},
	}, "2024-06-30", "2025-03-31")
	if len(trend.Drawn) != 4 {
		t.Fatalf("it has %d lines", len(trend.Drawn))
	}
	for _, line := range trend.Drawn {
		for _, path := range []string{line.Path, line.Waiting, line.Overdue} {
			if !level.MatchString(path) {
				t.Errorf("%s slopes, or is no line: %q", line.Ref, path)
			}
		}
	}
	kinds := func(l DrawnLine) (all string) {
		for _, m := range l.Marks {
			all += m.Kind + " "
		}
		return all
	}
	a, b, c, d := trend.Drawn[0], trend.Drawn[1], trend.Drawn[2], trend.Drawn[3]
	if got := kinds(a); got != "first withdrawn " || strings.Count(a.Dots, "h0") != 2 || a.Waiting == "" {
		t.Errorf("what was said again is a mark, or what was withdrawn is not one: %s", got)
	}
	if got := kinds(b); got != "first achieved " || b.EndX() >= 100 {
		t.Errorf("a line that was achieved goes on: %s to %g", got, b.EndX())
	}
	if got := kinds(c); got != "first beyond " {
		t.Errorf("one date that is far away presses all others together: %s", got)
	}
	if d.Overdue == "" || a.Overdue != "" {
		t.Errorf("overdue is %q, and not overdue %q", d.Overdue, a.Overdue)
	}
	if a.Tone != "late" || d.Tone != "held" {
		t.Errorf("the tones are %s and %s", a.Tone, d.Tone)
	}
	for i, x := range trend.Drawn {
		for _, y := range trend.Drawn[i+1:] {
			if apart := x.NameY - y.NameY; apart < nameApart-0.5 && apart > -nameApart+0.5 {
				t.Errorf("the names of %s and %s are %g apart", x.Ref, y.Ref, apart)
			}
		}
	}
	if !strings.Contains(trend.Words, "C moved most") {
		t.Errorf("in words: %s", trend.Words)
	}
	if NewTrend(nil, "2024-06-30", "2025-03-31") != nil || NewTrend([]Line{{Ref: "A"}}, "2024-06-30", "2025-03-31") != nil || NewTrend([]Line{{First: "2025-01-01"}}, "soon", "2025-03-31") != nil {
		t.Error("nothing is drawn")
	}
}

func TestProgressClimbs(t *testing.T) {
	p := NewProgress([]string{"2024-11-30", "2025-01-31", "2025-09-30"}, []string{"2025-08-31", "2025-09-30"}, []string{"2024-12-05"}, "2025-06-30")
	if p.PromisedNow != 2 || p.AchievedNow != 1 || p.PromisedEnd != p.ForecastEnd {
		t.Errorf("promised %d, achieved %d, and they end at %g and %g", p.PromisedNow, p.AchievedNow, p.PromisedEnd, p.ForecastEnd)
	}
	if NewProgress(nil, nil, nil, "2025-06-30") != nil {
		t.Error("nothing is drawn")
	}
}

func TestATimelineKeepsItsDatesApart(t *testing.T) {
	d := Dated{First: "2024-11-30", Forecast: "2025-03-31", From: "2025-01-01", To: "2025-03-31"}
	line, ok := NewTimeline([]Dated{d, {}}, "2025-01-15")
	row := line.Row(d)
	if !ok || across(t, row.First) >= across(t, row.Forecast) || row.Tone != "late" || row.OpenWidth == "" || row.Today == "" {
		t.Errorf("it is drawn as %+v", row)
	}
	if empty := line.Row(Dated{}); empty.First+empty.Forecast+empty.Width+empty.Words != "" {
		t.Errorf("nothing is drawn as %+v", empty)
	}
}
