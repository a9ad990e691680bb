package dates

import (
	"slices"
	"strings"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
)

// readWithoutDates reads a text in which no date was found, and nothing that goes on or comes back.
func (r *reader) readWithoutDates() {
	unknown := func(reasons ...string) {
		for _, reason := range reasons {
			r.put(reason)
		}
		r.found = append(r.found, finding{Reading: period.Reading{Kind: period.Unknown}, to: len(r.tokens)})
	}
	relative := r.isRelative()
	switch {
	case r.beginsDone():
		r.found = append(r.found, finding{Reading: period.Reading{Kind: period.Done}, to: len(r.tokens)})
	case r.saysUnknown():
		if relative {
			unknown(period.Relative)
			return
		}
		unknown()
	case relative || r.isWait(): // rule 14
		unknown(period.Relative)
	case r.spelt(): // a word of time that is misspelt, alone
	case r.toldDone():
		r.found = append(r.found, finding{Reading: period.Reading{Kind: period.Done}, to: len(r.tokens)})
	case r.underWay():
		r.found = append(r.found, finding{Reading: period.Reading{Kind: period.Ongoing}, to: len(r.tokens)})
	case r.started():
		r.put(period.Ambiguous)
		r.found = append(r.found, finding{Reading: period.Reading{Kind: period.Ongoing}, to: len(r.tokens)})
	case r.onlyNumbers() && len(r.reasons) == 0: // rule 23: "24/7"
	default:
		unknown(period.Unreadable)
	}
}

// spelt reads a word that is misspelt and says everything: "Onging", "Montly".
func (r *reader) spelt() bool {
	found := false
	for i := range r.tokens {
		found = r.at(i).class == letter && r.at(i).role == 0 && len(r.tokens) < 4 && r.spellTime(i) || found
	}
	if !found {
		return false
	}
	r.readTail(0)
	if len(r.found) == 0 && r.toldDone() {
		r.found = append(r.found, finding{Reading: period.Reading{Kind: period.Done}, to: len(r.tokens)})
	}
	if len(r.found) == 0 {
		return false
	}
	r.put(period.Misspelt)
	return true
}

// saysUnknown says whether the text says that there is no date yet.
func (r *reader) saysUnknown() bool {
	for i := range r.tokens {
		t := r.at(i)
		switch {
		case t.has(wUnknown), r.at(i-1).word == "no" && (t.word == "date" || t.word == "dates" || t.word == "timescale" || t.word == "timescales" || t.word == "timeline" || t.word == "deadline"):
			return true
		case t.word == "be" && r.at(i-1).word == "to":
			switch r.at(i + 1).word {
			case "agreed", "confirmed", "determined", "decided", "advised", "arranged", "defined", "set":
				return true
			}
		case t.word == "known" && (r.at(i-1).word == "not" || r.at(i-2).word == "not"), t.word == "unknown":
			return true
		}
	}
	return false
}

// isRelative finds a duration or a wait that nothing anchors, and ditto marks (rule 14).
func (r *reader) isRelative() bool {
	marksOnly := true
	for i := range r.tokens {
		t, next := r.at(i), r.at(i+1)
		marksOnly = marksOnly && (t.is('"') || t.is('\''))
		switch {
		case (t.has(wUnit) || t.has(wQuarter)) && len(t.word) > 1 && (next.has(wEnd) || r.yearsEnd(i)): // month end
			return true
		case t.has(wUnit) && t.n > unitMinute && t.word != "year" && next.class == digits && next.digitsOf() < 3 && (i+2 >= len(r.tokens) || r.at(i-1).has(wBy|wIn|wEnd|wFrom|wUntil)): // month 6
			return true
		case t.word == "year" && r.at(i-1).word == "in" && i+1 >= len(r.tokens), t.word == "year" && r.at(i-1).word == "new", t.has(wHoliday):
			return true
		case t.word == "same" && i == 0, t.word == "see" && (i == 0 || r.at(i-1).class == sign), t.word == "above" && r.at(i-1).word == "see", t.word == "line" && r.at(i-1).word == "in" && next.word == "with" && i < 2,
			t.word == "per" && i < 2 && (r.at(0).word == "as" || i == 0) && len(r.tokens) > 1, t.word == "accordance" && next.word == "with" && i < 2,
			t.word == "as" && (next.word == "required" || next.word == "needed" || next.word == "necessary") && i == 0:
			return true
		case t.has(wVague) && !(t.word == "now" && r.toldDone()), t.has(wWait) && !(t.word == "following" && i > 0):
			return true
		case t.has(wNext) && r.unitNear(i+1), t.has(wNext) && !t.has(wIn|wArticle) && r.at(i-1).has(wIn|wBy|wFrom) && next.word != "steps":
			return true
		case t.has(wYear) && len(t.word) > 1 && (r.at(i+1).has(wEnd) || r.at(i-1).is('-') && (r.at(i-2).has(wThird) || r.at(i-2).word == "in") ||
			r.at(i-1).has(wThird) || r.yearsEnd(i) ||
			r.at(i+1).is('-') && r.at(i+2).has(wEnd)):
			return true
		case t.word == "year" && r.at(i-1).has(wArticle) && r.at(i-2).has(wDuring|wIn|wBy):
			return true
		case t.word == "term" && len(r.tokens) < mostTerm && (r.at(i-1).word == "short" || r.at(i-1).word == "medium" || r.at(i-1).word == "long" || r.at(i-1).word == "longer" ||
			r.at(i-1).is('-')):
			return true
		case t.word == "end" && next.word == "of" && (r.at(i-1).has(wBy|wUntil) || r.at(i-1).has(wArticle) && r.at(i-2).has(wBy|wUntil)), // by the end of the Parliament
			t.word == "due" && next.word == "course", t.word == "soon", t.word == "notice" && r.at(i-1).word == "further", t.word == "ago":
			return true
		case t.word == "ditto", t.word == "above" && r.at(i-1).word == "as", len(r.tokens) == 3 && i == 1 && t.is('/') && r.at(0).word == "a" && r.at(2).word == "a":
			return true
		case t.has(wUnit) && t.n > unitMinute && r.isDuration(i):
			return true
		}
	}
	return marksOnly && len(r.tokens) > 0
}

