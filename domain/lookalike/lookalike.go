// Package lookalike says which references people take for the same: "HUB1" for "HUB-1", "hub 1" and, with a Cyrillic letter,
// "НUB-1".
package lookalike

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Same says whether two references are taken for the same: whether they have a key in common.
func Same(a, b string) bool {
	keys := Keys(a)
	return slices.ContainsFunc(Keys(b), func(key string) bool { return slices.Contains(keys, key) })
}

// Keys are what a reference is looked up by among others: two that have a key in common are taken for the same.
//
// The first is the reference by its letters and digits: in NFKC, in one case, with one kind of dash and of space, with an ASCII
// character for each that looks like one, and without what stands between a letter and a digit. What stands between two digits
// stays: "1.1" is not "11". Where the look-alikes of capitals are other ones than those of small letters, there is a key for each.
// The last, behind an equals sign, is what it looks like on paper, where I, l and 1 are the same, and O and 0.
func Keys(ref string) []string {
	if ascii(ref) {
		return asciiKeys(ref)
	}
	return anyKeys(ref)
}

// anyKeys is Keys for every reference.
func anyKeys(ref string) []string {
	ref = plain(ref)
	joined := join(ref)
	keys := []string{looks(fold(joined), beyondASCII)}
	if capital := fold(looks(joined, beyondASCII)); capital != keys[0] {
		keys = append(keys, capital)
	}
	return append(keys, "="+looks(ref, all))
}

// plain is a text in NFKC, with one kind of dash and one of space, which stands alone.
func plain(text string) string {
	if !ascii(text) {
		text = norm.NFKC.String(text)
	}
	var b strings.Builder
	b.Grow(len(text))
	spaces := false
	for _, r := range text {
		switch {
		case unicode.IsSpace(r):
			spaces = true
			continue
		case unicode.Is(unicode.Pd, r) || r == '\u2212': // a minus sign
			r = '-'
		case unicode.Is(unicode.Cf, r): // nobody can see it
			continue
		}
		if spaces {
			b.WriteByte(' ')
			spaces = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// join leaves out what stands between a letter and a digit.
func join(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	last, between := none, 0
	for i, r := range text {
		k := kindOf(r)
		if k == none {
			continue
		}
		if dropped := last != none && k != last; !dropped {
			b.WriteString(text[between:i])
		}
		b.WriteRune(r)
		last, between = k, i+len(string(r))
	}
	b.WriteString(text[between:])
	return b.String()
}

type kind uint8

const (
	none kind = iota
	letter
	digit
)

func kindOf(r rune) kind {
	switch {
	case unicode.IsDigit(r):
		return digit
	case unicode.IsLetter(r), unicode.IsMark(r):
		return letter
	}
	return none
}

// fold is a text in one case.
func fold(text string) string {
	return strings.Map(func(r rune) rune { return unicode.ToLower(unicode.ToUpper(r)) }, text)
}

// The characters for which looks puts what they look like.
const (
	all         = rune(0)
	beyondASCII = unicode.MaxASCII + 1
)

// looks puts in the place of each character from one on the ASCII characters that it looks like.
func looks(text string, from rune) string {
	if from == beyondASCII && ascii(text) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	for _, r := range text {
		like, ok := likeASCII[r]
		if ok && r >= from {
			b.WriteString(like)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func ascii(text string) bool {
	for i := range len(text) {
		if text[i] > unicode.MaxASCII {
			return false
		}
	}
	return true
}

// likeASCII is table, turned round.
var likeASCII = func() map[rune]string {
	like := make(map[rune]string, 1024)
	for _, row := range table {
		for _, r := range row.alike {
			like[r] = row.ascii
		}
	}
	return like
}()
