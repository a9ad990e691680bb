package chart

import (
	"bytes"
	"encoding/xml"
	"errors"
	"html/template"
	"io"
	"slices"
	"testing"
)

// drawn is a chart as a page has it, drawn by nothing but this package.
func drawn(t *testing.T, name string, chart any) []byte {
	t.Helper()
	set, err := Parse(template.New(""))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := set.ExecuteTemplate(&out, name, chart); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func drawnRow(d Dated) Span {
	t, _ := NewTimeline([]Dated{d}, "2025-06-30")
	return t.Row(d)
}

// Every chart is drawn from its struct alone, is well-formed, and has nothing that the pages' policy forbids. Those
// that stand for themselves say in words what they show, and hostile words stay words.
func TestChartsAreDrawn(t *testing.T) {
	const hostile = `"><script>alert(1)</script>`
	for _, chart := range []struct {
		name  string
		data  any
		words bool // that it is read out
	}{
		{"ladder", NewLadder(Moves{
			OriginalBaseline: "2024-12-15", AsAt: "2025-06-30",
			Steps: []Step{{Said: hostile, To: "2024-11-30"}, {Said: "slipped", From: "2024-11-30", To: "2025-01-31", Days: 62}, {Said: "withdrawn", From: "2025-01-31"}, {Said: "achieved", From: "2025-01-31", To: "2025-06-30", Days: 150, Met: true}},
		}), true},
		{"bar", NewBar(3, []Part{{Tone: "met", Name: hostile, N: 1}, {Tone: "late", Name: "late", N: 2}, {Tone: "plain", Name: "none"}}), true},
		{"diverging-bar", NewDivergingBar(-3, 10), false},
		{"trend", NewTrend([]Line{
			{Ref: hostile, Title: hostile, Days: 62, Known: true, First: "2024-11-30", Said: []Said{{AsAt: "2024-08-01", Due: "2025-01-31", Late: true}, {AsAt: "2024-09-01"}}, State: "no date"},
			{Ref: "B", Days: -3, Known: true, First: "2024-10-31", Ends: "2024-10-28", State: "achieved"},
		}, "2024-06-30", "2025-06-30"), true},
		{"progress", NewProgress([]string{"2024-11-30", "2025-01-31"}, []string{"2025-08-31"}, []string{"2024-12-05"}, "2025-06-30"), true},
		{"timeline-row", drawnRow(Dated{First: "2024-11-30", Forecast: "2025-01-31"}), true},
		{"mark", "overdue", false},
		{"mark", "of a later version", false},
	} {
		svg := drawn(t, chart.name, chart.data)
		shapes, labelled := 0, false
		for tokens := xml.NewDecoder(bytes.NewReader(svg)); ; {
			token, err := tokens.Token()
			if errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v in\n%s", chart.name, err, svg)
			}
			element, ok := token.(xml.StartElement)
			if !ok {
				continue
			}
			if slices.Contains([]string{"rect", "circle", "line", "path"}, element.Name.Local) {
				shapes++
			}
			if element.Name.Local == "script" {
				t.Errorf("%s runs a script:\n%s", chart.name, svg)
			}
			for _, a := range element.Attr {
				if a.Name.Local == "style" || len(a.Name.Local) > 2 && a.Name.Local[:2] == "on" {
					t.Errorf("%s has the attribute %s, which the policy refuses", chart.name, a.Name.Local)
				}
				labelled = labelled || a.Name.Local == "aria-label" && a.Value != ""
			}
		}
		if shapes == 0 || labelled != chart.words {
			t.Errorf("%s has %d shapes, and is read out: %t, want %t\n%s", chart.name, shapes, labelled, chart.words, svg)
		}
	}
}

func TestBarsFillTheirWidth(t *testing.T) {
	b := NewBar(4, []Part{{Name: "achieved", N: 1}, {Name: "overdue"}, {Name: "to come", N: 3}})
	if len(b.Parts) != 2 || b.Parts[0].Width != "25.00%" || b.Parts[1].X != "25.00%" || b.Parts[1].Width != "75.00%" || b.Words != "1 achieved and 3 to come" {
		t.Errorf("a bar of 1 and 3 is %+v", b)
	}
	for _, test := range []struct {
		days int
		want DivergingBar
	}{
		{0, DivergingBar{"plain", "50%", "0%"}},
		{5, DivergingBar{"late", "50%", "25.00%"}},
		{-5, DivergingBar{"early", "25.00%", "25.00%"}},
		{-10, DivergingBar{"early", "0.00%", "50.00%"}},
	} {
		if got := NewDivergingBar(test.days, 10); got != test.want {
			t.Errorf("%d of 10 days is %+v, want %+v", test.days, got, test.want)
		}
	}
}
