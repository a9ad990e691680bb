package dates

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
	"milepost.dev/internal/rig/sharedtest"
)

// settings are those of the documents of the convention.
func settings(t testing.TB, document string) Settings {
	t.Helper()
	switch document {
	case "worcestershire", "wolverhampton":
		return Settings{PlanStart: day(t, "2017-04-01"), PlanEnd: day(t, "2019-03-31")}
	case "leicestershire":
		return Settings{PlanStart: day(t, "2017-04-01"), PlanEnd: day(t, "2020-03-31"), Dated: day(t, "2017-02-24")}
	case "buckinghamshire":
		return Settings{PlanStart: day(t, "2017-04-01"), PlanEnd: day(t, "2019-03-31"), Dated: day(t, "2017-05-31")}
	case "dorset":
		return Settings{Dated: day(t, "2018-01-10")}
	}
	t.Fatalf("no settings for %q", document)
	return Settings{}
}

type jsonReading struct {
	Kind              string
	Start, End, Due   *string
	Approx, Uncertain bool
	RRule             *string
	Label             string
}

func (j jsonReading) reading(t *testing.T) period.Reading {
	t.Helper()
	date := func(s *string) civil.Date {
		if s == nil {
			return 0
		}
		return day(t, *s)
	}
	r := period.Reading{Start: date(j.Start), End: date(j.End), Due: date(j.Due), Approx: j.Approx, Uncertain: j.Uncertain}
	if j.RRule != nil {
		r.RRule = *j.RRule
	}
	for r.Kind = period.In; r.Kind < period.Unknown && r.Kind.String() != j.Kind; r.Kind++ {
	}
	return r
}

// Every example of the convention reads as it says. Labels are not compared.
func TestConventionExamples(t *testing.T) {
	lines := strings.Split(strings.TrimSuffix(string(sharedtest.Read(t, "conventions/examples.tsv")), "\n"), "\n")
	right := 0
	for _, line := range lines[1:] {
		cells := strings.Split(line, "\t")
		var readings []jsonReading
		if err := json.Unmarshal([]byte(cells[3]), &readings); err != nil {
			t.Fatal(err)
		}
		want := period.Delivery{}
		for _, j := range readings {
			want.Readings = append(want.Readings, j.reading(t))
		}
		if cells[4] != "" {
			want.Review = strings.Split(cells[4], ",")
			slices.Sort(want.Review)
		}
		got := ReadWords(cells[0], settings(t, cells[1]))
		if got.Text != cells[0] || notation(got, false) != notation(want, false) {
			t.Errorf("%s:%s %q reads\n  %s\nwant\n  %s", cells[1], cells[2], cells[0], notation(got, true), notation(want, false))
			continue
		}
		right++
	}
	t.Logf("%d of %d examples read as written", right, len(lines)-1)
}

// notation writes readings on one line: "from 2017-04-01.. due 2017-04-30 ~ | several-dates".
func notation(d period.Delivery, labels bool) string {
	var parts []string
	for _, r := range d.Readings {
		part := r.Kind.String()
		if r.Start != 0 || r.End != 0 {
			part += " " + r.Start.String() + ".." + r.End.String()
		}
		if r.Due != 0 && r.Due != r.End {
			part += " due " + r.Due.String()
		} else if r.Due == 0 && r.End != 0 && r.Kind != period.Done && r.Kind != period.Recurring {
			part += " due never"
		}
		if r.Approx {
			part += " ~"
		}
		if r.Uncertain {
			part += " ?"
		}
		if r.RRule != "" {
			part += " " + r.RRule
		}
		if labels && r.Label != "" {
			part += " (" + r.Label + ")"
		}
		parts = append(parts, part)
	}
	text := strings.Join(parts, "; ")
	if len(parts) == 0 {
		text = "none"
	}
	return text + " | " + strings.Join(d.Review, ",")
}

// What a careful person reads in a plan is what is read here. A ditto takes the reading of the cell above, which
// a text alone does not know.
func TestCarefulReader(t *testing.T) {
	var plan struct {
		Milestones []struct {
			N        int
			DateText string `json:"date_text"`
			Dates    []jsonReading
		}
	}
	if err := json.Unmarshal(sharedtest.Read(t, "plans/worcestershire-read.json"), &plan); err != nil {
		t.Fatal(err)
	}
	agree, dittos := 0, 0
	for _, m := range plan.Milestones {
		got := ReadWords(m.DateText, settings(t, "worcestershire"))
		if m.DateText == "a/a" {
			dittos++
			if notation(got, false) != "unknown | relative" {
				t.Errorf("a ditto reads %s", notation(got, false))
			}
			continue
		}
		want := period.Delivery{Review: got.Review}
		for _, j := range m.Dates {
			want.Readings = append(want.Readings, j.reading(t))
		}
		if notation(got, false) != notation(want, false) {
			t.Errorf("milestone %d, %q, reads %s, want %s", m.N, m.DateText, notation(got, true), notation(want, false))
			continue
		}
		agree++
	}
	t.Logf("%d of %d milestones agree, and %d are dittos", agree, len(plan.Milestones), dittos)
}

// A text of any length is read in a time that grows with it: what names a period inside another reads no further.
func TestLongTextsAreRead(t *testing.T) {
	s := specSettings(t)
	for _, words := range []string{"Q1 ", "Y1 Q1 ", "year 1 ", "first six months of ", "early ", "17/18 - ", "from April 2017 to ", "12 month pilot from "} {
		text := strings.Repeat(words, 4000)
		if d := ReadWords(text, s); d.Text != text {
			t.Errorf("%q, many times, is not kept", words)
		}
	}
}
