package dates

import "milepost.dev/domain/period"

// farRule is a word further away from a date that decides where no word next to it does (rules 12 and 19). The first rule that
// fits the nearest word counts.
type farRule struct {
	example string // a text that the rule reads
	fits    func(r *reader, w *nearWord) bool
	says    func(r *reader, w *nearWord)
}

// told makes a date one that is past.
func told(_ *reader, w *nearWord) { w.m.past = true }

// toCome makes a date one that is to come, so that no past is looked for.
func toCome(_ *reader, w *nearWord) { w.m.ahead = true }

// inDoubt leaves it open.
func inDoubt(_ *reader, w *nearWord) { w.m.ambiguous = true }

var farRules = [...]farRule{
	{"starting in the north in 17/18", func(r *reader, w *nearWord) bool {
		return w.has(wStarts) && !r.at(w.i+1).is(',') && (w.m.weak || r.isVerb(w.i)) && !(w.word == "start" && r.at(w.i+1).word == "date")
	}, func(r *reader, w *nearWord) {
		w.m.kind, w.m.starts = period.From, true
		w.m.ambiguous = w.m.ambiguous || r.joined(w.i+1, w.m.left) // "work has begun and the award in February"
	}},
	{"Harbour lights Start on site January 2018", func(r *reader, w *nearWord) bool { return w.has(wStarts) && r.beginsAnew(w.i) }, inDoubt}, // a cell of its own, or a name
	{"evaluated to inform plans in 17/18", func(r *reader, w *nearWord) bool { // what was done before is done for what comes then
		return w.has(wTo) && purposes[r.at(w.i+1).word] && !r.at(w.i+1).used && !r.at(w.i-1).has(wStarts)
	}, toCome},
	{"now that it is set up, in 2017/18 it will be used", func(r *reader, w *nearWord) bool {
		return w.is(',') && w.i == w.m.left-1 && r.willBe(w.it.to, w.stop)
	}, toCome},
	{"submitted the bid in Oct 2017", func(r *reader, w *nearWord) bool { return r.toldAsPast(w.i, w.bound) }, told},
	{"pathway integrated March 2017", func(r *reader, w *nearWord) bool { return w.i == w.m.left-1 && w.i > w.bound && r.maybeTold(w.i) }, func(r *reader, w *nearWord) {
		w.m.ambiguous = !r.tocome(w.i, w.bound)
	}},
	{"working group set up March 2018", func(r *reader, w *nearWord) bool { return r.maybePast(w.i, w.bound) }, func(_ *reader, w *nearWord) {
		w.m.past, w.m.ambiguous = true, true
	}},
	{"Set up in March 2018", func(_ *reader, w *nearWord) bool { return alike[w.word] && w.i == w.bound }, inDoubt}, // to be done, or done
	{"deadline for bids March 2018", func(_ *reader, w *nearWord) bool { return w.word == "deadline" }, maybe(period.By)},
	{"is being built in 2018", func(r *reader, w *nearWord) bool {
		return (w.word == "is" || w.word == "are") && (r.at(w.i+1).word == "being" || r.at(w.i+1).has(wExpected))
	}, toCome},
	{"the plan that was worked up will be attached in March 2018", func(r *reader, w *nearWord) bool { return r.isModal(w.i) }, toCome},
	{"report due at the board in March 2018", (*reader).isDue, marked(period.In)}, // but "closed due to flooding"
}

// isDue says whether something is due then, and not due to something else.
func (r *reader) isDue(w *nearWord) bool {
	if !w.has(wDue) || w.word == "for" || w.word == "deadline" {
		return false
	}
	second := r.at(w.i + 2)
	return w.word == "due" && !r.isThing(w.i) && !(r.at(w.i+1).has(wTo) && !second.has(wStarts|wPast|wFuture) && !purposes[second.word])
}

// farMarks looks for what decides the kind where no word next to the date does: the nearest of a start
// ("starting in the north in 17/18"), of a past ("submitted in Oct"), and of what is to come, which
// is no past (rules 12 and 19).
func (r *reader) farMarks(m *marks, it *item, begin, stop int) {
	if r.plannedBehind(m.right, stop) {
		m.ahead = true
		return
	}
	w := &r.near
	*w = nearWord{m: *m, it: it, bound: begin, stop: stop}
	decided := r.readFar(w)
	*m = w.m
	if decided || m.ahead {
		return
	}
	bracketed := r.at(it.to).is('(') && r.at(it.to+1).has(wPast) && r.at(it.to+2).is(')')
	if m.mere || m.weak || m.left == begin || it.from == begin || r.at(m.left).is(':') || r.at(m.left).is('-') || bracketed {
		r.pastBehind(m, it, stop)
	}
}

