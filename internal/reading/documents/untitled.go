package documents

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"milepost.dev/internal/reading/headings"
)

// Tables that do not say by their headings what their rows are called, or that are no plan at all.

// learnUntitled finds the column of the titles in a table that has dates and no heading for a title: the one without any heading
// that stands before the dates and holds words, else the first that has words of its own in most rows.
func (r learner) learnUntitled(rows []row) {
	l := r.layout
	if l.beginsAsTitle() {
		return
	}
	if l.has(Title, Deliverable) || !l.has(Date, Finish, Start, Owner, Status, Percent, RAG) {
		return
	}
	for _, f := range []Field{Scheme, Workstream} {
		if i := l.column(f); i >= 0 && r.tellsApart(rows, i) && (f == Scheme || l.has(Date, Finish, Start)) {
			l.headings[i].as = Title
			r.note("No heading is known as that of a title. The column %.40q tells the rows apart, and was read as the title.", l.headings[i].text)
			return
		}
	}
	if !l.has(Date, Finish, Start) {
		return
	}
	if !l.has(Scheme, Workstream) {
		if best := r.unheaded(rows); best >= 0 {
			l.headings[best].as = Title
			r.note("No heading is known as that of a title. The column without a heading on the left holds words, and was read as the title.")
			return
		}
	}
	if best := r.inWords(rows); best >= 0 {
		l.headings[best].as = Title
		if f, known := headings.Exact(headings.Key(rows[0].at(best).text)); known && f == Title && len(rows) > 1 { // a second line of the header
			r.note("Row %d (%.60q) was taken for a second line of the header.", rows[0].number, rows[0].at(best).text)
			rows[0].cells, rows[0].across = nil, false
		}
		r.note("No heading is known as that of a title. The column %.40q holds words that tell the rows apart, and was read as the title. If another does, a mapping file (--map) names it, for example columns: {%.40q: ignore, \"Another heading\": title}.", l.headings[best].text, l.headings[best].text)
	}
}

// unheaded is the column without a heading, before the dates, that holds words in most rows; -1 for none.
func (r learner) unheaded(rows []row) int {
	l := r.layout
	dated := len(l.headings)
	for _, f := range []Field{Date, Finish, Start} {
		if i := l.column(f); i >= 0 {
			dated = min(dated, i)
		}
	}
	best, most := -1, 0
	for i := range dated {
		if l.headings[i].text != "" {
			continue
		}
		words := 0
		for _, in := range rows {
			if c := in.at(i); !c.above && strings.ContainsFunc(c.text, unicode.IsLetter) {
				words++
			}
		}
		if words > most {
			best, most = i, words
		}
	}
	if best < 0 || 2*most < len(rows) {
		return -1
	}
	return best
}

// besideTitle heads words that say something of a row and are never what it is called.
var besideTitle = regexp.MustCompile(`^(?:(?:\w+ )?(?:notes?|comments?|remarks?|types?|priority|duration|durations|department|team|links?|urls?|files?|dependenc(?:y|ies)|predecessors?|times?|hours?|tools?|location|days?|weeks?|hours?|efforts?|metrics?|criteria|measures?|ids?|codes?|sign off by|person in charge|contacts?|managers?|authors?))$`)

// inWords is the first column that has words of its own in most rows, and whose field is not known or is the reference; -1 for none.
func (r learner) inWords(rows []row) int {
	l := r.layout
	for _, wanted := range []Field{Unread, Ref} {
		for i, h := range l.headings {
			if h.as != wanted || h.text == "" || h.sure > 1 || besideTitle.MatchString(headings.Key(h.text)) {
				continue
			}
			if r.tellsApart(rows, i) {
				return i
			}
		}
	}
	return -1
}

// tellsApart says whether a column has words in at least half of the rows, and mostly others in each.
func (r learner) tellsApart(rows []row, column int) bool {
	texts, words := map[string]bool{}, 0
	for _, in := range rows {
		if c := in.at(column); !c.above && c.read == "" && strings.ContainsFunc(c.text, unicode.IsLetter) && !r.isDate(c) && !clockAlone.MatchString(c.text) {
			texts[c.text] = true
			words++
		}
	}
	return words > 1 && 2*words >= len(rows) && 5*len(texts) >= 3*words // one row tells nothing apart
}

// clockAlone is a time of day.
var clockAlone = regexp.MustCompile(`(?i)^\d{1,2}[:.h]\d{2}(?::\d{2})?(?: ?[ap]\.?m\.?)?$`)

