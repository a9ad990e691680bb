package figures

// start is what a milestone is measured against.
type start struct {
	first   told
	known   bool
	inDoubt bool // it is the earliest of several days in words (R9)
	// inherits: it has a first forecast from another milestone whose place it took (R8), told before any of its own.
	inherits bool
}

// restated says whether a dated statement is a restated start (R2): neither a reference nor a neighbour of any move.
func (s *start) restated(t *told) bool {
	switch {
	case !t.promises():
		return false
	case s.inherits: // "where there was none before" does not hold
		return s.known && t.asAt < s.first.asAt && t.order > s.first.order
	}
	return !s.known || t.asAt < s.first.asAt
}

// is says whether a statement is the first forecast, and no move from what came before it.
func (s *start) is(t *told) bool { return !s.inherits && t.order == s.first.order }

// begin finds the first forecast among all that was told, in the order of telling, whatever day is asked about (R2).
func begin(all []told) start {
	b := beginning{words: -1}
	for i := range all {
		b.take(all[:i+1])
	}
	return b.start
}

// beginning is the first forecast as far as it is known.
type beginning struct {
	start
	words  int  // where words with several days are, told before any date; below 0: nowhere
	stated bool // a date was
}

// take takes in the last of what was told.
func (b *beginning) take(all []told) {
	last := len(all) - 1
	t, s := &all[last], &b.start
	switch {
	case !t.promises() && !s.known:
		if t.doubtful() && !b.stated && s.doubts(all[:last], b.words, t) {
			b.words = last
		}
	case !t.promises():
	case s.known:
		s.judge(all, t)
	case b.words >= 0: // a day is stated after them: it is compared with their earliest
		*s = start{first: all[b.words], known: true, inDoubt: true}
		s.settle(all)
	case t.accepted || !closed(all[:last], t):
		*s = start{first: *t, known: true}
		s.doubted(all[:last])
		s.settle(all)
	}
	b.stated = b.stated || t.promises()
}

// doubted takes words with several days of before in a date's place, where they were told when the milestone had been met and no
// date had been stated, about an earlier day, and their earliest is earlier: the reopening that let the date begin lets them too.
func (s *start) doubted(before []told) {
	for i := range before {
		t := &before[i]
		if t.promises() {
			return
		}
		if t.doubtful() && t.asAt < s.first.asAt && t.due < s.first.due {
			s.first, s.inDoubt = *t, true
		}
	}
}

// doubts says whether words with several days, told before any date, are those that a date is compared with: the first, and
// then those about an earlier day whose earliest is not later.
func (s *start) doubts(before []told, words int, t *told) bool {
	if words < 0 {
		return !closed(before, t)
	}
	return t.asAt < before[words].asAt && t.due <= before[words].due
}

// judge applies the rule to a statement that was told after the first forecast.
func (s *start) judge(told []told, t *told) {
	if t.asAt <= s.first.asAt {
		s.settle(told)
	}
}

// settle applies the rule until nothing changes: a statement that was a restated start may be one no more.
func (s *start) settle(told []told) {
	for i := 0; i < len(told); i++ {
		if t := &told[i]; t.promises() && s.earlier(told, t) {
			s.take(t)
			i = -1
		}
	}
}

func (s *start) take(t *told) { s.first, s.inDoubt = *t, false }

// earlier says whether a dated statement takes the first forecast's place: about an earlier day, where its due day is not
// later or the history was accepted (R2); about the same day, where two speakers or more stated a date, if it is earlier (R11).
func (s *start) earlier(told []told, t *told) bool {
	switch {
	case t.asAt < s.first.asAt:
		return t.due <= s.first.due || t.accepted
	case t.asAt == s.first.asAt && t.due < s.first.due:
		return s.several(told)
	}
	return false
}

// several says whether two speakers or more stated a date about the first forecast's own day.
func (s *start) several(told []told) bool {
	for i := range told {
		if t := &told[i]; t.promises() && t.asAt == s.first.asAt && t.speaker != s.first.speaker {
			return true
		}
	}
	return false
}

// closed says whether a date was told after the milestone had been met: then it is no first forecast, where there was
// none before (R2). What one request says of one day is told at once.
func closed(before []told, t *told) bool {
	for i := range before {
		a := &before[i]
		if a.kind == achieved && !(a.request == t.request && a.asAt == t.asAt) && !reopenedSince(before, a, t) {
			return true
		}
	}
	return false
}

// reopenedSince says whether the milestone was opened again after an actual, for the day of a date or an earlier one.
func reopenedSince(before []told, a, t *told) bool {
	for i := range before {
		r := &before[i]
		if r.kind == reopened && (r.asAt > a.asAt || r.asAt == a.asAt && r.order > a.order) && t.asAt >= r.asAt {
			return true
		}
	}
	return false
}
