package period

// marks are what the words around a date say about it.
type marks struct {
	kind      Kind // what a word marks; 0 where none does
	after     bool // from the day after (rule 20)
	end       bool // "end of X"
	until     bool // "to X", "until X", where no other end comes before
	weak      bool // in, at, on: no kind (rule 19)
	mere      bool // nothing at all stands before
	starts    bool // the kind is that of a start
	onward    bool // onwards stands behind
	past      bool // told as past, with no word that marks the kind
	approx    bool
	uncertain bool
	misspelt  bool
	ambiguous bool
	ahead     bool // told as to come
	bare      bool // no word stands next to the date on its left
	bound     bool // the ends of a recurrence
	left      int  // the first token that is about the date
	right     int  // the token after the last that is
}

// marksOf reads the words around a date. What stands next to it decides; where that says nothing, the words
// further away do: a start, or a past.
func (r *reader) marksOf(it *item, begin, stop int) marks {
	m := marks{left: it.from, right: it.to}
	r.marksBehind(&m, it, stop)
	r.marksBefore(&m, it, begin)
	m.bare = m.left == it.from
	if m.kind == 0 && !m.until && (!m.end || m.starts) {
		r.farMarks(&m, it, begin, stop)
	}
	for i := begin; i < stop; i++ {
		t := r.at(i)
		if t.has(wExpected) && r.sameSentence(i, it) && (i < it.from || stop == len(r.tokens)) {
			m.approx = true
		}
		if t.has(wUnknown) && r.sameSentence(i, it) && i >= m.left-4 && (i < it.from || stop == len(r.tokens)) && i < it.to+4 { // TBC (expected June)
			m.uncertain = true
		}
	}
	if m.kind == 0 && m.end && !m.until { // rule 3
		m.kind = By
	}
	return m
}

