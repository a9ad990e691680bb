// Package alike says how much two titles have in common, from 0 to 1. Rows of a document are matched with milestones by it, and a
// milestone that is added about when another was cancelled is held against that one.
//
// It compares digests of words and keeps no text. Two words whose digests are the same are taken for the same.
package alike

import (
	"slices"
	"strings"
	"unicode"
)

// From is the least that texts have in common about which a person is asked.
const From = 0.5

// Words are the digests of the words of a text that say something, in order and each once.
type Words []uint32

// Of returns the words of a text.
func Of(text string) Words {
	all := Significant(Split(text))
	words := make(Words, 0, len(all))
	for _, w := range all {
		words = append(words, Digest(w))
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// Overlap is the share of words that two texts have in common (the Dice coefficient), from 0 to 1. Both are in order.
func Overlap(a, b []uint32) float64 {
	if len(a)+len(b) == 0 {
		return 0
	}
	common := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			common++
			i, j = i+1, j+1
		}
	}
	return 2 * float64(common) / float64(len(a)+len(b))
}

// Split cuts a text into words without what people write differently without meaning it: case, spaces and punctuation.
func Split(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// Significant are the words that say something. Where none does, all of them.
func Significant(all []string) []string {
	some := slices.DeleteFunc(slices.Clone(all), func(w string) bool {
		switch w {
		case "a", "an", "and", "as", "at", "be", "by", "for", "from", "in", "is", "of", "on", "or", "the", "to", "will", "with":
			return true
		}
		return false
	})
	if len(some) == 0 {
		return all
	}
	return some
}

// Digest is the digest of a word.
func Digest(word string) uint32 {
	h := DigestAll(word)
	return uint32(h>>32) ^ uint32(h)
}

// DigestAll is the FNV-1a of texts with a zero byte between them; 0 of none, and of an empty one.
func DigestAll(texts ...string) uint64 {
	if len(texts) == 0 || len(texts) == 1 && texts[0] == "" {
		return 0
	}
	const prime = 1099511628211
	h := uint64(14695981039346656037)
	for _, t := range texts {
		for i := range len(t) {
			h = (h ^ uint64(t[i])) * prime
		}
		h *= prime
	}
	return h
}
