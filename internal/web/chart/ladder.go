package chart

import (
	"cmp"
	"fmt"

	"milepost.dev/internal/web/words"
)

// Moves are what a ladder shows of one milestone.
type Moves struct {
	// Steps are the statements that said something about the date, the earliest first. A statement that said the
	// same date once more is not one.
	Steps []Step
	// First is the first forecast, Forecast the one that holds.
	First, Forecast                   string
	OriginalBaseline, CurrentBaseline string
	// AsAt is the day that the page is about.
	AsAt string
}

// Step is one statement.
type Step struct {
	AsAt     string // the day that it was made for
	From, To string // the date before and after; empty where there was none
	Days     int    // from one to the other; negative where the date came forward
	Said     string // what it came to, in a word or two
	Met      bool   // it says when the milestone was met
}

// Ladder is how a milestone's date moved: time runs to the right, and each step is a rung, the earliest on top.
type Ladder struct {
	Height, Foot int // where the drawing and its lines end
	Ticks        []Tick
	Marks        []Tick // today, the baselines
	Rungs        []Rung
	Words        string // the drawing in words
}

// Rung is one step as it is drawn.
type Rung struct {
	Y, TextY, SpanY  int
	AsAt, Said, Days string
	Tone             string
	X, Width         string // of the way that the date went; empty where it did not move
	Dot              string // where the date is; empty where there is none
	Was              string // where it was, where the date was taken back
	Drop             string // where the line from the rung above comes down; empty on the first
	DropFrom         int
}

const (
	ladderTop = 44 // pixels above the first rung
	rungStep  = 52
)

// NewLadder draws moves; nil where there never was a date.
func NewLadder(m Moves) *Ladder {
	var moved []string
	for _, step := range m.Steps {
		moved = append(moved, step.From, step.To)
	}
	scale, ok := newScale(moved, []string{m.OriginalBaseline, m.CurrentBaseline}, m.AsAt)
	if !ok {
		return nil
	}
	l := &Ladder{Ticks: scale.ticks()}
	at, steps := "", 0 // at: where the date stands
	for _, step := range m.Steps {
		r := l.next(at)
		r.AsAt, r.Said, r.Tone = words.Day(step.AsAt), step.Said, "plain"
		from, to := scale.x(step.From), scale.x(step.To)
		switch {
		case to == "" && at != "":
			r.Tone, r.Was = "unknown", at
		case to == "":
			r.Tone = "unknown"
		default:
			r.Dot, at = to, to
			if from != "" && from != to {
				r.move(scale, step, from, to)
			}
			if step.Met {
				r.Tone = "met"
			} else if r.Days != "" {
				steps++
			}
		}
		l.Rungs = append(l.Rungs, r)
	}
	end := ladderTop + len(l.Rungs)*rungStep
	l.Foot, l.Height = end+6, end+34
	for _, mark := range []struct{ day, name, tone string }{
		{m.OriginalBaseline, "original baseline", "base"}, {m.CurrentBaseline, "current baseline", "base"}, {m.AsAt, words.Day(m.AsAt), "today"},
	} {
		if x := scale.x(mark.day); x != "" {
			l.Marks = append(l.Marks, Tick{X: x, Name: mark.name, Tone: mark.tone, Anchor: scale.anchor(mark.day)})
		}
	}
	l.Words = fmt.Sprintf("The date moved %s. First forecast %s, now %s. The table below says the same.",
		words.Many(steps, "time", "times"), words.Day(m.First), cmp.Or(words.Day(m.Forecast), "none"))
	return l
}

// next is the rung below the last, with a line that comes down from it where the date stood somewhere.
func (l *Ladder) next(at string) Rung {
	y := ladderTop + len(l.Rungs)*rungStep
	r := Rung{Y: y + 34, TextY: y + 16, SpanY: y + 31}
	if at != "" {
		r.Drop, r.DropFrom = at, r.Y-rungStep
	}
	return r
}

// move draws the way from one date to another.
func (r *Rung) move(s scale, step Step, from, to string) {
	r.Days = words.Signed(step.Days)
	if step.Days < 0 {
		r.Tone, r.X, r.Width = "early", to, s.width(step.To, step.From)
		return
	}
	r.Tone, r.X, r.Width = "late", from, s.width(step.From, step.To)
}