// beginsAsTitle finds the heading of the titles where it goes on in a sentence: "Activity or the task to be performed". It looks where the
// table has dates and no other heading for a title.
func (l *layout) beginsAsTitle() bool {
	if l.has(Title) || !l.has(Date, Finish) {
		return false
	}
	for i, h := range l.headings {
		first, rest, _ := strings.Cut(headings.Key(h.text), " ")
		if f, known := headings.Exact(first); known && f == Title && rest != "" && (h.as == Unread || h.sure < 0.97) {
			l.headings[i].as = Title
			return true
		}
	}
	return false
}

// learnNumbered sees whether the references of rows have numbers, but for a few.
func (l *layout) learnNumbered(rows []row) {
	numbers, others := 0, 0
	for _, in := range rows {
		switch c := in.at(l.column(Ref)); {
		case c.text == "" || c.above:
		case strings.ContainsAny(c.text, "0123456789"):
			numbers++
		default:
			others++
		}
	}
	l.numbered = numbers > 2 && numbers > others
}

// leastRows is how many rows a table has before what repeats in it says anything.
const leastRows = 6

// noteRepeats asks about a column of titles in which most rows say the same: then another column may tell them apart.
func (r learner) noteRepeats(rows []row) {
	column := r.layout.column(Title)
	texts, filled := map[string]bool{}, 0
	for _, in := range rows {
		if c := in.at(column); c.text != "" && !c.above {
			said := c.text
			for _, f := range []Field{Workstream, Scheme, Deliverable} {
				said += "\t" + in.at(r.layout.column(f)).text
			}
			texts[said] = true
			filled++
		}
	}
	if r.layout.has(Ref) || filled < leastRows || 3*len(texts) > filled {
		return
	}
	r.note("The column %.40q has the same words in many rows (%d rows, %d texts), and each row was read as a milestone. If another column says what each row is called, a mapping file (--map) names it, for example columns: {%q: workstream, \"Another heading\": title}.",
		r.layout.headings[column].text, filled, len(texts), r.layout.headings[column].text)
}

var (
	changed = regexp.MustCompile(`^(?:changes?(?: description| summary| log| made)?|description of changes?|summary of changes?|changes? made|amendments?|revision (?:description|notes?)|release notes?)$`)
	byWhom  = regexp.MustCompile(`^(?:authors?|version|version no|version number|revision|rev|release|changed by|modified by|edited by|updated by|approved by)$`)

	oldValue = regexp.MustCompile(`^(?:old|previous|former|original|prior) values?$|^(?:value )?(?:before|from value)$`)
	newValue = regexp.MustCompile(`^(?:new|current|changed) values?$|^(?:value )?(?:after|to value)$`)
)

// isHistory says whether a table tells what was changed in the document, by whom and when.
func (l *layout) isHistory() bool {
	what, who, was, is := false, false, false, false
	for _, h := range l.headings {
		words := headings.Key(h.text)
		what, who = what || changed.MatchString(words), who || byWhom.MatchString(words)
		was, is = was || oldValue.MatchString(words), is || newValue.MatchString(words)
	}
	if was && is { // a program keeps it: each row is a field that was changed
		return true
	}
	return what && who && !l.has(Owner, Finish, Percent)
}

// passHistory leaves out the history of the document, and says so once for each table.
func (r *reader) passHistory(rows []row) {
	r.closeBlock()
	if r.layout.columns == nil {
		r.layout.columns = []*Column{}
		r.note("The table below row %d tells what was changed in the document, and when. It was not read as milestones.", r.layout.line)
	}
	r.told += len(rows)
	r.passedRows += len(rows)
}

// maxAbove and maxLinesAbove are how many rows with several cells, and how many with one, may stand above the header of a table that
// has no rows.
const (
	maxAbove      = 6
	maxLinesAbove = 12
)

// passOver counts a row that belongs to no table, and sees whether it is the head of a chart.
func (r *parter) passOver(in row) {
	filled := in.filled()
	if len(filled) > 1 {
		r.passed++
	}
	r.guessHeader(in)
	ticks := 0
	for _, i := range filled {
		if isTick(in.at(i)) || weekTick.MatchString(in.at(i).text) {
			ticks++
		}
	}
	if ticks > leastTicks && ticks > len(filled)-3 && r.chartHead == 0 {
		r.chartHead = in.number
	}
}

