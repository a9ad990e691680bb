package dates

// setAside marks the numbers that look like a date and are none: the convention's "Not dates".
func (r *reader) setAside() {
	for i := range r.tokens {
		t := &r.tokens[i]
		if t.aside {
			continue
		}
		if t.class != digits {
			if n := r.address(i); n > 0 {
				r.aside(i, n)
			}
			continue
		}
		if n := r.notADate(i); n > 0 {
			r.aside(i, n)
		}
	}
}

func (r *reader) aside(i, n int) {
	for k := i; k < i+n && k < len(r.tokens); k++ {
		r.tokens[k].aside = true
	}
}

// address says how many tokens a web address has, in which "2013/03" is a folder.
func (r *reader) address(i int) int {
	if word := r.tokens[i].word; word != "http" && word != "https" && word != "www" {
		return 0
	}
	n := 1
	for r.at(i + n).glued {
		n++
	}
	return n
}

// notDate is a kind of number that looks like a date and is none.
type notDate struct {
	example string
	// tokens is how many tokens from the number on are no date; 0 where the kind is another.
	tokens func(r *reader, n *numberAt) int
}

// numberAt is a number and what stands beside it.
type numberAt struct {
	*token
	i                    int
	before, next, second *token
}

// some answers a number of tokens where something holds.
func some(n int, holds bool) int {
	if holds {
		return n
	}
	return 0
}

// withDecimals answers a number and its decimals where something holds.
func (r *reader) withDecimals(n *numberAt, holds bool) int {
	if !holds {
		return 0
	}
	return 1 + r.decimals(n.i+1)
}

// notDates are the convention's "Not dates". The first kind that a number is of counts.
var notDates = [...]notDate{
	{"1,067,593", func(_ *reader, n *numberAt) int {
		return some(1, n.digitsOf() > 8 || n.num > 2099 && n.digitsOf() < 5)
	}},
	{"£2017", func(r *reader, n *numberAt) int {
		return r.withDecimals(n, n.before.word == "£" || n.before.is('$') || n.before.word == "€")
	}},
	{">150/90", func(_ *reader, n *numberAt) int {
		if !n.before.is('>') && !n.before.is('<') || !n.glued {
			return 0
		}
		return max(1, some(3, n.next.is('/') && n.second.class == digits))
	}},
	{"24/7", func(r *reader, n *numberAt) int {
		return some(3, n.num == 24 && n.next.is('/') && n.next.glued && n.second.class == digits && n.second.num == 7 && !r.at(n.i+3).is('/'))
	}},
	{"150/90", func(_ *reader, n *numberAt) int {
		return some(3, n.digitsOf() == 3 && n.next.is('/') && n.second.class == digits)
	}},
	{"6.30pm", func(r *reader, n *numberAt) int { return r.isTime(n.i) }},
	{"95%", func(_ *reader, n *numberAt) int { return some(1, n.next.is('%') || n.next.word == "percent") }},
	{"20k", func(_ *reader, n *numberAt) int {
		return some(2, n.next.glued && (n.next.word == "k" || n.next.word == "m" || n.next.word == "bn"))
	}},
	{"hub (N3)", func(r *reader, n *numberAt) int { // but 2017-W13
		return r.withDecimals(n, n.before.glued && n.glued && n.before.class == letter && isCode(n.before) && !r.namesWeek(n.i))
	}},
	{"aged 18-25", func(_ *reader, n *numberAt) int {
		return some(3, (n.before.word == "aged" || n.before.word == "ages") && n.next.is('-') && n.second.class == digits)
	}},
	{"x 12", func(r *reader, n *numberAt) int {
		return r.withDecimals(n, n.before.word == "x" || n.before.word == "v")
	}},
	{"6.1", func(r *reader, n *numberAt) int { // but 06.2017
		return some(3, n.next.is('.') && n.next.glued && n.second.class == digits && n.second.glued && !r.isDotted(n.i) &&
			!(n.digitsOf() == 2 && n.num >= 1 && n.num <= 12 && isYear(n.second)))
	}},
	{"29 out of 31", func(r *reader, n *numberAt) int {
		return some(4, n.digitsOf() < 4 && n.next.word == "out" && n.second.word == "of" && r.at(n.i+3).class == digits)
	}},
	{"3 of 5", func(_ *reader, n *numberAt) int {
		return some(3, n.digitsOf() < 4 && n.next.word == "of" && n.second.class == digits && n.second.digitsOf() < 4 && !n.before.has(wYear|wQuarter|wHalf|wMonth))
	}},
	{"15 - 25 practices", func(r *reader, n *numberAt) int {
		return some(3, n.digitsOf() < 4 && (n.next.is('-') || n.next.word == "to") && n.second.class == digits && n.second.digitsOf() < 4 && r.at(n.i+3).has(wCounted))
	}},
	{"2000 patients", func(r *reader, n *numberAt) int { // but "by 2018 practices will"
		return some(1, n.next.has(wCounted) && !n.before.has(wMonth) && !r.isPart(n.i) && !(isYear(n.token) && n.before.has(wIn|wBy|wFrom|wUntil|wDuring|wAfter|wEnd|wDue)))
	}},
	{"framework 14/16", func(r *reader, n *numberAt) int { return some(3, r.editionAt(n.i)) }},
}

