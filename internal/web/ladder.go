package web

import (
	"fmt"
	"math"
	"time"

	pb "milepost.dev/api/milepost/v1"
)

// ladder is how a milestone's date moved, as a drawing: time runs to the right, and each statement that said
// something about the date is a rung, the earliest on top. Whatever lies across is in per cent of the width and
// whatever lies down in pixels, so that it fits a telephone and its words stay readable there.
type ladder struct {
	Height, Foot int // where the drawing and its lines end
	Ticks        []tick
	Marks        []tick // today, the baselines
	Rungs        []rung
	Words        string // the drawing in words
}

// tick is a line down the drawing, at a day.
type tick struct {
	X, Name, Tone string
	Anchor        string // of its name: start, middle or end
	Minor         bool   // left unnamed where there is little room
}

// rung is one statement.
type rung struct {
	Y, TextY, SpanY  int
	AsAt, Said, Days string
	Tone             string
	X, Width         string // of the way it went; empty where it did not move
	Dot              string // where it is; empty where it is nowhere
	Was              string // where it was, where the date was taken back
	Drop             string // where the line from the rung above comes down; empty on the first
	DropFrom         int
}

const (
	ladderTop = 44 // pixels above the first rung
	rungStep  = 52
	ladderPad = 0.06 // of the span, on either side
)

// saidAgain is the event of a date that was stated once more and did not move.
const saidAgain = "ForecastReconfirmed"

// newLadder draws the moves of a milestone; nil where no date was ever said.
func newLadder(m *pb.GetMilestoneResponse, moves []*pb.Move, asAt string) *ladder {
	scale, ok := newScale(m, moves, asAt)
	if !ok {
		return nil
	}
	l := &ladder{Ticks: scale.ticks()}
	y, at, steps := ladderTop, "", 0 // at: where the date stands
	for _, move := range moves {
		if move.GetEvent() == saidAgain {
			continue
		}
		r := rung{Y: y + 34, TextY: y + 16, SpanY: y + 31, AsAt: shownDay(move.GetAsAt()), Said: stepWords(move.GetEvent()), Tone: "plain"}
		if at != "" {
			r.Drop, r.DropFrom = at, y-rungStep+34
		}
		from, to := scale.x(move.GetFrom()), scale.x(move.GetTo())
		switch {
		case to == "" && at != "":
			r.Tone, r.Was = "unknown", at
		case to == "":
			r.Tone = "unknown"
		default:
			r.Dot, at = to, to
			if from != "" && from != to {
				r.Tone, r.Days = "late", signed(int(move.GetDays()))
				r.X, r.Width = from, scale.width(move.GetFrom(), move.GetTo())
				if move.GetDays() < 0 {
					r.Tone, r.X = "early", to
					r.Width = scale.width(move.GetTo(), move.GetFrom())
				}
				steps++
			}
		}
		l.Rungs = append(l.Rungs, r)
		y += rungStep
	}
	if actual := m.GetStatus().GetActual(); actual != "" {
		r := rung{Y: y + 34, TextY: y + 16, SpanY: y + 31, AsAt: shownDay(actual), Said: "achieved", Tone: "met", Dot: scale.x(actual)}
		if at != "" {
			r.Drop, r.DropFrom = at, y-rungStep+34
		}
		l.Rungs = append(l.Rungs, r)
		y += rungStep
	}
	if len(l.Rungs) == 0 {
		return nil
	}
	l.Foot = y + 6
	l.Height = y + 34
	for _, mark := range []struct{ day, name, tone string }{
		{m.GetOriginalBaseline(), "original baseline", "base"}, {m.GetCurrentBaseline(), "current baseline", "base"}, {asAt, shownDay(asAt), "today"},
	} {
		if x := scale.x(mark.day); x != "" {
			l.Marks = append(l.Marks, tick{X: x, Name: mark.name, Tone: mark.tone, Anchor: scale.anchor(mark.day)})
		}
	}
	l.Words = fmt.Sprintf("The date moved %s. First forecast %s, now %s. The table below says the same.",
		many(steps, "time", "times"), shownDay(m.GetFirstForecast()), orNone(shownDay(m.GetStatus().GetForecast())))
	return l
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

// scale puts days across the drawing. A day is a number, as of 1 January 1970: dates may be centuries apart.
type scale struct{ from, to float64 }

func numbered(iso string) (float64, bool) {
	day, err := time.Parse(time.DateOnly, iso)
	return float64(day.Unix() / secondsADay), err == nil
}

// newScale makes room for every day that the drawing shows. False where no date was ever said.
func newScale(m *pb.GetMilestoneResponse, moves []*pb.Move, asAt string) (scale, bool) {
	s := scale{math.Inf(1), math.Inf(-1)}
	see := func(iso string) {
		if day, ok := numbered(iso); ok {
			s.from, s.to = min(s.from, day), max(s.to, day)
		}
	}
	for _, move := range moves {
		see(move.GetFrom())
		see(move.GetTo())
	}
	if s.from > s.to {
		return s, false
	}
	for _, day := range []string{m.GetOriginalBaseline(), m.GetCurrentBaseline(), m.GetStatus().GetActual()} {
		see(day)
	}
	// Today belongs into the drawing where it does not press the rest together.
	if day, ok := numbered(asAt); ok {
		near := max(s.to-s.from, 90)
		if day > s.from-near && day < s.to+near {
			see(asAt)
		}
	}
	const least = 60 // days
	if span := s.to - s.from; span < least {
		s.from, s.to = s.from-(least-span)/2, s.to+(least-span)/2
	}
	pad := (s.to - s.from) * ladderPad
	s.from, s.to = s.from-pad, s.to+pad
	return s, true
}

func (s scale) part(day float64) float64 { return 100 * (day - s.from) / (s.to - s.from) }

// x is where a day lies; empty where it is no day, or outside.
func (s scale) x(iso string) string {
	day, ok := numbered(iso)
	if !ok || day < s.from || day > s.to {
		return ""
	}
	return fmt.Sprintf("%.2f%%", s.part(day))
}

// width is the way from one day to a later one.
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

// mostTicks is how many lines fit beside each other with their names.
const mostTicks = 8

// ticks are the first days of months, quarters, years or more: as fine as there is room for.
func (s scale) ticks() []tick {
	for _, months := range []int{1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 6000, 24000} {
		if (s.to-s.from)/(28*float64(months)) > 4*mostTicks {
			continue
		}
		var ticks []tick
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
			ticks = append(ticks, tick{X: fmt.Sprintf("%.2f%%", part), Name: name, Minor: n%2 == 1, Anchor: s.anchor(day.Format(time.DateOnly))})
		}
		if len(ticks) <= mostTicks {
			return ticks
		}
	}
	return nil
}
