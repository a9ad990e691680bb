package chart

import (
	"fmt"
	"strings"
	"testing"
)

func across(t *testing.T, x string) float64 {
	t.Helper()
	var part float64
	if n, _ := fmt.Sscanf(x, "%f%%", &part); n != 1 || part < 0 || part > 100 {
		t.Fatalf("%q is no place in the drawing", x)
	}
	return part
}

func TestALadderGoesWhereTheDateWent(t *testing.T) {
	l := NewLadder(Moves{
		First: "2024-11-30", Forecast: "2025-03-17", OriginalBaseline: "2024-12-15", CurrentBaseline: "not baselined", AsAt: "2025-03-31",
		Steps: []Step{
			{Said: "first forecast", AsAt: "2024-04-30", To: "2024-11-30"},
			{Said: "slipped", AsAt: "2024-07-31", From: "2024-11-30", To: "2025-01-31", Days: 62},
			{Said: "date withdrawn", AsAt: "2024-08-31", From: "2025-01-31"},
			{Said: "came forward", AsAt: "2024-09-30", From: "2025-01-31", To: "2024-12-31", Days: -31},
			{Said: "slipped", AsAt: "2024-10-31", From: "2024-12-31", To: "2025-03-17", Days: 76},
			{Said: "achieved", AsAt: "2025-03-31", From: "2025-03-17", To: "2025-03-12", Days: -5, Met: true},
		},
	})
	want := []struct{ said, tone, days string }{
		{"first forecast", "plain", ""},
		{"slipped", "late", "+62"},
		{"date withdrawn", "unknown", ""},
		{"came forward", "early", "−31"},
		{"slipped", "late", "+76"},
		{"achieved", "met", "−5"},
	}
	if len(l.Rungs) != len(want) {
		t.Fatalf("it has %d rungs: %+v", len(l.Rungs), l.Rungs)
	}
	for i, w := range want {
		r := l.Rungs[i]
		if r.Said != w.said || r.Tone != w.tone || r.Days != w.days {
			t.Errorf("rung %d: %q %q %q, want %v", i, r.Said, r.Tone, r.Days, w)
		}
		if i > 0 && (r.Y != l.Rungs[i-1].Y+rungStep || r.DropFrom != l.Rungs[i-1].Y) {
			t.Errorf("rung %d is at %d, and what comes down to it begins at %d", i, r.Y, r.DropFrom)
		}
	}
	first, slipped, withdrawn, back, last := l.Rungs[0], l.Rungs[1], l.Rungs[2], l.Rungs[3], l.Rungs[4]
	if across(t, slipped.Dot) <= across(t, first.Dot) || slipped.X != first.Dot {
		t.Error("a slip does not go to the right of where the date was")
	}
	if withdrawn.Dot != "" || withdrawn.Was != slipped.Dot {
		t.Error("a date that was withdrawn is still somewhere")
	}
	if across(t, back.Dot) >= across(t, slipped.Dot) || back.X != back.Dot {
		t.Error("a recovery does not go to the left")
	}
	if reached := across(t, last.X) + across(t, last.Width); reached-across(t, last.Dot) > 0.02 || across(t, last.Dot)-reached > 0.02 {
		t.Errorf("the last bar ends at %f, and its date is at %s", reached, last.Dot)
	}
	names := map[string]bool{}
	for _, mark := range l.Marks {
		across(t, mark.X)
		names[strings.ReplaceAll(mark.Name, "\u00a0", " ")] = true
	}
	if len(names) != 2 || !names["original baseline"] || !names["31 Mar 2025"] {
		t.Errorf("it marks %v", names)
	}
	if len(l.Ticks) < 2 || len(l.Ticks) > mostTicks {
		t.Errorf("it has %d ticks", len(l.Ticks))
	}
}

func TestALadderOfNothing(t *testing.T) {
	if l := NewLadder(Moves{OriginalBaseline: "not baselined", AsAt: "2025-01-01", Steps: []Step{{AsAt: "2024-05-31"}}}); l != nil {
		t.Errorf("where there never was a date there is nothing to draw: %+v", l)
	}
	one := NewLadder(Moves{AsAt: "2030-01-01", Steps: []Step{{AsAt: "2024-05-31", To: "2024-11-30"}}})
	if one == nil || len(one.Rungs) != 1 || len(one.Marks) != 0 {
		t.Errorf("one date: %+v", one)
	}
	for _, to := range []string{"1990-02-01", "1991-01-01", "2000-01-01", "2090-01-01", "2500-01-01", "9999-12-31"} {
		l := NewLadder(Moves{Steps: []Step{{To: "1990-01-01"}, {From: "1990-01-01", To: to, Days: 1}}})
		if len(l.Ticks) == 0 || len(l.Ticks) > mostTicks {
			t.Errorf("to %s it has %d ticks", to, len(l.Ticks))
		}
		if x := across(t, l.Rungs[1].Dot); x < 60 {
			t.Errorf("%s is at %f", to, x)
		}
	}
}
