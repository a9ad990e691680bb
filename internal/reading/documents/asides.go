package documents

import (
	"regexp"
	"strings"
)

// Rows of a table of milestones that are none: the key to its ratings, and the sums at its foot.

var (
	keyTitle  = regexp.MustCompile(`(?i)^(?:(?:rag|brag|status|rating|ratings|colour|progress)\s+)*(?:key|legend)(?:\s*[:(–-].{0,40}|\s+to\s.{1,40})?$`)
	ratingsIn = regexp.MustCompile(`(?i)^(?:[RAGBC]|[RA]/[AG]|red|amber|green|blue|black|grey|amber/(?:red|green))$`)
	totalRow  = regexp.MustCompile(`^(?i:(?:(?:sub|grand|overall)[- ]?)?totals?)\b[\s:]*$`)
)

// isKey says whether a row is of the key to the ratings: its title, a rating with what it means, or, below such a row,
// whatever else says little.
func (r table) isKey(in row, inKey bool) bool {
	filled := in.filled()
	if len(filled) == 0 || len(filled) > 2 || r.isOwnRowOfTracker(in) {
		return false
	}
	first, last := in.at(filled[0]).text, in.at(filled[len(filled)-1]).text
	switch {
	case len(filled) == 1:
		return keyTitle.MatchString(first) || inKey && len(first) < 80
	case inKey:
		return true
	}
	return ratingsIn.MatchString(first) && keyWords.MatchString(last)
}

// isOwnRowOfTracker says whether a row has a date or an owner.
func (r table) isOwnRowOfTracker(in row) bool {
	l := r.layout
	return in.at(l.column(Date)).text != "" || in.at(l.column(Owner)).text != "" || in.at(l.column(Finish)).text != ""
}

// isTotal says whether a row is the sum of those above it.
func isTotal(in row) bool {
	filled := in.filled()
	if len(filled) == 0 {
		return false
	}
	text := in.at(filled[0]).text
	return len(text) < 30 && totalRow.MatchString(text)
}

// tellAside keeps such a row as a fact.
func (r *reader) tellAside(in row, key bool) {
	var texts []string
	for _, i := range in.filled() {
		texts = append(texts, oneLine(in.at(i).text))
	}
	f := Fact{Sheet: r.sheet, Line: in.number, Kind: "total", Says: strings.Join(texts, ": "), From: r.places(in.cells)}
	if key {
		f.Kind = "key"
		r.keyLine(texts)
	}
	r.tell(f)
}
