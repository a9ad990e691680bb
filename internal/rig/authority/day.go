package authority

import (
	"slices"

	"milepost.dev/domain/civil"
)

// day is what was said of dates about one as-at day (R11).
type day struct {
	asAt civil.Date
	// steps are the dates that the day went through, in order: of one speaker all that it stated, of several
	// the one in force.
	steps []Told
	// disagrees are the other speakers' days, in order of telling.
	disagrees []Told
	// overruled are the other days of a disagreement that a reviewer settled.
	overruled []Told
	// several says that more than one speaker stated a date.
	several bool
	// gone says that the day in force is owed afterwards: its speaker took it back, or only words were said.
	gone bool
	// words are what put no day in force, in order of telling.
	words []Told
}

// sayings reads what was said of dates about one day: dates and words, in order of telling. of is everything
// that was told of the milestone, with the settlements.
func sayings(asAt civil.Date, dates, words, of []Told) day {
	d := day{asAt: asAt, words: words, gone: len(dates) == 0 && len(words) > 0}
	if len(dates) == 0 {
		return d
	}
	if speakers(dates) == 1 {
		d.steps = dates
		d.gone = takenBack(dates[len(dates)-1], words)
		return d
	}
	standing, overruled := agreed(asAt, dates, of)
	d.overruled = overruled
	latest := standing[0]
	for _, s := range standing[1:] {
		if s.Due.After(latest.Due) || s.Due == latest.Due && s.span().First.Before(latest.span().First) {
			latest = s
		}
	}
	d.steps, d.several, d.gone = []Told{latest}, true, true
	for _, s := range standing {
		if s.Due != latest.Due {
			d.disagrees = append(d.disagrees, s)
		} else if !takenBack(s, words) {
			d.gone = false
		}
	}
	return d
}

func speakers(dates []Told) int {
	names := map[string]bool{}
	for _, t := range dates {
		names[t.Speaker] = true
	}
	return len(names)
}

// takenBack says whether the speaker of a day said words without one afterwards. Another speaker's words stand
// beside it.
func takenBack(t Told, words []Told) bool {
	return slices.ContainsFunc(words, func(w Told) bool { return w.Speaker == t.Speaker && w.order > t.order })
}

// standing returns the last due day of each speaker, in order of telling.
func standing(dates []Told) (last []Told) {
	for i, t := range dates {
		later := slices.ContainsFunc(dates[i+1:], func(u Told) bool { return u.Speaker == t.Speaker })
		if !later {
			last = append(last, t)
		}
	}
	return last
}

// agreed returns the days that stand about one day, once it is settled: the day that a reviewer picked, in the
// name of who stated it, and what was told about the day after that. The other days are overruled. Who spoke about
// the day cannot settle it.
func agreed(asAt civil.Date, dates, of []Told) (stand, overruled []Told) {
	for _, s := range slices.Backward(of) {
		if s.Kind != DayAgreed || s.Day != asAt {
			continue
		}
		before := slices.DeleteFunc(slices.Clone(dates), func(t Told) bool { return t.order > s.order })
		own := slices.ContainsFunc(before, func(t Told) bool { return t.person() == s.person() || t.Speaker == s.Speaker })
		said := standing(before)
		i := slices.IndexFunc(said, func(t Told) bool { return t.Due == s.Due })
		if own || i < 0 || speakers(before) < 2 {
			continue
		}
		since := slices.DeleteFunc(slices.Clone(dates), func(t Told) bool { return t.order < s.order })
		for _, t := range standing(dates) {
			if t.order < s.order && t.Due != s.Due {
				overruled = append(overruled, t)
			}
		}
		return append([]Told{said[i]}, standing(since)...), overruled
	}
	return standing(dates), nil
}