// marksBefore reads the words next to the date on its left.
func (r *reader) marksBefore(m *marks, it *item, begin int) {
	i := it.from - 1
	for ; i >= begin; i-- {
		t := r.at(i)
		if r.spellTime(i) {
			m.misspelt = true
		}
		word := t.word
		switch {
		case word == "form" && (i == begin || r.at(i-1).role != 0 || r.at(i-1).class == letter) && !r.at(i-1).has(wArticle|wAdjective): // rule 22
			m.misspelt = true
			m.kind = From
		case t.has(wUnknown|wDoubt) || t.word == "confirmed" && r.at(i-1).word == "be" && r.at(i-2).word == "to":
			m.uncertain = true
		case word == "be" && (r.at(i-1).word == "may" || r.at(i-1).word == "might" || r.at(i-1).word == "could"):
			m.uncertain = true
			r.used(i-1, i)
			i--
		case t.has(wAbout):
			m.approx = true
		case word == "latest" && i == begin || word == "latest" && r.at(i-1).word == "at" && i-1 == begin: // latest March 2018
			m.kind = By
		case word == "latest" || word == "least":
		case r.closing(i) > 0:
			n := r.closing(i)
			r.used(i-n+1, i)
			i -= n - 1
		case t.has(wEnd) && !m.weak || word == "end":
			m.end = true
			if r.at(i-1).has(wYear) && r.at(i).word == "end" { // year end 2017/18
				t.used = true
				i--
			}
		case word == "including" && r.at(i-1).has(wAnd): // up to and including X
			r.used(i-1, i)
			i--
		case t.has(wBy) && word == "by" && r.isAgent(i, it):
			m.ambiguous = true
			return
		case t.has(wBy):
			m.kind = By
			if word == "before" && (r.at(i-1).word == "not" || r.at(i-1).word == "no") {
				m.kind, m.ambiguous = From, true
			}
		case word == "than" && r.at(i-1).word == "later": // no later than
			m.kind = By
			r.used(i-1, i)
			i--
		case word == "than" && (r.at(i-1).word == "earlier" || r.at(i-1).word == "sooner"):
			m.kind = From
			r.used(i-1, i)
			i--
		case word == "to" && r.at(i-1).word == "prior":
			m.kind = By
			r.used(i-1, i)
			i--
		case word == "of" && r.at(i-1).word == "advance", word == "of" && r.at(i-1).word == "ahead":
			m.kind, m.ambiguous = By, true
		case t.has(wUntil) && r.not(i, begin): // rule 20
			m.kind = From
			if r.at(i-1).word == "not" {
				r.used(i-1, i)
				i--
			}
		case t.has(wUntil) || t.has(wTo):
			if r.at(i-1).word == "through" || r.at(i-1).word == "up" {
				r.used(i-1, i)
				i--
				m.until = true
				break
			}
			if m.until = t.has(wUntil) || r.leadsTo(i, begin); m.until {
				break
			}
			m.weak = true
			if before := r.at(i - 1); before.class == letter && len(before.word) > 4 && before.word[len(before.word)-2:] == "ed" && !compares(before.word) { // "deferred to X"
				m.kind = In
			}
			m.ambiguous = m.ambiguous || !compares(r.at(i-1).word)
		case word == "of" && r.at(i-1).word == "as": // as of
			m.kind = From
			r.used(i-1, i)
			i--
		case word == "of" && r.at(i-1).word == "course":
			m.kind = During
			r.used(i-1, i)
			i--
		case word == "at" && r.at(i-1).word == "as": // as at
			m.kind = In
			r.used(i-1, i)
			i--
		case word == "effective" || word == "effect" && r.at(i-1).word == "with":
			m.kind = From
		case t.has(wFrom):
			m.kind = From
			switch r.at(i - 1).word {
			case "moved", "slipped", "changed", "rescheduled", "postponed", "revised", "deferred":
				m.ambiguous = true // from what it was to what it is
			}
			if r.at(i-1).word == "effective" || r.at(i-1).word == "as" {
				r.used(i-1, i)
				i--
			}
		case word == "post" && (r.at(i-1).word == "in" || r.at(i-1).word == "into"): // "start in post June 2018" speaks of a job
			m.left = i
			return
		case t.has(wAfter):
			m.kind, m.after = From, true
		case t.has(wDuring):
			m.kind = During
		case t.word == ">>": // "-> April 2018": until, or from the one to the next
			m.ambiguous = true
		case word == "date" && (r.at(i-1).has(wBegin) || r.at(i-1).has(wStarts)): // rule 19
			m.kind = In
			r.used(i-1, i)
			i--
		case word == "date" && r.at(i-1).has(wEnd):
			m.kind, m.ambiguous = By, true
			r.used(i-1, i)
			i--
		case t.has(wStarts):
			m.kind, m.starts = From, true
		case word == "for" && r.at(i-1).word == "place" && r.at(i-2).word == "in": // rule 11
			if m.kind = During; it.a.unit == aDay && !it.ranged || r.at(i-3).word == "be" {
				m.kind = In
			}
			r.used(i-2, i)
			i -= 2
		case word == "deadline":
			m.kind, m.ambiguous = By, true
		case t.has(wDue):
			m.kind = In
		case t.has(wBetween):
			m.kind = During
			m.ambiguous = !it.ranged
		case t.has(wIn):
			if m.end || m.until {
				break
			}
			if word == "on" && r.at(i-1).word == "from" {
				break
			}
			m.weak = true
		case t.has(wArticle|wFiller|wYear|wFinancial|wWeekday) && !t.has(wEach) || t.is('(') || t.is('-') || t.is(':') || t.is('\'') || t.is('"') || t.is('*') ||
			t.is('.') && t.glued && r.at(i-1).has(wAbout|wFiller) || t.class == letter && word == "end":
		case t.is('?') || t.is('~'):
			m.approx = m.approx || t.is('~')
			if t.is('?') && i > 0 { // of what stands before
				m.left = i + 1
				return
			}
			m.uncertain = m.uncertain || t.is('?')
		default:
			m.mere = i == it.from-1
			return
		}
		t.used = true
		m.left = i
		if m.kind != 0 || m.until {
			r.further(m, i, begin)
			return
		}
	}
}

