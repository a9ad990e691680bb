package chart

import "milepost.dev/internal/web/words"

// Since sets apart what is new since an ISO day, so that the eye finds it without reading. A day out of sight sets nothing apart.
func (t *Trend) Since(iso string) {
	day, ok := numbered(iso)
	if t == nil || !ok || day <= t.grid.across.from || day >= t.grid.across.to {
		return
	}
	x := t.grid.x(day)
	t.Compared, t.ComparedName = tenths(x/10)+"%", words.Day(iso)
	for i := range t.Drawn {
		d := &t.Drawn[i]
		before, after := parted(d.said, x)
		d.Path, d.Fresh = pathOf(before, asIs), pathOf(after, asIs)
	}
}

// parted are the pieces up to a place across, and those behind it; what was said on the day itself is no news.
func parted(pieces []piece, x float64) (before, after []piece) {
	for _, p := range pieces {
		switch {
		case p.toX <= x:
			before = append(before, p)
		case p.x >= x:
			after = append(after, p)
		default:
			before = append(before, piece{p.x, p.y, x, p.y})
			after = append(after, piece{x, p.y, p.toX, p.y})
		}
	}
	return before, after
}
