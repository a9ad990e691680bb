package dates

import "milepost.dev/domain/period"

// nearRule is what one kind of word right beside a date says of it. The first rule of a table that fits a word reads it.
type nearRule struct {
	example string // a text that the rule reads
	fits    func(r *reader, w *nearWord) bool
	says    func(r *reader, w *nearWord)
}

// nearWord is a word beside a date, and what the words between it and the date said.
type nearWord struct {
	*token
	m     marks
	it    *item
	i     int  // the word
	bound int  // the first word that may be of the date, or on its right the one that is no longer
	stop  int  // the first word behind the date that is of the next
	skip  bool // the word is only of the one behind it
	done  bool // the word is of something else, or all is said: what is further away is not looked at
}

// oneOf says whether the word is one of some.
func (w *nearWord) oneOf(words ...string) bool {
	for _, word := range words {
		if w.word == word {
			return true
		}
	}
	return false
}

// follows says whether one of some words stands before the word.
func (r *reader) follows(w *nearWord, words ...string) bool {
	for _, word := range words {
		if r.at(w.i-1).word == word {
			return true
		}
	}
	return false
}

// takes makes some words before the word its own.
func (r *reader) takes(w *nearWord, n int) {
	r.used(w.i-n, w.i)
	w.i -= n
}

// marked makes a rule's effect of a kind.
func marked(kind period.Kind) func(*reader, *nearWord) {
	return func(_ *reader, w *nearWord) { w.m.kind = kind }
}

// maybe is a kind that no rule of the convention gives.
func maybe(kind period.Kind) func(*reader, *nearWord) {
	return func(_ *reader, w *nearWord) { w.m.kind, w.m.ambiguous = kind, true }
}

// with takes the word before as well.
func with(says func(*reader, *nearWord)) func(*reader, *nearWord) {
	return func(r *reader, w *nearWord) {
		says(r, w)
		r.takes(w, 1)
	}
}

// nothing is the effect of a word that only leads to the date.
func nothing(*reader, *nearWord) {}

// doubts makes a date uncertain.
func doubts(_ *reader, w *nearWord) { w.m.uncertain = true }

// beyond makes the word and what stands before it no words of the date.
func beyond(_ *reader, w *nearWord) { w.m.left, w.done = w.i+1, true }