// mostTerm is how long a text may be that "long term" dates, and does not only describe something in: "patients with
// long term conditions".
const mostTerm = 8

// isWait says whether a short text without a number names a moment by what happens then: "on completion", "by the end
// of the programme".
func (r *reader) isWait() bool {
	if len(r.tokens) > mostWait {
		return false
	}
	for i := range r.tokens {
		if r.at(i).class == digits {
			return false
		}
	}
	first, second := r.at(0), r.at(1)
	switch first.word {
	case "end":
		return second.word == "of" && r.at(2).word != "life"
	case "on", "upon", "after", "following", "post", "before", "until", "till", "by", "throughout", "during", "over", "from", "since":
		switch second.word {
		case "track", "target", "hold", "schedule", "site", "line":
			return false
		}
		return second.class == letter && len(second.word) > 1 && !second.has(wPast)
	case "prior":
		return second.word == "to"
	case "project", "programme", "contract", "plan", "pilot":
		return second.has(wEnd) && len(r.tokens) == 2
	}
	return false
}

// mostWait is how long a text may be that is nothing but such a moment.
const mostWait = 9

// yearsEnd says whether "end of" stands before a year: "by the end of the financial year".
func (r *reader) yearsEnd(i int) bool {
	for i--; r.at(i).has(wArticle | wFinancial); i-- {
	}
	return r.at(i).word == "of" && r.at(i-1).has(wEnd|wBegin|wThird)
}

// unitNear says whether "next" is of a time: "next 2 weeks", "next financial year".
func (r *reader) unitNear(i int) bool {
	for k := i; k < i+3; k++ {
		t := r.at(k)
		if t.has(wUnit) && t.n > unitMinute || t.has(wQuarter) && t.word != "q" || t.has(wSeason) {
			return true
		}
		if t.class != digits && !t.has(wNumeral|wFinancial) && t.word != "few" && t.word != "couple" && t.word != "of" && !t.is('-') {
			return false
		}
	}
	return false
}

// isDuration says whether a unit tells a duration: "18 month", "24 months +", and not "2 days per week" or "from 3
// months to 1 month", which measure something.
func (r *reader) isDuration(i int) bool {
	k := i - 1
	for r.at(k).is('-') || r.at(k).is('+') || r.at(k).word == "working" {
		k--
	}
	n := r.at(k)
	if n.class != digits && !n.has(wNumeral) && n.word != "few" && n.word != "several" || n.digitsOf() > 3 && n.class == digits {
		return false
	}
	switch r.at(i + 1).word {
	case "wait", "waits", "service", "services", "working", "opening", "access", "rule":
		return false // a name, and no duration
	}
	if next := r.at(i + 1); next.word == "per" || next.word == "a" || next.has(wEach) || next.word == "forward" {
		return false
	}
	if r.at(k-1).word == "per" {
		return false
	}
	start := r.at(k - 1)
	if start.word == "from" && r.at(i+1).word == "to" && r.at(i+2).class == digits {
		return false
	}
	return !(start.word == "to" && r.at(k-2).has(wUnit) && r.at(k-4).word == "from")
}

