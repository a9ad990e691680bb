package dates

import "milepost.dev/domain/period"

// onwards makes a date one from which something goes on.
func onwards(_ *reader, w *nearWord) { w.m.kind, w.m.onward = period.From, true }

// maybeOnwards does, and no rule of the convention says so.
func maybeOnwards(_ *reader, w *nearWord) {
	w.m.kind, w.m.onward, w.m.ambiguous = period.From, true, true
}

// ahead takes some words behind the word as well.
func ahead(n int, says func(*reader, *nearWord)) func(*reader, *nearWord) {
	return func(r *reader, w *nearWord) {
		says(r, w)
		r.used(w.i, w.i+n)
		w.i += n
	}
}

// parts ends what is said of the date before the word.
func parts(_ *reader, w *nearWord) { w.m.right, w.done = w.i, true }

// skips reads on without the word, which is only of the one behind it.
func skips(_ *reader, w *nearWord) { w.skip = true }

// behindRules read the words on the right of a date.
var behindRules = [...]nearRule{
	{"March 2018?", func(_ *reader, w *nearWord) bool { return w.is('?') }, doubts},
	{"March 2018 TBC", func(_ *reader, w *nearWord) bool { return w.has(wUnknown | wDoubt) }, doubts},
	{"March 2018 to be confirmed", (*reader).isToBeAgreed, ahead(2, doubts)},
	{"March 2018 onwards", func(_ *reader, w *nearWord) bool { return w.has(wOnwards) }, onwards},
	{"April 2017 to date", func(r *reader, w *nearWord) bool {
		return w.has(wTo|wUntil) && r.precedes(w, "date", "present", "now")
	}, ahead(1, onwards)},
	{"Sept 17 - ongoing", (*reader).hasNoOtherEnd, ahead(1, maybeOnwards)},
	{"Sept 17 - ongoing support", func(r *reader, w *nearWord) bool {
		return r.toOngoing(w) && r.at(w.i+2).class == letter && r.at(w.i+2).role == 0
	}, func(r *reader, w *nearWord) {
		w.m.ambiguous = true
		parts(r, w)
	}},
	{"April 2018 -", func(r *reader, w *nearWord) bool { return w.is('-') && w.i+1 == len(r.tokens) && !w.glued }, func(_ *reader, w *nearWord) { w.m.ambiguous = true }}, // what follows is lost, or it is open
	{"April 2018 and ongoing thereafter", func(r *reader, w *nearWord) bool {
		return (w.has(wAnd) || w.is('&') || w.is(',')) && r.at(w.i+1).has(wOngoing) && r.at(w.i+2).word == "thereafter" && !r.before(w.it.from, wBy|wEnd)
	}, ahead(2, onwards)},
	{"March 2018 and beyond", func(r *reader, w *nearWord) bool {
		return (w.has(wAnd) || w.is('&')) && (r.at(w.i+1).has(wOnwards) || r.precedes(w, "beyond"))
	}, ahead(1, onwards)},
	{"April 2018+", func(r *reader, w *nearWord) bool {
		return w.is('+') && w.glued || w.is('>') && w.i == w.it.to && r.at(w.i+1).class != digits
	}, maybeOnwards},
	{"March 2018 anticipated", func(_ *reader, w *nearWord) bool { return w.has(wExpected) }, func(_ *reader, w *nearWord) { w.m.approx = true }},
	{"March 2018 approx", func(r *reader, w *nearWord) bool { return w.has(wAbout) && !(w.word == "c" && r.at(w.i+1).is(')')) }, func(r *reader, w *nearWord) { // "c)" numbers what follows
		if next := r.at(w.i + 1); next.class == digits || next.class == letter { // "with approx 20"
			parts(r, w)
			return
		}
		w.m.approx = true
	}},
	{"March 2018 at the latest", func(r *reader, w *nearWord) bool {
		return w.word == "at" && (r.precedes(w, "the") && r.at(w.i+2).word == "latest" || r.precedes(w, "latest"))
	}, (*reader).saysAtLatest},
	{"March 2018 at the earliest", func(r *reader, w *nearWord) bool {
		return w.word == "at" && r.precedes(w, "the") && r.at(w.i+2).word == "earliest"
	}, ahead(2, maybeOnwards)},
	{"March 2018 latest", func(_ *reader, w *nearWord) bool { return w.word == "latest" }, marked(period.By)},
	{"March 2018 earliest", func(_ *reader, w *nearWord) bool { return w.word == "earliest" }, maybeOnwards},
	{"March 2018 on", func(r *reader, w *nearWord) bool {
		return w.word == "on" && w.i == w.it.to && (r.at(w.i+1).class == sign || r.precedes(w, ""))
	}, onwards},
	{"17/18 and future years", func(r *reader, w *nearWord) bool { return w.has(wAnd) && r.laterYears(w.i+1) }, ahead(2, onwards)},
	{"March 2018 deadline", func(_ *reader, w *nearWord) bool { return w.word == "deadline" }, maybe(period.By)},
	{"June 17 (start)", (*reader).isBracketedEnd, ahead(2, (*reader).saysBracketedEnd)},
	{"June 17 start", func(r *reader, w *nearWord) bool {
		return w.word == "start" && (w.i+1 >= w.bound || r.at(w.i+1).class == sign)
	}, func(_ *reader, w *nearWord) { w.m.kind, w.m.starts = period.From, true }},
	{"June 17 finish", func(r *reader, w *nearWord) bool {
		return w.word == "finish" && (w.i+1 == len(r.tokens) || r.at(w.i+1).class == sign)
	}, func(_ *reader, w *nearWord) { w.m.end = true }},
	{"June 17 (provisional)", (*reader).opensDoubt, skips},
}

