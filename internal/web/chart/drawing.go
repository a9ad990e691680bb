package chart

import (
	_ "embed"
	"html/template"
)

// Drawing is a chart by itself, as a file: its colours are inside, and it has a size.
type Drawing struct {
	Title, Words, Foot string
	Width, Height      int
	Trend              *Trend
	Progress           *Progress
	Ladder             *Ladder
	Rows               []DrawingRow // of a timeline
	Head               *Timeline
	Bars               []DrawingBar
}

// DrawingBar is one bar among others in a file.
type DrawingBar struct {
	Y    int
	Name string
	Bar  Bar
}

// DrawingRow is one row of a timeline in a file.
type DrawingRow struct {
	Y    int
	Name string
	Span Span
}

const drawingWidth = 1180

// DrawTrend is a trend as a file; nil where there is none.
func DrawTrend(title string, t *Trend) *Drawing {
	if t == nil {
		return nil
	}
	return &Drawing{Title: title, Words: t.Words, Width: drawingWidth, Height: t.Height, Trend: t}
}

// DrawProgress is what was achieved against what was promised, as a file; nil where there is none.
func DrawProgress(title string, p *Progress) *Drawing {
	if p == nil {
		return nil
	}
	return &Drawing{Title: title, Words: p.Words, Width: drawingWidth, Height: p.Height, Progress: p}
}

// DrawLadder is how a date moved, as a file; nil where there never was one.
func DrawLadder(title string, l *Ladder) *Drawing {
	if l == nil {
		return nil
	}
	return &Drawing{Title: title, Words: l.Words, Width: drawingWidth, Height: l.Height, Ladder: l}
}

// DrawTimeline is a timeline of milestones by name, as a file; nil where none has a date.
func DrawTimeline(title string, names []string, dates []Dated, today string) *Drawing {
	t, ok := NewTimeline(dates, today)
	if !ok {
		return nil
	}
	d := &Drawing{Title: title, Words: title, Width: drawingWidth, Height: 24 + 26*len(names), Head: t}
	for i, name := range names {
		d.Rows = append(d.Rows, DrawingRow{24 + 26*i, fitted(name, 330), t.Row(dates[i])})
	}
	return d
}

// DrawBars is bars by name, below each other, as a file: an empty one where there are none.
func DrawBars(title string, names []string, bars []Bar) *Drawing {
	d := &Drawing{Title: title, Words: title, Width: drawingWidth, Height: 24 + 44*len(bars)}
	for i, name := range names {
		d.Bars = append(d.Bars, DrawingBar{24 + 44*i, fitted(name, 160), bars[i]})
		d.Words += ". " + name + ": " + bars[i].Words
	}
	return d
}

var (
	//go:embed drawing.css
	drawingStyle string
	//go:embed drawing-trend.css
	trendStyle string
	//go:embed drawing-others.css
	othersStyle string
)

// Style is the look of a drawing by itself: of what it has, and no more.
func (d *Drawing) Style() template.CSS { // it is ours
	if d.Trend != nil {
		return template.CSS(drawingStyle + trendStyle)
	}
	return template.CSS(drawingStyle + othersStyle)
}

// Whole is the height with the title and the foot.
func (d *Drawing) Whole() int { return d.Height + 76 }

// FootY is where the foot stands.
func (d *Drawing) FootY() int { return d.Height + 64 }
