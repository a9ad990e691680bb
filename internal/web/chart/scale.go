package chart

import (
	"fmt"
	"math"
	"time"
)

// scale puts days across a drawing. A day is a number, counted from 1 January 1970: dates may be centuries apart,
// and a time.Duration holds no more than 292 years.
type scale struct{ from, to float64 }

const secondsADay = 24 * 60 * 60

func numbered(iso string) (float64, bool) {
	day, err := time.Parse(time.DateOnly, iso)
	return float64(day.Unix() / secondsADay), err == nil
}

const (
	leastSpan = 60   // days that a drawing shows at least
	nearSpan  = 90   // days within which today is drawn, however short the rest is
	padding   = 0.06 // of the span, on either side
)

// newScale makes room for days: all those that moved, those beside them, and today where that does not press the
// rest together. It is false where nothing ever moved.
func newScale(moved, beside []string, today string) (scale, bool) {
	s := scale{math.Inf(1), math.Inf(-1)}
	s.see(moved...)
	if s.from > s.to {
		return s, false
	}
	s.see(beside...)
	if day, ok := numbered(today); ok {
		near := max(s.to-s.from, nearSpan)
		if day > s.from-near && day < s.to+near {
			s.see(today)
		}
	}
	if span := s.to - s.from; span < leastSpan {
		s.from, s.to = s.from-(leastSpan-span)/2, s.to+(leastSpan-span)/2
	}
	pad := (s.to - s.from) * padding
	s.from, s.to = s.from-pad, s.to+pad
	return s, true
}

// see makes room for days.
func (s *scale) see(days ...string) {
	for _, iso := range days {
		if day, ok := numbered(iso); ok {
			s.from, s.to = min(s.from, day), max(s.to, day)
		}
	}
}

func (s scale) part(day float64) float64 { return 100 * (day - s.from) / (s.to - s.from) }

// x is where a day lies; empty where the text is not a day, or the day lies outside.
func (s scale) x(iso string) string {
	day, ok := numbered(iso)
	if !ok || day < s.from || day > s.to {
		return ""
	}
	return fmt.Sprintf("%.2f%%", s.part(day))
}

// width is the distance from one day to a later one.
func (s scale) width(from, to string) string {
	a, okA := numbered(from)
	b, okB := numbered(to)
	if !okA || !okB {
		return "0%"
	}
	return fmt.Sprintf("%.2f%%", s.part(b)-s.part(a))
}

// anchor keeps the name of a line within the drawing.
func (s scale) anchor(iso string) string {
	day, ok := numbered(iso)
	switch {
	case ok && s.part(day) < 12:
		return "start"
	case ok && s.part(day) > 88:
		return "end"
	}
	return "middle"
}

// Tick is a line down a drawing, at a day.
type Tick struct {
	X, Name, Tone string
	Anchor        string // of its name: start, middle or end
	Minor         bool   // left unnamed where there is little room
}

// mostTicks is how many lines fit beside each other with their names.
const mostTicks = 8

// ticks are lines down a drawing at the stops of its scale.
func (s scale) ticks() []Tick {
	var ticks []Tick
	for n, stop := range s.stops() {
		ticks = append(ticks, Tick{X: fmt.Sprintf("%.2f%%", stop.part), Name: stop.name, Minor: n%2 == 1, Anchor: s.anchor(stop.day)})
	}
	return ticks
}

// stop is a named day on a scale.
type stop struct {
	part      float64 // of the way, in per cent
	name, day string
}

// stops are the first days of months, quarters, years or more: as fine as there is room for.
func (s scale) stops() []stop {
	for _, months := range []int{1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 6000, 24000} {
		if (s.to-s.from)/(28*float64(months)) > 4*mostTicks {
			continue
		}
		var stops []stop
		year := time.Unix(int64(s.from)*secondsADay, 0).UTC().Year()
		first := time.Date(year-year%max(1, months/12), 1, 1, 0, 0, 0, 0, time.UTC)
		for n := 0; ; n++ {
			day := first.AddDate(0, n*months, 0)
			part := s.part(float64(day.Unix() / secondsADay))
			if part > 96 {
				break
			}
			if part < 1 {
				continue
			}
			name := day.Format("Jan 2006")
			if months >= 12 {
				name = day.Format("2006")
			}
			stops = append(stops, stop{part, name, day.Format(time.DateOnly)})
		}
		if len(stops) <= mostTicks {
			return stops
		}
	}
	return nil
}