// marksBehind reads the words next to the date on its right, by behindRules.
func (r *reader) marksBehind(m *marks, it *item, stop int) {
	w := &r.near
	*w = nearWord{m: *m, it: it, bound: stop}
	r.readBehind(w)
	*m = w.m
}

func (r *reader) readBehind(w *nearWord) {
	for w.i = w.it.to; w.i < w.bound; w.i++ {
		w.token, w.skip = r.at(w.i), false
		if w.class == letter && w.role == 0 && w.i == w.it.to && nearestWord(w.word) == "onwards" {
			w.entry, w.misspelt = lexicon["onwards"], true
			w.m.misspelt = true
		}
		k := 0
		for k < len(behindRules) && !behindRules[k].fits(r, w) {
			k++
		}
		if k == len(behindRules) {
			w.m.right = w.i
			return
		}
		r.applied(behindRules[k].example)
		if behindRules[k].says(r, w); w.done {
			return
		}
		if !w.skip {
			w.used = true
			w.m.right = w.i + 1
		}
	}
}

// precedes says whether one of some words stands behind the word.
func (r *reader) precedes(w *nearWord, words ...string) bool {
	for _, word := range words {
		if r.at(w.i+1).word == word {
			return true
		}
	}
	return false
}

// isToBeAgreed says whether "to be confirmed" ends what is said.
func (r *reader) isToBeAgreed(w *nearWord) bool {
	return w.word == "to" && r.precedes(w, "be") && (r.at(w.i+2).word == "confirmed" || r.at(w.i+2).word == "agreed") && (w.i+3 >= w.bound || r.at(w.i+3).class == sign)
}

// toOngoing says whether a mark right behind the date leads to "ongoing".
func (r *reader) toOngoing(w *nearWord) bool {
	return (w.is('-') || w.has(wTo)) && w.i == w.it.to && r.at(w.i+1).has(wOngoing)
}

// hasNoOtherEnd says whether the date is only the beginning of what goes on: "Sept 17 - ongoing".
func (r *reader) hasNoOtherEnd(w *nearWord) bool {
	next := r.at(w.i + 2)
	return r.toOngoing(w) && (next.class != letter || next.capital) && next.class != digits && !w.it.ranged && !r.before(w.it.from, wBy|wEnd|wDue|wFrom|wStarts)
}

// saysAtLatest reads "at the latest".
func (r *reader) saysAtLatest(w *nearWord) {
	w.m.kind = period.By
	for k := w.i; k < w.i+3 && k < w.bound; k++ {
		t := r.at(k)
		t.used = t.used || t.word == "at" || t.word == "the" || t.word == "latest"
	}
	w.i++
	if r.at(w.i+1).word == "latest" {
		w.i++
	}
}

// isBracketedEnd says whether a bracket says which end of something the date is.
func (r *reader) isBracketedEnd(w *nearWord) bool {
	inner := r.at(w.i + 1)
	return w.is('(') && r.at(w.i+2).is(')') && (inner.has(wStarts|wEnd) || inner.word == "finish" || inner.word == "latest")
}

func (r *reader) saysBracketedEnd(w *nearWord) {
	switch inner := r.at(w.i + 1); {
	case inner.has(wStarts):
		w.m.kind, w.m.starts = period.From, true
	case inner.word == "latest":
		w.m.kind = period.By
	default:
		w.m.end = true
	}
}

// opensDoubt says whether a mark leads to words that say how sure the date is, or ends them.
func (r *reader) opensDoubt(w *nearWord) bool {
	const sure = wUnknown | wDoubt | wExpected
	next := r.at(w.i + 1)
	switch {
	case w.is(')'):
		return true
	case w.is('('):
		return next.has(sure|wAbout|wOnwards) || next.is('?')
	case w.is(','):
		return next.has(sure | wAbout | wOnwards)
	case w.is('-'):
		return next.has(sure | wOnwards)
	}
	return false
}
