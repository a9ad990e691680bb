package figures

// agreement finds the newest settlement of what speakers say about a day, and the statement that it picks: a reviewer who is none
// of them names one of the days by which they stood then (R11). It decides about what was told before it; what is told of the day
// afterwards disagrees again. Below 0: nobody settled it.
func (w *walk) agreement(today []told) (settled, picked int) {
	for s := len(today) - 1; s >= 0; s-- {
		if today[s].kind == agreed {
			if p := w.picks(today[:s], &today[s]); p >= 0 {
				return s, p
			}
		}
	}
	return -1, -1
}

// picks returns the statement that a settlement picks among those before it; below 0 where it settles nothing.
func (w *walk) picks(before []told, s *told) int {
	picked, several := -1, false
	var speaker uint32
	for i, spoken := 0, false; i < len(before); i++ {
		t := &before[i]
		if !w.counts(t) || w.inPlace(before, i) {
			continue
		}
		if t.speaker == s.speaker {
			return -1
		}
		several = several || spoken && t.speaker != speaker
		speaker, spoken = t.speaker, true
		if picked < 0 && t.due == s.due && w.standing(before, i) {
			picked = i
		}
	}
	if !several {
		return -1
	}
	return picked
}

// standsBy says whether a statement is a due day that its speaker stands by once a disagreement is settled: the day that was picked,
// and what was told since.
func (w *walk) standsBy(today []told, i, settled, picked int) bool {
	if i < settled {
		return i == picked
	}
	return w.standing(today, i)
}
