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

// notADate says how many tokens from the number at i on are no date; 0 where they may be one.
func (r *reader) notADate(i int) int {
	t, before, next, second := r.at(i), r.at(i-1), r.at(i+1), r.at(i+2)
	switch {
	case t.digitsOf() > 8 || len(t.word) != t.digitsOf(), t.num > 2099 && t.digitsOf() < 5: // 1,067,593
		return 1
	case (before.is('-') || before.word == "£" || before.is('$') || before.word == "€") && before.word != "-":
		return 1 + r.decimals(i+1)
	case (before.is('>') || before.is('<')) && t.glued: // >150/90
		if next.is('/') && second.class == digits {
			return 3
		}
		return 1
	case t.num == 24 && next.is('/') && next.glued && second.class == digits && second.num == 7 && !r.at(i+3).is('/'): // 24/7
		return 3
	case t.digitsOf() == 3 && next.is('/') && second.class == digits: // 150/90
		return 3
	case r.isTime(i) > 0: // 8am, 6.30pm
		return r.isTime(i)
	case next.is('%') || next.word == "percent": // 95%
		return 1
	case next.glued && (next.word == "k" || next.word == "m" || next.word == "bn"):
		return 2
	case t.glued && r.namesWeek(i): // 2017-W13
		return 0
	case before.glued && t.glued && before.class == letter && isCode(before): // v2.1, N3, S106
		return 1 + r.decimals(i+1)
	case (before.word == "aged" || before.word == "ages") && next.is('-') && second.class == digits: // aged 18-25
		return 3
	case before.word == "x" || before.word == "v": // x 12
		return 1 + r.decimals(i+1)
	case next.is('.') && next.glued && second.class == digits && second.glued && !r.isDotted(i) &&
		!(t.digitsOf() == 2 && t.num >= 1 && t.num <= 12 && isYear(second)): // 6.1, but 06.2017
		return 3
	case t.digitsOf() < 4 && next.word == "out" && second.word == "of" && r.at(i+3).class == digits: // 29 out of 31
		return 4
	case t.digitsOf() < 4 && next.word == "of" && second.class == digits && second.digitsOf() < 4 && !before.has(wYear|wQuarter|wHalf|wMonth):
		return 3
	case t.digitsOf() < 4 && (next.is('-') || next.word == "to") && second.class == digits && second.digitsOf() < 4 &&
		r.at(i+3).has(wCounted): // 15 - 25 practices
		return 3
	case next.has(wCounted) && !before.has(wMonth) && !r.isPart(i) &&
		!(isYear(t) && before.has(wIn|wBy|wFrom|wUntil|wDuring|wAfter|wEnd|wDue)): // 2000 patients, not "by 2018 practices will"
		return 1
	case r.editionAt(i): // operating framework 14/16
		return 3
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
