package parties

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"milepost.dev/domain"
)

// MaxName is how many bytes a name may have.
const MaxName = 300

// RuleMalformed is broken by a name that cannot be kept, or not be told apart by eye.
const RuleMalformed = "party-name-malformed"

// Clean returns the name as it is kept: as it was written, less the spaces around it. A name that cannot
// be kept is a *domain.Refusal of class Invalid.
func Clean(name string) (string, error) {
	clean := strings.TrimSpace(name)
	switch {
	case clean == "":
		return "", malformed("The name of a person or organisation is empty. Write the name.")
	case len(clean) > MaxName:
		return "", malformed("The name of a person or organisation is %d bytes long, and at most %d are kept. Shorten it.", len(clean), MaxName)
	case !utf8.ValidString(clean):
		return "", malformed("The name of a person or organisation is not valid UTF-8 text. Send it as UTF-8.")
	case strings.ContainsFunc(clean, deceives):
		return "", malformed("The name %q holds characters that cannot be seen, such as a line break. Write it on one line.", clean)
	}
	return clean, nil
}

func malformed(format string, args ...any) error {
	return &domain.Refusal{Class: domain.Invalid, Rule: RuleMalformed, Message: fmt.Sprintf(format, args...)}
}

// deceives says whether a character breaks the line, turns its direction, or takes no room, so that the
// audit trail would show something else than what it holds, or two owners that look like one. Joiners are
// not among them: names in many languages need them.
func deceives(r rune) bool {
	switch r {
	case '\u2028', '\u2029', // line and paragraph separators
		'\u115f', '\u1160', '\u3164', '\uffa0': // letters that are blank
		return true
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && !joins(r)
}

// joins says whether a character only says how its neighbours are written together.
func joins(r rune) bool { return r == '\u200c' || r == '\u200d' }

// Fold returns what two ways of writing a party have in common: letters in one case, and one space for
// every run of spaces; and what cannot be told apart by eye, an accent that is part of its letter or stands
// behind it, and joiners. Names with the same result are one party. Nothing else is: no nicknames, no
// dropped accents, no "Ltd" for "Limited". A person can explain this rule, and no rule guesses people.
func Fold(clean string) string {
	var b strings.Builder
	b.Grow(len(clean))
	space := false
	for _, r := range norm.NFC.String(clean) {
		if joins(r) {
			continue
		}
		if unicode.IsSpace(r) {
			space = true
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(oneCase(r))
	}
	return b.String()
}

// oneCase returns one letter for all its cases: the smallest among those that Unicode folds together.
func oneCase(r rune) rune {
	if 'a' <= r && r <= 'z' {
		return r - 'a' + 'A' // what the loop below comes to, for most letters there are
	}
	least := r
	for c := unicode.SimpleFold(r); c != r; c = unicode.SimpleFold(c) {
		least = min(least, c)
	}
	return least
}
