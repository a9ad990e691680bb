package chart

import (
	"cmp"
	"fmt"
	"time"

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
	// Due is the day that is owed or has passed, where that is so, and Late how many days that is ago.
	Due  string
	Late int
	Owed bool // there is no date now
}

// Step is one statement.
type Step struct {
	AsAt     string // the day that it was made for
	From, To string // the date before and after; empty where there was none
	Days     int    // from one to the other; negative where the date came forward
	Said     string // what it came to, in a word or two
	Met      bool   // it says when the milestone was met
	// Moves and Both are of a step that stands for several: how many, and their days, added up without their sign.
	Moves, Both int
}

// Ladder is how a milestone's date moved: time runs to the right, and each step is a rung, the earliest on top.
type Ladder struct {
	Height, Foot int // where the drawing and its lines end
	Ticks        []Tick
	Marks        []Tick // today, the baselines
	Rungs        []Rung
	Folded       bool   // a rung is a quarter or a year of moves
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
	all := len(m.Steps)
	m.Steps = folded(m.Steps)
	l.Folded = len(m.Steps) < all
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
	if m.Due != "" {
		l.Rungs = append(l.Rungs, l.today(scale, m, at))
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

// today is the last rung of a date that has passed, or is owed: it grows from day to day.
func (l *Ladder) today(s scale, m Moves, at string) Rung {
	r := l.next(at)
	r.AsAt, r.Said, r.Tone, r.Was = words.Day(m.AsAt), "today: not achieved", "overdue", s.x(m.Due)
	if m.Owed {
		r.Said, r.Tone = "today: a date is owed", "unknown"
	}
	if m.Late > 0 {
		r.Days = "at least " + words.Signed(m.Late)
		if s.x(m.AsAt) != "" {
			r.X, r.Width, r.Dot = s.x(m.Due), s.width(m.Due, m.AsAt), s.x(m.AsAt)
		}
	}
	return r
}

// mostRungs is how many steps are drawn one by one.
const mostRungs = 24

// folded are steps by quarter, by year or by ten years where there are too many to be drawn one by one: each goes from where the
// date stood before to where it stood after, and says how many moves it was, and how far both ways.
func folded(steps []Step) []Step {
	for _, digits := range []int{0, 7, 4, 3, 2} {
		if len(steps) <= mostRungs {
			break
		}
		if digits > 0 {
			steps = foldedBy(steps, digits)
		}
	}
	return steps
}

// foldedBy folds steps whose days have the same beginning; of 7 characters it is the quarter.
func foldedBy(steps []Step, digits int) []Step {
	key := func(day string) string {
		month, err := time.Parse(time.DateOnly, day)
		if digits == 7 && err == nil {
			return fmt.Sprint(month.Year(), (month.Month()-1)/3)
		}
		return day[:min(digits, len(day))]
	}
	var list []Step
	moves, both := 0, 0
	for i, s := range steps {
		if i == 0 || key(s.AsAt) != key(steps[i-1].AsAt) || s.Met {
			list, moves, both = append(list, s), s.moves(), s.both()
			continue
		}
		last := &list[len(list)-1]
		moves, both = moves+s.moves(), both+s.both()
		last.AsAt, last.Days, last.Met, last.Moves, last.Both = s.AsAt, last.Days+s.Days, s.Met, moves, both
		if s.To != "" {
			last.To = s.To
		}
		last.Said = fmt.Sprintf("%s, both ways %d", words.Many(moves, "move", "moves"), both)
	}
	return list
}

func (s Step) moves() int { return max(1, s.Moves) }

func (s Step) both() int { return max(abs(s.Days), s.Both) }

// move draws the way from one date to another.
func (r *Rung) move(s scale, step Step, from, to string) {
	r.Days = words.Signed(step.Days)
	if step.Days < 0 {
		r.Tone, r.X, r.Width = "early", to, s.width(step.To, step.From)
		return
	}
	r.Tone, r.X, r.Width = "late", from, s.width(step.From, step.To)
}
