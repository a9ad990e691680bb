package chart

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"milepost.dev/internal/web/words"
)

// Line is a milestone in a trend: what was said of its date, in order of the day that it was said for.
type Line struct {
	Ref, Title string
	Days       int    // signed, against Against; what stands at its name
	Known      bool   // there are such days
	State      string // "achieved", "cancelled", "no date", "overdue" or ""
	First      string // the day that it was promised for at the left edge, an ISO day; empty where there was none
	Baselines  []Approved
	Said       []Said
	// Ends is the day on which it was achieved or cancelled; empty while it is open.
	Ends string
}

// Said is one statement of a date: on the day that it is about, due then. An empty Due withdraws the date.
type Said struct {
	AsAt, Due string
	Late      bool // it was told long after its day
}

// Approved is a baseline that was approved.
type Approved struct {
	AsAt, Due string
	Number    int
}

// Trend is a milestone trend analysis: across the day of the report, up the date that was told then. A line runs level while
// a date holds and steps where another is said; it never slopes. On the diagonal the day of the report is the date itself.
type Trend struct {
	Height, Top, Foot int
	Months            []Tick // across
	Dues              []Rule // up
	Past              string // the path of what is past on the day of the report, in a square of 1000
	Diagonal          string
	Drawn             []DrawnLine
	Words             string
	Compared          string // where the day lies that Since was given, in per cent across, and its name; else empty
	ComparedName      string

	grid grid
}

// Rule is a level line, with its name.
type Rule struct {
	Y    float64
	Name string
}

// DrawnLine is a line as it lies. Paths are in a square of 1000; marks are in per cent across and pixels down.
type DrawnLine struct {
	Ref, Title, Days, State, Tone string
	Path, Waiting, Overdue        string
	Fresh                         string      // as much of Path as is after the day of Since
	Dots                          string      // where the date was said anew, as lines of no length
	Late                          []TrendMark // where it was said anew, long after its day; there may be many
	Marks                         []TrendMark
	Y, NameY                      float64 // where it ends, and where its name stands

	said, waiting []piece
	endX          float64
}

// piece is a straight part of a line.
type piece struct{ x, y, toX, toY float64 }

// pathOf is the path of pieces, which run level or upright, each of whose places goes through a function. Pieces that go on level are one.
func pathOf(pieces []piece, at func(x, y float64) (float64, float64)) string {
	var b strings.Builder
	for i := 0; i < len(pieces); i++ {
		p := pieces[i]
		if i == 0 || pieces[i-1].toX != p.x || pieces[i-1].toY != p.y {
			x, y := at(p.x, p.y)
			b.WriteString("M" + tenths(x) + " " + tenths(y))
		}
		for p.y == p.toY && i+1 < len(pieces) && pieces[i+1].x == p.toX && pieces[i+1].y == p.y && pieces[i+1].toY == p.y {
			i++
			p.toX = pieces[i].toX
		}
		toX, toY := at(p.toX, p.toY)
		if p.y == p.toY {
			b.WriteString("H" + tenths(toX))
		} else {
			b.WriteString("V" + tenths(toY))
		}
	}
	return b.String()
}

// tenths is a place in a drawing: nobody sees less than a tenth of a pixel.
func tenths(n float64) string { return strconv.FormatFloat(math.Round(10*n)/10, 'f', -1, 64) }

func asIs(x, y float64) (float64, float64) { return x, y }

// TrendMark is a shape on a line.
type TrendMark struct {
	Kind string // "withdrawn", "achieved", "cancelled", "first", "baseline", "beyond"
	X    string
	Y    float64
	Name string
}

const (
	trendTop    = 18
	trendHeight = 430
	nameApart   = 17 // pixels between two names
)

// NewTrend draws lines from one day to another, which are ISO days; nil where there is nothing to draw.
func NewTrend(lines []Line, from, to string) *Trend {
	across, ok := newSpan(from, to)
	if !ok {
		return nil
	}
	due := dueSpan(lines, across)
	if due.from > due.to {
		return nil
	}
	t := &Trend{Height: trendHeight + 44, Top: trendTop, Foot: trendTop + trendHeight, Months: across.months()}
	g := grid{across: across, due: due}
	t.grid = g
	t.Dues = g.rules()
	t.Past, t.Diagonal = g.past()
	for _, line := range lines {
		if drawn, ok := g.drawClear(line, t.Drawn); ok {
			t.Drawn = append(t.Drawn, drawn)
		}
	}
	if len(t.Drawn) == 0 {
		return nil
	}
	apart(t.Drawn)
	t.Words = trendWords(lines, from, to)
	return t
}

