package dates

import (
	"strconv"

	"milepost.dev/domain/period"
)

// mend reads what a scanner damaged: letters for digits and digits for letters ("Mar l8", "2O17", "0ctober"), and
// abbreviations with their points ("w.e.f."). What it changes of a word is a misspelling, and put to a person.
func (r *reader) mend() {
	for i := 0; i < r.count(); i++ {
		switch t := r.at(i); {
		case t.is('\'') && r.shortens(i):
			r.edit(i, 1)
			r.at(i).glued = i > 0
			i--
		case t.class == digits && r.parted(i):
			next := r.at(i + 1)
			r.replace(i, 2, token{word: t.word + next.word, class: digits, num: t.num*power10(next.digitsOf()) + next.num})
		case t.class == digits && i > 0 && (t.digitsOf() == 3 || t.digitsOf() == 5) && t.glued && (r.at(i-1).word == "q" || r.at(i-1).word == "h"): // Q118/19
			rest := t.num % power10(t.digitsOf()-1)
			front, back := *t, *t
			front.num, front.word, front.end = t.num/power10(t.digitsOf()-1), t.word[:1], t.at+1
			back.num, back.word, back.at, back.glued = rest, t.word[1:], t.at+1, true
			r.edit(i, 1, front, back)
		case t.class == letter && t.glued && t.role == 0 && len(t.word) == 2 && (t.word[1] == 'h' || t.word[0] == 't') && i > 0 && r.at(i-1).class == digits && r.at(i+1).has(wMonth):
			t.entry, t.misspelt = lexicon["th"], true // "24tb Jan 17"
			r.put(period.Misspelt)
		case t.class == letter && t.end == t.at+1 && r.at(i+1).is('.') && r.at(i+2).class == letter && r.at(i+2).glued:
			r.abbreviation(i)
		case t.class != sign && !t.glued || i > 0 && r.at(i-1).class == sign:
			r.mixed(i)
		}
	}
	r.closeGap()
}

// parted says whether a space went into a year (rule 16): "2017/1 8", "2 017".
func (r *reader) parted(i int) bool {
	t, next := r.at(i), r.at(i+1)
	if next.class != digits || next.glued || r.at(i+2).glued && !r.at(i+2).is('/') && !r.at(i+2).is('-') && !r.at(i+2).is('.') && !r.at(i+2).is(',') && !r.at(i+2).is(')') {
		return false
	}
	switch t.digitsOf() + next.digitsOf() {
	case 2:
		mark, year := r.at(i-1), r.at(i-2)
		return t.glued && (mark.is('/') || mark.is('-')) && mark.glued && year.class == digits && (year.digitsOf() == 2 || isYear(year)) &&
			t.num*10+next.num == year.num%100+1
	case 4:
		return t.digitsOf() != 2 && t.num*power10(next.digitsOf())+next.num >= 2000 && t.num*power10(next.digitsOf())+next.num < 2050
	}
	return false
}

func power10(n int) int {
	power := 1
	for range n {
		power *= 10
	}
	return power
}

// shortens says whether an apostrophe stands for a century, where a year is one of two: "'17/'18", "17'/18'".
func (r *reader) shortens(i int) bool {
	before, next := r.at(i-1), r.at(i+1)
	if next.class == digits && next.glued && next.digitsOf() == 2 {
		return before.is('/') || before.is('-') || r.at(i+2).is('/') || r.at(i+2).is('-')
	}
	return before.class == digits && before.digitsOf() == 2 && (next.is('/') || r.at(i-2).is('/'))
}

// abbreviation joins letters with points between them where they are a word of the vocabulary.
func (r *reader) abbreviation(i int) {
	word, n := "", 0
	for r.at(i+n).class == letter && r.at(i+n).end == r.at(i+n).at+1 && (n == 0 || r.at(i+n).glued) {
		word += r.at(i + n).word
		n++
		if !r.at(i+n).is('.') || !r.at(i+n).glued || len(word) > longestWord {
			break
		}
		n++
	}
	if e, known := lexicon[word]; known && len(word) > 2 {
		r.replace(i, n, token{word: word, entry: e, class: letter})
	}
}

// longestMixed is how many letters and digits a damaged word or number may have.
const longestMixed = len("september")

// mixed reads letters and digits that stand together as a month, or as a year.
func (r *reader) mixed(i int) {
	n := 1
	for r.at(i+n).glued && r.at(i+n).class != sign {
		n++
	}
	text := r.lower[r.at(i).at:r.at(i+n-1).end]
	if n == 1 && (r.at(i).class == digits || len(text) > len("l8l8")) || len(text) > longestMixed || len(text) < 2 {
		return
	}
	if n > 1 && len(text) > 2 {
		for _, one := range [...]byte{'l', 'i', 't'} { // what a 1 was
			var word [longestMixed]byte
			for k := range len(text) {
				word[k] = letterFor(text[k], one)
			}
			if e := lexicon[string(word[:len(text)])]; e.has(wMonth) || e.role != 0 && len(text) > 3 {
				r.replace(i, n, token{word: string(word[:len(text)]), entry: e, class: letter, misspelt: true})
				return
			}
		}
	}
	if n == 1 && r.at(i).role != 0 || len(text) != 2 && len(text) != 4 {
		return
	}
	t := token{class: digits, misspelt: true}
	letters := false
	for k := range len(text) {
		d := digitFor(text[k])
		if !isDigit(d) {
			return
		}
		letters = letters || d != text[k]
		t.num = t.num*10 + int(d-'0')
	}
	before, after := r.at(i-1), r.at(i+n)
	switch {
	case !letters:
		return
	case len(text) == 4 && t.num >= 2000 && t.num < 2100: // 2O17
	case len(text) == 2 && t.num > 9 && (before.has(wMonth) || after.is('/') && r.at(i+n+1).class == digits && r.at(i+n+1).num == t.num+1 ||
		before.is('/') && r.at(i-2).class == digits && r.at(i-2).num%100 == t.num-1), // Mar l8, l7/18, 17/1B
		len(text) == 2 && before.is('/') && after.is('/') && r.at(i-2).class == digits && r.at(i+n+1).class == digits: // 01/O4/17
	default:
		return
	}
	t.word = strconv.Itoa(t.num)
	r.replace(i, n, t)
}

func letterFor(c, one byte) byte {
	switch c {
	case '0':
		return 'o'
	case '1':
		return one
	case '5':
		return 's'
	}
	return c
}

func digitFor(c byte) byte {
	switch c {
	case 'o':
		return '0'
	case 'l', 'i':
		return '1'
	case 's':
		return '5'
	case 'b':
		return '8'
	}
	return c
}

// replace puts one token into the place of several.
func (r *reader) replace(i, n int, t token) {
	first, last := *r.at(i), *r.at(i + n - 1)
	t.at, t.end, t.glued, t.capital = first.at, last.end, first.glued, first.capital
	r.edit(i, n, t)
	if t.misspelt {
		r.put(period.Misspelt)
	}
}