// isAgent says whether "by" names who did it: "identified by the 2015 survey", but not "reduced by the 2018
// target date".
func (r *reader) isAgent(i int, it *item) bool {
	before, next := r.at(i-1).word, r.at(it.to)
	return it.a.unit == calendarYear && it.from == i+2 && r.at(i+1).word == "the" && len(before) > 4 && before[len(before)-2:] == "ed" &&
		next.class == letter && next.role == 0
}

// not says whether what goes on until a day does not: "not until X", "will not be available until X".
func (r *reader) not(i, begin int) bool {
	for k := i - 1; k >= begin && k >= i-5; k-- {
		switch t := r.at(k); {
		case t.word == "not" || t.word == "unlikely":
			return true
		case t.class != letter || t.has(wAnd):
			return false
		}
	}
	return false
}

// closing says how many words up to a token name an hour or the end of a day: "close of business", "5pm".
func (r *reader) closing(i int) int {
	switch r.at(i).word {
	case "cob", "cop", "noon", "midnight", "midday", "lunchtime":
		return 1
	case "business", "play":
		if r.at(i-1).word == "of" && (r.at(i-2).word == "close" || r.at(i-2).word == "end") {
			return 3
		}
	case "am", "pm":
		if r.at(i - 1).aside {
			n := 1
			for r.at(i-n).aside && n < 4 {
				n++
			}
			return n
		}
	}
	return 0
}

// leadsTo says whether "to X" is an end, and no comparison: something goes on, comes back or is extended to it.
func (r *reader) leadsTo(i, begin int) bool {
	switch r.at(i - 1).word {
	case "extended", "extend", "extending", "extends", "continue", "continues", "continued", "continuing", "run", "runs", "running":
		return true
	}
	for k := begin; k < i; k++ {
		if _, ok := r.repeatAt(k); ok {
			return !compares(r.at(i - 1).word)
		}
	}
	return r.at(i - 1).has(wOngoing)
}

// compares says whether a word before "to" compares or relates.
func compares(word string) bool {
	switch word {
	case "compared", "relating", "relates", "related", "relation", "according", "refers", "refer", "similar", "relative", "back", "due", "respect":
		return true
	}
	return false
}

// further reads what may stand before the word that marked the kind: "due end X", "about", "possibly".
func (r *reader) further(m *marks, i, begin int) {
	for i--; i >= begin; i-- {
		t := r.at(i)
		switch {
		case t.has(wUnknown | wDoubt):
			m.uncertain = true
		case t.has(wAbout):
			m.approx = true
		case m.kind == By && t.has(wBy), t.word == "or" && r.at(i-1).word == "on", m.kind == By && t.word == "on", t.word == "no" || t.word == "at":
		case t.has(wStarts) && (m.kind == In || m.kind == From && !m.after): // "start from X"
			m.kind = From
		case m.kind == From && t.word == "effective", t.is('('), t.is('-'):
		case m.until && t.has(wFrom): // "from to"
		default:
			return
		}
		if t.is('(') || t.is('-') {
			return
		}
		t.used = true
		m.left = i
	}
}

