package chart

import (
	"fmt"

	"milepost.dev/internal/web/words"
)

// Bar is a whole and the parts that it is made of, side by side.
type Bar struct {
	Parts []Part // those that are not empty
	Words string // the drawing in words
}

// Part is one part of a bar.
type Part struct {
	Tone, Name string
	N          int
	X, Width   string // where it lies, in per cent; NewBar fills them
}

// NewBar draws parts, in their order, of a whole of so many. Parts of nothing are left out.
func NewBar(whole int, parts []Part) Bar {
	var b Bar
	var said []string
	at := 0
	for _, p := range parts {
		if p.N == 0 {
			continue
		}
		p.X, p.Width = percent(at, whole), percent(p.N, whole)
		at += p.N
		b.Parts = append(b.Parts, p)
		said = append(said, fmt.Sprintf("%d %s", p.N, p.Name))
	}
	b.Words = words.Listed(said)
	return b
}

// DivergingBar is a number of days as a bar from a zero in the middle: to the right for later, to the left for
// earlier.
type DivergingBar struct {
	Tone     string // "late", "early" or "plain"
	X, Width string // per cent
}

// NewDivergingBar draws days beside others, of which the widest fills one half.
func NewDivergingBar(days, widest int) DivergingBar {
	switch {
	case days > 0:
		return DivergingBar{Tone: "late", X: "50%", Width: percent(days, 2*widest)}
	case days < 0:
		return DivergingBar{Tone: "early", X: percent(widest+days, 2*widest), Width: percent(-days, 2*widest)}
	}
	return DivergingBar{Tone: "plain", X: "50%", Width: "0%"}
}

// percent is a part of a whole as SVG takes it.
func percent(n, of int) string { return fmt.Sprintf("%.2f%%", 100*float64(n)/float64(max(of, 1))) }