// readFar says whether a word before the date decides.
func (r *reader) readFar(w *nearWord) bool {
	for w.i = w.m.left - 1; w.i >= w.bound && !r.sentenceEnds(w.i, w.i+1); w.i-- {
		w.token = r.at(w.i)
		for k := range farRules {
			if farRules[k].fits(r, w) {
				r.applied(farRules[k].example)
				farRules[k].says(r, w)
				return true
			}
		}
	}
	return false
}

// plannedBehind says whether a word soon behind the date tells that it is planned: "mid 17/18 implementation planned".
func (r *reader) plannedBehind(right, stop int) bool {
	for i := right; i < stop && i < right+4; i++ {
		t := r.at(i)
		if t.class != letter {
			return false
		}
		if t.has(wDue|wExpected) && t.word != "for" && t.word != "due" && (i+1 == len(r.tokens) || r.at(i+1).class == sign) {
			return true
		}
	}
	return false
}

// joined says whether "and" joins more between two tokens.
func (r *reader) joined(from, to int) bool {
	for i := from; i < to; i++ {
		if r.at(i).has(wAnd) && r.at(i+1).class == letter && i+1 < to {
			return true
		}
	}
	return false
}

// willBe says whether something to come is told between two tokens.
func (r *reader) willBe(from, to int) bool {
	for i := from; i < to && !r.sentenceEnds(i, i+1); i++ {
		if r.isModal(i) {
			return true
		}
	}
	return false
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
	strong := t.has(wPast) && !t.has(wMonth) && !r.describes(i, begin)
	if !strong && !alike[t.word] && (t.class != letter || t.has(^(wAdjective | wDue | wExpected | wFuture)) || len(t.word) < 5 || t.word[len(t.word)-2:] != "ed") {
		return false
	}
	if t.has(wDue | wExpected) {
		return false
	}
	if alike[t.word] {
		return (r.at(i-1).has(wBeen|wWas) || r.at(i-2).has(wBeen|wWas)) && !r.tocome(i, begin)
	}
	if t.has(wImperative) && (next.class == letter && next.role&^wAnd == 0 || next.has(wAnd|wArticle)) && (i == begin || t.capital) { // "Complete procurement by"
		return false
	}
	if t.has(wImperative) && (next.class == letter && next.role == 0 && r.at(i-1).role != 0 || r.asked(i)) {
		return false
	}
	if !strong && !r.predicate(i) {
		return false
	}
	return !r.tocome(i, begin)
}

// alike are verbs whose past is written as their present: "set up". Which of the two it is, the words before say.
var alike = map[string]bool{"set": true, "put": true, "cut": true, "read": true, "let": true}

// maybePast says whether such a verb tells of a thing that is named before it: "working group set up March 2018". It
// may as well say what that thing does, so a person is asked.
func (r *reader) maybePast(i, begin int) bool {
	before, next := r.at(i-1), r.at(i+1)
	return alike[r.at(i).word] && i > begin && before.class == letter && before.role&^(wCalled|wCounted) == 0 &&
		(next.word == "up" || next.word == "in" || next.word == "out" || next.used) && !r.tocome(i, begin)
}

// maybeTold says whether a word that describes other things may tell what was done to the one before it.
func (r *reader) maybeTold(i int) bool {
	t, before := r.at(i), r.at(i-1)
	return t.has(wAdjective) && !t.has(wDue|wExpected|wFuture) && len(t.word) > 4 && t.word[len(t.word)-2:] == "ed" && t.word != "indeed" && t.word != "dated" &&
		before.class == letter && before.role&^(wCalled|wCounted|wEdition|wIntent) == 0
}

// describes says whether what looks like a past describes what is asked for: "Deliver updated plan Q4".
func (r *reader) describes(i, begin int) bool {
	next := r.at(i + 1)
	return i > begin && begin == 0 && requests[r.at(0).word] && next.class == letter && next.role == 0 && !r.at(i-1).has(wWas|wBeen)
}

// requests are verbs, and never nouns, with which a milestone begins that says what to do.
var requests = map[string]bool{
	"achieve": true, "appoint": true, "build": true, "create": true, "deliver": true, "develop": true, "embed": true, "enable": true, "ensure": true,
	"establish": true, "evaluate": true, "expand": true, "extend": true, "finalise": true, "identify": true, "implement": true,
	"improve": true, "introduce": true, "maintain": true, "mobilise": true, "procure": true, "produce": true, "provide": true,
	"publish": true, "recruit": true, "reduce": true, "undertake": true,
}

// pastAlone are words that describe a thing, and tell what was done to it where they begin the text.
var pastAlone = map[string]bool{"reviewed": true, "commissioned": true, "developed": true, "integrated": true, "retained": true}

