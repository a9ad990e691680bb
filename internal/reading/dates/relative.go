package dates

// relativeRule finds a duration, a wait, or another moment that nothing anchors (rule 14).
type relativeRule struct {
	example string // a text that the rule finds one in
	fits    func(r *reader, i int, t, next *token) bool
}

// relativeRules are in no order: any of them is enough.
var relativeRules = [...]relativeRule{
	{"month end", func(r *reader, i int, t, next *token) bool {
		return t.has(wUnit|wQuarter) && len(t.word) > 1 && (next.has(wEnd) || r.yearsEnd(i))
	}},
	{"month 6", func(r *reader, i int, t, next *token) bool {
		return t.has(wUnit) && t.n > unitMinute && t.word != "year" && next.class == digits && next.digitsOf() < 3 &&
			(i+2 >= len(r.tokens) || r.at(i-1).has(wBy|wIn|wEnd|wFrom|wUntil))
	}},
	{"later in year", func(r *reader, i int, t, _ *token) bool {
		return t.word == "year" && (r.at(i-1).word == "in" && i+1 >= len(r.tokens) || r.at(i-1).word == "new")
	}},
	{"by Christmas", func(_ *reader, _ int, t, _ *token) bool { return t.has(wHoliday) }},
	{"same as last", func(_ *reader, i int, t, _ *token) bool { return t.word == "same" && i == 0 }},
	{"see above", func(r *reader, i int, t, _ *token) bool {
		return t.word == "see" && (i == 0 || r.at(i-1).class == sign) || t.word == "above" && (r.at(i-1).word == "see" || r.at(i-1).word == "as")
	}},
	{"in line with the plan", func(r *reader, i int, t, next *token) bool {
		return i < 2 && next.word == "with" && (t.word == "line" && r.at(i-1).word == "in" || t.word == "accordance")
	}},
	{"as per the plan", func(r *reader, i int, t, _ *token) bool {
		return t.word == "per" && i < 2 && (r.at(0).word == "as" || i == 0) && len(r.tokens) > 1
	}},
	{"as required", func(_ *reader, i int, t, next *token) bool {
		return t.word == "as" && i == 0 && (next.word == "required" || next.word == "needed" || next.word == "necessary")
	}},
	{"shortly", func(r *reader, _ int, t, _ *token) bool { return t.has(wVague) && !(t.word == "now" && r.toldDone()) }},
	{"once guidance is out", func(_ *reader, i int, t, _ *token) bool { return t.has(wWait) && !(t.word == "following" && i > 0) }},
	{"over the next 2 weeks", func(r *reader, i int, t, _ *token) bool { return t.has(wNext) && r.unitNear(i+1) }},
	{"by next meeting", func(r *reader, i int, t, next *token) bool {
		return t.has(wNext) && !t.has(wIn|wArticle) && r.at(i-1).has(wIn|wBy|wFrom) && next.word != "steps"
	}},
	{"mid year", func(r *reader, i int, t, next *token) bool {
		before := r.at(i - 1)
		return t.has(wYear) && len(t.word) > 1 && (next.has(wEnd) || before.is('-') && (r.at(i-2).has(wThird) || r.at(i-2).word == "in") || before.has(wThird) || r.yearsEnd(i) ||
			next.is('-') && r.at(i+2).has(wEnd))
	}},
	{"during the year", func(r *reader, i int, t, _ *token) bool {
		return t.word == "year" && r.at(i-1).has(wArticle) && r.at(i-2).has(wDuring|wIn|wBy)
	}},
	{"long term", func(r *reader, i int, t, _ *token) bool {
		return t.word == "term" && len(r.tokens) < mostTerm && (terms[r.at(i-1).word] || r.at(i-1).is('-'))
	}},
	{"by the end of the Parliament", func(r *reader, i int, t, next *token) bool {
		return t.word == "end" && next.word == "of" && (r.at(i-1).has(wBy|wUntil) || r.at(i-1).has(wArticle) && r.at(i-2).has(wBy|wUntil))
	}},
	{"in due course", func(r *reader, i int, t, next *token) bool {
		return t.word == "due" && next.word == "course" || t.word == "soon" || t.word == "notice" && r.at(i-1).word == "further" || t.word == "ago"
	}},
	{"ditto", func(r *reader, i int, t, _ *token) bool {
		return t.word == "ditto" || len(r.tokens) == 3 && i == 1 && t.is('/') && r.at(0).word == "a" && r.at(2).word == "a"
	}},
	{"18 months", func(r *reader, i int, t, _ *token) bool { return t.has(wUnit) && t.n > unitMinute && r.isDuration(i) }},
}

// terms are how long a term may be called.
var terms = map[string]bool{"short": true, "medium": true, "long": true, "longer": true}

// isRelative finds a duration or a wait that nothing anchors, and ditto marks (rule 14).
func (r *reader) isRelative() bool {
	marksOnly := true
	for i := range r.tokens {
		t, next := r.at(i), r.at(i+1)
		marksOnly = marksOnly && (t.is('"') || t.is('\''))
		for k := range relativeRules {
			if relativeRules[k].fits(r, i, t, next) {
				r.applied(relativeRules[k].example)
				return true
			}
		}
	}
	return marksOnly && len(r.tokens) > 0
}
