package documents

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"milepost.dev/internal/reading/headings"
)

// Headings that mean one thing in one office and another in the next: what stands below them tells.

// learnRoles sees who or what columns name whose headings leave it open.
func (r learner) learnRoles(rows []row) {
	r.learnCodes(rows)
	l := r.layout
	if l.has(Owner) {
		return
	}
	for _, may := range []*regexp.Regexp{staff, personal, teams} {
		for i, h := range l.headings {
			if h.sure > 1 || h.as != Unread && h.as != Title && h.as != Funding || !may.MatchString(headings.Key(h.text)) || h.as == Title && !l.besideTitles(rows, i) || !namesPeople(rows, i) {
				continue
			}
			l.headings[i].as = Owner
			return
		}
	}
}

var (
	staff = regexp.MustCompile(`^(?:resources?|resource s|staff|personnel|assigned resources?|human resources?)$`)
	teams = regexp.MustCompile(`^(?:teams?|group members?|departments?|person)$`)
	// role is what a cell may hold that names somebody: a few words without numbers.
	role = regexp.MustCompile(`^[\pL&/,+;.()' \n-]{1,80}\d{0,2}$`)
)

// besideTitles says whether a column that is headed "Name" may name people: another says what the rows are called, and what stands in it
// looks like names of people.
func (l *layout) besideTitles(rows []row, column int) bool {
	called := slices.ContainsFunc(l.all(Title), func(i int) bool { return i != column && headings.Standing(Title, l.headings[i].text) >= 0 })
	return called && allMatch(rows, column, personName)
}

// personName is one to three words that each begin with a capital.
var personName = regexp.MustCompile(`^\p{Lu}[\pL.'’-]*(?: \p{Lu}[\pL.'’-]*){0,2}$`)

// namesPeople says whether all that stands in a column may be somebody.
func namesPeople(rows []row, column int) bool {
	named := 0
	for _, in := range rows {
		c := in.at(column)
		if isNothing(c.text) {
			continue
		}
		if !role.MatchString(c.text) || !strings.ContainsFunc(c.text, unicode.IsLetter) {
			return false
		}
		named++
	}
	return named > 0
}

// code is what numbers a row where another column has its words: "M1", "T-04".
var code = regexp.MustCompile(`^(?:[A-UW-Za-uw-z]|\pL{2,3})[-. ]?\d{1,3}(?:\.\d{1,2})*$`)

// learnCodes sees which of several columns that are headed as titles holds the codes of the rows: then another says what they are.
func (r learner) learnCodes(rows []row) {
	l := r.layout
	titles := l.all(Title)
	if len(titles) < 2 {
		return
	}
	for _, i := range titles {
		if l.headings[i].sure > 1 || !allMatch(rows, i, code) {
			continue
		}
		if l.headings[i].as = Unread; !l.has(Ref) {
			l.headings[i].as = Ref
		}
		return
	}
}

// allMatch says whether every cell of a column that says something is of a form, and at least two are.
func allMatch(rows []row, column int, form *regexp.Regexp) bool {
	count := 0
	for _, in := range rows {
		switch c := in.at(column); {
		case isNothing(c.text):
		case c.read != "" || !form.MatchString(c.text):
			return false
		default:
			count++
		}
	}
	return count > 1
}

var (
	completion = regexp.MustCompile(`^(?:(?:date of )?completion|completion date|finish(?:ed)? date|end date|date of completion)$`)
	plannedDay = regexp.MustCompile(`\b(?:due|target|deadline|planned|forecast|expected|scheduled)\b`)
	saysDone   = regexp.MustCompile(`(?i)^(?:100 ?%|completed?|done|closed|finished|achieved|delivered|met)$`)
)

// learnCompleted sees whether a column of completion dates tells when the rows were done, beside one that says when they were due: it has
// a day where the status says that a row is done, and nowhere else.
func (r learner) learnCompleted(rows []row) {
	l := r.layout
	status := l.column(Status)
	due := false
	for _, i := range l.all(Date) {
		due = due || plannedDay.MatchString(headings.Key(l.headings[i].text))
	}
	if status < 0 || !due || l.has(Actual) {
		return
	}
	for _, i := range l.all(Finish) {
		if l.headings[i].sure > 1 || !completion.MatchString(headings.Key(l.headings[i].text)) {
			continue
		}
		done, open, otherwise := 0, 0, 0
		for _, in := range rows {
			says, day := saysDone.MatchString(in.at(status).text), !isNothing(in.at(i).text)
			switch {
			case says && day:
				done++
			case !says && !day:
				open++
			default:
				otherwise++
			}
		}
		if done > 0 && open > 0 && otherwise == 0 {
			l.headings[i].as = Actual
			return
		}
	}
}
