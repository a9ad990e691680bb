package documents

import (
	"regexp"
	"strings"
	"unicode"
)

// What a milestone is called, where several columns or cells may say it.

var (
	flagged = regexp.MustCompile(`(?i)^(?:yes|no|y|n|true|false|x|✓|✔|✅|☑|☑️|✔️|✗|✘|❌|☐|⬜|-|0|1)$`)
	rating  = regexp.MustCompile(`(?i)^(?:red|amber|green|yellow|blue|grey|gray|black|r/a|a/r|a/g|g/a|amber[/ -](?:red|green)|(?:red|green)[/ -]amber)$`)
)

// learnTitles sees which columns that are headed as titles hold none, but flags ("Milestone: Yes") or ratings.
func (l *layout) learnTitles(rows []row) {
	for _, i := range l.all(Title) {
		flags, others := 0, 0
		for _, in := range rows {
			switch text := in.at(i).text; {
			case text == "":
			case flagged.MatchString(text), rating.MatchString(text):
				flags++
			default:
				others++
			}
		}
		if flags > 1 && others == 0 && l.headings[i].sure <= 1 {
			l.headings[i].as = Unread
		}
	}
}

// learnFlags sees which columns that are headed as what is to be delivered hold a yes or a no: "Is deliverable".
func (l *layout) learnFlags(rows []row) {
	for _, i := range l.all(Deliverable) {
		if l.headings[i].sure <= 1 && (allMatch(rows, i, flagged) || onlyOne(rows, i, flagged)) {
			l.headings[i].as = Unread
		}
	}
}

// learnDatedTitles sees which of several columns that are headed as titles hold dates: "Milestone", beside "Task", is the day of one.
func (r learner) learnDatedTitles(rows []row) {
	l := r.layout
	titles := l.all(Title)
	for _, i := range titles {
		if len(titles) > 1 && l.headings[i].sure <= 1 && r.holdsDates(rows, i) {
			l.headings[i].as = Unread
		}
	}
}

// isRating says whether a text is a rating and nothing else: nobody calls a milestone so.
func isRating(text string) bool { return rating.MatchString(strings.TrimSpace(text)) }

// isName says whether a text can be what a milestone is called. In a row that has a date of its own that may be a number or
// a version: "1.5.4", "2016".
func (r table) isName(text string, rec *record) bool {
	if strings.ContainsFunc(text, unicode.IsLetter) {
		return true
	}
	if r.scanned || !strings.ContainsAny(text, "0123456789") {
		return false
	}
	for _, f := range []Field{Date, Finish} {
		for _, c := range rec.cells[f] {
			if r.isDate(c) {
				return true
			}
		}
	}
	return false
}