// weekTick is a week with the day on which it begins: "Wk 3 04/06".
var weekTick = regexp.MustCompile(`^(?i:week|wk|w)[ .-]*\d{1,2}\b.{0,14}$`)

// passedTooMuch says whether the document has no table, or so much outside of one that it is no empty return.
func (r *parter) passedTooMuch() bool {
	return r.tables == 0 || r.passed > maxAbove || r.lines > maxLinesAbove
}

// guess is what a person would have to say for a table to be read of which the header was not found.
type guess struct {
	sheet string
	row   int    // of the header; 0 where there seems to be none
	date  string // the heading of dates
	title string // that of words
	bare  int    // the first row that has a date beside words, where no heading stands above it
}

// guessHeader remembers which row outside of any table may be a header: the one above the first row that has a date beside words.
func (r *parter) guessHeader(in row) {
	if r.guess != (guess{}) || r.text {
		return
	}
	date, title := -1, -1
	for i, c := range in.cells {
		switch {
		case c.text == "" || c.above:
		case r.isDay(c):
			if date < 0 {
				date = i
			}
		case title < 0 && strings.ContainsFunc(c.text, unicode.IsLetter):
			title = i
		}
	}
	switch {
	case date < 0 && len(in.filled()) > 1 && allShort(in):
		if ticks := slices.DeleteFunc(in.filled(), func(i int) bool { return !isTick(in.at(i)) }); len(ticks) <= leastTicks {
			r.maybe = in
		}
		r.guessPlan(in)
	case date < 0 || title < 0:
	case r.maybe.at(date).text != "" && r.maybe.at(title).text != "" && in.number <= r.maybe.number+3:
		r.guess = guess{sheet: r.sheet, row: r.maybe.number, date: oneLine(r.maybe.at(date).text), title: oneLine(r.maybe.at(title).text)}
	default:
		r.guess = guess{sheet: r.sheet, bare: in.number}
	}
}

// guessPlan remembers the first row that has a heading for a title, letter for letter, among others that are not known.
func (r *parter) guessPlan(in row) {
	if r.undatedPlan.row > 0 || len(in.filled()) < 3 {
		return
	}
	for _, i := range in.filled() {
		if f, ok := headings.Exact(headings.Key(in.at(i).text)); ok && f == Title {
			r.undatedPlan = guess{sheet: r.sheet, row: in.number, title: oneLine(in.at(i).text)}
			return
		}
	}
}

// noTable says why nothing was read of a document in which no table was found.
func (r *parter) noTable() error {
	where := ""
	if r.guess.sheet != "" {
		where = fmt.Sprintf(" of the sheet %.40q", r.guess.sheet)
	}
	switch {
	case r.chartHead > 0 && (r.guess.row == 0 || r.guess.row > r.chartHead):
		return unreadable("no-table", "No table was found in the file. Row %d is the head of a chart: its days or weeks run across the sheet, and no bar of coloured or marked cells was found below them (colours of conditional formatting, and words in place of bars, are not read). Give the dates a column of their own, beside what is to be done.", r.chartHead)
	case r.guess.row > 0:
		return unreadable("no-table", "No table was found in the file: no row of it has headings that are known, as Milestone, Owner or Due date are. Row %d%s may be the header of one, with dates below %.40q. A mapping file (--map) reads it, for example header_row: %d, columns: {%.40q: title, %.40q: delivery_date}.", r.guess.row, where, r.guess.date, r.guess.row, r.guess.title, r.guess.date)
	case r.guess.bare > 0:
		return unreadable("no-table", "No table was found in the file: no row of it has headings that are known, as Milestone, Owner or Due date are. Row %d%s has a date beside words and no headings above it: put a row of headings above the first row, such as Milestone, Owner and Due date.", r.guess.bare, where)
	}
	if g := r.undatedPlan; g.row > 0 {
		if g.sheet != "" {
			where = fmt.Sprintf(" of the sheet %.40q", g.sheet)
		}
		return unreadable("no-table", "No plan was found in the file: row %d%s has the heading %.40q, and none that is known says when, by whom or how far. If its rows are milestones, a mapping file (--map) reads them, for example header_row: %d, columns: {%.40q: title}.", g.row, where, g.title, g.row, g.title)
	}
	return unreadable("no-table", "No table was found in the file: no row of it has headings that are known, as Milestone, Owner or Due date are, and no sentence of it names a date. A mapping file can say which row is the header and what each heading is.")
}