// onlyNumbers says whether every number of the text was told to be no date, and there is one.
func (r *reader) onlyNumbers() bool {
	found, words := false, 0
	for i := range r.tokens {
		t := r.at(i)
		if t.class == letter {
			words++
		}
		if t.class != digits {
			continue
		}
		if !t.aside && (r.at(i+1).class != letter || r.at(i+1).has(wOrdinal) || r.at(i-1).has(wCalled)) {
			return false
		}
		if next := r.at(i + 1); next.class == letter && next.glued && next.role == 0 && len(next.word) > 2 && !next.capital { // "5oon"
			return false
		}
		if before := r.at(i - 1); isYear(t) && t.glued && before.class == letter && before.role == 0 { // "N0v2018"
			return false
		}
		found = true
	}
	return found && words <= fewWords
}

// fewWords is how many words a text may have that holds nothing but what is no date; more say something else.
const fewWords = 12

// delivery puts what was found into order, with its labels and what a person looks at.
func (r *reader) delivery(text string) period.Delivery {
	d := period.Delivery{Text: text}
	if slices.Contains(r.reasons, period.Unreadable) && !slices.ContainsFunc(r.found, func(f finding) bool { return f.Kind == period.Unknown }) {
		r.found = append(r.found, finding{Reading: period.Reading{Kind: period.Unknown}, from: len(r.tokens), to: len(r.tokens)}) // rule 22
	}
	if len(r.found) > 0 {
		d.Readings = make([]period.Reading, 0, len(r.found))
	}
	if len(r.found) > 1 {
		r.put(period.SeveralDates)
	}
	for k := range r.found {
		f := &r.found[k]
		r.check(f)
		if f.Label == "" && (f.Kind != period.Unknown || len(r.items) > 0) {
			if f.Label = r.label(k); f.Label == "" && k > 0 && f.Kind == period.From {
				f.Label = r.startOf(f)
			}
		}
		d.Readings = append(d.Readings, f.Reading)
	}
	slices.Sort(r.reasons)
	d.Review = r.reasons
	return d
}

// startOf is the word that makes a date the start of what was dated before it (rule 15): "commencement".
func (r *reader) startOf(f *finding) string {
	for i := f.from - 1; i > f.segment && i > f.from-5; i-- {
		if t := r.at(i); t.has(wStarts) {
			return t.word
		}
	}
	return ""
}

// check asks about what cannot be, or not yet.
func (r *reader) check(f *finding) {
	s := r.settings
	if f.Start != 0 && f.End != 0 && f.Start > f.End {
		r.put(period.Contradicts)
	}
	if s.isFarOutside(f.last) {
		r.put(period.Contradicts)
	}
	told := s.Dated // rule 12; as in rule 21 the plan's start stands for it
	if told == 0 {
		told = s.PlanStart
	}
	if f.Kind == period.Done && told != 0 && f.End > told {
		r.put(period.NotYet)
	}
}

// isFarOutside says whether a period's last day is more than two years outside the plan's period (rule 23).
func (s Settings) isFarOutside(last civil.Date) bool {
	return last != 0 && s.PlanStart != 0 && s.PlanEnd != 0 &&
		(last < twoYears(s.PlanStart, -2) || last > twoYears(s.PlanEnd, 2))
}

func twoYears(d civil.Date, years int) civil.Date {
	day := d.Day()
	if moved, ok := civil.Of(d.Year()+years, d.Month(), day); ok {
		return moved
	}
	moved, _ := civil.Of(d.Year()+years, d.Month(), day-1) // 29 February
	return moved
}

// label is the words around a finding that nothing has used.
func (r *reader) label(k int) string {
	begin, stop := 0, len(r.tokens)
	if k > 0 {
		begin = r.partBetween(k - 1)
	}
	if k+1 < len(r.found) {
		stop = r.partBetween(k)
	}
	first, last := begin, stop
	trivial := func(i int) bool {
		t := r.at(i)
		return t.used || t.class == sign || t.has(wArticle|wIn|wAnd|wTo|wFiller) && t.role&(wStarts|wNext) == 0 || t.word == "will" || t.word == "or" || t.word == "be" || t.word == "is" || t.word == "are"
	}
	for first < last && trivial(first) {
		first++
	}
	for last > first && trivial(last-1) {
		last--
	}
	if first == last {
		return ""
	}
	var b strings.Builder
	for i := first; i < last; i++ {
		t := r.at(i)
		if t.used {
			continue
		}
		if b.Len() > 0 && (!t.glued || r.at(i-1).used) {
			b.WriteByte(' ')
		}
		b.WriteString(r.text[t.at:t.end])
	}
	return b.String()
}

// partBetween is where the words of one finding end and those of the next begin: at the first mark between
// them, or else right behind the former.
func (r *reader) partBetween(k int) int {
	from, to := r.found[k].to, r.found[k+1].from
	for i := from; i < to; i++ {
		if t := r.at(i); (t.is(',') || t.is(';') || t.is('.') || t.is('(')) && !t.used {
			return i
		}
	}
	return min(from, to)
}
