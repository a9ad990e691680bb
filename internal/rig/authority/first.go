package authority

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
	var dates []Told
	for _, t := range of {
		if d, ok := doubtful(t, of); t.Kind == Several && ok {
			dates = append(dates, d)
		} else if t.dated() {
			dates = append(dates, t)
		}
	}
	var s start
	for changed := true; changed; {
		changed = false
		for i, t := range dates {
			if better := replaces(all, of, dates[:i+1], s.first, t); better != nil {
				s.first, changed = better, true
			}
		}
	}
	for _, t := range dates {
		early := s.first == nil || t.AsAt.Before(s.first.AsAt)
		if early && t.dated() {
			s.restated = append(s.restated, t)
		}
	}
	return s
}

// replaces returns the first forecast once t is told after the others of dates; nil where it stays the same.
func replaces(all, of, dates []Told, first *Told, t Told) *Told {
	switch {
	case first == nil:
		if afterActual(of, t, all) && !accepted(all, t) {
			return nil
		}
		return &t
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

// afterActual says whether a date cannot be the first one because the milestone had been met (R2): it was told
// after an actual, or is about a later day than the as-at of the actual that counts. A reopening ends that for
// what is told after it about its day or a later one, and for what was told before the actual.
func afterActual(of []Told, t Told, all []Told) bool {
	for _, a := range of {
		if a.Kind != Achieved {
			continue
		}
		reopened, afresh := false, false
		for _, r := range of {
			if r.Kind == Reopened && after(r, a) {
				reopened = true
				afresh = afresh || r.order < t.order && !t.AsAt.Before(r.AsAt)
			}
		}
		if t.order > a.order && !afresh {
			return true
		}
		if counts := counted(all, of); !reopened && counts.Position == a.Position && t.AsAt.After(a.AsAt) {
			return true
		}
	}
	return false
}

// after says whether a statement of a milestone's life stands after another.
func after(a, b Told) bool {
	return a.AsAt.After(b.AsAt) || a.AsAt == b.AsAt && a.order > b.order
}