// marksBehind reads the words next to the date on its right.
func (r *reader) marksBehind(m *marks, it *item, stop int) {
	for i := it.to; i < stop; i++ {
		t := r.at(i)
		if t.class == letter && t.role == 0 && i == it.to && nearestWord(t.word) == "onwards" {
			t.entry, t.misspelt = lexicon["onwards"], true
			m.misspelt = true
		}
		switch {
		case t.is('?'):
			m.uncertain = true
		case t.has(wUnknown | wDoubt):
			m.uncertain = true
		case t.word == "to" && r.at(i+1).word == "be" && (r.at(i+2).word == "confirmed" || r.at(i+2).word == "agreed") &&
			(i+3 >= stop || r.at(i+3).class == sign):
			m.uncertain = true
			r.used(i, i+2)
			i += 2
		case t.has(wOnwards):
			m.kind, m.onward = From, true
		case (t.has(wTo) || t.has(wUntil)) && (r.at(i+1).word == "date" || r.at(i+1).word == "present" || r.at(i+1).word == "now"): // April 2017 to date
			m.kind, m.onward = From, true
			r.used(i, i+1)
			i++
		case t.is('-') && i+1 == len(r.tokens) && !t.glued: // "April 2018 -": what follows is lost, or it is open
			m.ambiguous = true
		case (t.has(wAnd) || t.is('&')) && (r.at(i+1).has(wOnwards) || r.at(i+1).word == "beyond"):
			m.kind, m.onward = From, true
			r.used(i, i+1)
			i++
		case t.is('+') && t.glued:
			m.kind, m.onward, m.ambiguous = From, true, true
		case t.has(wExpected):
			m.approx = true
		case t.has(wAbout):
			if r.at(i+1).class == digits || r.at(i+1).class == letter { // "with approx 20"
				m.right = i
				return
			}
			m.approx = true
		case t.word == "at" && (r.at(i+1).word == "the" && r.at(i+2).word == "latest" || r.at(i+1).word == "latest"):
			m.kind = By
			for k := i; k < i+3 && k < stop; k++ {
				r.at(k).used = r.at(k).used || r.at(k).word == "at" || r.at(k).word == "the" || r.at(k).word == "latest"
			}
			i++
			if r.at(i+1).word == "latest" {
				i++
			}
		case t.word == "at" && r.at(i+1).word == "the" && r.at(i+2).word == "earliest": // no rule says so
			m.kind, m.onward, m.ambiguous = From, true, true
			r.used(i, i+2)
			i += 2
		case t.word == "latest":
			m.kind = By
		case t.word == "deadline":
			m.kind, m.ambiguous = By, true
		case t.word == "start" && (i+1 >= stop || r.at(i+1).class == sign):
			m.kind, m.starts = From, true
		case t.is(')') || t.is('(') && r.at(i+1).has(wUnknown|wDoubt|wExpected|wAbout|wOnwards) || t.is(',') && r.at(i+1).has(wUnknown|wDoubt|wExpected|wAbout) ||
			t.is('-') && r.at(i+1).has(wUnknown|wDoubt|wExpected|wOnwards) || t.is('(') && r.at(i+1).is('?'):
			continue
		default:
			m.right = i
			return
		}
		t.used = true
		m.right = i + 1
	}
}

func (r *reader) used(from, to int) {
	for i := max(from, 0); i <= to && i < len(r.tokens); i++ {
		r.tokens[i].used = true
	}
}

// spellTime reads a word of time that is misspelt and stands next to a date (rules 16 and 22).
func (r *reader) spellTime(i int) bool {
	t := r.at(i)
	if t.class != letter || t.role != 0 || t.misspelt {
		return t.misspelt
	}
	word := nearestWord(t.word)
	if word == "" {
		return false
	}
	t.entry, t.misspelt = lexicon[word], true
	return true
}

// sameSentence says whether no sentence ends between a token and the date.
func (r *reader) sameSentence(i int, it *item) bool {
	if i >= it.from {
		return !r.sentenceEnds(it.to, i)
	}
	return !r.sentenceEnds(i, it.from)
}

// sentenceEnds says whether a sentence ends somewhere between two tokens.
func (r *reader) sentenceEnds(from, to int) bool {
	for i := from; i < to; i++ {
		if t := r.at(i); t.is(';') || t.is('*') || t.word == "•" || t.word == "·" || t.is('.') && !r.at(i+1).glued && len(r.at(i-1).word) > 2 {
			return true
		}
	}
	return false
}
