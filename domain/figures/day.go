package figures

import "milepost.dev/domain/civil"

// disputed reads a day about which several speakers stated dates (R11). The later due day is in force, whatever the order
// of arrival; it is compared with what was in force before the day. The others are shown, and move nothing.
func (w *walk) disputed(today []told) {
	force := -1
	w.disagree = false
	settled, picked := w.agreement(today)
	for i := range today {
		if !w.standsBy(today, i, settled, picked) {
			continue
		}
		if force >= 0 && today[i].due != today[force].due {
			w.disagree = true
		}
		if force < 0 || stronger(&today[i], &today[force]) {
			force = i
		}
	}
	first := w.start.first
	if !w.given {
		w.give(&first)
	}
	if t := &today[force]; !w.start.is(t) {
		w.compare(t)
	}
	w.places(today)
	for i := range today {
		t := &today[i]
		if i != picked && !w.standing(today, i) {
			continue
		}
		r := Row{Event: Disagrees, AsAt: t.asAt, From: today[force].said(), To: t.said(), By: t.speaker}
		switch {
		case i < settled && t.due != today[settled].due:
			r.Marks = Overruled
			w.row(r)
		case t.due == today[force].due || w.start.is(t):
		case i > settled || i == picked:
			w.row(r)
		}
	}
	w.tookBack(today, today[force].due, settled, picked)
}

// standing says whether a statement is the due day by which its speaker stands: the last that it stated about the day.
func (w *walk) standing(today []told, i int) bool {
	t := &today[i]
	if !w.counts(t) || w.inPlace(today, i) {
		return false
	}
	for j := i + 1; j < len(today); j++ {
		if today[j].speaker == t.speaker && w.counts(&today[j]) && !w.inPlace(today, j) {
			return false
		}
	}
	return true
}

// inPlace says whether a statement names a day from which on, in place of a day that was promised: in the chain of an
// earlier day, or before by the same speaker (R6).
func (w *walk) inPlace(today []told, i int) bool {
	t := &today[i]
	if t.kind != fromDay {
		return false
	}
	if w.promisedBefore {
		return true
	}
	for j := range i {
		if today[j].speaker == t.speaker && today[j].kind == dated && w.counts(&today[j]) {
			return true
		}
	}
	return false
}

// stronger says whether a statement is in force before another of its day: by its due day; of one due day, the longer
// period, then who said it first.
func stronger(a, b *told) bool {
	switch {
	case a.due != b.due:
		return a.due > b.due
	case a.span.days() != b.span.days():
		return a.span.days() > b.span.days()
	}
	return a.order < b.order
}

// places adds the rows of those who named a day from which on, in place of a promised one.
func (w *walk) places(today []told) {
	for i := range today {
		if t := &today[i]; w.counts(t) && w.inPlace(today, i) {
			w.place(t)
		}
	}
}

// tookBack says whether all who stand by the day in force took it back on the same day: then it is owed.
func (w *walk) tookBack(today []told, due civil.Date, settled, picked int) {
	for i := range today {
		t := &today[i]
		if t.due == due && w.standsBy(today, i, settled, picked) && !w.withdrawn(today, i) {
			return
		}
	}
	w.owe(w.lastWord(today, due))
}

// lastWord returns the statement by which a day in force was taken back: the last of those who stood by it.
func (w *walk) lastWord(today []told, due civil.Date) *told {
	last := &today[0]
	for i := range today {
		if today[i].due != due || !w.standing(today, i) {
			continue
		}
		for j := i + 1; j < len(today); j++ {
			if t := &today[j]; t.speaker == today[i].speaker && (t.isWords() || w.inPlace(today, j)) && t.order > last.order {
				last = t
			}
		}
	}
	return last
}

// withdrawn says whether a speaker said afterwards, of the same day, that there is no date.
func (w *walk) withdrawn(today []told, i int) bool {
	for j := i + 1; j < len(today); j++ {
		t := &today[j]
		if t.speaker != today[i].speaker {
			continue
		}
		if t.isWords() || w.inPlace(today, j) {
			return true
		}
	}
	return false
}
