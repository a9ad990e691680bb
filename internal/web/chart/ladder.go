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
	Marks        []LadderMark // today, the baselines
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
	Date             Label // the date that the rung leads to
}

// Label is words beside a place in a drawing.
type Label struct {
	Text   string // empty where there is none
	X      string // the place
	DX, DY int    // pixels from there
	Anchor string // start or end
}

// LadderMark is a line down a ladder whose name stands at its foot, below those of the marks near it.
type LadderMark struct {
	Tick
	NameY int
}

const (
	ladderTop = 34 // pixels above the first rung
	rungStep  = 46
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
			r.Date = scale.beside(step.To, from != "" && step.To < step.From)
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
	l.Foot = end + 6
	l.Marks = marks(scale, m, l.Foot)
	l.Height = l.Foot + 12
	for _, mark := range l.Marks {
		l.Height = max(l.Height, mark.NameY+10)
	}
	l.Words = fmt.Sprintf("The date moved %s. First forecast %s, now %s. The table below says the same.",
		words.Many(steps, "time", "times"), words.Day(m.First), cmp.Or(words.Day(m.Forecast), "none"))
	return l
}

// marks are the lines down a ladder: the baselines, one line where both are one day, and the day of the page.
func marks(s scale, m Moves, foot int) (list []LadderMark) {
	original, current := "original baseline", "current baseline"
	if m.OriginalBaseline == m.CurrentBaseline {
		original, current = "baseline", ""
	}
	for _, mark := range []struct{ day, name, tone string }{{m.OriginalBaseline, original, "base"}, {m.CurrentBaseline, current, "base"}, {m.AsAt, words.Day(m.AsAt), "today"}} {
		x := s.x(mark.day)
		if x == "" || mark.name == "" {
			continue
		}
		y := foot + 18 + 16*len(list) // each below the last, so that none lies on another
		list = append(list, LadderMark{Tick{X: x, Name: mark.name, Tone: mark.tone, Anchor: s.anchor(mark.day)}, y})
	}
	return list
}

// beside is where the name of a day stands: away from the bar that leads to it, or above the bar where there is no room.
func (s scale) beside(iso string, backwards bool) Label {
	day, ok := numbered(iso)
	if !ok || s.x(iso) == "" {
		return Label{}
	}
	l := Label{Text: words.Day(iso), X: s.x(iso), DX: 11, DY: 4, Anchor: "start"}
	part := s.part(day)
	switch {
	case backwards && part > 20:
		l.DX, l.Anchor = -11, "end"
	case backwards:
		l.DX, l.DY = 0, -9
	case part > 84:
		l.DX, l.DY, l.Anchor = 0, -9, "end"
	}
	return l
}

// next is the rung below the last, with a line that comes down from it where the date stood somewhere.
func (l *Ladder) next(at string) Rung {
	y := ladderTop + len(l.Rungs)*rungStep
	r := Rung{Y: y + 30, TextY: y + 13, SpanY: y + 27}
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
