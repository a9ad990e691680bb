package dates

// How far something is, where no date stands beside it.

// mostTold is how long a text may be of which one word says that it is all done: a longer one tells of more
// than one thing.
const mostTold = 24

// toldDone says whether something is told as past, without a date.
func (r *reader) toldDone() bool {
	if first := r.at(0).word; len(r.tokens) > mostTold || first == "no" || first == "none" || first == "nothing" {
		return false
	}
	for i := range r.tokens {
		switch t := r.at(i); {
		case t.word == "cancelled", t.word == "rejected", r.isPartly(i): // that is no end of what was to be done
			return false
		case t.has(wPast) && r.toldAsPast(i, 0):
			return true
		}
	}
	return false
}

// beginsDone says whether the first word tells that all is done, and what follows it only explains: "Complete (awaiting
// the report)".
func (r *reader) beginsDone() bool {
	switch r.at(0).word {
	case "complete", "completed", "closed", "done", "achieved":
		next := r.at(1)
		return len(r.tokens) < mostTold && (next.is('(') || next.is('-') || next.is(',') || next.is(';') || next.is('.'))
	}
	return false
}

// isPartly says whether something is told to be done in part: "75% complete".
func (r *reader) isPartly(i int) bool {
	if r.at(i).word != "complete" && r.at(i).word != "completed" {
		return false
	}
	switch before := r.at(i - 1); before.word {
	case "part", "partially", "partly", "nearly", "almost", "substantially":
		return true
	case "percent", "%":
		return r.at(i-2).num != 100
	}
	return false
}

// underWay says whether the words say no more than that the work goes on: "In progress", "Work is under way".
func (r *reader) underWay() bool {
	if len(r.tokens) > mostUnderWay {
		return false
	}
	for i := range r.tokens {
		switch t := r.at(i); {
		case t.word == "underway", t.word == "progress" && r.at(i-1).word == "in", t.word == "way" && r.at(i-1).word == "under":
			return !r.at(i-1).has(wFuture) && !r.wanted(i, 0)
		}
	}
	return false
}

// mostUnderWay is how long a text may be that says nothing else.
const mostUnderWay = 6

// started says whether something is told to have begun, or to be done in part, or to be what is done anyway.
func (r *reader) started() bool {
	if r.at(0).word == "no" {
		return false
	}
	for i := range r.tokens {
		switch r.at(i).word {
		case "complete", "completed":
			if r.isPartly(i) {
				return true
			}
		case "continuing", "continues":
			return len(r.tokens) < 4
		case "started", "commenced", "begun", "began", "underway", "progress":
			return !r.tocome(i, 0)
		case "bau", "wip", "rolling":
			return true
		case "review":
			return r.at(i-1).word == "under" && len(r.tokens) < 4
		case "train", "development":
			return r.at(i-1).word == "in" && len(r.tokens) < 4
		case "business":
			return r.at(i+1).word == "as" && r.at(i+2).word == "usual"
		}
	}
	return false
}
