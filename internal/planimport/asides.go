package planimport

import (
	"regexp"
	"strconv"
	"strings"
)

// Rows of a table of milestones that are none: the key to its ratings, and the sums at its foot.

var (
	keyTitle  = regexp.MustCompile(`(?i)^(?:(?:rag|brag|status|rating|ratings|colour|progress)\s+)*(?:key|legend)\b.{0,30}$`)
	ratingsIn = regexp.MustCompile(`(?i)^(?:[RAGBC]|[RA]/[AG]|red|amber|green|blue|black|grey|amber/(?:red|green))$`)
	totalRow  = regexp.MustCompile(`^(?i:(?:(?:sub|grand|overall)[- ]?)?totals?)\b[\s:]*$`)
)

// isKey says whether a row is of the key to the ratings: its title, a rating with what it means, or, below such a row,
// whatever else says little.
func (r *reader) isKey(in row, inKey bool) bool {
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
func (r *reader) isOwnRowOfTracker(in row) bool {
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
	}
	r.tell(f)
}

// learnShares sees whether a column of percentages holds shares of one: then 1 is all of it, and not one of a hundred.
func (l *layout) learnShares(rows []row) {
	column := l.column(Percent)
	if column < 0 || l.shares {
		return
	}
	fraction := false
	for _, in := range rows {
		n, err := strconv.ParseFloat(in.at(column).text, 64)
		if err != nil {
			continue
		}
		if n > 1 {
			return
		}
		fraction = fraction || n > 0 && n < 1
	}
	l.shares = fraction
}

// percentOf is the percentage of a record. A share is written as the percentage that it is.
func (r *reader) percentOf(rec *record) Value {
	v := r.field(rec, Percent)
	if n, err := strconv.ParseFloat(v.Text, 64); err == nil && r.layout.shares && n >= 0 && n <= 1 {
		v.Text = strconv.FormatFloat(100*n, 'f', -1, 64) + "%"
	}
	return v
}
