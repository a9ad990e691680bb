package documents

import (
	"strings"
	"unicode"
)

// vocabulary is how often a document uses each of its words. A word that a scan damaged stands out, because the
// document has the whole one elsewhere.
type vocabulary map[string]int

// maxVocabulary bounds what is remembered of a document that never ends.
const maxVocabulary = 100_000

func (v vocabulary) learn(text string) {
	for _, w := range words(text) {
		if w = strings.ToLower(w); v[w] > 0 || len(v) < maxVocabulary {
			v[w]++
		}
	}
}

// forget takes back what was learnt from a text.
func (v vocabulary) forget(text string) {
	for _, w := range words(text) {
		if w = strings.ToLower(w); v[w] > 0 {
			v[w]--
		}
	}
}

// knows says whether the document uses a word. A single letter is what a cut leaves, more often than a word.
func (v vocabulary) knows(word string) bool {
	return v[strings.ToLower(word)] > 0 && (len(word) > 1 || word == "a" || word == "I")
}

// closest is the only word of the document that is one letter away; the more frequent where there are several.
func (v vocabulary) closest(word string) (string, bool) {
	word = strings.ToLower(word)
	if len(word) < 5 {
		return "", false
	}
	best, often := "", 0
	for w, n := range v {
		if d := len(w) - len(word); d < -1 || d > 1 || distance([]rune(w), []rune(word)) != 1 {
			continue
		}
		if n > often || n == often && w < best {
			best, often = w, n
		}
	}
	return best, often > 1
}

// words are the runs of letters of a text, with the digits and apostrophes inside them.
func words(text string) []string {
	return strings.FieldsFunc(text, func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '\'' && c != '’'
	})
}
