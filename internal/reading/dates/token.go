package dates

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// class is what a token is made of.
type class uint8

const (
	sign   class = iota // one mark: - / . , ( ) ? & > + £ %
	letter              // letters
	digits              // digits
)

// token is a word, a number or a mark.
type token struct {
	word     string // in lower case; every dash is "-" and every arrow ">>"
	entry           // what the word is in the vocabulary
	at, end  int    // its bytes in the text
	num      int    // of digits
	class    class
	glued    bool // nothing stands between it and the token before
	capital  bool // begins with a capital letter
	misspelt bool // read as another word
	aside    bool // set aside: looks like a date and is none
	foreign  bool // a month in another language
	used     bool // told by a reading; what is not used is its label
}

// digitsOf is how many digits a number has.
func (t *token) digitsOf() int { return len(t.word) }

func (t *token) is(mark byte) bool {
	return t.class == sign && len(t.word) == 1 && t.word[0] == mark
}

// mostDigits is how long a number may be that is worth its value.
const mostDigits = 8

// cut takes the text apart. Letters and digits part wherever they meet, since a lost space is no
// misspelling (rule 16): "By31st" is three tokens.
func (r *reader) cut() {
	r.lower = lowerASCII(r.text)
	text := r.lower
	for i := 0; i < len(text); {
		t := token{at: i, glued: i > 0 && len(r.tokens) > 0 && r.tokens[len(r.tokens)-1].end == i}
		c := text[i]
		switch {
		case c >= '0' && c <= '9':
			for i < len(text) && (isDigit(text[i]) || isThousands(text, t.at, i)) {
				if isDigit(text[i]) && i-t.at < mostDigits {
					t.num = t.num*10 + int(text[i]-'0')
				}
				i++
			}
			t.class = digits
		case c >= 'a' && c <= 'z':
			for i < len(text) && text[i] >= 'a' && text[i] <= 'z' {
				i++
			}
			t.class, t.capital = letter, r.text[t.at] != c
		case c < utf8.RuneSelf:
			i++
			if unicode.IsSpace(rune(c)) {
				continue
			}
			if strings.HasPrefix(text[t.at:], "->") || strings.HasPrefix(text[t.at:], "=>") {
				i++
			}
		default:
			symbol, size := utf8.DecodeRuneInString(text[i:])
			i += size
			if unicode.IsSpace(symbol) {
				continue
			}
			if unicode.IsLetter(symbol) {
				t.class = letter
			}
		}
		t.end = i
		t.word = plain(text[t.at:t.end], t.class)
		if t.class == letter || len(t.word) > 1 {
			t.entry = lexicon[t.word]
		}
		r.tokens = append(r.tokens, t)
	}
}

// plain writes the marks that mean the same as one.
func plain(word string, c class) string {
	if c != sign || len(word) == 1 {
		return word
	}
	switch word {
	case "–", "—", "‐", "‑", "‒", "―", "−":
		return "-"
	case "→", "➔", "➜", "⟶", "⇒", "➡", "->", "=>":
		return ">>"
	case "’", "‘", "´", "`":
		return "'"
	case "“", "”", "″", "〃":
		return `"`
	case "…":
		return "."
	}
	return word
}

func lowerASCII(text string) string {
	for i := range len(text) {
		if c := text[i]; c >= 'A' && c <= 'Z' {
			b := []byte(text)
			for ; i < len(b); i++ {
				if c := b[i]; c >= 'A' && c <= 'Z' {
					b[i] = c + 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return text
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isThousands says whether a comma at i groups the digits that began at from: "1,067,593".
func isThousands(text string, from, i int) bool {
	if text[i] != ',' || i-from > 3 && text[i-4] != ',' || i == from {
		return false
	}
	for k := i + 1; k < i+4; k++ {
		if k >= len(text) || !isDigit(text[k]) {
			return false
		}
	}
	return i+4 >= len(text) || !isDigit(text[i+4])
}

// at returns a token, and one that is nothing where there is none.
func (r *reader) at(i int) *token {
	if i >= r.gapAt {
		i += r.gapEnd - r.gapAt
	}
	if i < 0 || i >= len(r.tokens) {
		return &r.nothing
	}
	return &r.tokens[i]
}
