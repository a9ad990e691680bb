package chart

import (
	"math"
	"slices"
)

// shifts are how far a line may stand from where it belongs: less than a reader can read off, and enough to see both.
var shifts = []float64{0, 5, -5, 10, -10}

// drawClear draws a line beside those that are drawn already: where it would lie on one of them it runs a little apart.
func (g grid) drawClear(l Line, others []DrawnLine) (DrawnLine, bool) {
	var first DrawnLine
	for i, shift := range shifts {
		g.shift = shift
		d, ok := g.draw(l)
		if !ok {
			return d, false
		}
		if i == 0 {
			first = d
		}
		if !slices.ContainsFunc(others, d.liesOn) {
			return d, true
		}
	}
	return first, true
}

// liesOn says whether two lines run level in the same place for a while.
func (d DrawnLine) liesOn(other DrawnLine) bool {
	const near, while = 3, 12 // in pixels down, and in thousandths across
	for _, p := range slices.Concat(d.said, d.waiting) {
		for _, q := range slices.Concat(other.said, other.waiting) {
			if p.y == p.toY && q.y == q.toY && math.Abs(p.y-q.y) < near && min(p.toX, q.toX)-max(p.x, q.x) > while {
				return true
			}
		}
	}
	return false
}

// apart moves the names of lines apart, so that each can be read, and keeps their order.
func apart(lines []DrawnLine) {
	order := make([]*DrawnLine, len(lines))
	for i := range lines {
		order[i] = &lines[i]
	}
	slices.SortStableFunc(order, func(x, y *DrawnLine) int {
		return int(math.Copysign(math.Ceil(math.Abs(x.Y-y.Y)), x.Y-y.Y))
	})
	free := float64(trendTop)
	for _, l := range order {
		l.NameY = max(l.Y+4, free)
		free = l.NameY + nameApart
	}
	for i, limit := len(order)-1, float64(trendTop+trendHeight+14); i >= 0; i-- { // and back up, where they ran out of room
		if order[i].NameY > limit {
			order[i].NameY = limit
		}
		limit = order[i].NameY - nameApart
	}
}
