package authority

import "slices"

// start is what a milestone is measured from (R2).
type start struct {
	first    *Told
	restated []Told // restated starts, in order of telling
}

// begin finds the first forecast among all that was told of one milestone, whatever day is asked about.
//
// The first dated statement in the order of telling is the first forecast. One about an earlier day takes its
// place if its due day is the same or earlier, or if an approver accepted it; then all are looked at again. On
// the first forecast's own day the earlier due day of several speakers is the first forecast (R11). What
// remains about earlier days is a restated start.
func begin(all, of []Told) start {
	var s start
	for i := range of { // at each position anew: what was the first forecast then is replaced by these rules only
		for dates := candidates(of[:i+1]); s.look(all, of, dates); {
			continue
		}
	}
	for _, t := range of {
		if t.dated() && (s.first == nil || t.AsAt.Before(s.first.AsAt)) {
			s.restated = append(s.restated, t)
		}
	}
	return s
}

// candidates returns what may be a first forecast: dates, and doubtful words that a later day is compared with.
func candidates(of []Told) (dates []Told) {
	for _, t := range of {
		if t.dated() {
			dates = append(dates, t)
		} else if d, ok := doubtful(t, of); ok && t.Kind == Several {
			dates = append(dates, d)
		}
	}
	return dates
}

// look takes the first forecast from what was told so far, and says whether it became another one.
func (s *start) look(all, of, dates []Told) bool {
	for i, t := range dates {
		if better := replaces(all, of, dates[:i+1], s.first, t); better != nil {
			s.first = better
			return true
		}
	}
	return false
}

// replaces returns the first forecast once t is told after the others of dates; nil where it stays the same.
func replaces(all, of, dates []Told, first *Told, t Told) *Told {
	switch {
	case first == nil:
		if afterActual(of, t) && !accepted(all, t) {
			return nil
		}
		return &t
	case t.Kind == Several && !t.Due.Before(first.Due): // words take no date's place where nothing gets larger by it
		return nil
	case t.AsAt.Before(first.AsAt) && (!t.Due.After(first.Due) || accepted(all, t)):
		return &t
	case t.AsAt == first.AsAt:
		return earliestOfDay(dates, *first)
	}
	return nil
}

// earliestOfDay applies R11 to the first forecast's own day: where two speakers or more stated a due day, the
// earliest day that any of them stated is the first forecast. One speaker's statements stand in the order told.
func earliestOfDay(dates []Told, first Told) *Told {
	best, speakers := first, map[string]bool{}
	for _, t := range dates {
		if t.AsAt != first.AsAt {
			continue
		}
		if t.Kind == Several && t.Position != first.Position {
			continue // words stand beside a day that was stated
		}
		speakers[t.Speaker] = true
		if t.Due.Before(best.Due) {
			best = t
		}
	}
	if len(speakers) < 2 || best.Position == first.Position {
		return nil
	}
	return &best
}

// afterActual says whether a date cannot be the first one because the milestone had been met when it was told
// (R2). A reopening ends that for what is told after it, about its day or a later one.
func afterActual(of []Told, t Told) bool {
	for _, a := range of {
		together := a.Request != "" && a.Request == t.Request && a.AsAt == t.AsAt // of one day the dates stand first
		if a.Kind != Achieved || a.order > t.order || together {
			continue
		}
		afresh := slices.ContainsFunc(of, func(r Told) bool {
			return r.Kind == Reopened && after(r, a) && r.order < t.order && !t.AsAt.Before(r.AsAt)
		})
		if !afresh {
			return true
		}
	}
	return false
}

// after says whether a statement of a milestone's life stands after another.
func after(a, b Told) bool {
	return a.AsAt.After(b.AsAt) || a.AsAt == b.AsAt && a.order > b.order
}
