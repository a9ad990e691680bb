package documents

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"milepost.dev/internal/reading/headings"
)

// Which row is the header of a table.

// heads says whether a row is the header of a table.
func (r *parter) heads(in row, next []row) bool {
	switch {
	case in.chart != nil, r.isMappedHeader(in):
		return true
	case !in.barred && !r.mapping.hasHeaderRow() && r.mayBegin(in) && (r.headsReports(in, next) || r.headsRegister(in) || !r.scanned && headsPeople(in)):
		return true
	case in.barred, r.mapping.hasHeaderRow(), !r.scanned && (len(in.filled()) == 0 || r.isProperty(in, next)):
		return false
	}
	begins := r.mayBegin(in)
	return r.isHeader(in, begins) || begins && (r.headsDates(in, next) || r.headsExport(in) || r.headsEvents(in, next))
}

// headsReports says whether a row is the header of a matrix of reports.
func (r *parter) headsReports(in row, next []row) bool {
	told, untold := r.reports(in, next)
	return len(told)+len(untold) > 0
}

// headsRegister says whether a row is the header of a list of risks or the like: at least three short headings, of which the subject and another
// are known.
func (r *parter) headsRegister(in row) bool {
	if r.scanned || in.prose || in.across || !mayHeadRegister(in, r.sheet) || len(in.filled()) < 3 || !allShort(in) {
		return false
	}
	found, _, _, _ := r.names.asHeadings(in, false)
	return noteRegisterOf(found, r.sheet) != nil
}

// isHeader says whether a row is a header by itself. Where a table may begin, two known headings are enough;
// in the middle of one a row has to be mostly headings.
func (r table) isHeader(in row, tableBegins bool) bool {
	in, ok := r.mayHead(in)
	if !ok {
		return false
	}
	found, known, distinct, filled := r.names.asHeadings(in, r.scanned || tableBegins)
	filled -= r.countedBeside(found)
	if filled == 2 && known < 2 && isCard(in) {
		return false
	}
	if distinct >= 3 && 2*known >= filled {
		return true
	}
	exact, periods, telling := 0, 0, false
	for _, h := range found {
		switch {
		case h.as == Period:
			periods++
		case h.as != Unread && h.sure > 0.96:
			exact++
			telling = telling || h.as != Deliverable
		}
	}
	switch {
	case !tableBegins:
		return false
	case saysWhatAndWhen(found, min(exact, distinct)), !r.scanned && saysWhatAndWho(found, known, filled): // however many other columns there are
		return true
	case periods == 1 || r.layout != nil && exact == 0 && periods < 2:
		return false // a row with a date in it, below an empty line, is a row
	case distinct >= 2 && (3*known >= 2*filled || r.scanned && 2*known >= filled):
		return true
	}
	return distinct >= 1 && filled >= 2 && filled <= 4 && r.headsFew(in, found, telling || filled > 2 && (exact > 0 || distinct > 1 || allWords(in)))
}

// headsFew says whether a row of two to four cells is a header. Of two one has to be a heading letter for letter, and of more than what is
// to be delivered: "Requirements" may begin a list.
func (r table) headsFew(in row, found []heading, telling bool) bool {
	return allShort(in) && (r.scanned || !hasNumber(in) && telling && !onlyStates(found))
}

// saysWhatAndWhen says whether at least four headings are letter for letter those of fields, a title and a date among them.
func saysWhatAndWhen(found []heading, exact int) bool {
	return exact >= 4 && slices.ContainsFunc(found, func(h heading) bool { return h.as == Title }) &&
		slices.ContainsFunc(found, func(h heading) bool { return h.as == Date || h.as == Finish || h.as == Start })
}

// countedBeside is how many cells of a header only count spans of time, where it has a chart among its columns: "Week 1" to "Week 12".
func (r table) countedBeside(found []heading) (count int) {
	for _, h := range found {
		if h.as == Unread && countedTick.MatchString(h.text) {
			count++
		}
	}
	if r.scanned || count < leastHead {
		return 0
	}
	return count
}

