package chart

import (
	"fmt"
	"math"
	"slices"
)

// Progress is how much was promised and how much was achieved, by day: two lines that climb by one at each milestone, and one
// for what is forecast from now on.
type Progress struct {
	Height, Foot             int
	Months                   []Tick
	Levels                   []Rule
	Promised, Forecast       string // paths in a square of 1000
	Achieved                 string
	Today                    string
	PromisedNow, AchievedNow int
	PromisedY, AchievedY     float64
	PromisedEnd, ForecastEnd float64 // where both end
	Words                    string
}

const progressHeight = 240

// NewProgress draws days on which milestones were promised, are forecast, and were achieved: each an ISO day, in any order;
// nil where nothing was promised.
func NewProgress(promised, forecast, achieved []string, today string) *Progress {
	s, ok := newScale(append(slices.Clone(promised), forecast...), achieved, today)
	now, dated := numbered(today)
	if !ok || !dated {
		return nil
	}
	top := max(len(promised), len(forecast)+len(achieved), 1)
	foot := float64(trendTop + progressHeight)
	x := func(day float64) float64 { return math.Round(100*s.part(day)) / 10 }
	y := func(n int) float64 { return math.Round(10*(foot-float64(progressHeight)*float64(n)/float64(top))) / 10 }
	climb := func(days []string, n int, from, until float64) (path string, last int) {
		path = fmt.Sprintf("M%g %g", x(from), y(n))
		sorted := slices.Sorted(slices.Values(days))
		for i, iso := range sorted {
			day, ok := numbered(iso)
			if !ok || day > until {
				continue
			}
			if n++; i+1 == len(sorted) || sorted[i+1] != iso { // a day is one step, however many were due on it
				path += fmt.Sprintf("H%gV%g", x(max(day, from)), y(n))
			}
		}
		return path + fmt.Sprintf("H%g", x(until)), n
	}
	p := &Progress{Height: int(foot) + 26, Foot: int(foot), Months: s.ticks(), Today: s.x(today)}
	var last int
	p.Promised, last = climb(promised, 0, s.from, s.to)
	p.PromisedEnd = y(last)
	p.Achieved, p.AchievedNow = climb(achieved, 0, s.from, now)
	var ahead []string
	for _, iso := range forecast {
		if iso >= today {
			ahead = append(ahead, iso)
		}
	}
	p.Forecast, last = climb(ahead, p.AchievedNow, now, s.to)
	p.ForecastEnd = y(last)
	for _, iso := range promised {
		if iso <= today {
			p.PromisedNow++
		}
	}
	p.PromisedY, p.AchievedY = y(p.PromisedNow), y(p.AchievedNow)
	step := 1
	for _, s := range []int{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000} {
		if step = s; top/s <= 5 {
			break
		}
	}
	for n := 0; n <= top; n += step {
		p.Levels = append(p.Levels, Rule{y(n), fmt.Sprint(n)})
	}
	p.Words = fmt.Sprintf("By now %d were promised and %d are achieved, of %d. The table says the same.", p.PromisedNow, p.AchievedNow, top)
	return p
}
