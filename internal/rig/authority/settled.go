package authority

import "milepost.dev/domain/civil"

// settle applies R9: words with several days that a person settled by picking one of them are what the
// document said, at its as-at and position, from the settling on. A day that is not among them is a
// statement by the person who gives it, at its own as-at.
func settle(all []Told) []Told {
	out := append([]Told(nil), all...)
	for i, s := range all {
		if s.Kind != Settled {
			continue
		}
		out[i].Kind = Date
		for j, words := range all {
			if words.Position != s.Target || words.Kind != Several {
				continue
			}
			for _, r := range words.Readings {
				if r.Due == s.Due {
					out[j].Kind, out[j].Due, out[j].Period = Date, r.Due, r.Period
					out[i].Kind = Settled // it picks, and states nothing itself
				}
			}
		}
	}
	return out
}

// earliest returns the day that unsettled words count by as a first forecast (R9): the earliest due day among
// the promises that carry no label; zero where there is none.
func earliest(words Told) civil.Date {
	var due civil.Date
	for _, r := range words.Readings {
		if r.Promises && !r.Labelled && r.Due != 0 && (due == 0 || r.Due.Before(due)) {
			due = r.Due
		}
	}
	return due
}

// doubtful returns unsettled words with several days as the date that a later day is compared with, and
// false where no day was stated about a day as late as theirs: then nothing is compared with them.
func doubtful(words Told, of []Told) (Told, bool) {
	due := earliest(words)
	if due == 0 {
		return Told{}, false
	}
	for _, t := range of {
		if t.dated() && !t.AsAt.Before(words.AsAt) {
			words.Due = due
			return words, true
		}
	}
	return Told{}, false
}