// saysWhatAndWho says whether a heading is letter for letter that of a title, and another that of an owner, a state or a date, or two of
// what is said of tasks.
func saysWhatAndWho(found []heading, known, filled int) bool {
	if 3*known < filled && ofTasks(found) < 2 {
		return false
	}
	is := func(fields ...Field) bool {
		return slices.ContainsFunc(found, func(h heading) bool { return h.sure >= 1 && slices.Contains(fields, h.as) })
	}
	return is(Title) && (is(Owner, Status, Start, Finish, Date, Percent) || ofTasks(found) > 1)
}

// taskWords head what a list of tasks says beside them, where it says neither when nor by whom.
var taskWords = regexp.MustCompile(`^(?:depends on|dependenc(?:y|ies)|predecessors?|priority|moscow|(?:planned |estimated )?(?:duration|effort)(?: .*)?|story points|sprint|exit criteria|acceptance criteria|definition of done|build step|difficulty)$`)

// ofTasks is how many headings are such.
func ofTasks(found []heading) (count int) {
	for _, h := range found {
		if taskWords.MatchString(headings.Key(h.text)) {
			count++
		}
	}
	return count
}

// mayHead answers the cells of a row that may be headings, and false where the row is none whatever its words resemble.
func (r table) mayHead(in row) (row, bool) {
	switch {
	case in.prose || in.across:
		return in, false
	case r.scanned:
		if in = r.specks(in); r.hasPlainDate(in) {
			return in, false
		}
	case r.hasDate(in): // it is a row of the table
		return in, false
	default:
		if in = in.upTo(r.names.timelineOf(in)); r.isNamesAndValues(in) || len(in.filled()) == 0 {
			return in, false
		}
	}
	for _, c := range in.cells {
		if strings.HasSuffix(c.text, ".") && len(c.text) > 12 && !c.above {
			return in, !r.scanned && namesFields(in)
		}
	}
	return in, true
}

// namesFields says whether at least three cells of a row are names of fields letter for letter: then a full stop behind some of its
// headings makes no sentences of them.
func namesFields(in row) bool {
	known := 0
	for _, c := range in.cells {
		if _, ok := headings.Exact(headings.Key(c.text)); ok {
			known++
		}
	}
	return known >= 3
}

// onlyStates says whether the known ones of headings may as well be what a row says of how far it is: "Completed".
func onlyStates(found []heading) bool {
	return !slices.ContainsFunc(found, func(h heading) bool {
		return h.as != Unread && h.as != Ref && h.as != Actual && h.as != Further && h.as != Percent && h.as != Reason
	})
}

// hasDate says whether a row below a header has a date in a column of dates, or that there is none yet.
func (r table) hasDate(in row) bool {
	if r.layout == nil {
		return false
	}
	for _, f := range []Field{Date, Finish, Start, Actual} {
		for _, i := range r.layout.all(f) {
			if c := in.at(i); c.text != "" && !c.above && r.isDate(c) {
				return true
			}
		}
	}
	return false
}

// hasPlainDate says whether a row below a header has nothing but a date in a column of dates, and no date beside it: several are the
// periods of another header.
func (r table) hasPlainDate(in row) bool {
	if r.layout == nil {
		return false
	}
	dated, of := 0, false
	for i, c := range in.cells {
		if c.text == "" || c.above || !r.isPlainDate(c) {
			continue
		}
		dated++
		of = of || slices.ContainsFunc([]Field{Date, Finish, Start}, func(f Field) bool { return slices.Contains(r.layout.all(f), i) })
	}
	return of && dated == 1
}

