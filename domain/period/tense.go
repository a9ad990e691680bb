package period

// farMarks looks for what decides the kind where no word next to the date does: the nearest of a start
// ("starting in the north in 17/18"), of a past ("submitted in Oct"), and of what is to come, which
// is no past (rules 12 and 19).
func (r *reader) farMarks(m *marks, it *item, begin, stop int) {
	for i := m.left - 1; i >= begin; i-- {
		t := r.at(i)
		if r.sentenceEnds(i, i+1) {
			break
		}
		switch {
		case t.has(wStarts) && !r.at(i+1).is(',') && (m.weak || r.isVerb(i)) && !(t.word == "start" && r.at(i+1).word == "date"):
			m.kind, m.starts = From, true
			return
		case r.toldAsPast(i, begin):
			m.past = true
			return
		case r.isModal(i): // "the plan that was worked up will be attached in March"
			m.ahead = true
			return
		case t.has(wDue) && t.word != "for" && t.word != "deadline":
			if t.word != "due" || r.at(i+1).has(wTo) {
				continue // "due to commence": what follows it was looked at
			}
			m.kind = In
			return
		}
	}
	if !m.ahead && (m.mere || m.weak || m.left == begin || it.from == begin) {
		r.pastBehind(m, it, stop)
	}
}

// isModal says whether a word tells of what is to come.
func (r *reader) isModal(i int) bool {
	switch r.at(i).word {
	case "will", "shall", "should", "would", "could", "might", "must":
		return r.at(i+1).word != "have"
	case "be":
		return r.at(i-1).word == "to"
	}
	return false
}

// isVerb says whether a start is one, and no thing: "contract commencement", "fresh start".
func (r *reader) isVerb(i int) bool {
	switch r.at(i).word {
	case "commencement", "beginning":
		return false
	case "start", "begin", "commence":
		return i == 0 || r.at(i-1).has(wFuture|wTo|wAnd) || r.at(i-1).class == sign
	}
	return true
}

// toldAsPast says whether a word tells of something as past.
func (r *reader) toldAsPast(i, begin int) bool {
	t, next := r.at(i), r.at(i+1)
	strong := t.has(wPast) && !t.has(wMonth)
	if !strong && (t.class != letter || t.has(^(wAdjective | wDue | wExpected | wFuture)) || len(t.word) < 5 || t.word[len(t.word)-2:] != "ed") {
		return false
	}
	if t.has(wDue | wExpected) {
		return false
	}
	if t.has(wImperative) && (next.class == letter && next.role&^wAnd == 0 || next.has(wAnd|wArticle)) && (i == begin || t.capital) { // "Complete procurement by"
		return false
	}
	if t.has(wImperative) && next.class == letter && next.role == 0 && r.at(i-1).role != 0 {
		return false
	}
	if !strong && !r.predicate(i) {
		return false
	}
	return !r.tocome(i, begin)
}

// predicate says whether a word in -ed says what was done, and is no adjective: "was extended to X", but "extended
// access hubs".
func (r *reader) predicate(i int) bool {
	if r.at(i-1).has(wBeen|wWas) || r.at(i-1).word == "have" || r.at(i-1).word == "has" {
		return true
	}
	next := r.at(i + 1)
	return !r.at(i).has(wAdjective) && (next.class == sign || next.class == digits || next.used ||
		next.has(wIn|wBy|wTo|wFrom|wDue|wDuring|wUntil|wAfter|wMonth|wThird|wEnd) || next.word == "out" || next.word == "with" || next.word == "across")
}

// tocome says whether what looks like a past is still to come: "will be submitted", "to be completed", "not yet
// approved".
func (r *reader) tocome(i, begin int) bool {
	for k := i - 1; k >= begin && k >= i-6; k-- {
		t := r.at(k)
		switch {
		case r.sentenceEnds(k, k+1), t.is(','), t.is('('):
			return false
		case t.has(wBeen): // has been, but "will have been"
			return r.at(k-1).word == "have" && (r.at(k-2).has(wFuture) || r.at(k-2).has(wTo))
		case t.word == "will" && r.at(k+1).word == "have", t.has(wFuture), t.has(wTo) && (k == i-1 || r.at(k+1).word == "be" || r.at(k+1).word == "have"),
			t.word == "is" || t.word == "are" || t.word == "get" || t.word == "gets":
			return !(t.word == "is" && r.at(i).has(wImperative) || t.word == "are" && r.at(i).has(wImperative))
		case t.has(wPast) && t.word != "set":
			return false
		}
	}
	return false
}

// pastBehind looks for a past behind a date that nothing stands before: "In 2016 the group used", "March 2017
// completed".
func (r *reader) pastBehind(m *marks, it *item, stop int) {
	for i := m.right; i < stop; i++ {
		t := r.at(i)
		switch {
		case r.sentenceEnds(i, i+1), t.has(wFuture), t.has(wTo), t.word == "is" || t.word == "are":
			return
		case t.is(')') && r.at(it.from-1).is('('), t.is('-') && r.at(i+1).glued: // what follows is said of something else
			if t.is(')') {
				return
			}
			i++
		case (t.has(wPast) || r.at(i-1).has(wWas|wBeen)) && r.toldAsPast(i, m.right):
			// Before another date it tells of that one.
			if stop < len(r.tokens) && r.at(i+1).class == letter {
				return
			}
			m.past = true
			return
		}
	}
}
