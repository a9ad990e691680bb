package documents

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// The key of a document says what its ratings mean: "Green | on track", "Amber: plans in place", the coloured cells of a workbook.

// Rated is one rating of a document's key.
type Rated struct {
	Value   string // as the document's ratings say it
	Colour  string // "red", "amber/red", "amber", "amber/green" or "green", where the key names one; else empty
	Meaning string // in words; may be empty
}

const (
	maxRated        = 30
	maxRatedValue   = 100 // bytes
	maxRatedMeaning = 500
)

// colourOf is the colour that a rating names.
var colourOf = map[string]string{
	"r": "red", "red": "red", "a": "amber", "amber": "amber", "yellow": "amber", "orange": "amber", "g": "green", "green": "green",
	"a/r": "amber/red", "r/a": "amber/red", "amber/red": "amber/red", "red/amber": "amber/red",
	"a/g": "amber/green", "g/a": "amber/green", "amber/green": "amber/green", "green/amber": "amber/green",
}

// ColourOf is the colour that a rating names; empty where it names none.
func ColourOf(text string) string { return colourOf[strings.ToLower(strings.TrimSpace(text))] }

// ratedAs parts a rating from what it means, in one cell.
var ratedAs = regexp.MustCompile(`^(\S+(?: ?/ ?\S+)?)\s*(?:[:=–]|-\s|\s-)\s*(\S.*)$`)

// keyLine keeps a line of the key, which stands in one cell or in two.
func (r *out) keyLine(texts []string) {
	if len(texts) == 0 || len(texts) > 2 || keyTitle.MatchString(texts[0]) {
		return
	}
	value, meaning := strings.TrimSpace(texts[0]), ""
	switch {
	case len(texts) == 2:
		meaning = strings.TrimSpace(texts[1])
		if !ratingsIn.MatchString(value) && ratingsIn.MatchString(meaning) { // what it means stands first
			value, meaning = meaning, value
		}
	default:
		if at := ratedAs.FindStringSubmatch(value); at != nil && ratingsIn.MatchString(at[1]) {
			value, meaning = at[1], at[2]
		}
	}
	r.rated(Rated{value, ColourOf(value), meaning})
}

// keyAbove says whether a row above a table is of the key to its ratings: its title, or a rating with what it means below it.
func (r *reader) keyAbove(in row) bool {
	filled := in.filled()
	if len(filled) == 0 || len(filled) > 2 {
		return false
	}
	first := oneLine(in.at(filled[0]).text)
	if len(filled) == 1 && keyTitle.MatchString(first) {
		r.keyAt = in.number
		return true
	}
	texts := []string{first}
	if len(filled) == 2 {
		texts = append(texts, oneLine(in.at(filled[1]).text))
	}
	before := len(r.ratings)
	if at := ratedAs.FindStringSubmatch(first); r.keyAt > 0 && r.keyAt == in.number-1 && (ratingsIn.MatchString(first) || at != nil && ratingsIn.MatchString(at[1])) {
		r.keyLine(texts)
		r.keyAt = in.number
	}
	return len(r.ratings) > before
}

// colourKeyed keeps the key of a workbook: what stands for a colour is the rating.
func (r *out) colourKeyed(key colours) {
	for _, name := range slices.Sorted(maps.Keys(key)) {
		r.rated(Rated{Value: key[name], Colour: ColourOf(name), Meaning: "a cell that is " + name})
	}
}

func (r *out) rated(is Rated) {
	known := func(k Rated) bool { return strings.EqualFold(k.Value, is.Value) }
	if is.Value == "" || len(is.Value) > maxRatedValue || len(is.Meaning) > maxRatedMeaning || len(r.ratings) == maxRated || slices.ContainsFunc(r.ratings, known) {
		return
	}
	r.ratings = append(r.ratings, is)
}
