package sums

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// word is a word, a number or a mark of the text.
type word struct {
	lower   string
	at, end int
	glued   bool // nothing stands between it and the word before
	number  bool
	capital bool // begins with a capital letter
	upper   bool // in capitals throughout
	damaged bool // a number with letters in it
}

// isMark says whether it is a mark, and neither a word nor a number.
func (w word) isMark() bool {
	return w.end-w.at == 1 && !w.number && w.lower != "" && !isASCIILetter(w.lower[0])
}

// cut takes the text apart. A number keeps its commas and its point.
func (r *reader) cut() {
	for i := 0; i < len(r.text); {
		c, size := utf8.DecodeRuneInString(r.text[i:])
		if unicode.IsSpace(c) {
			i += size
			continue
		}
		w := word{at: i, glued: i > 0 && len(r.words) > 0 && r.words[len(r.words)-1].end == i}
		switch {
		case isDigit(c), isLetterForDigit(r.text[i]) && r.damagedDigits(i) > 0:
			end := i + r.damagedDigits(i)
			w.damaged = end > i
			for i < end || i < len(r.text) && (isDigit(rune(r.text[i])) || (r.text[i] == ',' || r.text[i] == '.') && i+1 < len(r.text) && isDigit(rune(r.text[i+1]))) {
				i++
			}
			w.number = true
		case unicode.IsLetter(c):
			w.capital, w.upper = unicode.IsUpper(c), true
			for i < len(r.text) {
				c, size := utf8.DecodeRuneInString(r.text[i:])
				if !unicode.IsLetter(c) {
					break
				}
				w.upper = w.upper && unicode.IsUpper(c)
				i += size
			}
			if !w.capital && abbreviations[strings.ToLower(r.text[w.at:i])] && strings.ToLower(r.text[w.at:i]) != r.text[w.at:i] { // iBCF
				w.capital, w.upper = true, true
			}
		default:
			i += size
		}
		if n := r.lostSpace(w.at, i, w.glued); n > 0 {
			i = w.at + n
		}
		w.end = i
		w.lower = strings.ToLower(r.text[w.at:w.end])
		r.words = append(r.words, w)
	}
}

// lostSpace is how many letters of a word are one of their own: "£250kpa", "£6perhead", "£250kETTF"; 0 where the word
// is whole.
func (r *reader) lostSpace(at, end int, glued bool) int {
	text := r.text[at:end]
	word := strings.ToLower(text)
	switch rest, per := strings.CutPrefix(word, "per"); {
	case per && (rest == "head" || rest == "patient" || rest == "annum" || rest == "year" || rest == "capita"):
		return len("per")
	case glued && len(r.words) > 0 && r.words[len(r.words)-1].number && len(word) > 2 && (word[0] == 'k' || word[0] == 'm'):
		if rest := word[1:]; rest == "pa" || strings.HasPrefix(rest, "per") || abbreviations[rest] {
			return 1
		}
	}
	return 0
}

// damagedDigits is how many bytes from i on are a number that a scanner read letters into, "£l20k", "£12Ok"; 0 where
// there is none. Such a number stands behind a pound sign or before its unit.
func (r *reader) damagedDigits(i int) int {
	isPart := func(k int) bool {
		return k < len(r.text) && (isDigit(rune(r.text[k])) || isLetterForDigit(r.text[k]))
	}
	k, letters := i, 0
	for ; k < i+mostDamaged && (isPart(k) || k < len(r.text) && (r.text[k] == ',' || r.text[k] == '.') && isPart(k+1)); k++ {
		if isLetterForDigit(r.text[k]) {
			letters++
		}
	}
	if letters == 0 || !strings.ContainsAny(r.text[i:k], "0123456789") {
		return 0
	}
	before, behind := r.text[:i], r.text[k:]
	lead := strings.TrimRight(before[max(0, len(before)-5):], " \u00a0")
	marked := strings.HasSuffix(lead, "£") || strings.HasSuffix(lead, "GBP")
	if !marked && (!isDigit(rune(r.text[i])) || before != "" && !unicode.IsSpace(rune(before[len(before)-1]))) {
		return 0
	}
	alone := func(rest string) bool { return rest == "" || !isASCIILetter(rest[0]) }
	if behind != "" && strings.ContainsRune("kKmM", rune(behind[0])) && alone(behind[1:]) || marked && alone(behind) {
		return k - i
	}
	return 0
}

// mostDamaged is how many bytes a damaged number may have that is still read.
const mostDamaged = 24

func isASCIILetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// isLetterForDigit says whether a letter is one that scanners read for 0, 1 or 5.
func isLetterForDigit(c byte) bool {
	switch c {
	case 'O', 'o', 'l', 'I', 'S':
		return true
	}
	return false
}

// digitsOf are the digits of a number, as they were before a scanner damaged them.
func (r *reader) digitsOf(w word) string {
	text := r.text[w.at:w.end]
	if !w.damaged {
		return text
	}
	return strings.NewReplacer("O", "0", "o", "0", "l", "1", "I", "1", "S", "5").Replace(text)
}

func isDigit(c rune) bool { return c >= '0' && c <= '9' }

func (r *reader) at(i int) word {
	if i < 0 || i >= len(r.words) {
		return word{}
	}
	return r.words[i]
}