// span is a range of days.
type span struct{ from, to float64 }

func newSpan(from, to string) (span, bool) {
	a, okA := numbered(from)
	b, okB := numbered(to)
	if !okA || !okB {
		return span{}, false
	}
	if b-a < leastSpan {
		a = b - leastSpan
	}
	return span{a, b}, a < b
}

func (s span) part(day float64) float64 { return (day - s.from) / (s.to - s.from) }

// months are lines across, at the first days of months.
func (s span) months() []Tick {
	return scale(s).ticks()
}

// dueSpan has room for the dates of all lines. A date that would take more than half of the height for itself is left
// outside, and clipped.
func dueSpan(lines []Line, across span) span {
	var days []float64
	for _, line := range lines {
		for _, iso := range line.dates() {
			if day, ok := numbered(iso); ok {
				days = append(days, day)
			}
		}
	}
	if len(days) == 0 {
		return span{1, 0}
	}
	slices.Sort(days)
	low, high := days[0], days[len(days)-1]
	if n := len(days); n > 3 {
		if near := days[n-2]; high-near > near-low && high-near > 365 {
			high = near
		}
		if near := days[1]; near-low > high-near && near-low > 365 {
			low = near
		}
	}
	if high-low < leastSpan {
		low, high = low-leastSpan/2, high+leastSpan/2
	}
	// The diagonal is in sight where it is near.
	if across.to > low-120 && across.from < high {
		low = min(low, max(across.from, across.to-150))
	}
	pad := (high - low) * 0.05
	return span{low - pad, high + pad}
}

// dates are all days that a line stands at.
func (l Line) dates() []string {
	days := []string{l.First, l.Ends}
	for _, s := range l.Said {
		days = append(days, s.Due)
	}
	for _, b := range l.Baselines {
		days = append(days, b.Due)
	}
	return days
}

// grid puts days across and dates up. Shift moves a line up or down, in pixels, so that it does not lie on another.
type grid struct {
	across, due span
	shift       float64
}

func (g grid) x(day float64) float64 { return math.Round(1e5*min(1, max(0, g.across.part(day)))) / 100 }

// y is where a date lies, in pixels from the top of the drawing.
func (g grid) y(day float64) float64 {
	return math.Round(10*(g.shift+trendTop+trendHeight*(1-min(1, max(0, g.due.part(day)))))) / 10
}

func (g grid) percent(day float64) string { return tenths(g.x(day)/10) + "%" }

// rules are level lines at the first days of months, quarters or years.
func (g grid) rules() []Rule {
	var rules []Rule
	for _, stop := range scale(g.due).stops() {
		rules = append(rules, Rule{math.Round(10*(trendTop+trendHeight*(1-stop.part/100))) / 10, stop.name})
	}
	return rules
}

// past is the area below the diagonal, where a date is past on the day of the report, and the diagonal itself. Both are empty
// where it is out of sight.
func (g grid) past() (area, line string) {
	from, to := max(g.across.from, g.due.from), min(g.across.to, g.due.to)
	if from >= to {
		return "", ""
	}
	foot := float64(trendTop + trendHeight)
	line = fmt.Sprintf("M%g %gL%g %g", g.x(from), g.y(from), g.x(to), g.y(to))
	area = fmt.Sprintf("%sL%g %gL%g %gL%g %gZ", line, g.x(g.across.to), g.y(to), g.x(g.across.to), foot, g.x(from), foot)
	return area, line
}