// notADate says how many tokens from the number at i on are no date; 0 where they may be one.
func (r *reader) notADate(i int) int {
	n := &r.number
	*n = numberAt{token: r.at(i), i: i, before: r.at(i - 1), next: r.at(i + 1), second: r.at(i + 2)}
	for k := range notDates {
		if tokens := notDates[k].tokens(r, n); tokens > 0 {
			r.applied(notDates[k].example)
			return tokens
		}
	}
	return 0
}

// decimals counts the tokens of what follows a number: ".1", ".24".
func (r *reader) decimals(i int) (n int) {
	for r.at(i+n).is('.') && r.at(i+n).glued && r.at(i+n+1).class == digits && r.at(i+n+1).glued {
		n += 2
	}
	return n
}

// isPart says whether a number is joined to the one before it, as in "17/18 practices".
func (r *reader) isPart(i int) bool {
	return (r.at(i-1).is('/') || r.at(i-1).is('-') || r.at(i-1).is('.')) && r.at(i-2).class == digits ||
		r.at(i-1).has(wFinancial) || r.at(i-1).is('\'')
}

// isDotted says whether three numbers with dots begin here: 01.07.17.
func (r *reader) isDotted(i int) bool {
	if r.at(i-1).is('.') && r.at(i-1).glued && r.at(i-2).class == digits {
		return true // within one
	}
	return r.at(i+3).is('.') && r.at(i+3).glued && r.at(i+4).class == digits && r.at(i+4).glued
}

// isTime counts the tokens of a time of day.
func (r *reader) isTime(i int) int {
	n := 1
	if (r.at(i+1).is('.') || r.at(i+1).is(':')) && r.at(i+1).glued && r.at(i+2).class == digits && r.at(i+2).digitsOf() == 2 && r.at(i+2).glued {
		n = 3
	}
	if word := r.at(i + n).word; word == "am" || word == "pm" {
		return n + 1
	}
	if n == 3 && r.at(i+1).is(':') {
		return 3
	}
	return 0
}

// isCode says whether a number that stands right behind a word belongs to it: S106, N3. Words of time take
// a number themselves, and a lost space takes none (rule 16): "Q2", "by2018".
func isCode(t *token) bool {
	return t.role&^wCalled == 0 && len(t.word) < 4 || t.is('$')
}

// editionAt says whether two digits, a slash and two digits name an edition. Written with the century it is
// the years: "model 2016/18".
func (r *reader) editionAt(i int) bool {
	return r.at(i).digitsOf() == 2 && r.at(i+1).is('/') && r.at(i+2).digitsOf() == 2 && r.at(i+2).class == digits &&
		!r.at(i+3).is('/') && (r.at(i-1).has(wEdition) || r.at(i-1).is(':') && r.at(i-2).has(wCalled) || r.at(i-1).word == "no") &&
		(r.at(i+2).num != r.at(i).num+1 || r.at(i-1).word == "no" || r.at(i-2).word == "no" || r.at(i-2).word == "ref")
}
