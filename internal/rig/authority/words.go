package authority

import (
	"slices"
	"strings"
	"unicode"

	"milepost.dev/domain/civil"
)

// folded drops what R7 calls no change: case, spacing, punctuation, hyphenation and line breaks.
func folded(words string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, words)
}

// naming returns what names a milestone, in order of as-at and then of telling.
func (p plan) naming(ref string) (named []Told) {
	for _, t := range p.of(ref) {
		if t.Kind == Added || t.Kind == Amended {
			named = append(named, t)
		}
	}
	slices.SortStableFunc(named, func(a, b Told) int { return int(a.AsAt - b.AsAt) })
	return named
}

// title returns the words of a milestone by a day.
func (p plan) title(ref string, at civil.Date) (title string) {
	for _, t := range p.naming(ref) {
		if !t.AsAt.After(at) && t.Words != "" {
			title = t.Words
		}
	}
	return title
}

func (p plan) series(ref string) (series string) {
	for _, t := range p.naming(ref) {
		if t.Series != "" {
			series = t.Series
		}
	}
	return series
}

func (p plan) addedBy(ref string) string {
	for _, t := range p.of(ref) {
		if t.Kind == Added {
			return t.person()
		}
	}
	return ""
}

// words adds the rows of R7, and says whether a milestone is achieved or overdue under other words than those
// in force when the due day now promised was first stated.
func (p plan) words(w *walk, m *Milestone) {
	var was string
	for _, t := range p.naming(m.Ref) {
		if t.AsAt.After(w.at) || t.Words == "" {
			continue
		}
		if was != "" && folded(was) != folded(t.Words) {
			m.Rows = append(m.Rows, Row{Kind: AmendedRow, AsAt: t.AsAt, Was: was, Is: t.Words, By: t.Speaker})
		}
		was = t.Words
	}
	m.Title = was
	promise := w.prev
	if w.met {
		promise = w.base
	}
	if promise == nil || w.onlyDoubt || !m.Met && !m.Overdue {
		return
	}
	then := p.wordsAtPromise(w, promise.Due)
	m.OtherWords = then != "" && folded(then) != folded(was)
}

// wordsAtPromise returns the words in force when a due day was first stated. What a request says about the
// words of that day comes before its dates; what a later one says of the same day comes after.
func (p plan) wordsAtPromise(w *walk, due civil.Date) (words string) {
	var first *Told
	for _, t := range w.of {
		if t.dated() && t.Due == due && (first == nil || t.AsAt.Before(first.AsAt)) {
			first = &t
		}
	}
	if first == nil {
		return ""
	}
	for _, t := range p.naming(first.Milestone) {
		together := t.Request != "" && t.Request == first.Request
		if t.Words != "" && (t.AsAt.Before(first.AsAt) || t.AsAt == first.AsAt && (t.order < first.order || together)) {
			words = t.Words
		}
	}
	return words
}
