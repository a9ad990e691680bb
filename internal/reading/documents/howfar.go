package documents

import (
	"regexp"
	"strconv"
	"strings"

	"milepost.dev/internal/reading/headings"
)

// Columns that say how far a row is, by other means than words.

var (
	// shareHeading may head percentages, or shares of one.
	shareHeading = regexp.MustCompile(`\b(?:progress|complet(?:e|ed|ion)|done)\b`)
	// timeLeft heads an amount of time or of work, whatever else it says.
	timeLeft = regexp.MustCompile(`\b(?:weeks?|days?|months?|hours?|hrs|effort|left|remaining|cost|tasks?|points?)\b`)
	// doneHeading heads a yes or a no.
	doneHeading = regexp.MustCompile(`^(?:is )?(?:complete|completed|done|finished|closed|achieved|met)$`)
	yes         = regexp.MustCompile(`(?i)^(?:yes|y|true|x|✓|✔|✅|☑|☑️|✔️|done|1)$`)
)

// learnProgress sees whether a column that is headed as a status, or as what is done, holds percentages.
func (l *layout) learnProgress(rows []row) {
	for i, h := range l.headings {
		if l.has(Percent) || h.sure > 1 {
			return
		}
		if h.as == Status && l.percentages(rows, i, false) || (h.as == Unread || h.as == Status || h.as == Finish || h.as == Date || h.as == Actual) && shareHeading.MatchString(headings.Key(h.text)) && !timeLeft.MatchString(headings.Key(h.text)) && l.percentages(rows, i, true) {
			l.headings[i].as = Percent
		}
	}
}

// learnStates sees whether a column that is headed as percentages says how far in words.
func (l *layout) learnStates(rows []row) {
	i := l.column(Percent)
	if i < 0 || l.headings[i].sure > 1 || l.has(Status) {
		return
	}
	words := 0
	for _, in := range rows {
		switch text := in.at(i).text; {
		case isNothing(text):
		case strings.ContainsAny(text, "0123456789"):
			return
		default:
			words++
		}
	}
	if words > 0 {
		l.headings[i].as = Status
	}
}

// percentages says whether all that stands in a column are percentages; shares of one count where they may.
func (l *layout) percentages(rows []row, column int, shares bool) bool {
	found := false
	for _, in := range rows {
		text := in.at(column).text
		if text == "" {
			continue
		}
		n, err := strconv.ParseFloat(text, 64)
		if shares && err == nil && n > 1 && n <= 100 { // of a hundred
			found = true
			continue
		}
		share := shares && err == nil && n >= 0 && n <= 1
		if !share && (!percent.MatchString(text) || shares && !strings.Contains(text, "%")) {
			return false
		}
		found = found || !share || n > 0 && n < 1
	}
	return found
}

// learnDone sees whether a column says of each row whether it is done, with a yes or a no, and no other column has the status. What
// stands in it is read as "Complete".
func (l *layout) learnDone(rows []row) {
	if l.has(Status) {
		return
	}
	for i, h := range l.headings {
		if h.sure > 1 || h.as == Percent || !doneHeading.MatchString(headings.Key(h.text)) {
			continue
		}
		said := 0
		for _, in := range rows {
			switch text := in.at(i).text; {
			case text == "":
			case flagged.MatchString(text) || yes.MatchString(text):
				said++
			default:
				return
			}
		}
		if said > 0 {
			l.headings[i].as, l.headings[i].flags = Status, true
			return
		}
	}
}

// readDone gives the cells of such a column the word that they stand for.
func (l *layout) readDone(rows []row) {
	i := l.column(Status)
	if i < 0 || !l.headings[i].flags {
		return
	}
	for _, in := range rows {
		if i >= len(in.cells) || in.cells[i].text == "" {
			continue
		}
		c := &in.cells[i]
		c.whole = c.verbatim()
		if yes.MatchString(c.text) {
			c.text = "Complete"
		} else {
			c.text = "Not complete"
		}
	}
}