// toldOf are words that tell of what is named right before them, and describe what is named behind.
var toldOf = map[string]bool{"reviewed": true, "revised": true, "shared": true, "commissioned": true, "developed": true}

// asked says whether a text asks for something before a word: "commence in April, complete in March".
func (r *reader) asked(i int) bool {
	for f := &r.asks; f.at < i; f.at++ {
		switch r.at(f.at).word {
		case "commence", "start", "begin", "launch", "open":
			return true
		}
	}
	return false
}

// predicate says whether a word in -ed says what was done, and is no adjective: "was extended to X", but "extended
// access hubs".
func (r *reader) predicate(i int) bool {
	if r.at(i-1).has(wBeen|wWas) || r.at(i-1).word == "have" || r.at(i-1).word == "has" {
		return true
	}
	next := r.at(i + 1)
	if r.at(i-1).class == letter && next.has(wArticle|wEach) { // "our team reviewed each"
		return true
	}
	if toldOf[r.at(i).word] && r.at(i-1).class == letter && r.at(i-1).role&^(wCalled|wCounted|wEdition|wIntent) == 0 && (next.used || next.has(wIn)) { // "terms reviewed in March"
		return true
	}
	if pastAlone[r.at(i).word] && (i == 0 || r.at(i-1).word == "last" || r.beginsAnew(i) || r.at(i-1).is('(') || r.at(i-1).is('"')) && (next.used || next.class == sign || next.has(wIn)) { // "last reviewed March 2017"
		return true
	}
	return !r.at(i).has(wAdjective) && (next.class == sign || next.class == digits || next.used ||
		next.has(wIn|wBy|wTo|wFrom|wDue|wDuring|wUntil|wAfter|wMonth|wThird|wEnd) || next.word == "out" || next.word == "over" || next.word == "with" || next.word == "across")
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
		case t.word == "will" && r.at(k+1).word == "have", t.has(wFuture) && !r.isThing(k), t.has(wIntent) && r.at(k+1).has(wTo), t.has(wTo) && (k == i-1 || r.at(k+1).word == "be" || r.at(k+1).word == "have"),
			t.word == "is" || t.word == "are" || t.word == "get" || t.word == "gets":
			return !(t.word == "is" && r.at(i).has(wImperative) || t.word == "are" && r.at(i).has(wImperative))
		case t.has(wPast) && t.word != "set":
			return false
		}
	}
	return false
}

// isThing says whether a word that tells of what is to come is part of a name here: "due diligence".
func (r *reader) isThing(i int) bool { return r.at(i).word == "due" && r.at(i+1).word == "diligence" }

// purposes are verbs with which people say what something is for: "evaluated to inform 17/18 plans".
var purposes = map[string]bool{
	"inform": true, "support": true, "enable": true, "deliver": true, "develop": true, "provide": true, "improve": true, "increase": true,
	"reduce": true, "ensure": true, "allow": true, "implement": true, "continue": true, "help": true, "create": true, "cover": true,
	"extend": true, "expand": true, "fund": true, "work": true, "meet": true, "achieve": true, "establish": true, "maintain": true,
	"roll": true, "go": true, "run": true, "begin": true, "open": true, "close": true, "end": true, "report": true, "complete": true, "finish": true, "take": true, "lead": true, "secure": true,
}

// pastBehind looks for a past behind a date that nothing stands before: "In 2016 the group used", "March 2017
// completed".
func (r *reader) pastBehind(m *marks, it *item, stop int) {
	open := 0
	for i := it.to; i < stop; i++ {
		t := r.at(i)
		if t.is('(') {
			open++
		}
		switch {
		case t.is(')') && open == 0: // the bracket that the date stands in: "(compared to 2016)"
			return
		case t.is(')'):
			open--
		case i < m.right:
		case r.sentenceEnds(i, i+1), t.has(wFuture), t.has(wTo), t.word == "is" || t.word == "are":
			return
		case t.word == "began" && r.at(it.from-1).has(wIn) && stop == len(r.tokens): // "in 2015 practices began to work together"
			m.kind, m.starts = period.From, true
			return
		case i == it.to && t.has(wImperative) && r.at(i+1).class == letter && !r.toldAsPast(i, m.right): // "August 2017 COMPLETE Harbour Board"
			m.ambiguous = true
			return
		case t.is('-') && r.at(i+1).glued: // what follows is said of something else
			i++
		case (t.has(wPast) || r.at(i-1).has(wWas|wBeen) || r.at(i+1).has(wArticle|wEach)) && r.toldAsPast(i, m.right):
			// Before another date it tells of that one.
			if stop < len(r.tokens) && r.at(i+1).class == letter {
				return
			}
			m.past = true
			return
		}
	}
}