// draw is a line as it lies; false where nothing was said within the drawing.
func (g grid) draw(l Line) (DrawnLine, bool) {
	d := DrawnLine{Ref: l.Ref, Title: l.Title, State: l.State, Tone: tone(l)}
	if l.Known {
		d.Days = words.Signed(l.Days)
	}
	var overdue []piece
	end := g.across.to
	if day, ok := numbered(l.Ends); ok {
		end = min(end, day)
	}
	at, due, dated, withdrawn := 0.0, 0.0, false, false
	run := func(until float64) { // goes on level from at to a day
		if !dated || until <= at {
			return
		}
		level := func(from float64) piece { return piece{g.x(from), g.y(due), g.x(until), g.y(due)} }
		if withdrawn {
			d.waiting = append(d.waiting, level(at))
		} else {
			d.said = append(d.said, level(at))
		}
		if past := max(at, due); past < until { // a date that was taken back stays owed
			overdue = append(overdue, level(past))
		}
		at = until
	}
	if first, ok := numbered(l.First); ok {
		d.Marks = append(d.Marks, TrendMark{Kind: "first", Y: g.y(first)})
		at, due, dated = g.across.from, first, true
	}
	for _, s := range l.Said {
		day, ok := numbered(s.AsAt)
		if !ok || day > end {
			continue
		}
		day = max(day, g.across.from)
		run(day)
		said, named := numbered(s.Due)
		switch {
		case !named && withdrawn:
		case !named && dated:
			withdrawn = true
			d.Marks = append(d.Marks, TrendMark{Kind: "withdrawn", X: g.percent(day), Y: g.y(due)})
		case named:
			if dated && said != due {
				d.said = append(d.said, piece{g.x(day), g.y(due), g.x(day), g.y(said)})
			}
			if !dated || said != due || withdrawn {
				kind := "step"
				if s.Late {
					kind = "late"
				}
				if said > g.due.to || said < g.due.from {
					kind = "beyond"
				}
				switch kind {
				case "step":
					d.Dots += "M" + tenths(g.x(day)) + " " + tenths(g.y(said)) + "h0"
				case "late":
					d.Late = append(d.Late, TrendMark{X: g.percent(day), Y: g.y(said)})
				default:
					d.Marks = append(d.Marks, TrendMark{Kind: kind, X: g.percent(day), Y: g.y(said), Name: words.Day(s.Due)})
				}
			}
			at, due, dated, withdrawn = day, said, true, false
		}
	}
	if !dated {
		return d, false
	}
	run(end)
	if ended, ok := numbered(l.Ends); ok && ended <= g.across.to {
		kind := "achieved"
		if l.State == "cancelled" {
			kind, ended = "cancelled", end
		} else {
			d.said = append(d.said, piece{g.x(end), g.y(due), g.x(end), g.y(ended)})
			due = ended
		}
		d.Marks = append(d.Marks, TrendMark{Kind: kind, X: g.percent(end), Y: g.y(due)})
	}
	for _, b := range l.Baselines {
		if b.Number == 1 && b.Due == l.First {
			continue // which the mark at the left edge says
		}
		day, okDay := numbered(b.AsAt)
		if to, ok := numbered(b.Due); ok && okDay && day >= g.across.from && day <= g.across.to {
			d.Marks = append(d.Marks, TrendMark{Kind: "baseline", X: g.percent(day), Y: g.y(to), Name: fmt.Sprint("B", b.Number)})
		}
	}
	d.Path, d.Waiting, d.Overdue = pathOf(d.said, asIs), pathOf(d.waiting, asIs), pathOf(overdue, asIs)
	d.Y, d.endX = g.y(due), g.x(end)
	return d, true
}

// tone says in which direction a line went: never which milestone it is.
func tone(l Line) string {
	switch {
	case l.Days > 0:
		return "late"
	case l.Days < 0:
		return "early"
	}
	return "held"
}

// trendWords is the drawing in a sentence or two, with the one that moved most.
func trendWords(lines []Line, from, to string) string {
	later, earlier, most := 0, 0, -1
	for i, l := range lines {
		if l.Days > 0 {
			later++
		}
		if l.Days < 0 {
			earlier++
		}
		if l.Known && (most < 0 || abs(l.Days) > abs(lines[most].Days)) {
			most = i
		}
	}
	text := fmt.Sprintf("How the dates of %s were told from %s to %s: %d later and %d earlier than first promised.",
		words.Many(len(lines), "milestone", "milestones"), words.Day(from), words.Day(to), later, earlier)
	if most >= 0 && lines[most].Days != 0 {
		text += fmt.Sprintf(" %s moved most, by %s days.", lines[most].Ref, words.Signed(lines[most].Days))
	}
	return text + " The table says the same."
}

func abs(n int) int { return max(n, -n) }
