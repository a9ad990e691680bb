package documents

import (
	"regexp"
	"slices"
	"strings"
)

// Rows of a table of milestones that are none: the key to its ratings, and the sums at its foot.

var (
	keyTitle  = regexp.MustCompile(`(?i)^(?:(?:rag|brag|status|rating|ratings|colour|progress)\s+)*(?:key|legend)(?:\s*[:(–-].{0,40}|\s+to\s.{1,40})?$`)
	ratingsIn = regexp.MustCompile(`(?i)^(?:[RAGBC]|[RA]/[AG]|red|amber|green|blue|black|grey|amber/(?:red|green))$`)
	totalRow  = regexp.MustCompile(`^(?i:(?:(?:sub|grand|overall)[- ]?)?totals?)(?:\s(?:days?|hours?|costs?|duration|budget|tasks?|effort|weeks?|amount|points|story points|time|milestones?|activities))?\b[\s:=]*$`)
	// signed begins what stands below a table and says by whom the document was made.
	signed = regexp.MustCompile(`^(?i:(?:prepared|approved|reviewed|checked|authori[sz]ed|signed|submitted|compiled|verified|endorsed|updated|last updated|issued)(?: (?:by|on))?\b.{0,40}:?|(?:date|signature|version|note|notes|signed off by|name and signature)\s*:.*)$`)
	// counted is a state of which a list below a table says how many rows have it.
	countedState = regexp.MustCompile(`^(?i:completed?|in[ -]progress|not started|done|open|closed|pending|on hold|delayed|overdue|cancelled|canceled|blocked|to do|on track|at risk|off track|behind schedule|planned|finished|not yet started)\s*:?$`)
	aNumber      = regexp.MustCompile(`^\d+(?:\.\d+)?\s*%?$`)
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
	if countedState.MatchString(text) && len(filled) > 1 {
		return !slices.ContainsFunc(filled[1:], func(i int) bool { return in.at(i).read != "" || !aNumber.MatchString(in.at(i).text) })
	}
	return len(text) < 30 && totalRow.MatchString(text)
}

// isSignature says whether a row below an empty one tells by whom the document was made, and when.
func (r table) isSignature(in, before row) bool {
	filled := in.filled()
	if r.scanned || len(filled) == 0 || len(filled) > 4 || before.number == 0 && r.layout.last == 0 {
		return false
	}
	return signed.MatchString(in.at(filled[0]).text) && in.number > max(before.number, r.layout.last)+1 || r.layout.signed && signed.MatchString(in.at(filled[0]).text)
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