// isNamesAndValues says whether a row above the table names things and says what they are: "Project start: | 06/01/2025".
func (r table) isNamesAndValues(in row) bool {
	if namesFields(in) {
		return false
	}
	for _, c := range in.cells {
		if strings.HasSuffix(c.text, ":") {
			return true
		}
		if r.layout == nil && (len(c.read) == len(time.DateOnly) || isoDay.MatchString(c.text) || inNumbers.MatchString(c.text) && len(c.text) < 24 && r.isPlainDate(c)) {
			return true
		}
	}
	return false
}

// isoDay is a day as programs write it, with or without a time.
var isoDay = regexp.MustCompile(`^(?:19|20)\d\d-\d\d-\d\d(?:[T ].*)?$`)

// headsDates says whether a row is a header because of what stands below it: a heading for a title and one for a date, and
// a date in the next row, however many other columns there are.
func (r table) headsDates(in row, next []row) bool {
	if r.scanned || in.prose || in.across || r.hasDate(in) {
		return false
	}
	if in = in.upTo(r.names.timelineOf(in)); r.isNamesAndValues(in) {
		return false
	}
	found, known, _, _ := r.names.asHeadings(in, false)
	if known < 1 || !allShort(in) {
		return false
	}
	title, dated, exact := -1, []int{}, false
	for i, h := range found {
		switch h.as {
		case Title:
			title = i
		case Date, Start, Finish, Actual:
			dated = append(dated, i)
			exact = exact || h.sure > 0.96
		}
	}
	if len(dated) == 0 || title >= 0 && known < 2 {
		return false
	}
	if title < 0 {
		return exact && len(in.filled()) > 2 && r.wordsAndDates(in, next, dated)
	}
	for n, below := range next {
		if n == datesAhead {
			break
		}
		for _, i := range dated {
			if below.at(title).text != "" && (r.isDay(below.at(i)) || exact && r.isSpan(below.at(i))) {
				return true
			}
		}
	}
	return false
}

// isSpan says whether a cell is a span from a day to a day, whatever stands behind it in brackets.
func (r *calendar) isSpan(c cell) bool {
	text := withoutBracket.ReplaceAllString(c.text, "")
	if len(text) > 40 || text == "" {
		return false
	}
	d := r.dates(cell{text: text})
	return len(d.Readings) == 1 && d.Readings[0].Start != 0 && d.Readings[0].End != 0
}

// withoutBracket is what stands in brackets at the end of a text.
var withoutBracket = regexp.MustCompile(`\s*\([^()]*\)$`)

// datesAhead is how many rows below a header the first date may stand.
const datesAhead = 10

// wordsAndDates says whether the next rows have a date in one of the columns and words in another below a heading.
func (r table) wordsAndDates(in row, next []row, dated []int) bool {
	for n, below := range next {
		if n == 3 {
			break
		}
		has := slices.ContainsFunc(dated, func(i int) bool { return r.isDay(below.at(i)) })
		for i, c := range below.cells {
			if has && !slices.Contains(dated, i) && in.at(i).text != "" && c.read == "" && strings.ContainsFunc(c.text, unicode.IsLetter) && !r.isDate(c) {
				return true
			}
		}
	}
	return false
}

// allWords says whether the cells of a row are a few words each.
func allWords(in row) bool {
	return !slices.ContainsFunc(in.cells, func(c cell) bool { return !c.above && len(c.text) > fewWords })
}

// fewWords is how many bytes a heading has that is no sentence.
const fewWords = 30

// hasNumber says whether a cell of a row is a number: a heading of a few words is none.
func hasNumber(in row) bool {
	return slices.ContainsFunc(in.cells, func(c cell) bool { return !c.above && isNumber(c.text) })
}

// allShort says whether a row holds only what may be a heading.
func allShort(r row) bool {
	for _, c := range r.cells {
		if c.above {
			continue
		}
		if len(c.text) > 70 || strings.HasSuffix(c.text, ".") || strings.HasPrefix(c.text, "£") || strings.HasPrefix(c.text, "/") {
			return false
		}
	}
	return true
}
