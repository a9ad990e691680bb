package chart

import "milepost.dev/internal/web/words"

// Timeline is the days that all rows of a timeline share.
type Timeline struct {
	scale scale
	Ticks []Tick
	Today string // where the day of the page is; empty where it is outside
}

// Dated are the dates of one milestone, each an ISO day or empty.
type Dated struct {
	First, Baseline, Forecast, Actual string
	// From and To are what the words of the forecast leave open: the whole of a quarter. Empty where it is a day.
	From, To string
	// Owed is the day that was promised last, where there is no date now; else empty.
	Owed string
}

// Span is one row of a timeline: what was promised first, what holds now, and when it was met.
type Span struct {
	Ticks                             []Tick
	Today                             string
	First, Baseline, Forecast, Actual string // where each lies; empty where there is none
	Owed                              string
	X, Width, Tone                    string // of the way from the first date to the last
	OpenX, OpenWidth                  string // what the words leave open
	Words                             string
}

// NewTimeline makes room for all dates; false where there is none.
func NewTimeline(all []Dated, today string) (*Timeline, bool) {
	var days []string
	for _, d := range all {
		days = append(days, d.First, d.Baseline, d.Forecast, d.Actual, d.Owed)
	}
	s, ok := newScale(days, nil, today)
	if !ok {
		return nil, false
	}
	return &Timeline{scale: s, Ticks: s.ticks(), Today: s.x(today)}, true
}

// Row draws one milestone.
func (t *Timeline) Row(d Dated) Span {
	s := Span{Ticks: t.Ticks, Today: t.Today, First: t.scale.x(d.First), Baseline: t.scale.x(d.Baseline), Forecast: t.scale.x(d.Forecast), Actual: t.scale.x(d.Actual)}
	last := d.Forecast
	switch {
	case d.Actual != "":
		last = d.Actual
	case d.Forecast == "":
		last = owed(d)
		s.Owed = t.scale.x(last)
	}
	switch {
	case s.First == "" || t.scale.x(last) == "" || last == d.First:
	case last > d.First:
		s.X, s.Width, s.Tone = s.First, t.scale.width(d.First, last), "late"
	default:
		s.X, s.Width, s.Tone = t.scale.x(last), t.scale.width(last, d.First), "early"
	}
	if x := t.scale.x(d.From); x != "" && d.From < d.To {
		s.OpenX, s.OpenWidth = x, t.scale.width(d.From, d.To)
	}
	for _, said := range []struct{ name, day string }{{"first forecast ", d.First}, {"baseline ", d.Baseline}, {"forecast ", d.Forecast}, {"achieved ", d.Actual}, {"no date, last promised ", owed(d)}} {
		if _, ok := numbered(said.day); ok {
			if s.Words != "" {
				s.Words += ", "
			}
			s.Words += said.name + words.Day(said.day)
		}
	}
	return s
}

// owed is the day that was promised last of what has no date now.
func owed(d Dated) string {
	if d.Forecast+d.Actual != "" {
		return ""
	}
	return d.Owed
}