// beforeRules read the words on the left of a date.
var beforeRules = [...]nearRule{
	{"commences form March 2018", (*reader).isForm, func(_ *reader, w *nearWord) { w.m.misspelt, w.m.kind = true, period.From }}, // rule 22
	{"possibly March 2018", func(r *reader, w *nearWord) bool {
		return w.has(wUnknown|wDoubt) || w.word == "confirmed" && r.follows(w, "be") && r.at(w.i-2).word == "to"
	}, doubts},
	{"likely to be March 2018", func(r *reader, w *nearWord) bool {
		return w.word == "be" && r.follows(w, "to") && r.at(w.i-2).has(wDoubt)
	}, func(r *reader, w *nearWord) { // is no "possibly", and nearly
		w.m.uncertain, w.m.ambiguous = true, true
		r.takes(w, 2)
	}},
	{"may be March 2018", func(r *reader, w *nearWord) bool { return w.word == "be" && r.follows(w, "may", "might", "could") }, with(doubts)},
	{"on or about 5 March 2018", func(r *reader, w *nearWord) bool { return w.word == "or" && r.follows(w, "on") && w.m.approx }, with(func(_ *reader, w *nearWord) { w.m.weak = true })},
	{"now until March 2018", (*reader).leadsFromNow, with(func(_ *reader, w *nearWord) { w.m.until = true })},
	{"about March 2018", func(r *reader, w *nearWord) bool {
		return w.has(wAbout) && !(w.word == "c" && r.at(w.i+1).is(')')) || w.m.end && w.oneOf("towards", "toward", "nearing")
	}, func(_ *reader, w *nearWord) { w.m.approx = true }},
	{"latest March 2018", func(r *reader, w *nearWord) bool {
		return w.word == "latest" && (w.i == w.bound || r.follows(w, "at") && w.i-1 == w.bound)
	}, marked(period.By)},
	{"report, at the latest March 2018", func(_ *reader, w *nearWord) bool { return w.oneOf("latest", "least") }, nothing},
	{"close of business 5 March 2018", func(r *reader, w *nearWord) bool { return r.closing(w.i) > 0 }, func(r *reader, w *nearWord) {
		w.m.end = w.m.end || r.closesDay(w.i)
		r.takes(w, r.closing(w.i)-1)
	}},
	{"by 5pm, 31 March 2018", func(r *reader, w *nearWord) bool {
		return w.is(',') && r.closing(w.i-1) > 0 && r.at(w.i-1-r.closing(w.i-1)).has(wBy)
	}, nothing},
	{"financial close 29 September 2018", func(r *reader, w *nearWord) bool { return w.word == "close" && r.at(w.i+1).word != "of" }, func(r *reader, w *nearWord) { // is when it is closed
		w.m.mere = w.i == w.it.from-1
		w.done = true
	}},
	{"year ended 31 March 2018", func(r *reader, w *nearWord) bool {
		return w.oneOf("ending", "ended") && r.at(w.i-1).has(wUnit|wQuarter)
	}, maybe(period.By)}, // its last day, or all of it
	{"following March 2018", func(r *reader, w *nearWord) bool { return w.word == "following" && !r.at(w.i-1).has(wArticle) }, func(_ *reader, w *nearWord) {
		w.m.kind, w.m.after, w.m.ambiguous = period.From, true, true
	}},
	{"end of March 2018", func(_ *reader, w *nearWord) bool { return w.has(wEnd) && !w.m.weak || w.word == "end" }, func(r *reader, w *nearWord) {
		w.m.end = true
		if r.at(w.i-1).has(wYear) && w.word == "end" { // year end 2017/18
			w.m.ambiguous = w.m.ambiguous || w.it.a.unit == calendarYear // in March, or in December
			w.used = true
			w.i--
		}
	}},
	{"up to and including March 2018", func(r *reader, w *nearWord) bool { return w.word == "including" && r.at(w.i-1).has(wAnd) }, with(nothing)},
	{"identified by the 2018 survey", func(r *reader, w *nearWord) bool { return w.word == "by" && r.isAgent(w.i, w.it) }, func(_ *reader, w *nearWord) { w.m.ambiguous, w.done = true, true }},
	{"not before March 2018", func(r *reader, w *nearWord) bool { return w.word == "before" && r.not(w.i, w.bound) }, (*reader).notUntil}, // as "not until" (rule 20)
	{"by March 2018", func(_ *reader, w *nearWord) bool { return w.has(wBy) }, marked(period.By)},
	{"earliest March 2018", func(_ *reader, w *nearWord) bool { return w.word == "earliest" }, maybe(period.From)},
	{"pre-April 2018", func(_ *reader, w *nearWord) bool { return w.word == "pre" }, marked(period.By)},
	{"no later than March 2018", func(r *reader, w *nearWord) bool { return w.word == "than" && r.follows(w, "later") }, with(marked(period.By))},
	{"no earlier than March 2018", func(r *reader, w *nearWord) bool { return w.word == "than" && r.follows(w, "earlier", "sooner") }, with(marked(period.From))},
	{"prior to March 2018", func(r *reader, w *nearWord) bool { return w.word == "to" && r.follows(w, "prior") }, with(marked(period.By))},
	{"in advance of March 2018", func(r *reader, w *nearWord) bool { return w.word == "of" && r.follows(w, "advance", "ahead") }, maybe(period.By)},
	{"not until March 2018", func(r *reader, w *nearWord) bool { return w.has(wUntil) && r.not(w.i, w.bound) }, (*reader).notUntil}, // rule 20
	{"up to March 2018", func(r *reader, w *nearWord) bool { return w.has(wUntil|wTo) && r.follows(w, "through", "up") }, with(func(_ *reader, w *nearWord) { w.m.until = true })},
	{"moved from March to June 2018", func(r *reader, w *nearWord) bool { return w.has(wUntil|wTo) && r.oldBefore(w.i) != nil }, func(r *reader, w *nearWord) {
		w.m.kind = period.In
		w.m.ambiguous = w.m.ambiguous || r.at(r.oldBefore(w.i).oldFrom).word == "extended" // it may last from the one to the other
	}},
	{"until March 2018", func(r *reader, w *nearWord) bool { return w.has(wUntil) || w.has(wTo) && r.leadsTo(w.i, w.bound) }, func(_ *reader, w *nearWord) { w.m.until = true }},
	{"deferred to March 2018", func(_ *reader, w *nearWord) bool { return w.has(wTo) }, (*reader).saysTo},
	{"ongoing into 2018/19", func(r *reader, w *nearWord) bool { return w.word == "into" && r.at(w.i-1).has(wOngoing) }, maybe(period.During)},
	{"as of March 2018", func(r *reader, w *nearWord) bool { return w.word == "of" && r.follows(w, "as") }, with(marked(period.From))},
	{"in the course of 2018", func(r *reader, w *nearWord) bool { return w.word == "of" && r.follows(w, "course") }, with(marked(period.During))},
	{"as at March 2018", func(r *reader, w *nearWord) bool { return w.word == "at" && r.follows(w, "as") }, with(marked(period.In))},
	{"effective March 2018", func(r *reader, w *nearWord) bool {
		return w.word == "effective" || w.oneOf("effect", "force") && r.entersInto(w.i-1)
	}, marked(period.From)},
	{"from March 2018", func(_ *reader, w *nearWord) bool { return w.has(wFrom) }, (*reader).saysFrom},
	{"start in post June 2018", func(r *reader, w *nearWord) bool { return w.word == "post" && r.follows(w, "in", "into") }, func(_ *reader, w *nearWord) { // speaks of a job
		w.m.left, w.done = w.i, true
	}},
	{"fixed term post to March 2020", func(r *reader, w *nearWord) bool { return w.word == "post" && r.at(w.i+1).has(wTo) }, beyond},
	{"after March 2018", func(_ *reader, w *nearWord) bool { return w.has(wAfter) }, (*reader).saysAfter},
	{"handed over in March 2018", func(r *reader, w *nearWord) bool {
		return w.word == "over" && (r.at(w.i+1).word == "in" || r.isParticle(w.i))
	}, beyond}, // and not all over it
	{"throughout 2018", func(_ *reader, w *nearWord) bool { return w.has(wDuring) || w.word == "across" }, marked(period.During)},
	{"for the rest of 2018", func(r *reader, w *nearWord) bool {
		return w.word == "of" && r.follows(w, "duration", "whole", "all", "rest", "remainder")
	}, with(marked(period.During))},
	{"-> April 2018", func(_ *reader, w *nearWord) bool { return w.word == ">>" }, func(_ *reader, w *nearWord) { w.m.ambiguous = true }},                  // until, or from the one to the next
	{"start date 5 March 2018", func(r *reader, w *nearWord) bool { return w.word == "date" && r.at(w.i-1).has(wBegin|wStarts) }, with(marked(period.In))}, // rule 19
	{"provisional date March 2018", func(r *reader, w *nearWord) bool { return w.oneOf("date", "dates") && r.at(w.i-1).has(wDoubt|wUnknown) }, nothing},
	{"latest date March 2018", func(r *reader, w *nearWord) bool { return w.word == "date" && r.follows(w, "latest") }, with(marked(period.By))},
	{"end date March 2018", func(r *reader, w *nearWord) bool { return w.word == "date" && r.at(w.i-1).has(wEnd) }, with(maybe(period.By))},
	{"starting March 2018", func(_ *reader, w *nearWord) bool { return w.has(wStarts) }, func(_ *reader, w *nearWord) { w.m.kind, w.m.starts = period.From, true }},
	{"in place for 2018", func(r *reader, w *nearWord) bool {
		return w.word == "for" && r.follows(w, "place") && r.at(w.i-2).word == "in"
	}, (*reader).saysInPlace}, // rule 11
	{"deadline March 2018", func(_ *reader, w *nearWord) bool { return w.word == "deadline" }, maybe(period.By)},
	{"due March 2018", func(_ *reader, w *nearWord) bool { return w.has(wDue) }, marked(period.In)},
	{"between April and June 2018", func(_ *reader, w *nearWord) bool { return w.has(wBetween) }, func(_ *reader, w *nearWord) { w.m.kind, w.m.ambiguous = period.During, !w.it.ranged }},
	{"in March 2018", func(_ *reader, w *nearWord) bool { return w.has(wIn) }, func(r *reader, w *nearWord) {
		w.m.weak = w.m.weak || !w.m.end && !w.m.until && !(w.word == "on" && r.follows(w, "from"))
	}},
	{"the March 2018", (*reader).leads, nothing},
	{"over the 2 financial years 17/18 and 18/19", (*reader).countsYears, nothing},
	{"~ March 2018", func(_ *reader, w *nearWord) bool { return w.is('?') || w.is('~') }, (*reader).saysQuery},
}
