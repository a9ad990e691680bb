package chart

import (
	"strings"
)

// nameRoom is how wide the names of a trend are, in pixels.
const nameRoom = 330

// EndX is where the line ends, in per cent.
func (d DrawnLine) EndX() float64 { return d.endX / 10 }

// NameMiddle is where the leader of a name ends.
func (d DrawnLine) NameMiddle() float64 { return d.NameY - 4 }

// StateClass is the state as a class: a word.
func (d DrawnLine) StateClass() string { return strings.ReplaceAll(d.State, " ", "-") }

// ShortTitle is as much of the title as there is room for behind the reference, the days and the state.
func (d DrawnLine) ShortTitle() string {
	room := nameRoom - 24.0 - wide(d.Ref) - wide(d.Days) - wide(d.State) - 24
	return fitted(d.Title, room)
}

// wide is how wide text is at 13 px in the widest face that pages are shown in, or a little less.
func wide(text string) float64 {
	width := 0.0
	for _, c := range text {
		switch {
		case strings.ContainsRune("iljtfrI.,:;'|! ", c):
			width += 4.9
		case strings.ContainsRune("mwMW@", c):
			width += 12.6
		case 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '+' || c == '−':
			width += 9
		case c > 0x2e80: // as wide as they are high
			width += 13.5
		default:
			width += 8.1
		}
	}
	return width
}

// fitted is text cut to a width, with a sign that it was.
func fitted(text string, room float64) string {
	if wide(text) <= room {
		return text
	}
	var b strings.Builder
	for _, c := range text {
		if wide(b.String()+string(c)+"…") > room {
			break
		}
		b.WriteRune(c)
	}
	return strings.TrimRight(b.String(), " ,") + "…"
}

// Spark is one line of a trend by itself, each on its own height: the figure beside it says how far it went.
type Spark struct {
	Tone, Path, Waiting string
	X, Y                float64
}

// NewSpark draws a line from one day to another; nil where nothing was said.
func NewSpark(l Line, from, to string) *Spark {
	across, ok := newSpan(from, to)
	if !ok {
		return nil
	}
	l.Baselines = nil
	due := span{1, 0}
	for _, iso := range l.dates() {
		if day, ok := numbered(iso); ok {
			if due.from > due.to {
				due = span{day, day}
			}
			due = span{min(due.from, day), max(due.to, day)}
		}
	}
	if due.from > due.to {
		return nil
	}
	if due.to-due.from < 30 {
		due = span{due.from - 15, due.to + 15}
	}
	g := grid{across: across, due: due}
	d, ok := g.draw(l)
	if !ok {
		return nil
	}
	s := &Spark{Tone: d.Tone, Path: pathOf(d.said, small), Waiting: pathOf(d.waiting, small)}
	s.X, s.Y = small(d.endX, d.Y)
	return s
}

// small is a place of a trend at the size of a spark.
func small(x, y float64) (float64, float64) {
	return 2 + 0.114*x, 4 + 16*(y-trendTop)/trendHeight
}
